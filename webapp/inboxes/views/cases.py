"""The page of a case for everybody who may see it: read only, tab by tab."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.models import Submission
from webapp.cases.queries import CasePage, case_page, prove
from webapp.cases.spoken import text_of
from webapp.catalogue import queries as catalogue
from webapp.contacts.queries import contacts_of_case
from webapp.contacts.visits import visit_days
from webapp.core.access import page
from webapp.core.errors import Refused, Unknown
from webapp.inboxes import commands, desk, policy
from webapp.inboxes.clock_picture import clock_picture
from webapp.inboxes.picture import picture_of
from webapp.organisations.middleware import acting_of
from webapp.processes import queries as processes
from workflows.forms import Field, FieldKind, Form


@page(policy.may_search)
@never_cache
def case(request: HttpRequest, case_id: int, tab: str = "overview") -> HttpResponse:
    """One tab of a case."""
    if tab not in dict(desk.TABS):
        raise Http404
    found = case_page(desk.case_or_404(acting_of(request), case_id), acting_of(request).at)
    return case_response(request, found, tab)


def case_response(
    request: HttpRequest,
    found: CasePage,
    tab: str,
    extra: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw a tab; also used by the views that change something and show the tab again."""
    by = acting_of(request)
    context = desk.frame(request, found, tab)
    if tab in {"overview", "diagram"}:
        context["edition"] = processes.edition(found.case.process_version_id)
    if tab == "diagram":
        context["picture"] = picture_of(found, request.GET.get("process", ""), by.at)
    if tab == "timeline" and "check" in request.GET:
        context["proof"] = prove(found.case)
    if tab == "documents":
        context["may_print"] = desk.may_print(by, found)
        context["on_request"] = desk.papers_on_request(by, found)
    if tab == "clocks":
        context["picture"] = clock_picture(found, by.at)
    if tab == "overview":
        context |= commands.offered(by, found)
        context["may_revoke"] = desk.may_revoke_mandate(by, found)
        context |= {
            "contacts": contacts_of_case(found.case.pk),
            "visits": visit_days(found.case.pk),
        }
    if tab == "materials":
        context |= {
            "may_keep": desk.may_keep_papers(by, found),
            "may_supply": desk.may_supply(by, found),
            "editable": [(state, desk.STATES[state][0]) for state in desk.EDITABLE],
            "others": desk.other_files(found),
            "omitted": desk.omitted(by, found),
            "errors": {},
        }
    return render(request, f"inboxes/case_{tab}.html", context | (extra or {}), status=status)


@page(policy.may_search)
def diagram_file(request: HttpRequest, case_id: int, process: str) -> HttpResponse:
    """The diagram of one process of a case, as drawn."""
    seen = desk.case_or_404(acting_of(request), case_id)
    try:
        drawn = processes.diagram(seen.process_version_id, process)
    except Unknown as unknown:
        raise Http404 from unknown
    return HttpResponse(drawn, content_type="application/xml; charset=utf-8")


@page(policy.may_search, methods=("POST",))
@never_cache
def reveal(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show one sensitive value in full; the act is recorded (查看留痕)."""
    by = acting_of(request)
    seen = desk.case_or_404(by, case_id)
    address = request.POST.get("field", "")
    try:
        value = actions.reveal(case_id, address, by)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        return HttpResponse(refusal.sentence, status=409, content_type="text/plain")
    found = case_page(seen, by.at)
    one = _field_of(found, address)
    shown = {"rows": _rows(one, value), "text": "" if _is_rows(one) else _text(one, value)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "inboxes/parts/revealed.html", {"revealed": shown})
    extra = {"revealed_field": address, "revealed": shown}
    return case_response(request, found, "overview", extra)


def _field_of(found: CasePage, address: str) -> Field | None:
    """The question behind an address: `application.applicant_phone`."""
    place, _dot, key = address.partition(".")
    for form in _forms(found, place):
        one = form.field(key)
        if one is not None:
            return one
    return None


def _forms(found: CasePage, place: str) -> list[Form]:
    if place == "application":
        return [catalogue.item_version(found.case.item_version_id).form]
    ids = {item.form for item in found.items if item.token == place and item.form}
    return [form for one in sorted(ids) for form in _as_filled(found, place, one)]


def _as_filled(found: CasePage, token: str, form_id: str) -> list[Form]:
    """The form as it asked: the case may have moved to another version since."""
    rows = Submission.objects.filter(case=found.case, item__token=token)
    versions = [
        v or found.case.process_version_id for v in rows.values_list("filled_on", flat=True)
    ]
    return [processes.form(one, form_id) for one in versions or [found.case.process_version_id]]


def _is_rows(one: Field | None) -> bool:
    return one is not None and one.kind is FieldKind.ROWS


def _text(one: Field | None, value: Any) -> str:
    return text_of(one, value) if one is not None else str(value)


def _rows(one: Field | None, value: Any) -> list[list[tuple[str, str]]]:
    if one is None or one.kind is not FieldKind.ROWS or not isinstance(value, list):
        return []
    return [
        [
            (part.label, text_of(part, row[part.key]))
            for part in one.fields
            if row.get(part.key) not in (None, "", [])
        ]
        for row in value
    ]
