"""Built-in functions that make and read dates, times and durations (DMN 1.4, 10.3.4.1, .7)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from workflows.feel.far import Day, FarMoment, Moment, day_of, join, twin
from workflows.feel.fine import fine
from workflows.feel.functions.declaring import builtin
from workflows.feel.limits import Meter
from workflows.feel.temporal import (
    months_between,
    read_date,
    read_duration,
    read_moment,
    read_time,
    zone_of,
)
from workflows.feel.values import Months, whole

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("date", "from: string")
def date_from_string(_meter: Meter, text: str) -> Day | None:
    """Read a date."""
    return read_date(text)


@builtin("date", "from: day")
def date_from_value(_meter: Meter, value: Day | Moment) -> Day:
    """The date of a date and time."""
    return value.date() if isinstance(value, datetime | FarMoment) else value


@builtin("date", "year: number, month: number, day: number")
def date_from_parts(_meter: Meter, year: Any, month: Any, day: Any) -> Day | None:
    """A date of its parts."""
    parts = [whole(part) for part in (year, month, day)]
    if None in parts or not year:
        return None
    return day_of(int(year), int(month), int(day))


@builtin("time", "from: string")
def time_from_string(_meter: Meter, text: str) -> time | None:
    """Read a time of day."""
    return read_time(text)


@builtin("time", "from: clock")
def time_from_value(_meter: Meter, value: time | Moment) -> time:
    """The time of a date and time, with its zone."""
    return value if isinstance(value, time) else value.timetz()


@builtin("time", "from: date")
def time_from_date(_meter: Meter, _value: Day) -> time:
    """A date begins at midnight, universal time."""
    return time(tzinfo=zone_of(timedelta()))


@builtin(
    "time",
    "hour: number, minute: number, second: number, offset: days and time duration??",
)
def time_from_parts(
    _meter: Meter, hour: Any, minute: Any, second: Any, offset: timedelta | None = None
) -> time | None:
    """A time of its parts; seconds may have decimals."""
    if whole(hour) is None or whole(minute) is None or not 0 <= second < 60:
        return None
    zone = None if offset is None else zone_of(offset)
    micro, nano = divmod(int((second - int(second)) * 1_000_000_000), 1000)
    return fine(time(int(hour), int(minute), int(second), micro, zone), nano)


@builtin("date and time", "from: string")
def moment_from_string(_meter: Meter, text: str) -> Moment | None:
    """Read a date and time."""
    return read_moment(text)


@builtin("date and time", "from: day")
def moment_from_value(_meter: Meter, value: Day | Moment) -> Moment:
    """A date and time as it is; a date as its midnight."""
    return value if isinstance(value, datetime | FarMoment) else join(value, time())


@builtin("date and time", "date: day, time: time")
def moment_from_parts(_meter: Meter, day: Day | Moment, clock: time) -> Moment:
    """A date joined with a time of day."""
    return join(day, clock)


_PARTS = (
    "year: number, month: number, day: number, hour: number, minute: number, second: number"
)


@builtin("date and time", _PARTS)
@builtin("date and time", f"{_PARTS}, offset: days and time duration")
def moment_of_numbers(
    meter: Meter,
    year: Any,
    month: Any,
    day: Any,
    hour: Any,
    minute: Any,
    second: Any,
    offset: timedelta | None = None,
) -> Moment | None:
    """A date and time of its parts."""
    on = date_from_parts(meter, year, month, day)
    at = time_from_parts(meter, hour, minute, second, offset)
    return None if on is None or at is None else join(on, at)


@builtin("duration", "from: string")
def duration_from_string(_meter: Meter, text: str) -> timedelta | Months | None:
    """Read a duration of either kind."""
    return read_duration(text)


@builtin("duration", "from: days and time duration")
@builtin("duration", "from: years and months duration")
def duration_from_value(_meter: Meter, value: timedelta | Months) -> timedelta | Months:
    """A duration as it is."""
    return value


@builtin("years and months duration", "from: day, to: day")
def duration_between(_meter: Meter, start: Day, end: Day) -> Months:
    """Whole months between two days."""
    return Months(months_between(start, end))


@builtin("day of year", "date: day")
def day_of_year(_meter: Meter, day: Day) -> int:
    """1 to 366."""
    return twin(day).timetuple().tm_yday


@builtin("day of week", "date: day")
def day_of_week(_meter: Meter, day: Day) -> str:
    """`Monday` to `Sunday`, as the standard has it."""
    return _WEEKDAYS[day.isoweekday() - 1]


@builtin("month of year", "date: day")
def month_of_year(_meter: Meter, day: Day) -> str:
    """`January` to `December`, as the standard has it."""
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: day")
def week_of_year(_meter: Meter, day: Day) -> int:
    """Week by ISO 8601."""
    return twin(day).isocalendar().week
