"""Give a claimed work item back to its pool (退回待办)."""

from __future__ import annotations

from webapp.cases import policy
from webapp.cases.actions.colleagues import already_done
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.step import item_row
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_by_item
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone
from webapp.organisations.queries import Acting


def release(item_id: int, by: Acting) -> None:
    """Release an item that she has claimed. Raises Unknown, AlreadyDone or NotYours."""
    transaction_with_retry(lambda: _release(item_id, by))


def _release(item_id: int, by: Acting) -> None:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    policy.check_can_see_item(by, item)
    if item.claimed_by is None:
        raise AlreadyDone("这件待办已经退回，同岗位的同事都可以签收。")
    policy.check_can_release(by, item)
    changes = changes_of(state)
    row = item_row(item)
    row.claimed_by_id = row.claimed_at = None
    changes.items.append(row)
    if state.holder_officer_id == by.officer_id:
        changes.case.holder_officer_id = None
    note(
        state,
        changes,
        actor_of(by, item.pool_id),
        "released",
        {"item": item.id, "step": item.name},
    )
