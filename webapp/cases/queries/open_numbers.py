"""未销号清单: numbers that are open until the reply has been delivered with proof (PROC-11, N12).

A number is struck off (销号) when its case is closed. What stands in the way is said for each: no
decision yet, decided and not delivered, or delivered late.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from webapp.cases.models import Case, Delivery


@dataclass(frozen=True, slots=True)
class Numbers:
    """Open numbers of one unit. `late`: past the due day of whatever runs now."""

    unit_id: int
    unit: str
    total: int
    undecided: int
    undelivered: int
    late: int
    oldest: datetime


def stage_of(stage: str, at: datetime) -> Q:
    """Decided or not, or past its day; everything for ""."""
    return {
        "undecided": Q(decided_at=None),
        "undelivered": Q(decided_at__isnull=False),
        "late": Q(due_at__lt=at),
    }.get(stage, Q())


def open_numbers_by_unit(at: datetime, unit_ids: Collection[int] | None) -> list[Numbers]:
    """Per accountable unit, the most first; None: the whole county. One statement."""
    rows = _open(unit_ids).values("accountable_unit_id", "accountable_unit__name")
    counted = rows.annotate(
        total=Count("pk"),
        undecided=Count("pk", filter=stage_of("undecided", at)),
        undelivered=Count("pk", filter=stage_of("undelivered", at)),
        late=Count("pk", filter=stage_of("late", at)),
    ).order_by("-total", "accountable_unit__name")
    oldest = dict(
        _open(unit_ids)
        .order_by("accountable_unit_id", "received_at")
        .distinct("accountable_unit_id")
        .values_list("accountable_unit_id", "received_at")
    )
    return [
        Numbers(
            unit_id=row["accountable_unit_id"],
            unit=row["accountable_unit__name"],
            total=row["total"],
            undecided=row["undecided"],
            undelivered=row["undelivered"],
            late=row["late"],
            oldest=oldest[row["accountable_unit_id"]],
        )
        for row in counted
    ]


def open_numbers(at: datetime, unit_ids: Collection[int] | None, stage: str) -> QuerySet[Case]:
    """The cases behind the numbers, oldest first."""
    rows = _open(unit_ids).filter(stage_of(stage, at))
    return rows.select_related(
        "item_version", "accountable_unit", "holder_unit", "holder_officer"
    ).order_by("received_at", "id")


def struck_without_proof(unit_ids: Collection[int] | None) -> QuerySet[Case]:
    """Granted or refused, closed, and no proof of delivery: must not exist (PROC-11, PROC-12).

    A village's own case that went on at the township is delivered there.
    """
    delivered = Delivery.objects.values("case")
    rows = Case.objects.filter(is_open=False, result__in=["granted", "refused"])
    if unit_ids is not None:
        rows = rows.filter(accountable_unit__in=unit_ids)
    return (
        rows.exclude(pk__in=delivered)
        .exclude(started__isnull=False)
        .select_related("item_version", "accountable_unit")
        .order_by(F("closed_at").desc())
    )


def _open(unit_ids: Collection[int] | None) -> QuerySet[Case]:
    rows = Case.objects.filter(is_open=True)
    return rows if unit_ids is None else rows.filter(accountable_unit__in=unit_ids)
