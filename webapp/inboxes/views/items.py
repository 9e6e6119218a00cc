"""Work on one step: fill in, tick papers, see what will follow, complete, go on to the next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases import policy as cases
from webapp.cases.actions.record_delay import CHANNELS
from webapp.cases.models import WorkItem
from webapp.cases.planning.step import COMMAND
from webapp.cases.policy import REGISTERING
from webapp.cases.queries import (
    CasePage,
    ItemSeen,
    case_page,
    going_back,
    inbox,
    item_seen_by,
)
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.form_pages import change_rows, without_empty_rows
from webapp.inboxes import desk, outdated, policy, working
from webapp.inboxes.filing import pairs_of
from webapp.inboxes.registering import keep_draft, kept_draft
from webapp.inboxes.working import Typed
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting
from webapp.processes.queries import number_of

LOOKS = frozenset({"materials", "refresh", "draft"})
"""Orders of the form that complete nothing."""


def item_or_404(by: Acting, item_id: int) -> ItemSeen:
    """A work item of one of her pools."""
    try:
        return item_seen_by(by, item_id)
    except Unknown as unknown:
        raise Http404 from unknown


def _case_of(by: Acting, item: ItemSeen) -> CasePage:
    return case_page(desk.case_or_404(by, item.case_id), by.at)


@page(policy.may_see_inbox, methods=("GET", "POST"))
@never_cache
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """The page of a step; POST completes it, or only keeps papers, rows and drafts."""
    by = acting_of(request)
    if request.method == "POST":
        gone = _gone(request, item_id)
        if gone is not None:
            return gone
    seen = item_or_404(by, item_id)
    if seen.token.startswith(COMMAND):  # a proposal is decided on the page of the case
        return redirect("inboxes:case", case_id=seen.case_id)
    if request.method == "POST":
        return _posted(request, seen)
    if seen.state != WorkItem.State.OPEN:
        messages.info(
            request, _("“%(step)s”已经办完，这里是办件的记录。") % {"step": seen.name}
        )
        return redirect("inboxes:case", case_id=seen.case_id)
    kept = kept_draft(by, seen.id)
    typed = working.read_typed(working.form_of(seen), kept.pairs if kept else {})
    chosen_before = kept is not None and set(kept.pairs) == {"outcome"}  # by the button
    restored = kept.clock if kept and not chosen_before else ""
    rest = outdated.left_over(seen, kept.pairs) if kept else None
    return drawn(request, seen, typed, restored=restored, rest=rest)


def _gone(request: HttpRequest, item_id: int) -> HttpResponse | None:
    """What was typed, where the step went to another post with a new version of its process."""
    by = acting_of(request)
    pool = WorkItem.objects.filter(pk=item_id).values_list("pool", flat=True).first()
    if pool is None or by.holds(pool):
        return None
    typed = outdated.taken_away(by, item_id, pairs_of(request))
    if typed is None:
        return None
    return render(request, "inboxes/taken_away.html", {"typed": typed}, status=409)


def _posted(request: HttpRequest, seen: ItemSeen) -> HttpResponse:
    by = acting_of(request)
    form = working.form_of(seen)
    typed = working.read_typed(form, pairs_of(request))
    rest = outdated.left_over(seen, pairs_of(request))
    if rest is not None and seen.state == WorkItem.State.OPEN:
        words = _(
            "这件办件刚换到流程第{n}版，这一环节的表单变了，还没有办。您填写的内容都在：新表单里有的已经填好，没有的列在上面。请核对后再点“完成”。"
        )
        messages.warning(request, words.format(n=number_of(seen.process_version_id)))
        return drawn(request, seen, typed, rest=rest, status=409)
    if form and change_rows(form, typed.values, typed.order):
        return drawn(request, seen, typed)
    if form:
        typed.values = without_empty_rows(form, typed.values)
    found = _case_of(by, seen)
    refused: dict[str, str] = {}
    if desk.may_keep_papers(by, found):
        refused = working.keep_marks(by, found, typed)
        refused |= working.keep_files(request, by, found)
    if typed.order == "draft":
        try:
            messages.info(request, _("草稿已存 %(at)s。") % {"at": _keep(request, seen)})
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
            return drawn(request, seen, typed, papers=refused, status=422)
    if typed.order == "preview" and not refused:
        return _preview(request, seen, typed)
    if typed.order in LOOKS or refused:
        return drawn(request, seen, typed, papers=refused, status=422 if refused else 200)
    return _complete(request, seen, typed)


def _complete(request: HttpRequest, seen: ItemSeen, typed: Typed) -> HttpResponse:
    by = acting_of(request)
    try:
        result = actions.complete(seen.id, by, typed.values)
    except Invalid as wrong:
        errors = wrong.errors or {"": wrong.sentence}
        return drawn(request, seen, typed, errors=errors, status=422)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        return _refused(request, seen, typed, refusal)
    messages.success(request, working.happened(seen.name, result))
    if typed.order == "next" or result.next_item_id is not None:
        return redirect(_next(by, result.next_item_id))
    return redirect("inboxes:case", case_id=seen.case_id)


def _preview(request: HttpRequest, seen: ItemSeen, typed: Typed) -> HttpResponse:
    """The documents that completing would issue, in a page of their own; nothing is done."""
    try:
        found = actions.preview_documents(seen.id, acting_of(request), typed.values)
    except Invalid as wrong:
        return drawn(
            request, seen, typed, errors=wrong.errors or {"": wrong.sentence}, status=422
        )
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        return _refused(request, seen, typed, refusal)
    return render(request, "inboxes/preview.html", {"documents": found})


def _refused(
    request: HttpRequest, seen: ItemSeen, typed: Typed, refusal: Refused
) -> HttpResponse:
    """The page again: the sentence beside the question it is about, else above everything."""
    form = working.form_of(seen)
    if refusal.field and form is not None and form.field(refusal.field) is not None:
        errors = {refusal.field: refusal.sentence}
        return drawn(request, seen, typed, errors=errors, status=422)
    messages.warning(request, refusal.sentence)
    fresh = item_or_404(acting_of(request), seen.id)
    return drawn(request, fresh, typed, status=409)


def _next(by: Acting, item_id: int | None) -> str:
    """The next step of the same case if it is hers, else the most urgent of her own."""
    if item_id is None:
        rows = inbox(by, "mine", counted=False).rows
        item_id = rows[0].item_id if rows else None
    if item_id is None:
        return resolve_url("inboxes:inbox")
    return resolve_url("inboxes:item", item_id=item_id)


def drawn(
    request: HttpRequest,
    seen: ItemSeen,
    typed: Typed,
    *,
    errors: dict[str, str] | None = None,
    papers: dict[str, str] | None = None,
    restored: str = "",
    rest: list[tuple[str, str]] | None = None,
    back: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a step with what was typed, whatever has become of the step."""
    by = acting_of(request)
    found = _case_of(by, seen)
    form = working.form_of(seen)
    is_open = seen.state == WorkItem.State.OPEN
    blocked = working.why_not(by, seen, found) if is_open else ""
    lost = status == 409 and (blocked or not is_open)  # else the form itself keeps it
    context = desk.frame(request, found, "item" if is_open else "overview")
    context |= {
        "item": seen,
        "restored": restored,
        "blocked": blocked,
        "typed": working.spoken_values(form, typed.values) if lost else rest or [],
        "may_keep": desk.may_keep_papers(by, found),
        "editable": [(state, desk.STATES[state][0]) for state in desk.EDITABLE],
        "errors": papers or {},
        "earlier": desk.earlier(found),
        "marks": typed.marks,
        "at_counter": _at_counter(by, seen),
        "mine_claimed": seen.claimed_by == by.officer_id,
    }
    if not is_open:
        return render(request, "inboxes/case_overview.html", context, status=status)
    context |= _step(by, found, seen, typed, errors or {})
    may_return = not blocked and cases.can_verb(by, "return", seen.pool_id)
    context["back"] = going_back(found, seen) if may_return else ()
    context["may_delay"] = not blocked and working.may_put_off(found, seen.id)
    context["told_ways"] = [(key, _(words)) for key, words in CHANNELS.items()]
    return render(request, "inboxes/item.html", context | (back or {}), status=status)


def _at_counter(by: Acting, seen: ItemSeen) -> bool:
    """Whether this step is at a window or station, where papers are ticked."""
    return any(h.pool_id == seen.pool_id and h.role in REGISTERING for h in by.held)


def _step(
    by: Acting, found: CasePage, seen: ItemSeen, typed: Typed, errors: dict[str, str]
) -> dict[str, Any]:
    form = working.form_of(seen)
    seen_ahead = working.look_ahead(found, seen, form)
    context: dict[str, Any] = {
        "consequences": [
            (one, words)
            for one in seen_ahead.consequences
            if (words := working.consequence_words(one))
        ],
        "chosen": {
            one.key: str(typed.values.get(one.key) or "") for one in seen_ahead.consequences
        },
        **working.about_step(found, seen, seen_ahead, by.at),
    }
    if form is not None:
        drawn = working.drawn_form(form, typed, seen_ahead, by, errors)
        context |= {"form": drawn, "problems": drawn.problems}
    return context


@page(policy.may_see_inbox, methods=("POST",))
@never_cache
def send_back(request: HttpRequest, item_id: int) -> HttpResponse:
    """Send the step back to an earlier one; the page has said what follows (退回)."""
    by = acting_of(request)
    seen = item_or_404(by, item_id)
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "")
    try:
        result = actions.return_step(seen.id, by, to, reason)
    except Invalid as wrong:
        back = {"back_errors": wrong.errors, "back_to": to, "back_reason": reason}
        kept = kept_draft(by, seen.id)
        typed = working.read_typed(working.form_of(seen), kept.pairs if kept else {})
        return drawn(request, seen, typed, back=back, status=422)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        kept = kept_draft(by, seen.id)
        typed = working.read_typed(working.form_of(seen), kept.pairs if kept else {})
        return _refused(request, seen, typed, refusal)
    messages.success(request, working.happened(_("退回"), result))
    return redirect("inboxes:case", case_id=seen.case_id)


@page(policy.may_see_inbox, methods=("POST",))
def item_state(request: HttpRequest, item_id: int) -> JsonResponse:
    """What the form looks like for the answers typed so far."""
    by = acting_of(request)
    seen = item_or_404(by, item_id)
    form = working.form_of(seen)
    if form is None:
        return JsonResponse({"hidden": [], "required": [], "locked": {}, "ids": []})
    typed = working.read_typed(form, pairs_of(request))
    look = working.look_ahead(_case_of(by, seen), seen, form)
    return JsonResponse(working.drawn_form(form, typed, look, by, {}).states())


def _keep(request: HttpRequest, seen: ItemSeen) -> str:
    return keep_draft(acting_of(request), seen.id, pairs_of(request))


@page(policy.may_see_inbox, methods=("POST",))
def item_draft(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep what was typed, or forget it (`do=discard`)."""
    by = acting_of(request)
    seen = item_or_404(by, item_id)
    if request.POST.get("do") == "discard":
        actions.drop_draft(by, seen.id)
        messages.info(request, _("草稿已删除。"))
        return redirect("inboxes:item", item_id=seen.id)
    try:
        return JsonResponse({"saved": _keep(request, seen)})
    except Refused as refusal:
        return JsonResponse({"problem": refusal.sentence}, status=422)


@page(policy.may_see_inbox, methods=("POST",))
def claim(request: HttpRequest, item_id: int) -> HttpResponse:
    """Sign for a work item (签收)."""
    return _moved(request, item_id, release=False)


@page(policy.may_see_inbox, methods=("POST",))
def release(request: HttpRequest, item_id: int) -> HttpResponse:
    """Give it back to the others of the post (退回待办)."""
    return _moved(request, item_id, release=True)


def _moved(request: HttpRequest, item_id: int, *, release: bool) -> HttpResponse:
    by = acting_of(request)
    try:
        if release:
            actions.release(item_id, by)
            messages.success(request, _("已退回待办，同岗位的同事都可以签收。"))
        else:
            actions.claim(item_id, by)
            messages.success(request, _("已签收，现在由您办理。"))
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    if release:
        return redirect("inboxes:inbox")
    return redirect("inboxes:item", item_id=item_id)
