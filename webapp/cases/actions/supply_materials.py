"""Register papers that the applicant brings after the one-time notice (补交材料)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.bare import bare_step
from webapp.cases.actions.set_material import find, update_of, watched
from webapp.cases.changes import CommitmentUpdate, MaterialUpdate, PromisedPaper
from webapp.cases.planning.setting import Actor
from webapp.cases.planning.step import Order, Step
from webapp.cases.planning.tolerance import ARRIVED
from webapp.cases.state import CaseState, Undertaking
from webapp.cases.stepping import StepResult, actor_of, move
from webapp.cases.store import lock_case
from webapp.cases.store.papers import read_checklist
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting, village_station
from workflows.engine import Deliver

MESSAGE = "materials_supplied"
RECEIPT = "D02"
_NOT_HERE = frozenset({"missing", "required"})


def supply_materials(
    case_id: int, by: Acting, changes: Mapping[str, Mapping[str, str]]
) -> StepResult:
    """Take in papers that the case waits for: named in the notice, or promised (容缺).

    After a notice the case goes back to examination; a promised paper goes to the window for
    verification. `changes`: key of the line → its `state` (and `defect`, `remedy`); at least one
    paper that is waited for must have come. Raises Invalid, NotYours, Refused, or AlreadyDone
    when the case no longer waits for papers.
    """
    with watched(case_id, by):
        return transaction_with_retry(lambda: _supply(case_id, by, changes))


def _supply(case_id: int, by: Acting, marks: Mapping[str, Mapping[str, str]]) -> StepResult:
    state = lock_case(case_id)
    units = _receiving_units(state)
    policy.check_can_supply(by, unit_ids=units, is_open=state.is_open)
    actor = _actor(by, units)
    if state.waits_for(MESSAGE):
        return _after_notice(state, actor, by, marks)
    if state.commitment is not None:
        return _promised(state, actor, by, marks)
    raise AlreadyDone(_("这件申请现在不等补交材料。材料已经登记过，或者补正期限已过。"))


def _after_notice(
    state: CaseState, actor: Actor, by: Acting, marks: Mapping[str, Mapping[str, str]]
) -> StepResult:
    updates = _updates(state, by, marks)
    came = {row.key for row in updates if row.noticed and row.state not in _NOT_HERE}
    if not came:
        raise Invalid({"materials": _("请至少勾选一份补交来的材料。")})
    return _delivered(state, MESSAGE, actor, updates, came, [])


def _updates(
    state: CaseState, by: Acting, marks: Mapping[str, Mapping[str, str]]
) -> list[MaterialUpdate]:
    checklist = read_checklist(state.id)
    return [
        update_of(state, find(checklist, key), mark, by.officer_id)
        for key, mark in marks.items()
    ]


def _promised(
    state: CaseState, actor: Actor, by: Acting, marks: Mapping[str, Mapping[str, str]]
) -> StepResult:
    """A paper of the commitment has come: it gets its receipt and is to be verified (TOL-05).

    Where nobody waits for it (another one is being verified, the deadline is being looked into, a
    refusal is on its way) it is taken in all the same: until the decision nothing is turned away.
    """
    held = state.commitment
    assert held is not None  # noqa: S101 - asked for by the caller
    open_keys = {paper.key: paper for paper in held.open_papers}
    came = {
        key for key, mark in marks.items()
        if key in open_keys and mark.get("state") not in {"", None, *_NOT_HERE, "defective"}
    }  # fmt: skip
    if not came:
        raise Invalid({"materials": _("请至少勾选一份补交来的容缺材料。")})
    updates = _updates(state, by, {key: {"state": "to_check"} for key in sorted(came)})
    papers = [PromisedPaper(key, open_keys[key].due_on, state.at) for key in sorted(came)]
    if state.waits_for(ARRIVED):
        return _delivered(state, ARRIVED, actor, updates, came, papers)
    if state.decided_at is not None:
        raise AlreadyDone(_("决定已经作出，容缺材料不用再补交了，经过里写明了原因。"))

    def add(step: Step) -> None:
        step.changes.materials.extend(updates)
        _note_arrival(step, papers)
        step.orders.append(Order(RECEIPT, {}))

    return bare_step(
        state,
        actor,
        kind="supplied",
        payload={"materials": sorted(came)},
        prepare=add,
        codes={RECEIPT},
        marked=updates,
    )


def _note_arrival(step: Step, papers: list[PromisedPaper]) -> None:
    """Keep when each promised paper came."""
    step.changes.promised_papers = papers
    if papers and step.state.commitment is not None:
        step.changes.commitments = [as_it_is(step.state.commitment)]


def as_it_is(held: Undertaking) -> CommitmentUpdate:
    """The open commitment without a change: its papers change."""
    return CommitmentUpdate(held.id, "OPEN", held.until, held.extended, None)


def _delivered(
    state: CaseState,
    message: str,
    actor: Actor,
    updates: list[MaterialUpdate],
    came: set[str],
    papers: list[PromisedPaper],
) -> StepResult:
    """Send the case on with what came."""

    def add(step: Step) -> None:
        done = {row.key for row in step.changes.materials}
        step.changes.materials.extend(row for row in updates if row.key not in done)
        _note_arrival(step, papers)

    return move(
        state,
        Deliver(message),
        actor,
        kind="supplied",
        payload={"materials": sorted(came), "message": message},
        prepare=add,
        marked=updates,
    )


def _receiving_units(state: CaseState) -> set[int]:
    """The window that answers for the case, and the station of its village."""
    units = {state.accountable_unit_id, state.received_at_unit_id}
    if state.village_id is not None:
        station = village_station(state.village_id)
        if station is not None:
            units.add(station)
    return units


def _actor(by: Acting, units: set[int]) -> Actor:
    held = next(h for h in by.held if h.role in policy.REGISTERING and h.unit_id in units)
    return actor_of(by, held.pool_id)
