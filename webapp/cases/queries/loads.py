"""How much each person has in hand."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from webapp.cases.models import WorkItem


def open_items_of_people(officer_ids: Iterable[int]) -> dict[int, int]:
    """Open items that each has signed for: one statement."""
    rows = (
        WorkItem.objects.filter(state=WorkItem.State.OPEN, claimed_by__in=list(officer_ids))
        .values("claimed_by")
        .annotate(count=Count("id"))
    )
    return {row["claimed_by"]: row["count"] for row in rows}
