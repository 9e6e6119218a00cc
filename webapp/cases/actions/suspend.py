"""Suspend a case and take it up again (中止、恢复): commands, never drawn (flows).

The clocks stand still, on a paper of its own that says which, why and on what basis (D14S): a
suspension is no special procedure (D14). A licence's check and statutory clocks run on: only the
procedures of 行政许可法第四十五条 stop those. Nobody completes a step meanwhile; papers are still
taken in, the applicant may still withdraw. Taking up again is told in writing too (D14R).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import policy
from webapp.cases.actions.bare import bare_step
from webapp.cases.planning.ending import SUSPENSION, going_on
from webapp.cases.planning.step import Order, Step
from webapp.cases.planning.words import number_mark
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult, actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting
from workflows.clocks import ClockKind, ClockState

CAUSES = {
    "force_majeure": gettext_noop("不可抗力"),
    "party": gettext_noop("申请人死亡、终止或者丧失行为能力，等待确定承受人"),
    "other_case": gettext_noop("须以另一案件或者其他机关的处理结果为依据"),
    "other": gettext_noop("其他依法中止的情形"),
}
NOTICE, RESUMED = "D14S", "D14R"
_WITHIN = frozenset({"step", "department"})
"""Clocks inside the house: the applicant's paper does not name them."""


def suspend(case_id: int, by: Acting, cause: str, reason: str, basis: str) -> StepResult:
    """Let a case stand still. Raises Unknown, NotYours, Invalid, Refused or AlreadyDone."""
    return transaction_with_retry(
        lambda: _suspend(case_id, by, cause, reason.strip(), basis.strip())
    )


def _suspend(case_id: int, by: Acting, cause: str, reason: str, basis: str) -> StepResult:
    state = lock_case(case_id)
    pool = policy.check_can_suspend(by, state)
    if state.is_suspended:
        raise AlreadyDone(_("这件申请已经中止办理。"))
    errors = {}
    if cause not in CAUSES:
        errors["cause"] = _("请选择中止的原因。")
    if not reason:
        errors["reason"] = _("请写明中止的情况，会印在告知书上。")
    if not basis:
        errors["legal_basis"] = _("请写明中止的依据，会印在告知书上。")
    if errors:
        raise Invalid(errors)

    def add(step: Step) -> None:
        step.case.suspended_from, step.case.status = step.case.status, "SUSPENDED"
        running = going_on(step.setting.item.item_type)
        words = {"suspension_cause": CAUSES[cause], "reason": reason, "legal_basis": basis}
        words |= _clock_words(step, running)
        step.orders.append(Order(NOTICE, {}, words=words))
        step.ledger.suspend(SUSPENSION, number_mark(NOTICE), running)

    return _command(state, by, pool, "suspended", {"cause": cause}, add, {NOTICE})


def resume(case_id: int, by: Acting, reason: str) -> StepResult:
    """Take a suspended case up again: its clocks run on with what was left."""
    return transaction_with_retry(lambda: _resume(case_id, by, reason.strip()))


def _resume(case_id: int, by: Acting, reason: str) -> StepResult:
    state = lock_case(case_id)
    pool = policy.check_can_suspend(by, state)
    if not state.is_suspended:
        raise AlreadyDone(_("这件申请没有中止，不用恢复。"))
    if not reason:
        raise Invalid({"reason": _("请写明恢复办理的原因。")})

    def add(step: Step) -> None:
        step.case.status, step.case.suspended_from = step.case.suspended_from, ""
        step.ledger.unsuspend(SUSPENSION)
        number, on = step.setting.papers.numbers.get(NOTICE, ("", ""))
        words = {"reason": reason, "suspended_on": on, "suspension_number": number}
        step.orders.append(Order(RESUMED, {}, words=words))

    return _command(state, by, pool, "resumed", {"reason": reason[:300]}, add, {RESUMED})


def _clock_words(step: Step, going_on: frozenset[str]) -> dict[str, str]:
    """Which of the running clocks stop, and which the law lets nobody stop, by their names."""
    running = [
        run.kind for run in step.ledger.runs
        if run.reading.state is ClockState.RUNNING and run.kind not in _WITHIN
    ]  # fmt: skip
    named = {kind: ClockKind(kind).label for kind in dict.fromkeys(running)}
    return {
        "clocks_stopped": "、".join(n for kind, n in named.items() if kind not in going_on)
        or ClockKind.STEP.label,
        "clocks_going_on": "、".join(n for kind, n in named.items() if kind in going_on),
    }


def _command(
    state: CaseState,
    by: Acting,
    pool: int,
    kind: str,
    payload: dict[str, Any],
    add: Callable[[Step], None],
    codes: set[str],
) -> StepResult:
    return bare_step(
        state, actor_of(by, pool), kind=kind, payload=payload, prepare=add, codes=codes
    )
