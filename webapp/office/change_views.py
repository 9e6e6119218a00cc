"""Pages of changes (参数改动): the list, one change, and what may be done to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.changes import actions, queries
from webapp.changes.actions.rows import Overtaken
from webapp.changes.kinds import kind_of
from webapp.changes.models import Change
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.office import change_pages, policy
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting


@page(policy.may_see_parameters)
def changes(request: HttpRequest) -> HttpResponse:
    """Every change, by state."""
    state = request.GET.get("state", "")
    if state and state not in Change.State.values:
        raise Http404
    counts = queries.counts()
    bands = [("", _("全部"), sum(counts.values()))]
    bands += [(key, words, counts.get(key, 0)) for key, words in change_pages.bands()]
    rows = Paginator(queries.changes(state), 30).get_page(request.GET.get("page"))
    told = [(row, *change_pages.in_list(row)) for row in rows]
    context = {"rows": rows, "told": told, "state": state, "bands": bands}
    return render(request, "office/changes.html", context)


@page(policy.may_change_parameters, methods=("POST",))
def change_begin(request: HttpRequest) -> HttpResponse:
    """Begin a change of one thing, or go on with the one begun before."""
    by = acting_of(request)
    kind, subject = request.POST.get("kind", ""), request.POST.get("subject", "")
    try:
        found = queries.open_change(kind, subject, by.officer_id)
        found = found or actions.begin(kind, subject, by)
    except Unknown as unknown:
        raise Http404 from unknown
    return redirect("office:change", change_id=found.pk)


@page(policy.may_see_parameters)
def change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: what it means, how far it is, and its form while it is open."""
    return _shown(request, change_id)


def _shown(
    request: HttpRequest, change_id: int, status: int = 200, **more: Any
) -> HttpResponse:
    try:
        found = queries.change(change_id)
        context = change_pages.standing(found, acting_of(request), **more)
    except Unknown as unknown:
        raise Http404 from unknown
    return render(request, "office/change.html", context, status=status)


def _pairs(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(one) for one in typed] for name, typed in request.POST.lists()}


@page(policy.may_change_parameters, methods=("POST",))
def change_save(request: HttpRequest, change_id: int) -> HttpResponse:
    """Keep what was typed; with `do=propose` hand it to a second person."""
    by, pairs = acting_of(request), _pairs(request)
    typed: dict[str, Any] = {}
    try:
        found = queries.change(change_id)
        typed, only_rows = change_pages.answers(kind_of(found.kind), found.subject, pairs)
        errors: dict[str, str] = {}
        on = found.effective_on
        try:
            on = change_pages.day_of(pairs)
        except Invalid as wrong:
            errors = wrong.errors
        seen = whole(request.POST.get("seen"))
        actions.save(
            change_id,
            by,
            typed,
            reason=request.POST.get("reason", ""),
            effective_on=on,
            seen=-1 if seen is None else seen,
        )
        if errors:
            raise Invalid(errors)
        if only_rows:
            return _shown(request, change_id)
        if request.POST.get("do") == "propose":
            actions.propose(change_id, by)
            messages.success(request, _proposed(kind_of(found.kind).at_once))
        else:
            messages.success(request, _("已存，没有提交。"))
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        return _shown(request, change_id, 422, typed=typed, errors=wrong.errors)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        again = typed if isinstance(refusal, Overtaken) else None
        return _shown(request, change_id, 409, typed=again)
    return redirect("office:change", change_id=change_id)


def _proposed(at_once: bool) -> str:
    """What was said after proposing: posts and calendars wait for no day."""
    if at_once:
        return _("已提交。另一位复核同意以后立即生效。")
    return _("已提交。另一位复核同意以后，到生效日期自动生效。")


@page(policy.may_change_parameters, methods=("POST",))
def change_state(request: HttpRequest, change_id: int) -> JsonResponse:
    """What the form looks like for what is typed so far; nothing is kept."""
    try:
        found = queries.change(change_id)
        kind = kind_of(found.kind)
        typed, _rows = change_pages.answers(kind, found.subject, _pairs(request))
    except Unknown as unknown:
        raise Http404 from unknown
    at = acting_of(request).at.date()
    return JsonResponse(change_pages.shown(kind, found, typed, {}, at).states())


Verb = Callable[[int, Acting, str], Change]
VERBS: Mapping[str, tuple[Verb, str]] = {
    "compare": (
        lambda pk, by, _why: actions.compare_anew(pk, by),
        gettext_noop("已对照新的现行内容，您填的都在。请核对后提交。"),
    ),
    "withdraw": (lambda pk, by, _why: actions.withdraw(pk, by), gettext_noop("已撤回。")),
    "approve": (lambda pk, by, _why: actions.approve(pk, by), gettext_noop("已同意。")),
    "reject": (actions.reject, gettext_noop("已退回提出人。")),
    "cancel": (actions.cancel, gettext_noop("已取消，不会生效。")),
    "back": (
        actions.go_back,
        gettext_noop("已提出退回原来的内容，等另一位复核。"),
    ),
}
"""What may be done to a change: the end of the address, and what is said afterwards."""


@page(policy.may_see_parameters, methods=("POST",))
def change_verb(request: HttpRequest, change_id: int, verb: str) -> HttpResponse:
    """Carry out one verb; a refusal keeps the page and what was typed."""
    if verb not in VERBS:
        raise Http404
    act, said = VERBS[verb]
    try:
        done = act(change_id, acting_of(request), request.POST.get("why", ""))
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        sentence = "；".join(wrong.errors.values())
        messages.warning(request, sentence)
        return _shown(request, change_id, 422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _shown(request, change_id, 409)
    messages.success(request, _(said))
    return redirect("office:change", change_id=done.pk)
