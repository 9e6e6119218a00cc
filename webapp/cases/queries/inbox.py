"""The inbox: what waits for an officer, most urgent first. The query is the permission.

Each pool gives its own first rows from the index `(pool, due_at, id)`; they are merged. Bands are
ranges of `due_at` at the moment of the query (paused = null); counts are exact up to 999.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from webapp.cases.queries import names
from webapp.catalogue.queries import calendar_for_screens
from webapp.core import db
from webapp.core.crypto import search_grams
from webapp.organisations.queries import ON_DUTY, Acting
from workflows.calendars import Calendar, local_day, moment
from workflows.clocks import band_edges

PAGE = 20
MOST = 999
"""Bands are counted up to here; one more means “999+”."""

VIEWS = ("mine", "unit", "cover", "done", "started")
BANDS = ("overdue", "today", "tomorrow", "week", "later", "paused")
SORTS = ("due", "received", "newest")
"""Most urgent first; in the order in which steps arrived, and the other way round."""

Key = tuple[str, int]
"""Where a page ends: (moment in ISO 8601 or "" for none, id of the row)."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person narrows the list to; all parts must fit.

    `q`: part of a case number or of a name. `unit`, `village`: ids. `held`: "none" (nobody has
    signed for it) or "me". `tolerance`: papers are promised and still open (容缺).
    """

    item_code: str = ""
    element: str = ""
    q: str = ""
    unit: int | None = None
    village: int | None = None
    held: str = ""
    tolerance: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an inbox. `days`: working days left (0 today, negative overdue), None paused.

    `item_id` is None in the view of cases that she started.
    """

    item_id: int | None
    case_id: int
    case_number: str
    item_name: str
    item_code: str
    applicant_name: str
    step: str
    element: str
    pool_id: int | None
    unit_name: str
    role: str
    village: str
    status: str
    suspended_from: str
    due_at: datetime | None
    lapses_at: datetime | None
    band: str
    days: int | None
    claimed_by: int | None
    claimed_by_name: str
    at: datetime
    is_open: bool
    supplemented: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, where the next one begins, and how many there are in each band."""

    rows: tuple[Row, ...]
    after: Key | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    total: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edges:
    """Moments between the bands, at one moment."""

    at: datetime
    today: datetime
    tomorrow: datetime
    week: datetime
    later: datetime

    @classmethod
    def now(cls, at: datetime, calendar: Calendar) -> Edges:
        """The edges of this moment: midnight before today, after today, …"""
        day = local_day(at)
        today, tomorrow, week = (
            moment(edge + timedelta(days=1)) for edge in band_edges(calendar, day)
        )
        return cls(at, moment(day), today, tomorrow, week)

    def range_of(self, band: str) -> tuple[datetime | None, datetime | None]:
        """First moment (included) and end (not included) of a band."""
        return {
            "overdue": (None, self.today),
            "today": (self.today, self.tomorrow),
            "tomorrow": (self.tomorrow, self.week),
            "week": (self.week, self.later),
            "later": (self.later, None),
        }[band]

    def band_of(self, due_at: datetime | None) -> str:
        """The band of a due date."""
        if due_at is None:
            return "paused"
        for band in BANDS[:5]:
            end = self.range_of(band)[1]
            if end is None or due_at < end:
                return band
        return "later"  # pragma: no cover


def inbox(
    acting: Acting,
    view: str = "mine",
    band: str = "",
    filters: Filters | None = None,
    after: Key | None = None,
    *,
    counted: bool = True,
    sort: str = "due",
    size: int = PAGE,
) -> Page:
    """One page of an officer's work: two SQL statements, one without counts.

    Names that this process has not met yet take up to three more, whatever their number.

    `view`: mine (claimed by her, or by nobody in her own posts), unit (all of her pools), cover
    (posts she stands in for), done (completed by her), started (registered by her).
    `sort`, one of SORTS, is for what waits; its page goes on with the `after` of the same sort.
    """
    filters = filters or Filters()
    if view in {"done", "started"}:
        return _history(acting, view, filters, after)
    pools = _pools(acting, view, filters.unit)
    calendar = calendar_for_screens()
    edges = Edges.now(acting.at, calendar)
    params = _params(acting, edges, filters) | {"pools": pools, "limit": size + 1}
    conditions = _conditions(view, filters)
    sql = _open_sql(conditions, band, after, sort)
    read = db.prepared_rows if filters == Filters() else db.rows
    found = read(sql, params | _after(after))
    rows = _rows(found[:size], edges, calendar)
    more = len(found) > size
    counts = read(_counts_sql(conditions), params | {"most": MOST + 1})[0] if counted else {}
    return Page(
        rows=rows,
        after=_end(rows[-1], sort) if more else None,
        counts=counts,
        total=sum(counts.values()),
        at=acting.at,
    )


def _pools(acting: Acting, view: str, unit: int | None) -> list[int]:
    return sorted(
        {
            held.pool_id
            for held in acting.held
            if (view != "cover" or held.cover == "B") and unit in {None, held.unit_id}
        }
    )


def _params(acting: Acting, edges: Edges, filters: Filters) -> dict[str, Any]:
    return {
        "me": acting.officer_id,
        "day": local_day(acting.at),
        "at": acting.at,
        "code": filters.item_code,
        "element": filters.element,
        "village": filters.village,
        "number": _containing(filters.q.strip()),
        "name": _containing("".join(filters.q.split())),
        "grams": search_grams(filters.q),
        "today": edges.today,
        "tomorrow": edges.tomorrow,
        "week": edges.week,
        "later": edges.later,
    }


def _containing(typed: str) -> str:
    """A LIKE pattern for a text that contains what was typed, literally."""
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _conditions(view: str, filters: Filters) -> str:
    """What an item must be besides open and in the pool."""
    parts = []
    if view in {"mine", "cover"}:
        parts.append(
            "(i.claimed_by_id IS NULL OR i.claimed_by_id = %(me)s"
            f" OR (i.pool_id, i.claimed_by_id) NOT IN ({ON_DUTY}))"
        )
        parts.append(
            "(i.due_at < %(tomorrow)s OR i.id NOT IN (SELECT s.item_id FROM cases_snooze s"
            " WHERE s.officer_id = %(me)s AND s.until > %(day)s))"
        )
    if filters.element:
        parts.append("i.element = %(element)s")
    if filters.item_code:
        parts.append(
            "EXISTS (SELECT 1 FROM cases_case f JOIN catalogue_itemversion fv"
            " ON fv.id = f.item_version_id JOIN catalogue_serviceitem fi ON fi.id = fv.item_id"
            " WHERE f.id = i.case_id AND fi.code = %(code)s)"
        )
    if filters.village is not None:
        parts.append(
            "EXISTS (SELECT 1 FROM cases_case f"
            " WHERE f.id = i.case_id AND f.village_id = %(village)s)"
        )
    if filters.held:
        parts.append(_HELD[filters.held])
    if filters.tolerance:
        parts.append(
            "EXISTS (SELECT 1 FROM cases_commitment f"
            " WHERE f.case_id = i.case_id AND f.state = 'OPEN')"
        )
    if filters.q.strip():
        parts.append(f"i.case_id IN (SELECT id FROM cases_case f WHERE {_MATCH})")
    return "".join(f" AND {part}" for part in parts)


_HELD = {"none": "i.claimed_by_id IS NULL", "me": "i.claimed_by_id = %(me)s"}
_MATCH = (
    "(f.number LIKE %(number)s OR"
    " (f.search_grams @> %(grams)s::varchar[] AND replace(f.applicant_name, ' ', '')"
    " ILIKE %(name)s))"
)

_RANGES = {
    "overdue": "i.due_at < %(today)s",
    "today": "i.due_at >= %(today)s AND i.due_at < %(tomorrow)s",
    "tomorrow": "i.due_at >= %(tomorrow)s AND i.due_at < %(week)s",
    "week": "i.due_at >= %(week)s AND i.due_at < %(later)s",
    "later": "i.due_at >= %(later)s",
    "paused": "i.due_at IS NULL",
}

_COLUMNS = """
SELECT i.id AS item_id, c.id AS case_id, c.number AS case_number, c.item_version_id AS version,
  c.applicant_name, i.name AS step, i.element, i.pool_id, c.village_id, c.status, c.suspended_from,
  i.due_at, i.lapses_at, i.claimed_by_id AS claimed_by, coalesce(o.name, '') AS claimed_by_name,
  {at} AS at, i.state = 'OPEN' AS is_open, c.supplemented
"""
# Names of items, units and villages are looked up in `names`: joining their tables took the
# server longer to plan than the page to read.
_JOINS = """
JOIN cases_case c ON c.id = i.case_id
LEFT JOIN accounts_officer o ON o.id = i.claimed_by_id
"""


def _open_sql(conditions: str, band: str, after: Key | None, sort: str) -> str:
    """First rows of each pool, merged: dated ones first, then those without a date."""
    order = _ORDERS[sort]
    if sort == "due":
        branches = _by_due(conditions, band, after)
    else:
        branches = [_branch(_by_arrival(conditions, band, after, sort), order.format("i"))]
    first = " UNION ALL ".join(branches) or _branch("false", "i.id")
    return f"""
{_COLUMNS.format(at="i.opened_at")}
FROM (
  SELECT top.id FROM unnest(%(pools)s::bigint[]) AS mine(pool_id)
  CROSS JOIN LATERAL ({first}) top
  ORDER BY {order.format("top")} LIMIT %(limit)s) first
JOIN cases_workitem i ON i.id = first.id
{_JOINS}
ORDER BY {order.format("i")}
"""


_ORDERS = {
    "due": "{0}.due_at, {0}.id",
    "received": "{0}.opened_at, {0}.id",
    "newest": "{0}.opened_at DESC, {0}.id DESC",
}


def _by_due(conditions: str, band: str, after: Key | None) -> list[str]:
    dated = _RANGES.get(band, "i.due_at IS NOT NULL")
    branches = []
    if band != "paused" and (after is None or after[0]):
        beyond = " AND (i.due_at, i.id) > (%(after_at)s, %(after_id)s)" if after else ""
        branches.append(_branch(f"{dated}{beyond}{conditions}", "i.due_at, i.id"))
    if band in {"", "paused"}:
        beyond = " AND i.id > %(after_id)s" if after and not after[0] else ""
        branches.append(_branch(f"i.due_at IS NULL{beyond}{conditions}", "i.due_at, i.id"))
    return branches


def _by_arrival(conditions: str, band: str, after: Key | None, sort: str) -> str:
    than = ">" if sort == "received" else "<"
    beyond = f" AND (i.opened_at, i.id) {than} (%(after_at)s, %(after_id)s)" if after else ""
    return f"{_RANGES.get(band, 'true')}{beyond}{conditions}"


def _branch(where: str, order: str) -> str:
    return (
        "(SELECT i.id, i.due_at, i.opened_at FROM cases_workitem i"
        " WHERE i.state = 'OPEN' AND i.pool_id = mine.pool_id"
        f" AND {where} ORDER BY {order} LIMIT %(limit)s)"
    )


def _counts_sql(conditions: str) -> str:
    """How many open items each band has, at most one more than `MOST`: one statement."""
    selects = [
        f"(SELECT count(*) FROM (SELECT 1 FROM unnest(%(pools)s::bigint[]) AS mine(pool_id)"
        f" CROSS JOIN LATERAL (SELECT 1 FROM cases_workitem i WHERE i.state = 'OPEN'"
        f" AND i.pool_id = mine.pool_id AND {where}{conditions} LIMIT %(most)s) one"
        f" LIMIT %(most)s) capped) AS {band}"
        for band, where in _RANGES.items()
    ]
    return f"SELECT {', '.join(selects)}"


def _history(acting: Acting, view: str, filters: Filters, after: Key | None) -> Page:
    """What she has completed, or registered: newest first. One statement."""
    calendar = calendar_for_screens()
    edges = Edges.now(acting.at, calendar)
    params = _params(acting, edges, filters) | {"limit": PAGE + 1} | _after(after)
    if view == "done":
        beyond = " AND (i.closed_at, i.id) < (%(after_at)s, %(after_id)s)" if after else ""
        sql = f"""
{_COLUMNS.format(at="i.closed_at")}
FROM (SELECT i.* FROM cases_workitem i WHERE i.state = 'DONE' AND i.closed_by_id = %(me)s
  {beyond}{_conditions("done", filters)}
  ORDER BY i.closed_at DESC, i.id DESC LIMIT %(limit)s) i
{_JOINS}
ORDER BY i.closed_at DESC, i.id DESC
"""
    else:
        sql = _started_sql(filters, after)
    found = db.rows(sql, params)
    rows = _rows(found[:PAGE], edges, calendar)
    last = rows[-1] if len(found) > PAGE else None
    key = _key(last.at, last.item_id or last.case_id) if last else None
    return Page(rows=rows, after=key, at=acting.at)


def _started_sql(filters: Filters, after: Key | None) -> str:
    beyond = " AND f.id < %(after_id)s" if after else ""
    match = f" AND {_MATCH}" if filters.q.strip() else ""
    return f"""
SELECT NULL::bigint AS item_id, c.id AS case_id, c.number AS case_number,
  c.item_version_id AS version, c.applicant_name, '' AS step, '' AS element,
  NULL::bigint AS pool_id, c.village_id, c.status, c.suspended_from, c.due_at,
  NULL::timestamptz AS lapses_at,
  c.holder_officer_id AS claimed_by, coalesce(o.name, '') AS claimed_by_name,
  c.opened_at AS at, c.is_open, c.supplemented, coalesce(u.name, '') AS unit_name,
  c.holder_role AS role
FROM (SELECT f.* FROM cases_case f WHERE f.registered_by_id = %(me)s{beyond}{match}
  ORDER BY f.id DESC LIMIT %(limit)s) c
LEFT JOIN organisations_unit u ON u.id = c.holder_unit_id
LEFT JOIN accounts_officer o ON o.id = c.holder_officer_id
ORDER BY c.id DESC
"""


def _rows(found: list[dict[str, Any]], edges: Edges, calendar: Calendar) -> tuple[Row, ...]:
    items = names.items({row["version"] for row in found})
    pools = names.pools({row["pool_id"] for row in found if row["pool_id"]})
    villages = names.villages({row["village_id"] for row in found if row["village_id"]})
    rows = []
    for row in found:
        due_at = row["due_at"] if row["is_open"] else None
        row["item_code"], row["item_name"] = items[row.pop("version")]
        if row["pool_id"]:
            row["unit_name"], row["role"] = pools[row["pool_id"]]
        row["village"] = villages.get(row.pop("village_id"), "")
        rows.append(Row(**row, band=edges.band_of(due_at), days=_days(due_at, edges, calendar)))
    return tuple(rows)


def _days(due_at: datetime | None, edges: Edges, calendar: Calendar) -> int | None:
    if due_at is None:
        return None
    left = calendar.working_days_between(local_day(edges.at), local_day(due_at))
    return min(left, -1) if due_at < edges.today else left


def _end(row: Row, sort: str) -> Key:
    return _key(row.due_at if sort == "due" else row.at, row.item_id)


def _key(at: datetime | None, number: int | None) -> Key:
    return (at.isoformat() if at else "", number or 0)


def _after(after: Key | None) -> dict[str, Any]:
    if after is None:
        return {}
    return {"after_at": after[0] or None, "after_id": after[1]}
