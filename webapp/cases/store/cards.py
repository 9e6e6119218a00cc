"""Who is told of a card, as SQL: shared by the sweep and by the step that issues one itself."""

from __future__ import annotations

from webapp.catalogue.supervision import WIDE

_WIDE = ",".join(f"'{role}'" for role in sorted(WIDE))


def told(roles: str, *units: str) -> str:
    """SQL for the pools of these roles in these units; county-wide roles of any unit.

    `roles` and `units` are expressions of the statement around it.
    """
    where = ", ".join(units)
    return (
        "ARRAY(SELECT tp.id::int FROM organisations_pool tp "
        f"WHERE tp.role_id = ANY({roles}) "
        f"AND (tp.unit_id IN ({where}) OR tp.role_id IN ({_WIDE})) ORDER BY tp.id)"
    )
