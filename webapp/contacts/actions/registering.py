"""Register an enquiry (首问登记), and at once how it ended: one screen, one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from webapp.cases.places import unit_facts
from webapp.catalogue.models import ServiceItem
from webapp.contacts import policy
from webapp.contacts.actions.ending import close_with_answer
from webapp.contacts.actions.locking import record
from webapp.contacts.actions.referring import check_target, send
from webapp.contacts.models import Contact
from webapp.contacts.sealed import seal
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid
from webapp.organisations.queries import Acting
from workflows.calendars import CHINA
from workflows.identifiers import (
    check_id_card,
    check_phone,
    normalise_number,
    normalise_phone,
)

LONGEST = 2000
"""Characters of a question and of an answer."""
ENDS = ("answer", "refer", "case", "later")


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What the page of the first contact asks, as typed.

    `is_visit`: "yes", "no", or "" for the usual: whoever came to the counter made one visit.
    `target` is "pool:officer" (the named post and person), needed for `ends="refer"`.
    """

    name: str
    question: str
    channel: str = "counter"
    phone: str = ""
    identity: str = ""
    item_code: str = ""
    is_visit: str = ""
    ends: str = "answer"
    answer: str = ""
    target: str = ""
    reason: str = ""
    key: str = ""
    pool_id: int | None = None


def register_contact(by: Acting, typed: Enquiry) -> int:
    """Keep an enquiry; gives its id. The same key again gives the same contact.

    The officer is the first responder for ever (DUTY-01). With `ends` it is answered, referred,
    or left to its holder: `case` and `later` leave it open, the first because the registration
    form comes next. Raises NotYours, or Invalid with a sentence for each field.
    """
    held = policy.post_for(by, typed.pool_id)
    key = f"{by.officer_id}:{typed.key[:60]}"
    known = Contact.objects.filter(key=key).values_list("id", flat=True).first()
    if known is not None:
        return known
    errors = errors_of(by, typed, held.pool_id)
    if errors:
        raise Invalid(errors)
    try:
        return transaction_with_retry(lambda: _register(by, typed, key, held.pool_id))
    except IntegrityError:
        known = Contact.objects.filter(key=key).values_list("id", flat=True).first()
        if known is None:
            raise
        return known


def errors_of(by: Acting, typed: Enquiry, pool_id: int) -> dict[str, str]:
    """Everything that is wrong, so that one round of mending is enough."""
    errors = {}
    if not typed.name.strip():
        errors["name"] = _("请填怎么称呼来问的人，例如“王建国”“东关村王女士”。")
    if not typed.question.strip():
        errors["question"] = _("请用一两句话写下问什么。")
    if typed.channel not in Contact.Channel.values:
        errors["channel"] = _("请选择是来柜台、打电话，还是上门。")
    for field, check in (("phone", check_phone), ("identity", check_id_card)):
        text = _plain(field, getattr(typed, field))
        problem = check(text) if text else None
        if problem:
            errors[field] = _(problem)
    if typed.item_code and not _item_id(typed.item_code):
        errors["item"] = _("没有这个事项，请从名单里选择。")
    errors |= _errors_of_end(by, typed, pool_id)
    return errors


def _errors_of_end(by: Acting, typed: Enquiry, pool_id: int) -> dict[str, str]:
    if typed.ends not in ENDS:
        return {"ends": _("请选择怎么处理。")}
    if typed.ends == "answer" and not typed.answer.strip():
        return {
            "answer": _("当场答复的，请写下答复了什么；不能马上答复的，请选转交或者待答复。")
        }
    if typed.ends == "case" and not typed.item_code:
        return {"item": _("要登记办件，请先选择事项。")}
    if typed.ends == "refer":
        try:
            check_target(typed.target, by, pool_id)
        except Invalid as wrong:
            return wrong.errors
    return {}


def _plain(field: str, text: str) -> str:
    return normalise_phone(text) if field == "phone" else normalise_number(text)


def _item_id(code: str) -> int | None:
    rows = ServiceItem.objects.filter(code=code, enabled=True)
    return rows.values_list("id", flat=True).first()


def _register(by: Acting, typed: Enquiry, key: str, pool_id: int) -> int:
    held = policy.post_for(by, pool_id)
    contact_id = _new_id()
    phone, phone_hash = seal(contact_id, "phone", _plain("phone", typed.phone))
    identity, identity_hash = seal(contact_id, "identity", _plain("identity", typed.identity))
    code = (unit_facts(held.unit_id).division_code or "000000000")[:9]
    contact = Contact.objects.create(
        pk=contact_id,
        number=f"{code}-{by.at.astimezone(CHINA):%Y%m%d}-SW{contact_id:06d}",
        channel=typed.channel,
        is_visit=typed.is_visit == "yes"
        or (typed.is_visit != "no" and typed.channel == Contact.Channel.COUNTER),
        name=typed.name.strip()[:60],
        phone=phone,
        phone_hash=phone_hash,
        identity=identity,
        identity_hash=identity_hash,
        question=typed.question.strip()[:LONGEST],
        item_id=_item_id(typed.item_code) if typed.item_code else None,
        unit_id=held.unit_id,
        first_officer_id=by.officer_id,
        acting_as=by.stamp(held.pool_id),
        at=by.at,
        holder_pool_id=held.pool_id,
        key=key,
    )
    payload = {"channel": contact.channel, "visit": contact.is_visit, "item": typed.item_code}
    record(contact_id, "registered", by, held.pool_id, payload)
    if typed.ends == "answer":
        close_with_answer(contact, by, held.pool_id, typed.answer)
    elif typed.ends == "refer":
        send(contact, by, held.pool_id, typed.target, typed.reason)
    return contact_id


def _new_id() -> int:
    """The next of the sequence: numbers and ciphertexts are bound to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('contacts_contact', 'id'))")
        number: int = cursor.fetchone()[0]
    return number
