"""Register a new case: choose the item, fill in and tick, see where it went (IN-11, WIN-05)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions, mandates
from webapp.cases.actions.open_case import WAYS, for_visitor
from webapp.cases.policy import REGISTERING
from webapp.cases.queries import case_page
from webapp.cases.queries.uploads import uploads_waiting
from webapp.cases.stepping import StepResult
from webapp.catalogue import queries as catalogue
from webapp.catalogue.queries import ItemFacts, OfferedItem
from webapp.changes.actions import take_effect
from webapp.contacts import actions as contacts
from webapp.contacts.actions.ending import place_of
from webapp.contacts.models import Contact
from webapp.contacts.queries import contact_seen_by
from webapp.core.access import page
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown
from webapp.core.form_pages import change_rows, without_empty_rows
from webapp.core.typed import whole
from webapp.inboxes import desk, policy
from webapp.inboxes import filing as typed
from webapp.inboxes.guide import badges, guide_of, limit_words
from webapp.inboxes.journey import journey_of
from webapp.inboxes.papers import MARKS, detail
from webapp.inboxes.registering import (
    Desk,
    all_errors,
    answers_of,
    desk_for,
    keep_draft,
    kept_draft,
    page_of,
)
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting
from webapp.processes import queries as processes
from workflows.calendars import local_day


def item_or_404(code: str, way: str = "") -> ItemFacts:
    """The version of the item in force; 404 for one that is not offered.

    `way`: as the village helps without an application (当场办、教他办), who came is enough.
    """
    try:
        item = catalogue.item_by_code(code)
    except Unknown as absent:
        raise Http404 from absent
    return for_visitor(item) if way else item


def way_of(request: HttpRequest) -> str:
    """How a village agent helps; "" for an application and for everybody else."""
    way = str(request.POST.get("reg-way") or request.GET.get("way") or "")
    return way if way in WAYS and acting_of(request).has("village.agent") else ""


@page(policy.may_register)
def register(request: HttpRequest) -> HttpResponse:
    """All items that can be filed at her desk, by category."""
    by = acting_of(request)
    take_effect(by.at)
    levels = dict.fromkeys(held.unit_level for held in by.held if held.role in REGISTERING)
    agent = list(levels) == ["village"]
    way = way_of(request)
    offered = {
        one.code: one
        for level in (("township", *levels) if way else levels)
        for one in catalogue.items_offered(level)
        if way or _opens(one, level)
    }
    if agent and not way:  # what she may not file is listed too, with the reason behind it
        for one in catalogue.items_offered("township"):
            if one.in_person or not one.agent_allowed:
                offered.setdefault(one.code, one)
    order = {one.category: place for place, one in reversed(list(enumerate(offered.values())))}
    ordered = sorted(offered.values(), key=lambda one: order[one.category])
    groups = [
        (name, [_listed(one, levels, agent and not way) for one in items])
        for name, items in groupby(ordered, lambda one: one.category_name)
    ]
    context = {
        "groups": groups,
        "count": len(offered),
        "way": way,
        "way_words": way and _(WAYS[way]),
    }
    return render(request, "inboxes/register.html", context)


def _opens(one: OfferedItem, level: str) -> bool:
    """What no path leads to at this level is not offered."""
    return processes.leads_on(
        handling=one.handling, flow=one.flow, level=level, process_key=one.process_key
    )


def _listed(one: OfferedItem, levels: Collection[str], for_agent: bool) -> dict[str, Any]:
    level = "county" if set(levels) == {"county"} else ""
    limit = limit_words(one.promised_days, one.promised_unit)
    return {
        "code": one.code,
        "name": one.name,
        "badges": badges(one.handling, one.flow, level, one.process_key),
        "limit": _("当场") if one.handling == "immediate" else limit,
        "example": one.is_example,
        "in_person": one.in_person or (for_agent and not one.agent_allowed),
        "words": f"{one.name} {one.code} {one.category_name}".lower(),
    }


def contact_of(request: HttpRequest) -> Contact | None:
    """The enquiry from which this registration comes (首问); 404 for a foreign one."""
    given = request.POST.get("reg-contact") or request.GET.get("contact")
    if not given:
        return None
    try:
        return contact_seen_by(acting_of(request), whole(given) or 0)
    except Unknown as unknown:
        raise Http404 from unknown


def _place(code: str, way: str = "", contact: Contact | None = None) -> str:
    if contact is not None:
        return place_of(contact.pk, code)
    return f"register:{way}:{code}" if way else f"register:{code}"


@page(policy.may_register, methods=("GET", "POST"))
@never_cache
def register_item(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of an item beside its form; POST opens the case, or changes rows."""
    way = way_of(request)
    take_effect(acting_of(request).at)
    item = item_or_404(code, way)
    by = acting_of(request)
    counter = desk_for(by, item, way)
    if request.method == "POST" and not counter.refusal:
        return _posted(request, item, counter)
    contact = contact_of(request)
    kept = None if counter.refusal else kept_draft(by, _place(code, way, contact))
    filing = typed.read_filing(item.form, kept.pairs if kept else {})
    filing.way = way
    if contact is not None and kept and "reg-key" not in kept.pairs:
        kept = None  # carried over a moment ago: nothing of hers to restore
    return _drawn(request, item, counter, filing, restored=kept.clock if kept else "")


def _posted(request: HttpRequest, item: ItemFacts, counter: Desk) -> HttpResponse:
    by = acting_of(request)
    filing = typed.read_filing(item.form, typed.pairs_of(request))
    filing.way = way_of(request)
    if change_rows(item.form, filing.values, filing.order) or filing.order == "refresh":
        return _drawn(request, item, counter, filing)
    filing.values = without_empty_rows(item.form, filing.values)
    contact = contact_of(request)
    try:
        result = _opened(by, item, counter, filing, contact)
    except Invalid as wrong:
        errors = all_errors(item, counter, filing, by, wrong)
        return _drawn(request, item, counter, filing, errors=errors, status=422)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        if isinstance(refusal, AlreadyDone):
            filing.key = typed.new_key()
        return _drawn(request, item, counter, filing, status=409)
    actions.drop_draft(by, _place(item.code, filing.way, contact))
    _keep_files(request, item, result.case_id)
    _fetch_uploads(request, _place(item.code, filing.way), filing, result.case_id)
    if counter.is_village and result.next_item_id is not None:
        keep_draft(by, result.next_item_id, {"outcome": [filing.way or "agency"]})
        return redirect("inboxes:item", item_id=result.next_item_id)
    return redirect("inboxes:registered", case_id=result.case_id)


def _opened(
    by: Acting, item: ItemFacts, counter: Desk, filing: typed.Filing, contact: Contact | None
) -> StepResult:
    """Open the case; one that comes from an enquiry keeps it (DUTY-01)."""

    def register() -> StepResult:
        return actions.open_case(
            by,
            item.code,
            answers_of(counter, filing),
            {key: mark for key, mark in filing.materials.items() if mark.get("state")},
            filing.village_id,
            filing.mandate if counter.is_village and not filing.way else None,
            filing.key,
            filing.pool_id,
            filing.way,
        )

    return contacts.become_case(contact.pk, by, register) if contact else register()


def _brings(code: str) -> list[tuple[str, str]]:
    """What the villager has to bring: name and form of each paper (IN-01)."""
    return [(one.name, detail(one)) for one in catalogue.item_by_code(code).materials]


def _keep_files(request: HttpRequest, item: ItemFacts, case_id: int) -> None:
    """Attach the chosen files; one that is refused is named, the case stands."""
    for key, file in typed.files_of(request, item):
        try:
            actions.attach(case_id, acting_of(request), key, file)
        except Refused as refusal:
            messages.warning(
                request,
                _("办件已登记，但文件“%(name)s”没有收下：%(why)s请在办件的材料里重新上传。")
                % {"name": file.name, "why": refusal.sentence},
            )


def _fetch_uploads(
    request: HttpRequest, place: str, filing: typed.Filing, case_id: int
) -> None:
    """Put on the case what was uploaded while the form was filled in."""
    if not filing.uploads:
        return
    try:
        actions.attach_uploads(case_id, acting_of(request), place, filing.uploads)
    except Refused as refusal:
        why = refusal.sentence or "".join(getattr(refusal, "errors", {}).values())
        words = _("办件已登记，但有文件没有收下：%(why)s请在办件的材料里重新上传。")
        messages.warning(request, words % {"why": why})


def _keep_for_later(
    request: HttpRequest, item: ItemFacts, place: str, filing: typed.Filing
) -> None:
    """Files that came with a form which has to be mended: they need not be chosen again."""
    for material, file in typed.files_of(request, item):
        told = f"{filing.key}:{material}:{file.name}:{file.size}"
        try:
            kept = actions.keep_for_later(
                acting_of(request),
                place,
                material,
                hashlib.sha256(told.encode()).hexdigest(),
                name=file.name or "",
                chunks=file.chunks(),
            )
        except Invalid as wrong:
            messages.warning(request, "".join(wrong.errors.values()) or wrong.sentence)
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
        else:
            filing.uploads.append(kept.pk)


def _drawn(
    request: HttpRequest,
    item: ItemFacts,
    counter: Desk,
    filing: typed.Filing,
    *,
    errors: dict[str, str] | None = None,
    restored: str = "",
    status: int = 200,
) -> HttpResponse:
    by = acting_of(request)
    place = _place(item.code, filing.way)
    if request.FILES and not counter.refusal:
        _keep_for_later(request, item, place, filing)
    context: dict[str, Any] = {
        "place": place,
        "staged": uploads_waiting(by.officer_id, place, filing.uploads),
        "item": item,
        "guide": guide_of(item, counter.level),
        "journey": journey_of(item, counter.level),
        "brings": _brings(item.code) if filing.way == "guide" else (),
        "desk": counter,
        "filing": filing,
        "way_words": _(WAYS[filing.way]) if filing.way else "",
        "restored": restored,
        "contact": contact_of(request),
        "files_lost": bool(request.FILES),
    }
    if not counter.refusal:
        shown = page_of(item, counter, filing, by.at, errors or {})
        context |= {
            "form": shown.form,
            "lines": shown.lines,
            "problems": shown.problems,
            "errors": {k.replace(".", "_"): v for k, v in (errors or {}).items()},
            "marks": MARKS,
            "mode": answers_of(counter, filing)["application_mode"],
            "villages": counter.villages(),
            "reasons": mandates.REASONS.items(),
            "powers": mandates.POWERS.items(),
            "today": local_day(by.at).isoformat(),
        }
    return render(request, "inboxes/register_item.html", context, status=status)


@page(policy.may_register, methods=("POST",))
def register_state(request: HttpRequest, code: str) -> JsonResponse:
    """What the form looks like for the answers typed so far: hidden, required, worked out."""
    way = way_of(request)
    item = item_or_404(code, way)
    counter = desk_for(acting_of(request), item, way)
    filing = typed.read_filing(item.form, typed.pairs_of(request))
    shown = page_of(item, counter, filing, acting_of(request).at, {})
    needed = {line.key: line.needed for line in shown.lines}
    return JsonResponse({**shown.form.states(), "needed": needed})


@page(policy.may_register, methods=("POST",))
def register_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was typed, or forget it (`do=discard`)."""
    way = way_of(request)
    item = item_or_404(code, way)
    by = acting_of(request)
    place = _place(item.code, way, contact_of(request))
    if request.POST.get("do") == "discard":
        actions.drop_draft(by, place)
        messages.info(request, _("草稿已删除。"))
        return redirect("inboxes:register_item", code=item.code)
    try:
        clock = keep_draft(by, place, typed.pairs_of(request))
    except Refused as refusal:
        return JsonResponse({"problem": refusal.sentence}, status=422)
    return JsonResponse({"saved": clock})


@page(policy.may_register)
@never_cache
def registered(request: HttpRequest, case_id: int) -> HttpResponse:
    """Said after registering: the number, where it went, until when, and what comes next."""
    by = acting_of(request)
    found = case_page(desk.case_or_404(by, case_id), by.at)
    receipts = [one for one in found.documents if one.code == "D02"]
    context = {
        "case": found.case,
        "page": found,
        "item": catalogue.item_version(found.case.item_version_id),
        "receipt": receipts[-1] if receipts else None,
        "check": next((one for one in found.clocks if one.kind == "check"), None),
        "mine": desk.my_item(by, found),
        "lacking": [one for one in desk.sheets(found) if one.lacking],
        "at": by.at,
    }
    return render(request, "inboxes/registered.html", context)
