"""Properties of the legal clock, against an independent count day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.workflows.county import CALENDAR, HOURS
from workflows.calendars import CHINA, Calendar, DayKind, SpecialDay
from workflows.clocks import (
    Ended,
    Entry,
    Extended,
    Passed,
    Resumed,
    Started,
    Stopped,
    as_dict,
    attribution,
    derive,
    due_line,
    explain,
    from_dict,
    remaining,
    used,
)
from workflows.model import Limit, LimitUnit

ONE_DAY = timedelta(days=1)
LIMITS = st.one_of(
    st.builds(Limit, st.integers(1, 60), st.just(LimitUnit.WORKDAY)),
    st.builds(Limit, st.integers(1, 60), st.just(LimitUnit.DAY)),
    st.just(Limit(0, LimitUnit.SAME_DAY)),
)


def moment_of(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def stopped(at: datetime) -> Stopped:
    return Stopped(at, "检验", "D14")


def resumed(draw: st.DrawFn, entries: list[Entry], at: datetime) -> Resumed:
    """Written down on the day on which the procedure was over, or later."""
    stop = next(one for one in reversed(entries) if isinstance(one, Stopped))
    today = at.astimezone(CHINA).date()
    first = stop.at.astimezone(CHINA).date()
    over_on = draw(st.none() | st.dates(first, today))
    return Resumed(at, over_on=over_on)


@st.composite
def histories(draw: st.DrawFn, limits: st.SearchStrategy[Limit] = LIMITS) -> tuple[Entry, ...]:
    """A lawful sequence of entries of day limits."""
    at = moment_of(
        draw(st.dates(date(2025, 1, 10), date(2026, 12, 1))), draw(st.integers(0, 23))
    )
    limit = draw(limits)
    entries: list[Entry] = [Started(at, limit, "依据", holder="a")]
    paused, longer = False, False
    for _ in range(draw(st.integers(0, 8))):
        at += timedelta(hours=draw(st.integers(0, 200)))
        moves = ["toggle", "pass"] + ([] if longer else ["extend"])
        match draw(st.sampled_from(moves)):
            case "toggle":
                entries.append(resumed(draw, entries, at) if paused else stopped(at))
                paused = not paused
            case "pass":
                entries.append(Passed(at, draw(st.sampled_from("abc"))))
            case "extend":
                unit = LimitUnit.WORKDAY if limit.unit is LimitUnit.SAME_DAY else limit.unit
                amount = draw(st.integers(1, 15))
                entries.append(Extended(at, Limit(amount, unit), "局长", "复杂"))
                longer = True
    if draw(st.booleans()):
        entries.append(Ended(at + timedelta(hours=draw(st.integers(0, 500)))))
    return tuple(entries)


def naive_due(entries: tuple[Entry, ...], calendar: Calendar) -> date | None:
    """Domain 1.5: walk day by day, skipping days off (working days) and suspended ones."""
    start = entries[0]
    assert isinstance(start, Started)
    spans: list[list[date]] = []
    left = start.limit.amount or 1
    for entry in entries:
        day = entry.at.astimezone(CHINA).date()
        if isinstance(entry, Stopped):
            spans.append([day, date.max])
        elif isinstance(entry, Resumed):
            spans[-1][1] = entry.over_on or day
        elif isinstance(entry, Extended):
            left += entry.limit.amount
    day = start.at.astimezone(CHINA).date()
    same_day = start.limit.unit is LimitUnit.SAME_DAY and calendar.is_working_day(day)
    if same_day and start.at < HOURS.closes_at(calendar, day):
        day -= ONE_DAY
    while left:
        day += ONE_DAY
        held = [span for span in spans if span[0] <= day <= span[1]]
        if any(span[1] == date.max for span in held):
            return None
        counts = start.limit.unit is LimitUnit.DAY or calendar.is_working_day(day)
        left -= bool(counts and not held)
    while not calendar.is_working_day(day) or any(a <= day <= b for a, b in spans):
        if any(a <= day and b == date.max for a, b in spans):
            return None
        day += ONE_DAY
    return day


@given(histories())
def test_derived_is_the_naive_count(entries: tuple[Entry, ...]) -> None:
    reading = derive(entries, CALENDAR, HOURS)
    assert reading.due_on == naive_due(entries, CALENDAR)
    if reading.due_on is not None:
        assert CALENDAR.is_working_day(reading.due_on)


@given(histories())
def test_explanation_ends_with_what_is_derived(entries: tuple[Entry, ...]) -> None:
    assert explain(entries, CALENDAR, HOURS)[-1] == due_line(derive(entries, CALENDAR, HOURS))


@given(histories(), st.sets(st.integers(0, 300), max_size=20))
def test_more_days_off_never_make_it_earlier(
    entries: tuple[Entry, ...], offsets: set[int]
) -> None:
    first = entries[0].at.astimezone(CHINA).date()
    special = dict(CALENDAR.special)
    for offset in offsets:
        day = first + offset * ONE_DAY
        special[day] = SpecialDay(day, DayKind.OFF, "本地休假")
    fewer = replace(CALENDAR, special=special)
    before = derive(entries, CALENDAR, HOURS).due_on
    after = derive(entries, fewer, HOURS).due_on
    assert after is None or before is None or after >= before
    assert (before is None) <= (after is None)


@given(
    st.dates(date(2025, 1, 10), date(2026, 12, 1)),
    st.integers(1, 60),
    st.integers(0, 90),
    st.integers(0, 60),
)
def test_suspending_k_working_days_moves_it_by_k(
    day: date, days: int, offset: int, length: int
) -> None:
    start = Started(moment_of(day), Limit(days, LimitUnit.WORKDAY), "依据")
    due = derive((start,), CALENDAR, HOURS).due_on
    stop, resume = day + offset * ONE_DAY, day + (offset + length) * ONE_DAY
    assert due is not None
    assume(stop <= due)
    entries = (start, Stopped(moment_of(stop), "鉴定", "D14"), Resumed(moment_of(resume)))
    moved = derive(entries, CALENDAR, HOURS).due_on
    assert moved is not None
    eve = max(stop - ONE_DAY, day)
    k = max(CALENDAR.working_days_between(eve, resume), 0)
    assert CALENDAR.working_days_between(due, moved) == k


@given(
    st.dates(date(2025, 1, 10), date(2026, 10, 1)),
    st.sampled_from(
        (Limit(0, LimitUnit.SAME_DAY), Limit(9, LimitUnit.WORKDAY), Limit(9, LimitUnit.DAY))
    ),
    st.integers(0, 20),
    st.integers(0, 30),
    st.integers(0, 60),
)
def test_a_late_record_of_a_procedure_changes_no_figure(
    day: date, limit: Limit, before: int, length: int, delay: int
) -> None:
    """TYPE-08, Art. 45: due date and days used are those of the record of the last day."""
    start = Started(moment_of(day), limit, "依据", holder="a")
    stop = Stopped(moment_of(day + before * ONE_DAY, 11), "听证", "D14")
    over = day + (before + length) * ONE_DAY
    on_time = (start, stop, Resumed(moment_of(over, 12)))
    written = moment_of(over + delay * ONE_DAY, 12)
    late = (start, stop, Resumed(written, over_on=over))
    first, second = derive(on_time, CALENDAR, HOURS), derive(late, CALENDAR, HOURS)
    assert first == second
    for later in (0, 1, 40):
        at = written + later * ONE_DAY
        assert used(first, at) == used(second, at)
        assert remaining(first, at) == remaining(second, at)
        assert attribution(first, at) == attribution(second, at)
    said = [line for line in explain(late, CALENDAR, HOURS) if "起接着计算" in line]
    assert len(said) == (delay > 0)


@given(
    st.dates(date(2025, 1, 10), date(2026, 12, 1)),
    st.sampled_from((LimitUnit.WORKDAY, LimitUnit.DAY)),
    st.integers(5, 40),
    st.integers(1, 15),
    st.integers(0, 30),
)
def test_extend_then_suspend_is_suspend_then_extend(
    day: date, unit: LimitUnit, days: int, more: int, length: int
) -> None:
    start = Started(moment_of(day), Limit(days, unit), "依据")
    stop = Stopped(moment_of(day + 2 * ONE_DAY), "听证", "D14")
    resume = Resumed(moment_of(day + (2 + length) * ONE_DAY))
    extension = Extended(stop.at, Limit(more, unit), "局长", "复杂")
    late = replace(extension, at=resume.at)
    first = derive((start, extension, stop, resume), CALENDAR, HOURS)
    second = derive((start, stop, resume, late), CALENDAR, HOURS)
    during = derive((start, stop, extension, resume), CALENDAR, HOURS)
    assert first == second == during


@given(histories())
def test_entries_survive_storage(entries: tuple[Entry, ...]) -> None:
    assert tuple(from_dict(as_dict(entry)) for entry in entries) == entries


@given(histories(), st.integers(0, 400))
def test_accounts_add_up_and_what_is_left_is_the_rest(
    entries: tuple[Entry, ...], hours: int
) -> None:
    reading = derive(entries, CALENDAR, HOURS)
    at = entries[-1].at + timedelta(hours=hours)
    spent = used(reading, at)
    assert sum(attribution(reading, at).values()) == spent
    open_ended = reading.due_on is None or spent < reading.total
    if reading.unit is LimitUnit.WORKDAY and open_ended:
        assert spent + remaining(reading, at) == reading.total


@given(
    st.datetimes(datetime(2025, 2, 1), datetime(2026, 12, 1)),
    st.integers(1, 30),
    st.lists(st.integers(0, 3000), max_size=6),
)
def test_hours_are_used_up_exactly_at_the_due_moment(
    begin: datetime, hours: int, gaps: list[int]
) -> None:
    at = begin.replace(tzinfo=CHINA)
    entries: list[Entry] = [Started(at, Limit(hours, LimitUnit.HOUR), "依据")]
    for index, gap in enumerate(gaps):
        at += timedelta(minutes=gap)
        entries.append(Resumed(at) if index % 2 else Stopped(at, "检测", "D14"))
    reading = derive(entries, CALENDAR, HOURS)
    if reading.due_at is not None and reading.due_at >= at:
        assert used(reading, reading.due_at) == hours * 60
