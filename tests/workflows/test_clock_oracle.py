"""The clock against an independent slow count, under calendars and hours that nobody has seen.

Any weekday pattern, any days off and make-up days, any opening hours; any lawful sequence of
pauses, late records, extensions, hand-overs and ends (issue 5: in any combination stays right).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mypy import api

from tests.workflows.slow_clock import CHINA, DAY, Slow
from workflows.calendars import Calendar, DayKind, OpeningHours, Span, SpecialDay
from workflows.clocks import (
    CalendarDays,
    ClockRefused,
    Ended,
    Entry,
    Extended,
    Passed,
    PeriodsMixed,
    Resumed,
    Started,
    Stopped,
    WorkingDays,
    WorkingHours,
    add_entry,
    attribution,
    derive,
    event_day,
    explain,
    period_of,
    remaining,
    timer_moment,
    used,
)
from workflows.model import Limit, LimitUnit

FIRST, LAST = date(2031, 1, 1), date(2035, 12, 31)
UNITS = (LimitUnit.WORKDAY, LimitUnit.DAY, LimitUnit.SAME_DAY)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Some weekdays, and a few dozen special days in the first year."""
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1, max_size=6))
    days = draw(st.dictionaries(st.integers(0, 400), st.sampled_from(DayKind), max_size=60))
    rows = [SpecialDay(FIRST + n * DAY, kind, "某日") for n, kind in days.items()]
    return Calendar.build(rows, FIRST - 200 * DAY, LAST, weekdays)


@st.composite
def opening(draw: st.DrawFn) -> OpeningHours:
    """One or two spans a day, others on some weekdays (half days)."""

    def spans() -> tuple[Span, ...]:
        edges = sorted(draw(st.sets(st.integers(14, 38), min_size=2, max_size=4)))
        times = [time(n // 2, n % 2 * 30) for n in edges]
        return tuple(Span(times[n], times[n + 1]) for n in range(0, len(times) - 1, 2))

    return OpeningHours(
        spans(), {day: spans() for day in draw(st.sets(st.integers(0, 6), max_size=3))}
    )


@st.composite
def histories(
    draw: st.DrawFn, units: tuple[LimitUnit, ...] = UNITS, most: int = 40, step: int = 300
) -> tuple[Entry, ...]:
    """A lawful sequence; `step` hours at most between two entries."""
    at = datetime(2031, 1, 15, tzinfo=CHINA) + timedelta(minutes=draw(st.integers(0, 500_000)))
    unit = draw(st.sampled_from(units))
    amount = 0 if unit is LimitUnit.SAME_DAY else draw(st.integers(1, most))
    back = draw(st.none() | st.integers(0, 8)) if unit is not LimitUnit.HOUR else None
    event = None if back is None else at.date() - back * DAY
    entries: list[Entry] = [Started(at, Limit(amount, unit), "依据", event, "township")]
    paused = longer = False
    for _ in range(draw(st.integers(0, 9))):
        at += timedelta(minutes=draw(st.integers(0, step * 60)))
        match draw(st.sampled_from(["toggle", "toggle", "pass", "extend"])):
            case "toggle" if paused:
                stop = next(e for e in reversed(entries) if isinstance(e, Stopped))
                over = draw(st.none() | st.dates(stop.at.date(), at.date()))
                entries.append(Resumed(at, draw(st.sampled_from(["", "county"])), over))
                paused = False
            case "toggle":
                entries.append(Stopped(at, "鉴定", "D14"))
                paused = True
            case "pass":
                entries.append(Passed(at, draw(st.sampled_from(["village", "county", "dept"]))))
            case "extend" if not longer:
                own = LimitUnit.WORKDAY if unit is LimitUnit.SAME_DAY else unit
                more = Limit(draw(st.integers(1, 15)), own)
                entries.append(Extended(at, more, "局长", "复杂"))
                longer = True
    if draw(st.booleans()):
        entries.append(Ended(at + timedelta(hours=draw(st.integers(0, 300)))))
    return tuple(entries)


def slow(calendar: Calendar, hours: OpeningHours) -> Slow:
    """The bare facts of each day, looked up one by one."""

    def works(day: date) -> bool:
        row = calendar.special.get(day)
        return row.kind is DayKind.WORK if row else day.weekday() in calendar.weekdays

    def open_on(day: date) -> list[tuple[time, time]]:
        made_up = works(day) and day.weekday() not in calendar.weekdays
        spans = hours.usual if made_up else hours.weekly.get(day.weekday(), hours.usual)
        return [(span.opens, span.closes) for span in spans]

    return Slow(works, open_on)


@given(calendars(), opening(), histories())
@settings(max_examples=400)
def test_due_day_is_the_slow_count_under_any_calendar(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...]
) -> None:
    """Art. 42–45, 82; 民法典 Art. 201, 203."""
    oracle, reading = slow(calendar, hours), derive(entries, calendar, hours)
    assert reading.due_on == oracle.due(entries)
    if reading.due_on is not None:
        assert oracle.works(reading.due_on), "a deadline is never on a day off (Art. 203)"


@given(calendars(), opening(), histories(), st.integers(0, 60 * 24 * 400))
def test_received_after_hours_counts_from_the_next_working_day(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...], minutes: int
) -> None:
    """domain §1.5, rule 2, with the county's switch on: never on a day off, and never sooner."""
    oracle = slow(calendar, hours)
    at = datetime(2031, 1, 15, tzinfo=CHINA) + timedelta(minutes=minutes)
    received = event_day(at, calendar, hours, after_hours_next_day=True)
    assert received == oracle.received(at)
    assert oracle.works(received)
    assert event_day(at, calendar, hours) == at.date()
    start = entries[0]
    assert isinstance(start, Started)
    moved = [replace(start, at=at, counted_from=day) for day in (received, at.date())]
    later, plain = (derive((one,), calendar, hours) for one in moved)
    assert later.due_on == oracle.due(moved[:1])
    assert later.due_on is not None
    assert plain.due_on is not None
    assert plain.due_on <= later.due_on, "an office never loses a day by it"
    same = later.due_on == plain.due_on
    if start.limit.unit is LimitUnit.WORKDAY:
        assert same is (received == at.date())
    words = explain(moved[:1], calendar, hours)[0]
    assert (received == at.date()) is ("发生计算" not in words)


@given(calendars(), opening(), histories(), st.integers(0, 200))
@settings(max_examples=300)
def test_days_are_on_the_account_of_who_held_them_and_add_up(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...], later: int
) -> None:
    at = entries[-1].at + later * DAY
    reading = derive(entries, calendar, hours)
    expected = slow(calendar, hours).used(entries, at)
    assert {k: n for k, n in attribution(reading, at).items() if n} == dict(expected)
    assert used(reading, at) == expected.total()


@given(calendars(), opening(), histories((LimitUnit.HOUR,), most=20, step=20))
@settings(max_examples=60, deadline=None)
def test_hours_are_the_slow_count_of_open_minutes(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...]
) -> None:
    """Across lunch, half days, days off; pauses by the minute."""
    assert derive(entries, calendar, hours).due_at == slow(calendar, hours).due(entries)


@given(calendars(), opening(), histories(), histories())
def test_entries_of_two_clocks_never_touch_each_other(
    calendar: Calendar, hours: OpeningHours, mine: tuple[Entry, ...], other: tuple[Entry, ...]
) -> None:
    before = derive(mine, calendar, hours)
    derive(other, calendar, hours)
    assert derive(mine, calendar, hours) == before


@given(calendars(), opening(), histories(), st.sampled_from(["village", "county"]))
def test_handing_over_and_ending_move_no_date(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...], holder: str
) -> None:
    """Only a stop, a resume or an extension moves a date: no entry does so silently."""
    assume(not isinstance(entries[-1], Ended))
    before = derive(entries, calendar, hours)
    for more in (Passed(entries[-1].at, holder), Ended(entries[-1].at)):
        after = derive((*entries, more), calendar, hours)
        assert (after.due_on, after.due_at, after.lapses_at) == (
            before.due_on,
            before.due_at,
            before.lapses_at,
        )


@given(calendars(), opening(), histories((LimitUnit.WORKDAY, LimitUnit.DAY)))
def test_an_extension_and_a_pause_commute(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...]
) -> None:
    """Art. 42 adds days, Art. 45 leaves days out: the order of the two changes nothing."""
    extension = next((e for e in entries if isinstance(e, Extended)), None)
    assume(extension is not None)
    assert extension is not None
    rest = [e for e in entries if e is not extension]
    dues = set()
    for place in range(1, len(rest) + 1):
        if isinstance(rest[place - 1], Ended):
            continue
        moved = replace(extension, at=rest[place - 1].at)
        dues.add(derive((*rest[:place], moved, *rest[place:]), calendar, hours).due_on)
    assert dues == {derive(entries, calendar, hours).due_on}


@given(calendars(), opening(), histories())
def test_an_extension_never_comes_after_the_period_has_lapsed(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...]
) -> None:
    """Art. 42: before the due day is over, and told; once only."""
    assume(not isinstance(entries[-1], Ended))
    assume(not any(isinstance(e, Extended) for e in entries))
    reading = derive(entries, calendar, hours)
    assume(reading.lapses_at is not None)
    assert reading.lapses_at is not None
    unit = reading.unit if reading.unit is not LimitUnit.SAME_DAY else LimitUnit.WORKDAY
    late = max(entries[-1].at, reading.lapses_at)
    with pytest.raises(ClockRefused, match="届满"):
        add_entry(entries, Extended(late, Limit(5, unit), "局长", "复杂"), calendar, hours)


@given(calendars(), opening(), histories(), st.integers(1, 5))
def test_a_timer_fires_at_opening_so_many_working_days_before(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...], before: int
) -> None:
    reading = derive(entries, calendar, hours)
    fires = timer_moment(reading, before)
    if fires is None:
        assert reading.due_on is None or isinstance(entries[-1], Ended)
        return
    assert reading.due_on is not None
    day, left = reading.due_on, before
    while left:
        day -= DAY
        left -= slow(calendar, hours).works(day)
    assert fires == datetime.combine(day, slow(calendar, hours).open_on(day)[0][0], CHINA)


@given(calendars(), opening(), histories((LimitUnit.WORKDAY,)))
def test_what_is_left_is_the_slow_count_to_the_due_day(
    calendar: Calendar, hours: OpeningHours, entries: tuple[Entry, ...]
) -> None:
    reading, at = derive(entries, calendar, hours), entries[-1].at
    assume(reading.due_on is not None and not isinstance(entries[-1], Ended))
    assert reading.due_on is not None
    day, left = at.date(), 0
    while day < reading.due_on:
        day += DAY
        left += slow(calendar, hours).works(day)
    if at < datetime.combine(reading.due_on + DAY, time(), CHINA):
        assert remaining(reading, at) == left
    else:
        assert remaining(reading, at) < 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WorkingDays(5), CalendarDays(5)),
        (CalendarDays(5), WorkingHours(5)),
        (WorkingHours(5), WorkingDays(5)),
    ],
)
def test_periods_of_different_kinds_cannot_be_mixed(one: object, other: object) -> None:
    for mix in ("__add__", "__sub__", "__lt__", "__le__"):
        with pytest.raises(PeriodsMixed):
            getattr(one, mix)(other)
    assert one != other
    assert hash(WorkingDays(5)) == hash(WorkingDays(5))


def test_a_limit_becomes_a_period_of_its_own_type() -> None:
    assert period_of(Limit(20, LimitUnit.WORKDAY)) == WorkingDays(20)
    assert period_of(Limit(15, LimitUnit.DAY)) == CalendarDays(15)
    assert period_of(Limit(4, LimitUnit.HOUR)) == WorkingHours(4)
    assert period_of(Limit(0, LimitUnit.SAME_DAY)) == WorkingDays(1)
    assert WorkingDays(20) + WorkingDays(10) == WorkingDays(30)


def test_mypy_refuses_a_mixture(tmp_path) -> None:
    mixture = tmp_path / "mixture.py"
    mixture.write_text(
        "from workflows.clocks.periods import CalendarDays, WorkingDays, WorkingHours\n"
        "good = WorkingDays(20) + WorkingDays(10)\n"
        "one = WorkingDays(20) + CalendarDays(10)\n"
        "two = WorkingHours(4) - WorkingDays(1)\n"
        "three = CalendarDays(15) < WorkingHours(1)\n"
    )
    said, _error, code = api.run([str(mixture), "--no-error-summary", "--no-site-packages"])
    assert code == 1, said
    assert [line.split(":")[1] for line in said.splitlines() if ": error:" in line] == [
        "3",
        "4",
        "5",
    ]
