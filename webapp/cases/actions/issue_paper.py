"""Issue a paper that no step orders: the application to be signed, the slips for what is said.

D01 is what the applicant reads and signs; D26 and D27 are filled in by hand, by people who must
not depend on the step at which the case stands (评价、投诉).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.bare import bare_step
from webapp.cases.documents import NAMES
from webapp.cases.models import Document
from webapp.cases.planning.step import Order, Step
from webapp.cases.stepping import StepResult, actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting

ON_REQUEST = ("D01", "D26", "D27")
ONCE = frozenset({"D01"})
"""What was filed does not change: a second print is a marked copy of the first."""


def issue_paper(case_id: int, by: Acting, code: str) -> StepResult:
    """Issue one of `ON_REQUEST`, also for a case that has ended.

    Raises Unknown (not her case), Invalid (no such paper), AlreadyDone (naming its number).
    """
    return transaction_with_retry(lambda: _issue(case_id, by, code))


def _issue(case_id: int, by: Acting, code: str) -> StepResult:
    state = lock_case(case_id)
    pool = policy.check_can_issue_paper(by, state, [item.pool_id for item in state.items])
    if code not in ON_REQUEST:
        raise Invalid({"code": _("请选择要出的文书。")})
    issued = Document.objects.filter(case=case_id, code=code, state=Document.State.ISSUED)
    before = issued.values_list("number", flat=True).first()
    if code in ONCE and before is not None:
        raise AlreadyDone(
            _("“{name}”已经出过（{number}），请勾选它再打印。").format(
                name=_(NAMES[code]), number=before
            )
        )

    def add(step: Step) -> None:
        step.orders.append(Order(code, {}))

    return bare_step(
        state,
        actor_of(by, pool),
        kind="paper_issued",
        payload={"document": code},
        prepare=add,
        codes={code},
    )
