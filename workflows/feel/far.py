"""Days and moments that Python does not have: of years before 1 and after 9999, and moments
with nanoseconds.

FEEL's years run from -999999999 to 999999999 (XML Schema, DMN 1.4 10.3.2.3.4). The Gregorian
calendar repeats itself every 400 years, so a far day is counted through its twin near 2000.
Everything that may be near or far is made here: `day_of`, `day_at`, `join`, `move`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import total_ordering

from workflows.feel.fine import FineTime, fine, nano_of

MOST_YEARS = 999_999_999
_CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097
_FIRST = date(2000, 1, 1).toordinal()
_DAY = timedelta(days=1)


@total_ordering
@dataclass(frozen=True, slots=True)
class FarDate:
    """A day of a far year."""

    year: int
    month: int
    day: int

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, FarDate | date):
            return NotImplemented
        return (self.year, self.month, self.day) < (other.year, other.month, other.day)

    def isoweekday(self) -> int:
        """1 (Monday) to 7."""
        return twin(self).isoweekday()

    def isoformat(self) -> str:
        """With at least four digits of the year."""
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04}-{self.month:02}-{self.day:02}"


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class FarMoment:
    """A date and time of a far year, or of any year with nanoseconds."""

    on: date | FarDate
    at: time

    @property
    def year(self) -> int:
        """Year of the day."""
        return self.on.year

    @property
    def month(self) -> int:
        """Month of the day."""
        return self.on.month

    @property
    def day(self) -> int:
        """Day of the month."""
        return self.on.day

    @property
    def hour(self) -> int:
        """Hour of the time."""
        return self.at.hour

    @property
    def minute(self) -> int:
        """Minute of the time."""
        return self.at.minute

    @property
    def second(self) -> int:
        """Second of the time."""
        return self.at.second

    @property
    def microsecond(self) -> int:
        """What is less than a second."""
        return self.at.microsecond

    @property
    def nano(self) -> int:
        """What is less than a microsecond."""
        return nano_of(self.at)

    @property
    def tzinfo(self) -> tzinfo | None:
        """The zone, or None."""
        return self.at.tzinfo

    def utcoffset(self) -> timedelta | None:
        """The offset of the zone; in a far year as it is at the same day near 2000."""
        day = self.on if isinstance(self.on, date) else twin(self.on)
        return datetime.combine(day, self.at).utcoffset()

    def isoweekday(self) -> int:
        """1 (Monday) to 7."""
        return self.on.isoweekday()

    def date(self) -> Day:
        """The day."""
        return self.on

    def timetz(self) -> time:
        """The time with its zone."""
        return self.at

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FarMoment | datetime):
            return NotImplemented
        return instant(self) == instant(other)

    def __hash__(self) -> int:
        return hash(instant(self))

    def __lt__(self, other: object) -> bool:
        """TypeError where only one of the two has a zone, as with Python's own."""
        if not isinstance(other, FarMoment | datetime):
            return NotImplemented
        mine, theirs = instant(self), instant(other)
        if mine[0] is not theirs[0]:
            raise TypeError("only one of the two has a zone")
        return mine < theirs


Day = date | FarDate
Moment = datetime | FarMoment


def twin(day: Day) -> date:
    """The day of the same place in the calendar's cycle, near 2000."""
    return date(2000 + day.year % _CYCLE_YEARS, day.month, day.day)


def ordinal(day: Day) -> int:
    """Days since the eve of the year 1, as Python counts them."""
    near = twin(day)
    return near.toordinal() + (day.year - near.year) // _CYCLE_YEARS * _CYCLE_DAYS


def day_of(year: int, month: int, day: int) -> Day:
    """A day of its parts. Raises ValueError if there is none."""
    if 1 <= year <= 9999:
        return date(year, month, day)
    if abs(year) > MOST_YEARS:
        raise ValueError(year)
    near = date(2000 + year % _CYCLE_YEARS, month, day)
    return FarDate(year, near.month, near.day)


def day_at(number: int) -> Day:
    """The day of an ordinal. Raises ValueError beyond the years there are."""
    cycles, rest = divmod(number - _FIRST, _CYCLE_DAYS)
    near = date.fromordinal(_FIRST + rest)
    return day_of(near.year + cycles * _CYCLE_YEARS, near.month, near.day)


def join(day: Day | Moment, clock: time) -> Moment:
    """A day and a time of day together."""
    if isinstance(day, datetime | FarMoment):
        day = day.date()
    if isinstance(day, FarDate) or isinstance(clock, FineTime):
        return FarMoment(day, clock)
    return datetime.combine(day, clock)


def since_midnight(clock: time) -> timedelta:
    """How far the hands of a clock are from midnight."""
    return timedelta(
        hours=clock.hour,
        minutes=clock.minute,
        seconds=clock.second,
        microseconds=clock.microsecond,
    )


def instant(moment: Moment) -> tuple[bool, int]:
    """Whether it has a zone, and the nanoseconds since the eve of the year 1."""
    offset = moment.utcoffset()
    length = since_midnight(moment.timetz()) - (offset or timedelta())
    micro = ordinal(moment.date()) * 86_400_000_000 + length // timedelta(microseconds=1)
    return offset is not None, micro * 1000 + nano_of(moment)


def move(moment: Moment, length: timedelta) -> Moment:
    """A date and time moved on by the clock on its wall. Raises ValueError at the end of time."""
    if isinstance(moment, datetime):
        try:
            return moment + length
        except OverflowError:  # out of Python's years
            pass
    days, rest = divmod(since_midnight(moment.timetz()) + length, _DAY)
    clock = (datetime(2000, 1, 1, tzinfo=moment.tzinfo) + rest).timetz()
    return join(day_at(ordinal(moment.date()) + days), fine(clock, nano_of(moment)))


def apart(left: Moment, right: Moment) -> timedelta | None:
    """How long after `right` `left` is; None where only one has a zone."""
    (one, mine), (other, theirs) = instant(left), instant(right)
    return timedelta(microseconds=(mine - theirs) // 1000) if one is other else None
