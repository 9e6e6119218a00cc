"""Dates, times and durations: reading, writing, and adding months (DMN 1.4, 10.3.2.3.4-8).

Seconds of a day carry nine decimals, those of durations six; what Python does not have is in
`fine` and `far`.
Durations are written in ISO 8601 without weeks, as XML Schema has them.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.far import Day, FarMoment, Moment, day_of, join
from workflows.feel.fine import fine, nano_of
from workflows.feel.values import NUMBERS, Months

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?([Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+/-]{1,40})?",
    re.ASCII,
)
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,10})D)?"
    r"(T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{1,12}))?S)?)?",
    re.ASCII,
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,10})M)?", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)
_SECONDS_A_DAY = 86_400


def read_date(text: str) -> Day | None:
    """`2026-03-09`, `-0044-03-15` or `12026-03-09`, else None; there is no year 0."""
    found = _DATE.fullmatch(text)
    if found is None or not int(found[1]):
        return None
    try:
        return day_of(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """`09:30:00`, with decimals of a second, `Z`, `+08:00` or `@Asia/Shanghai`; else None."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    micro, nano = divmod(int((found[4] or "0").ljust(9, "0")[:9]), 1000)
    try:
        zone = _read_zone(found[5]) if found[5] else None
        return fine(time(int(found[1]), int(found[2]), int(found[3]), micro, zone), nano)
    except (ValueError, LookupError, OSError):
        return None


def _read_zone(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    if text.startswith("@"):
        return _named_zone(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours * 60 + minutes > 840 or minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return zone_of(-offset if text[0] == "-" else offset)


def zone_of(offset: timedelta) -> tzinfo:
    """A fixed zone; no offset at all is UTC. ValueError beyond a day."""
    return timezone(offset) if offset else UTC


@lru_cache(64)
def _named_zone(key: str) -> ZoneInfo:
    return ZoneInfo(key)


def read_moment(text: str) -> Moment | None:
    """Date and time, joined by `T`; a date alone is its midnight; else None."""
    day, joint, clock = text.partition("T")
    on = read_date(day)
    at = read_time(clock) if joint else time()
    if on is None or at is None:
        return None
    return join(on, at)


def read_duration(text: str) -> timedelta | Months | None:
    """`P3D`, `PT4H30M`, `-P1DT2H` or `P1Y2M`; else None."""
    found = _MONTHS.fullmatch(text)
    if found is not None and (found[2] or found[3]):
        count = 12 * int(found[2] or 0) + int(found[3] or 0)
        return Months(-count if found[1] else count)
    found = _DURATION.fullmatch(text)
    if found is None or not (found[2] or found[3]) or found[3] == "T":
        return None
    try:
        length = timedelta(
            days=int(found[2] or 0),
            hours=int(found[4] or 0),
            minutes=int(found[5] or 0),
            seconds=int(found[6] or 0),
            microseconds=int((found[7] or "0").ljust(6, "0")[:6]),
        )
        return -length if found[1] else length
    except OverflowError:
        return None


def read_literal(text: str) -> Any:
    """What stands between the quotes of `@"…"`; None where it is no time of any kind."""
    if "P" in text[:2]:
        return read_duration(text)
    if ":" in text:
        return read_moment(text) if "T" in text[: text.index(":")] else read_time(text)
    return read_date(text)


def write_time(value: time | Moment) -> str:
    """Time of day with its zone, as FEEL writes it."""
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    if value.microsecond or nano_of(value):
        text += f".{value.microsecond:06}{nano_of(value):03}".rstrip("0")
    return text + _write_zone(value)


def _write_zone(value: time | Moment) -> str:
    if value.tzinfo is None:
        return ""
    if value.tzinfo is UTC:
        return "Z"
    if isinstance(value.tzinfo, ZoneInfo):
        return f"@{value.tzinfo.key}"
    offset = value.utcoffset()
    if offset is None:
        return ""
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def write_duration(value: timedelta) -> str:
    """Days and time duration in its normal form, `PT0S` for none."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{sign}P" + (f"{value.days}D" if value.days else "")
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or value.microseconds:
        decimals = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
        clock += f"{seconds}{decimals}S"
    if clock:
        return f"{text}T{clock}"
    return text if value.days else "PT0S"


def write_months(value: Months) -> str:
    """Years and months duration in its normal form, `P0M` for none."""
    years, months = divmod(abs(value.count), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-P" if value.count < 0 else "P") + (text or "0M")


def add_months(day: Day | Moment, count: int) -> Day | Moment | None:
    """The same day of another month, or that month's last; keeps a time. None out of range."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(2000 + year % 400, month + 1)[1]
    try:
        moved = day_of(year, month + 1, min(day.day, last))
    except ValueError:
        return None
    return join(moved, day.timetz()) if isinstance(day, datetime | FarMoment) else moved


def months_between(start: Day | Moment, end: Day | Moment) -> int:
    """Whole months from `start` to `end`, toward zero; times of day count."""
    count = (end.year - start.year) * 12 + end.month - start.month
    first, second = _in_month(start), _in_month(end)
    if count > 0 and second < first:
        return count - 1
    if count < 0 and second > first:
        return count + 1
    return count


def _in_month(day: Day | Moment) -> tuple[int, time]:
    if isinstance(day, datetime | FarMoment):
        return day.day, day.timetz().replace(tzinfo=None)
    return day.day, time()


def seconds_of(length: timedelta) -> Decimal:
    """Exact length in seconds."""
    return NUMBERS.scaleb(Decimal(length // _MICROSECOND), -6)


def from_seconds(seconds: Decimal) -> timedelta | None:
    """The duration of so many seconds, None where none is so long."""
    try:
        return timedelta(microseconds=int(NUMBERS.scaleb(seconds, 6)))
    except OverflowError:
        return None


def add_clock(at: time, length: timedelta) -> time:
    """Move a time of day on, around midnight if need be."""
    moved = datetime.combine(date(2000, 1, 2), at) + timedelta(
        seconds=length.seconds % _SECONDS_A_DAY, microseconds=length.microseconds
    )
    return fine(moved.timetz(), nano_of(at))
