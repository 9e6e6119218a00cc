"""Journeys: several offices asked at once, each at its own screen (联审联办)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import (
    ACCEPT,
    AGREE,
    APPROVE,
    CHECK,
    CONVENE,
    DELIVERED,
    PROPOSE,
)

HOMESTEAD = "ZR01"
LAND = "xinan.township_natural_resources"
FARMING = "xinan.township_agriculture"
BUILDING = "xinan.township_construction"


@pytest.fixture
def convened(staff):
    """The lead window has asked three offices at once, until 10 March."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(
        HOMESTEAD, applicant_name="王建国", build_type="new", land_type="construction_land"
    )
    window.does(case, "审查材料", "剩5个工作日", then="牵头召集", **ACCEPT)
    window.takes(case, "牵头召集", "下个工作日17:30前")
    asked = window.page.locator(".departments")
    for name in ("自然资源所", "农业综合服务站", "村镇建设办公室"):
        expect(asked).to_contain_text(name)
    assert violations(window.page) == []
    window.fill(**CONVENE)
    said = window.complete()
    assert said.count("出具意见") == 3
    return window, case


def test_one_dissents_they_meet_and_it_is_granted(staff, convened):
    """PROC-06, PROC-07, TYPE-09: own inbox, own clock; dissent with its basis; a meeting."""
    window, case = convened
    window.sees_documents(case, ["D02", "D05", "D11", "D17", "D17", "D17"])
    window.finds_nothing(case)
    expect(window.looks_at(case, "opinions")).to_contain_text("待答复")

    land = staff.sit(LAND, "township.handler")
    land.finds(case, "出具意见", "剩5个工作日")
    expect(land.row(case)).to_contain_text("联办 0/3")
    land.takes(case, "出具意见", "剩5个工作日")
    expect(land.page.locator(".asked")).to_contain_text("是否符合用地和规划要求")
    assert violations(land.page) == []
    land.fill(outcome="disagree", opinion="拟建位置占用道路红线。")
    land.press("完成")  # no basis: not accepted
    field = land.page.locator("#f-legal_basis-field")
    expect(field.locator(".problem")).to_be_visible()
    land.fill(legal_basis="《城乡规划法》第四十一条")
    said = land.complete()
    assert "农业综合服务站" in said
    land.finds_nothing(case)

    farming = staff.sit(FARMING, "township.handler")
    farming.finds(case, "出具意见", "剩5个工作日")
    expect(farming.row(case)).to_contain_text("联办 1/3")
    farming.takes(case, "出具意见", "剩5个工作日")
    expect(farming.page.locator(".asked")).to_contain_text("一户一宅")
    farming.fill(**AGREE)
    farming.complete()
    window.finds_nothing(case)
    window.sees_painted(
        case, "joint", done={"Call_Intake", "Task_Convene"}, current={"Call_Consultation"}
    )

    # The third signs and opens with the keyboard alone.
    building = staff.sit(BUILDING, "township.handler")
    building.finds(case, "出具意见", "剩5个工作日")
    keys = building.page.keyboard
    keys.press("j")
    expect(building.row(case)).to_have_class("at")
    keys.press("c")
    expect(building.notice).to_contain_text("已签收")
    keys.press("j")
    keys.press("Enter")
    expect(building.page.get_by_role("heading", name="本环节：出具意见")).to_be_visible()
    building.fill(**AGREE)
    building.complete()

    # The lead window cannot call it agreed; the leader holds the meeting.
    window.takes(case, "汇总意见", "剩2个工作日")
    expect(window.page.locator(".case-right")).to_contain_text("自然资源所不同意，必须会商")
    expect(window.page.get_by_label("意见一致，提出决定意见")).to_be_hidden()
    assert violations(window.page) == []
    window.fill(
        outcome="meet",
        meet_points="拟建位置是否占用道路红线。",
        opinion="自然资源所不同意，其余两家同意。",
    )
    window.complete()
    leader = staff.sit("xinan.centre", "township.leader")
    leader.takes(case, "会商", "剩3个工作日")
    expect(leader.page.locator("main")).to_contain_text("拟建位置占用道路红线")
    expect(leader.page.locator("main")).to_contain_text("《城乡规划法》第四十一条")
    assert violations(leader.page) == []
    leader.fill(
        attendees="自然资源所李艳、村镇建设办公室",
        outcome="agreed",
        opinion="现场核对后退让红线三米，各方同意。",
    )
    leader.complete()
    land.does(case, "提出承办意见", "剩3个工作日", **PROPOSE)
    head = staff.sit("xinan.centre", "township.head_window")
    head.does(case, "审核", "剩2个工作日", **CHECK)
    leader.does(case, "批准", "剩2个工作日", **APPROVE)
    said = window.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="王建国", served_on="2026-03-03",
    )  # fmt: skip
    assert "办件已办结：准予" in said
    table = window.looks_at(case, "opinions").locator(".departments")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table.locator(".dissent")).to_contain_text("自然资源所")
    window.reads_timeline(
        case, "牵头召集", "出具意见 不同意", "出具意见 同意", "汇总意见 有分歧", "会商 达成一致",
        "批准", "窗口送达",
    )  # fmt: skip
    assert staff.problems == []


def test_one_asks_for_more_and_one_is_silent(staff, convened, worker):
    """PROC-07, R13: the lead supplements, urges once, then goes on with its reason."""
    window, case = convened
    land = staff.sit(LAND, "township.handler")
    land.does(
        case, "出具意见", "剩5个工作日", then="便民服务中心",
        outcome="supplement", needed="请补充清晰的四至图。",
        opinion="四至图看不清，无法核对红线。",
    )  # fmt: skip
    window.takes(case, "补充或催办", r".*")
    asked = window.page.locator(".asked")
    expect(asked).to_contain_text("自然资源所要求补充")
    expect(asked).to_contain_text("请补充清晰的四至图。")
    assert violations(window.page) == []
    window.fill(outcome="again", follow_note="已扫描清晰的四至图，放在其他附件里。")
    assert "自然资源所" in window.complete()
    land.takes(case, "出具意见", "剩5个工作日")
    expect(land.page.locator("main")).to_contain_text("已扫描清晰的四至图")
    land.fill(**AGREE)
    land.complete()
    farming = staff.sit(FARMING, "township.handler")
    farming.does(case, "出具意见", "剩5个工作日", **AGREE)

    # The building office lets its days pass: urged once, then the lead goes on.
    building = staff.sit(BUILDING, "township.handler")
    building.finds(case, "出具意见", "剩5个工作日")
    staff.clock.go_to("2026-03-11")
    worker.start()
    worker.until(lambda: case.items.filter(element="Task_Follow", state="OPEN").exists())
    worker.stop()
    building.finds_nothing(case)
    window.takes(case, "补充或催办", r".*")
    expect(window.page.locator(".asked")).to_contain_text("村镇建设办公室到期没有答复")
    window.fill(outcome="again", follow_note="3月11日电话催了村镇建设办公室。")
    window.complete()
    building.finds(case, "出具意见", "剩5个工作日")
    staff.clock.go_to("2026-03-19")
    worker.start()
    worker.until(lambda: case.items.filter(element="Task_Follow", state="OPEN").exists())
    worker.stop()
    window.takes(case, "补充或催办", r".*")
    window.fill(outcome="go_on", reason="两次没有答复，其余部门意见一致，不影响办理。")
    window.complete()
    window.takes(case, "汇总意见", "剩2个工作日")
    expect(window.page.locator(".departments")).to_contain_text("没有答复")
    window.fill(outcome="complete", opinion="两家同意，村镇建设办公室两次没有答复。")
    assert "提出承办意见" in window.complete()
    assert staff.problems == []
