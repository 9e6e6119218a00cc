"""The A posts of a unit as the county wants to know them (ORG-14), and contact points (ORG-01)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from webapp.organisations.establishment import APost
from webapp.organisations.models import Holding, Unit


def a_posts(unit_id: int, day: date) -> list[APost]:
    """Who holds the A posts of a unit's windows that day: one statement."""
    rows = Holding.objects.filter(
        post__pool__unit=unit_id,
        post__pool__role__in=["township.window", "county.window"],
        post__active=True,
        cover="A",
        during__contains=day,
    ).select_related("officer__staff_record", "post")
    found = []
    for row in rows.order_by("post_id"):
        kept = getattr(row.officer, "staff_record", None)
        found.append(
            APost(
                row.post.name,
                row.officer.name,
                row.officer_id,
                row.during.lower,
                row.during.upper,
                kept.born if kept else None,
                kept.employment if kept else "",
            )
        )
    return found


def groups_of(station_ids: Iterable[int]) -> list[Unit]:
    """Contact points of these village stations: one statement."""
    rows = Unit.objects.filter(kind=Unit.Kind.GROUP, parent__in=list(station_ids))
    return list(rows.select_related("parent").order_by("parent_id", "-active", "id"))
