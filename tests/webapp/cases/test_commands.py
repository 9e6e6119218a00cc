"""Commands that no diagram draws: suspend, resume, terminate, withdraw (flows)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.test_tolerance import arrives, tolerated
from webapp.cases import actions
from webapp.cases.models import ClockEntry
from webapp.cases.models.commitments import Proposal
from webapp.cases.queries.invariants import broken_chain, broken_invariants
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown

pytestmark = pytest.mark.django_db

BENEFIT, LICENCE = "MZ04", "ZR01"


@pytest.fixture
def head(desk):
    return lambda: desk.acting("xinan.centre", "township.head_window")


def stop(desk, case, by, cause="force_majeure", reason="洪水，道路中断", basis="办法第八条"):
    with db.pretended(desk.at):
        return actions.suspend(case.pk, by, cause, reason, basis)


def go_on(desk, case, by, reason="道路已通"):
    with db.pretended(desk.at):
        return actions.resume(case.pk, by, reason)


def test_suspended_the_clocks_stand_still_and_run_on_with_what_was_left(desk, head):
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    before = desk.clock(case, "promised").due_on
    desk.go_to("2026-03-05")
    stop(desk, case, head())
    case.refresh_from_db()
    number = case.documents.get(code="D14S").number
    assert (case.status, case.due_at) == ("SUSPENDED", None)
    assert {c.state for c in case.clocks.exclude(state="ended")} == {"stopped"}
    last = ClockEntry.objects.filter(case=case, kind="promised").order_by("-seq").first()
    assert (last.entry["cause"], last.entry["evidence"]) == ("中止办理", number)
    assert desk.item(case).due_at is None
    assert case.timers.filter(state="ARMED").exclude(fires_at=None).count() == 0
    with pytest.raises(Refused, match="已中止"):
        desk.complete(desk.item(case))
    with pytest.raises(AlreadyDone):
        stop(desk, case, head())
    desk.go_to("2026-03-12")
    go_on(desk, case, head())
    case.refresh_from_db()
    assert (case.status, case.suspended_from) == ("IN_REVIEW", "")
    assert (desk.clock(case, "promised").due_on - before).days >= 7
    assert desk.item(case).due_at is not None
    assert desk.run(case).result == "granted"
    assert broken_invariants() == []


def test_the_statutory_clock_of_a_licence_runs_on(desk, head):
    """Art. 45 names what stops it; nothing else does."""
    case = desk.run(desk.open(desk.reroute(LICENCE, "promised")), until="Task_Review")
    stop(desk, case, head(), "party", "申请人去世")
    states = dict(case.clocks.exclude(state="ended").values_list("kind", "state"))
    assert states["statutory"] == "running"
    assert states["promised"] == states["step"] == "stopped"


def test_the_paper_says_suspension_its_basis_and_which_clocks_stop(desk, head):
    """No special procedure: D14S quotes what was typed, D14R the new due date (IN-13)."""
    case = desk.run(desk.open(desk.reroute(LICENCE, "promised")), until="Task_Review")
    stop(desk, case, head())
    assert not case.documents.filter(code="D14").exists()
    paper = case.documents.get(code="D14S")
    text = "".join(paper.content["paragraphs"])
    assert paper.content["title"] == "中止办理告知书"
    assert "特别程序" not in str(paper.content)
    for words in ("因不可抗力", "洪水，道路中断", "依据：办法第八条", "承诺办结时限停止计算"):
        assert words in text
    assert "法定办结时限照常计算" in text
    assert paper.content["basis"] == []
    desk.go_to("2026-03-12")
    go_on(desk, case, head())
    again = "".join(case.documents.get(code="D14R").content["paragraphs"])
    due = desk.clock(case, "promised").due_on
    for words in (paper.number, "道路已通", "2026年3月3日", f"{due.month}月{due.day}日"):
        assert words in again
    assert "⟦" not in again + text


def test_a_suspension_of_what_is_no_licence_stops_its_clocks_and_says_so(desk, head):
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    stop(desk, case, head())
    text = "".join(case.documents.get(code="D14S").content["paragraphs"])
    assert "承诺办结时限" in text.partition("停止计算")[0]
    assert "照常计算" not in text


def test_the_check_clock_of_a_licence_runs_out_while_suspended_and_it_is_deemed_accepted(
    desk, head
):
    """行政许可法第三十二条第四项, 第四十五条: nobody stops the five days by a command."""
    case = desk.open(desk.reroute(LICENCE, "promised"))
    due = desk.clock(case, "check").due_on
    stop(desk, case, head())
    check = desk.clock(case, "check")
    assert (check.state, check.due_on) == ("running", due)
    entries = ClockEntry.objects.filter(case=case, kind="check").order_by("seq")
    assert [one.entry["type"] for one in entries] == ["started"]
    desk.sweep("2026-03-11")
    case.refresh_from_db()
    assert case.deemed_accepted
    assert case.status == "SUSPENDED"
    statutory = desk.clock(case, "statutory")
    assert statutory.state == "running"
    before = statutory.due_on
    desk.go_to("2026-03-20")
    go_on(desk, case, head())
    assert desk.clock(case, "statutory").due_on == before
    kinds = {"check", "statutory"}
    written = ClockEntry.objects.filter(case=case, kind__in=kinds)
    assert {one.entry["type"] for one in written} <= {"started", "ended"}


def test_a_procedure_that_had_stopped_a_clock_keeps_it_stopped(desk, head):
    case = desk.run(desk.open(desk.reroute(LICENCE, "promised")), until="Task_Review")
    desk.complete(
        desk.item(case), outcome="special", procedure="hearing", procedure_days=5,
        procedure_unit="workday",
    )  # fmt: skip
    stop(desk, case, head())
    go_on(desk, case, head())
    assert desk.clock(case, "promised").state == "stopped"
    case.refresh_from_db()
    assert case.status == "SUSPENDED"
    desk.complete(desk.item(case))
    assert desk.clock(case, "promised").state == "running"


def test_a_supplement_that_arrives_during_suspension_is_taken_in(desk, head):
    """How it will be checked: nothing lost, the new step stands still until it goes on."""
    case = desk.open(BENEFIT)
    key = case.materials.filter(needed=True).first().key
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "missing")
    desk.complete(desk.item(case), outcome="supplement")
    stop(desk, case, head())
    with db.pretended(desk.at):
        actions.supply_materials(case.pk, desk.window, {key: {"state": "received"}})
    item = desk.item(case)
    assert (item.element, item.due_at) == ("Task_Examine", None)
    assert case.materials.get(key=key).state == "received"
    with pytest.raises(Refused, match="已中止"):
        desk.complete(item)
    go_on(desk, case, head())
    case.refresh_from_db()
    assert case.status == "RECEIVED"
    assert desk.run(case).result == "granted"


def test_a_promised_paper_arrives_during_suspension(desk, head):
    case, keys = tolerated(desk)
    stop(desk, case, head())
    assert desk.clock(case, "tolerance").state == "stopped"
    arrives(desk, case, *keys)
    assert desk.item(case, "Task_VerifyPaper").due_at is None
    desk.sweep("2026-03-20")
    go_on(desk, case.__class__.objects.get(pk=case.pk), head())
    assert desk.clock(case, "tolerance").state == "running"


def test_withdrawn_while_suspended(desk, head):
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    stop(desk, case, head())
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
    case.refresh_from_db()
    assert (case.status, case.result, case.suspended_from) == ("WITHDRAWN", "withdrawn", "")
    paper = case.documents.get(code="D25W").content
    assert "不办了" in "".join(paper["paragraphs"])
    assert paper["lists"][0]["rows"]
    assert "remedy" not in paper
    assert broken_invariants() == []


@pytest.mark.parametrize(
    ("cause", "reason", "basis"),
    [("", "x", "y"), ("party", " ", "y"), ("weather", "x", "y"), ("party", "x", " ")],
)
def test_suspending_needs_a_cause_words_and_a_basis(desk, head, cause, reason, basis):
    case = desk.open(BENEFIT)
    with pytest.raises(Invalid):
        stop(desk, case, head(), cause, reason, basis)
    assert not case.documents.filter(code="D14S").exists()


def propose(desk, case, by=None):
    with db.pretended(desk.at):
        return actions.propose_termination(
            case.pk, by or desk.window, "申请人去世", "办法第三条"
        )


def test_terminated_by_two_persons_with_paper_remedy_and_filing(desk, head):
    """DENY-01, DENY-02: proposed by the window, confirmed by the head from her inbox."""
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    propose(desk, case)
    waiting = case.items.get(state="OPEN", element="Command_Terminate")
    assert waiting.pool_id == desk.county.pool("xinan.centre", "township.head_window")
    with pytest.raises(AlreadyDone, match="正在等确认"):
        propose(desk, case)
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(), agree=True)
    case.refresh_from_db()
    assert (case.status, case.result, case.is_open) == ("CLOSED", "terminated", False)
    paper = case.documents.get(code="D25")
    assert "remedy" in paper.content
    assert "申请人去世" in "".join(paper.content["paragraphs"])
    filing = case.denial_filings.get()
    assert (filing.proposer_id, filing.confirmer_id) == (
        desk.window.officer_id,
        head().officer_id,
    )
    assert filing.reason == "申请人去世"
    sheet = case.documents.get(code="D24").content["paragraphs"]
    assert "理由：申请人去世" in sheet, "the county office reads on the sheet why it was ended"
    assert f"依据：{filing.basis}" in sheet
    waiting.refresh_from_db()
    assert waiting.state == "DONE"
    assert Proposal.objects.get(case=case).state == "AGREED"
    assert desk.running(case) == set()
    assert broken_invariants() == []
    assert broken_chain(case.pk) == []


def test_a_termination_does_not_blame_the_applicant_for_being_late(desk, head):
    """D25 names lateness only where the case is ended for it."""
    case, _keys = tolerated(desk)
    propose(desk, case)
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(), agree=True)
    text = "".join(case.documents.get(code="D25").content["paragraphs"])
    assert "申请人去世" in text
    assert "没有在" not in text


def test_nobody_confirms_her_own_proposal_and_it_may_be_declined(desk, head):
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    propose(desk, case, desk.window)
    with pytest.raises(Unknown):
        actions.decide_termination(case.pk, desk.window, agree=True)
    Proposal.objects.filter(case=case).update(proposed_by=head().officer_id)
    with pytest.raises(NotYours):
        actions.decide_termination(case.pk, head(), agree=True)
    Proposal.objects.filter(case=case).update(proposed_by=desk.window.officer_id)
    with pytest.raises(Invalid):
        actions.decide_termination(case.pk, head(), agree=False)
    with db.pretended(desk.at):
        actions.decide_termination(case.pk, head(), agree=False, note="可以由配偶承受")
    assert desk.item(case).element == "Task_Prelim"
    with pytest.raises(AlreadyDone):
        actions.decide_termination(case.pk, head(), agree=True)
    propose(desk, case)  # another reason may come up later


def test_withdrawal_between_proposal_and_confirmation(desk, head):
    """How it will be checked: the applicant is first; nothing is filed, the proposal is void."""
    case = desk.run(desk.open(BENEFIT), until="Task_Prelim")
    propose(desk, case)
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
    with pytest.raises(AlreadyDone):
        actions.decide_termination(case.pk, head(), agree=True)
    case.refresh_from_db()
    assert case.result == "withdrawn"
    assert not case.denial_filings.exists()
    assert Proposal.objects.get(case=case).state == "VOID"
    assert broken_invariants() == []


def test_withdrawal_between_the_proposal_to_refuse_and_its_confirmation(desk):
    """The drawn proposal as well: no refusal, no filing."""
    case = desk.open(BENEFIT)
    desk.complete(desk.item(case), outcome="not_required")
    assert desk.item(case).element == "Task_Confirm"
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "不办了")
    case.refresh_from_db()
    assert case.result == "withdrawn"
    assert not case.denial_filings.exists()
    assert "D07" not in desk.numbers(case)
    assert broken_invariants() == []


def test_after_the_decision_nothing_is_commanded_any_more(desk, head):
    case = desk.run(desk.open(BENEFIT), until="Task_Counter")
    for call in (
        lambda: stop(desk, case, head()),
        lambda: propose(desk, case),
        lambda: actions.withdraw(case.pk, desk.window, "不办了"),
    ):
        with pytest.raises(Refused, match="决定已经作出"):
            call()
