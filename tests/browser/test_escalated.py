"""Journey: up to the county, sent back once, up again, decided, down to the township, delivered."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.answers import (
    ACCEPT,
    APPROVE,
    CHECK,
    COUNTY_REVIEW,
    DELIVERED,
    PRELIM,
    PROPOSE,
    RECEIVE,
    SEND,
)

OLD_AGE = "MZ04"


def test_escalated_with_a_county_return(staff):
    """TYPE-05, LINK-03: every level signs for the papers; a return goes with its reason."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(OLD_AGE, applicant_name="刘桂芳")
    window.does(case, "审查材料", "剩5个工作日", then="民政所", **ACCEPT)

    handler = staff.sit("xinan.civil_affairs", "township.handler")
    handler.does(case, "乡镇初审", r"剩\d个工作日", **PRELIM)
    leader = staff.sit("xinan.centre", "township.leader")
    leader.does(case, "签发上报", "下个工作日17:30前", then="正定县政务服务中心", **SEND)

    hall = staff.sit("county_hall", "county.window")
    hall.does(case, "签收上报材料", "下个工作日17:30前", then="民政局", **RECEIVE)
    bureau = staff.sit("county_civil_affairs", "county.handler")
    bureau.does(
        case, "县级审查", "剩5个工作日", then="民政所",
        **COUNTY_REVIEW | {"outcome": "return", "opinion": "独居情况没有写清。"},
        return_code="facts_unclear", return_reason="请入户核实是否独居，附走访记录。",
    )  # fmt: skip

    # Back at the township, with the county's reason in sight; up again.
    handler.takes(case, "乡镇初审", r"剩\d个工作日")
    expect(handler.page.locator("main")).to_contain_text("请入户核实是否独居")
    handler.fill(**PRELIM | {"methods": ["papers", "visit"]}, officers="张敏、李静")
    handler.complete()
    leader.does(case, "签发上报", "下个工作日17:30前", **SEND)
    hall.does(case, "签收上报材料", "下个工作日17:30前", **RECEIVE)
    bureau.does(case, "县级审查", "剩5个工作日", **COUNTY_REVIEW)
    bureau.sees_painted(
        case,
        "escalated",
        done={"Call_Intake", "Task_Prelim", "Task_HandUp", "Task_CountyReceive",
              "Task_CountyReview", "Service_Returned"},
        current={"Call_CountyDecision"},
    )  # fmt: skip

    # The county decides: three people.
    bureau.does(case, "提出承办意见", "剩3个工作日", **PROPOSE)
    section = staff.sit("county_civil_affairs", "county.section_head")
    section.does(case, "审核", "剩2个工作日", **CHECK)
    director = staff.sit("county_civil_affairs", "county.leader")
    said = director.does(case, "批准", "剩2个工作日", then="便民服务中心", **APPROVE)
    assert re.search(r"正民\S*〔2026〕1号", said)

    # The township, which answers for the case, hands the result over.
    bureau.finds_nothing(case)
    window.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="刘桂芳", served_on="2026-03-03",
    )  # fmt: skip
    numbers = window.sees_documents(
        case,
        ["D02", "D05", "D11", "D18", "D18", "D12", "D19", "D23"],
    )
    assert "正民" in numbers["D19"]
    window.sees_relay(
        case,
        "便民服务中心 窗口",
        "民政所 承办人",
        "便民服务中心 中心主任",
        "县政务服务中心 窗口",
        "县民政局 承办人",
        "民政所 承办人",
        "便民服务中心 中心主任",
        "县政务服务中心 窗口",
        "县民政局 承办人",
        "县民政局 股室负责人",
        "县民政局 负责人",
        "便民服务中心 窗口",
    )
    window.reads_timeline(
        case, "乡镇初审", "签发上报", "签收上报材料", "县级审查 退回",
        "乡镇初审", "签发上报", "县级审查", "批准", "窗口送达",
    )  # fmt: skip
    window.sees_painted(case, "delivery", done={"Task_Counter", "Service_Proof"}, current=set())
    assert staff.problems == []
