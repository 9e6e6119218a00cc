"""Scenarios dated: the clocks that diagrams order, counted across National Day 2026 (domain 1.5).

The effects come from the engine, the limits from the item, the days from the shipped calendar.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.library.shelf import report, scenarios
from tests.library.test_scenarios import ITEMS
from tests.workflows.county import CALENDAR, HOURS, at
from workflows.clocks import (
    ClockRefused,
    Ended,
    Extended,
    Resumed,
    Started,
    Stopped,
    add_entry,
    derive,
)
from workflows.model import Limit, LimitUnit

UNITS = {
    "working": LimitUnit.WORKDAY, "calendar": LimitUnit.DAY,
    "workday": LimitUnit.WORKDAY, "day": LimitUnit.DAY,
}  # fmt: skip


def dated(name: str, *days: str):
    """Every run of each clock, when start and steps of a scenario happen on these days."""
    number = next(n for n, s in enumerate(scenarios()) if s.file == f"scenarios/{name}.yaml")
    item = ITEMS[scenarios()[number].facts["item_code"]]
    runs: dict[str, list[tuple]] = {}
    for day, effects in zip(days, report(number).orders, strict=False):
        for effect in effects:
            clock = str(effect.params.get("clock", ""))
            if effect.do == "start-clock" and (limit := _limit(item, clock, effect.params)):
                runs.setdefault(clock, []).append((Started(at(day), limit, "事项"),))
            elif clock in runs and (entry := _entry(effect, at(day))):
                try:
                    runs[clock][-1] = add_entry(runs[clock][-1], entry, CALENDAR, HOURS)
                except ClockRefused:
                    assert effect.do in {"end-clock", "resume-clock"}  # what does not run
    return {
        clock: [derive(run, CALENDAR, HOURS) for run in found] for clock, found in runs.items()
    }


def _limit(item, clock: str, params) -> Limit | None:
    if "days" in params:
        return Limit(int(params["days"]), UNITS[params["unit"]]) if params["days"] else None
    row = next((one for one in item["limits"] if one["clock"] == clock), None)
    return Limit(row["days"], UNITS[row["unit"]]) if row and row["days"] else None


def _entry(effect, moment):
    match effect.do:
        case "stop-clock":
            return Stopped(moment, str(effect.params["cause"]), "D14")
        case "resume-clock":
            return Resumed(moment)
        case "end-clock":
            return Ended(moment)
        case "extend-clock":
            days = int(effect.params["days"])
            return Extended(moment, Limit(days, LimitUnit.WORKDAY), "张县长", "理由")
    return None


def test_proc_04_limits_and_departments_across_the_holiday() -> None:
    """Convened on Thursday before Mid-Autumn: five working days end on 9 October."""
    clocks = dated("joint-granted", "2026-09-17", "2026-09-18", "2026-09-24")
    assert [one.due_on for one in clocks["department"]] == [date(2026, 10, 9)] * 3
    assert [one.due_on for one in clocks["promised"]] == [date(2026, 10, 22)]


def test_type_08_publicity_ends_after_the_holiday_and_stops_the_promise_alone() -> None:
    """Seven calendar days from 24 September would end on National Day (民法典 Art. 203)."""
    begun = ["2026-09-14", "2026-09-14", "2026-09-15", "2026-09-16", "2026-09-17"]
    whole = (*begun, "2026-09-24", "2026-10-09", "2026-10-09")
    clocks = dated("special-publicity-stops-promised", *whole)
    assert clocks["publicity"][0].due_on == date(2026, 10, 8)
    assert clocks["promised"][0].due_on == date(2026, 10, 26)
    assert clocks["statutory"][0].due_on == date(2026, 10, 30)


def test_an_extension_counts_on_from_the_old_due_day() -> None:
    """行政许可法 Art. 42: 20 + 5 working days from 2 March."""
    days = ("2026-03-02", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06")
    clocks = dated("promised-extended", *days)
    assert clocks["statutory"][0].due_on == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("day", "due"), [("2026-09-18", "2026-09-24"), ("2026-09-24", "2026-10-09")]
)
def test_the_check_clock_of_five_days(day: str, due: str) -> None:
    clocks = dated("intake-switch-off", day)
    assert clocks["check"][0].due_on == date.fromisoformat(due)
