"""Proposing to end a case that is locked: on the organ's own motion, for its head to confirm."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import policy
from webapp.cases.actions.bare import bare_step
from webapp.cases.changes import NewItem, NewProposal
from webapp.cases.planning.setting import Actor
from webapp.cases.planning.step import COMMAND, Step
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult
from webapp.core.errors import AlreadyDone

CONFIRMER = "township.head_window"
STEP_NAME = gettext_noop("确认终止办理")


def propose_on(
    state: CaseState, actor: Actor, reason: str, basis: str, refile: str = ""
) -> StepResult:
    """Open the proposal with its work item. Raises AlreadyDone, or Refused once decided."""
    policy.check_undecided(state)
    if state.proposal is not None:
        raise AlreadyDone(
            _("{name}已经提议终止这件申请，正在等确认。").format(
                name=state.proposal.proposed_by_name
            )
        )
    assert actor.id is not None  # noqa: S101 - a person proposes
    proposer = actor.id

    def add(step: Step) -> None:
        step.changes.new_proposal = NewProposal(
            reason, basis, proposer, state.at, actor.replaced, refile
        )
        step.changes.new_items.append(
            NewItem(
                token=f"{COMMAND}terminate:{state.audit_seq + 1}",
                process_key="",
                element="Command_Terminate",
                name=STEP_NAME,
                pool_id=step.pool_of(CONFIRMER),
                form="",
                separate=(),
                opened_at=state.at,
            )
        )

    return bare_step(
        state,
        actor,
        kind="termination_proposed",
        payload={"reason": reason[:300]},
        prepare=add,
        codes=set(),
    )
