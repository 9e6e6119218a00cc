"""为什么是这一天: the calculation of a due date, line by line, in Chinese.

Printed behind every date and on the applicant's paper (requirement complaints 1, 2 and 4).
The last line always states the outcome of `derive` and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from workflows.calendars import (
    CHINA,
    Calendar,
    DayStatus,
    OpeningHours,
    day_text,
    local_day,
)
from workflows.clocks.entries import Entry, History, Suspension
from workflows.clocks.reading import (
    ONE_DAY,
    ClockReading,
    ClockState,
    count_days,
    derive,
    remaining,
    suspended_days,
    used,
)
from workflows.model import Limit, LimitUnit

OVERDUE = "逾期"
"""What the end of most periods means; the end of a public notice is 期满."""
_UNIT_NAMES = {
    LimitUnit.WORKDAY: "个工作日",
    LimitUnit.SAME_DAY: "个工作日",
    LimitUnit.DAY: "日（自然日）",
    LimitUnit.HOUR: "个工作小时",
}


def explain(
    entries: Iterable[Entry], calendar: Calendar, hours: OpeningHours, *, over: str = OVERDUE
) -> tuple[str, ...]:
    """The calculation as sentences; `over` is what its end means. Raises what `derive` raises."""
    reading = derive(entries, calendar, hours)
    history = reading.history
    lines = [_start_line(reading), _first_day_line(reading)]
    lines += _suspension_lines(reading)
    if history.extension:
        extension = history.extension
        lines.append(
            f"{day_text(local_day(extension.at))}经{extension.approver}批准延长"
            f"{limit_text(extension.limit)}，理由：{extension.reason}。"
            f"延长后共{reading.total}{_UNIT_NAMES[reading.unit]}。"
        )
    last = reading.due_on
    if last is None and history.open_stop:
        last = local_day(history.open_stop.at)
    if last is not None:
        lines += _day_lines(reading, last)
        lines += _estimate_lines(calendar, reading.counted_from, last)
    lines += _end_lines(reading)
    lines.append(due_line(reading, over))
    return tuple(lines)


def limit_text(limit: Limit) -> str:
    """`20个工作日`, `7日（自然日）`, `4个工作小时`, `当日办结`."""
    if limit.unit is LimitUnit.SAME_DAY:
        return "当日办结"
    return f"{limit.amount}{_UNIT_NAMES[limit.unit]}"


def due_line(reading: ClockReading, over: str = OVERDUE) -> str:
    """The outcome in one sentence; the last line of every explanation."""
    if reading.due_on is None or reading.due_at is None:
        return "期限暂停计算中，恢复后才能确定到期日。"
    clock = f"{reading.due_at.astimezone(CHINA):%H:%M}"
    if reading.unit is LimitUnit.HOUR:
        return f"到期时间：{day_text(reading.due_on)}{clock}。"
    if over != OVERDUE:
        return f"到期日：{day_text(reading.due_on)}，过当日24时为{over}。"
    return f"到期日：{day_text(reading.due_on)}，窗口办理截至当日{clock}，过当日24时为逾期。"


def _start_line(reading: ClockReading) -> str:
    started = reading.history.started
    text = f"期限：{limit_text(started.limit)}。依据：{started.basis}。"
    at = f"{started.at.astimezone(CHINA):%H:%M}"
    text += f"{day_text(local_day(started.at))}{at}起算"
    if started.counted_from and started.counted_from != local_day(started.at):
        text += f"，按{day_text(started.counted_from)}发生计算"
    return text + "。"


def _first_day_line(reading: ClockReading) -> str:
    base, unit = reading.counted_from, reading.unit
    if unit is LimitUnit.HOUR:
        return "只计办公时间内的小时数。"
    if unit is LimitUnit.SAME_DAY:
        first = reading.calendar.next_working_day(base)
        if first == (reading.history.started.counted_from or _event(reading)):
            return "当日办结：应在当日办公时间结束前办完。"
        return f"当日办公时间已过或当日不上班，应在下一个工作日{day_text(first)}办完。"
    if unit is LimitUnit.DAY:
        return f"当日不计入，从次日{day_text(base + ONE_DAY)}起按自然日计算（民法典第二百零一条）。"
    first = reading.calendar.next_working_day(base)
    return (
        f"当日不计入，从下一个工作日{day_text(first)}起计算"
        "（民法典第二百零一条、行政许可法第八十二条）。"
    )


def _event(reading: ClockReading) -> date:
    return local_day(reading.history.started.at)


def _suspension_lines(reading: ClockReading) -> Iterator[str]:
    position = reading.counted_from
    stops = zip(reading.history.suspensions, suspended_days(reading.history), strict=True)
    for suspension, (first, last) in stops:
        stop = suspension.stopped
        cause = f"{stop.cause}，凭证{stop.evidence}" if stop.evidence else stop.cause
        if last is None:
            until = "至今" if reading.ended_at is None else "直到结束"
            yield f"{day_text(first)}起暂停计算（{cause}），{until}没有恢复。"
            continue
        if reading.unit is LimitUnit.HOUR:
            begin = f"{stop.at.astimezone(CHINA):%H:%M}"
            end = _end_of_stop(suspension)
            yield f"{day_text(first)}{begin}至{day_text(last)}{end}暂停计算（{cause}）。"
            yield from _late_lines(suspension)
            continue
        begin_day = max(position, first - ONE_DAY)
        days = count_days(reading.unit, reading.calendar, begin_day, last)
        position = max(position, last)
        yield (
            f"{day_text(first)}至{day_text(last)}暂停计算（{cause}），首尾两日都不计入，"
            f"共扣除{days}{_UNIT_NAMES[reading.unit]}。"
        )
        yield from _late_lines(suspension)


def _end_of_stop(suspension: Suspension) -> str:
    """The minute of the resume; the end of the day where it was written down later."""
    resumed = suspension.resumed
    if resumed is None:
        return ""
    if resumed.runs_from != resumed.at:
        return "24:00"
    return f"{resumed.at.astimezone(CHINA):%H:%M}"


def _late_lines(suspension: Suspension) -> Iterator[str]:
    """Both days where the end of a stop was written down on a later day."""
    resumed = suspension.resumed
    if resumed is None or resumed.last_day == local_day(resumed.at):
        return
    over = resumed.last_day
    yield (
        f"{suspension.stopped.cause}于{day_text(over)}结束，{day_text(local_day(resumed.at))}记录；"
        f"自{day_text(over + ONE_DAY)}起接着计算。"
    )


def _day_lines(reading: ClockReading, last: date) -> Iterator[str]:
    """Name every day off skipped and every make-up day counted up to `last`."""
    calendar, year = reading.calendar, reading.counted_from.year
    days = list(_days(reading.counted_from + ONE_DAY, last))
    if reading.unit is LimitUnit.DAY:
        yield from _moved_lines(reading, last)
        return
    for name, group in _off_groups(calendar, days):
        yield f"{name}不计入：{_ranges(group, year)}。"
    make_up = [day for day in days if calendar.is_make_up(day)]
    if make_up:
        suspended = [day for day in make_up if _is_suspended(reading.history, day)]
        counted = [day for day in make_up if day not in suspended]
        if counted:
            yield f"调休上班，计入：{_ranges(counted, year)}。"
        if suspended:
            yield f"调休上班，但在暂停期间，不计入：{_ranges(suspended, year)}。"


def _moved_lines(reading: ClockReading, due: date) -> Iterator[str]:
    """Say how the last calendar day was moved off days off."""
    if reading.due_on is None:
        return
    off = []
    day = due - ONE_DAY
    while day > reading.counted_from and (
        not reading.calendar.is_working_day(day) or _is_suspended(reading.history, day)
    ):
        off.append(day)
        day -= ONE_DAY
    full = [d for d in off if _reaches_total(reading, d)]
    if full:
        name = reading.calendar.why_off(min(full)) or "暂停期间"
        yield (
            f"期限的最后一日{day_text(min(full))}是{name}，"
            f"顺延至其后第一个工作日{day_text(due)}（民法典第二百零三条）。"
        )


def _reaches_total(reading: ClockReading, day: date) -> bool:
    counted = (day - reading.counted_from).days
    position = reading.counted_from
    for first, last in suspended_days(reading.history):
        close = min(day, last) if last else day
        begin = max(position, first - ONE_DAY)
        counted -= max((close - begin).days, 0)
        position = max(position, close)
    return counted >= reading.total


def _estimate_lines(calendar: Calendar, start: date, last: date) -> Iterator[str]:
    years = {
        day.year
        for day in _days(start + ONE_DAY, last)
        if calendar.status_of(day) is DayStatus.ESTIMATED
    }
    for year in sorted(years):
        yield f"{year}年的放假安排尚未正式公布，暂按预计安排计算，公布后到期日可能变动。"


def _end_lines(reading: ClockReading) -> Iterator[str]:
    if reading.state is ClockState.STOPPED and reading.due_on is None:
        stop = reading.history.open_stop
        assert stop is not None  # noqa: S101 - a stopped clock without a due day has one
        left = remaining(reading, stop.at)
        if reading.unit is LimitUnit.HOUR:
            yield f"暂停时已用{used(reading, stop.at)}分钟，剩余{left}分钟。"
        else:
            name = _UNIT_NAMES[reading.unit]
            yield f"暂停时已用{used(reading, stop.at)}{name}，剩余{left}{name}。"
    if reading.ended_at is not None:
        yield f"期限已于{day_text(local_day(reading.ended_at))}结束，不再计算。"


def _is_suspended(history: History, day: date) -> bool:
    return any(
        first <= day and (last is None or day <= last)
        for first, last in suspended_days(history)
    )


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _off_groups(calendar: Calendar, days: list[date]) -> Iterator[tuple[str, list[date]]]:
    """Days off by name: each holiday on its own, all weekends together, in order of time."""
    groups: dict[str, list[date]] = {}
    for day in days:
        name = calendar.why_off(day)
        if name is not None:
            groups.setdefault(name, []).append(day)
    yield from groups.items()


def _ranges(days: list[date], year: int) -> str:
    """`3月7日至8日、3月14日`; consecutive days together, the year where it is not `year`."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and runs[-1][1] + ONE_DAY == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    texts = []
    for first, last in runs:
        text = f"{first.month}月{first.day}日"
        if first.year != year:
            text, year = f"{first.year}年{text}", first.year
        if last != first:
            text += f"至{last.day}日" if last.month == first.month else _month_day(last)
        texts.append(text)
    return "、".join(texts)


def _month_day(day: date) -> str:
    return f"至{day.month}月{day.day}日"
