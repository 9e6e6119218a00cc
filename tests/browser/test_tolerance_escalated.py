"""Journey: handed up to the county with a paper still to come, which is handed over later."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import (
    APPROVE,
    CHECK,
    COUNTY_REVIEW,
    DELIVERED,
    PRELIM,
    PROPOSE,
    RECEIVE,
    SEND,
    TOLERATE,
    VERIFIED,
)

ALLOWANCE = "MZ01"
CARD = "bank_card_copy"
CARD_NAME = "社会保障卡或银行卡（一卡通）复印件"


def test_handed_up_with_an_open_paper(staff):
    """TOL-08, TOL-09, IN-03: D18 lists what is open; the county waits; the paper follows."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(ALLOWANCE, marks={CARD: "missing"}, applicant_name="赵玉兰")
    window.does(
        case, "审查材料", "剩5个工作日", then="容缺受理告知书",
        **TOLERATE, tolerance_until="2026-03-10",
    )  # fmt: skip
    handler = staff.sit("xinan.civil_affairs", "township.handler")
    handler.does(case, "乡镇初审", r"剩\d+个工作日", **PRELIM)
    leader = staff.sit("xinan.centre", "township.leader")
    leader.takes(case, "签发上报", "下个工作日17:30前")
    expect(leader.page.locator(".promise")).to_contain_text(CARD_NAME)
    leader.fill(**SEND)
    leader.complete()
    letter = leader.reads_document(case, "D18")
    expect(letter).to_contain_text(CARD_NAME)

    # The county signs for what it got, sees what is still to come, and cannot propose.
    hall = staff.sit("county_hall", "county.window")
    hall.finds(case, "签收上报材料", "下个工作日17:30前")
    expect(hall.row(case)).to_contain_text("容缺 1 件")
    hall.does(case, "签收上报材料", "下个工作日17:30前", **RECEIVE)
    bureau = staff.sit("county_civil_affairs", "county.handler")
    bureau.takes(case, "县级审查", r"剩\d+个工作日")
    expect(bureau.page.locator(".promise")).to_contain_text("准予的决定等补齐后作出")
    assert violations(bureau.page) == []
    bureau.fill(**COUNTY_REVIEW)
    assert "等 申请人（补齐容缺材料）" in bureau.complete()
    bureau.finds_nothing(case)

    # The township window takes the paper in and hands it over to the county.
    staff.clock.go_to("2026-03-06")
    window.looks_at(case, "materials")
    window.page.locator(f"[data-mat={CARD}]").get_by_label("已收").check()
    window.press("登记补交，交窗口核验")
    expect(window.notice).to_contain_text("登记补交材料")
    hall.finds_nothing(case)
    window.takes(case, "核验补交材料", "下个工作日17:30前")
    window.page.locator(f"[data-mat={CARD}]").get_by_label("已核对").check()
    window.fill(**VERIFIED)
    assert "县民政局" in window.complete()
    window.looks_at(case, "overview")
    expect(window.page.locator(".hand-overs li").last).to_contain_text("待签收")
    bureau.takes(case, "提出承办意见", "剩3个工作日")
    bureau.looks_at(case, "overview")
    expect(bureau.page.locator(".hand-overs li").last).to_contain_text("签收")
    bureau.page.goto("/inbox/")
    bureau.row(case).get_by_role("link", name="办理").click()
    bureau.fill(**PROPOSE)
    bureau.complete()
    section = staff.sit("county_civil_affairs", "county.section_head")
    section.does(case, "审核", "剩2个工作日", **CHECK)
    director = staff.sit("county_civil_affairs", "county.leader")
    director.does(case, "批准", "剩2个工作日", then="便民服务中心", **APPROVE)
    said = window.does(
        case, "窗口送达", r"剩\d+个工作日",
        **DELIVERED, recipient="赵玉兰", served_on="2026-03-06",
    )  # fmt: skip
    assert "办件已办结：准予" in said
    window.sees_documents(case, ["D02", "D08", "D09", "D11", "D18", "D02", "D12", "D19", "D23"])
    window.reads_timeline(
        case, "容缺受理", "乡镇初审", "签发上报", "签收上报材料", "县级审查", "登记补交",
        "核验补交材料", "提出承办意见", "批准", "窗口送达",
    )  # fmt: skip
    assert staff.problems == []
