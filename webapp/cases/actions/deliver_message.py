"""Deliver a message to a case on behalf of the system (case commands of the outbox)."""

from __future__ import annotations

from webapp.cases.stepping import StepResult, move
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone
from workflows.engine import Deliver


def deliver_message(case_id: int, name: str) -> StepResult:
    """Let a waiting message arrive. Raises AlreadyDone when the case does not wait for it."""
    return transaction_with_retry(lambda: _deliver(case_id, name))


def _deliver(case_id: int, name: str) -> StepResult:
    state = lock_case(case_id)
    if not any(waiting.name == name for waiting in state.awaited):
        raise AlreadyDone("办件现在不等这条消息。")
    return move(state, Deliver(name), kind="delivered", payload={"message": name})
