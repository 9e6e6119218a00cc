"""What is still owed when a case has ended: papers go back (IN-03), the county office reads what
was filed (DENY-01). flows: commands "carry result and document … and return papers"."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.webapp.cases.test_commands import propose
from webapp.cases import actions
from webapp.cases.models import Custody
from webapp.cases.queries.invariants import broken_chain, broken_invariants
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown

pytestmark = pytest.mark.django_db

BENEFIT, LICENCE = "MZ04", "ZR01"


@pytest.fixture
def head(desk):
    return lambda: desk.acting("xinan.centre", "township.head_window")


@pytest.fixture
def office(desk):
    return lambda: desk.acting("county_service_office", "county.office")


def withdraw(desk, case):
    with db.pretended(desk.at):
        return actions.withdraw(case.pk, desk.window, "不办了")


def terminated(desk, head, until: str = "Task_Prelim"):
    case = desk.run(desk.open(BENEFIT), until=until)
    propose(desk, case)
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(), agree=True)
    case.refresh_from_db()
    return case


def back(case) -> Custody:
    """The hand-back to the applicant."""
    return Custody.objects.get(case=case, to_pool=None)


def give(desk, case, *words: str, by=None):
    with db.pretended(desk.at):
        return actions.give_back(case.pk, by or desk.window, *words)


def read(desk, case, by, outcome="acknowledge", opinion="理由和依据清楚"):
    with db.pretended(desk.at):
        return actions.acknowledge_filing(case.pk, by, outcome, opinion)


def test_withdrawn_the_papers_go_back_with_two_signatures(desk):
    """IN-03: an open hand-back in the inbox of the window until somebody has signed."""
    case = desk.run(desk.open(BENEFIT), until="Task_Examine")
    with db.pretended(desk.at):
        actions.claim(desk.item(case).pk, desk.window)
    withdraw(desk, case)
    hand = back(case)
    assert (hand.is_open, hand.from_officer_id, hand.recipient) == (True, None, "")
    item = desk.item(case, "Command_GiveBack")
    assert item.pool_id == desk.window.held[0].pool_id
    assert item.due_at is not None
    assert broken_invariants() == []
    desk.go_to("2026-03-05")
    give(desk, case, case.applicant_name)
    hand.refresh_from_db()
    assert (hand.from_officer_id, hand.recipient) == (
        desk.window.officer_id,
        case.applicant_name,
    )
    assert hand.received_at == desk.at
    assert not case.items.filter(state="OPEN").exists()
    assert not case.clocks.exclude(state="ended").exists()
    assert not case.deliveries.exists()  # she withdrew: there is nothing to serve
    with pytest.raises(AlreadyDone):
        give(desk, case, case.applicant_name)
    assert broken_invariants() == []
    assert broken_chain(case.pk) == []


def test_papers_that_are_at_the_county_come_to_the_window_first(desk):
    """Withdrawn at the county: a hand-over to the window, signed for when they go back."""
    case = desk.run(desk.open("MZ01"), until="Task_CountyReview")
    withdraw(desk, case)
    rows = list(case.custody.filter(taken_back_at=None).order_by("id"))
    last, home = rows[-2:]
    assert last.from_unit.level == "county"
    assert (last.to_pool_id, last.received_at) == (desk.window.held[0].pool_id, None)
    assert (home.to_pool, home.from_unit_id) == (None, case.accountable_unit_id)
    give(desk, case, case.applicant_name)
    last.refresh_from_db()
    assert last.received_by_id == desk.window.officer_id
    assert not any(one.is_open for one in case.custody.all())


def test_what_nobody_had_signed_for_never_left_the_giver(desk):
    """A hand-over that still waits when the case ends is taken back, not left open for ever."""
    case = desk.run(desk.open("MZ01"), until="Task_CountyReceive")
    pending = case.custody.get(received_at=None)
    assert pending.to_pool.unit.level == "county"
    withdraw(desk, case)
    pending.refresh_from_db()
    assert pending.taken_back_at is not None
    assert pending.received_at is None
    assert case.custody.filter(to_pool__unit__level="county", received_at=None).get() == pending
    give(desk, case, case.applicant_name)
    assert not any(one.is_open for one in case.custody.all())


REFUSED = {
    "Task_Propose": {"proposal": "refuse"},
    "Task_Approve": {"outcome": "refuse"},
}


@pytest.mark.parametrize(
    ("choices", "result"),
    [
        ({"Task_Examine": {"outcome": "not_required"}}, "not_required"),
        ({"Task_Examine": {"outcome": "not_competent"}}, "not_accepted"),
        (REFUSED, "refused"),
    ],
)
def test_every_drawn_end_without_a_grant_gives_the_papers_back(desk, choices, result):
    case = desk.run(desk.open(desk.reroute(LICENCE, "promised")), **choices)
    assert (case.result, case.is_open) == (result, False)
    assert back(case).is_open
    assert broken_invariants() == []
    give(desk, case, case.applicant_name)
    assert not back(case).is_open


def test_granted_papers_stay_in_the_file(desk):
    case = desk.run(desk.open(BENEFIT))
    assert case.result == "granted"
    assert not case.custody.filter(to_pool=None).exists()
    assert not case.items.filter(state="OPEN").exists()


def test_nothing_goes_back_where_nothing_was_kept(desk):
    """Electronic papers, and originals that were only looked at, are with the applicant."""
    case = desk.open(BENEFIT)
    case.materials.update(form="original_check")
    withdraw(desk, case)
    assert not case.custody.filter(to_pool=None).exists()
    assert not case.items.filter(state="OPEN").exists()


def test_somebody_else_signs_only_with_a_relation(desk):
    case = desk.open(BENEFIT)
    withdraw(desk, case)
    for words, field in ((("",), "recipient"), (("李四",), "relation")):
        with pytest.raises(Invalid) as wrong:
            give(desk, case, *words)
        assert field in wrong.value.errors
    give(desk, case, "李四", "申请人的儿子，查验户口簿", "")
    assert back(case).relation == "申请人的儿子，查验户口簿"


def test_the_database_wants_both_hands(desk):
    case = desk.open(BENEFIT)
    withdraw(desk, case)
    for wrong in (
        {"received_at": desk.at, "recipient": "李四"},
        {"received_at": desk.at, "from_officer": desk.window.officer_id},
    ):
        with pytest.raises(IntegrityError, match="two_hands"), transaction.atomic():
            Custody.objects.filter(pk=back(case).pk).update(**wrong)


def test_the_signature_for_the_papers_proves_that_the_termination_was_served(desk, head):
    """PROC-11, DENY-03: D25 never stays without proof of service (D22)."""
    case = terminated(desk, head)
    assert not case.deliveries.exists()
    give(desk, case, case.applicant_name)
    served = case.deliveries.get()
    assert (served.recipient, served.way) == (case.applicant_name, "window")
    proof = "".join(case.documents.get(code="D22").content["paragraphs"])
    assert case.documents.get(code="D25").number in proof
    assert case.applicant_name in proof


def test_a_termination_without_papers_is_served_all_the_same(desk, head):
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    case.materials.update(form="electronic")
    propose(desk, case)
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(), agree=True)
    assert desk.item(case, "Command_GiveBack").name == "送达终止办理告知书"
    give(desk, case, case.applicant_name, "", "EMS123")
    assert case.deliveries.get().way == "post"


def test_the_office_finds_the_filing_of_a_termination_in_its_inbox_and_takes_note(
    desk, head, office
):
    """DENY-01: D24 is acknowledged; within five working days, by the office and nobody else."""
    case = terminated(desk, head)
    item = desk.item(case, "Command_Acknowledge")
    assert item.pool_id == desk.county.pool("county_service_office", "county.office")
    assert str(item.due_at.date()) == "2026-03-10"
    for stranger in (desk.window, head()):
        with pytest.raises(Unknown):
            read(desk, case, stranger)
    for wrong in (("acknowledge", "好"), ("approve", "理由和依据清楚")):
        with pytest.raises(Invalid):
            read(desk, case, office(), *wrong)
    with pytest.raises(Refused, match="办件页"):
        actions.complete(item.pk, office(), {})
    read(desk, case, office())
    filing = case.denial_filings.get()
    assert (filing.state, filing.answered_by_id) == ("ACKNOWLEDGED", office().officer_id)
    assert filing.answer == "理由和依据清楚"
    item.refresh_from_db()
    assert (item.state, item.outcome) == ("DONE", "acknowledge")
    with pytest.raises(AlreadyDone):
        read(desk, case, office())
    case.refresh_from_db()
    assert (case.is_open, case.result, case.holder_role) == (False, "terminated", "")
    assert broken_invariants() == []
    assert broken_chain(case.pk) == []


def test_the_office_asks_the_head_answers_and_the_office_reads_again(desk, head, office):
    """DENY-01, PROC-12: both stand among the opinions, the register shows the question."""
    case = terminated(desk, head)
    with pytest.raises(AlreadyDone), db.pretended(desk.at):
        actions.answer_query(case.pk, head(), "没有人问过这个问题")
    read(desk, case, office(), "query", "户籍迁出的证明在哪里？")
    assert case.denial_filings.get().state == "QUERIED"
    item = desk.item(case, "Command_Answer")
    assert item.pool_id == desk.county.pool("xinan.centre", "township.head_window")
    with pytest.raises(Invalid):
        actions.answer_query(case.pk, head(), "有")
    with db.pretended(desk.at):
        actions.answer_query(case.pk, head(), "迁出证明已随卷，编号见附件。")
    said = list(case.opinions.order_by("id").values_list("step_name", "text"))[-2:]
    assert said == [
        ("备案审阅", "户籍迁出的证明在哪里？"),
        ("答复质询", "迁出证明已随卷，编号见附件。"),
    ]
    read(desk, case, office(), "acknowledge", "已核对证明")
    assert case.denial_filings.get().state == "ACKNOWLEDGED"
    assert broken_invariants() == []


def test_the_drawn_reading_of_a_filing_stands_in_the_register_too(desk):
    case = desk.open(BENEFIT)
    desk.complete(desk.item(case), outcome="not_required")
    desk.run(case, until="Task_Acknowledge")
    item = desk.item(case, "Task_Acknowledge")
    desk.complete(item, outcome="query", query="依据是哪一条？请写明。")
    filing = case.denial_filings.get()
    assert filing.state == "QUERIED"
    assert "依据是哪一条" in filing.answer
    desk.complete(desk.item(case, "Task_Answer"))
    desk.complete(desk.item(case, "Task_Acknowledge"), outcome="acknowledge")
    assert case.denial_filings.get().state == "ACKNOWLEDGED"
