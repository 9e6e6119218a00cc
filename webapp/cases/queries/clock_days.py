"""Whose the days of a case were: village, township, county, department or applicant.

Derived from who had the case in hand (work items, papers waited for) and from the ledger; what
is attributed adds up to what each clock has used (design: clocks; requirement PROC-13).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp.cases.models import AwaitedMessage, WorkItem
from webapp.cases.queries.ahead import APPLICANTS
from webapp.cases.queries.page import CasePage, ClockLine
from workflows.calendars import local_day
from workflows.clocks import ClockReading, attribution, holder_on, used

HOLDERS = ("village", "township", "county", "department", "applicant")
STOPPED = "stopped"
_OF_APPLICANT = frozenset({"supplement", "tolerance"})
"""Periods that run for the applicant, whoever waits for her."""
DAY = timedelta(days=1)
LONGEST = 400
"""Days drawn at most: an open case is not older."""

Hands = Sequence[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class Segment:
    """Days one after another on one account, both included; `stopped`: nobody's."""

    holder: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ClockDays:
    """One clock: its days by holder, and the stretches of which it consists."""

    line: ClockLine
    spent: tuple[tuple[str, int], ...]
    total: int
    segments: tuple[Segment, ...]


def clock_days(
    page: CasePage, awaited: Iterable[AwaitedMessage], at: datetime
) -> list[ClockDays]:
    """Every clock of the case but those of single steps."""
    asked = {one.item_id for one in page.clocks if one.kind == "department"}
    hands = hands_of(page.items, awaited, asked)
    found = []
    for line in page.clocks:
        if line.reading is None or line.kind == "step":
            continue
        mine = _hands_of_clock(line, hands)
        spent = attribution(line.reading, at, mine)
        account = tuple((holder, spent[holder]) for holder in HOLDERS if spent.get(holder))
        segments = tuple(_segments(line.reading, mine, at)) if line.in_days else ()
        found.append(ClockDays(line, account, used(line.reading, at), segments))
    return found


def hands_of(
    items: Iterable[WorkItem], awaited: Iterable[AwaitedMessage], asked: set[int | None]
) -> list[tuple[datetime, str]]:
    """Who had the case since when: of several at once, who was given it last.

    The applicant only while nobody else has it; between two steps the last one keeps it.
    """
    legs = [(item.opened_at, item.closed_at, _level(item, asked)) for item in items] + [
        (one.since, one.over_at, "applicant") for one in awaited if one.name in APPLICANTS
    ]
    moments = sorted(
        {moment for since, until, _h in legs for moment in (since, until) if moment}
    )
    hands: list[tuple[datetime, str]] = []
    for moment in moments:
        here = [leg for leg in legs if leg[0] <= moment and (leg[1] is None or leg[1] > moment)]
        official = [leg for leg in here if leg[2] != "applicant"]
        if not here:
            continue
        holder = max(official or here, key=lambda leg: leg[0])[2]
        if not hands or hands[-1][1] != holder:
            hands.append((moment, holder))
    return hands


def _level(item: WorkItem, asked: set[int | None]) -> str:
    level = item.pool.unit.level
    if item.pk in asked or level == "external":
        return "department"
    return level


def _hands_of_clock(line: ClockLine, hands: Hands) -> Hands:
    assert line.reading is not None  # noqa: S101 - its only caller has looked
    start = line.reading.history.started.at
    if line.kind in _OF_APPLICANT:
        return [(start, "applicant")]
    if line.kind == "department":
        return [(start, "department")]
    return hands or [(start, "township")]


def _segments(reading: ClockReading, hands: Hands, at: datetime) -> Iterable[Segment]:
    """The days from the first one counted to today or the end, grouped."""
    last = local_day(min(at, reading.ended_at) if reading.ended_at else at)
    first = reading.counted_from + DAY
    last = min(last, first + LONGEST * DAY)
    stops = [
        (local_day(one.stopped.at), one.resumed.last_day if one.resumed else date.max)
        for one in reading.history.suspensions
    ]
    run: Segment | None = None
    day = first
    while day <= last:
        stopped = any(begin <= day <= end for begin, end in stops)
        holder = STOPPED if stopped else holder_on(day, hands)
        if run is not None and run.holder == holder:
            run = Segment(holder, run.first, day)
        else:
            if run is not None:
                yield run
            run = Segment(holder, day, day)
        day += DAY
    if run is not None:
        yield run
