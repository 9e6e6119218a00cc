"""Who hands the applicant's papers, or a result, to whom (签名交接, IN-03)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.cases.changes import NewCustody
from webapp.cases.places import pool_facts
from webapp.cases.planning.setting import Held
from webapp.cases.planning.step import COMMAND, Step
from webapp.cases.state import Item
from workflows.engine.outcomes import OrderedEffect

HOLDER = "holder"
MATERIALS = "materials"
Params = Mapping[str, Any]


def hand_over(step: Step, effect: OrderedEffect) -> None:
    """Papers leave the present hand; the next step of that role signs for them (IN-03).

    Where a step hands them on at once (a result by way of the window to the village agent), they
    go straight to the last post: nobody in between has had them.
    """
    params = effect.params
    if params["to"] == HOLDER:
        _hand_to_holder(step, params)
        return
    papers = params.get("papers", MATERIALS)
    for given in step.changes.new_custody:
        if given.papers == papers:
            given.to_pool_id = step.pool_of(params["to"])
            return
    from_unit, officer = _giver(step, papers)
    step.changes.new_custody.append(
        NewCustody(
            papers=papers,
            from_unit_id=from_unit,
            from_officer_id=officer,
            to_pool_id=step.pool_of(params["to"]),
            given_at=step.at,
        )
    )


def _giver(step: Step, papers: str) -> tuple[int, int | None]:
    """The unit that gives, and its officer where she acts in this step (IN-03).

    The applicant's papers leave the unit that has them, whoever decides that they go: after a
    meeting they lie at the hall, not with the leader who held it, and he signs for nothing.
    """
    completed, actor = step.setting.completed, step.setting.actor
    own = pool_facts(completed.item.pool_id).unit.id if completed else None
    if papers != MATERIALS:
        return own or step.state.accountable_unit_id, actor.id
    unit = _papers_at(step)
    here = {own} if own else {pool_facts(pool).unit.id for pool in sorted(actor.pools)}
    acts_there = unit in here or (completed is None and actor.id == step.state.agent_id)
    return unit, actor.id if acts_there else None


def _papers_at(step: Step) -> int:
    """Who signed for the papers last, in this step too; else who took them first."""
    state, signed = step.state, set(step.changes.custody_received)
    pools = [
        handed.to_pool_id
        for handed in state.handed
        if handed.id in signed and handed.papers == MATERIALS and handed.to_pool_id
    ]
    if pools:
        return pool_facts(pools[-1]).unit.id
    if state.papers_unit_id is not None:
        return state.papers_unit_id
    agent, completed = state.agent_id, step.setting.completed
    if agent is not None and completed is None and step.setting.actor.id == agent:
        return pool_facts(step.pool_of("village.agent")).unit.id  # until the window signs
    return state.received_at_unit_id


def _hand_to_holder(step: Step, params: Params) -> None:
    """Papers that came later go to whoever works on the case now, if somebody else does."""
    own = step.setting.completed.item.pool_id if step.setting.completed else 0
    asked = {run.item_id for run in step.ledger.open("department")}
    working = [
        item.pool_id
        for item in step.state.items
        if item.id not in step.touched
        and item.id not in asked
        and not item.token.startswith(COMMAND)
    ]
    coming = [step.pool_of(o.role, o.unit) for o in step.outcome.opened if o.role]
    holder = next((pool for pool in [*working, *coming] if pool != own), None)
    if holder is None:
        return
    step.changes.new_custody.append(
        NewCustody(
            papers=str(params.get("papers", MATERIALS)),
            from_unit_id=pool_facts(own).unit.id if own else step.state.accountable_unit_id,
            from_officer_id=step.setting.actor.id,
            to_pool_id=holder,
            given_at=step.at,
        )
    )


def papers_back(step: Step, item: Item, held: Held) -> None:
    """The applicant's papers go with the work, where they are with whoever sends it back."""
    unsigned = {one.id for one in step.state.handed if one.to_pool_id == item.pool_id}
    step.changes.custody_received.extend(sorted(unsigned))
    here = pool_facts(item.pool_id).unit.id
    where = held.unit_after(unsigned) or step.state.accountable_unit_id
    if not held.any or where != here:
        return
    pools = [step.pool_of(o.role, o.unit) for o in step.outcome.opened if o.role]
    there = next((pool for pool in pools if pool != item.pool_id), None)
    if there is None:
        return
    step.changes.new_custody.append(
        NewCustody(
            papers="materials",
            from_unit_id=here,
            from_officer_id=step.setting.actor.id,
            to_pool_id=there,
            given_at=step.at,
        )
    )
