"""Journey: a promised case with a supplement, from the counter to the applicant's hands."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.answers import ACCEPT, APPROVE, CHECK, DELIVERED, PROPOSE, REVIEW
from webapp.cases.models import Case, WorkItem
from webapp.core.models import OutboxMessage

HOMESTEAD = "ZR01"


def test_promised_with_a_supplement(staff, alone):
    """TYPE-03, IN-12, PROC-03, PROC-11: one-time notice, supply, three hands, delivery."""
    window = staff.sit("xinan.centre", "township.window", by_form=True)
    case = window.registers(
        HOMESTEAD, marks={"household_register": "missing"}, applicant_name="王建国"
    )
    assert case.number == f"130123103-20260303-{case.pk:06d}"
    expect(window.page.locator("main")).to_contain_text("居民户口簿（缺）")

    # The window finds it with five working days left and asks, once, for what is missing.
    window.does(
        case, "审查材料", "剩5个工作日", then="补正",
        outcome="supplement", opinion="缺居民户口簿，其余齐全。",
    )  # fmt: skip
    window.finds_nothing(case)
    window.sees_painted(case, "intake", done={"Task_Examine"}, current={"Event_Supplied"})
    expect(window.looks_at(case, "materials")).to_contain_text("已告知")

    # Two days later the applicant brings the paper; the case is back in examination.
    staff.clock.go_to("2026-03-05")
    window.looks_at(case, "materials")
    line = window.page.locator("[data-mat=household_register]")
    line.get_by_label("已收").check()
    window.press("登记补交，交回审查")
    expect(window.notice).to_contain_text("登记补交材料")
    window.does(case, "审查材料", "剩5个工作日", then="受理", **ACCEPT)

    # The office reviews and proposes, the head of the windows checks, the director approves.
    handler = staff.sit("xinan.township_natural_resources", "township.handler")
    handler.does(case, "审查", "剩10个工作日", **REVIEW)
    handler.does(case, "提出承办意见", "剩3个工作日", then="便民服务中心（审核）", **PROPOSE)
    head = staff.sit("xinan.centre", "township.head_window")
    window.finds_nothing(case)
    head.does(case, "审核", "剩2个工作日", **CHECK)
    leader = staff.sit("xinan.centre", "township.leader")
    said = leader.does(case, "批准", "剩2个工作日", **APPROVE)
    assert re.search(r"准〔2026〕1号", said)

    # The window hands the result over; the case is closed.
    said = window.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="王建国", served_on="2026-03-05",
    )  # fmt: skip
    assert "办件已办结：准予" in said

    numbers = window.sees_documents(
        case, ["D02", "D04", "D02", "D05", "D11", "D12", "D19", "D23"]
    )
    assert numbers["D19"].endswith("准〔2026〕1号")
    window.sees_painted(
        case,
        "promised",
        done={"Call_Intake", "Task_Review", "Call_Decision", "Call_Delivery", "End_Granted"},
        current=set(),
    )
    window.sees_painted(
        case, "decision", done={"Task_Propose", "Task_Check", "Task_Approve"}, current=set()
    )
    window.sees_relay(
        case,
        "便民服务中心 窗口",
        "申请人",
        "便民服务中心 窗口",
        "自然资源所 承办人",
        "便民服务中心 窗口负责人",
        "便民服务中心 中心主任",
        "便民服务中心 窗口",
    )
    window.reads_timeline(case, "提交", "审查材料", "补", "审查材料 受理", "批准", "窗口送达")
    assert staff.problems == []


def test_a_supplement_that_does_not_come_returns_by_itself(staff, worker):
    """IN-14: when the days are over the worker's sweep brings the case back to the window."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(HOMESTEAD, marks={"household_register": "missing"})
    window.does(
        case, "审查材料", "剩5个工作日",
        outcome="supplement", opinion="缺居民户口簿，其余齐全。",
    )  # fmt: skip
    window.finds_nothing(case)

    staff.clock.go_to("2026-04-14")
    worker.start()
    worker.until(lambda: WorkItem.objects.filter(case=case, state="OPEN").exists())
    worker.until(lambda: not OutboxMessage.objects.filter(sent_at=None).exists())
    window.takes(case, "核实逾期未补", "剩2个工作日")
    window.fill(
        outcome="terminate",
        contact_record="三次电话，申请人表示不再办理。",
        reason="补正期限内没有补交居民户口簿。",
        legal_basis="行政许可法第三十二条第一款第四项",
    )
    window.complete()
    head = staff.sit("xinan.centre", "township.head_window")
    head.finds(case, "确认否定", "今天17:30前")
    window.reads_timeline(case, "审查材料 补正", "时限账 补正期限届满", "核实逾期未补 终止")
    assert Case.objects.get(pk=case.pk).is_open
    assert staff.problems == []
