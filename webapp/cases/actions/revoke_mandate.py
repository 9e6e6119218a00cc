"""The applicant takes her mandate back (取消委托): AGT-01, voluntary and revocable at any time.

From now on the agent acts no more on the case and no more on the one that she started: papers,
personal data and supplements are the applicant's and the window's. The way of service stays as
it was chosen until the window chooses another one. What the agent has
done so far stands. The case itself goes on.
"""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.models import Case, Mandate
from webapp.cases.noting import changes_of, note
from webapp.cases.state import CaseState
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting


def revoke_mandate(case_id: int, by: Acting, reason: str) -> None:
    """Record that the mandate ended now; where it went with the papers to another case, there too.

    One case, one transaction. Raises Unknown, Invalid, Refused (ended), or AlreadyDone without one.
    """
    said = reason.strip()
    transaction_with_retry(lambda: _revoke(case_id, by, said))
    related = Case.objects.filter(Q(parent=case_id) | Q(started=case_id), is_open=True)
    for other in related.values_list("id", flat=True):
        transaction_with_retry(partial(_follow, other, by, said))


def _revoke(case_id: int, by: Acting, reason: str) -> None:
    state = lock_case(case_id)
    pool = policy.check_can_revoke_mandate(by, state, [item.pool_id for item in state.items])
    if not reason:
        raise Invalid({"reason": _("请写明申请人取消委托的原因，或者写“本人要求”。")})
    if not _end(state, by, pool, reason):
        raise AlreadyDone(_("这件申请没有有效的代办委托，或者已经取消。"))


def _follow(case_id: int, by: Acting, reason: str) -> bool:
    """The mandate went to this case with the papers."""
    return _end(lock_case(case_id), by, None, reason)


def _end(state: CaseState, by: Acting, pool: int | None, reason: str) -> bool:
    """Whether there was one to end."""
    ended = Mandate.objects.filter(case=state.id, revoked_at=None).update(revoked_at=state.at)
    if ended:
        Case.objects.filter(pk=state.id).update(agent=None)
        payload = {"reason": reason[:300]}
        note(state, changes_of(state), actor_of(by, pool), "mandate_revoked", payload)
    return bool(ended)
