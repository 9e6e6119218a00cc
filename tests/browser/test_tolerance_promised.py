"""Journeys: a promised case accepted with a paper to come, and how the promise ends."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import (
    APPROVE,
    CHECK,
    DELIVERED,
    PROPOSE,
    REVIEW,
    TOLERATE,
    VERIFIED,
)

HOMESTEAD = "ZR01"
DESIGN = "building_design"
OPEN = "还有 1 份容缺材料没有补齐"
TOWNSHIP = "xinan.township_natural_resources"


def test_kept_the_grant_waits_for_the_paper(staff, alone):
    """TOL-02 … TOL-09: one list, a lawful day, review beside it, granting after it."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(
        HOMESTEAD, marks={DESIGN: "missing"}, applicant_name="王建国", build_type="new"
    )
    window.takes(case, "审查材料", "剩5个工作日")
    outlook = window.page.locator(".outlook")
    expect(outlook).to_contain_text("可以容缺，受理后 5 个工作日内补")
    expect(outlook).to_contain_text("补齐期限最晚填 2026年3月10日")
    assert violations(window.page) == []

    # A day later than the list allows is refused beside its question; nothing typed is lost.
    window.fill(**TOLERATE, tolerance_until="2026-03-11")
    before = window.typed_in()
    window.press("完成")
    field = window.page.locator("#f-tolerance_until-field")
    expect(field.locator(".problem")).to_contain_text("补齐期限最晚是2026年3月10日")
    expect(window.page.locator(".problems")).to_be_focused()
    assert window.typed_in() == before
    window.fill(tolerance_until="2026-03-10")
    said = window.complete()
    assert "容缺受理告知书" in said
    assert "容缺受理承诺书" in said
    window.finds_nothing(case)
    numbers = window.sees_documents(case, ["D02", "D08", "D09", "D11"])
    assert "容〔2026〕1号" in numbers["D08"]
    notice = window.reads_document(case, "D08")
    expect(notice).to_contain_text("建房设计图/通用图集")
    expect(notice).to_contain_text("2026年3月10日")
    undertaking = window.reads_document(case, "D09")
    expect(undertaking).to_contain_text("王建国")
    expect(undertaking).to_contain_text("建房设计图/通用图集")

    # The office reviews at once; granting is locked, and the page says for what it waits.
    handler = staff.sit(TOWNSHIP, "township.handler")
    handler.finds(case, "审查", "剩10个工作日")
    expect(handler.row(case)).to_contain_text("容缺 1 件")
    said = handler.does(
        case, "审查", "剩10个工作日", then="等 申请人（补齐容缺材料）", **REVIEW
    )
    assert "等 申请人（补齐容缺材料），到齐后自动往下办" in said
    expect(handler.page.locator(".promise")).to_contain_text(OPEN)
    expect(handler.page.locator(".promise")).to_contain_text("准予的决定等补齐后作出")
    handler.finds_nothing(case)
    handler.sees_painted(
        case, "promised", done={"Call_Intake", "Task_Review"}, current={"Call_Tolerance"}
    )
    handler.sees_painted(case, "tolerance", done=set(), current={"Event_PaperArrived"})
    handler.sees_relay(
        case, "便民服务中心 窗口", "自然资源所 承办人", "申请人 补齐容缺材料", now="申请人"
    )

    # Three days later he brings it: a receipt, verification, and the proposal opens.
    staff.clock.go_to("2026-03-06")
    window.looks_at(case, "materials")
    first = window.page.locator("[data-mat]").first
    expect(first).to_contain_text("容缺，3月10日前补")
    first.get_by_label("已收").check()
    window.press("登记补交，交窗口核验")
    expect(window.notice).to_contain_text("登记补交材料")
    expect(window.notice).to_contain_text("材料接收凭证")
    handler.finds_nothing(case)
    window.takes(case, "核验补交材料", "下个工作日17:30前")
    assert violations(window.page) == []
    window.fill(**VERIFIED)
    window.press("完成")  # without having looked at the paper
    expect(window.page.locator("main")).to_contain_text("还有容缺材料没有核验合格")
    window.page.locator(f"[data-mat={DESIGN}]").get_by_label("已核对").check()
    window.fill(**VERIFIED)
    assert "自然资源所" in window.complete()
    expect(window.page.locator(".promise")).to_have_count(0)

    # Decision and delivery as ever.
    handler.does(case, "提出承办意见", "剩3个工作日", **PROPOSE)
    head = staff.sit("xinan.centre", "township.head_window")
    head.does(case, "审核", "剩2个工作日", **CHECK)
    leader = staff.sit("xinan.centre", "township.leader")
    leader.does(case, "批准", "剩2个工作日", **APPROVE)
    said = window.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="王建国", served_on="2026-03-06",
    )  # fmt: skip
    assert "办件已办结：准予" in said
    window.sees_documents(case, ["D02", "D08", "D09", "D11", "D02", "D12", "D19", "D23"])
    window.reads_timeline(
        case, "审查材料 容缺受理", "审查", "登记补交", "核验补交材料 全部补齐",
        "提出承办意见", "批准", "窗口送达",
    )  # fmt: skip
    assert staff.problems == []
