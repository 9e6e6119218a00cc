"""Send a step back to an earlier one (退回): a command, where the diagram allows it.

What stops is computed first and shown (`cases.returns`); then it is done in one step: papers go
back with it, the clocks of what stopped end, the history stays, legal clocks go on (flows:
clocks; design: versions).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.colleagues import already_done
from webapp.cases.actions.complete import check, check_goes_on
from webapp.cases.changes import NewOpinion
from webapp.cases.places import pool_facts
from webapp.cases.planning.custody import papers_back
from webapp.cases.planning.step import Step
from webapp.cases.returns import allowed, key_of, targets
from webapp.cases.state import CaseState, Item
from webapp.cases.stepping import StepResult, actor_of, move
from webapp.cases.store import lock_by_item
from webapp.cases.store.papers import read_held
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid, Refused
from webapp.organisations.queries import Acting
from workflows.engine import Return, ReturnTarget

RETURNED = "returned"
"""Outcome of an item that went back: cancelled, with whoever sent it back."""


def return_step(item_id: int, by: Acting, to: str, reason: str) -> StepResult:
    """Send an open item back to the step `to` (`returns.key_of`), with a reason.

    Raises Unknown, AlreadyDone, NotYours as completing does; Invalid without a reason or a
    target that is offered; Refused where the engine cannot go back there.
    """
    return transaction_with_retry(lambda: _return(item_id, by, to, reason.strip()))


def _return(item_id: int, by: Acting, to: str, reason: str) -> StepResult:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    check(state, item, by)
    policy.check_verb(by, "return", item.pool_id)
    check_goes_on(state, item)
    target = _target(state, item, to, reason)
    held = read_held(state.id)

    def add(step: Step) -> None:
        step.changes.drafts_over.append(item.id)
        papers_back(step, item, held)
        step.changes.opinions.append(
            NewOpinion(
                item_id=item.id,
                step_name=item.name,
                unit_id=pool_facts(item.pool_id).unit.id,
                officer_id=by.officer_id,
                outcome=RETURNED,
                outcome_label=_("退回“{step}”").format(step=target.name),
                text=reason,
                basis="",
                at=state.at,
            )
        )

    return move(
        state,
        Return(item.token, target.target),
        actor_of(by, item.pool_id),
        kind="returned",
        payload={
            "item": item.id,
            "step": item.name,
            "element": item.element,
            "to": target.target.element,
            "to_step": target.name,
        },
        prepare=add,
    )


def _target(state: CaseState, item: Item, to: str, reason: str) -> ReturnTarget:
    wanted = allowed(state.process_version_id, item.process_key, item.element)
    done = [one.element for one in state.done]
    found = targets(state.process_version_id, state.snapshot, item.token, wanted, done)
    chosen = next((one for one in found if key_of(one) == to), None)
    errors = {}
    if not found:
        raise Refused("这一环节不能退回：流程图没有允许，或者前面没有办过的环节。")
    if chosen is None:
        errors["to"] = _("请选择退回到哪个环节。")
    if not reason:
        errors["reason"] = _("请写明为什么退回，接手的人要照着办。")
    if errors or chosen is None:
        raise Invalid(errors)
    if chosen.refusal:
        raise Refused(chosen.refusal)
    return chosen
