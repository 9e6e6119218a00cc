"""Send an enquiry to a named person of a named post, who takes it or gives it back (DUTY-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.cases.places import hours, pool_facts
from webapp.catalogue.parameters import REFERRAL_ESCALATE, REFERRAL_TAKE, parameter
from webapp.catalogue.queries import calendar_in_force
from webapp.contacts import policy
from webapp.contacts.actions.locking import lock, open_referral, record
from webapp.contacts.models import Contact, Referral
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid
from webapp.core.typed import whole
from webapp.organisations.models import Holding, Pool
from webapp.organisations.notices import tell
from webapp.organisations.queries import Acting


@dataclass(frozen=True, slots=True)
class Target:
    """The post and the person who were named to whoever asked."""

    pool_id: int
    officer_id: int


def refer(contact_id: int, by: Acting, target: str, reason: str) -> None:
    """Send an enquiry on. `target` is "pool:officer".

    Raises Unknown, NotYours, AlreadyDone, or Invalid for a target that does not exist.
    """

    def work() -> None:
        contact = lock(contact_id, by)
        pool = policy.check_can_go_on(by, contact)
        send(contact, by, pool, target, reason)

    transaction_with_retry(work)


def send(contact: Contact, by: Acting, pool_id: int, target: str, reason: str) -> None:
    """The same inside a transaction that holds the contact."""
    to = check_target(target, by, pool_id)
    due, escalates = limits(to.pool_id, by.at)
    Referral.objects.create(
        contact=contact,
        from_officer_id=by.officer_id,
        from_pool_id=pool_id,
        to_pool_id=to.pool_id,
        to_officer_id=to.officer_id,
        reason=reason.strip()[:300],
        at=by.at,
        due_at=due,
        escalates_at=escalates,
    )
    contact.state = Contact.State.REFERRED
    contact.save(update_fields=["state"])
    record(contact.pk, "referred", by, pool_id, {"pool": to.pool_id, "officer": to.officer_id})
    until = date_format(timezone.localtime(due), _("n月j日 H:i"))
    told = {"name": by.name, "number": contact.number, "until": until, "contact": contact.pk}
    tell([to.officer_id], "referred", by.at, told)


def limits(pool_id: int, at: datetime) -> tuple[datetime, datetime]:
    """Until when it is to be taken, and when the heads are told: opening time of that unit."""
    calendar, open_hours = calendar_in_force(), hours(pool_facts(pool_id).unit.id)
    take = timedelta(minutes=parameter(REFERRAL_TAKE))
    wait = max(take, timedelta(minutes=parameter(REFERRAL_ESCALATE)))
    return (
        open_hours.add_working_time(calendar, at, take),
        open_hours.add_working_time(calendar, at, wait),
    )


def check_target(target: str, by: Acting, pool_id: int) -> Target:
    """A post where work is done, another one, and somebody who holds it today. Raises Invalid."""
    left, _sep, right = target.partition(":")
    pool, officer = whole(left), whole(right)
    if pool is None or officer is None:
        raise Invalid({"target": _("请选择转给哪个窗口、哪个人：要能告诉群众找谁。")})
    if pool == pool_id:
        raise Invalid({"target": _("这就是您自己的岗位，请直接答复或者登记办件。")})
    works = Pool.objects.filter(pk=pool, unit__active=True, role__may_own_lane=True).exists()
    holds = Holding.objects.filter(
        post__pool=pool,
        post__active=True,
        officer=officer,
        officer__is_active=True,
        during__contains=timezone.localdate(by.at),
    ).exists()
    if not works or not holds:
        raise Invalid({"target": _("这个人现在不在这个岗位上，请从名单里重新选择。")})
    return Target(pool, officer)


def take_referral(contact_id: int, by: Acting) -> None:
    """Take an enquiry that was sent to one's post: from now on it is hers to answer.

    Raises Unknown, NotYours, AlreadyDone.
    """

    def work() -> None:
        contact = lock(contact_id, by)
        referral = open_referral(contact)
        pool = policy.check_can_take_referral(by, referral)
        _close(referral, Referral.State.TAKEN, by)
        contact.state = Contact.State.OPEN
        contact.holder_pool_id = pool
        contact.save(update_fields=["state", "holder_pool"])
        record(contact_id, "taken", by, pool)

    transaction_with_retry(work)


def give_back_referral(contact_id: int, by: Acting, reason: str) -> None:
    """Not theirs: back to the post that sent it, with the reason; she is told.

    Raises Unknown, NotYours, AlreadyDone, Invalid without a reason.
    """

    def work() -> None:
        contact = lock(contact_id, by)
        referral = open_referral(contact)
        pool = policy.check_can_take_referral(by, referral)
        if not reason.strip():
            raise Invalid({"reason": _("请写明为什么不归本岗位办、应当找谁。")})
        _close(referral, Referral.State.RETURNED, by, reason)
        contact.state = Contact.State.OPEN
        contact.save(update_fields=["state"])
        record(contact_id, "given_back", by, pool)
        if referral is not None:
            told = {"name": by.name, "number": contact.number, "contact": contact.pk}
            tell([referral.from_officer_id], "referral_returned", by.at, told)

    transaction_with_retry(work)


def _close(
    referral: Referral | None, state: Referral.State, by: Acting, answer: str = ""
) -> None:
    if referral is None:  # the policy has refused before
        return
    referral.state = state
    referral.answered_by_id, referral.answered_at = by.officer_id, by.at
    referral.answer = answer.strip()[:300]
    referral.save(update_fields=["state", "answered_by", "answered_at", "answer"])
