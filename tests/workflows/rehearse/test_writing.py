"""Scenarios written down: what is read back is the same story, and it can be played."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from workflows.errors import Unreadable
from workflows.rehearse import (
    Expectation,
    Step,
    read_scenario,
    read_scenarios,
    run_scenario,
    write_scenario,
)
from workflows.sources.bundle import read_library

LIBRARY = Path(__file__).resolve().parents[3] / "bpmn"
SHIPPED = read_scenarios(LIBRARY)


@pytest.fixture(scope="module")
def library():
    return read_library(LIBRARY)


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda one: one.file)
def test_what_is_shipped_reads_back_the_same(scenario):
    assert read_scenario(write_scenario(scenario), scenario.file) == scenario


def test_everything_a_step_can_say_reads_back():
    step = Step(
        "return", "Task_Approve", who="township.leader", by="张敏", unit="county_tax",
        values={"day": "2026-03-02", "n": 3, "yes": True, "names": ["甲", "乙"]}, before=2,
        refused=True, to="Task_Check", at="Event_X", day=date(2026, 3, 9), instance=1,
        then=Expectation({"open": (), "documents": ("D05",)}, {"status": "CLOSED"}),
    )  # fmt: skip
    scenario = replace(SHIPPED[0], name="带“引号”：和冒号", steps=(step,), result=None)
    assert read_scenario(write_scenario(scenario), scenario.file) == scenario


@pytest.mark.parametrize(
    "wrong", ["day: 三月二日", "instance: -1", "instance: true", "instance: 一"]
)
def test_a_day_or_number_that_is_none_is_refused_in_words(wrong):
    text = f"name: 甲\nprocess: promised\nsteps:\n- do: Task_Examine\n  {wrong}\n"
    with pytest.raises(Unreadable, match="第 1 步"):
        read_scenario(text.encode(), "scenarios/x.yaml")


def approved(*more):
    """The shipped grant, up to the approval, then `more`."""
    granted = next(one for one in SHIPPED if one.file == "scenarios/promised-granted.yaml")
    steps = []
    for step in granted.steps:
        if step.what == "Task_Approve":
            break
        steps.append(replace(step, then=Expectation()))
    return replace(granted, steps=(*steps, *more), result=None)


def test_a_step_sent_back_is_part_of_a_story(library):
    back = Step(
        "return", "Task_Approve", who="township.leader", to="Task_Check",
        then=Expectation({"open": ("township.head_window",)}),
    )  # fmt: skip
    assert run_scenario(approved(back), library).failures == ()


def test_a_step_cannot_be_sent_where_the_drawing_does_not_lead(library):
    back = Step("return", "Task_Approve", who="township.leader", to="Task_Nowhere")
    (failure,) = run_scenario(approved(back), library).failures
    assert "退不到“Task_Nowhere”" in failure
