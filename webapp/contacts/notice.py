"""D03 一次性告知单 from an enquiry: printable before any case exists (IN-07, IN-08, IN-09).

Written from the item's version in force and the county's wording, like the D03 of a case; the
number is the enquiry's. Nothing is stored but the event that it was printed: the same enquiry
and item versions give the same paper again.
"""

from __future__ import annotations

from webapp.cases.places import pool_facts, unit_facts
from webapp.cases.planning.guidance import required, words_of_item
from webapp.cases.planning.papers import printed, table_of
from webapp.cases.planning.words import day_words
from webapp.cases.store.papers import read_wordings
from webapp.cases.typesetting import Sheet, typeset
from webapp.catalogue.queries import ItemFacts, item_by_code
from webapp.contacts import policy
from webapp.contacts.actions.locking import record
from webapp.contacts.models import Contact
from webapp.contacts.queries import contact_seen_by
from webapp.core.db import transaction_with_retry
from webapp.organisations.models import Unit
from webapp.organisations.queries import Acting, competent_unit
from workflows.calendars import local_day

CODE = "D03"


def print_notice(contact_id: int, by: Acting, code: str) -> bytes:
    """The notice as PDF; that it was printed, for which item, is on record.

    Raises Unknown for a contact that she may not know of or an item that is not offered.
    """

    def work() -> Sheet:
        contact = contact_seen_by(by, contact_id)
        item = item_by_code(code)
        held = policy.post_for(by, None)
        record(contact_id, "notice_printed", by, held.pool_id, {"item": code})
        return _sheet(contact, item, by)

    return typeset([transaction_with_retry(work)])


def _sheet(contact: Contact, item: ItemFacts, by: Acting) -> Sheet:
    window = unit_facts(_centre(contact))
    organ = unit_facts(competent_unit(item.competent_unit_id, item.competent_local, window.id))
    words = {
        "applicant": contact.name,
        "item": item.name,
        "item_code": item.code,
        "case_number": contact.number,
        "organ": window.name,
        "competent_organ_name": organ.name,
        "place": window.name,
        "window": "综合窗口",
        "address": window.address,
        "phone": window.phone,
        "supervision_phone": window.supervision_phone,
        "officer": by.name,
        "today": day_words(local_day(by.at)),
        **words_of_item(item),
    }
    wording = read_wordings({CODE})[CODE]
    tables = [table_of(table, required(item)) for table in wording.get("lists") or ()]
    content = printed(CODE, wording, words, tables, licence=item.item_type == "licence")
    about = {"about": "首问编号", "case_number": contact.number, "query": None}
    return Sheet(CODE, f"{contact.number}-{CODE}", content | about, by.at)


def _centre(contact: Contact) -> int:
    """The unit whose window takes the application: the centre of that township, the hall."""
    unit = pool_facts(contact.holder_pool_id).unit
    if unit.kind in (Unit.Kind.CENTRE, Unit.Kind.HALL) or not unit.division_code:
        return unit.id
    there = Unit.objects.filter(
        active=True,
        kind__in=(Unit.Kind.CENTRE, Unit.Kind.HALL),
        division__code__startswith=unit.division_code[:9],
    )
    return there.order_by("id").values_list("id", flat=True).first() or unit.id
