"""申诉: a card is said to be mistaken, and another person decides (domain §4.4).

The card stays: cancelled, with the appeal and the decision beside it. Both acts stand in the
chain of the case. Nobody decides on her own card or appeal (不相容岗位分开).
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import policy
from webapp.cases.models import Card, CardAppeal
from webapp.cases.noting import changes_of, note
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown
from webapp.organisations.queries import Acting

GROUNDS = {
    "system": gettext_noop("系统故障或者记录有误"),
    "force_majeure": gettext_noop("不可抗力"),
    "other": gettext_noop("其他不能归责于我的原因"),
}
LEAST = 10  # characters of a reason
APPEALABLE = frozenset({"yellow", "red", "talk"})


def appeal_card(card_id: int, by: Acting, ground: str, reason: str) -> None:
    """Say that a card is mistaken. Raises Unknown, Invalid, Refused or AlreadyDone."""
    transaction_with_retry(lambda: _appeal(card_id, by, ground, reason.strip()))


def _appeal(card_id: int, by: Acting, ground: str, reason: str) -> None:
    card = _card(card_id)
    pool = policy.check_can_appeal(by, card)
    state = lock_case(card.case_id)
    if card.level not in APPEALABLE:
        raise Refused(_("提醒和预警不是处理，不用申诉。"))
    if card.state == Card.State.CANCELLED:
        raise AlreadyDone(_("这张牌已经撤销。"))
    if CardAppeal.objects.filter(card=card).exists():
        raise AlreadyDone(_("这张牌已经申诉过。"))
    errors = {}
    if ground not in GROUNDS:
        errors["ground"] = _("请选择申诉的理由。")
    if len(reason) < LEAST:
        errors["reason"] = _("请写明事实，至少十个字。")
    if errors:
        raise Invalid(errors)
    CardAppeal.objects.create(
        card=card, ground=ground, reason=reason, by_id=by.officer_id, at=state.at
    )
    payload = {"card": card.pk, "rule": card.rule}
    note(state, changes_of(state), actor_of(by, pool), "card_appealed", payload)


def decide_appeal(card_id: int, by: Acting, outcome: str, words: str) -> None:
    """Cancel the card (`cancel`) or let it stand (`uphold`): county office or inspection.

    Raises Unknown, NotYours (her own card), Invalid, or AlreadyDone without an open appeal.
    """
    transaction_with_retry(lambda: _decide(card_id, by, outcome, words.strip()))


def _decide(card_id: int, by: Acting, outcome: str, words: str) -> None:
    card = _card(card_id)
    pool = policy.check_can_decide_appeal(by)
    state = lock_case(card.case_id)
    appeal = CardAppeal.objects.filter(card=card, state=CardAppeal.State.OPEN).first()
    if appeal is None:
        raise AlreadyDone(_("这张牌没有等待决定的申诉。"))
    policy.check_separate(by, {appeal.by_id, card.officer_id or 0}, pool)
    errors = {}
    if outcome not in {"cancel", "uphold"}:
        errors["outcome"] = _("请选择撤销或者维持。")
    if len(words) < LEAST:
        errors["note"] = _("请写明决定的理由，至少十个字。")
    if errors:
        raise Invalid(errors)
    granted = outcome == "cancel"
    appeal.state = CardAppeal.State.GRANTED if granted else CardAppeal.State.DECLINED
    appeal.decided_by_id, appeal.decided_at, appeal.note = by.officer_id, state.at, words
    appeal.save(update_fields=["state", "decided_by", "decided_at", "note"])
    if granted:
        Card.objects.filter(pk=card.pk).update(state=Card.State.CANCELLED)
    payload = {"card": card.pk, "rule": card.rule, "outcome": outcome}
    kind = "card_cancelled" if granted else "card_upheld"
    note(state, changes_of(state), actor_of(by, pool), kind, payload)


def _card(card_id: int) -> Card:
    card = Card.objects.filter(pk=card_id).first()
    if card is None:
        raise Unknown(_("没有这张牌。"))
    return card
