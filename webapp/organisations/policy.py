"""Who may change posts and cover: pure predicates over `Acting`."""

from __future__ import annotations

from webapp.organisations.queries import Acting

HEADS = frozenset(
    {"township.leader", "township.head_window", "county.head_window", "county.leader"}
)


def may_record_absence(by: Acting, officer_id: int, officer_unit_ids: frozenset[int]) -> bool:
    """An officer files her own absence; a head files it for the people of her unit (DUTY-04).

    The county office may file it for anybody.
    """
    return by.officer_id == officer_id or arranges_cover(by, officer_unit_ids)


def arranges_cover(by: Acting, officer_unit_ids: frozenset[int]) -> bool:
    """Who arranges that posts are not empty: the heads of the unit, and the county office."""
    if by.has("county.office"):
        return True
    return any(held.role in HEADS and held.unit_id in officer_unit_ids for held in by.held)


def may_report_sudden(by: Acting, officer_unit_ids: frozenset[int]) -> bool:
    """Colleagues of the unit report who has not come today: the counter must not stay empty."""
    return bool(by.unit_ids & officer_unit_ids)
