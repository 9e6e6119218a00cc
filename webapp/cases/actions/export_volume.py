"""Note that the volume of a case leaves the house; the ZIP itself is written afterwards."""

from __future__ import annotations

from webapp.cases import policy
from webapp.cases.noting import changes_of, note
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.organisations.queries import Acting


def export_volume(case_id: int, by: Acting) -> None:
    """Record who takes the volume out. Raises Unknown for whoever may not print its papers."""
    transaction_with_retry(lambda: _export(case_id, by))


def _export(case_id: int, by: Acting) -> None:
    state = lock_case(case_id)
    pool = policy.check_can_print(by, state, [item.pool_id for item in state.items])
    note(state, changes_of(state), actor_of(by, pool), "exported", {})
