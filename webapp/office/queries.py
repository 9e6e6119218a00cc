"""What leaders and the county office read: each function states its number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from webapp.cases.models import DenialFiling, WorkItem
from webapp.catalogue.queries import calendar_for_screens
from webapp.organisations.models import Holding, Unit
from webapp.processes.models import Process
from workflows.calendars import moment


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line of the board: open work, and what was closed in the last 30 days.

    `on_time` is the share of cases closed within the promised limit, in percent, or None when
    none was closed.
    """

    unit_id: int
    name: str
    level: str
    waiting: int
    today: int
    tomorrow: int
    overdue: int
    paused: int
    closed: int
    on_time: int | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose work is counted: every unit, or only those of `unit_ids` and what hangs on them."""

    everything: bool
    unit_ids: frozenset[int]


# A station counts for its township's centre, an office for the centre beside it, a county
# department for itself: `seat` is the unit whose line of the board a unit's work stands on.
_SEATS = """
seats AS (
    SELECT unit.id AS unit, coalesce(centre.id, unit.id) AS seat
    FROM organisations_unit unit
    LEFT JOIN organisations_division here ON here.id = unit.division_id
    LEFT JOIN organisations_unit centre
           ON centre.kind = 'centre' AND centre.active AND unit.level <> 'county'
          AND centre.division_id IN (here.id, here.parent_id)
)
"""

_BOARD = f"""
WITH {_SEATS},
work AS (
    SELECT seats.seat,
           count(*) AS waiting,
           count(*) FILTER (WHERE item.due_at >= %(today)s AND item.due_at < %(tomorrow)s) AS today,
           count(*) FILTER (WHERE item.due_at >= %(tomorrow)s AND item.due_at < %(next)s) AS next,
           count(*) FILTER (WHERE item.due_at < %(today)s) AS overdue,
           count(*) FILTER (WHERE item.due_at IS NULL) AS paused
    FROM cases_workitem item
    JOIN organisations_pool pool ON pool.id = item.pool_id
    JOIN seats ON seats.unit = pool.unit_id
    WHERE item.state = 'OPEN'
    GROUP BY seats.seat
),
done AS (
    SELECT seats.seat,
           count(*) AS closed,
           count(*) FILTER (WHERE c.promised_due_at IS NULL
                               OR coalesce(c.decided_at, c.closed_at) <= c.promised_due_at) AS good
    FROM cases_case c
    JOIN seats ON seats.unit = c.accountable_unit_id
    WHERE NOT c.is_open AND c.closed_at >= %(month_ago)s
    GROUP BY seats.seat
)
SELECT unit.id, unit.name, unit.level, coalesce(work.waiting, 0), coalesce(work.today, 0),
       coalesce(work.next, 0), coalesce(work.overdue, 0), coalesce(work.paused, 0), coalesce(done.closed, 0),
       round(100.0 * done.good / nullif(done.closed, 0))::int
FROM organisations_unit unit
LEFT JOIN work ON work.seat = unit.id
LEFT JOIN done ON done.seat = unit.id
WHERE (%(everything)s OR unit.id IN (SELECT seat FROM seats WHERE unit = ANY(%(units)s)))
  AND (work.seat IS NOT NULL OR done.seat IS NOT NULL OR unit.kind = 'centre')
ORDER BY unit.level DESC, coalesce(work.overdue, 0) DESC, unit.id
"""


def board(scope: Scope, at: datetime) -> list[BoardRow]:
    """Open and closed work by township centre and county department: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BOARD,
            {
                **_today(at),
                "month_ago": at - timedelta(days=30),
                "everything": scope.everything,
                "units": sorted(scope.unit_ids),
            },
        )
        rows = cursor.fetchall()
    return [BoardRow(*row) for row in rows]


def _today(at: datetime) -> dict[str, datetime]:
    """The local day of `at` as a range, and the end of the next working day.

    A limit lapses at midnight, not at closing time.
    """
    day = timezone.localdate(at)
    after = calendar_for_screens().next_working_day(day)
    return {
        "today": moment(day),
        "tomorrow": moment(day + timedelta(days=1)),
        "next": moment(after + timedelta(days=1)),
    }


BANDS = ("all", "today", "tomorrow", "overdue", "paused")

_IN_BAND = """
    (%(band)s = 'all'
    OR %(band)s = 'paused' AND item.due_at IS NULL
    OR %(band)s = 'overdue' AND item.due_at < %(today)s
    OR %(band)s = 'tomorrow' AND item.due_at >= %(tomorrow)s AND item.due_at < %(next)s
    OR %(band)s = 'today' AND item.due_at >= %(today)s AND item.due_at < %(tomorrow)s)
"""

_SEAT_ITEMS = f"""
WITH {_SEATS}
SELECT item.id FROM cases_workitem item
JOIN organisations_pool pool ON pool.id = item.pool_id
JOIN seats ON seats.unit = pool.unit_id AND seats.seat = %(seat)s
WHERE item.state = 'OPEN' AND {_IN_BAND}
  AND (%(person)s::bigint IS NULL OR item.claimed_by_id = %(person)s
       OR %(person)s = 0 AND item.claimed_by_id IS NULL)
ORDER BY item.due_at NULLS LAST, item.id
LIMIT %(limit)s
"""


def may_see_seat(scope: Scope, seat_id: int) -> bool:
    """Whether a line of the board is within the scope: one statement, none for the county."""
    if scope.everything:
        return Unit.objects.filter(pk=seat_id).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {_SEATS} SELECT 1 FROM seats WHERE unit = ANY(%s) AND seat = %s LIMIT 1",
            [sorted(scope.unit_ids), seat_id],
        )
        return cursor.fetchone() is not None


def open_items_of(
    seat_id: int, band: str, at: datetime, *, person: int | None = None, limit: int = 200
) -> list[WorkItem]:
    """The open items behind a number of the board, most urgent first: two statements.

    `person`: signed for by one officer, 0 for those that nobody has signed for.
    """
    params = {"seat": seat_id, "band": band, "person": person, "limit": limit, **_today(at)}
    with connection.cursor() as cursor:
        cursor.execute(_SEAT_ITEMS, params)
        ids = [row[0] for row in cursor.fetchall()]
    found = WorkItem.objects.select_related(
        "case__item_version", "pool__unit", "pool__role", "claimed_by"
    ).in_bulk(ids)
    return [found[item_id] for item_id in ids if item_id in found]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What one person has signed for (`id` 0: nobody has), on one line of the board."""

    id: int
    name: str
    seat_id: int
    seat: str
    waiting: int
    today: int
    tomorrow: int
    overdue: int
    paused: int


_PEOPLE = f"""
WITH {_SEATS}
SELECT coalesce(item.claimed_by_id, 0), coalesce(officer.name, ''), seats.seat, unit.name,
       count(*),
       count(*) FILTER (WHERE item.due_at >= %(today)s AND item.due_at < %(tomorrow)s),
       count(*) FILTER (WHERE item.due_at >= %(tomorrow)s AND item.due_at < %(next)s),
       count(*) FILTER (WHERE item.due_at < %(today)s) AS late,
       count(*) FILTER (WHERE item.due_at IS NULL)
FROM cases_workitem item
JOIN organisations_pool pool ON pool.id = item.pool_id
JOIN seats ON seats.unit = pool.unit_id
JOIN organisations_unit unit ON unit.id = seats.seat
LEFT JOIN accounts_officer officer ON officer.id = item.claimed_by_id
WHERE item.state = 'OPEN'
  AND (%(seat)s::bigint IS NULL OR seats.seat = %(seat)s)
  AND (%(seat)s::bigint IS NOT NULL OR item.claimed_by_id IS NOT NULL)
  AND (%(everything)s OR seats.seat IN (SELECT seat FROM seats WHERE unit = ANY(%(units)s)))
GROUP BY 1, 2, 3, 4
ORDER BY late DESC, count(*) DESC, 1
LIMIT %(limit)s
"""


def people(
    scope: Scope, at: datetime, *, seat: int | None = None, limit: int = 10
) -> list[PersonRow]:
    """Who holds the most (of one line of the board), the latest first: one statement."""
    params = {
        "everything": scope.everything, "units": sorted(scope.unit_ids), "seat": seat,
        "limit": limit, **_today(at),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, params)
        return [PersonRow(*row) for row in cursor.fetchall()]


def denial_filings(state: str = "") -> QuerySet[DenialFiling]:
    """The register of negative acts (否定报备台账, DENY-01), newest first: one statement."""
    filings = DenialFiling.objects.select_related(
        "case__item_version", "case__accountable_unit", "proposer", "confirmer", "answered_by"
    ).order_by("-filed_at", "-id")
    return filings.filter(state=state) if state else filings


def processes_in_use() -> list[Process]:
    """Every process with its version in force and its running cases: one statement."""
    return list(
        Process.objects.select_related("current__published_by")
        .annotate(
            version_count=Count("versions", distinct=True),
            running=Count("versions__cases", filter=Q(versions__cases__is_open=True)),
        )
        .order_by("key")
    )


def waiting_by_element(process_version_id: int, at: datetime) -> dict[str, tuple[int, int]]:
    """Open items by drawn element, (all, overdue), for the heat map: one statement."""
    rows = (
        WorkItem.objects.filter(state="OPEN", case__process_version=process_version_id)
        .values("process_key", "element")
        .annotate(
            waiting=Count("id"), late=Count("id", filter=Q(due_at__lt=_today(at)["today"]))
        )
    )
    return {
        f"{row['process_key']}/{row['element']}": (row["waiting"], row["late"]) for row in rows
    }


@dataclass(frozen=True, slots=True)
class Stranded:
    """Open work in a pool for which nobody acts today."""

    unit: str
    role: str
    waiting: int
    first_due: datetime | None


_STRANDED = """
SELECT unit.name, role.name, work.waiting, work.first_due
FROM (SELECT pool_id, count(*) AS waiting, min(due_at) AS first_due
      FROM cases_workitem WHERE state = 'OPEN' GROUP BY pool_id) work
JOIN organisations_pool pool ON pool.id = work.pool_id
JOIN organisations_unit unit ON unit.id = pool.unit_id
JOIN organisations_role role ON role.key = pool.role_id
WHERE NOT unit.active OR NOT EXISTS (
    SELECT 1 FROM organisations_holding mine
    JOIN organisations_post post ON post.id = mine.post_id AND post.active
    JOIN accounts_officer officer ON officer.id = mine.officer_id AND officer.is_active
    WHERE post.pool_id = pool.id AND mine.during @> %(day)s::date
      AND NOT EXISTS (SELECT 1 FROM organisations_absence away
                      WHERE away.officer_id = mine.officer_id
                        AND away.during @> %(at)s::timestamptz))
ORDER BY work.first_due NULLS LAST, pool.id
"""


def work_of_nobody(at: datetime) -> list[Stranded]:
    """Pools with open work and nobody who is here now, most urgent first: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STRANDED, {"day": timezone.localdate(at), "at": at})
        return [Stranded(*row) for row in cursor.fetchall()]


def posts_without_cover(day: date) -> list[Holding]:
    """Posts whose A has nobody as B today (DUTY-03: a gap is red): one statement."""
    covered = Holding.objects.filter(cover="B", during__contains=day).values("post")
    return list(
        Holding.objects.filter(cover="A", during__contains=day)
        .exclude(post__in=covered)
        .exclude(post__pool__unit__level="village")
        .select_related("officer", "post__pool__unit", "post__pool__role")
        .order_by("post__pool__unit_id", "post_id")
    )


def villages_without_agent(day: date) -> list[Unit]:
    """Village stations with nobody as agent today (ORG-13): one statement."""
    staffed = Holding.objects.filter(
        cover="A", during__contains=day, post__pool__role="village.agent"
    ).values("post__pool__unit")
    stations = Unit.objects.filter(kind=Unit.Kind.STATION, active=True)
    return list(stations.exclude(pk__in=staffed).select_related("division__parent"))
