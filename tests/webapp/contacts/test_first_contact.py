"""首问: registered, answered, referred, taken, chased, turned into a case (DUTY-01, DUTY-02, N1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.webapp.cases.desk import day
from tests.webapp.inboxes.conftest import Browser, posted
from webapp.audit.models import Event
from webapp.audit.queries import broken_heads
from webapp.cases.models import Case
from webapp.contacts import actions, queries
from webapp.contacts.actions import Enquiry
from webapp.contacts.models import Contact, Referral
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Unknown
from webapp.organisations.lookups import forget
from webapp.organisations.models import Notice
from webapp.organisations.staff import heads_of, units_over
from workflows.identifiers import id_card_check_digit

pytestmark = pytest.mark.django_db

PHONE = "13800000001"
IDENTITY = "13012319900101001" + id_card_check_digit("13012319900101001")


def enquiry(**given) -> dict:
    """What the page posts for an enquiry by telephone."""
    return {
        "name": "王建国", "question": "低保怎么申请", "channel": "phone", "phone": PHONE,
        "ends": "later", "key": "one", **given,
    }  # fmt: skip


def target_of(person) -> str:
    return f"{person.held[0].pool_id}:{person.officer_id}"


def kinds(contact: Contact) -> list[str]:
    return [one.kind for one in queries.history_of(contact)]


def test_three_fields_are_enough_and_a_double_click_is_one(window):
    """DUTY-01: named first responder, number, at a counter with a queue."""
    typed = {"name": "王女士", "question": "几点下班", "answer": "五点半", "channel": "counter",
             "ends": "answer", "key": "k"}  # fmt: skip
    first = window.post("/contacts/new/", typed)
    again = window.post("/contacts/new/", typed)
    contact = Contact.objects.get()
    assert first["Location"] == again["Location"] == f"/contacts/{contact.pk}/"
    assert contact.first_officer_id == window.person.officer_id
    assert contact.state == "ANSWERED"
    assert contact.is_visit
    assert contact.number == f"130123103-20260303-SW{contact.pk:06d}"
    assert kinds(contact) == ["registered", "answered"]


def test_what_is_wrong_is_said_at_once_and_nothing_typed_is_lost(window):
    """Every field at once; a citizen must be told a window and a person (DUTY-01)."""
    answer = window.post(
        "/contacts/new/", enquiry(name="", phone="12", ends="refer", question="问<b>路")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Contact.objects.exists()
    for link in ("#contact-name", "#contact-phone", "#contact-target"):
        assert f'href="{link}"' in page
    assert "问&lt;b&gt;路" in page


def test_what_is_typed_is_kept_as_a_draft(window):
    """Nothing typed at the counter is lost, also without pressing a button."""
    window.post("/contacts/new/draft/", enquiry(question="问到一半"))
    assert "问到一半" in window.get("/contacts/new/").content.decode()
    window.post("/contacts/new/", enquiry())
    assert "问到一半" not in window.get("/contacts/new/").content.decode()


def test_telephone_is_stored_encrypted_found_by_hash_and_shown_on_record(window, handler):
    """Design §data: personal data is encrypted, masked, and unmasking is an event."""
    window.post("/contacts/new/", enquiry(identity=IDENTITY))
    contact = Contact.objects.get()
    assert PHONE.encode() not in bytes(contact.phone)
    page = window.get(f"/contacts/{contact.pk}/").content.decode()
    assert PHONE not in page
    assert "138*****001" in page
    found = window.get(f"/contacts/?view=unit&q={PHONE}").content.decode()
    assert contact.number in found
    shown = window.post(f"/contacts/{contact.pk}/reveal/", {"field": "phone"}).content.decode()
    assert PHONE in shown
    assert kinds(contact)[-1] == "revealed"
    assert (
        handler.post(f"/contacts/{contact.pk}/reveal/", {"field": "phone"}).status_code == 404
    )
    for event in Event.objects.filter(subject="contact"):
        assert PHONE not in str(event.payload)


def test_an_enquiry_is_referred_taken_and_answered(window, handler, stranger):
    """DUTY-01: the named person must take it; until then it stays with whoever was asked first."""
    to = handler.person
    window.post("/contacts/new/", enquiry(ends="refer", target=target_of(to), reason="请核实"))
    contact = Contact.objects.get()
    assert contact.state == "REFERRED"
    assert contact.number in Notice.objects.get(officer=to.officer_id).payload["number"]
    assert "低保怎么申请" in handler.get("/inbox/").content.decode()
    assert stranger.get(f"/contacts/{contact.pk}/").status_code == 404
    for person, refusal in ((window.person, AlreadyDone), (handler.person, NotYours)):
        with pytest.raises(refusal):
            actions.answer_contact(contact.pk, person, "可以")
    with pytest.raises(NotYours):
        actions.take_referral(contact.pk, window.person)
    assert handler.post(f"/contacts/{contact.pk}/take/", {}).status_code == 302
    assert "低保怎么申请" not in handler.get("/inbox/").content.decode()
    handler.post(f"/contacts/{contact.pk}/answer/", {"answer": "带户口簿到窗口"})
    contact.refresh_from_db()
    assert (contact.state, contact.closed_by_id) == ("ANSWERED", to.officer_id)
    assert contact.first_officer_id == window.person.officer_id
    assert kinds(contact) == ["registered", "referred", "taken", "answered"]
    assert list(broken_heads()) == []


def test_a_referral_comes_back_with_a_reason(window, handler):
    """Not theirs: never silently, and again with the one who was asked first."""
    window.post("/contacts/new/", enquiry(ends="refer", target=target_of(handler.person)))
    contact = Contact.objects.get()
    refused = handler.post(f"/contacts/{contact.pk}/back/", {"reason": " "})
    assert refused.status_code == 422
    handler.post(f"/contacts/{contact.pk}/back/", {"reason": "请找社保所"})
    contact.refresh_from_db()
    assert contact.state == "OPEN"
    assert contact.holder_pool_id == window.person.held[0].pool_id
    assert "请找社保所" in window.get(f"/contacts/{contact.pk}/").content.decode()
    assert Notice.objects.filter(
        officer=window.person.officer_id, kind="referral_returned"
    ).exists()


def test_referrals_are_chased_inside_opening_hours_and_escalate_to_the_head(desk, handler):
    """DUTY-02: an evening's referral is due next morning; untaken it reaches the window head."""
    by = desk.go_to("2026-03-06", 17, 20).window  # Friday, ten minutes before closing
    contact_id = actions.register_contact(
        by, Enquiry("王建国", "低保", "phone", ends="refer", target=target_of(handler.person),
                    key="k")
    )  # fmt: skip
    referral = Referral.objects.get()
    monday = day("2026-03-09").date()
    assert referral.due_at.astimezone(by.at.tzinfo).date() == monday
    assert actions.chase_referrals(referral.due_at - timedelta(seconds=1)) == 0
    assert actions.chase_referrals(referral.due_at) == 1
    assert actions.chase_referrals(referral.due_at) == 0
    assert Notice.objects.filter(
        officer=handler.person.officer_id, kind="referral_late"
    ).exists()
    assert actions.chase_referrals(referral.escalates_at) == 1
    told = set(
        Notice.objects.filter(kind="referral_escalated").values_list("officer", flat=True)
    )
    assert told == heads_of(units_over(handler.person.held[0].unit_id), referral.escalates_at)
    assert told
    contact = Contact.objects.get(pk=contact_id)
    assert kinds(contact)[-2:] == ["referral_late", "referral_escalated"]
    desk.at = referral.escalates_at
    assert queries.counts(desk.window, "unit")["late"] == 1


def test_a_taken_referral_is_not_chased(desk, window, handler):
    """DUTY-02: only what nobody has taken."""
    window.post("/contacts/new/", enquiry(ends="refer", target=target_of(handler.person)))
    handler.post(f"/contacts/{Contact.objects.get().pk}/take/", {})
    assert actions.chase_referrals(desk.at + timedelta(days=5)) == 0


def test_nobody_is_referred_to_a_post_that_person_does_not_hold(window, handler, stranger):
    """DUTY-01: a named window *and* its person."""
    pool = handler.person.held[0].pool_id
    for target in (f"{pool}:{stranger.person.officer_id}", "x", "9" * 40 + ":1",
                   target_of(window.person)):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            actions.register_contact(
                window.person, Enquiry("王", "问", ends="refer", target=target, key=target)
            )
        assert "target" in wrong.value.errors
    offered = {one.value for _unit, people in queries.targets(window.person) for one in people}
    assert target_of(handler.person) in offered
    assert target_of(stranger.person) not in offered


def test_an_enquiry_becomes_a_case_that_keeps_it(window, desk):
    """DUTY-01: the form opens filled; the case names its enquiry; pressed twice it is one."""
    answer = window.post("/contacts/new/", enquiry(ends="case", item_code="MZ01"))
    contact = Contact.objects.get()
    form = window.get(answer["Location"]).content.decode()
    assert 'value="王建国"' in form
    assert PHONE in form
    assert "carried" in kinds(contact)
    filled = posted(desk.answers("MZ01")) | {
        f"mat-{key}-state": "received" for key in desk.marks("MZ01")
    }
    filled |= {"reg-key": "one", "do": "submit", "reg-contact": str(contact.pk)}
    done = window.post("/register/MZ01/", filled)
    assert window.post("/register/MZ01/", filled)["Location"] == done["Location"]
    case = Case.objects.get()
    contact.refresh_from_db()
    assert (contact.state, contact.case_id) == ("CASE", case.pk)
    assert contact.number in window.get(f"/cases/{case.pk}/").content.decode()
    assert kinds(contact)[-1] == "became_case"


def test_a_refused_registration_leaves_the_enquiry_open(window, desk):
    """Both or neither: what the form refuses binds nothing."""
    window.post("/contacts/new/", enquiry())
    contact = Contact.objects.get()
    refused = window.post("/register/MZ01/", {"reg-contact": str(contact.pk), "do": "submit"})
    assert refused.status_code == 422
    contact.refresh_from_db()
    assert contact.state == "OPEN"


def test_a_foreign_enquiry_is_not_taken_into_a_registration(window, stranger):
    """Unknown and foreign look the same."""
    window.post("/contacts/new/", enquiry())
    contact = Contact.objects.get()
    assert stranger.get(f"/register/MZ01/?contact={contact.pk}").status_code == 404
    with pytest.raises(Unknown):
        actions.carry_over(contact.pk, stranger.person, "MZ01")


def test_the_one_time_notice_is_printed_before_any_case_exists(window):
    """IN-07, IN-08, IN-09: D03 from the item's own list; printing is on record."""
    window.post("/contacts/new/", enquiry(item_code="MZ01"))
    contact = Contact.objects.get()
    answer = window.post(f"/contacts/{contact.pk}/notice.pdf", {"item": "MZ01"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    again = window.post(f"/contacts/{contact.pk}/notice.pdf", {"item": "MZ01"})
    assert answer.content == again.content
    assert kinds(contact)[-2:] == ["notice_printed"] * 2


def test_the_database_keeps_what_a_contact_must_be(window):
    """An answered enquiry has its words; a case of it is named."""
    window.post("/contacts/new/", enquiry())
    rows = Contact.objects.all()
    for wrong in ({"state": "ANSWERED", "closed_at": db.now()}, {"state": "CASE"},
                  {"closed_at": db.now()}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_pages_ask_as_many_questions_for_many_as_for_one(desk, window, handler):
    """A constant number of statements a page."""
    head = Browser(desk, desk.acting("xinan.centre", "township.head_window"))
    pages = ((window, "/contacts/?view=unit"), (head, "/contacts/figures/"),
             (window, "/contacts/new/"))  # fmt: skip
    counts = []
    for many in (1, 12):
        for number in range(many):
            typed = Enquiry("王", "问", "phone", PHONE, ends="refer", key=f"{many}-{number}",
                            target=target_of(handler.person))  # fmt: skip
            actions.register_contact(window.person, typed)
        found = []
        for person, url in pages:
            forget()  # what is remembered for seconds must not decide
            with CaptureQueriesContext(connection) as asked:
                assert person.get(url).status_code == 200
            found.append(len(asked))
        counts.append(found)
    assert counts[0] == counts[1]
