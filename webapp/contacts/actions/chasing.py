"""Chase referrals that nobody took: first the post, then the heads (DUTY-02). A sweep."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.contacts.models import Referral
from webapp.organisations.models import Holding
from webapp.organisations.notices import tell
from webapp.organisations.queries import people_on_duty
from webapp.organisations.staff import heads_of, units_over

BATCH = 200


def chase_referrals(at: datetime) -> int:
    """Tell about every referral whose moment has come; gives how many steps were taken.

    Each in a transaction of its own under its row; run twice at once, each is told
    once. Their moments lie inside opening hours, so nobody is told at night.
    """
    due = _due(at).order_by("due_at").values_list("id", flat=True)[:BATCH]
    return sum(_chase(referral_id, at) for referral_id in list(due))


def _due(at: datetime) -> QuerySet[Referral]:
    late = Q(reminded_at=None, due_at__lte=at)
    later = Q(escalated_at=None, escalates_at__lte=at)
    return Referral.objects.filter(late | later, state=Referral.State.OPEN)


def _chase(referral_id: int, at: datetime) -> int:
    with transaction.atomic():
        rows = _due(at).select_for_update(skip_locked=True, of=("self",))
        referral = (
            rows.filter(pk=referral_id)
            .select_related("contact", "to_officer", "to_pool__unit")
            .first()
        )
        if referral is None:
            return 0
        steps = _remind(referral, at) + _escalate(referral, at)
        referral.save(update_fields=["reminded_at", "escalated_at"])
    return steps


def _remind(referral: Referral, at: datetime) -> int:
    if referral.reminded_at is not None:
        return 0
    referral.reminded_at = at
    people = {pk for pk, _name in people_on_duty(referral.to_pool_id, at)}
    _tell(referral, people | {referral.to_officer_id}, "referral_late", at)
    return 1


def _escalate(referral: Referral, at: datetime) -> int:
    if referral.escalated_at is not None or referral.escalates_at > at:
        return 0
    referral.escalated_at = at
    heads = heads_of(units_over(referral.to_pool.unit_id), at)
    _tell(referral, heads or _county_office(at), "referral_escalated", at)
    return 1


def _county_office(at: datetime) -> set[int]:
    held = Holding.objects.filter(
        post__pool__role="county.office", cover="A", during__contains=timezone.localdate(at)
    )
    return set(held.values_list("officer_id", flat=True))


def _tell(referral: Referral, officers: set[int], kind: str, at: datetime) -> None:
    payload = {
        "number": referral.contact.number,
        "name": referral.to_officer.name,
        "unit": referral.to_pool.unit.name,
        "contact": referral.contact_id,
    }
    tell(officers, kind, at, payload)
    audit.record(
        subject=Event.Subject.CONTACT,
        subject_id=referral.contact_id,
        kind=kind,
        at=at,
        payload={"referral": referral.pk, "told": sorted(officers)},
    )
