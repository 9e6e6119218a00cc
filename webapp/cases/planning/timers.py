"""Timers of a step: armed, disarmed, fired, and moved with the clocks they follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from webapp.cases.changes import NewTimer, TimerUpdate
from webapp.cases.planning.ledger import Run
from webapp.cases.planning.step import Step
from workflows.clocks import timer_moment
from workflows.engine.outcomes import Outcome
from workflows.model import Bundle

OWN = frozenset({"step", "department"})
"""Clocks of one work item; all others are the case's."""


def hosts_of(outcome: Outcome, drawn: Callable[[], Bundle]) -> dict[str, str]:
    """Activities that armed timers on their own clocks are drawn on; often none are."""
    elements = {t.place.element for t in outcome.armed if t.clock in OWN}
    if not elements:
        return {}
    found = {}
    for process in drawn().processes.values():
        for element in process.scope.walk():
            if element.id in elements and element.attached_to:
                found[element.id] = element.attached_to
    return found


def move_timers(step: Step) -> None:
    """Arm what the engine waits for, disarm what it no longer does, move what clocks moved."""
    gone = set(step.outcome.disarmed)
    fired = set(step.setting.fired)
    for timer in step.state.timers:
        if timer.token in fired:
            step.changes.timers.append(TimerUpdate(timer.token, "FIRED", timer.fires_at))
        elif timer.token in gone:
            step.changes.timers.append(TimerUpdate(timer.token, "DISARMED", None))
        else:
            fires_at = _fires_at(step, timer.clock_kind, timer.before, timer.host)
            if fires_at != timer.fires_at:
                step.changes.timers.append(TimerUpdate(timer.token, "ARMED", fires_at))
    for armed in step.outcome.armed:
        host = ""
        if armed.clock in OWN:
            host = step.hosted(armed.place, step.setting.hosts.get(armed.place.element, "?"))
        fires_at = _fires_at(step, armed.clock, armed.before, host)
        step.changes.new_timers.append(
            NewTimer(
                token=armed.token,
                element=armed.place.element,
                clock_kind=armed.clock,
                before=armed.before,
                armed_at=step.at,
                fires_at=fires_at,
                host=host,
            )
        )


def _fires_at(step: Step, kind: str, before: int, host: str) -> datetime | None:
    run = step.ledger.current(kind) if kind not in OWN else _own_run(step, host)
    if run is None or not run.is_open:
        return None
    return timer_moment(run.reading, before)


def _own_run(step: Step, token: str) -> Run | None:
    """The clock of the work item that the timer is drawn on."""
    known = {item.token: item.id for item in step.state.items}
    return step.ledger.of_item(known.get(token), token) if token else None
