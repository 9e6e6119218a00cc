"""Claim a work item (签收): from now on it is hers, papers that came with it are signed for."""

from __future__ import annotations

from webapp.cases.actions.colleagues import already_done
from webapp.cases.actions.complete import check
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.step import item_row
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_by_item
from webapp.core.db import transaction_with_retry
from webapp.organisations.queries import Acting


def claim(item_id: int, by: Acting) -> None:
    """Claim an open item of one of her pools; claiming her own again changes nothing.

    Raises Unknown, AlreadyDone (naming the colleague who has it) or NotYours.
    """
    transaction_with_retry(lambda: _claim(item_id, by))


def _claim(item_id: int, by: Acting) -> None:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    check(state, item, by)
    if item.claimed_by == by.officer_id:
        return
    changes = changes_of(state)
    row = item_row(item)
    row.claimed_by_id, row.claimed_at = by.officer_id, state.at
    changes.items.append(row)
    changes.custody_received.extend(
        handed.id for handed in state.handed if handed.to_pool_id == item.pool_id
    )
    if state.is_open and (len(state.items) == 1 or state.holder_officer_id is None):
        changes.case.holder_officer_id = by.officer_id
    note(
        state,
        changes,
        actor_of(by, item.pool_id),
        "claimed",
        {"item": item.id, "step": item.name, "signed_for": len(changes.custody_received)},
    )
