"""The step form of a work item: drawing it, reading what was posted, saying what happened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from webapp.cases import actions, policy
from webapp.cases.actions.colleagues import reachable
from webapp.cases.models import Document
from webapp.cases.queries import CasePage, ItemSeen
from webapp.cases.queries.ahead import Ahead, Consequence, ahead, still_waits
from webapp.cases.queries.departments import departments_of_case, note_for, request_of
from webapp.cases.queries.promises import latest_extension, outlook
from webapp.cases.queries.timeline import RESULT_NAMES
from webapp.cases.spoken import text_of
from webapp.cases.stepping import StepResult
from webapp.core.errors import Invalid, Refused
from webapp.core.form_pages import ShownForm, show_form
from webapp.inboxes.filing import Pairs
from webapp.organisations.queries import Acting, on_duty
from webapp.processes import queries as processes
from workflows.calendars import local_day
from workflows.forms import Form, from_pairs

ASKED_FORMS = frozenset({"opinion", "opinion-external", "opinion-follow"})
EXTENDING = "tolerance-decide"
CONVENING = "joint-convene"
FOLLOWING = "opinion-follow"
EXAMINING = frozenset({"Task_Examine"})
CONSOLIDATING = frozenset(
    {"Task_Consolidate", "Task_CountyConsolidate", "Task_Meet", "Task_CountyMeet"}
)
"""Steps at which somebody weighs what the departments said."""
_MARK = re.compile(r"mat-(\w{1,60})-(was|seen|state|defect|remedy)", re.ASCII)


@dataclass(slots=True)
class Typed:
    """What was typed on the page of a step."""

    values: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    order: str = ""


def read_typed(form: Form | None, pairs: Pairs) -> Typed:
    """Read posted (or drafted) pairs."""
    typed = Typed(values=from_pairs(form, pairs) if form else {})
    for name, values in pairs.items():
        found = _MARK.fullmatch(name)
        if found and values:
            typed.marks.setdefault(found[1], {})[found[2]] = values[-1].strip()
    typed.order = (pairs.get("do") or [""])[-1]
    return typed


def form_of(item: ItemSeen) -> Form | None:
    """The form of a step, None for a step that is only ticked off."""
    return processes.form(item.process_version_id, item.form) if item.form else None


def why_not(by: Acting, item: ItemSeen, page: CasePage) -> str:
    """Why she may look but not complete; "" when she may."""
    if page.case.suspended_from:
        return _("这件申请已中止办理，恢复以后才能办这一步。")
    if item.claimed_by not in {None, by.officer_id} and not on_duty(
        item.claimed_by or 0, item.pool_id, by.at
    ):
        item = replace(item, claimed_by=None, claimed_at=None)
    if item.claimed_by is not None and item.claimed_by != by.officer_id:
        return _("这件待办已由%(who)s签收。需要您来办，请对方退回待办。") % {
            "who": reachable(item.claimed_by)
        }
    performed = {
        person
        for one in page.items
        if one.state == "DONE" and one.element in item.separate
        for person in (one.closed_by_id, one.closed_for_id)
        if person is not None
    }
    try:
        policy.check_can_complete(by, item, performed)
    except Refused as refusal:
        return refusal.sentence
    return ""


def look_ahead(page: CasePage, item: ItemSeen, form: Form | None) -> Ahead:
    """What the form may ask about the case, and what each answer leads to."""
    return ahead(page.case, item, form)


def about_step(page: CasePage, item: ItemSeen, seen: Ahead, at: datetime) -> dict[str, Any]:
    """What a step of tolerance or of joint handling shows beside its form."""
    about: dict[str, Any] = {}
    department = seen.variables.get("department")
    if item.form in ASKED_FORMS and isinstance(department, Mapping):
        about |= {"asked": department, "note": note_for(page, item.id)}
        if item.form == FOLLOWING:
            about |= _followed(page, str(department.get("name")))
    if item.element in EXAMINING:
        about["outlook"] = outlook(page.case, page.materials, at)
    if item.form == EXTENDING and page.promise is not None and not page.promise.extended:
        last = latest_extension(page.case)
        about |= {
            "extends": True,
            "extend_until": last,
            "no_time": bool(last and last <= local_day(at)),
        }
    if item.form == CONVENING:
        about["convenes"] = True
    if item.element in CONSOLIDATING:
        against = [one.name for one in departments_of_case(page) if one.dissents]
        about |= {"consolidates": True, "dissent": "、".join(against)}
    return about


def _followed(page: CasePage, name: str) -> dict[str, Any]:
    """Why the lead follows a department up: it asks for something, or it has not answered."""
    one = next((d for d in departments_of_case(page) if d.name == name), None)
    if one is None:
        return {}
    return {"followed": one, "needed": request_of(page, one)}


def drawn_form(
    form: Form, typed: Typed, seen: Ahead, by: Acting, errors: Mapping[str, str]
) -> ShownForm:
    """The form with what was typed."""
    return show_form(form, typed.values, seen.variables, today=local_day(by.at), errors=errors)


def consequence_words(one: Consequence) -> str:
    """交 正定县民政局（接收上报件）；出 上报函."""
    parts = []
    for unit, role, step in one.to:
        parts.append(_("交 %(who)s（%(step)s）") % {"who": unit or role, "step": step})
    if one.documents:
        parts.append(_("出 %(papers)s") % {"papers": _("、").join(one.documents)})
    if one.filed:
        parts.append(_("报县政务办备案"))
    if one.waits:
        parts.append(one.waits)
    if one.result:
        parts.append(_("办件办结：%(result)s") % {"result": one.result})
    return _("；").join(parts)


def keep_marks(by: Acting, page: CasePage, typed: Typed) -> dict[str, str]:
    """Store the lines of the checklist that changed; sentences by key for those refused."""
    refused: dict[str, str] = {}
    for one in page.materials:
        mark = typed.marks.get(one.key)
        if not mark or not mark.get("state"):
            continue
        if mark["state"] == mark.get("was") != one.state:
            continue  # she left the line alone; a colleague has changed it meanwhile
        lacking = mark["state"] in {"missing", "defective"}
        wanted = (
            mark["state"],
            mark.get("defect", "") if lacking else "",
            mark.get("remedy", "") if lacking else "",
        )
        if wanted == (one.state, one.defect, one.remedy):
            continue
        try:
            actions.set_material(page.case.pk, by, one.key, *wanted, seen=mark.get("seen"))
        except Refused as refusal:
            refused[one.key] = refusal.sentence
    return refused


def keep_files(request: HttpRequest, by: Acting, page: CasePage) -> dict[str, str]:
    """Attach the chosen files; sentences by key for those refused."""
    refused: dict[str, str] = {}
    for name in request.FILES:
        if not name.startswith("file-"):
            continue
        key = name.removeprefix("file-")
        for file in request.FILES.getlist(name):
            try:
                actions.attach(page.case.pk, by, key or None, file)
            except Invalid as wrong:
                refused[key] = wrong.sentence or str(wrong)
            except Refused as refusal:
                refused[key] = refusal.sentence
    return refused


def happened(step: str, result: StepResult) -> SafeString:
    """What the person reads after completing: to whom it went, which papers were issued."""
    goes_on = bool(result.opened or result.result or result.closed)
    waits = [] if goes_on else [format_html("{}", _waiting(result.case_id))]
    return told(format_html(_("已办完“{}”（{}）。"), step, result.case_number), result, waits)


def told(said: SafeString, result: StepResult, waits: Iterable[SafeString] = ()) -> SafeString:
    """What has happened, to whom the case went, which papers were issued; what it waits for."""
    lines = [said]
    lines += [
        format_html(_("交给 {} {}：{}"), one.unit, one.role, one.name) for one in result.opened
    ]
    lines += _issued(result)
    if result.result:
        ended = _(RESULT_NAMES.get(result.result, result.result))
        lines.append(format_html(_("办件已办结：{}。"), ended))
    lines += waits
    return format_html_join("\n", "{}", ((line,) for line in lines))


def _waiting(case_id: int) -> str:
    """Whom a case waits for after a step that gave it to nobody."""
    words = still_waits(case_id)
    if not words:
        return _("现在等申请人或者其他环节，到时会回到待办。")
    return _("现在%(waits)s，到齐后自动往下办。") % {"waits": words}


def _issued(result: StepResult) -> list[SafeString]:
    """Lines with a link to print each document."""
    numbers = [number for _code, _name, number in result.documents]
    if not numbers:
        return []
    ids = dict(
        Document.objects.filter(case=result.case_id, number__in=numbers).values_list(
            "number", "id"
        )
    )
    return [
        format_html(
            '{} <a href="{}">{}</a>',
            _("已出 %(name)s %(number)s") % {"name": _(name), "number": number},
            reverse("inboxes:document", args=[ids[number]]),
            _("打印"),
        )
        for _code, name, number in result.documents
        if number in ids
    ]


def spoken_values(form: Form | None, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed, as label and text: shown when it can no longer be submitted."""
    found = []
    for one in form.fields if form else ():
        value = values.get(one.key)
        if value in (None, "", []):
            continue
        try:
            text = text_of(one, value)
        except (ValueError, TypeError, AttributeError):
            text = str(value)
        found.append((one.label, text))
    return found


def may_put_off(found: CasePage, item_id: int) -> bool:
    """Whether a step has a clock of its own that runs, in days, and has not been put off yet."""
    return any(
        one.item_id == item_id and one.kind == "step" and one.state == "running"
        and not one.overdue and not one.extended and one.in_days
        for one in found.clocks
    )  # fmt: skip
