"""Past cases for rehearsal tests: the shipped scenarios, recorded as the product records cases."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from tests.library.shelf import library, rehearsal, scenarios
from workflows import engine
from workflows.calendars import CHINA
from workflows.engine import Outcome
from workflows.rehearse import PastCase, Scenario, read_cases
from workflows.rehearse.running import _Play

KEYS = library().keys()
OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
STEP = timedelta(days=1)


class Recorder(_Play):
    """Plays a scenario and writes down each command that was carried out."""

    done: list[dict[str, Any]]

    def advance(self, command: engine.Command) -> Outcome:
        state = engine.inspect(self.definition, self.snapshot)
        outcome = super().advance(command)
        self.done.append(
            {**_said(command, state), "at": (OPENED + STEP * (len(self.done) + 1)).isoformat()}
        )
        return outcome


def _said(command: engine.Command, state: engine.State) -> dict[str, Any]:
    match command:
        case engine.Complete(token, values):
            item = next(one for one in state.items if one.token == token)
            unit = {"unit": item.unit} if item.unit else {}
            return {"do": item.place.element, "values": dict(values), **unit}
        case engine.Fire(token):
            timer = next(one for one in state.timers if one.token == token)
            return {"lapse": timer.clock, "before": timer.before}
        case engine.Deliver(name, values):
            return {"message": name, "values": dict(values)}
        case engine.Cancel(result):
            return {"cancel": result}


def _record(scenario: Scenario) -> str:
    play = Recorder(scenario, *rehearsal().ready(scenario.process))
    play.done = []
    play.whole()
    assert not play.failures
    case = {
        "case": scenario.file,
        "process": scenario.process,
        "facts": dict(scenario.facts),
        "opened": OPENED.isoformat(),
        "steps": play.done,
        **({"result": play.result} if play.finished else {}),
    }
    return json.dumps(case, ensure_ascii=False, default=str)


@cache
def lines() -> tuple[str, ...]:
    """One line for each scenario of a whole case."""
    shared = {key for key in KEYS if library().process(key).file[:7] == "shared/"}
    return tuple(_record(one) for one in scenarios() if one.process not in shared)


@cache
def cases() -> tuple[PastCase, ...]:
    """The same, read back."""
    return tuple(read_cases(lines(), "recorded.jsonl"))
