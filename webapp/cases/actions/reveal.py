"""Show a sensitive value in full: only for the work in hand, and always on record."""

from __future__ import annotations

from typing import Any

from webapp.cases import policy
from webapp.cases.models import SensitiveValue
from webapp.cases.noting import changes_of, note
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.cases.values import open_value
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Unknown
from webapp.organisations.queries import Acting


def reveal(case_id: int, field: str, by: Acting) -> Any:
    """The latest value of a sensitive field; unmasking is an audit event (design: data).

    `field` is the address kept with the value, e.g. "application.applicant_phone". Raises
    Unknown or NotYours.
    """
    return transaction_with_retry(lambda: _reveal(case_id, field, by))


def _reveal(case_id: int, field: str, by: Acting) -> Any:
    state = lock_case(case_id)
    pool = policy.pool_for_papers(by, state, [item.pool_id for item in state.items])
    found = SensitiveValue.objects.filter(case=case_id, field=field).order_by("-id")
    row = found.values_list("ciphertext", flat=True).first()
    if row is None:
        raise Unknown("没有填写这一项。")
    value = open_value(case_id, field, bytes(row))
    note(state, changes_of(state), actor_of(by, pool), "revealed", {"field": field})
    return value
