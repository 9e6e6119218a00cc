"""Pages of tolerance, joint handling, commands and the village's own help."""

from __future__ import annotations

import pytest

from tests.webapp.cases.test_joint import convened, opinions
from tests.webapp.cases.test_tolerance import ESCALATED, tolerable, tolerated
from tests.webapp.inboxes.conftest import Browser
from webapp.cases.models import Case

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return answer.content.decode()


def person(desk, item) -> Browser:
    """Somebody who may do an item."""
    return Browser(desk, desk.anybody(item.pool_id, but=desk.separate_from(item)))


def test_the_examination_says_which_papers_may_come_later_and_until_when(desk, window):
    keys = tolerable(desk, ESCALATED)[:1]
    case = desk.open(ESCALATED, marks=desk.marks(ESCALATED, **dict.fromkeys(keys, "missing")))
    case.materials.filter(key__in=keys).update(needed=True)
    page = text_of(window.get(f"/items/{desk.item(case).pk}/"))
    for words in (
        "能不能容缺",
        "可以容缺，受理后 5 个工作日内补",
        "补齐期限最晚填 2026年3月10日：材料清单规定",
    ):
        assert words in page
    main = case.materials.filter(role="main").first()
    case.materials.filter(pk=main.pk).update(state="missing", needed=True)
    page = text_of(window.get(f"/items/{desk.item(case).pk}/"))
    assert "主件，不能容缺" in page
    assert f"主件“{main.name}”没有交齐" in page


def test_a_short_promise_leaves_no_time_for_tolerance(desk, window):
    keys = tolerable(desk, "GA01")[:1]
    case = desk.open("GA01", marks=desk.marks("GA01", **dict.fromkeys(keys, "missing")))
    case.materials.filter(key__in=keys).update(needed=True)
    page = text_of(window.get(f"/items/{desk.item(case).pk}/"))
    assert "没有可以容缺的时间" in page


def test_an_open_promise_is_said_on_the_case_in_the_inbox_and_on_the_papers_page(desk, window):
    """TOL-08: why granting waits, which papers; arrival registered on the papers page."""
    case, keys = tolerated(desk)
    name = case.materials.get(key=keys[0]).name
    page = text_of(window.get(f"/cases/{case.pk}/"))
    assert "还有 1 份容缺材料没有补齐，准予的决定等补齐后作出；不予不用等。" in page
    assert name in page
    work = desk.item(case)
    assert "容缺 1 件" in text_of(person(desk, work).get("/inbox/?view=unit"))
    papers = text_of(window.get(f"/cases/{case.pk}/materials/"))
    assert "登记补交，交窗口核验" in papers
    done = window.post(
        f"/cases/{case.pk}/papers/",
        {f"mat-{keys[0]}-state": "received", "do": "supply"},
        follow=True,
    )
    assert "核验补交材料" in text_of(done)
    assert "已补来，待核验" in text_of(done)


def test_a_department_reads_its_question_and_the_lead_who_dissents(desk, window):
    case = convened(desk, land_type="construction_land")
    first, *rest = opinions(case)
    hers = person(desk, first)
    page = text_of(hers.get(f"/items/{first.pk}/"))
    assert "自然资源所回答" in page
    assert "是否符合用地和规划要求" in page
    assert "联办 0/3" in text_of(hers.get("/inbox/?view=unit"))
    desk.complete(first, outcome="disagree", legal_basis="土地管理法第六十二条")
    table = text_of(window.get(f"/cases/{case.pk}/opinions/"))
    assert "待答复" in table
    assert "不同意" in table
    for item in rest:
        desk.complete(item)
    lead = desk.item(case, "Task_Consolidate")
    page = text_of(person(desk, lead).get(f"/items/{lead.pk}/"))
    assert "自然资源所不同意，必须会商。" in page


def test_a_hand_up_that_has_arrived_is_no_special_procedure(desk):
    """The township's clock stands still at the county: nothing to record, nothing to resume."""
    case = desk.run(desk.open("CL01"), until="Task_CountyConvene")
    lead = desk.item(case, "Task_CountyConvene")
    page = text_of(person(desk, lead).get(f"/items/{lead.pk}/"))
    assert desk.clock(case, "handup").state == "stopped"
    assert "做完记录后接着算" not in page
    assert "要征求的部门" in page
    assert "5个工作日" in page


def test_suspending_says_what_follows_asks_for_reasons_and_keeps_what_was_typed(desk, window):
    case = desk.run(desk.open("MZ04"), until="Task_Prelim")
    head = Browser(desk, desk.acting("xinan.centre", "township.head_window"))
    assert "中止办理" not in text_of(window.get(f"/cases/{case.pk}/"))
    assert "时限停止计算" in text_of(head.get(f"/cases/{case.pk}/"))
    wrong = head.post(f"/cases/{case.pk}/suspend/", {"reason": "洪水"})
    assert wrong.status_code == 422
    assert "请选择中止的原因" in text_of(wrong)
    assert "洪水" in text_of(wrong)
    done = head.post(
        f"/cases/{case.pk}/suspend/",
        {"cause": "force_majeure", "reason": "洪水", "legal_basis": "办法第八条"},
        follow=True,
    )
    assert "已中止办理" in text_of(done)
    assert "中止办理告知书" in text_of(done)
    assert "特别程序" not in text_of(done)
    again = head.post(f"/cases/{case.pk}/resume/", {"reason": "水退了"}, follow=True)
    assert "恢复" in text_of(again)
    assert window.post(f"/cases/{case.pk}/suspend/", {"reason": "x"}).status_code == 404


def test_a_termination_is_proposed_found_in_the_inbox_and_confirmed(desk, window):
    case = desk.run(desk.open("MZ04"), until="Task_Prelim")
    wrong = window.post(f"/cases/{case.pk}/terminate/", {"reason": "申请人去世"})
    assert wrong.status_code == 422
    assert "请写明终止办理的依据" in text_of(wrong)
    window.post(
        f"/cases/{case.pk}/terminate/", {"reason": "申请人去世", "legal_basis": "办法第三条"}
    )
    head = Browser(desk, desk.acting("xinan.centre", "township.head_window"))
    inbox = text_of(head.get("/inbox/"))
    assert "确认终止办理" in inbox
    assert "提议终止" in inbox
    item = case.items.get(element="Command_Terminate")
    page = head.get(
        f"/items/{item.pk}/",
    )
    assert page["Location"] == f"/cases/{case.pk}/"
    assert "/decide/" not in text_of(window.get(f"/cases/{case.pk}/"))
    shown = text_of(head.get(f"/cases/{case.pk}/"))
    assert "确认终止" in shown
    assert "申请人去世" in shown
    done = text_of(head.post(f"/cases/{case.pk}/decide/", {"do": "agree"}, follow=True))
    assert "终止" in done
    case.refresh_from_db()
    assert case.result == "terminated"


def test_three_buttons_of_the_village_page(desk, agent):
    """TYPE-07: done there, filed for him, told where to go."""
    page = text_of(agent.get("/village/"))
    for words in ("当场办", "帮他办", "教他办"):
        assert words in page
    listed = text_of(agent.get("/register/?way=guide"))
    assert "残疾人证" in listed  # in person at the township: she may still tell him how
    form = text_of(agent.get("/register/CL02/?way=guide"))
    assert "要带的材料" in form
    assert "为什么代办" not in form
    answer = agent.post(
        "/register/CL02/?way=guide",
        {
            "reg-key": "g1", "reg-way": "guide", "do": "submit",
            "applicant_name": "王建国", "applicant_phone": "13912345678",
        },
    )  # fmt: skip
    case = Case.objects.get()
    item = desk.item(case)
    assert answer["Location"] == f"/items/{item.pk}/"
    step = text_of(agent.get(f"/items/{item.pk}/"))
    assert 'value="guide" checked' in " ".join(step.split())
    assert "四项义务" in step


def test_what_cannot_be_opened_at_a_level_is_not_listed(desk, agent):
    """Each desk lists what leads somewhere from its own level (IN-01, CAT-18)."""
    hall = Browser(desk, desk.acting("county_hall", "county.window"))
    page = text_of(hall.get("/register/"))
    assert "RS03" in page
    assert "最低生活保障审核确认" not in page  # townships and villages only
    page = text_of(agent.get("/register/"))
    assert "RS01" in page
    assert "RS04" not in page


def test_the_list_of_what_she_has_done_says_suspended_not_special_procedure(desk, window):
    """A suspension by command (中止) is no special procedure: also in 我经手的."""
    case = desk.run(desk.open("MZ04"), until="Task_Prelim")
    head = Browser(desk, desk.acting("xinan.centre", "township.head_window"))
    head.post(
        f"/cases/{case.pk}/suspend/",
        {"cause": "force_majeure", "reason": "洪水", "legal_basis": "办法第八条"},
    )
    for view in ("done", "started"):
        page = text_of(window.get(f"/done/?view={view}"))
        assert case.number in page
        assert "已中止" in page
        assert "特别程序" not in page


def test_the_register_of_denials_shows_what_the_office_answered(desk):
    """DENY-01: acknowledged or asked, in the words of who read it, with name and moment."""
    case = desk.open("MZ04")
    desk.complete(desk.item(case), outcome="not_required")
    desk.complete(desk.item(case, "Task_Confirm"))
    office = Browser(desk, desk.acting("county_service_office", "county.office"))
    filed = text_of(office.get("/office/denials/"))
    assert "待审阅" in filed
    read = desk.item(case, "Task_Acknowledge")
    desk.complete(
        read, outcome="query", opinion="理由写得太短，看不明白", query="请写明是哪一条"
    )
    page = text_of(office.get("/office/denials/"))
    answered = case.denial_filings.get()
    assert "理由写得太短，看不明白<br>请写明是哪一条" in page
    assert answered.answered_by.name in page
    assert "已质询" in page
