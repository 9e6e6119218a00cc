"""Journey: special procedures inside a review: what stops which clock, on which paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import ACCEPT, REVIEW, REVIEWED
from tests.browser.conftest import HOMESTEAD
from webapp.cases.models import WorkItem

RECORD = {
    "officers": "张敏、李静",
    "present": "王建国、邻居赵玉兰",
    "opinion": "结果清楚，可以继续审查。",
}
HEARING = {
    **REVIEWED,
    "outcome": "special",
    "procedure": "hearing",
    "procedure_days": 7,
    "procedure_unit": "workday",
    "procedure_by": "新安镇自然资源所",
    "procedure_reason": "邻居对四至有异议，涉及重大利益。",
    "procedure_basis": "《行政许可法》第四十六条",
    "opinion": "有争议，先听证再定。",
}
VISIT = {
    **HEARING,
    "procedure": "site_visit",
    "procedure_days": 3,
    "procedure_reason": "要到现场量四至，看有没有占耕地。",
    "procedure_basis": "《行政许可法》第三十四条第三款",
    "opinion": "材料上看不清，到现场量。",
}
NOTICE = {
    **VISIT,
    "procedure": "publicity",
    "procedure_days": 5,
    "procedure_reason": "村民会议决定公示申请情况。",
    "procedure_basis": "《河北省农村宅基地管理办法》第十六条",
    "opinion": "按规定公示五个工作日。",
}
BOTH_CLOCKS = ("法定办结时限", "承诺办结时限")


@pytest.fixture
def in_review(staff, alone):
    """A homestead that the window has accepted; the case and its clerk."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(HOMESTEAD, applicant_name="王建国")
    window.does(case, "审查材料", "剩5个工作日", then="自然资源所", **ACCEPT)
    return case, window, staff.sit("xinan.township_natural_resources", "township.handler")


def clock_of(person, name: str):
    """One clock on the page of clocks (为什么是这一天)."""
    return person.page.locator(".clock", has=person.page.get_by_role("heading", name=name))


def test_a_hearing_stops_both_clocks_until_it_is_recorded(staff, in_review):
    """TYPE-08, PROC-04, Art. 45–48: D14 and D16, both clocks stand still, D13, they run on."""
    case, window, handler = in_review
    staff.clock.go_to("2026-03-05")
    said = handler.does(case, "审查", "剩8个工作日", then="特别程序告知书", **HEARING)
    assert "已出 特别程序告知书" in said
    assert "已出 听证告知书" in said

    # The clock page says on which paper and since when they stand still.
    handler.looks_at(case, "clocks")
    number = case.documents.get(code="D14").number
    for name in BOTH_CLOCKS:
        clock = clock_of(handler, name)
        expect(clock.locator(".due")).to_have_text("暂停")
        expect(clock).to_contain_text("听证")
        expect(clock).to_contain_text(number)
    assert violations(handler.page) == []
    window.looks_at(case, "overview")
    expect(window.page.locator(".case-head")).to_contain_text("特别程序")
    expect(window.page.locator("main")).to_contain_text("正在听证")
    leader = staff.sit("xinan.centre", "township.leader")
    leader.finds_nothing(case)

    # What the applicant reads on the two papers.
    notice = handler.reads_document(case, "D14")
    expect(notice).to_contain_text("您的申请需要进行听证。")
    expect(notice).to_contain_text("需要7个工作日")
    expect(notice).to_contain_text("法定办结时限、承诺办结时限从今天起暂停计算")
    expect(handler.reads_document(case, "D16")).to_contain_text("听证不收费")
    assert violations(handler.page) == []

    # Over on the Friday, written down on the Monday: the clocks run on from the Saturday.
    staff.clock.go_to("2026-03-16")
    handler.does(
        case, "记录特别程序", r"剩\d+个工作日", then="笔录",
        **RECORD, held_on="2026-03-13", held_place="新安镇便民服务中心会议室",
        record_text="双方到场，四至按村委会证明认定，邻居撤回异议。",
    )  # fmt: skip
    handler.looks_at(case, "clocks")
    for name in BOTH_CLOCKS:
        clock = clock_of(handler, name)
        expect(clock).to_contain_text("共扣除7个工作日")
        expect(clock).to_contain_text("听证于2026年3月13日（星期五）结束")
        expect(clock.locator(".due")).not_to_have_text("暂停")
    handler.does(case, "审查", "剩10个工作日", **REVIEW)
    handler.sees_documents(case, ["D02", "D05", "D11", "D14", "D16", "D13"])
    expect(handler.reads_document(case, "D13")).to_contain_text("事由：听证。")
    handler.sees_painted(case, "special", done={"Service_Notice", "Task_Record"}, current=set())
    handler.reads_timeline(case, "审查 特别程序", "记录特别程序", "审查 审查完毕")
    assert staff.problems == []


def test_a_site_visit_and_a_public_notice_do_not_stop_the_statutory_clock(
    staff, in_review, worker
):
    """TYPE-08: told on D14 and recorded all the same; the notice cannot be cut short."""
    case, window, handler = in_review
    handler.does(case, "审查", "剩10个工作日", then="特别程序告知书", **VISIT)
    expect(handler.reads_document(case, "D14")).to_contain_text("照常计入办理时限")
    handler.looks_at(case, "clocks")
    for name in BOTH_CLOCKS:
        expect(clock_of(handler, name).locator(".due")).not_to_have_text("暂停")
    expect(handler.page.locator("main")).not_to_contain_text("听证")
    staff.clock.go_to("2026-03-04")
    handler.does(
        case, "记录特别程序", r"剩\d+个工作日", then="笔录",
        **RECORD, held_on="2026-03-04", held_place="新安村申请人宅基地",
        record_text="现场丈量，四至清楚，没有占用耕地。",
    )  # fmt: skip

    said = handler.does(case, "审查", "剩10个工作日", **NOTICE)
    assert "公示" in said
    handler.finds_nothing(case)
    handler.looks_at(case, "clocks")
    expect(clock_of(handler, "法定办结时限").locator(".due")).not_to_have_text("暂停")
    expect(clock_of(handler, "公示期")).to_contain_text("5个工作日")
    window.looks_at(case, "overview")
    expect(window.page.locator("main")).to_contain_text("公示")

    staff.clock.go_to("2026-03-12")
    worker.start()
    worker.until(lambda: WorkItem.objects.filter(case=case, state="OPEN").exists())
    handler.does(
        case, "记录特别程序", r"剩\d+个工作日", then="笔录",
        **RECORD, held_on="2026-03-11", held_place="新安村村务公开栏",
        record_text="公示五个工作日，没有人提出异议。",
    )  # fmt: skip
    handler.does(case, "审查", "剩10个工作日", **REVIEW)
    handler.sees_documents(case, ["D02", "D05", "D11", "D14", "D13", "D14", "D28", "D13"])
    assert staff.problems == []
