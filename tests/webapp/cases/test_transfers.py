"""Running cases on another version: what is kept, asked, refused and taken back (design §3½)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.editions import Editions
from tests.webapp.cases.test_tolerance import arrives, tolerated, verify
from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.models import Case, Submission, TransferLine, WorkItem
from webapp.cases.queries.page import case_page
from webapp.cases.queries.transfers import board, process_of
from webapp.core import db
from webapp.core.errors import Invalid, NotYours, Refused
from webapp.processes.queries import current_version_id, number_of
from webapp.processes.queries.library import contents, in_force

pytestmark = pytest.mark.django_db

ESCALATED, JOINT = "MZ04", "ZR01"
RENAMED = {"escalated.bpmn": [('name="乡镇初审"', 'name="乡镇审查"')]}
OTHER_LANE = {
    "escalated.bpmn": [
        ("<bpmn:flowNodeRef>Task_Prelim</bpmn:flowNodeRef>\n", ""),
        (
            "<bpmn:flowNodeRef>Start_Application</bpmn:flowNodeRef>\n",
            "<bpmn:flowNodeRef>Start_Application</bpmn:flowNodeRef>\n"
            + "        <bpmn:flowNodeRef>Task_Prelim</bpmn:flowNodeRef>\n",
        ),
    ]
}
WATCHED = {
    "escalated.bpmn": [
        (
            '<bpmn:userTask id="Task_HandUp"',
            """<bpmn:boundaryEvent id="Event_Slow" name="快到期" attachedToRef="Task_Prelim" cancelActivity="false">
        <bpmn:outgoing>Flow_Slow</bpmn:outgoing>
        <bpmn:timerEventDefinition id="Event_Slow_timer" gov:due='before("step", 1)'/>
      </bpmn:boundaryEvent>
      <bpmn:endEvent id="End_Slow" name="已提醒"><bpmn:incoming>Flow_Slow</bpmn:incoming></bpmn:endEvent>
      <bpmn:sequenceFlow id="Flow_Slow" sourceRef="Event_Slow" targetRef="End_Slow"/>
      <bpmn:userTask id="Task_HandUp\"""",
        ),
        (
            "<bpmn:flowNodeRef>Task_Prelim</bpmn:flowNodeRef>\n",
            "<bpmn:flowNodeRef>Task_Prelim</bpmn:flowNodeRef>\n"
            + "        <bpmn:flowNodeRef>Event_Slow</bpmn:flowNodeRef>\n"
            + "        <bpmn:flowNodeRef>End_Slow</bpmn:flowNodeRef>\n",
        ),
    ]
}
OTHER_ID = {
    "escalated.bpmn": [("Task_Prelim", "Task_First"), ('name="乡镇初审"', 'name="乡镇核查"')]
}


@pytest.fixture
def editions(desk) -> Editions:
    return Editions(desk)


def prelim(desk) -> Case:
    return desk.run(desk.open(ESCALATED), until="Task_Prelim")


def whole(case: Case) -> None:
    assert queries.broken_invariants() == []
    assert queries.broken_chain(case.pk) == []


def test_a_case_is_moved_and_keeps_claim_draft_clocks_and_number(desk, editions):
    case = prelim(desk)
    before = case.process_version_id
    item = desk.item(case, "Task_Prelim")
    clerk = desk.anybody(item.pool_id)
    with db.pretended(desk.at):
        actions.claim(item.pk, clerk)
        actions.save_draft(clerk, item.pk, {"pairs": {"opinion": ["写了一半"]}})
    editions.publish(RENAMED)
    (cohort,) = board(process_of("escalated")).cohorts
    assert (cohort.verdict, len(cohort.cases)) == ("safe", 1)
    assert cohort.reasons == ("待办「乡镇初审」改为「乡镇审查」。",)

    (line,) = editions.move(case)
    assert (line.state, line.source_id) == ("MOVED", before)
    case.refresh_from_db()
    assert case.process_version_id == current_version_id("escalated") != before
    moved = desk.item(case, "Task_Prelim")
    assert (moved.pk, moved.name, moved.token) == (item.pk, "乡镇审查", item.token)
    assert (moved.claimed_by_id, moved.due_at) == (clerk.officer_id, item.due_at)
    assert actions.load_draft(clerk, item.pk)["pairs"] == {"opinion": ["写了一半"]}
    event = Event.objects.get(subject="case", subject_id=case.pk, kind="transferred")
    assert event.payload["reason"] == "会议纪要第3号"
    assert (event.payload["from"], event.payload["to"]) == (
        number_of(before),
        number_of(case.process_version_id),
    )
    assert event.actor_name == editions.publisher.name
    said = [one for one in case_page(case, desk.at).timeline if one.kind == "transferred"]
    assert "换到流程“上报办理”" in said[0].what
    assert "待办“乡镇初审”改为“乡镇审查”" in said[0].then
    whole(case)
    assert desk.run(case).result == "granted"
    whole(case)


def test_promised_and_statutory_days_never_move(desk, editions):
    """Never to a longer limit than the one on D05; a running step keeps its own limit."""
    case = prelim(desk)
    due = (case.promised_due_at, case.statutory_due_at, case.due_at)
    step = desk.item(case).due_at
    editions.publish({"escalated.bpmn": [('gov:limit="8 workday"', 'gov:limit="18 workday"')]})
    editions.move(case)
    case.refresh_from_db()
    assert (case.promised_due_at, case.statutory_due_at, case.due_at) == due
    assert desk.item(case).due_at == step
    assert case.clocks.filter(kind="step", state="running").count() == 1


def test_a_step_without_a_limit_gets_the_new_one_from_now(desk, editions):
    editions.publish({"escalated.bpmn": [(' gov:limit="8 workday"', "")]})
    case = prelim(desk)
    assert not case.clocks.filter(kind="step", state="running").exists()
    editions.publish(
        {"escalated.bpmn": [('gov:form="prelim"', 'gov:form="prelim" gov:limit="2 workday"')]}
    )
    editions.move(case)
    clock = case.clocks.get(kind="step", state="running")
    item = desk.item(case)
    assert (clock.item_id, clock.due_at) == (item.pk, item.due_at)
    assert desk.run(case).result == "granted"
    whole(case)


def test_another_post_takes_the_work_with_its_papers(desk, editions):
    case = prelim(desk)
    item = desk.item(case)
    clerk = desk.anybody(item.pool_id)
    with db.pretended(desk.at):
        actions.claim(item.pk, clerk)
    editions.publish(OTHER_LANE)
    editions.move(case)
    moved = desk.item(case)
    assert (moved.pool.role_id, moved.pool.unit.key) == ("township.window", "xinan.centre")
    assert moved.claimed_by_id is None, "whoever signed for it can no longer do it"
    given = case.custody.order_by("id").last()
    assert (given.to_pool_id, given.received_at) == (moved.pool_id, None)
    case.refresh_from_db()
    assert case.holder_role == "township.window"
    whole(case)
    editions.back(TransferLine.objects.get().transfer_id)
    assert desk.item(case).pool_id == item.pool_id
    whole(case)
    assert desk.run(case).result == "granted"


def test_a_timer_on_the_step_itself_is_armed_from_its_clock(desk, editions):
    case = prelim(desk)
    editions.publish(WATCHED)
    (cohort,) = board(process_of("escalated")).cohorts
    assert cohort.reasons == ("将开始 1 个定时。",)
    editions.move(case)
    timer = desk.timers(case)["Event_Slow"]
    assert timer.fires_at is not None
    assert timer.fires_at > desk.at
    assert timer.host == desk.item(case).token
    whole(case)
    editions.back(TransferLine.objects.get().transfer_id)
    assert "Event_Slow" not in desk.timers(case)
    assert desk.run(case).result == "granted"
    whole(case)


def test_a_step_that_is_gone_is_asked_about_and_comes_back(desk, editions):
    case = prelim(desk)
    editions.publish(OTHER_ID)
    (cohort,) = board(process_of("escalated")).cohorts
    assert cohort.verdict == "decide"
    (asked,) = cohort.asked
    assert asked.name == "乡镇初审"
    assert "Task_First" in {choice.element for choice in asked.choices}
    (line,) = editions.move(case)
    assert line.state == "STAYED"
    assert "乡镇初审" in line.words

    (line,) = editions.move(case, chosen={asked.key: "Task_First"})
    assert line.state == "MOVED"
    item = desk.item(case)
    assert (item.element, item.name) == ("Task_First", "乡镇核查")
    whole(case)
    (line,) = editions.back(line.transfer_id)
    assert line.state == "MOVED", line.words
    assert desk.item(case).element == "Task_Prelim"
    assert desk.run(case).result == "granted"
    whole(case)


def test_who_did_a_step_under_another_id_still_may_not_confirm(desk, editions):
    """Renaming an id must not lose who has to be another person (DENY-02)."""
    case = desk.run(desk.open(ESCALATED), until="Task_HandUp")
    editions.publish({"escalated.bpmn": [("Task_Prelim", "Task_First")]})
    (cohort,) = board(process_of("escalated")).cohorts
    assert cohort.verdict == "stays"
    assert "不相容岗位" in cohort.reasons[0]
    (line,) = editions.move(case)
    assert (line.state, line.source_id) == ("STAYED", None)
    assert "乡镇初审" in line.words


def test_a_case_that_went_on_meanwhile_is_compared_again(desk, editions):
    waits, went, ended = prelim(desk), prelim(desk), prelim(desk)
    editions.publish(OTHER_ID)
    act = editions.propose(
        waits, went, ended, **{"escalated/Sub_Handling/Task_Prelim": "Task_First"}
    )
    desk.run(went, until="Task_CountyReceive")
    desk.run(ended)
    lines = {line.case_id: line for line in editions.confirm(act)}
    assert lines[waits.pk].state == "MOVED", lines[waits.pk].words
    assert lines[went.pk].state == "STAYED"
    assert (lines[ended.pk].state, lines[ended.pk].words) == ("STAYED", "这件申请已经办结。")
    assert actions.transfer_case(lines[waits.pk].pk), "doing it again changes nothing"
    assert Event.objects.filter(subject_id=waits.pk, kind="transferred").count() == 1
    for case in (waits, went, ended):
        whole(case)


def test_answers_stay_with_the_form_that_asked_for_them(desk, editions):
    """Earlier answers are read with their own form, also by documents and by a rehearsal."""
    case = desk.run(desk.open(ESCALATED), until="Task_HandUp")
    filled = Submission.objects.get(case=case, form="prelim")
    before = [f for f in case_page(case, desk.at).forms if f.step == "乡镇初审"][0].answers
    assert before
    renamed = editions_form("prelim", "prelim2")
    editions.publish(
        {
            "forms/prelim2.json": [("", renamed)],
            "escalated.bpmn": [('gov:form="prelim"', 'gov:form="prelim2"')],
        }
    )
    editions.move(case)
    filled.refresh_from_db()
    assert filled.filled_on_id == TransferLine.objects.get().source_id
    assert [f for f in case_page(case, desk.at).forms if f.step == "乡镇初审"][
        0
    ].answers == before
    assert desk.run(case).result == "granted"
    whole(case)


def editions_form(old: str, new: str) -> str:
    text = contents(in_force())[f"forms/{old}.json"].decode()
    return text.replace(f'"id": "{old}"', f'"id": "{new}"', 1)


def test_two_persons_and_a_reason(desk, editions):
    case = prelim(desk)
    editions.publish(RENAMED)
    for by in (desk.window, desk.acting("county_service_office", "county.office")):
        with pytest.raises(NotYours):
            actions.propose_transfer(by, "escalated", {case.pk: {}}, "想改")
    with pytest.raises(Invalid) as wrong:
        actions.propose_transfer(editions.designer, "escalated", {}, " ")
    assert set(wrong.value.errors) == {"cases", "reason"}
    act = editions.propose(case)
    with pytest.raises(Refused, match="另一份"):
        editions.propose(case)
    with pytest.raises(NotYours):
        actions.decide_transfer(act.pk, editions.designer, agree=True)
    actions.decide_transfer(act.pk, editions.publisher, agree=False, note="先不换")
    assert act.lines.get().state == "DROPPED"
    mine = actions.propose_transfer(editions.publisher, "escalated", {case.pk: {}}, "再提")
    with pytest.raises(NotYours, match="另一位"):
        actions.decide_transfer(mine.pk, editions.publisher, agree=True)
    with pytest.raises(NotYours):
        actions.decide_transfer(mine.pk, editions.designer, agree=False, note="不要")
    actions.decide_transfer(mine.pk, editions.publisher, agree=False, note="撤回")
    own = editions.propose(case)
    actions.decide_transfer(own.pk, editions.designer, agree=False, note="提错了")
    case.refresh_from_db()
    assert case.process_version_id != current_version_id("escalated")
    kinds = Event.objects.filter(subject="process", kind__startswith="transfer")
    assert kinds.count() == 6


def test_joint_cases_keep_every_department(desk, editions):
    case = desk.run(desk.open(JOINT, land_type="construction_land"), until="Task_Convene")
    desk.complete(desk.item(case, "Task_Convene"), reply_days=5)
    asked = list(WorkItem.objects.filter(case=case, state="OPEN").order_by("id"))
    dues = [item.due_at for item in asked]
    desk.complete(asked[1])
    editions.publish(
        {
            "shared/consultation.bpmn": [
                ('id="Task_Opinion" name="', 'id="Task_Opinion" name="书面')
            ],
            "joint.bpmn": [('name="汇总意见"', 'name="汇总各方意见"')],
        }
    )
    (line,) = editions.move(case)
    assert line.state == "MOVED", line.words
    left = list(WorkItem.objects.filter(case=case, state="OPEN").order_by("id"))
    assert [i.pk for i in left] == [asked[0].pk, asked[2].pk]
    assert all(item.name.startswith("书面") for item in left)
    assert [i.due_at for i in left] == [dues[0], dues[2]]
    whole(case)
    assert desk.run(case).result == "granted"
    assert "汇总各方意见" in set(case.items.values_list("name", flat=True))
    whole(case)


def test_tolerance_goes_on_beside_the_handling(desk, editions):
    """Two branches and two called processes at once; the papers' period does not move."""
    case, (key,) = tolerated(desk, ESCALATED)
    case = desk.run(case, until="Task_Prelim")
    until = case.clocks.get(kind="tolerance").due_on
    watched = {element: one.fires_at for element, one in desk.timers(case).items()}
    editions.publish(
        {
            **RENAMED,
            "shared/tolerance.bpmn": [('name="核验补交材料"', 'name="核验补交的材料"')],
        }
    )
    (line,) = editions.move(case)
    assert line.state == "MOVED", line.words
    assert case.clocks.get(kind="tolerance").due_on == until
    assert {element: one.fires_at for element, one in desk.timers(case).items()} == watched
    whole(case)
    arrives(desk, case, key)
    assert desk.item(case, "Task_VerifyPaper").name == "核验补交的材料"
    verify(desk, case, key)
    assert desk.run(case).result == "granted"
    whole(case)


def test_a_form_that_changed_under_the_same_name_is_told(desk, editions):
    """The drawing is the same: only the questions are others, and the page says so."""
    prelim(desk)
    editions.publish({"forms/prelim.json": [('"key": "opinion"', '"key": "advice"')]})
    (cohort,) = board(process_of("escalated")).cohorts
    assert cohort.verdict == "safe"
    assert cohort.reasons == (
        "「乡镇初审」的表单换成新版，已填的草稿保留。",
        "走法没有变化，表单或者决策表有变化。",
    )


def test_a_version_rolled_back_meanwhile_takes_no_case(desk, editions):
    case = prelim(desk)
    editions.publish(RENAMED)
    act = editions.propose(case)
    actions.decide_transfer(act.pk, editions.publisher, agree=True)
    editions.publish({"escalated.bpmn": [('name="乡镇审查"', 'name="乡镇初审"')]})
    (line,) = editions.work(act)
    assert (line.state, line.words) == ("STAYED", "确认以后现行版又变了，没有换。")


def test_a_suspended_case_stays_suspended(desk, editions):
    case = prelim(desk)
    head = desk.acting("xinan.centre", "township.head_window")
    with db.pretended(desk.at):
        actions.suspend(case.pk, head, "party", "等待确定承受人", "办法第四条")
    editions.publish(OTHER_LANE)
    (line,) = editions.move(case)
    assert line.state == "MOVED", line.words
    case.refresh_from_db()
    assert case.suspended_from
    whole(case)
    with db.pretended(desk.at):
        actions.resume(case.pk, head, "已经确定")
    assert desk.run(case).result == "granted"
