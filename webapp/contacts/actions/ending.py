"""How an enquiry ends: answered, or turned into a case that keeps it (DUTY-01)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from webapp.cases import policy as cases
from webapp.cases.actions import save_draft
from webapp.cases.stepping import StepResult
from webapp.catalogue.queries import item_by_code
from webapp.contacts import policy
from webapp.contacts.actions.locking import lock, record
from webapp.contacts.models import Contact
from webapp.contacts.sealed import opened
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid
from webapp.organisations.queries import Acting

LONGEST = 2000


def answer_contact(contact_id: int, by: Acting, answer: str) -> None:
    """Say what was answered; the enquiry is over. Raises Unknown, NotYours, AlreadyDone, Invalid."""
    transaction_with_retry(lambda: _answer(contact_id, by, answer))


def _answer(contact_id: int, by: Acting, answer: str) -> None:
    contact = lock(contact_id, by)
    pool = policy.check_can_go_on(by, contact)
    if not answer.strip():
        raise Invalid({"answer": _("请写下答复了什么。")})
    close_with_answer(contact, by, pool, answer)


def close_with_answer(contact: Contact, by: Acting, pool_id: int, answer: str) -> None:
    """The same inside a transaction that holds the contact."""
    contact.answer = answer.strip()[:LONGEST]
    contact.state = Contact.State.ANSWERED
    contact.closed_by_id, contact.closed_at = by.officer_id, by.at
    contact.save(update_fields=["answer", "state", "closed_by", "closed_at"])
    record(contact.pk, "answered", by, pool_id)


def carry_over(contact_id: int, by: Acting, code: str) -> str:
    """Fill the registration form of an item with what the enquiry knows; gives the place.

    The answers become her own draft (encrypted), so that the form opens filled; that telephone
    and identity number were carried is on record like any look at them. Raises Unknown,
    NotYours, AlreadyDone, Refused.
    """
    return transaction_with_retry(lambda: _carry(contact_id, by, code))


def place_of(contact_id: int, code: str) -> str:
    """Where the draft of a registration that comes from an enquiry is kept."""
    return f"register:first-contact-{contact_id}:{code}"


def _carry(contact_id: int, by: Acting, code: str) -> str:
    contact = lock(contact_id, by)
    pool = policy.check_can_go_on(by, contact)
    cases.check_can_register(by)
    item = item_by_code(code)
    known = {
        "applicant_name": contact.name,
        "applicant_phone": opened(contact, "phone"),
        "applicant_id_number": opened(contact, "identity"),
    }
    if known["applicant_id_number"]:
        known["applicant_id_type"] = "id_card"
    asked = {one.key for one in item.form.fields}
    pairs = {key: [text] for key, text in known.items() if text and key in asked}
    place = place_of(contact_id, code)
    save_draft(by, place, {"pairs": pairs, "at": by.at.isoformat()})
    shown = sorted({"applicant_phone", "applicant_id_number"} & pairs.keys())
    record(contact_id, "carried", by, pool, {"item": code, "fields": shown})
    return place


def become_case(contact_id: int, by: Acting, register: Callable[[], StepResult]) -> StepResult:
    """Register the case and tie the enquiry to it, both or neither.

    `register` opens the case with the answers of the form. Pressed twice, the second gives the
    case of the first. Raises what registering raises, and Unknown, NotYours, AlreadyDone.
    """
    return transaction_with_retry(lambda: _become(contact_id, by, register))


def _become(contact_id: int, by: Acting, register: Callable[[], StepResult]) -> StepResult:
    contact = lock(contact_id, by)
    if contact.state == Contact.State.CASE and contact.case is not None:
        return StepResult(case_id=contact.case.pk, case_number=contact.case.number)
    pool = policy.check_can_go_on(by, contact)
    result = register()
    contact.case_id = result.case_id
    contact.state = Contact.State.CASE
    contact.closed_by_id, contact.closed_at = by.officer_id, by.at
    contact.save(update_fields=["case", "state", "closed_by", "closed_at"])
    record(contact_id, "became_case", by, pool, {"case": result.case_id})
    return result
