"""Agency in villages: the mandate may be taken back; the ledger says what was done (AGT-*)."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from tests.webapp.cases.desk import MANDATE
from tests.webapp.cases.test_village_cases import ITEM, visit
from webapp.accounts.models import Officer
from webapp.cases import actions
from webapp.cases.models import Case
from webapp.cases.queries.invariants import broken_chain, broken_invariants
from webapp.cases.queries.ledger import ledger, month_of, roll_up
from webapp.cases.queries.village import village_round
from webapp.core import db, outbox
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown
from webapp.organisations.models import Unit

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture
def agent(desk):
    station = Unit.objects.get(kind="station", division=desk.village())
    return desk.acting(station.key, "village.agent")


@pytest.fixture
def filed(desk, agent) -> Case:
    """A case that the agent has filed in the township on a mandate."""
    case = desk.open(ITEM, agent, mandate=MANDATE)
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
    with db.pretended(desk.at):
        outbox.deliver(20)
    return Case.objects.get(parent=case)


def revoke(desk, case, by, reason="本人要求"):
    with db.pretended(desk.at):
        actions.revoke_mandate(case.pk, by, reason)


class TestRevoked:
    """AGT-01: 群众自愿; the mandate is revocable, and then the agent may do nothing more."""

    def test_the_agent_loses_her_powers_on_both_cases(self, desk, agent, filed):
        with db.pretended(desk.at):
            assert actions.reveal(filed.pk, "application.applicant_phone", agent)
        revoke(desk, filed, desk.window)
        for one in (filed, filed.parent):
            one.refresh_from_db()
            assert one.agent_id is None
            assert one.mandate.revoked_at == desk.at
            assert one.mandate.agent_id == agent.officer_id  # who acted so far stays on record
        with pytest.raises(Unknown), db.pretended(desk.at):
            actions.reveal(filed.pk, "application.applicant_phone", agent)
        with pytest.raises(Unknown), db.pretended(desk.at):
            actions.withdraw(filed.pk, agent, "不办了")
        assert filed.pk not in {one.case_id for one in village_round(agent).waiting}
        assert broken_invariants() == []
        assert broken_chain(filed.pk) == []
        assert broken_chain(filed.parent_id) == []

    def test_the_case_goes_on_without_her(self, desk, agent, filed):
        revoke(desk, filed, agent)  # the applicant has told the agent herself
        assert desk.run(filed).result == "granted"

    def test_only_once_with_a_reason_and_by_those_who_have_the_case(self, desk, filed):
        with pytest.raises(Invalid):
            revoke(desk, filed, desk.window, " ")
        with pytest.raises(Unknown):
            revoke(desk, filed, desk.acting("xinchengpu.centre", "township.window"))
        revoke(desk, filed, desk.window)
        with pytest.raises(AlreadyDone):
            revoke(desk, filed, desk.window)
        own = desk.open("MZ04")
        with pytest.raises(AlreadyDone):
            revoke(desk, own, desk.window)

    def test_after_the_end_nothing_is_left_to_revoke(self, desk, filed):
        desk.run(filed)
        with pytest.raises(Refused, match="办结"):
            revoke(desk, filed, desk.window)


class TestLedger:
    """AGT-09, REP-03: 工作台账, 登记, 明确受理人; one ledger per village, rolled up."""

    def test_each_villager_helped_is_one_line_with_who_helped(self, desk, agent, filed):
        """AGT-02: village to township is one line with both numbers; AGT-08: in which way."""
        guided = visit(desk, agent, "guide", "MZ01")
        desk.complete(desk.item(guided, "Task_Register"), agent, outcome="guide")
        desk.complete(desk.item(guided, "Task_Guide"), agent)
        there = visit(desk, agent, "immediate")
        desk.complete(desk.item(there, "Task_Register"), agent, outcome="immediate")
        lines = {one.case_id: one for one in ledger(agent, MARCH)}
        ways = {case: one.way for case, one in lines.items()}
        assert ways == {filed.parent_id: "agency", guided.pk: "guide", there.pk: "immediate"}
        assert lines[filed.parent_id].sent_on == filed.number
        assert {one.agent for one in lines.values()} == {agent.name}
        assert lines[guided.pk].result == "guided"
        assert ledger(agent, date(2026, 2, 1)) == []

    def test_a_village_reads_its_own_and_a_township_all_of_its_villages(self, desk, filed):
        stations = Unit.objects.filter(kind="station", division__level="village")
        far = stations.exclude(division__parent=desk.village().parent).first()
        stranger = desk.acting(far.key, "village.agent")
        assert ledger(stranger, MARCH) == []
        assert ledger(stranger, MARCH, desk.village().pk) == []
        assert roll_up(desk.acting("xinchengpu.centre", "township.head_window"), MARCH) == []
        (line,) = roll_up(desk.acting("xinan.centre", "township.head_window"), MARCH)
        assert (line.entries, line.agency, line.still_open) == (1, 1, 1)
        assert line.village_id == filed.village_id
        office = desk.acting("county_service_office", "county.office")
        assert [one.entries for one in roll_up(office, MARCH)] == [1]

    def test_cases_of_the_counter_are_no_agency(self, desk):
        desk.open("MZ04")
        assert ledger(desk.window, MARCH) == []

    @pytest.mark.parametrize("typed", ["", "2026-13", "1' OR 1=1", "2026-3", "9999-01"])
    def test_a_month_that_is_none_is_this_one(self, typed):
        assert month_of(typed, date(2026, 3, 9)) == MARCH

    def test_as_a_table_no_cell_is_a_formula_and_the_fee_is_nought(self, desk, agent, client):
        """AGT-05: 不收取任何费用."""
        case = visit(desk, agent, "guide", "MZ01")
        Case.objects.filter(pk=case.pk).update(applicant_name="=HYPERLINK(1)")
        client.force_login(Officer.objects.get(pk=agent.officer_id))
        with db.pretended(desk.at):
            got = client.get(reverse("inboxes:village_ledger_csv"), {"month": "2026-03"})
            page = client.get(reverse("inboxes:village_ledger"), {"month": "2026-03"})
        heads, row = csv.reader(io.StringIO(got.content.decode("utf-8-sig")))
        found = dict(zip(heads, row, strict=True))
        assert found["申请人"] == "'=HYPERLINK(1)"
        assert found["收费（元）"] == "0"
        assert case.number in page.content.decode()


def test_what_she_has_to_bring_is_explained_and_signed_for(desk, agent):
    """AGT-10: 不符合或资料不全及时解释清楚: D03 lists every paper, the villager signs for it."""
    case = visit(desk, agent, "guide", "MZ01")
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="guide")
    desk.complete(desk.item(case, "Task_Guide"), agent)
    found = case.documents.get(code="D03")
    assert found.content["lists"][0]["rows"]
    assert any("收到人" in line for line in found.content["signatures"])
