"""Register papers that the applicant brings after the one-time notice (补交材料)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.set_material import find, update_of
from webapp.cases.changes import MaterialUpdate
from webapp.cases.planning.setting import Actor
from webapp.cases.planning.step import Step
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult, actor_of, move
from webapp.cases.store import lock_case
from webapp.cases.store.papers import read_checklist
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting, village_station
from workflows.engine import Deliver

MESSAGE = "materials_supplied"


def supply_materials(
    case_id: int, by: Acting, changes: Mapping[str, Mapping[str, str]]
) -> StepResult:
    """Take in papers named in the notice and send the case back to examination.

    `changes`: key of the line → its `state` (and `defect`, `remedy`). At least one noticed paper
    must have come. Raises Invalid, NotYours, Refused, or AlreadyDone when the case no longer
    waits for papers.
    """
    return transaction_with_retry(lambda: _supply(case_id, by, changes))


def _supply(case_id: int, by: Acting, marks: Mapping[str, Mapping[str, str]]) -> StepResult:
    state = lock_case(case_id)
    units = _receiving_units(state)
    policy.check_can_supply(by, unit_ids=units, is_open=state.is_open)
    if not any(waiting.name == MESSAGE for waiting in state.awaited):
        raise AlreadyDone("这件申请现在不等补交材料。材料已经登记过,或者补正期限已过。")
    checklist = read_checklist(case_id)
    updates: list[MaterialUpdate] = []
    for key, mark in marks.items():
        updates.append(update_of(state, find(checklist, key), mark, by.officer_id))
    came = {
        row.key for row in updates if row.noticed and row.state not in {"missing", "required"}
    }
    if not came:
        raise Invalid({"materials": _("请至少勾选一份补交来的材料。")})

    def add(step: Step) -> None:
        done = {row.key for row in step.changes.materials}
        step.changes.materials.extend(row for row in updates if row.key not in done)

    return move(
        state,
        Deliver(MESSAGE),
        _actor(by, units),
        kind="supplied",
        payload={"materials": sorted(came)},
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
