"""What a person may see: the query that fetches a case or an item is the permission.

Nobody learns of anything else: an unknown and a foreign case are the same 404.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from webapp.cases.models import Case, WorkItem
from webapp.core.crypto import search_grams
from webapp.core.errors import Unknown
from webapp.organisations.models import Unit
from webapp.organisations.queries import Acting

READ_ALL = frozenset({"county.office", "inspection", "oversight"})
"""Roles that read every case of the county (WEB: who may see a case)."""

FOUND = 50


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """A work item that the officer may open; `mine` when it waits for her now."""

    id: int
    case_id: int
    case_number: str
    token: str
    process_key: str
    element: str
    name: str
    form: str
    pool_id: int
    separate: tuple[str, ...]
    state: str
    claimed_by: int | None
    claimed_at: datetime | None
    opened_at: datetime
    due_at: datetime | None
    lapses_at: datetime | None
    closed_at: datetime | None
    closed_by: int | None
    process_version_id: int
    item_version_id: int


def item_seen_by(acting: Acting, item_id: int) -> ItemSeen:
    """A work item of one of her pools, open or not: one statement. Raises Unknown."""
    found = (
        WorkItem.objects.filter(pk=item_id, pool_id__in=acting.pool_ids)
        .select_related("case")
        .first()
    )
    if found is None:
        raise Unknown("没有这件待办。")
    return ItemSeen(
        id=found.pk,
        case_id=found.case_id,
        case_number=found.case.number,
        token=found.token,
        process_key=found.process_key,
        element=found.element,
        name=found.name,
        form=found.form,
        pool_id=found.pool_id,
        separate=tuple(found.separate),
        state=found.state,
        claimed_by=found.claimed_by_id,
        claimed_at=found.claimed_at,
        opened_at=found.opened_at,
        due_at=found.due_at,
        lapses_at=found.lapses_at,
        closed_at=found.closed_at,
        closed_by=found.closed_by_id,
        process_version_id=found.case.process_version_id,
        item_version_id=found.case.item_version_id,
    )


def visible_to(acting: Acting) -> QuerySet[Case]:
    """All cases that the officer may see.

    Her unit took it, answers for it, has the power, or has or had a step of it; the station of
    the village it is about; the county office and the inspectors see all. A post in which no
    step can wait (designer, administrator …) shows nothing of its unit's cases.
    """
    if acting.roles & READ_ALL:
        return Case.objects.all()
    units = list({held.unit_id for held in acting.held if held.works})
    if not units:
        return Case.objects.none()
    worked = WorkItem.objects.filter(case=OuterRef("pk"), pool__unit__in=units)
    villages = Unit.objects.filter(
        pk__in=[held.unit_id for held in acting.held if held.role == "village.agent"]
    )
    return Case.objects.filter(
        Q(accountable_unit__in=units)
        | Q(received_at_unit__in=units)
        | Q(competent_unit__in=units)
        | Q(village__in=villages.values("division_id"))
        | Q(Exists(worked))
    )


def case_seen_by(acting: Acting, case_id: int) -> Case:
    """A case with item, units and people, if she may see it: one statement. Raises Unknown."""
    found = (
        visible_to(acting)
        .filter(pk=case_id)
        .select_related(
            "item_version__item",
            "process_version__process",
            "village__parent",
            "received_at_unit",
            "accountable_unit",
            "competent_unit",
            "registered_by",
            "agent",
            "parent",
            "holder_unit",
            "holder_officer",
        )
        .first()
    )
    if found is None:
        raise Unknown("没有这个办件。")
    return found


def find_cases(acting: Acting, q: str, *, only_open: bool | None = None) -> list[Case]:
    """Cases she may see by part of the number or of the name, newest first, at most fifty."""
    typed = q.strip()
    found = visible_to(acting).select_related(
        "item_version", "village", "holder_unit", "holder_officer", "accountable_unit"
    )
    if typed:
        by_name = Q(
            search_grams__contains=search_grams(typed),
            applicant_name__icontains="".join(typed.split()),
        )
        found = found.filter(Q(number__contains=typed) | by_name)
    if only_open is not None:
        found = found.filter(is_open=only_open)
    return list(found.order_by("-id")[:FOUND])
