"""The inbox: what is mine or my unit's, most urgent first. The query *is* the permission.

Two statements a page, whatever the size: the twenty most urgent items are taken pool by pool from
the index (pool, due_at, id) and merged (design: who gets the work), and each band is counted up
to a cap. Bands are ranges of `due_at` at the time of asking; nothing about remaining time is
stored. Items without a running limit stand last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from webapp.catalogue.queries import calendar_in_force
from webapp.core import db
from webapp.core.crypto import search_grams
from webapp.organisations.queries import Acting
from workflows.clocks import band_edges

PAGE = 20
CAP = 1000
VIEWS = ("all", "mine", "unclaimed", "cover")
BANDS = ("overdue", "today", "tomorrow", "week", "later", "paused")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the handler chose to see. Empty means no restriction.

    `view`: all of my pools · mine (I claimed it) · unclaimed · cover (posts I stand in for).
    `text`: part of the applicant's name, or the beginning of a case number.
    """

    view: str = "all"
    band: str = ""
    item_code: str = ""
    step: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the inbox."""

    id: int
    case_id: int
    case_number: str
    applicant: str
    item_name: str
    step: str
    element: str
    pool_id: int
    place: str
    due_at: datetime | None
    opened_at: datetime
    claimed_by: int | None
    claimed_by_name: str
    supplemented: bool
    agent_name: str


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, the key of the next page (None at the end), and the counts of the bands.

    `counts` maps "all" and each band to a number; CAP means "at least that many".
    """

    rows: tuple[Row, ...]
    after: str | None
    counts: dict[str, int]


def inbox(acting: Acting, filters: Filters, after: str = "") -> Page:
    """The twenty most urgent items after the key `after`, and band counts: two statements."""
    pools = _pools(acting, filters.view)
    if not pools:
        return Page((), None, dict.fromkeys(("all", *BANDS), 0))
    edges = _edges(acting.at)
    where, values = _conditions(acting, filters)
    values |= {"pools": pools, "limit": PAGE + 1}
    found = db.rows(_page_sql(filters.band, where, after), values | edges | _key(after))
    rows = tuple(Row(**row) for row in found[:PAGE])
    more = rows[-1] if len(found) > PAGE else None
    return Page(rows, _key_of(more) if more else None, _counts(pools, where, values, edges))


def _pools(acting: Acting, view: str) -> list[int]:
    if view == "cover":
        return sorted({held.pool_id for held in acting.held if held.cover == "B"})
    return list(acting.pool_ids)


def _edges(at: datetime) -> dict[str, Any]:
    today, tomorrow, week = band_edges(calendar_in_force(), timezone.localdate(at))
    return {
        "now": at,
        "today_ends": _midnight_after(today),
        "tomorrow_ends": _midnight_after(tomorrow),
        "week_ends": _midnight_after(week),
    }


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


_RANGES = {
    "": "true",
    "overdue": "item.due_at < %(now)s",
    "today": "item.due_at >= %(now)s AND item.due_at < %(today_ends)s",
    "tomorrow": "item.due_at >= %(today_ends)s AND item.due_at < %(tomorrow_ends)s",
    "week": "item.due_at >= %(tomorrow_ends)s AND item.due_at < %(week_ends)s",
    "later": "item.due_at >= %(week_ends)s",
    "paused": "item.due_at IS NULL",
}


def _conditions(acting: Acting, filters: Filters) -> tuple[str, dict[str, Any]]:
    """Extra conditions of the filters and their parameters."""
    parts, values = [], {"me": acting.officer_id}
    if filters.view == "mine":
        parts.append("item.claimed_by_id = %(me)s")
    if filters.view == "unclaimed":
        parts.append("item.claimed_by_id IS NULL")
    if filters.step:
        parts.append("item.name = %(step)s")
        values["step"] = filters.step
    on_case = []
    if filters.item_code:
        on_case.append("si.code = %(item_code)s")
        values["item_code"] = filters.item_code
    if filters.text:
        on_case.append("(c.search_grams @> %(grams)s OR c.number LIKE %(number)s)")
        values |= {
            "grams": search_grams(filters.text) or ["-"],
            "number": filters.text.replace("%", "").replace("_", "") + "%",
        }
    if on_case:
        parts.append(
            "EXISTS (SELECT 1 FROM cases_case c"
            " JOIN catalogue_itemversion iv ON iv.id = c.item_version_id"
            " JOIN catalogue_serviceitem si ON si.id = iv.item_id"
            f" WHERE c.id = item.case_id AND {' AND '.join(on_case)})"
        )
    return " AND ".join(["item.state = 'OPEN'", *parts]), values


_LINES = """
SELECT item.id, item.case_id, c.number AS case_number, c.applicant_name AS applicant,
       iv.name AS item_name, item.name AS step, item.element, item.pool_id,
       coalesce(township.name || village.name, '') AS place, item.due_at, item.opened_at,
       item.claimed_by_id AS claimed_by, coalesce(claimer.name, '') AS claimed_by_name,
       c.supplemented, coalesce(agent.name, '') AS agent_name
FROM picked
JOIN cases_workitem item ON item.id = picked.id
JOIN cases_case c ON c.id = item.case_id
JOIN catalogue_itemversion iv ON iv.id = c.item_version_id
LEFT JOIN organisations_division village ON village.id = c.village_id
LEFT JOIN organisations_division township ON township.id = village.parent_id
LEFT JOIN accounts_officer claimer ON claimer.id = item.claimed_by_id
LEFT JOIN accounts_officer agent ON agent.id = c.agent_id
ORDER BY item.due_at, item.id
"""


def _page_sql(band: str, where: str, after: str) -> str:
    """Take the most urgent of each pool, dated before undated, and merge."""
    due, _ = _split(after)
    branches = []
    if band != "paused" and (not after or due):
        dated = "item.due_at IS NOT NULL"
        if due:
            dated = "(item.due_at, item.id) > (%(after_due)s, %(after_id)s)"
        branches.append(
            _branch(f"{where} AND {_RANGES[band]} AND {dated}", "item.due_at, item.id")
        )
    if band in {"", "paused"}:
        undated = "item.due_at IS NULL"
        if after and not due:
            undated += " AND item.id > %(after_id)s"
        branches.append(_branch(f"{where} AND {undated}", "item.id"))
    return (
        "WITH picked AS (SELECT one.id, one.due_at FROM unnest(%(pools)s::bigint[]) AS pool(id)"
        f" CROSS JOIN LATERAL ({' UNION ALL '.join(branches)}) one"
        " ORDER BY one.due_at, one.id LIMIT %(limit)s)" + _LINES
    )


def _branch(where: str, order: str) -> str:
    return (
        "(SELECT item.id, item.due_at FROM cases_workitem item"
        f" WHERE item.pool_id = pool.id AND {where} ORDER BY {order} LIMIT %(limit)s)"
    )


def _counts(
    pools: list[int], where: str, values: dict[str, Any], edges: dict[str, Any]
) -> dict[str, int]:
    """Count each band up to CAP: one statement of seven bounded index scans."""
    parts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM cases_workitem item WHERE"
        f" item.pool_id = ANY(%(pools)s) AND {where} AND {_RANGES[band]} LIMIT {CAP}) capped)"
        for band in ("", *BANDS)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values | edges)
        return dict(zip(("all", *BANDS), cursor.fetchone(), strict=True))


def _key_of(row: Row) -> str:
    return f"{row.due_at.isoformat() if row.due_at else ''}~{row.id}"


def _split(after: str) -> tuple[datetime | None, int]:
    """Read a page key; a damaged one means the first page."""
    due, _, item_id = after.partition("~")
    if not item_id.isdigit():
        return None, 0
    return (datetime.fromisoformat(due) if due else None), int(item_id)


def _key(after: str) -> dict[str, Any]:
    due, item_id = _split(after)
    return {"after_due": due, "after_id": item_id}


def choices(acting: Acting) -> tuple[list[tuple[str, str]], list[str]]:
    """What the filters offer: items (code, name) and steps that now wait here: one statement."""
    pools = list(acting.pool_ids)
    if not pools:
        return [], []
    found = db.rows(_CHOICES, {"pools": pools, "cap": CAP})
    items = sorted({(row["code"], row["item_name"]) for row in found})
    return items, sorted({row["step"] for row in found})


_CHOICES = """
SELECT DISTINCT si.code, si.name AS item_name, near.name AS step
FROM (SELECT item.name, item.case_id FROM cases_workitem item
      WHERE item.pool_id = ANY(%(pools)s) AND item.state = 'OPEN'
      ORDER BY item.due_at LIMIT %(cap)s) near
JOIN cases_case c ON c.id = near.case_id
JOIN catalogue_itemversion iv ON iv.id = c.item_version_id
JOIN catalogue_serviceitem si ON si.id = iv.item_id
"""
