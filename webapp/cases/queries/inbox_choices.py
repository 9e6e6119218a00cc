"""What an inbox can be narrowed to: steps, items and villages among its most urgent rows."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.cases.queries import names
from webapp.core import db
from webapp.organisations.queries import Acting

DEEP = 300
"""So many of the most urgent items of each post are looked at; a county's largest post may have a
hundred thousand, and the list itself finds those by any filter that is typed or saved."""

_CHOICES = """
SELECT DISTINCT i.element, i.name, c.item_version_id AS version, c.village_id
FROM unnest(%(pools)s::bigint[]) AS mine(pool_id)
CROSS JOIN LATERAL (
  SELECT case_id, element, name FROM cases_workitem i
  WHERE i.state = 'OPEN' AND i.pool_id = mine.pool_id
  ORDER BY i.due_at, i.id LIMIT %(deep)s) i
JOIN cases_case c ON c.id = i.case_id
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """(value, words) of each filter, in the order of their words."""

    items: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str], ...]
    villages: tuple[tuple[int, str], ...]


def inbox_choices(acting: Acting) -> Choices:
    """One statement; names that this process has not met yet take up to two more."""
    found = db.rows(_CHOICES, {"pools": list(acting.pool_ids), "deep": DEEP})
    items = names.items({row["version"] for row in found})
    villages = names.villages({row["village_id"] for row in found if row["village_id"]})
    return Choices(
        items=tuple(sorted({items[row["version"]] for row in found})),
        steps=tuple(
            sorted({row["element"]: row["name"] for row in found}.items(), key=lambda s: s[1])
        ),
        villages=tuple(
            sorted(
                {
                    (row["village_id"], villages[row["village_id"]])
                    for row in found
                    if row["village_id"] in villages
                },
                key=lambda v: v[1],
            )
        ),
    )
