"""A step without a move of the engine: a command that only changes clocks, papers and status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.cases.changes import MaterialUpdate
from webapp.cases.planning.plan import Prepare
from webapp.cases.planning.setting import Actor
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult, carry_out, papers_for
from workflows.engine import Outcome


def bare_step(
    state: CaseState,
    actor: Actor,
    *,
    kind: str,
    payload: dict[str, Any],
    prepare: Prepare,
    codes: set[str],
    marked: Sequence[MaterialUpdate] = (),
) -> StepResult:
    """Plan and write what `prepare` does.

    `codes` are the documents that it orders, `marked` lines of the checklist that it changes.
    """
    return carry_out(
        state,
        Outcome(state.snapshot),
        actor,
        kind=kind,
        payload=payload,
        papers=papers_for(state, codes, marked),
        prepare=prepare,
    )
