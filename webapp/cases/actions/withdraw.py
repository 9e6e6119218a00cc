"""The applicant withdraws the application (撤回): a command, never drawn (flows)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions import forward
from webapp.cases.actions.ending import end_by_applicant
from webapp.cases.stepping import StepResult, actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid
from webapp.organisations.queries import Acting


def withdraw(case_id: int, by: Acting, reason: str) -> StepResult:
    """Close a case at the applicant's wish: everything open is cancelled, all clocks end.

    Needs neither confirmation nor filing (it is not a denial). `reason` is what the applicant
    said; it stays in the chain of the case. A village case whose township case runs passes it on
    and ends with that case (`forward`). Raises Unknown, Invalid, or Refused once decided.
    """
    return transaction_with_retry(lambda: _withdraw(case_id, by, reason.strip()))


def _withdraw(case_id: int, by: Acting, reason: str) -> StepResult:
    state = lock_case(case_id)
    pool = policy.check_can_withdraw(by, state, [item.pool_id for item in state.items])
    if not reason:
        raise Invalid({"reason": _("请写明申请人撤回的原因，或者写“本人不再需要办理”。")})

    actor = actor_of(by, pool)
    if forward.has_started(case_id):
        return forward.forward(state, actor, "withdraw", reason)
    return end_by_applicant(state, actor, reason, paper=True)
