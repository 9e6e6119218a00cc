"""Lists of cases and of work done: what one has handled, and the search. One statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.cases.queries.visible import visible
from webapp.core import db
from webapp.core.crypto import search_grams
from webapp.organisations.queries import Acting

PAGE = 30


@dataclass(frozen=True, slots=True)
class DoneRow:
    """A step that the officer completed."""

    id: int
    case_id: int
    case_number: str
    applicant: str
    item_name: str
    step: str
    closed_at: datetime
    closed_as: str
    status: str
    result: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list. `holder` says where it is now, "" once it is closed."""

    id: int
    number: str
    applicant: str
    item_name: str
    place: str
    unit: str
    status: str
    result: str
    received_at: datetime
    due_at: datetime | None
    is_open: bool
    holder: str


def done_by(acting: Acting, after: str = "") -> tuple[list[DoneRow], str | None]:
    """Steps she completed, newest first, and the key of the next page."""
    found = db.rows(
        _DONE,
        {"me": acting.officer_id, "limit": PAGE + 1, "before": _number(after) or 1 << 62},
    )
    rows = [DoneRow(**row) for row in found[:PAGE]]
    return rows, str(rows[-1].id) if len(found) > PAGE else None


_DONE = """
SELECT item.id, item.case_id, c.number AS case_number, c.applicant_name AS applicant,
       iv.name AS item_name, item.name AS step, item.closed_at, item.closed_as, c.status, c.result
FROM cases_workitem item
JOIN cases_case c ON c.id = item.case_id
JOIN catalogue_itemversion iv ON iv.id = c.item_version_id
WHERE item.closed_by_id = %(me)s AND item.state = 'DONE' AND item.id < %(before)s
ORDER BY item.id DESC
LIMIT %(limit)s
"""


def find_cases(
    acting: Acting, text: str = "", state: str = "", after: str = ""
) -> tuple[list[CaseRow], str | None]:
    """Cases that she may know of, newest first, and the key of the next page.

    `text`: part of the applicant's name or the beginning of a number. `state`: open, closed,
    or "" for both.
    """
    may, values = visible(acting)
    conditions = [may, "c.id < %(before)s"]
    values |= {"limit": PAGE + 1, "before": _number(after) or 1 << 62}
    if text:
        conditions.append("(c.search_grams @> %(grams)s OR c.number LIKE %(number)s)")
        values |= {
            "grams": search_grams(text) or ["-"],
            "number": text.replace("%", "").replace("_", "") + "%",
        }
    if state:
        conditions.append("c.is_open" if state == "open" else "NOT c.is_open")
    found = db.rows(_CASES.format(where=" AND ".join(conditions)), values)
    rows = [CaseRow(**row) for row in found[:PAGE]]
    return rows, str(rows[-1].id) if len(found) > PAGE else None


_CASES = """
SELECT c.id, c.number, c.applicant_name AS applicant, iv.name AS item_name,
       coalesce(township.name || village.name, '') AS place, unit.name AS unit, c.status,
       c.result, c.received_at, c.due_at, c.is_open,
       CASE WHEN c.is_open THEN concat_ws(' · ', holder.name, person.name) ELSE '' END AS holder
FROM cases_case c
JOIN catalogue_itemversion iv ON iv.id = c.item_version_id
JOIN organisations_unit unit ON unit.id = c.accountable_unit_id
LEFT JOIN organisations_division village ON village.id = c.village_id
LEFT JOIN organisations_division township ON township.id = village.parent_id
LEFT JOIN organisations_unit holder ON holder.id = c.holder_unit_id
LEFT JOIN accounts_officer person ON person.id = c.holder_officer_id
WHERE {where}
ORDER BY c.id DESC
LIMIT %(limit)s
"""


def _number(after: str) -> int:
    """Read a page key; a damaged one means the first page."""
    return int(after) if after.isdigit() else 0
