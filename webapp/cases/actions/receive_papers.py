"""Sign for papers that were handed over (签收材料): without taking on the work that came with them.

Claiming the step signs, too (`claim`). Here a clerk signs what a messenger lays on her desk, by
one press or by scanning the sheet, also for many cases of one trip (IN-03, AGT-06).
"""

from __future__ import annotations

from webapp.cases import policy
from webapp.cases.noting import changes_of, note
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.organisations.queries import Acting


def receive_papers(case_id: int, by: Acting) -> int:
    """Sign for everything of a case that is on its way to one of her posts; gives how many.

    Raises Unknown, or AlreadyDone when a colleague was quicker.
    """
    return transaction_with_retry(lambda: _receive(case_id, by))


def _receive(case_id: int, by: Acting) -> int:
    state = lock_case(case_id)
    sent = [handed for handed in state.handed if handed.to_pool_id is not None]
    open_pools = [item.pool_id for item in state.items]
    pool = policy.check_can_receive(
        by, state, [one.to_pool_id or 0 for one in sent], open_pools
    )
    mine = [one.id for one in sent if one.to_pool_id is not None and by.holds(one.to_pool_id)]
    changes = changes_of(state)
    changes.custody_received.extend(mine)
    note(state, changes, actor_of(by, pool), "papers_received", {"signed_for": len(mine)})
    return len(mine)
