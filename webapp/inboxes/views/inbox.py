"""The lists: what waits for me, what I have handled, and the search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from webapp.cases.queries import BANDS, Filters, Key, Search, find_cases, inbox
from webapp.cases.queries.blocking import blocking
from webapp.catalogue.queries import item_names
from webapp.contacts.queries import waiting_for
from webapp.core.access import page
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of

OPEN_VIEWS = ("mine", "unit", "cover")
HISTORY_VIEWS = ("done", "started")


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that narrows or turns the list."""

    key: str
    label: str
    url: str
    current: bool
    count: int | None = None


def _key_from(text: str) -> Key | None:
    """Read where a page ends; a damaged key means the first page."""
    moment, _sep, number = text.partition("~")
    last = whole(number)
    if last is None:
        return None
    try:
        return (datetime.fromisoformat(moment).isoformat() if moment else "", last)
    except ValueError:
        return None


def _next_url(request: HttpRequest, after: Key | None) -> str:
    if after is None:
        return ""
    query = request.GET.dict() | {"after": f"{after[0]}~{after[1]}"}
    return f"?{urlencode(query)}"


def _link(request: HttpRequest, **changes: str) -> str:
    """The same list with other choices, from its first page."""
    query = {k: v for k, v in request.GET.items() if k != "after"} | changes
    return "?" + urlencode({k: v for k, v in query.items() if v})


@page(policy.may_see_inbox)
def waiting(request: HttpRequest) -> HttpResponse:
    """What is mine or my unit's, most urgent first."""
    acting = acting_of(request)
    view = request.GET.get("view", "")
    view = view if view in OPEN_VIEWS else "mine"
    band = request.GET.get("band", "")
    band = band if band in BANDS else ""
    filters = Filters(
        item_code=request.GET.get("item", ""),
        element=request.GET.get("step", ""),
        q=request.GET.get("q", ""),
    )
    found = inbox(acting, view, band, filters, _key_from(request.GET.get("after", "")))
    labels = {"mine": _("我的"), "unit": _("本单位全部"), "cover": _("代A岗")}
    covers = any(held.cover == "B" for held in acting.held)
    context = {
        "page": found,
        "referrals": waiting_for(acting),
        "blocks": blocking(row.case_id for row in found.rows),
        "view": view,
        "band": band,
        "filters": filters,
        "views": [
            Choice(key, labels[key], _link(request, view=key), key == view)
            for key in OPEN_VIEWS
            if key != "cover" or covers
        ],
        "bands": _bands(request, band, found.counts, found.total),
        "next_url": _next_url(request, found.after),
        "narrowed": bool(band or filters.item_code or filters.element or filters.q),
    }
    template = "inboxes/parts/waiting.html" if request.htmx else "inboxes/inbox.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _bands(
    request: HttpRequest, band: str, counts: dict[str, int] | object, total: int
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
    numbers = dict(counts) | {"": total} if isinstance(counts, dict) else {"": total}
    return [
        Choice(key, label, _link(request, band=key), key == band, numbers.get(key, 0))
        for key, label in labels.items()
    ]


@page(policy.may_see_inbox)
def done(request: HttpRequest) -> HttpResponse:
    """Steps that I completed, or cases that I registered, newest first."""
    view = request.GET.get("view", "")
    view = view if view in HISTORY_VIEWS else "done"
    found = inbox(
        acting_of(request),
        view,
        filters=Filters(q=request.GET.get("q", "")),
        after=_key_from(request.GET.get("after", "")),
    )
    labels = {"done": _("我办过的环节"), "started": _("我登记的办件")}
    context = {
        "page": found,
        "view": view,
        "q": request.GET.get("q", ""),
        "views": [
            Choice(key, labels[key], _link(request, view=key), key == view)
            for key in HISTORY_VIEWS
        ],
        "next_url": _next_url(request, found.after),
    }
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
        "next_url": _link(request, before=str(before)) if before else "",
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
