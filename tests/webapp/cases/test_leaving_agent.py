"""A village agent who leaves: what she carries for villagers gets another agent (AGT-01 to AGT-03)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.cases.desk import MANDATE
from webapp.accounts.models import Officer
from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.actions.leave import Agency
from webapp.cases.models import Case
from webapp.cases.queries.agencies import carried_by, successors
from webapp.cases.queries.village import village_round
from webapp.core import db, outbox
from webapp.core.errors import Invalid, Unknown
from webapp.organisations.models import Unit
from webapp.organisations.notices import told
from webapp.organisations.queries import acting

pytestmark = pytest.mark.django_db
ITEM, OFFICE = "RS01", "county_service_office"


@pytest.fixture
def agent(desk):
    station = Unit.objects.get(kind="station", division=desk.village())
    return desk.acting(station.key, "village.agent")


@pytest.fixture
def office(desk):
    return desk.acting(OFFICE, "county.office")


@pytest.fixture
def carried(desk, agent):
    """Two cases for villagers: one under way in the township, one about to be filed there."""
    cases = [desk.open(ITEM, agent, mandate=MANDATE) for _ in range(2)]
    for number, case in enumerate(cases):
        desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
        if number == 0:
            with db.pretended(desk.at):
                outbox.deliver(20)
    return cases, Case.objects.get(parent=cases[0])


def receiver_of(desk, agent) -> int:
    return successors(agent.officer_id, desk.at.date())[0].officer_id


def test_nobody_leaves_while_villagers_would_be_left_alone(desk, agent, office, carried):
    to = receiver_of(desk, agent)
    window = desk.window.officer_id
    for agency, wrong in (
        (None, {"agent", "agreed"}),
        (Agency(to, agreed=False), {"agreed"}),
        (Agency(window, agreed=True), {"agent"}),
        (Agency(agent.officer_id, agreed=True), {"agent"}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.leave(agent.officer_id, office, to, "", agency)
        assert set(refused.value.errors) == wrong
    assert Officer.objects.get(pk=agent.officer_id).is_active
    assert len(carried_by(agent.officer_id)) == 3
    stranger = desk.acting("nangang.centre", "township.leader")
    with pytest.raises(Unknown):
        actions.leave(agent.officer_id, stranger, to, "", Agency(to, agreed=True))
    assert len(carried_by(agent.officer_id)) == 3


def test_every_case_gets_the_other_agent_with_a_line_in_its_record(
    desk, agent, office, carried
):
    """民法典第一百六十九条: with consent, on record; the mandate stays as it was signed."""
    cases, started = carried
    to = receiver_of(desk, agent)
    with db.pretended(desk.at):
        left = actions.leave(agent.officer_id, office, to, "", Agency(to, agreed=True))
    assert left.carried == 3
    for case in (*cases, started):
        case.refresh_from_db()
        assert case.agent_id == to
        event = Event.objects.get(subject="case", subject_id=case.pk, kind="agent_changed")
        assert (event.payload["from"], event.payload["to"]) == (agent.officer_id, to)
        assert event.actor_id == office.officer_id
    assert started.mandate.agent_id == agent.officer_id
    assert carried_by(agent.officer_id) == []
    new = acting(to, desk.at)
    mine = {one.number for one in carried_by(to)}
    assert mine == {case.number for case in (*cases, started)}
    with db.pretended(desk.at):
        assert village_round(new)
    assert any(started.number in one.sentence for one in told(to))
    # what is filed from now on is filed for the new agent
    with db.pretended(desk.at):
        outbox.deliver(20)
    second = Case.objects.get(parent=cases[1])
    assert second.agent_id == to
    assert queries.broken_invariants() == []


def test_the_page_asks_and_keeps_what_was_chosen(desk, agent, office, carried):
    to = receiver_of(desk, agent)
    client = Client()
    client.force_login(
        Officer.objects.get(pk=office.officer_id), "django.contrib.auth.backends.ModelBackend"
    )
    url = reverse("office:leave", args=[agent.officer_id])
    with db.pretended(desk.at):
        page = client.get(url).content.decode()
        assert "代办的 3 件，由谁接着代办" in page
        assert carried[1].number in page
        answer = client.post(url, {"receiver": to, "agent": to, "remark": "钥匙在站里"})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "征得同意以后勾选" in text
        assert f'<option value="{to}" selected>' in text
        assert "钥匙在站里" in text
        done = client.post(
            url, {"receiver": to, "agent": to, "agreed": "on", "remark": ""}, follow=True
        )
    assert "3 件代办已改由接手的代办员代办。" in done.content.decode()


def test_who_carries_nothing_is_asked_nothing(desk, agent, office):
    to = desk.window.officer_id
    with db.pretended(desk.at):
        assert actions.leave(agent.officer_id, office, to).carried == 0
