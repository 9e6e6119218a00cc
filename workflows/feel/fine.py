"""Times of day as FEEL has them: with nanoseconds, and comparable across zones.

Python's own `time` stops at microseconds and does not know how far a named zone is from
universal time without a day. `FineTime` stands for it only where nanoseconds are written.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_WINTER = datetime(2000, 1, 15, tzinfo=UTC)


class FineTime(time):
    """A time of day and `nano` (1 to 999) beyond its microseconds."""

    nano: int


def fine(clock: time, nano: int) -> time:
    """The time with its nanoseconds; Python's own where there are none."""
    if not nano:
        return clock
    made = FineTime(
        clock.hour, clock.minute, clock.second, clock.microsecond, clock.tzinfo, fold=clock.fold
    )
    made.nano = nano
    return made


def nano_of(value: object) -> int:
    """The nanoseconds beyond the microseconds of a time, or of a date and time."""
    return getattr(value, "nano", 0)


def clock_of(clock: time) -> tuple[bool, int]:
    """Whether it has a zone, and the nanoseconds since midnight, universal time if it has.

    A named zone counts as in winter: a time of day has no day that would say otherwise.
    """
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    reading = (seconds * 1_000_000 + clock.microsecond) * 1000 + nano_of(clock)
    offset = offset_of(clock)
    if offset is None:
        return False, reading
    return True, reading - offset // timedelta(microseconds=1) * 1000


def offset_of(clock: time) -> timedelta | None:
    """How far the zone of a time of day is from universal time; None without a zone."""
    if isinstance(clock.tzinfo, ZoneInfo):
        return _standard(clock.tzinfo)
    return clock.utcoffset()


@lru_cache(64)
def _standard(zone: tzinfo) -> timedelta:
    there = _WINTER.replace(tzinfo=zone)
    return (there.utcoffset() or timedelta()) - (there.dst() or timedelta())
