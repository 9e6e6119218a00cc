"""Who hands the papers on: the unit that has them, with its own officer's name (IN-03)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import MANDATE
from tests.webapp.cases.reading import unsound
from tests.webapp.cases.test_joint import opinions
from webapp.cases.actions.start_case import start_case
from webapp.cases.models import Case
from webapp.core import db
from webapp.organisations.models import Unit

pytestmark = pytest.mark.django_db

DISSENT = {"outcome": "disagree", "legal_basis": "办法第八条"}


def hops(case) -> list[tuple[str, str]]:
    """The way of the applicant's papers so far, unit to unit."""
    rows = case.custody.filter(papers="materials").order_by("id")
    return list(rows.values_list("from_unit__key", "to_pool__unit__key"))


def last(case):
    return case.custody.filter(papers="materials").order_by("id").last()


def disagreed(desk, case, consolidate: str):
    """Every department has answered, the first that it does not agree; the lead calls a meeting."""
    desk.complete(opinions(case).first(), **DISSENT)
    for _round in range(5):
        if case.items.filter(state="OPEN", element=consolidate).exists():
            break
        desk.complete(case.items.filter(state="OPEN").order_by("id").first())
    desk.complete(desk.item(case, consolidate), outcome="meet")


def test_after_the_countys_meeting_the_hall_hands_the_papers_on(desk):
    """IN-03, TYPE-09: the leader who held the meeting never had them and signs for nothing."""
    case = desk.run(desk.open("CL01"), until="Task_CountyConvene")
    desk.complete(desk.item(case))
    disagreed(desk, case, "Task_CountyConsolidate")
    meeting = desk.item(case, "Task_CountyMeet")
    assert meeting.pool.unit.key != "county_hall"
    desk.complete(meeting, outcome="agreed")
    assert hops(case)[-2][1] == "county_hall"
    assert (last(case).from_unit.key, last(case).from_officer) == ("county_hall", None)
    case = desk.run(case)
    assert case.result == "granted"
    way = hops(case)
    assert [one[0] for one in way[1:]] == [one[1] for one in way[:-1]], way
    assert unsound(case) == []


@pytest.mark.parametrize(
    ("code", "unit", "role"),
    [("RS04", "county_hall", "county.window"), ("ZR01", "xinan.centre", "township.window")],
)
def test_after_the_meeting_of_a_joint_case_the_counter_hands_them_on(desk, code, unit, role):
    """IN-03: the papers of a joint case lie at the counter that leads it until it is decided."""
    given = {"land_type": "construction_land"} if code == "ZR01" else {}
    case = desk.run(desk.open(code, desk.acting(unit, role), **given), until="Task_Convene")
    desk.complete(desk.item(case))
    disagreed(desk, case, "Task_Consolidate")
    meeting = desk.item(case, "Task_Meet")
    desk.complete(meeting, outcome="agreed")
    officer = last(case).from_officer
    assert last(case).from_unit.key == unit
    assert (officer is None) == (meeting.pool.unit.key != unit)
    assert desk.run(case).result == "granted"
    assert unsound(case) == []


def test_without_a_meeting_the_counter_gives_with_its_own_name(desk):
    case = desk.run(desk.open("RS04", desk.acting("county_hall", "county.window")))
    first = case.custody.filter(papers="materials").order_by("id").first()
    assert first.from_unit.key == "county_hall"
    assert first.from_officer is not None


def test_where_the_window_takes_them_from_the_agent_both_sign(desk):
    """AGT-02: the agent gives at her village, the window signs."""
    station = Unit.objects.get(kind="station", division=desk.village())
    agent = desk.acting(station.key, "village.agent")
    case = desk.open("MZ04", agent, mandate=MANDATE)
    first = case.custody.get()
    assert (first.from_unit_id, first.from_officer_id) == (station.pk, agent.officer_id)
    assert first.to_pool.unit.key == "xinan.centre"
    desk.run(case, until="Task_Prelim")
    assert last(case).from_unit.key == "xinan.centre"
    assert last(case).from_officer is not None


def test_what_lies_at_the_township_is_handed_on_by_the_township(desk):
    """Started for the agent as the township's own case: her papers came with the village case."""
    station = Unit.objects.get(kind="station", division=desk.village())
    agent = desk.acting(station.key, "village.agent")
    village = desk.open("RS01", agent, mandate=MANDATE)
    desk.complete(desk.item(village, "Task_Register"), agent, outcome="agency")
    with db.pretended(desk.at):
        started = start_case(village.pk, "township", "promised")
    case = desk.run(Case.objects.get(pk=started.case_id), until="Task_Review")
    first = case.custody.get()
    assert first.from_unit.key == "xinan.centre"
    assert first.from_officer is not None
