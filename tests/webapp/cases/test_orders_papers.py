"""Awkward orders of events around papers: supplement, tolerance, suspension, refusal.

After each one everything is read (`reading.unsound`): clocks against their entries, documents,
custody, items, the chain of events.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.webapp.cases.reading import unsound
from tests.webapp.cases.test_commands import go_on, propose, stop
from tests.webapp.cases.test_special import ordered, reviewed
from tests.webapp.cases.test_tolerance import arrives, on_path, tolerated, verify
from webapp.cases import actions
from webapp.cases.models import Commitment
from webapp.cases.models.commitments import Proposal
from webapp.core import db, outbox
from webapp.core.errors import AlreadyDone, Refused

pytestmark = pytest.mark.django_db

BENEFIT, LICENCE = "MZ01", "ZR01"


@pytest.fixture
def head(desk):
    return lambda: desk.acting("xinan.centre", "township.head_window")


@pytest.fixture(autouse=True)
def _everything_is_sound(county):
    from webapp.cases.models import Case

    yield
    for case in Case.objects.all():
        assert unsound(case) == [], case.number


def noticed(desk, code: str):
    """A case whose first paper is lacking, noticed on 3 March 2026."""
    case = desk.open(code)
    key = case.materials.filter(needed=True).order_by("order").first().key
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "missing")
    desk.complete(desk.item(case), outcome="supplement")
    return case, key


def supplied(desk, case, key: str):
    with db.pretended(desk.at):
        return actions.supply_materials(case.pk, desk.window, {key: {"state": "received"}})


def told(desk):
    """Let the outbox carry out what cases owe each other and themselves."""
    with db.pretended(desk.at):
        outbox.deliver(50)


@pytest.mark.parametrize("code", [BENEFIT, LICENCE])
def test_the_supplement_arrives_during_suspension(desk, head, code):
    """TYPE-04: taken in with a receipt; a licence's new check runs, another's stands still."""
    case, key = noticed(desk, code)
    stop(desk, case, head())
    supplied(desk, case, key)
    assert desk.numbers(case).count("D02") == 2
    check = desk.clock(case, "check", 2)
    assert check.state == ("running" if code == LICENCE else "stopped")
    with pytest.raises(Refused, match="已中止"):
        desk.complete(desk.item(case))
    desk.go_to("2026-03-09")
    go_on(desk, case, head())
    assert desk.clock(case, "check", 2).due_on == (
        date(2026, 3, 10) if code == LICENCE else date(2026, 3, 16)
    )
    assert desk.run(case).result == "granted"


def test_the_supplement_deadline_passes_during_suspension(desk, head):
    """The applicant keeps the days that were left; only then it is looked into."""
    case, key = noticed(desk, BENEFIT)
    due = desk.clock(case, "supplement").due_on
    desk.go_to("2026-03-09")
    stop(desk, case, head())
    assert desk.sweep("2026-04-20").fired == 0
    desk.go_to("2026-04-20")
    go_on(desk, case, head())
    moved = desk.clock(case, "supplement").due_on
    assert moved > due
    assert desk.timers(case)["Event_SupplementDue"].fires_at is not None
    supplied(desk, case, key)
    assert desk.run(case).result == "granted"


def test_the_supplement_arrives_after_its_deadline_but_before_anybody_looked(desk):
    """TYPE-04: the clerk who checks the silence finds the paper there: examined, not ended."""
    case, key = noticed(desk, BENEFIT)
    desk.sweep("2026-03-25")
    desk.go_to("2026-03-25")
    overdue = desk.item(case, "Task_Overdue")
    with pytest.raises(AlreadyDone):
        supplied(desk, case, key)
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "received")
    desk.complete(overdue, desk.window, outcome="supplied")
    assert desk.numbers(case)[-1] == "D02"
    assert desk.run(case).result == "granted"


@pytest.mark.parametrize("switch", [True, False], ids=["anew", "what was left"])
def test_the_check_after_a_supplement(desk, switch):
    """flows: `check_clock_restarts_after_supplement`; off, the days that were left go on."""
    code = desk.reroute(BENEFIT, "", check_clock_restarts_after_supplement=switch)
    case = desk.open(code)
    key = case.materials.filter(needed=True).order_by("order").first().key
    desk.go_to("2026-03-05")  # two of five days are gone
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "missing")
    desk.complete(desk.item(case), outcome="supplement")
    desk.go_to("2026-03-16")
    supplied(desk, case, key)
    due = date(2026, 3, 23) if switch else date(2026, 3, 19)
    assert desk.clock(case, "check", 2).due_on == due
    assert desk.timers(case)["Event_CheckDue"].fires_at.date() >= due
    swept = desk.sweep(f"{due:%Y-%m}-{due.day + 1:02d}")
    assert swept.fired == 1
    assert desk.item(case).element == "Task_Direct"


def test_noticed_on_the_last_day_the_supplement_is_examined_the_day_it_comes(desk):
    """The same switch off: no day is left, so the day of the supplement is the last one."""
    code = desk.reroute(BENEFIT, "", check_clock_restarts_after_supplement=False)
    case = desk.open(code)
    key = case.materials.filter(needed=True).order_by("order").first().key
    desk.go_to("2026-03-10")
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "missing")
    desk.complete(desk.item(case), outcome="supplement")
    desk.go_to("2026-03-16")
    supplied(desk, case, key)
    assert desk.clock(case, "check", 2).due_on == date(2026, 3, 16)


def test_a_licence_keeps_its_tolerance_running_while_suspended(desk, head):
    """TOL-05, Art. 45: its statutory limit goes on, so that the promise of papers does too."""
    case, keys = tolerated(desk, on_path(desk, "promised"))
    stop(desk, case, head())
    assert desk.clock(case, "statutory").state == "running"
    assert desk.clock(case, "tolerance").state == "running"
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    overdue = desk.item(case, "Task_Overdue")
    with pytest.raises(Refused, match="已中止"):
        desk.complete(overdue, overdue_request="terminate")
    arrives(desk, case, *keys)
    go_on(desk, case, head())
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, keys[0], "checked")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="supplied")
    assert Commitment.objects.get(case=case).state == "KEPT"
    assert desk.run(case).result == "granted"


def test_a_benefit_keeps_the_days_of_its_tolerance_while_suspended(desk, head):
    """All its clocks stand still together: none outlives another."""
    case, keys = tolerated(desk)
    desk.go_to("2026-03-05")
    stop(desk, case, head())
    assert desk.sweep("2026-03-30").fired == 0
    desk.go_to("2026-03-30")
    go_on(desk, case, head())
    assert desk.clock(case, "tolerance").due_on == date(2026, 4, 3)
    desk.go_to("2026-04-03")
    arrives(desk, case, *keys)
    verify(desk, case, *keys)
    assert Commitment.objects.get(case=case).state == "KEPT"


def test_tolerance_is_extended_while_a_procedure_stops_the_limits(desk):
    """TOL-05: never past the day that the limits would have if they went on today."""
    case, keys = tolerated(desk, on_path(desk, "promised"))
    ordered(desk, case, "expert_review", days=20)
    assert desk.clock(case, "promised").state == "stopped"
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="extend")
    decide = desk.item(case, "Task_DecideOverdue")
    with pytest.raises(Refused, match="最晚是") as refusal:
        desk.complete(decide, outcome="extend", tolerance_until="2026-06-30")
    assert refusal.value.rule == "TOL-05"
    desk.complete(decide, outcome="extend", tolerance_until="2026-03-18")
    assert desk.clock(case, "tolerance", 2).due_on == date(2026, 3, 18)
    arrives(desk, case, *keys)
    verify(desk, case, *keys)
    desk.complete(desk.item(case))
    assert desk.run(case).result == "granted"


def test_tolerance_expires_while_a_procedure_is_open(desk):
    """TOL-10: the procedure ends with the case, and so do its clock and its timer."""
    case, _keys = tolerated(desk, on_path(desk, "promised"))
    ordered(desk, case, "publicity", days=30, unit="day")
    assert "Event_PublicityDue" in desk.timers(case)
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="terminate")
    desk.complete(desk.item(case, "Task_DecideOverdue"), outcome="terminate")
    assert "Event_PublicityDue" not in desk.timers(case)
    case.refresh_from_db()
    assert case.status != "SUSPENDED"
    case = desk.run(case)
    assert (case.result, Commitment.objects.get(case=case).state) == ("expired", "BROKEN")
    assert case.denial_filings.get().document_code == "D25"


def refusing(desk):
    """Tolerated, then a refusal proposed while the papers are open."""
    case, keys = tolerated(desk, on_path(desk, "promised"))
    desk.complete(desk.item(case, "Task_Review"), outcome="refuse")
    desk.complete(desk.item(case, "Task_Propose"), proposal="refuse")
    return case, keys


def test_the_last_paper_arrives_while_a_refusal_awaits_confirmation(desk):
    """IN-10: nothing is turned away before the decision; the refusal does not wait for it."""
    case, keys = refusing(desk)
    arrives(desk, case, *keys)
    assert desk.numbers(case).count("D02") == 2
    names = [
        row[0] for row in case.documents.filter(code="D02").last().content["lists"][0]["rows"]
    ]
    assert names == [case.materials.get(key=keys[0]).name]
    assert case.materials.get(key=keys[0]).state == "to_check"
    assert not case.items.filter(element="Task_VerifyPaper").exists()
    case = desk.run(case, Task_Approve={"outcome": "refuse"})
    assert case.result == "refused"
    assert Commitment.objects.get(case=case).state == "DROPPED"
    with pytest.raises((AlreadyDone, Refused)):
        arrives(desk, case, *keys)


def test_a_refusal_is_withdrawn_after_the_last_paper_came(desk):
    """TOL-09: the paper that came meanwhile is verified, not asked for again."""
    case, keys = refusing(desk)
    arrives(desk, case, *keys)
    desk.complete(desk.item(case, "Task_Check"), outcome="return")
    desk.complete(desk.item(case, "Task_Propose"), proposal="reopen")
    told(desk)
    assert desk.item(case, "Task_VerifyPaper").state == "OPEN"
    assert desk.numbers(case).count("D02") == 2  # no second receipt for the same paper
    verify(desk, case, *keys)
    assert Commitment.objects.get(case=case).state == "KEPT"
    assert desk.run(case).result == "granted"
    assert not case.denial_filings.exists()


def test_a_refusal_is_withdrawn_after_the_deadline_of_the_papers(desk):
    """TOL-10: nobody is ended for it unheard; the window looks into it at once."""
    case, keys = refusing(desk)
    assert desk.sweep("2026-03-16").fired == 0  # the refusal does not wait for papers
    desk.go_to("2026-03-16")
    desk.complete(desk.item(case, "Task_Check"), outcome="return")
    desk.complete(desk.item(case, "Task_Propose"), proposal="reopen")
    desk.sweep()
    overdue = desk.item(case, "Task_Overdue")
    arrives(desk, case, *keys)
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, keys[0], "checked")
    desk.complete(overdue, desk.window, overdue_request="supplied")
    assert desk.run(case).result == "granted"


def test_a_second_paper_that_came_during_verification_is_verified_too(desk):
    """TOL-05: marked with its receipt; it does not wait for the deadline."""
    case, keys = tolerated(desk, many=2)
    arrives(desk, case, keys[0])
    arrives(desk, case, keys[1])
    assert desk.numbers(case).count("D02") == 3
    verify(desk, case, keys[0], outcome="more")
    told(desk)
    assert desk.item(case, "Task_VerifyPaper").state == "OPEN"
    verify(desk, case, keys[1])
    assert Commitment.objects.get(case=case).state == "KEPT"
    assert desk.numbers(case).count("D02") == 3


def test_withdrawn_between_proposal_and_confirmation_with_papers_open(desk):
    """The applicant is first: no D20, no filing, the promise dropped, papers given back."""
    case, _keys = refusing(desk)
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
    case.refresh_from_db()
    assert (case.status, case.result) == ("WITHDRAWN", "withdrawn")
    assert not {"D20", "D24"} & set(desk.numbers(case))
    assert desk.numbers(case)[-1] == "D25W"
    assert Commitment.objects.get(case=case).state == "DROPPED"


def test_ended_by_two_persons_while_a_refusal_awaits_confirmation(desk, head):
    """DENY-02: one end, one filing; the drawn proposal is cancelled with its step."""
    case, _keys = refusing(desk)
    propose(desk, case)
    waiting = desk.item(case, "Task_Check")
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(), agree=True)
    waiting.refresh_from_db()
    assert waiting.state == "CANCELLED"
    case.refresh_from_db()
    assert case.result == "terminated"
    assert case.denial_filings.get().document_code == "D25"
    assert "D20" not in desk.numbers(case)


def test_decided_before_the_proposal_to_end_it_is(desk, head):
    """A grant makes the proposal void: nothing is ended after the decision."""
    case = reviewed(desk)
    propose(desk, case)
    for element in ("Task_Review", "Task_Propose", "Task_Check", "Task_Approve"):
        desk.complete(desk.item(case, element))
    assert not case.items.filter(state="OPEN", element="Command_Terminate").exists()
    assert Proposal.objects.get(case=case).state == "VOID"
    with pytest.raises((Refused, AlreadyDone)), db.pretended(desk.at):
        actions.decide_termination(case.pk, head(), agree=True)
    case = desk.run(case)
    assert case.result == "granted"
    assert not case.denial_filings.exists()


@pytest.mark.parametrize("outcome", ["not_required", "not_competent"])
def test_silence_after_a_proposal_not_to_accept_is_no_acceptance(desk, outcome):
    """行政许可法第三十二条: the window has spoken; the head's confirmation is late, not deemed."""
    case = desk.open(LICENCE)
    desk.complete(desk.item(case), outcome=outcome)
    desk.sweep("2026-03-12")
    case.refresh_from_db()
    assert (case.deemed_accepted, case.accepted_at) == (False, None)
    assert desk.item(case).element == "Task_Confirm"
    desk.go_to("2026-03-12")
    desk.complete(desk.item(case), outcome="send_back")
    assert desk.item(case).element == "Task_Examine"
    assert desk.run(case).result == "granted"
