"""Papers of a case outside a step: tick, upload, remove, take in a supplement (补交)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.queries import CasePage, case_page
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.inboxes import desk, policy, working
from webapp.inboxes.filing import pairs_of
from webapp.inboxes.views.cases import case_response
from webapp.organisations.middleware import acting_of


@page(policy.may_search, methods=("POST",))
@never_cache
def papers(request: HttpRequest, case_id: int) -> HttpResponse:
    """Carry out what the materials tab posts: `do` is marks, supply or remove:<id>."""
    by = acting_of(request)
    found = case_page(desk.case_or_404(by, case_id), by.at)
    order = request.POST.get("do", "")
    verb, _colon, number = order.partition(":")
    try:
        if verb == "remove" and (attachment := whole(number)) is not None:
            actions.remove_attachment(case_id, by, attachment)
            messages.success(request, _("附件已移除，原件仍留存备查。"))
            return _back(request, case_id)
        if verb == "supply":
            return _supply(request, found)
        if verb == "late":
            return _allow_late(request, case_id)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _shown_again(request, case_id, {})
    return _keep(request, found)


def _supply(request: HttpRequest, found: CasePage) -> HttpResponse:
    """The applicant brought what the notice asked for: the case goes back to examination."""
    by = acting_of(request)
    marks = {
        key: mark
        for key, mark in working.read_typed(None, pairs_of(request)).marks.items()
        if mark.get("state")
    }
    result = actions.supply_materials(found.case.pk, by, marks)
    refused = working.keep_files(request, by, found)
    messages.success(request, working.happened(_("登记补交材料"), result))
    if refused:
        return _shown_again(request, found.case.pk, refused)
    return redirect("inboxes:case", case_id=found.case.pk)


def _allow_late(request: HttpRequest, case_id: int) -> HttpResponse:
    """A head lets one paper be asked for that the notice left out."""
    key, reason = request.POST.get("late_key", ""), request.POST.get("late_reason", "")
    try:
        actions.allow_late_request(case_id, acting_of(request), key, reason)
    except Invalid as wrong:
        return _shown_again(request, case_id, dict(wrong.errors))
    messages.success(
        request, _("已批准，差错已登记。经办人现在可以把这一项写进下一份补正告知书。")
    )
    return _back(request, case_id)


def _keep(request: HttpRequest, found: CasePage) -> HttpResponse:
    """Store changed lines and new files."""
    by = acting_of(request)
    if not desk.may_keep_papers(by, found):
        messages.warning(request, _("这件申请现在不在您手里，材料由正在办理的同事登记。"))
        return _shown_again(request, found.case.pk, {})
    typed = working.read_typed(None, pairs_of(request))
    refused = working.keep_marks(by, found, typed)
    refused |= working.keep_files(request, by, found)
    if refused:
        return _shown_again(request, found.case.pk, refused)
    messages.success(request, _("材料已保存。"))
    return _back(request, found.case.pk)


def _back(request: HttpRequest, case_id: int) -> HttpResponse:
    return redirect("inboxes:case_tab", case_id=case_id, tab="materials")


def _shown_again(request: HttpRequest, case_id: int, refused: dict[str, str]) -> HttpResponse:
    by = acting_of(request)
    found = case_page(desk.case_or_404(by, case_id), by.at)
    typed = working.read_typed(None, pairs_of(request))
    extra = {
        "errors": refused,
        "marks": typed.marks,
        "late_key": request.POST.get("late_key", ""),
        "late_reason": request.POST.get("late_reason", ""),
    }
    return case_response(request, found, "materials", extra, status=422 if refused else 409)
