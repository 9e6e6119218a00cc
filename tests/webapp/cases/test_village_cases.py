"""Help in the village: done there, filed for the villager, or told where to go (TYPE-07)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import MANDATE
from webapp.cases import actions, channels
from webapp.cases.models import Case
from webapp.cases.queries.invariants import broken_invariants
from webapp.core import db, outbox
from webapp.core.errors import Refused
from webapp.core.models import OutboxMessage
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
