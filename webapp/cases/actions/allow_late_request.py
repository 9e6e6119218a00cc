"""Allow a request that the one-time notice left out: the head answers for it (一次性告知).

What was not asked for the first time may not be asked for later (行政许可法第三十二条第四项, 优化营商环境
条例第三十六条). Where the law itself leaves no other way, a head of the window allows one line, says
why, and the error is registered with the person who issued the notice (SUP-10, R07).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.issue_cards import note_blocked
from webapp.cases.models import CaseMaterial, Document
from webapp.cases.noting import changes_of, note
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown
from webapp.organisations.queries import Acting


def allow_late_request(case_id: int, by: Acting, key: str, reason: str) -> None:
    """Let one line be asked for after the notice; printed as such on the next one.

    Raises Unknown (not a head, no such line), Invalid (no reason), AlreadyDone or Refused.
    """
    transaction_with_retry(lambda: _allow(case_id, by, key, reason.strip()))


def _allow(case_id: int, by: Acting, key: str, reason: str) -> None:
    state = lock_case(case_id)
    pool = policy.check_can_suspend(by, state)
    line = CaseMaterial.objects.filter(case=case_id, key=key).first()
    if line is None:
        raise Unknown(_("材料清单里没有这一项。"))
    if not state.supplemented:
        raise Refused(_("还没有发过补正告知书，请直接在材料清单上标明，一次告知。"))
    if line.noticed:
        raise AlreadyDone(_("“{name}”已经告知过，可以直接再次要求。").format(name=line.name))
    if line.late_reason:
        raise AlreadyDone(_("“{name}”已经批准新提要求。").format(name=line.name))
    if len(reason) < 5:
        raise Invalid({"late_reason": _("请写明为什么第一次没有告知、为什么非要不可。")})
    line.late_reason, line.late_by_id, line.late_at = reason[:300], by.officer_id, state.at
    line.save(update_fields=["late_reason", "late_by", "late_at"])
    payload = {"key": key, "name": line.name, "reason": line.late_reason}
    note(state, changes_of(state), actor_of(by, pool), "late_request_allowed", payload)
    notice = Document.objects.filter(case=case_id, code="D04").order_by("id").first()
    if notice is not None and notice.issued_by_id is not None:
        words = _("补正告知书漏了“{name}”：{why}").format(name=line.name, why=line.late_reason)
        note_blocked("R07", case_id, notice.issued_by_id, words, state.at)
