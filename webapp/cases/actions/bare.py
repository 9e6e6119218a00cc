"""A step without a move of the engine: a command that only changes clocks, papers and status."""

from __future__ import annotations

from typing import Any

from webapp.cases.planning.plan import Prepare
from webapp.cases.planning.setting import Actor, Papers
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult, carry_out, speak
from webapp.cases.store.papers import read_papers
from workflows.engine import Outcome


def bare_step(
    state: CaseState,
    actor: Actor,
    *,
    kind: str,
    payload: dict[str, Any],
    prepare: Prepare,
    codes: set[str],
) -> StepResult:
    """Plan and write what `prepare` does; `codes` are the documents that it orders."""
    papers = Papers()
    if codes:
        papers = read_papers(state.id, codes, lambda form, values: speak(state, form, values))
    return carry_out(
        state,
        Outcome(state.snapshot),
        actor,
        kind=kind,
        payload=payload,
        papers=papers,
        prepare=prepare,
    )
