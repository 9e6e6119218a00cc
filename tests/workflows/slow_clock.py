"""The legal clock counted day by day and minute by minute, from the articles alone.

Shares nothing with `workflows.clocks` but the entries and nothing with `workflows.calendars` but
the facts of a day: it asks "does this day count?" for one day after another. Slow on purpose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.clocks import Ended, Entry, Extended, Passed, Resumed, Started, Stopped
from workflows.model import LimitUnit

CHINA = ZoneInfo("Asia/Shanghai")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Slow:
    """The facts: which days work, and between which times a unit is open on a day."""

    works: Callable[[date], bool]
    open_on: Callable[[date], Sequence[tuple[time, time]]]

    def due(self, entries: Sequence[Entry]) -> date | datetime | None:
        """The last day, or the last minute of an hour limit; None while it stands still."""
        unit, total = _limit(entries)
        if unit is LimitUnit.HOUR:
            return self._due_minute(entries, total * 60)
        day, left = self._event(entries), total
        while left:
            day += DAY
            held = _held(entries, day)
            if held == "for ever":
                return None
            counts = unit is LimitUnit.DAY or self.works(day)
            left -= bool(counts and not held)
        while not self.works(day) or _held(entries, day):
            if _held(entries, day) == "for ever":
                return None
            day += DAY
        return day

    def received(self, at: datetime) -> date:
        """The day of receipt where what comes after closing comes the next working day."""
        day = at.astimezone(CHINA).date()
        spans = self.open_on(day) if self.works(day) else ()
        if spans and at.astimezone(CHINA).time() < spans[-1][1]:
            return day
        day += DAY
        while not self.works(day):
            day += DAY
        return day

    def used(self, entries: Sequence[Entry], at: datetime) -> Counter[str]:
        """Days counted up to the day of `at`, by who held the baton on them."""
        unit, _total = _limit(entries)
        ended = next((e.at for e in entries if isinstance(e, Ended)), at)
        last = min(at, ended).astimezone(CHINA).date()
        account: Counter[str] = Counter()
        day = self._event(entries)
        while day < last:
            day += DAY
            counts = unit is LimitUnit.DAY or self.works(day)
            if counts and not _held(entries, day):
                account[_holder(entries, day)] += 1
        return account

    def _event(self, entries: Sequence[Entry]) -> date:
        start = entries[0]
        assert isinstance(start, Started)
        day = start.counted_from or start.at.astimezone(CHINA).date()
        if start.limit.unit is not LimitUnit.SAME_DAY:
            return day
        if start.counted_from:
            return day - DAY
        spans = self.open_on(day) if self.works(day) else ()
        in_time = spans and start.at.astimezone(CHINA).time() < spans[-1][1]
        return day - DAY if in_time else day

    def _due_minute(self, entries: Sequence[Entry], left: int) -> datetime | None:
        start = entries[0]
        assert isinstance(start, Started)
        for minute in self._open_minutes(start.at.astimezone(CHINA)):
            held = _held_minute(entries, minute)
            if held == "for ever":
                return None
            left -= not held
            if not left:
                return minute + MINUTE
        return None

    def _open_minutes(self, begin: datetime) -> Iterator[datetime]:
        day = begin.date()
        for _ in range(1000):
            if self.works(day):
                for opens, closes in self.open_on(day):
                    minute = datetime.combine(day, opens, CHINA)
                    while minute < datetime.combine(day, closes, CHINA):
                        if minute >= begin:
                            yield minute
                        minute += MINUTE
            day += DAY


def _limit(entries: Sequence[Entry]) -> tuple[LimitUnit, int]:
    start = entries[0]
    assert isinstance(start, Started)
    more = sum(e.limit.amount for e in entries if isinstance(e, Extended))
    return start.limit.unit, (start.limit.amount or 1) + more


def _stops(entries: Sequence[Entry]) -> Iterator[tuple[Stopped, Resumed | None]]:
    stop = None
    for entry in entries:
        if isinstance(entry, Stopped):
            stop = entry
        elif isinstance(entry, Resumed) and stop:
            yield stop, entry
            stop = None
    if stop:
        yield stop, None


def _held(entries: Sequence[Entry], day: date) -> str:
    """Art. 45: whether a day is left out, and whether nobody knows yet until when."""
    for stop, resume in _stops(entries):
        first = stop.at.astimezone(CHINA).date()
        if resume is None and day >= first:
            return "for ever"
        if resume and first <= day <= (resume.over_on or resume.at.astimezone(CHINA).date()):
            return "held"
    return ""


def _held_minute(entries: Sequence[Entry], minute: datetime) -> str:
    for stop, resume in _stops(entries):
        if resume is None and minute >= stop.at:
            return "for ever"
        if resume is None or minute < stop.at:
            continue
        on_time = resume.over_on in {None, resume.at.astimezone(CHINA).date()}
        if on_time and minute < resume.at:
            return "held"
        if not on_time and resume.over_on and minute.date() <= resume.over_on:
            return "held"
    return ""


def _holder(entries: Sequence[Entry], day: date) -> str:
    """The baton's day is still its old holder's."""
    holder = ""
    for entry in entries:
        named = isinstance(entry, Started | Passed | Resumed) and entry.holder
        started = isinstance(entry, Started)
        if named and (started or entry.at.astimezone(CHINA).date() < day):
            holder = str(named)
    return holder
