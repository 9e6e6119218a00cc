"""A clock read off: when it is due, what is used, what is left. Pure functions of the entries.

Counting (domain 1.4, 1.5): the day of the event is not counted; working-day limits count
working days (行政许可法第八十二条); calendar-day limits count every day and end on the next
working day (民法典第二百零三条); hour limits count opening time from the moment itself;
suspended days, both ends included, are not counted (行政许可法第四十五条). An entry made after
the period has run out cannot move the date back. A resume counts from the day on which what
stopped the clock was over, however late it is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from workflows.calendars import Calendar, OpeningHours, local_day, moment
from workflows.clocks.entries import ClockRefused, Entry, Extended, History, read_history
from workflows.clocks.periods import CalendarDays, Days, WorkingDays, WorkingHours
from workflows.model import LimitUnit

ONE_DAY = timedelta(days=1)
WEEK = 5  # working days of the band 本周内


class ClockState(StrEnum):
    """Whether the period runs."""

    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


class Band(StrEnum):
    """How urgent a clock is: shape, words and colour of the inbox."""

    OVERDUE = "overdue"
    TODAY = "today"
    TOMORROW = "tomorrow"  # the next working day
    WEEK = "week"  # within five working days
    LATER = "later"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock derived from its entries under one calendar and one unit's opening hours.

    `due_on` is always a working day; None while the clock stands still with time left.
    `due_at` is close of business of that day, for display and reminders; `lapses_at` the next
    midnight, for legal effect (flows: two moments per due date). An hour limit lapses at
    `due_at` itself. `total` is in the unit of the limit, extension included.
    """

    state: ClockState
    unit: LimitUnit
    total: int
    counted_from: date  # day of the event, not counted
    due_on: date | None
    due_at: datetime | None
    lapses_at: datetime | None
    ended_at: datetime | None
    history: History = field(repr=False, compare=False)
    calendar: Calendar = field(repr=False, compare=False)
    hours: OpeningHours = field(repr=False, compare=False)


def derive(entries: Iterable[Entry], calendar: Calendar, hours: OpeningHours) -> ClockReading:
    """Read a clock. Raises ClockRefused (order of entries) or OutsideCalendar."""
    history = read_history(entries)
    unit = history.started.limit.unit
    base = _base(history, calendar, hours)
    period = history.period
    if isinstance(period, WorkingHours):
        due_at = _due_moment(history, period, calendar, hours)
        due_on = local_day(due_at) if due_at else None
        lapses_at = due_at
    else:
        due_on = _due_day(history, period, calendar, base)
        due_at = hours.closes_at(calendar, due_on) if due_on else None
        lapses_at = moment(due_on + ONE_DAY) if due_on else None
    state = ClockState.RUNNING
    if history.ended:
        state = ClockState.ENDED
    elif history.open_stop:
        state = ClockState.STOPPED
    ended_at = history.ended.at if history.ended else None
    return ClockReading(
        state, unit, history.total, base, due_on, due_at, lapses_at, ended_at,
        history, calendar, hours,
    )  # fmt: skip


def add_entry(
    entries: tuple[Entry, ...], entry: Entry, calendar: Calendar, hours: OpeningHours
) -> tuple[Entry, ...]:
    """The entries with one more, checked as an act of today.

    Beyond the order of entries, an extension must come before the period has lapsed. That is
    judged here and not in `derive`: a later change of the calendar must not make a lawful
    extension unreadable.
    """
    read_history((*entries, entry))
    if isinstance(entry, Extended):
        lapses_at = derive(entries, calendar, hours).lapses_at
        if lapses_at is not None and entry.at >= lapses_at:
            raise ClockRefused("期限已经届满，不能再延长；延长须在届满前告知申请人。")
    return (*entries, entry)


def event_day(
    at: datetime, calendar: Calendar, hours: OpeningHours, *, after_hours_next_day: bool = False
) -> date:
    """The day of the event of a receipt (domain 1.5, rule 2).

    Receipt after hours or on a day off is still received that day; an office with
    `after_hours_next_day` treats it as received on the next working day.
    """
    day = local_day(at)
    if not after_hours_next_day:
        return day
    late = not calendar.is_working_day(day) or at >= hours.closes_at(calendar, day)
    return calendar.next_working_day(day) if late else day


def used(reading: ClockReading, at: datetime) -> int:
    """What is used up at `at`: days counted up to and including that day, or whole minutes.

    Counts on beyond the limit while nobody ends the clock. `at` is not before the last entry.
    """
    until = min(at, reading.ended_at) if reading.ended_at else at
    if reading.unit is LimitUnit.HOUR:
        return int(_ran(reading, _begin(reading.history), until) / timedelta(minutes=1))
    return _counted(reading, reading.counted_from, local_day(until))


def remaining(reading: ClockReading, at: datetime) -> int:
    """Working days left (0 = due today), minutes for an hour limit; negative = overdue.

    While the clock stands still: what is left of the limit, in the limit's own days. An ended
    clock keeps what was left when it ended.
    """
    until = min(at, reading.ended_at) if reading.ended_at else at
    if reading.due_on is None or reading.due_at is None:
        whole = reading.total * 60 if reading.unit is LimitUnit.HOUR else reading.total
        return whole - used(reading, until)
    if reading.unit is LimitUnit.HOUR:
        left = reading.hours.minutes_between(reading.calendar, until, reading.due_at)
    else:
        left = reading.calendar.working_days_between(local_day(until), reading.due_on)
    return min(left, -1) if overdue(reading, until) else left


def overdue(reading: ClockReading, at: datetime) -> bool:
    """Whether the period has lapsed at `at`, or had when it was ended."""
    until = min(at, reading.ended_at) if reading.ended_at else at
    return reading.lapses_at is not None and until >= reading.lapses_at


def band_edges(calendar: Calendar, day: date) -> tuple[date, date, date]:
    """Last due days of the bands today, tomorrow and week, for range queries over due dates."""
    return day, calendar.next_working_day(day), calendar.add_working_days(day, WEEK)


def band(reading: ClockReading, at: datetime) -> Band:
    """The urgency of a clock at a moment."""
    if reading.state is ClockState.ENDED:
        return Band.ENDED
    if reading.due_on is None:
        return Band.PAUSED
    if overdue(reading, at):
        return Band.OVERDUE
    edges = band_edges(reading.calendar, local_day(at))
    for name, edge in zip((Band.TODAY, Band.TOMORROW, Band.WEEK), edges, strict=True):
        if reading.due_on <= edge:
            return name
    return Band.LATER


def timer_moment(reading: ClockReading, before: int = 0) -> datetime | None:
    """When a timer of the diagram fires: `due(clock)` with 0, `before(clock, n)` with n > 0.

    `due` has legal effect and fires at `lapses_at`; `before` fires at opening, n working days
    ahead of the due day. None while the clock stands still and after it has ended.
    """
    if reading.state is ClockState.ENDED or reading.due_on is None:
        return None
    if before == 0:
        return reading.lapses_at
    ahead = reading.calendar.add_working_days(reading.due_on, -before)
    return reading.hours.opens_at(reading.calendar, ahead)


def attribution(
    reading: ClockReading, at: datetime, hands: Sequence[tuple[datetime, str]] | None = None
) -> dict[str, int]:
    """What each holder has used, in days or minutes; the sum is `used` (days).

    The day on which the baton passes is still the old holder's, like every day of an event.
    `hands`: who had the baton since when, in order, where the entries do not say so themselves;
    the last one before the start holds it at the start.
    """
    until = min(at, reading.ended_at) if reading.ended_at else at
    changes = [*_passes(reading, hands, until), (until, "")]
    account: dict[str, int] = {}
    for index, (since, holder) in enumerate(changes[:-1]):
        end = changes[index + 1][0]
        if reading.unit is LimitUnit.HOUR:
            begin = _begin(reading.history) if index == 0 else since
            spent = int(_ran(reading, begin, end) / timedelta(minutes=1))
        else:
            begin_day = reading.counted_from if index == 0 else local_day(since)
            spent = _counted(reading, begin_day, local_day(end))
        account[holder] = account.get(holder, 0) + spent
    return account


def _passes(
    reading: ClockReading, hands: Sequence[tuple[datetime, str]] | None, until: datetime
) -> list[tuple[datetime, str]]:
    if hands is None:
        return list(reading.history.passes)
    begin = moment(reading.counted_from + ONE_DAY)
    if reading.unit is LimitUnit.HOUR:
        begin = _begin(reading.history)
    before = [holder for since, holder in hands if since < begin]
    first = before[-1] if before else (hands[0][1] if hands else "")
    later = [(since, holder) for since, holder in hands if begin <= since <= until]
    return [(begin, first), *later]


def holder_on(day: date, passes: Sequence[tuple[datetime, str]]) -> str:
    """Whose a day is: of who had the baton at its beginning."""
    before = [holder for since, holder in passes if local_day(since) < day]
    return before[-1] if before else (passes[0][1] if passes else "")


def suspended_days(history: History) -> list[tuple[date, date | None]]:
    """First and last suspended day of each stop, both included."""
    return [
        (local_day(s.stopped.at), s.resumed.last_day if s.resumed else None)
        for s in history.suspensions
    ]


def count_days(unit: LimitUnit, calendar: Calendar, start: date, end: date) -> int:
    """Days of the limit's kind after `start` up to and including `end`; 0 when end < start."""
    if unit is LimitUnit.DAY:
        return _days_between(CalendarDays, calendar, start, end).amount
    return _days_between(WorkingDays, calendar, start, end).amount


D = TypeVar("D", WorkingDays, CalendarDays)


def _days_between(kind: type[D], calendar: Calendar, start: date, end: date) -> D:
    if end <= start:
        return kind(0)
    if kind is CalendarDays:
        return kind((end - start).days)
    return kind(calendar.working_days_between(start, end))


def _base(history: History, calendar: Calendar, hours: OpeningHours) -> date:
    """The day of the event; counting begins on the day after it."""
    started = history.started
    day = started.counted_from or local_day(started.at)
    if started.limit.unit is not LimitUnit.SAME_DAY:
        return day
    on_time = started.counted_from is not None or (
        calendar.is_working_day(day) and started.at < hours.closes_at(calendar, day)
    )
    return day - ONE_DAY if on_time else day


def _due_day(history: History, period: Days, calendar: Calendar, base: date) -> date | None:
    """Walk from stop to stop, using up the days between them."""
    stops = suspended_days(history)
    if isinstance(period, WorkingDays):
        walked = _walk(period, stops, calendar, base)
        return walked and calendar.add_working_days(walked[0], walked[1].amount)
    gone = _walk(period, stops, calendar, base)
    return gone and _moved(calendar, gone[0] + gone[1].amount * ONE_DAY, stops)


def _walk(
    left: D, stops: list[tuple[date, date | None]], calendar: Calendar, position: date
) -> tuple[date, D] | None:
    """From which day how much is left, past every stop that comes in time; None: it stands still."""
    for first, last in stops:
        available = _days_between(type(left), calendar, position, first - ONE_DAY)
        if left <= available:
            break
        if last is None:
            return None
        left -= available
        position = max(position, last)
    return position, left


def _moved(calendar: Calendar, day: date, stops: list[tuple[date, date | None]]) -> date | None:
    """The next working day on or after `day` that is not suspended (民法典第二百零三条)."""
    due = calendar.on_or_after(day)
    for first, last in stops:
        if last is None and due >= first:
            return None
        if last is not None and first <= due <= last:
            due = calendar.next_working_day(last)
    return due


def _begin(history: History) -> datetime:
    started = history.started
    if started.counted_from is None or started.counted_from == local_day(started.at):
        return started.at
    return moment(started.counted_from)


def _due_moment(
    history: History, period: WorkingHours, calendar: Calendar, hours: OpeningHours
) -> datetime | None:
    left, position = timedelta(hours=period.amount), _begin(history)
    for suspension in history.suspensions:
        stop = max(suspension.stopped.at, position)
        available = hours.working_time_between(calendar, position, stop)
        if available >= left:
            break
        if suspension.resumed is None:
            return None
        left -= available
        position = max(position, suspension.resumed.runs_from)
    return hours.add_working_time(calendar, position, left)


def _counted(reading: ClockReading, start: date, end: date) -> int:
    """Days of the clock after `start` up to `end`, without suspended ones."""
    unit, calendar = reading.unit, reading.calendar
    total = count_days(unit, calendar, start, end)
    position = start
    for first, last in suspended_days(reading.history):
        begin = max(position, first - ONE_DAY)
        close = min(end, last) if last else end
        total -= count_days(unit, calendar, begin, close)
        position = max(position, close)
    return total


def _ran(reading: ClockReading, start: datetime, end: datetime) -> timedelta:
    """Opening time between two moments without what was suspended; never negative."""
    if end <= start:
        return timedelta(0)
    hours, calendar = reading.hours, reading.calendar
    total = hours.working_time_between(calendar, start, end)
    for suspension in reading.history.suspensions:
        begin = max(start, suspension.stopped.at)
        close = min(end, suspension.resumed.runs_from) if suspension.resumed else end
        if close > begin:
            total -= hours.working_time_between(calendar, begin, close)
    return total
