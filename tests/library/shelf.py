"""The shipped library, read once for all tests of this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workflows.rehearse import Rehearsal, Report, Scenario, read_scenarios
from workflows.sources.bundle import Library, read_library

FOLDER = Path(__file__).parents[2] / "bpmn"


@cache
def library() -> Library:
    """Everything in bpmn/."""
    return read_library(FOLDER)


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Every shipped scenario."""
    return read_scenarios(FOLDER)


@cache
def rehearsal() -> Rehearsal:
    """One rehearsal, so that every process is prepared once."""
    return Rehearsal(library())


@cache
def report(number: int) -> Report:
    """What the scenario of that number showed."""
    return rehearsal().run(scenarios()[number])


def reports() -> list[Report]:
    """What all of them showed."""
    return [report(number) for number in range(len(scenarios()))]
