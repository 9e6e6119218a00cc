"""Working days and hours (domain 1.5; requirement complaints 2 and 3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.county import CALENDAR, HOURS, at
from workflows.calendars import (
    Calendar,
    CalendarRefused,
    DayKind,
    DayStatus,
    OpeningHours,
    OutsideCalendar,
    Span,
    SpecialDay,
    local_day,
    read_special_days,
)

DAYS = st.dates(date(2025, 2, 1), date(2027, 10, 1))
MOMENTS = st.datetimes(
    datetime(2025, 2, 1), datetime(2027, 10, 1), timezones=st.just(ZoneInfo("Asia/Shanghai"))
)


@pytest.mark.parametrize(("year", "days"), [(2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, days: int) -> None:
    start, end = date(year, 1, 1), date(year, 12, 31)
    whole = CALENDAR.working_days_between(start, end) + CALENDAR.is_working_day(start)
    assert whole == days


def test_make_up_days_work_and_holidays_do_not() -> None:
    assert CALENDAR.is_working_day(date(2026, 9, 20))
    assert CALENDAR.is_make_up(date(2026, 9, 20))
    assert CALENDAR.why_off(date(2026, 10, 1)) == "国庆节"
    assert CALENDAR.why_off(date(2026, 3, 7)) == "休息日"
    assert CALENDAR.why_off(date(2026, 3, 9)) is None


def test_a_year_whose_arrangement_is_not_published_is_an_estimate_throughout() -> None:
    assert CALENDAR.status_of(date(2026, 3, 9)) is DayStatus.OFFICIAL
    assert CALENDAR.status_of(date(2027, 10, 1)) is DayStatus.ESTIMATED
    assert CALENDAR.status_of(date(2027, 3, 9)) is DayStatus.ESTIMATED
    bare = Calendar(date(2030, 1, 1), date(2030, 12, 31))
    assert bare.status_of(date(2030, 3, 1)) is DayStatus.ESTIMATED


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.is_working_day(date(2024, 12, 31)),
        lambda c: c.add_working_days(date(2027, 12, 30), 5),
        lambda c: c.add_working_days(date(2025, 1, 2), -5),
        lambda c: c.working_days_between(date(2026, 1, 1), date(2028, 1, 1)),
        lambda c: c.status_of(date(2028, 1, 1)),
    ],
)
def test_beyond_the_range_nothing_is_guessed(ask) -> None:
    with pytest.raises(OutsideCalendar, match="超出了日历范围"):
        ask(CALENDAR)


@given(DAYS, st.integers(1, 60))
def test_adding_agrees_with_counting_day_by_day(day: date, n: int) -> None:
    naive, left = day, n
    while left:
        naive += timedelta(days=1)
        left -= CALENDAR.is_working_day(naive)
    assert CALENDAR.add_working_days(day, n) == naive
    assert CALENDAR.working_days_between(day, naive) == n
    assert CALENDAR.working_days_between(naive, day) == -n


@given(DAYS, st.integers(1, 60))
def test_counting_back_is_the_inverse(day: date, n: int) -> None:
    working = CALENDAR.on_or_after(day)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(working, n), -n) == working


def test_what_makes_no_calendar_is_refused() -> None:
    day = SpecialDay(date(2026, 5, 1), DayKind.OFF, "劳动节")
    with pytest.raises(CalendarRefused, match="重复"):
        Calendar.build([day, day])
    with pytest.raises(CalendarRefused, match="起止日期"):
        Calendar.build([])
    with pytest.raises(CalendarRefused, match="第3行"):
        read_special_days("date,name,kind,status\n2026-05-01,劳动节,off,official\n1,2,3,4\n")
    with pytest.raises(CalendarRefused, match="互不重叠"):
        OpeningHours((Span(time(9), time(12)), Span(time(11), time(17))))
    with pytest.raises(CalendarRefused, match="早于"):
        Span(time(12), time(9))


def test_days_are_local_days() -> None:
    assert local_day(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)
    with pytest.raises(CalendarRefused, match="时区"):
        local_day(datetime(2026, 3, 1))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02 11:00", 4, "2026-03-02 16:30"),  # over lunch
        ("2026-03-02 16:30", 1, "2026-03-02 17:30"),  # ends at closing, not next morning
        ("2026-03-02 16:30", 2, "2026-03-03 10:00"),
        ("2026-03-06 18:00", 1, "2026-03-09 10:00"),  # Friday after hours
        ("2026-09-19 12:00", 1, "2026-09-20 10:00"),  # Saturday; make-up Sunday
    ],
)
def test_working_hours(start: str, hours: int, end: str) -> None:
    assert HOURS.add_working_time(CALENDAR, at(start), timedelta(hours=hours)) == at(end)


def test_a_unit_with_its_own_friday_and_usual_hours_on_make_up_days() -> None:
    hours = OpeningHours(
        (Span(time(8), time(18)),),
        {4: (Span(time(8), time(12)),), 6: (Span(time(10), time(11)),)},
    )
    assert hours.closes_at(CALENDAR, date(2026, 3, 6)) == at("2026-03-06 12:00")
    assert hours.opens_at(CALENDAR, date(2026, 9, 20)) == at("2026-09-20 08:00")
    assert hours.on(CALENDAR, date(2026, 3, 8)) == ()  # open on a Sunday off: not working time
    with pytest.raises(CalendarRefused, match="不是工作日"):
        hours.closes_at(CALENDAR, date(2026, 3, 8))


@given(MOMENTS, st.integers(1, 3000))
def test_working_time_added_is_working_time_between(start: datetime, minutes: int) -> None:
    end = HOURS.add_working_time(CALENDAR, start, timedelta(minutes=minutes))
    assert HOURS.working_time_between(CALENDAR, start, end) == timedelta(minutes=minutes)
    assert HOURS.minutes_between(CALENDAR, end, start) == -minutes


def test_a_local_closure_is_no_announcement_of_the_year() -> None:
    """Domain 9.3: official, estimated or local; a closure of the county publishes no year."""
    closure = SpecialDay(date(2028, 3, 1), DayKind.OFF, "防汛停办", DayStatus.LOCAL)
    calendar = Calendar.build([closure], date(2028, 1, 1), date(2028, 12, 31))
    assert not calendar.is_working_day(date(2028, 3, 1))
    assert calendar.status_of(date(2028, 3, 1)) is DayStatus.LOCAL
    assert calendar.status_of(date(2028, 3, 2)) is DayStatus.ESTIMATED
