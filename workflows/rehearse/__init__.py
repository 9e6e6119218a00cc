"""Rehearsal on the engine alone: scenarios of the library, and past cases on a draft.

Publishing a diagram whose scenarios fail is refused (flows: scenarios). `weigh` plays recorded
cases (流程彩排): which paths, loads and days change, and where an answer no longer fits.
"""

from __future__ import annotations

from pathlib import Path

from workflows.rehearse.cases import Done, PastCase, read_cases
from workflows.rehearse.covering import branches
from workflows.rehearse.replaying import Run, replay
from workflows.rehearse.running import Rehearsal, Report, run_scenario, seen
from workflows.rehearse.scenarios import Expectation, Scenario, Step, read_scenario
from workflows.rehearse.weighing import Compared, Load, Weighed, weigh
from workflows.rehearse.writing import write_scenario

__all__ = [
    "Compared",
    "Done",
    "Expectation",
    "Load",
    "PastCase",
    "Rehearsal",
    "Report",
    "Run",
    "Scenario",
    "Step",
    "Weighed",
    "branches",
    "read_cases",
    "read_scenario",
    "read_scenarios",
    "replay",
    "run_scenario",
    "seen",
    "weigh",
    "write_scenario",
]


def read_scenarios(folder: Path) -> tuple[Scenario, ...]:
    """Every scenario of a library folder (`bpmn/`), in order of files. Raises Unreadable."""
    return tuple(
        read_scenario(path.read_bytes(), f"scenarios/{path.name}")
        for path in sorted((folder / "scenarios").glob("*.yaml"))
    )
