"""The repair page: what the hourly check finds, and what the county office may safely mend."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.webapp.inboxes.conftest import Browser
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.models import Case, Timer, WorkItem
from webapp.cases.queries import broken_chain, broken_invariants
from webapp.core import db
from webapp.core.errors import AlreadyDone, Refused, Unknown
from webapp.core.models import OutboxMessage
from webapp.office.repairing import RULES

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(desk) -> Browser:
    return Browser(desk, desk.acting("county_service_office", "county.office"))


@pytest.fixture
def stuck(desk):
    """A case that waits for nothing but a command which failed too often."""
    case = desk.open("ZR01")
    WorkItem.objects.filter(case=case).update(
        state="CANCELLED", closed_at=desk.at, claimed_by=None, claimed_at=None
    )
    Timer.objects.filter(case=case).update(state="DISARMED")
    case.awaited.update(over_at=desk.at)
    message = OutboxMessage.objects.create(
        channel="case-command", ordering_key=f"case-command:{case.pk}",
        payload={"case": case.pk, "message": "x"}, created_at=desk.at, attempts=8,
        dead_at=desk.at, last_error="TimeoutError",
    )  # fmt: skip
    return case, message


def test_every_rule_of_the_check_has_words_and_a_way_out():
    """A rule that the page does not know would be a failure of the page."""
    from inspect import getsource

    from webapp.cases.queries import invariants

    source = getsource(invariants)
    told = {part.split("'")[0] for part in source.split("SELECT '")[1:]}
    assert told == set(RULES)


def test_a_stopped_command_is_listed_and_gets_another_round(desk, office, stuck):
    case, message = stuck
    assert [one.case_id for one in broken_invariants()] == [case.pk]
    page = office.get("/office/repairs/").content.decode()
    assert case.number in page
    assert "没有办结，但没有人" in page
    assert "让指令再走一遍" in page
    assert office.post(f"/office/repairs/{case.pk}/", {"do": "requeue"}).status_code == 302
    message.refresh_from_db()
    assert (message.dead_at, message.attempts) == (None, 0)
    event = Event.objects.filter(subject="case", subject_id=case.pk).latest("seq")
    assert (event.kind, event.payload) == (
        "repaired", {"repair": "requeue", "messages": [message.pk]}
    )  # fmt: skip
    assert event.actor_id == office.person.officer_id
    assert broken_chain(case.pk) == []
    assert broken_invariants() == []
    assert case.number not in office.get("/office/repairs/").content.decode()


def test_dates_are_derived_again_from_the_entries(desk, office):
    case = desk.open("ZR01")
    clock = case.clocks.exclude(state="ended").first()
    right = clock.due_on
    case.clocks.filter(pk=clock.pk).update(
        due_on=right + timedelta(days=9), due_at=clock.due_at + timedelta(days=9)
    )
    with db.pretended(desk.at):
        assert actions.repair_case(case.pk, office.person, "recount") == 1
        with pytest.raises(AlreadyDone):
            actions.repair_case(case.pk, office.person, "recount")
    clock.refresh_from_db()
    assert clock.due_on == right
    assert broken_chain(case.pk) == []


def test_only_the_county_office_mends_and_only_what_is_offered(desk, office, stuck):
    case, message = stuck
    for by in (desk.window, desk.acting("xinan.centre", "township.leader")):
        with pytest.raises(Unknown):
            actions.repair_case(case.pk, by, "requeue")
    with pytest.raises(Refused, match="没有这种修复办法"):
        actions.repair_case(case.pk, office.person, "delete")
    message.refresh_from_db()
    assert message.dead_at is not None
    assert Case.objects.get(pk=case.pk).audit_seq == case.audit_seq


def test_a_well_county_says_so(desk, office):
    desk.open("ZR01")
    assert "没有发现问题" in office.get("/office/repairs/").content.decode()
