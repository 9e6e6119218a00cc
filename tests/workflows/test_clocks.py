"""The legal clock: rules and vectors of domain 1.4 and 1.5 (requirement complaints 1-7)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.workflows.county import CALENDAR, HOURS, at
from workflows.clocks import (
    Band,
    ClockKind,
    ClockReading,
    ClockRefused,
    ClockState,
    Ended,
    Extended,
    Passed,
    Resumed,
    Started,
    Stopped,
    add_entry,
    as_dict,
    attribution,
    band,
    derive,
    event_day,
    explain,
    from_dict,
    from_dicts,
    overdue,
    remaining,
    timer_moment,
    used,
)
from workflows.model import Limit, LimitUnit


def workdays(n: int) -> Limit:
    return Limit(n, LimitUnit.WORKDAY)


def started(text: str, limit: Limit | int = 20, **more) -> Started:
    limit = workdays(limit) if isinstance(limit, int) else limit
    return Started(at(text), limit, "行政许可法第四十二条", **more)


def stopped(text: str) -> Stopped:
    return Stopped(at(text), "专家评审", "正评通〔2026〕1号")


def extended(text: str, limit: Limit | int = 10) -> Extended:
    limit = workdays(limit) if isinstance(limit, int) else limit
    return Extended(at(text), limit, "县行政审批局负责人", "情况复杂")


def read(*entries) -> ClockReading:
    return derive(entries, CALENDAR, HOURS)


def due(*entries) -> date | None:
    return read(*entries).due_on


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-09-18", 5, "2026-09-24"),  # make-up Sunday 09-20 counts
        ("2026-09-19", 5, "2026-09-24"),  # filed online on a day off
        ("2026-09-24", 5, "2026-10-09"),  # Mid-Autumn and National Day
        ("2026-09-30", 20, "2026-11-03"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-14", 20, "2026-03-20"),
        ("2026-04-30", 10, "2026-05-18"),
        ("2026-01-01", 5, "2026-01-08"),
        ("2026-03-02", 20, "2026-03-30"),
        ("2026-03-02", 30, "2026-04-14"),
        ("2026-03-02", 45, "2026-05-08"),
        ("2026-03-02", 60, "2026-05-28"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-09-26", 20, "2025-10-30"),
    ],
)
def test_vectors(start: str, limit: int, expected: str) -> None:
    """Domain 1.5, table of test vectors."""
    assert due(started(start, limit)) == date.fromisoformat(expected)


def test_vector_suspended_by_expert_review() -> None:
    """Art. 45: both end days are excluded; the days count again from the day after."""
    entries = (started("2026-03-02"), stopped("2026-03-10"), Resumed(at("2026-03-20")))
    assert due(*entries) == date(2026, 4, 13)


def test_art_42_twenty_days_and_ten_more_once() -> None:
    entries = (started("2026-03-02"), extended("2026-03-20"))
    assert due(*entries) == date(2026, 4, 14)
    with pytest.raises(ClockRefused, match="第四十二条"):
        read(*entries, extended("2026-03-21"))


def test_art_42_second_paragraph_joint_handling_45_and_15() -> None:
    assert due(started("2026-03-02", 45)) == date(2026, 5, 8)
    assert due(started("2026-03-02", 45), extended("2026-04-20", 15)) == date(2026, 5, 28)


def test_art_43_preliminary_review_of_the_lower_organ() -> None:
    reading = read(Started(at("2026-03-02"), workdays(20), "行政许可法第四十三条"))
    assert reading.due_on == date(2026, 3, 30)


def test_art_44_delivery_within_ten_working_days_of_the_decision() -> None:
    reading = read(Started(at("2026-04-30"), workdays(10), "行政许可法第四十四条"))
    assert reading.due_on == date(2026, 5, 18)


def test_art_45_stops_only_while_stopped() -> None:
    reading = read(started("2026-03-02"), stopped("2026-03-10"))
    assert reading.state is ClockState.STOPPED
    assert (reading.due_on, reading.due_at, reading.lapses_at) == (None, None, None)
    assert (used(reading, at("2026-03-25")), remaining(reading, at("2026-03-25"))) == (5, 15)
    assert band(reading, at("2026-03-25")) is Band.PAUSED
    assert timer_moment(reading) is None
    assert timer_moment(reading, 1) is None
    assert not overdue(reading, at("2027-01-04"))


def test_a_stop_after_the_period_ran_out_heals_nothing() -> None:
    reading = read(started("2026-03-02", 5), stopped("2026-03-11"))
    assert reading.due_on == date(2026, 3, 9)
    assert overdue(reading, at("2026-03-12"))
    assert band(reading, at("2026-03-12")) is Band.OVERDUE


def test_art_32_deemed_acceptance_counts_from_receipt() -> None:
    reading = read(started("2026-03-10", counted_from=date(2026, 3, 2)))
    assert reading.due_on == date(2026, 3, 30)


def test_receipt_after_hours_is_received_that_day() -> None:
    """Domain 1.5, rule 2, and the option of offices that count from the next working day."""
    assert due(started("2026-03-06 19:00", 5)) == date(2026, 3, 13)
    late = at("2026-03-06 19:00")
    assert event_day(late, CALENDAR, HOURS) == date(2026, 3, 6)
    assert event_day(late, CALENDAR, HOURS, after_hours_next_day=True) == date(2026, 3, 9)
    in_time = at("2026-03-06 17:29")
    assert event_day(in_time, CALENDAR, HOURS, after_hours_next_day=True) == date(2026, 3, 6)
    sunday = at("2026-03-08")
    assert event_day(sunday, CALENDAR, HOURS, after_hours_next_day=True) == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-09-24", 7, "2026-10-08"),  # 7th day is National Day: moved (民法典 203)
        ("2026-03-02", 5, "2026-03-09"),  # a Saturday: moved to Monday
        ("2026-03-02", 7, "2026-03-09"),
        ("2026-09-13", 7, "2026-09-20"),  # the make-up Sunday is a working day
    ],
)
def test_calendar_days_move_to_the_next_working_day(
    start: str, days: int, expected: str
) -> None:
    assert due(started(start, Limit(days, LimitUnit.DAY))) == date.fromisoformat(expected)


def test_calendar_days_are_suspended_by_calendar_days() -> None:
    week = Limit(7, LimitUnit.DAY)
    assert due(
        started("2026-03-02", week), stopped("2026-03-04"), Resumed(at("2026-03-05"))
    ) == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02 17:30", "2026-03-03"),  # closed: next working day
        ("2026-03-07", "2026-03-09"),
        ("2026-09-20", "2026-09-20"),
    ],
)
def test_same_day(start: str, expected: str) -> None:
    reading = read(started(start, Limit(0, LimitUnit.SAME_DAY)))
    assert reading.due_on == date.fromisoformat(expected)
    assert reading.due_at == at(f"{expected} 17:30")


def test_two_moments_per_due_date() -> None:
    """Flows: `due_at` for display, `lapses_at` for legal effect (民法典第二百零三条)."""
    reading = read(started("2026-03-02"))
    assert reading.due_at == at("2026-03-30 17:30")
    assert reading.lapses_at == at("2026-03-31 00:00")
    assert not overdue(reading, at("2026-03-30 23:59"))
    assert overdue(reading, at("2026-03-31 00:00"))
    assert timer_moment(reading) == at("2026-03-31 00:00")
    assert timer_moment(reading, 1) == at("2026-03-27 09:00")


def test_remaining_and_bands() -> None:
    reading = read(started("2026-03-02"))  # due Monday 2026-03-30
    table = [
        ("2026-03-02", 20, Band.LATER),
        ("2026-03-20", 6, Band.LATER),
        ("2026-03-23", 5, Band.WEEK),
        ("2026-03-27", 1, Band.TOMORROW),
        ("2026-03-28", 1, Band.TOMORROW),
        ("2026-03-30", 0, Band.TODAY),
        ("2026-03-30 20:00", 0, Band.TODAY),
        ("2026-03-31", -1, Band.OVERDUE),
        ("2026-04-01", -2, Band.OVERDUE),
    ]
    for text, left, name in table:
        assert (remaining(reading, at(text)), band(reading, at(text))) == (left, name), text
    friday = read(started("2026-03-02", 4))
    assert remaining(friday, at("2026-03-07")) == -1  # Saturday: lapsed, though no day passed


def test_hours_count_opening_time_and_stop_by_the_minute() -> None:
    hours = Limit(4, LimitUnit.HOUR)
    reading = read(started("2026-03-02 11:00", hours))
    assert reading.due_at == reading.lapses_at == at("2026-03-02 16:30")
    assert remaining(reading, at("2026-03-02 13:30")) == 180
    assert remaining(reading, at("2026-03-02 17:00")) == -30
    entries = (
        started("2026-03-02 11:00", hours),
        stopped("2026-03-02 14:00"),
        Resumed(at("2026-03-03 09:30")),
    )
    assert read(*entries).due_at == at("2026-03-03 12:00")
    paused = read(*entries[:2])
    assert paused.due_at is None
    assert (used(paused, at("2026-03-05")), remaining(paused, at("2026-03-05"))) == (90, 150)


def test_an_ended_clock_keeps_what_was_left() -> None:
    reading = read(started("2026-03-02"), Ended(at("2026-03-26")))
    assert reading.state is ClockState.ENDED
    assert remaining(reading, at("2026-12-01")) == 2
    assert used(reading, at("2026-12-01")) == 18
    assert not overdue(reading, at("2026-12-01"))
    assert band(reading, at("2026-12-01")) is Band.ENDED
    assert timer_moment(reading) is None
    late = read(started("2026-03-02"), Ended(at("2026-04-01")))
    assert overdue(late, at("2026-12-01"))
    assert remaining(late, at("2026-12-01")) == -2


def test_time_is_on_the_account_of_who_holds_the_baton() -> None:
    entries = (
        started("2026-03-02", holder="township"),
        Passed(at("2026-03-05"), "county"),  # Thursday: still the township's day
        stopped("2026-03-10"),
        Resumed(at("2026-03-11"), "township"),
    )
    reading = read(*entries)
    assert attribution(reading, at("2026-03-12")) == {"township": 4, "county": 2}
    assert used(reading, at("2026-03-12")) == 6


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ((), "没有起算"),
        ((Ended(at("2026-03-02")),), "没有起算"),
        ((started("2026-03-02"), started("2026-03-03")), "重复起算"),
        ((started("2026-03-02"), Resumed(at("2026-03-03"))), "没有暂停"),
        (
            (
                started("2026-03-02"),
                stopped("2026-03-05"),
                Resumed(at("2026-03-09"), over_on=date(2026, 3, 4)),
            ),
            "早于期限暂停",
        ),
        (
            (
                started("2026-03-02"),
                stopped("2026-03-05"),
                Resumed(at("2026-03-09"), over_on=date(2026, 3, 10)),
            ),
            "晚于记录",
        ),
        ((started("2026-03-02"), stopped("2026-03-03"), stopped("2026-03-04")), "重复暂停"),
        ((started("2026-03-02"), Ended(at("2026-03-03")), stopped("2026-03-04")), "已经结束"),
        ((started("2026-03-02"), stopped("2026-03-01")), "早于上一条"),
        ((started("2026-03-02"), extended("2026-03-03", Limit(10, LimitUnit.DAY))), "混用"),
        ((started("2026-03-02", 0),), "大于零"),
        ((started("2026-03-02", -1),), "大于零"),
        ((started("2026-03-02", Limit(1, LimitUnit.SAME_DAY)),), "大于零"),
    ],
)
def test_impossible_sequences_are_refused_in_words(entries, words: str) -> None:
    with pytest.raises(ClockRefused, match=words):
        read(*entries)


def test_an_extension_comes_before_the_period_has_lapsed() -> None:
    entries = (started("2026-03-02"),)
    with pytest.raises(ClockRefused, match="届满"):
        add_entry(entries, extended("2026-03-31"), CALENDAR, HOURS)
    longer = add_entry(entries, extended("2026-03-30"), CALENDAR, HOURS)
    assert due(*longer) == date(2026, 4, 14)
    with pytest.raises(ClockRefused, match="没有暂停"):
        add_entry(longer, Resumed(at("2026-03-31")), CALENDAR, HOURS)


def test_explanation_names_every_day_skipped() -> None:
    lines = explain(
        (
            started("2026-04-20"),
            stopped("2026-04-23"),
            Resumed(at("2026-04-24")),
            extended("2026-05-11", 5),
        ),
        CALENDAR,
        HOURS,
    )
    text = "\n".join(lines)
    for words in (
        "期限：20个工作日。依据：行政许可法第四十二条。2026年4月20日（星期一）10:00起算",
        "从下一个工作日2026年4月21日（星期二）起计算",
        "2026年4月23日（星期四）至2026年4月24日（星期五）暂停计算（专家评审，凭证正评通〔2026〕1号）",
        "共扣除2个工作日",
        "经县行政审批局负责人批准延长5个工作日，理由：情况复杂。延长后共25个工作日",
        "劳动节不计入：5月1日至5日",
        "调休上班，计入：5月9日",
        "休息日不计入：4月25日至26日、5月10日",
    ):
        assert words in text, words
    assert lines[-1].startswith("到期日：2026年5月29日（星期五），窗口办理截至当日17:30")


def test_explanation_warns_of_estimates_and_of_moved_days() -> None:
    lines = explain((started("2026-12-18"),), CALENDAR, HOURS)
    assert any("2027年的放假安排尚未正式公布" in line for line in lines)
    assert any("元旦不计入：2027年1月1日。" in line for line in lines)
    moved = explain((started("2026-09-24", Limit(7, LimitUnit.DAY)),), CALENDAR, HOURS)
    assert any(
        "最后一日2026年10月1日（星期四）是国庆节，顺延至其后第一个工作日2026年10月8日" in line
        for line in moved
    )


def test_explanation_of_a_paused_clock_gives_no_date() -> None:
    lines = explain((started("2026-03-02"), stopped("2026-03-10")), CALENDAR, HOURS)
    assert "暂停时已用5个工作日，剩余15个工作日。" in lines
    assert lines[-1] == "期限暂停计算中，恢复后才能确定到期日。"


def test_a_stop_that_the_end_overtook_does_not_last_until_today() -> None:
    entries = (started("2026-03-02"), stopped("2026-03-10"), Ended(at("2026-03-12")))
    text = "\n".join(explain(entries, CALENDAR, HOURS))
    assert "直到结束没有恢复" in text
    assert "至今" not in text


def test_every_kind_has_a_chinese_name() -> None:
    assert len({kind.label for kind in ClockKind}) == len(ClockKind)


def test_entries_survive_storage() -> None:
    entries = (
        started("2026-03-02", counted_from=date(2026, 2, 27), holder="township"),
        Passed(at("2026-03-03"), "county"),
        stopped("2026-03-04"),
        Resumed(at("2026-03-05"), "township"),
        extended("2026-03-06"),
        Ended(at("2026-03-07")),
    )
    stored = json.loads(json.dumps([as_dict(entry) for entry in entries]))
    assert from_dicts(stored) == entries
    for wrong in ({}, {"type": "started"}, {"type": "ended", "at": "soon"}, {"type": "x"}):
        with pytest.raises(ClockRefused, match="读不懂"):
            from_dict(wrong)


def test_an_hour_limit_runs_on_from_the_end_of_the_day_on_which_it_was_over():
    """TYPE-08: 3 March 10:00 + 4 hours; stopped at 10:30, over that day, written down on the 5th."""
    entries = (
        Started(at("2026-03-03 10:00"), Limit(4, LimitUnit.HOUR), "依据"),
        Stopped(at("2026-03-03 10:30"), "检验", "D14"),
        Resumed(at("2026-03-05 15:00"), over_on=date(2026, 3, 3)),
    )
    next_day = (*entries[:2], Resumed(at("2026-03-04 00:00")))
    reading = derive(entries, CALENDAR, HOURS)
    assert reading == derive(next_day, CALENDAR, HOURS)
    assert reading.due_on == date(2026, 3, 4)
    lines = explain(entries, CALENDAR, HOURS)
    assert any("10:30至2026年3月3日（星期二）24:00暂停" in line for line in lines)


def test_the_explanation_names_the_end_and_the_record_of_a_procedure():
    """Complaints 1, 2: 为什么是这一天 says both days of a record written late."""
    entries = (
        started("2026-03-02"),
        Stopped(at("2026-03-05"), "听证", "001"),
        Resumed(at("2026-03-12"), over_on=date(2026, 3, 10)),
    )
    lines = explain(entries, CALENDAR, HOURS)
    said = (
        "听证于2026年3月10日（星期二）结束，2026年3月12日（星期四）记录；"
        "自2026年3月11日（星期三）起接着计算。"
    )
    assert said in lines
    assert any("至2026年3月10日（星期二）暂停计算" in line for line in lines)
