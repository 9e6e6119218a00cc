"""What a person may see: the query that fetches a case or an item is the permission.

Nobody learns of anything else: an unknown and a foreign case are the same 404.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from webapp.cases.models import Case, Copy, Document, SensitiveValue, WorkItem
from webapp.core.crypto import keyed_hash, search_grams
from webapp.core.errors import Unknown
from webapp.organisations.models import Unit
from webapp.organisations.queries import Acting
from workflows.calendars import moment

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
    the village it is about; the county office and the inspectors see all; and whoever has been
    given sight of it by name, while it runs (抄送). A post in which no
    step can wait (designer, administrator …) shows nothing of its unit's cases.
    """
    if acting.roles & READ_ALL:
        return Case.objects.all()
    units = list({held.unit_id for held in acting.held if held.works})
    if not units:
        return Case.objects.none()
    worked = WorkItem.objects.filter(case=OuterRef("pk"), pool__unit__in=units)
    copied = Copy.objects.filter(officer=acting.officer_id, ended_at=None)
    villages = Unit.objects.filter(
        pk__in=[held.unit_id for held in acting.held if held.role == "village.agent"]
    )
    return Case.objects.filter(
        Q(accountable_unit__in=units)
        | Q(received_at_unit__in=units)
        | Q(competent_unit__in=units)
        | Q(village__in=villages.values("division_id"))
        | Q(Exists(worked))
        | Q(is_open=True, pk__in=copied.values("case"))
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


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: all parts must fit. `before` is the id after which a page goes on.

    `q` is part of a case number or name, or a whole identity number, telephone or credit code
    (found by their keyed hashes), or the number of a document.
    """

    q: str = ""
    only_open: bool | None = None
    item_code: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


_WHOLE = re.compile(r"[0-9A-Za-z]{11,18}")
"""Looks like an identity number, a telephone number or a credit code, typed in full."""


def find_cases(acting: Acting, search: Search) -> tuple[list[Case], int | None]:
    """Cases she may see, newest first, fifty a page, and where the next page begins: one statement."""
    found = visible_to(acting).select_related(
        "item_version", "village", "holder_unit", "holder_officer", "accountable_unit"
    )
    typed = search.q.strip()
    if typed:
        found = found.filter(_fits(typed))
    if search.only_open is not None:
        found = found.filter(is_open=search.only_open)
    if search.item_code:
        found = found.filter(item_version__item__code=search.item_code)
    if search.since:
        found = found.filter(received_at__gte=moment(search.since))
    if search.until:
        found = found.filter(received_at__lt=moment(search.until + timedelta(days=1)))
    if search.before:
        found = found.filter(id__lt=search.before)
    rows = list(found.order_by("-id")[: FOUND + 1])
    return rows[:FOUND], rows[FOUND - 1].pk if len(rows) > FOUND else None


def _fits(typed: str) -> Q:
    """The condition for one line of the search field."""
    plain = "".join(typed.split())
    if "〔" in plain:
        return Q(pk__in=Document.objects.filter(number=plain).values("case"))
    fits = Q(number__contains=typed) | Q(
        search_grams__contains=search_grams(typed), applicant_name__icontains=plain
    )
    if _WHOLE.fullmatch(plain):
        hidden = SensitiveValue.objects.filter(keyed_hash=keyed_hash(plain))
        fits |= Q(pk__in=hidden.values("case"))
    return fits
