"""Years before 1 and after 9999: rare in a county, asked for by the standard."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.feel import evaluate
from workflows.feel.far import FarDate, apart, day_at, day_of, join, move, ordinal

FAR = [
    ('string(date("99999-12-31"))', "99999-12-31"),
    ('string(date("-0044-03-15"))', "-0044-03-15"),
    ('string(@"-2016-01-30T09:05:00Z")', "-2016-01-30T09:05:00Z"),
    (
        'string(date and time("99999-12-31T11:22:33@Europe/Paris"))',
        "99999-12-31T11:22:33@Europe/Paris",
    ),
    ("string(date(-5, 2, 3))", "-0005-02-03"),
    ('date("999999999-12-31").year', 999999999),
    ('date("9999999999-12-25")', None),
    ('date("0000-01-01")', None),
    ('date("012026-01-01")', None),
    ('date("10001-02-29")', None),
    ('@"9999-12-31" < @"10000-01-01"', True),
    ('@"10000-01-01" >= @"9999-12-31"', True),
    ('@"10000-01-01" = @"10000-01-01"', True),
    ('@"10000-01-01" = @"2000-01-01"', False),
    ('@"-0001-01-01" in [@"-0002-01-01"..@"2000-01-01"]', True),
    ('@"10000-01-01T00:00:00Z" > @"9999-12-31T23:59:59Z"', True),
    ('@"10000-01-01T00:00:00Z" > @"9999-12-31T23:59:59"', None),
    ('@"10000-01-01T00:00:00Z" = @"10000-01-01T01:00:00+01:00"', True),
    ('string(@"9999-12-31T23:00:00Z" + @"PT2H")', "10000-01-01T01:00:00Z"),
    ('string(@"10000-01-01" - @"P1D")', "9999-12-31"),
    ('string(@"0001-01-01" - @"P1D")', "0000-12-31"),
    ('string(@"9999-12-31" + @"P2M")', "10000-02-29"),
    ('string(@"10000-01-01" - @"9999-12-31")', "P1D"),
    ('string(years and months duration(@"9999-12-01", @"10001-01-01"))', "P1Y1M"),
    ('day of week(@"12026-03-09") = day of week(@"2026-03-09")', True),
    ('day of year(@"12026-03-09")', 68),
    ('@"12026-03-09T10:20:30".minute', 20),
    ('string(date(@"12026-03-09T10:20:30"))', "12026-03-09"),
    ('string(time(@"12026-03-09T10:20:30Z"))', "10:20:30Z"),
    ('@"12026-03-09" instance of date', True),
    ('@"12026-03-09T00:00:00" instance of date and time', True),
    ('max(@"12026-03-09", @"2026-03-09").year', 12026),
    ('@"999999999-12-31" + @"P1D"', None),
]


@pytest.mark.parametrize(("text", "expected"), FAR)
def test_far_years(text: str, expected: Any) -> None:
    assert evaluate(text, {}) == expected


@given(st.dates(), st.integers(-4_000_000, 4_000_000))
def test_far_days_are_counted_as_near_ones_are(day: date, by: int) -> None:
    assert ordinal(day) == day.toordinal()
    moved = day_at(ordinal(day) + by)
    assert ordinal(moved) == day.toordinal() + by
    if isinstance(moved, date):
        assert moved == day + timedelta(days=by)
    else:
        assert (moved < day) is (by < 0)
        assert day_of(moved.year, moved.month, moved.day) == moved


@given(st.datetimes(), st.timedeltas())
def test_there_and_back(moment: datetime, length: timedelta) -> None:
    there = move(moment, length)
    assert apart(there, moment) == length
    assert move(there, -length) == moment


def test_the_last_far_day_follows_python_s_last() -> None:
    assert day_at(date.max.toordinal() + 1) == FarDate(10000, 1, 1)
    late = join(FarDate(10000, 1, 1), time(1))
    assert late > datetime(9999, 12, 31)
    assert datetime(9999, 12, 31) < late
