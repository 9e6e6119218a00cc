"""Rehearsal: executable scenarios of the process library, played on the engine alone.

Publishing a diagram whose scenarios fail is refused (flows: scenarios).
"""

from __future__ import annotations

from pathlib import Path

from workflows.rehearse.covering import branches
from workflows.rehearse.running import Rehearsal, Report, run_scenario
from workflows.rehearse.scenarios import Expectation, Scenario, Step, read_scenario

__all__ = [
    "Expectation",
    "Rehearsal",
    "Report",
    "Scenario",
    "Step",
    "branches",
    "read_scenario",
    "read_scenarios",
    "run_scenario",
]


def read_scenarios(folder: Path) -> tuple[Scenario, ...]:
    """Every scenario of a library folder (`bpmn/`), in order of files. Raises Unreadable."""
    return tuple(
        read_scenario(path.read_bytes(), f"scenarios/{path.name}")
        for path in sorted((folder / "scenarios").glob("*.yaml"))
    )
