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


_ADMINISTRATORS = ("admin.system", "admin.security", "admin.audit")


def may_assign(by: Acting, role: str, cover: str, officer_unit_ids: frozenset[int]) -> bool:
    """Who lets somebody hold a post: the county office; a head lets her people stand in as B.

    Posts of the three administrators are the security administrator's alone (三员分立).
    """
    if role in _ADMINISTRATORS:
        return by.has("admin.security")
    if by.has("county.office"):
        return True
    return cover == "B" and arranges_cover(by, officer_unit_ids)


def may_keep_rosters(by: Acting, unit_ids: frozenset[int]) -> bool:
    """Duty lists of a unit are kept by its heads and the county office (ORG-20, DUTY-08)."""
    return arranges_cover(by, unit_ids)


def may_keep_groups(by: Acting, station_id: int, unit_ids: frozenset[int]) -> bool:
    """Contact points of a village: its agent, and who arranges its cover (ORG-01)."""
    agent = any(h.role == "village.agent" and h.unit_id == station_id for h in by.held)
    return agent or arranges_cover(by, unit_ids)


def may_report_sudden(by: Acting, officer_unit_ids: frozenset[int]) -> bool:
    """Colleagues of the unit report who has not come today: the counter must not stay empty."""
    return bool(by.unit_ids & officer_unit_ids)
