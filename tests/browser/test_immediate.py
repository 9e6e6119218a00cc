"""Journey: an immediate case at the counter, in one sitting of one clerk."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.answers import ACCEPT, DELIVERED

SHOP = "SJ01"


def test_immediate_at_the_counter_in_one_sitting(staff):
    """TYPE-02: receipt, examination, decision and delivery the same day, without a colleague."""
    window = staff.sit("xinan.centre", "township.window", post="登记窗口")
    case = window.registers(SHOP, applicant_name="陈志强")
    window.page.get_by_role("link", name="打开办件，接着办").click()
    window.fill(**ACCEPT)
    window.complete("完成并看下一件")
    expect(window.page.get_by_role("heading", name="本环节：当场办理")).to_be_visible()
    expect(window.page.locator(".case-dates .due")).to_have_text("今天17:30前")
    window.fill(
        outcome="grant", decision_content="准予设立登记。", opinion="材料齐全，当场办结。"
    )
    expect(window.page.locator(".consequences")).to_contain_text("便民服务中心")
    window.complete("完成并看下一件")
    expect(window.page.get_by_role("heading", name="本环节：窗口送达")).to_be_visible()
    window.fill(**DELIVERED, recipient="陈志强", served_on="2026-03-03")
    said = window.complete()
    assert "办件已办结：准予" in said
    window.finds_nothing(case)
    window.sees_documents(case, ["D02", "D05", "D19", "D23"])
    window.sees_painted(
        case,
        "immediate",
        done={"Call_Intake", "Task_HandleNow", "Service_Grant", "Call_Delivery", "End_Granted"},
        current=set(),
    )
    window.sees_relay(case, "便民服务中心 窗口")
    window.reads_timeline(case, "提交", "审查材料", "当场办理", "窗口送达")
    assert staff.problems == []
