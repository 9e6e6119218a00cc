"""A signal that a case has thrown reaches the other cases that wait for it (BPMN: for all).

No transaction holds two cases: the step that throws orders one `send-signal`; that finds who
waits and orders one `deliver-signal` a case; each of these is one step of one case.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from webapp.audit.models import Event
from webapp.cases.planning.step import Step
from webapp.cases.stepping import StepResult, move
from webapp.cases.store import lock_case
from webapp.cases.store.signals import spread
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Refused
from workflows.engine import Deliver

MOST_HOPS = 20
"""How often hearing a signal may lead to another throw: drawings that answer each other stop."""


def send_signal(thrown: int, hops: int = 0) -> int:
    """Order the delivery to every case that waits; gives to how many. Raises Refused.

    `thrown`: the outbox row of the throw. `hops`: how many signals led to this one.
    """
    if hops > MOST_HOPS:
        raise Refused(
            _(
                "信号在办件之间来回触发，已停止传递。请县政务办检查流程图里抛出和接收信号的事件。"
            )
        )
    return spread(thrown)


def deliver_signal(
    case_id: int, name: str, tokens: Collection[str], thrown: int, origin: int, hops: int = 0
) -> StepResult:
    """Let a case hear a throw, once; every place in it that waits for the name hears it.

    `tokens` waited when it was thrown, `origin` is the case that threw. Raises AlreadyDone when
    the case has heard this throw, is over, or no longer waits; Refused when it cannot go on.
    """
    return transaction_with_retry(lambda: _hear(case_id, name, tokens, thrown, origin, hops))


def _hear(
    case_id: int, name: str, tokens: Collection[str], thrown: int, origin: int, hops: int
) -> StepResult:
    state = lock_case(case_id)
    waiting = {one.token for one in state.awaited if one.signal and one.name == name}
    if not state.is_open or waiting.isdisjoint(tokens) or _has_heard(case_id, thrown):
        raise AlreadyDone(_("办件现在不等这个信号，或者已经收到。"))

    def add(step: Step) -> None:
        step.hops = hops + 1

    payload = {"message": name, "signal": thrown, "from": origin}
    return move(
        state, Deliver(name, signal=True), kind="delivered", payload=payload, prepare=add
    )


def _has_heard(case_id: int, thrown: int) -> bool:
    """Asked under the case's lock; the event is written with the step that hears."""
    heard = Event.objects.filter(subject=Event.Subject.CASE, subject_id=case_id)
    return heard.filter(kind="delivered", payload__signal=thrown).exists()
