"""Deliver a message to a case on behalf of the system (case commands of the outbox)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.cases.stepping import StepResult, move
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone
from workflows.engine import Deliver


def deliver_message(
    case_id: int, name: str, values: Mapping[str, Any] | None = None
) -> StepResult:
    """Let a waiting message arrive with its values. Raises AlreadyDone when the case does not wait for it."""
    return transaction_with_retry(lambda: _deliver(case_id, name, values or {}))


def _deliver(case_id: int, name: str, values: Mapping[str, Any]) -> StepResult:
    state = lock_case(case_id)
    if not state.waits_for(name):
        raise AlreadyDone("办件现在不等这条消息。")
    return move(state, Deliver(name, values), kind="delivered", payload={"message": name})
