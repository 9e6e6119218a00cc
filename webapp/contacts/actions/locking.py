"""The row of a contact is its lock; every change is an event of its chain."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.contacts import policy
from webapp.contacts.models import Contact, Referral
from webapp.core.errors import Unknown
from webapp.organisations.queries import Acting


def lock(contact_id: int, by: Acting) -> Contact:
    """The contact, locked. Raises Unknown for one that she may not know of."""
    seen = Contact.objects.filter(policy.seen_by(by), pk=contact_id).exists()
    found = Contact.objects.select_for_update(no_key=True).filter(pk=contact_id).first()
    if found is None or not seen:
        raise Unknown(_("没有这次首问。"))
    return found


def open_referral(contact: Contact) -> Referral | None:
    """The referral that waits to be taken."""
    rows = contact.referrals.select_related("to_officer", "to_pool__unit")
    return rows.filter(state=Referral.State.OPEN).first()


def record(
    contact_id: int, kind: str, by: Acting, pool_id: int, payload: dict[str, Any] | None = None
) -> None:
    """One event of the contact's chain: ids and choices, nothing that somebody told us."""
    audit.record(
        subject=Event.Subject.CONTACT,
        subject_id=contact_id,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        acting_as=by.stamp(pool_id),
        payload=payload or {},
    )
