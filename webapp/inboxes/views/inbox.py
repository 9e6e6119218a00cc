"""The lists: what waits for me, what I have handled, and the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases.queries import Search, find_cases, inbox, inbox_choices
from webapp.catalogue.queries import item_names
from webapp.contacts.queries import waiting_for
from webapp.core.access import page
from webapp.core.errors import Invalid, Unknown
from webapp.core.typed import whole
from webapp.inboxes import actions, exporting, lists, policy
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting

HISTORY_VIEWS = ("done", "started", "watched")


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that narrows or turns the list."""

    key: str
    label: str
    url: str
    current: bool
    count: int | None = None


@page(policy.may_see_inbox)
def waiting(request: HttpRequest) -> HttpResponse:
    """What is mine or my unit's, most urgent first.

    A part of the page that the browser already has is answered with 304 before anything is
    drawn (design: conditional GET instead of server-sent events).
    """
    acting = acting_of(request)
    wanted = lists.asked(request.GET, acting)
    found, blocks = lists.found_for(acting, wanted)
    etag = lists.etag_of(acting, wanted, found, blocks)
    partial = bool(request.htmx)  # type: ignore[attr-defined]
    if partial:
        same = get_conditional_response(request, etag)
        if same is not None and same.status_code == 304:
            return same
    context = {
        "page": found,
        "blocks": blocks,
        "view": wanted.view,
        "band": wanted.band,
        "filters": wanted.filters,
        "columns": wanted.columns,
        "many_units": len(acting.unit_ids) > 1,
        "bands": _bands(request, wanted.band, found.counts, found.total),
        "next_url": lists.next_url(request, found.after, sort=wanted.sort),
        "narrowed": wanted.narrowed,
        "kept": lists.kept_query(request.GET),
        "units": sorted({(held.unit_id, held.unit_name) for held in acting.held}),
        "most": exporting.MOST,
        "etag": etag,
    }
    if partial:
        answer = render(request, "inboxes/parts/waiting.html", context)
        answer["ETag"] = etag
        return answer
    context |= {
        "referrals": waiting_for(acting),
        "views": _tabs(acting, wanted.view, request),
        "choices": inbox_choices(acting),
        "saved": lists.saved_views(acting),
        "sort": wanted.sort,
        "column_choices": [
            (key, _(COLUMN_WORDS[key]), shown) for key, shown in lists.columns_of(wanted)
        ],
        "sorts": [(key, _(words)) for key, words in SORT_WORDS.items()],
    }
    return render(request, "inboxes/inbox.html", context)


COLUMN_WORDS = {
    "step": gettext_noop("环节"),
    "unit": gettext_noop("单位"),
    "village": gettext_noop("村、社区"),
    "blocks": gettext_noop("卡在哪里"),
    "who": gettext_noop("谁在办"),
    "received": gettext_noop("到岗时间"),
}
SORT_WORDS = {
    "due": gettext_noop("最急的在前"),
    "received": gettext_noop("先到的在前"),
    "newest": gettext_noop("刚到的在前"),
}


def _tabs(acting: Acting, view: str, request: HttpRequest) -> list[Choice]:
    """The tabs of what waits and of what is past, the same on both pages; keys 1 to 6."""
    history = {"watched": _("关注")}
    if not policy.may_see_inbox(request):
        here_only = reverse("inboxes:done")
        return [Choice("watched", history["watched"], here_only, current=True)]
    labels = {"mine": _("我的"), "unit": _("本单位全部"), "cover": _("代A岗")}
    covers = any(held.cover == "B" for held in acting.held)
    inbox_at, past = reverse("inboxes:inbox"), reverse("inboxes:done")
    here = request.path == inbox_at
    tabs = [
        Choice(
            key,
            labels[key],
            lists.link(request, view=key) if here else f"{inbox_at}?view={key}",
            key == view,
        )
        for key in lists.OPEN_VIEWS
        if key != "cover" or covers
    ]
    history |= {"done": _("我办过的环节"), "started": _("我登记的办件")}
    return tabs + [
        Choice(key, label, f"{past}?view={key}", key == view) for key, label in history.items()
    ]


def _bands(
    request: HttpRequest, band: str, counts: Mapping[str, int], total: int
) -> list[Choice]:
    labels = {
        "": _("全部"),
        "overdue": _("超期"),
        "today": _("今天"),
        "tomorrow": _("下个工作日"),
        "week": _("一周内"),
        "later": _("以后"),
        "paused": _("不计时"),
    }
    numbers = dict(counts) | {"": total}
    return [
        Choice(key, label, lists.link(request, band=key), key == band, numbers.get(key, 0))
        for key, label in labels.items()
    ]


@page(policy.may_see_inbox, methods=("POST",))
def inbox_list(request: HttpRequest) -> HttpResponse:
    """Keep her columns and her order."""
    actions.set_list(
        acting_of(request), request.POST.getlist("column"), request.POST.get("sort", "")
    )
    messages.success(request, _("已按您选的列和排序显示，下次也这样。"))
    return _back_to_list(request)


@page(policy.may_see_inbox, methods=("POST",))
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the conditions of the list under a name, for herself or for a unit."""
    by, typed = acting_of(request), request.POST
    query = lists.kept_query(QueryDict(typed.get("query", "")[:500]))
    try:
        view = actions.save_view(by, typed.get("name", ""), query, whole(typed.get("unit")))
    except Invalid as wrong:
        messages.warning(request, wrong.sentence)
        return _back_to_list(request)
    words = _("视图“{name}”已存，本单位的同事也看得到。")
    if view.unit_id is None:
        words = _("视图“{name}”已存。")
    messages.success(request, words.format(name=view.name))
    return redirect(f"{reverse('inboxes:inbox')}?{view.query}")


@page(policy.may_see_inbox, methods=("POST",))
def view_drop(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view of hers."""
    try:
        name = actions.drop_view(acting_of(request), view_id)
    except Unknown as unknown:
        raise Http404 from unknown
    messages.success(request, _("视图“{name}”已删除。").format(name=name))
    return _back_to_list(request)


def _back_to_list(request: HttpRequest) -> HttpResponse:
    """The list with the conditions that it had."""
    query = QueryDict(request.POST.get("query", "")[:500])
    kept = {key: query[key] for key in (*lists.KEPT, "q") if query.get(key)}
    ending = f"?{urlencode(kept)}" if kept else ""
    return redirect(reverse("inboxes:inbox") + ending)


@page(policy.may_search)
def done(request: HttpRequest) -> HttpResponse:
    """Steps that I completed, cases that I registered or follow, newest first.

    Those who read cases without working on any (inspection) follow them here.
    """
    acting = acting_of(request)
    view = request.GET.get("view", "")
    view = view if view in HISTORY_VIEWS else "done"
    if not policy.may_see_inbox(request):
        view = "watched"
    after = lists.key_from(request.GET.get("after", ""))
    context: dict[str, object] = {"view": view, "views": _tabs(acting, view, request)}
    if view == "watched":
        marks, end = lists.watched(acting, after)
        context |= {"marks": marks, "at": acting.at}
    else:
        found = inbox(acting, view, after=after)
        context["page"], end = found, found.after
    context["next_url"] = lists.next_url(request, end)
    return render(request, "inboxes/done.html", context)


@page(policy.may_search)
def cases(request: HttpRequest) -> HttpResponse:
    """Search the cases that I may know of (办件查询)."""
    acting, typed = acting_of(request), request.GET
    errors: dict[str, str] = {}
    search = Search(
        q=typed.get("q", "").strip()[:60],
        only_open={"open": True, "closed": False}.get(typed.get("state", "")),
        item_code=typed.get("item", "")[:20],
        since=_day(typed.get("since", ""), "since", errors),
        until=_day(typed.get("until", ""), "until", errors),
        before=whole(typed.get("before")),
    )
    found, before = ([], None) if errors else find_cases(acting, search)
    context = {
        "cases": found,
        "find_text": search.q,
        "typed": typed,
        "errors": errors,
        "items": item_names(),
        "at": acting.at,
        "narrowed": any(typed.get(key) for key in ("q", "state", "item", "since", "until")),
        "next_url": lists.link(request, before=str(before)) if before else "",
    }
    return render(request, "inboxes/cases.html", context, status=422 if errors else 200)


def _day(text: str, field: str, errors: dict[str, str]) -> date | None:
    """A day as the browser's calendar types it; anything else is told at its field."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors[field] = _("请写成2026-03-01这样的日期。")
        return None
