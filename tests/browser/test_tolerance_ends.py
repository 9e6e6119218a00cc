"""Journeys: a promised paper that does not come, and a refusal that does not wait for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import ACKNOWLEDGE, CHECK, DELIVERED, REVIEW, TOLERATE

HOMESTEAD = "ZR01"
DESIGN = "building_design"
TOWNSHIP = "xinan.township_natural_resources"


@pytest.fixture
def tolerated(staff, alone):
    """The window has accepted a homestead without the building design, due on 10 March."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(
        HOMESTEAD, marks={DESIGN: "missing"}, applicant_name="王建国", build_type="new"
    )
    window.does(
        case, "审查材料", "剩5个工作日", then="容缺受理承诺书",
        **TOLERATE, tolerance_until="2026-03-10",
    )  # fmt: skip
    return window, case


def test_expired_extended_once_and_expired_again(staff, tolerated, worker):
    """TOL-05, TOL-06, TOL-10, DENY-02: the leader extends once; then she can only end it."""
    window, case = tolerated
    handler = staff.sit(TOWNSHIP, "township.handler")
    handler.does(case, "审查", "剩10个工作日", **REVIEW)

    staff.clock.go_to("2026-03-11")
    worker.start()
    worker.until(lambda: case.items.filter(element="Task_Overdue", state="OPEN").exists())
    worker.stop()
    window.takes(case, "核实逾期未补齐", "下个工作日17:30前")
    expect(window.page.locator(".promise")).to_contain_text("期限 3月10日已过")
    window.fill(
        overdue_request="extend",
        contact_record="3月11日上午电话，申请人说设计单位还没有出图。",
        extend_ground="设计单位没有按期出图。",
    )
    assert "中心主任" in window.complete()

    leader = staff.sit("xinan.centre", "township.leader")
    leader.takes(case, "决定延长或终止", "下个工作日17:30前")
    expect(leader.page.locator("main")).to_contain_text("申请人说设计单位还没有出图")
    expect(leader.page.locator("main")).to_contain_text("设计单位没有按期出图。")
    expect(leader.page.locator(".outlook")).to_contain_text("最晚延长到 2026年3月20日")
    assert violations(leader.page) == []
    leader.fill(outcome="extend", tolerance_until="2026-03-30", opinion="理由正当，同意延长。")
    leader.press("完成")
    field = leader.page.locator("#f-tolerance_until-field")
    expect(field.locator(".problem")).to_contain_text("补齐期限最晚是2026年3月20日")
    leader.fill(tolerance_until="2026-03-18")
    assert "容缺受理告知书" in leader.complete()
    expect(leader.page.locator(".promise")).to_contain_text("3月18日前补齐（已延长一次）")

    # It runs out again: no second extension, the leader ends the case; two people, one filing.
    staff.clock.go_to("2026-03-19")
    worker.start()
    worker.until(lambda: case.items.filter(element="Task_Overdue", state="OPEN").exists())
    worker.stop()
    window.takes(case, "核实逾期未补齐", "下个工作日17:30前")
    expect(window.page.get_by_label("有正当理由，提请延长一次")).to_be_hidden()
    window.fill(overdue_request="terminate", contact_record="3月19日电话两次，申请人说不补了。")
    window.complete()
    leader.takes(case, "决定延长或终止", "下个工作日17:30前")
    expect(leader.page.get_by_label("延长一次", exact=True)).to_be_hidden()
    leader.fill(
        outcome="terminate",
        reason="承诺的建房设计图延长一次后仍没有补齐。",
        legal_basis="《行政许可法》第三十二条",
        opinion="逾期没有补齐，终止办理。",
    )
    said = leader.complete()
    assert "终止办理告知书" in said
    assert "县政务办" in said

    # The notice is served and the county office has read of it: the case is closed.
    notice = leader.reads_document(case, "D25")
    expect(notice).to_contain_text("承诺的建房设计图延长一次后仍没有补齐。")
    expect(notice).to_contain_text("行政复议")
    window.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="王建国", served_on="2026-03-19",
    )  # fmt: skip
    office = staff.sit("county_service_office", "county.office")
    said = office.does(case, "备案审阅", r"剩\d个工作日", **ACKNOWLEDGE)
    assert "办件已办结" in said
    handler.finds_nothing(case)
    window.finds(case, "退还材料", "剩5个工作日")
    window.sees_documents(case, ["D02", "D08", "D09", "D11", "D08", "D25", "D24", "D22"])
    window.reads_timeline(
        case, "容缺受理", "补齐期限届满", "核实逾期未补齐 延长", "决定延长或终止 延长一次",
        "补齐期限届满", "核实逾期未补齐 终止", "决定延长或终止 终止", "备案审阅",
    )  # fmt: skip
    assert staff.problems == []


def test_refused_while_the_paper_is_open(staff, tolerated):
    """TOL-09: who cannot have it is not made to bring papers first; the promise is dropped."""
    window, case = tolerated
    handler = staff.sit(TOWNSHIP, "township.handler")
    handler.does(
        case, "审查", "剩10个工作日", then="提出承办意见",
        **REVIEW | {"outcome": "refuse", "opinion": "一户多宅，不符合条件。"},
        refuse_ground="申请人已有一处宅基地。",
    )  # fmt: skip
    handler.takes(case, "提出承办意见", "剩3个工作日")
    handler.fill(
        proposal="refuse",
        facts="申请人户内已有一处宅基地。",
        reason="一户只能拥有一处宅基地。",
        legal_basis="《土地管理法》第六十二条",
        opinion="不符合条件，建议不予。",
    )
    expect(handler.page.get_by_label("建议准予")).to_be_hidden()
    handler.complete()
    head = staff.sit("xinan.centre", "township.head_window")
    head.does(case, "审核", "剩2个工作日", **CHECK)
    leader = staff.sit("xinan.centre", "township.leader")
    leader.takes(case, "批准", "剩2个工作日")
    expect(leader.page.get_by_label("准予", exact=True)).to_be_hidden()
    leader.fill(outcome="refuse", opinion="同意承办意见，不予批准。")
    assert "不予" in leader.complete()
    expect(leader.page.locator(".promise")).to_have_count(0)
    window.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="王建国", served_on="2026-03-03",
    )  # fmt: skip
    office = staff.sit("county_service_office", "county.office")
    assert "办件已办结：不予批准" in office.does(
        case, "备案审阅", r"剩\d个工作日", **ACKNOWLEDGE
    )
    window.looks_at(case, "materials")
    expect(window.button("登记补交，交窗口核验")).to_have_count(0)
    assert staff.problems == []
