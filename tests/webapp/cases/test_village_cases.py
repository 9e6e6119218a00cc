"""Help in the village: done there, filed for the villager, or told where to go (TYPE-07)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import MANDATE
from webapp.cases import actions, channels
from webapp.cases.models import Case
from webapp.cases.queries import case_page
from webapp.cases.queries.invariants import broken_chain, broken_invariants
from webapp.cases.queries.village import village_round
from webapp.core import db, outbox
from webapp.core.errors import AlreadyDone, Refused
from webapp.core.models import OutboxMessage
from webapp.inboxes.commands import offered
from webapp.organisations.models import Unit

pytestmark = pytest.mark.django_db

ITEM = "RS01"  # offered in villages, immediate at the township's counter


@pytest.fixture
def agent(desk):
    station = Unit.objects.get(kind="station", division=desk.village())
    return desk.acting(station.key, "village.agent")


def visit(desk, agent, way: str, code: str = "CL02", **values):
    with db.pretended(desk.at):
        done = actions.open_case(
            by=agent,
            item_code=code,
            values={"applicant_name": "王建国", "applicant_phone": "13912345678"} | values,
            materials={},
            village_id=None,
            agent_mandate=None,
            idempotency_key=f"visit-{way}-{code}",
            way=way,
        )
    return Case.objects.get(pk=done.case_id)


@pytest.mark.parametrize(
    ("way", "element", "result"),
    [("immediate", "Task_HandleThere", "answered"), ("guide", "Task_Guide", "guided")],
)
def test_done_there_or_told_where_to_go(desk, agent, way, element, result):
    """PROC-14: four duties ticked; a name and a telephone are enough; no mandate."""
    case = visit(desk, agent, way)
    assert (case.agent_id, case.process_version.process.key) == (None, "village")
    desk.complete(desk.item(case, "Task_Register"), agent, outcome=way)
    desk.complete(desk.item(case, element), agent)
    case.refresh_from_db()
    assert (case.result, case.is_open) == (result, False)
    assert not case.denial_filings.exists()


def test_agency_starts_the_township_case_once_and_waits_for_its_end(desk, agent):
    """AGT-01 to AGT-03: same person, answers, papers, agent and mandate; back to the agent."""
    case = desk.open(ITEM, agent, mandate=MANDATE)
    assert case.process_version.process.key == "village"
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
    assert "D21" in desk.numbers(case)
    with db.pretended(desk.at):
        outbox.deliver(20)
    started = Case.objects.get(parent=case)
    assert started.process_version.process.key == "immediate"
    assert (started.applicant_name, started.agent_id) == (case.applicant_name, agent.officer_id)
    assert started.mandate.principal_name == MANDATE["principal_name"]
    assert started.materials.count() == case.materials.count()
    assert started.delivery_mode == "village_agent"
    with db.pretended(desk.at):
        phones = {
            actions.reveal(one.pk, "application.applicant_phone", agent)
            for one in (case, started)
        }
    assert len(phones) == 1
    again = OutboxMessage.objects.get(channel="start-case")
    channels.start_case(outbox.Message(again.pk, again.channel, "", again.payload))
    assert Case.objects.filter(parent=case).count() == 1

    desk.complete(desk.item(case, "Task_Trip"), agent)
    assert case.awaited.filter(name="case_finished", over_at=None).exists()
    assert broken_invariants() == []
    started = desk.run(started)
    assert started.result == "granted"
    with db.pretended(desk.at):
        outbox.deliver(50)
    desk.complete(desk.item(case, "Task_Report"), agent)
    case.refresh_from_db()
    assert case.result == "handled_elsewhere"
    assert broken_invariants() == []


def test_the_township_case_may_end_before_the_agent_has_noted_her_trip(desk, agent):
    """The message waits in the outbox until the case waits for it."""
    case = desk.open(ITEM, agent, mandate=MANDATE)
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
    with db.pretended(desk.at):
        outbox.deliver(20)
    desk.run(Case.objects.get(parent=case))
    with db.pretended(desk.at):
        outbox.deliver(50)
    desk.complete(desk.item(case, "Task_Trip"), agent)
    with db.pretended(desk.at):
        outbox.deliver(50)
    assert desk.item(case).element == "Task_Report"


def test_who_withdraws_before_the_outbox_has_run_has_no_second_case(desk, agent):
    case = desk.open(ITEM, agent, mandate=MANDATE)
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
    with db.pretended(desk.at):
        actions.withdraw(case.pk, agent, "不办了")
        outbox.deliver(20)
    assert not Case.objects.filter(parent=case).exists()
    assert not OutboxMessage.objects.filter(channel="start-case", sent_at=None).exists()


def test_no_agency_without_mandate_or_for_what_one_must_do_in_person(desk, agent):
    """AGT-01, AGT-04: refused with the rule, the step is still there."""
    case = visit(desk, agent, "guide", "MZ01")
    with pytest.raises(Refused) as refusal:
        desk.complete(desk.item(case), agent, outcome="agency")
    assert refusal.value.rule == "AGT-01"
    assert desk.item(case).element == "Task_Register"
    with pytest.raises(Refused, match="不在这里受理|不能代办"):
        desk.open("CL02", agent, mandate=MANDATE)


def started_by(desk, agent):
    """A village case whose township case runs."""
    case = desk.open(ITEM, agent, mandate=MANDATE)
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
    deliver(desk)
    return case, Case.objects.get(parent=case)


def deliver(desk, many: int = 50):
    with db.pretended(desk.at):
        outbox.deliver(many)


def commands_of(case, by) -> set[str]:
    """The commands that the page of a case offers to somebody."""
    return {name for name, given in offered(by, case_page(case, by.at)).items() if given}


def withdraw(desk, case, by, reason="本人不再需要办理"):
    with db.pretended(desk.at):
        return actions.withdraw(case.pk, by, reason)


def test_withdrawn_in_the_village_both_cases_end_and_the_papers_go_back_once(desk, agent):
    """AGT-01 (revocable): the applicant's reason arrives; one paper, one hand-back."""
    case, township = started_by(desk, agent)
    assert {"may_withdraw", "may_terminate"} <= commands_of(case, agent)
    withdraw(desk, case, agent)
    case.refresh_from_db()
    assert case.is_open  # no transaction holds two cases: the outbox carries it over
    with pytest.raises(AlreadyDone, match="正在等答复"):
        withdraw(desk, case, agent)
    assert not {"may_withdraw", "may_terminate"} & commands_of(case, agent)
    deliver(desk)
    deliver(desk)
    for one in (case, township):
        one.refresh_from_db()
        assert (one.status, one.result) == ("WITHDRAWN", "withdrawn")
        assert broken_chain(one.pk) == []
    assert case.forwarded.get().state == "DONE"
    paper = township.documents.get(code="D25W")
    assert "本人不再需要办理" in "".join(paper.content["paragraphs"])
    assert not case.documents.filter(code="D25W").exists()
    assert township.custody.filter(to_pool=None).count() == 1
    to_do = village_round(agent).to_do  # the hand-back is hers, and on her one page
    assert [(one.case_id, one.step) for one in to_do] == [(township.pk, "退还材料")]
    with db.pretended(desk.at):
        actions.give_back(township.pk, agent, township.applicant_name)
    assert village_round(agent).to_do == ()
    assert not case.custody.filter(to_pool=None).exists()
    assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert broken_invariants() == []


def test_a_command_that_is_carried_over_twice_does_nothing_more(desk, agent):
    case, township = started_by(desk, agent)
    withdraw(desk, case, agent)
    with db.pretended(desk.at):
        actions.carry_over(case.pk)
        actions.carry_over(case.pk)
    township.refresh_from_db()
    assert township.result == "withdrawn"
    seen = township.documents.filter(code="D25W").count()
    assert seen == 1
    deliver(desk)
    assert broken_invariants() == []


def test_once_the_township_has_decided_the_agent_is_told_and_nothing_else_happens(desk, agent):
    """Told at once where it is known, else with the answer of the township case."""
    case, township = started_by(desk, agent)
    withdraw(desk, case, agent)  # on its way …
    desk.run(township, until="Task_AgentDeliver")  # … while the township decides
    deliver(desk)
    case.refresh_from_db()
    township.refresh_from_db()
    asked = case.forwarded.get()
    assert (asked.state, "决定已经作出" in asked.note) == ("REFUSED", True)
    assert (case.is_open, township.result) == (True, "granted")
    assert desk.item(case).element == "Task_Trip"
    with pytest.raises(Refused, match=township.number):
        withdraw(desk, case, agent)
    assert not {"may_withdraw", "may_terminate"} & commands_of(case, agent)
    desk.run(township)
    deliver(desk)
    desk.complete(desk.item(case, "Task_Trip"), agent)
    deliver(desk)
    desk.complete(desk.item(case, "Task_Report"), agent)
    case.refresh_from_db()
    assert case.result == "handled_elsewhere"
    assert broken_invariants() == []


def test_withdrawn_at_the_window_the_village_case_gets_its_answer(desk, agent):
    """PROC-12: the agent still tells the villager."""
    case, township = started_by(desk, agent)
    desk.complete(desk.item(case, "Task_Trip"), agent)
    withdraw(desk, township, desk.window)
    deliver(desk)
    assert desk.item(case).element == "Task_Report"
    desk.complete(desk.item(case), agent)
    case.refresh_from_db()
    assert case.result == "handled_elsewhere"
    assert broken_invariants() == []


def test_a_termination_proposed_in_the_village_is_decided_on_the_township_case(desk, agent):
    """DENY-01, DENY-02: one proposal, one D25, one filing; the village case is told the end."""
    case, township = started_by(desk, agent)
    with db.pretended(desk.at):
        actions.propose_termination(case.pk, agent, "申请人去世", "办法第三条")
    deliver(desk)
    proposal = township.proposals.get()
    assert (proposal.proposed_by_id, proposal.reason) == (agent.officer_id, "申请人去世")
    assert not case.proposals.exists()
    head = desk.acting("xinan.centre", "township.head_window")
    with db.pretended(desk.at):
        actions.decide_termination(township.pk, head, agree=True)
    deliver(desk)
    desk.complete(desk.item(case, "Task_Trip"), agent)
    deliver(desk)
    assert desk.item(case).element == "Task_Report"
    assert township.documents.filter(code="D25").count() == 1
    assert not case.denial_filings.exists()
    assert broken_invariants() == []
