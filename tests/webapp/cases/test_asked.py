"""催办、督办、抄送、沟通、稍后处理: asked of colleagues, on record, and no token or clock moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.webapp.cases.reading import unsound
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.models import Case, Copy, Demand, Remark, Snooze, WorkItem
from webapp.cases.queries import asked, case_page, inbox
from webapp.cases.queries.seen import case_seen_by, visible_to
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.organisations.queries import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(desk):
    return desk.open("MZ04")


@pytest.fixture
def leader(desk):
    return desk.acting("xinan.centre", "township.leader")


@pytest.fixture
def stranger(desk):
    """A clerk of another township, who cannot see the case."""
    return desk.acting("nangang.centre", "township.window")


def do(desk, action, *args):
    with db.pretended(desk.at):
        return action(*args)


def said(case, kind):
    return Event.objects.get(subject="case", subject_id=case.pk, kind=kind)


def asked_now(case):
    items = WorkItem.objects.filter(case=case, state="OPEN")
    return asked.asked_of_case(Case.objects.get(pk=case.pk), items)


# -- 催办 -----------------------------------------------------------------------------------


def test_an_urge_stands_at_the_case_until_the_step_is_done_and_moves_nothing(
    desk, case, leader
):
    due = desk.item(case).due_at
    do(desk, actions.urge, case.pk, leader, "申请人等着开学用")
    assert [one.text for one in asked_now(case).urges] == ["申请人等着开学用"]
    assert asked.urged_cases([case.pk]) == {case.pk: asked_now(case).urges[0].at}
    assert desk.item(case).due_at == due
    assert said(case, "urged").payload["steps"] == [desk.item(case).name]
    desk.at += timedelta(minutes=5)
    desk.complete(desk.item(case))
    assert asked_now(case).urges == ()
    assert unsound(case) == []


def test_one_urge_a_day_and_person(desk, case, leader):
    do(desk, actions.urge, case.pk, leader, "快办")
    with pytest.raises(AlreadyDone, match="一天"):
        do(desk, actions.urge, case.pk, leader, "快办")
    do(desk, actions.urge, case.pk, desk.acting("xinan.centre", "township.head_window"), "快办")
    desk.at += timedelta(days=1)
    do(desk, actions.urge, case.pk, leader, "快办")
    assert len(asked_now(case).urges) == 3


def test_nobody_urges_herself_and_no_stranger_urges(desk, case, stranger):
    do(desk, actions.claim, desk.item(case).pk, desk.window)
    with pytest.raises(Refused, match="不用催办"):
        do(desk, actions.urge, case.pk, desk.window, "快办")
    with pytest.raises(Unknown):
        do(desk, actions.urge, case.pk, stranger, "快办")


# -- 督办 -----------------------------------------------------------------------------------


def test_a_demand_stays_until_it_is_answered_by_whoever_has_the_case(desk, case, leader):
    do(desk, actions.supervise, case.pk, leader, "说明为什么没办", date(2026, 3, 5))
    one = Demand.objects.get(case=case)
    assert asked.demands_for(desk.window) == [one] == asked.demands_for(leader)
    with pytest.raises(NotYours, match="您提出"):
        do(desk, actions.answer_demand, one.pk, leader, "已办")
    with pytest.raises(Invalid):
        do(desk, actions.answer_demand, one.pk, desk.window, " ")
    do(desk, actions.answer_demand, one.pk, desk.window, "今天办完")
    assert asked.demands_for(desk.window) == []
    assert asked_now(case).open_demands == ()
    assert said(case, "demand_answered").payload["answer"] == "今天办完"
    with pytest.raises(AlreadyDone):
        do(desk, actions.answer_demand, one.pk, desk.window, "再答")


def test_a_demand_needs_a_day_to_come_and_a_role_that_supervises(desk, case, leader):
    with pytest.raises(Invalid) as wrong:
        do(desk, actions.supervise, case.pk, leader, "", date(2026, 3, 2))
    assert set(wrong.value.errors) == {"text", "answer_by"}
    with pytest.raises(NotYours, match="动作权限"):
        do(desk, actions.supervise, case.pk, desk.window, "快", date(2026, 3, 5))


# -- 抄送 -----------------------------------------------------------------------------------


def test_a_copy_gives_sight_of_exactly_this_case_until_it_is_taken_back(desk, case, stranger):
    other = desk.open("MZ04")
    name = do(desk, actions.copy_to, case.pk, desk.window, stranger.name, "她经办过")
    assert name == stranger.name
    assert case_seen_by(stranger, case.pk).pk == case.pk
    with pytest.raises(Unknown):
        case_seen_by(stranger, other.pk)
    with pytest.raises(Unknown):  # to read, not to do
        do(desk, actions.claim, desk.item(case).pk, stranger)
    with pytest.raises(Unknown):
        do(desk, actions.reveal, case.pk, "application.applicant_phone", stranger)
    assert [one.case_id for one in asked.copies_to(stranger)] == [case.pk]
    with pytest.raises(AlreadyDone):
        do(desk, actions.copy_to, case.pk, desk.window, stranger.name, "再送")
    do(desk, actions.end_copy, Copy.objects.get(case=case).pk, desk.window)
    with pytest.raises(Unknown):
        case_seen_by(stranger, case.pk)
    assert asked.copies_to(stranger) == []
    with pytest.raises(AlreadyDone):
        do(desk, actions.end_copy, Copy.objects.get(case=case).pk, desk.window)


def test_a_copy_ends_when_the_case_closes(desk, case, stranger):
    do(desk, actions.copy_to, case.pk, desk.window, stranger.name, "她经办过")
    do(desk, actions.withdraw, case.pk, desk.window, "不办了")
    with pytest.raises(Unknown):
        case_seen_by(stranger, case.pk)
    assert asked.copies_to(stranger) == []


def test_who_may_not_give_sight_and_to_whom_it_cannot_be_given(desk, case, stranger):
    inspector = desk.acting("county_inspection", "inspection")
    with pytest.raises(Unknown):  # she sees it, and has not got it in hand
        do(desk, actions.copy_to, case.pk, inspector, stranger.name, "看看")
    designer = desk.acting("county_service_office", "county.designer")
    for to, text in ((designer.name, "看看"), ("没有这个人", ""), ("", "看看")):
        with pytest.raises(Invalid) as wrong:
            do(desk, actions.copy_to, case.pk, desk.window, to, text)
        assert "to" in wrong.value.errors


# -- 沟通 -----------------------------------------------------------------------------------


def test_a_remark_mentions_who_may_see_the_case_and_stays_out_of_the_chain(desk, case, leader):
    names = do(desk, actions.comment, case.pk, desk.window, f"@{leader.name} 请看户口页")
    assert names == [leader.name]
    assert [one.text for one in asked.mentions_of(leader)] == [f"@{leader.name} 请看户口页"]
    assert asked.mentions_of(desk.window) == []
    assert "户口页" not in str(said(case, "commented").payload)


def test_a_mention_of_somebody_who_may_not_see_it_is_refused_with_the_way_out(
    desk, case, stranger
):
    with pytest.raises(Invalid) as wrong:
        do(desk, actions.comment, case.pk, desk.window, f"@{stranger.name} 请看")
    assert "抄送" in wrong.value.errors["text"]
    assert not Remark.objects.exists()
    do(desk, actions.copy_to, case.pk, desk.window, stranger.name, "她经办过")
    do(desk, actions.comment, case.pk, desk.window, f"@{stranger.name} 请看")
    assert visible_to(acting(stranger.officer_id, desk.at)).filter(pk=case.pk).exists()


def test_remarks_are_on_no_paper_and_in_no_answer(desk, case):
    do(desk, actions.comment, case.pk, desk.window, "悄悄话不打印")
    desk.run(case)
    page = case_page(case_seen_by(desk.window, case.pk), desk.at)
    assert "悄悄话" not in str([one.content for one in page.documents])
    assert "悄悄话" not in str(page.timeline)


# -- 稍后处理 -------------------------------------------------------------------------------


def rows(by, view="mine"):
    return [row.item_id for row in inbox(by, view).rows]


def test_a_snoozed_item_is_out_of_her_list_only_and_comes_back_by_itself(desk, case):
    item = desk.item(case)
    due = item.due_at
    mate = desk.mate
    do(desk, actions.snooze, item.pk, desk.window, date(2026, 3, 5))
    assert item.pk not in rows(desk.window)
    assert item.pk in rows(mate)
    assert item.pk in rows(desk.window, "unit")
    assert [one.item_id for one in asked.snoozed_by(desk.window)] == [item.pk]
    assert desk.item(case).due_at == due
    desk.go_to("2026-03-05")
    assert item.pk in rows(desk.window)
    assert asked.snoozed_by(desk.window) == []


def test_it_is_never_put_off_past_its_deadline(desk, case):
    item = desk.item(case)
    for until in (None, date(2026, 3, 3), item.due_at.date() + timedelta(days=1)):
        with pytest.raises(Invalid):
            do(desk, actions.snooze, item.pk, desk.window, until)
    do(desk, actions.snooze, item.pk, desk.window, item.due_at.date())
    # a calendar may move the due day; on that day the item shows whatever she chose
    WorkItem.objects.filter(pk=item.pk).update(due_at=desk.at)
    assert item.pk in rows(desk.window)


def test_she_has_it_back_when_she_likes(desk, case):
    item = desk.item(case)
    do(desk, actions.snooze, item.pk, desk.window, date(2026, 3, 5))
    do(desk, actions.wake, item.pk, desk.window)
    assert item.pk in rows(desk.window)
    assert not Snooze.objects.exists()
    events = Event.objects.filter(subject="case", subject_id=case.pk).count()
    do(desk, actions.wake, item.pk, desk.window)
    assert Event.objects.filter(subject="case", subject_id=case.pk).count() == events
