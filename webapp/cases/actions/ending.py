"""How the applicant's wish ends a case that is locked: at the window, or passed on to it."""

from __future__ import annotations

from webapp.cases import policy
from webapp.cases.changes import ForwardedUpdate
from webapp.cases.planning.setting import Actor
from webapp.cases.planning.step import Order, Step
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult, move
from workflows.engine import Cancel

PAPER = "D25W"
"""The applicant's withdrawal, with the list of the papers that go back to her (D25)."""


def end_by_applicant(state: CaseState, actor: Actor, reason: str, *, paper: bool) -> StepResult:
    """Everything open is cancelled, all clocks end; `paper`: D25W is issued on this case.

    Raises Refused once decided.
    """
    policy.check_not_decided(state)

    def add(step: Step) -> None:
        step.case.status = "WITHDRAWN"
        if paper:
            step.orders.append(Order(PAPER, {}, words={"reason": reason}))
        else:
            step.changes.forwarded.append(ForwardedUpdate("DONE", step.at))

    return move(
        state,
        Cancel("withdrawn"),
        actor,
        kind="withdrawn",
        payload={"reason": reason[:300]},
        prepare=add,
        codes=frozenset({PAPER} if paper else ()),
    )
