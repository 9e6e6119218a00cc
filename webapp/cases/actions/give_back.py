"""The applicant signs for the papers that come back to her after the end (材料退还)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.bare import bare_step
from webapp.cases.changes import CustodyReturned, NewDelivery
from webapp.cases.planning.aftercare import GIVE_BACK, SERVED_BY_HAND, close_command, waiting
from webapp.cases.planning.step import Order, Step
from webapp.cases.planning.words import day_of
from webapp.cases.state import CaseState
from webapp.cases.stepping import StepResult, actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid
from webapp.organisations.queries import Acting

PROOF = "D22"


def give_back(
    case_id: int, by: Acting, recipient: str, relation: str = "", mail_number: str = ""
) -> StepResult:
    """Record who signed for the papers: two hands, the officer's and the recipient's (IN-03).

    `relation`: why somebody else may sign, "" for the applicant herself; with a `mail_number`
    they were posted. After a termination the same signature proves that D25 or D10 was served (D22).
    Raises Unknown, Invalid, or AlreadyDone when nothing is left to give back.
    """
    return transaction_with_retry(
        lambda: _give(case_id, by, recipient.strip(), relation.strip(), mail_number.strip())
    )


def _give(
    case_id: int, by: Acting, recipient: str, relation: str, mail_number: str
) -> StepResult:
    state = lock_case(case_id)
    pool = policy.check_can_give_back(by, state)
    item = waiting(state, GIVE_BACK)
    if item is None:
        raise AlreadyDone(_("这件申请没有待退还的材料。"))
    _check(state, recipient, relation)
    actor = actor_of(by, pool)
    serves = state.result in SERVED_BY_HAND

    def add(step: Step) -> None:
        _sign(step, recipient, relation, mail_number)
        close_command(step, item, actor.stamp, "given_back")
        if serves:
            _serve(step, recipient, relation, mail_number)

    return bare_step(
        state,
        actor,
        kind="gave_back",
        payload={"item": item.id, "served": serves, "posted": bool(mail_number)},
        prepare=add,
        codes={PROOF} if serves else set(),
    )


def _check(state: CaseState, recipient: str, relation: str) -> None:
    errors = {}
    if not recipient:
        errors["recipient"] = _("请写明谁签收的。")
    elif recipient != state.applicant_name and not relation:
        errors["relation"] = _("签收人不是申请人本人，请写明关系和查验的证明。")
    if errors:
        raise Invalid(errors)


def _sign(step: Step, recipient: str, relation: str, mail_number: str) -> None:
    """Both ends of the hand-back; what had to travel to the window first has arrived."""
    for handed in step.state.handed:
        if handed.to_pool_id is None:
            step.changes.custody_returned.append(
                CustodyReturned(
                    id=handed.id,
                    from_officer_id=step.setting.actor.id,
                    recipient=recipient[:100],
                    relation=relation[:100],
                    mail_number=mail_number[:60],
                    received_at=step.at,
                )
            )
        else:
            step.changes.custody_received.append(handed.id)


def _serve(step: Step, recipient: str, relation: str, mail_number: str) -> None:
    """D25 was handed over with the papers: proof of service (PROC-11, DENY-03)."""
    actor = step.setting.actor.id
    assert actor is not None  # noqa: S101 - an officer's action
    way = "post" if mail_number else "window"
    step.changes.deliveries.append(
        NewDelivery(
            way=way,
            recipient=recipient[:100],
            relation=relation[:40],
            mail_number=mail_number[:60],
            note="",
            served_at=step.at,
            served_by_id=actor,
        )
    )
    words = {
        "recipient": recipient,
        "recipient_is": relation or _OWN,
        "relation": "",
        "served_on": day_of(step.at),
        "delivery_mode": "邮寄" if mail_number else "直接送达",
        "mail_number": mail_number,
        "served_place": "",
        "fail_reason": "",
    }
    step.orders.append(Order(PROOF, {}, words=words))


_OWN = "申请人本人"
