"""Whether a scenario speaks of processes, steps and messages that the library has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflows.errors import Unreadable
from workflows.findings import Finding, Severity
from workflows.model import Kind, Trigger
from workflows.rehearse.scenarios import Scenario, Step, read_scenario
from workflows.sources.bundle import Library

__all__ = ["References", "read_scenario"]

_STEPS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK})


@dataclass(slots=True)
class References:
    """What the processes of a library offer, gathered once for many scenarios."""

    library: Library
    _known: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def check(self, scenario: Scenario) -> Iterator[Finding]:
        """A finding for each reference of the scenario that leads nowhere."""
        try:
            offers = self.offers(scenario.process)
        except Unreadable:
            yield _finding(scenario, f"流程“{scenario.process}”不存在")
            return
        for number, step in enumerate(scenario.steps, start=1):
            wrong = _wrong(step, offers)
            if wrong is not None and not step.refused:
                yield _finding(scenario, f"第 {number} 步：{wrong}")

    def offers(self, key: str) -> Mapping[str, frozenset[str]]:
        """Steps, messages and clocks of a process with all that it calls."""
        if key not in self._known:
            bundle = self.library.bundle(key)
            found = [e for p in bundle.processes.values() for e in p.scope.walk()]
            events = [e.event for e in found if e.event is not None]
            self._known[key] = {
                "do": frozenset(e.id for e in found if e.kind in _STEPS),
                "message": frozenset(
                    e.ref for e in events if e.trigger is Trigger.MESSAGE and e.ref
                ),
                "lapse": frozenset(e.clock for e in events if e.clock),
            }
        return self._known[key]


def _wrong(step: Step, offers: Mapping[str, frozenset[str]]) -> str | None:
    if step.kind not in offers or step.what in offers[step.kind]:
        return None
    what = {"do": "环节", "message": "等待的消息", "lapse": "等待的时限"}[step.kind]
    return f"流程里没有{what}“{step.what}”"


def _finding(scenario: Scenario, sentence: str) -> Finding:
    return Finding("scenario", Severity.ERROR, scenario.file, None, "", sentence, "核对标识")
