"""Return to an allowed earlier step (退回): computed first, then done, history kept (design §3½)."""

from __future__ import annotations

import pytest

from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.models import Opinion
from webapp.cases.queries import case_page, going_back, item_seen_by
from webapp.cases.queries.invariants import broken_invariants
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown

pytestmark = pytest.mark.django_db


def send_back(desk, item, to, reason="部门问错了，重新征求", by=None):
    """As the page would: the key of the target whose element is `to`."""
    own = desk.anybody(item.pool_id)
    try:
        offered = going_back(case_page(item.case, own.at), item_seen_by(own, item.pk))
    except Unknown:
        offered = ()
    key = next((one.key for one in offered if one.key.split("/")[-1] == to), to)
    with db.pretended(desk.at):
        return actions.return_step(item.pk, by or own, key, reason)


def consolidating(desk):
    """A joint case whose departments have all answered."""
    case = desk.run(desk.open("ZR01", land_type="construction_land"), until="Task_Convene")
    desk.complete(desk.item(case, "Task_Convene"), reply_days=5)
    for item in list(case.items.filter(state="OPEN", element="Task_Opinion")):
        desk.complete(item)
    return case, desk.item(case, "Task_Consolidate")


def test_a_step_goes_back_with_its_reason_and_comes_again(desk):
    """The opinions stay as rows; the departments are asked again; legal clocks go on."""
    case, item = consolidating(desk)
    before = case.opinions.count()
    statutory = case.clocks.get(kind="statutory")
    send_back(desk, item, "Task_Convene")

    item.refresh_from_db()
    assert (item.state, item.outcome) == ("CANCELLED", "returned")
    assert item.closed_by_id is not None
    again = desk.item(case, "Task_Convene")
    assert again.opened_at == item.closed_at
    assert case.opinions.count() == before + 1
    said = Opinion.objects.get(item=item)
    assert (said.outcome, said.text) == ("returned", "部门问错了，重新征求")
    event = Event.objects.filter(subject="case", subject_id=case.pk).latest("seq")
    assert event.kind == "returned"
    assert event.payload["to"] == "Task_Convene"
    after = case.clocks.get(kind="statutory")
    assert (after.state, after.due_at) == (statutory.state, statutory.due_at)
    assert broken_invariants() == []

    desk.complete(again, reply_days=5)
    asked = case.items.filter(state="OPEN", element="Task_Opinion")
    assert asked.count() == 3, "every department is asked again, once"
    for one in list(asked):
        desk.complete(one)
    assert desk.run(case).result == "granted"


def test_what_follows_is_said_before_it_is_done(desk):
    case, item = consolidating(desk)
    by = desk.anybody(item.pool_id)
    seen = item_seen_by(by, item.pk)
    (target,) = going_back(case_page(case, by.at), seen)
    assert target.key.endswith("Task_Convene")
    assert target.name == "牵头召集"
    assert any("法定时限" in line for line in target.follows)
    assert target.refusal == ""


def test_only_where_the_diagram_allows_it(desk):
    """flows: `returns` none, previous, any or ids."""
    case, item = consolidating(desk)
    with pytest.raises(Invalid) as wrong:
        send_back(desk, item, "Task_Examine", " ")
    assert set(wrong.value.errors) == {"to", "reason"}
    first = desk.open("MZ04")
    examine = desk.item(first)
    with pytest.raises(Refused, match="不能退回"):
        send_back(desk, examine, "Task_Examine")
    by = desk.anybody(examine.pool_id)
    assert going_back(case_page(first, by.at), item_seen_by(by, examine.pk)) == ()


def test_the_third_stage_goes_back_to_the_second_and_separation_holds(desk):
    """审核 is done again; its performer may still not be the proposer."""
    case = desk.run(desk.open("MZ04"), until="Task_Approve")
    item = desk.item(case, "Task_Approve")
    send_back(desk, item, "Task_Check", "审核意见不完整")
    check = desk.item(case, "Task_Check")
    proposer = case.items.filter(state="DONE", element="Task_Propose").latest("id").closed_by_id
    from webapp.organisations.queries import acting

    with pytest.raises((NotYours, Unknown)):
        actions.complete(check.pk, acting(proposer, desk.at), {})
    assert desk.run(case).result == "granted"
    assert queries.gaps_in_numbers() == []


def test_papers_go_back_with_the_work(desk):
    """IN-03: whoever sends a step back hands the papers over; nothing is in two hands."""
    case, item = consolidating(desk)
    before = case.custody.count()
    send_back(desk, item, "Task_Convene")
    again = desk.item(case, "Task_Convene")
    moved = case.custody.count() - before
    assert moved == (0 if again.pool_id == item.pool_id else 1)
    assert case.custody.filter(received_at=None).count() <= 1


def test_twice_and_by_strangers_it_is_refused(desk):
    case, item = consolidating(desk)
    stranger = desk.anybody(desk.county.pool("nangang.centre", "township.window"))
    with pytest.raises(Unknown):
        send_back(desk, item, "Task_Convene", by=stranger)
    who = desk.anybody(item.pool_id)
    send_back(desk, item, "Task_Convene", by=who)
    with pytest.raises((AlreadyDone, Unknown)):
        send_back(desk, item, "Task_Convene", by=who)
    assert case.items.filter(state="OPEN").count() == 1


def test_nothing_goes_back_while_the_case_is_suspended(desk):
    case, item = consolidating(desk)
    leader = desk.county.acting("xinan.centre", "township.leader")
    with db.pretended(desk.at):
        actions.suspend(case.pk, leader, "party", "等待继承人确定", "办法第四条")
    with pytest.raises(Refused, match="中止"):
        send_back(desk, item, "Task_Convene")
