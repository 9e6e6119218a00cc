"""Working days and opening hours of a county: facts in, arithmetic out, nothing guessed.

A `Calendar` is a weekday pattern plus special days (statutory holidays, make-up working days
调休, local closures) over a stated range. Asking beyond the range raises `OutsideCalendar`.
行政许可法第八十二条: periods are working days without statutory holidays; make-up days count
as working days (domain 1.5, rule 1). Days are local days of `CHINA`; moments are aware.
Answers requirement complaints 2 and 3: working days and working hours are different functions
over different types, and every day says whether its arrangement is official or estimated.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from workflows.errors import WorkflowError

CHINA = ZoneInfo("Asia/Shanghai")
WEEKDAY_NAMES = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
MONDAY_TO_FRIDAY = frozenset(range(5))


class OutsideCalendar(WorkflowError):
    """A day was asked for that the calendar does not cover; nobody may guess it."""


class CalendarRefused(WorkflowError):
    """The rows or hours given do not make a calendar."""


class DayKind(StrEnum):
    """What a special day is."""

    OFF = "off"
    WORK = "work"  # make-up working day (调休上班)


class DayStatus(StrEnum):
    """Whether the State Council's arrangement of the day is published."""

    OFFICIAL = "official"
    ESTIMATED = "estimated"
    LOCAL = "local"  # decided by the county itself: a closure, a day made up for it


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from the weekday pattern, or that is named by law."""

    day: date
    kind: DayKind
    name: str
    status: DayStatus = DayStatus.OFFICIAL


def local_day(at: datetime) -> date:
    """The Chinese calendar day of an aware moment."""
    if at.tzinfo is None:
        raise CalendarRefused("时间缺少时区，不能确定是哪一天。")
    return at.astimezone(CHINA).date()


def moment(day: date, clock: time = time.min) -> datetime:
    """The aware moment of a local day and time."""
    return datetime.combine(day, clock, tzinfo=CHINA)


def day_text(day: date) -> str:
    """`2026年3月2日（星期一）`."""
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAY_NAMES[day.weekday()]}）"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days between `first` and `last`, both inclusive.

    `weekdays` are the working weekdays, Monday = 0. A year is official when it has special
    days, not only local ones, and none of them is estimated; otherwise its ordinary days are estimates too, because
    an arrangement not yet published may still turn any of them round.
    """

    first: date
    last: date
    special: Mapping[date, SpecialDay] = field(default_factory=lambda: MappingProxyType({}))
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    _working: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _official_years: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise CalendarRefused("日历的截止日早于起始日。")
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise CalendarRefused("工作日须为星期一至星期日中的一天或几天。")
        outside = [day for day in self.special if not self.first <= day <= self.last]
        if outside:
            raise CalendarRefused(f"{day_text(min(outside))}不在日历范围内。")
        off = {d for d, row in self.special.items() if row.kind is DayKind.OFF}
        work = {d for d, row in self.special.items() if row.kind is DayKind.WORK}
        span = range(self.first.toordinal(), self.last.toordinal() + 1)
        on_pattern = {(weekday + 1) % 7 for weekday in self.weekdays}  # ordinal 1 is a Monday
        off_numbers = {day.toordinal() for day in off}
        work_numbers = {day.toordinal() for day in work}
        working = tuple(
            n
            for n in span
            if n in work_numbers or (n % 7 in on_pattern and n not in off_numbers)
        )
        years = {d.year for d, row in self.special.items() if row.status is not DayStatus.LOCAL}
        estimated = {
            day.year for day, row in self.special.items() if row.status is DayStatus.ESTIMATED
        }
        object.__setattr__(self, "special", MappingProxyType(dict(self.special)))
        object.__setattr__(self, "_working", working)
        object.__setattr__(self, "_official_years", frozenset(years - estimated))

    @classmethod
    def build(
        cls,
        rows: Iterable[SpecialDay],
        first: date | None = None,
        last: date | None = None,
        weekdays: frozenset[int] = MONDAY_TO_FRIDAY,
    ) -> Calendar:
        """Make a calendar; without a range it covers the whole years of the rows.

        Raises CalendarRefused when a day stands twice or there is no range.
        """
        special: dict[date, SpecialDay] = {}
        for row in rows:
            if row.day in special:
                raise CalendarRefused(f"{day_text(row.day)}重复。")
            special[row.day] = row
        if not special and (first is None or last is None):
            raise CalendarRefused("没有任何特殊日期时，须写明日历的起止日期。")
        begin = first or date(min(special).year, 1, 1)
        end = last or date(max(special).year, 12, 31)
        return cls(begin, end, special, weekdays)

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on that day."""
        self._covered(day)
        place = bisect_left(self._working, day.toordinal())
        return place < len(self._working) and self._working[place] == day.toordinal()

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`; `day` itself is never counted (民法典第二百零一条).

        A negative n counts back. n = 0 is `day` itself or, on a day off, the next working day.
        """
        self._covered(day)
        number = day.toordinal()
        if n > 0:
            place = bisect_right(self._working, number) + n - 1
        else:
            place = bisect_left(self._working, number) + n
        if not 0 <= place < len(self._working):
            raise OutsideCalendar(
                f"从{day_text(day)}起数{n}个工作日，超出了日历范围"
                f"({self.first.isoformat()}至{self.last.isoformat()}),请先维护日历。"
            )
        return date.fromordinal(self._working[place])

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when end < start."""
        self._covered(start)
        self._covered(end)
        return bisect_right(self._working, end.toordinal()) - bisect_right(
            self._working, start.toordinal()
        )

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return self.add_working_days(day, 1)

    def on_or_after(self, day: date) -> date:
        """`day` itself if offices work, else the next working day (民法典第二百零三条)."""
        return self.add_working_days(day, 0)

    def status_of(self, day: date) -> DayStatus:
        """Whether the arrangement of that day is published or only estimated."""
        self._covered(day)
        row = self.special.get(day)
        if row is not None:
            return row.status
        official = day.year in self._official_years
        return DayStatus.OFFICIAL if official else DayStatus.ESTIMATED

    def why_off(self, day: date) -> str | None:
        """Why offices do not work on that day (holiday's name or 休息日); None on a working day."""
        if self.is_working_day(day):
            return None
        row = self.special.get(day)
        return row.name if row is not None else "休息日"

    def is_make_up(self, day: date) -> bool:
        """Tell whether that day works only because of 调休."""
        return self.is_working_day(day) and day.weekday() not in self.weekdays

    def _covered(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise OutsideCalendar(
                f"{day_text(day)}超出了日历范围"
                f"({self.first.isoformat()}至{self.last.isoformat()}),请先维护日历。"
            )


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of opening, local times, `opens` before `closes`."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise CalendarRefused("开门时间须早于关门时间。")


Spans = tuple[Span, ...]
NO_HOURS: Mapping[int, Spans] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a unit is open on working days; working-hour arithmetic.

    `usual` holds on every working day, make-up days included; `weekly` overrides it by
    weekday (Monday = 0), on the pattern's own working days only. Opening on a day off
    (延时服务) is a kindness to applicants and never counts as working time.
    """

    usual: Spans
    weekly: Mapping[int, Spans] = field(default_factory=lambda: NO_HOURS)

    def __post_init__(self) -> None:
        for spans in (self.usual, *self.weekly.values()):
            ordered = all(a.closes <= b.opens for a, b in pairwise(spans))
            if not spans or not ordered:
                raise CalendarRefused(
                    "每个工作日至少要有一段办公时间，各段按先后排列、互不重叠。"
                )
        object.__setattr__(self, "weekly", MappingProxyType(dict(self.weekly)))

    def on(self, calendar: Calendar, day: date) -> Spans:
        """Opening spans of a day; empty on a day off."""
        if not calendar.is_working_day(day):
            return ()
        if calendar.is_make_up(day):
            return self.usual
        return self.weekly.get(day.weekday(), self.usual)

    def opens_at(self, calendar: Calendar, day: date) -> datetime:
        """When the unit opens on a working day."""
        return moment(day, self._working(calendar, day)[0].opens)

    def closes_at(self, calendar: Calendar, day: date) -> datetime:
        """Close of business on a working day (民法典第二百零三条第二款)."""
        return moment(day, self._working(calendar, day)[-1].closes)

    def add_working_time(self, calendar: Calendar, at: datetime, span: timedelta) -> datetime:
        """The moment at which `span` of opening time after `at` is used up.

        A span that ends exactly at closing ends then, not at the next opening.
        """
        if span <= timedelta(0):
            raise CalendarRefused("工作小时数须大于零。")
        left = span
        day = local_day(at)
        while True:
            for opening in self.on(calendar, day):
                begin = max(moment(day, opening.opens), at)
                available = moment(day, opening.closes) - begin
                if available >= left:
                    return begin + left
                left -= max(available, timedelta(0))
            day = calendar.next_working_day(day)

    def working_time_between(
        self, calendar: Calendar, start: datetime, end: datetime
    ) -> timedelta:
        """Opening time between two moments; negative when `end` is earlier."""
        if end < start:
            return -self.working_time_between(calendar, end, start)
        total = timedelta(0)
        last = local_day(end)
        day = calendar.on_or_after(local_day(start))
        while day <= last:
            for opening in self.on(calendar, day):
                begin = max(moment(day, opening.opens), start)
                close = min(moment(day, opening.closes), end)
                total += max(close - begin, timedelta(0))
            if day == calendar.last:
                break
            day += timedelta(days=1)
        return total

    def minutes_between(self, calendar: Calendar, start: datetime, end: datetime) -> int:
        """Whole working minutes between two moments, towards zero; negative backwards."""
        return int(self.working_time_between(calendar, start, end) / timedelta(minutes=1))

    def _working(self, calendar: Calendar, day: date) -> Spans:
        spans = self.on(calendar, day)
        if not spans:
            raise CalendarRefused(f"{day_text(day)}不是工作日，没有办公时间。")
        return spans


def read_special_days(text: str) -> tuple[SpecialDay, ...]:
    """Read CSV with the header `date,name,kind,status`; names the line that is wrong."""
    rows: list[SpecialDay] = []
    reader = csv.DictReader(text.lstrip("\ufeff").splitlines())
    for row in reader:
        try:
            rows.append(
                SpecialDay(
                    date.fromisoformat(row["date"].strip()),
                    DayKind(row["kind"].strip()),
                    row["name"].strip(),
                    DayStatus(row["status"].strip()),
                )
            )
        except (KeyError, ValueError, AttributeError) as problem:
            raise CalendarRefused(
                f"日历第{reader.line_num}行读不懂，须为“日期,名称,off或work,official、estimated或local”。"
            ) from problem
    return tuple(rows)
