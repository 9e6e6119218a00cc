"""Journey: taken in by the township, handled by county departments together, delivered at home."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import (
    ACCEPT,
    APPROVE,
    CHECK,
    CONVENE,
    DELIVERED,
    PRELIM,
    PROPOSE,
    RECEIVE,
    SEND,
)

ALLOWANCES = "CL01"
FEDERATION, BUREAU = "county_disabled_federation", "county_civil_affairs"


def test_the_county_asks_its_departments_and_the_township_delivers(staff):
    """PROC-10, TYPE-09, LINK-03: two levels, each with its own people, papers and clocks."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(ALLOWANCES, applicant_name="孙志强")
    window.does(case, "审查材料", "剩5个工作日", then="新安镇", **ACCEPT)
    handler = staff.sit("xinan.civil_affairs", "township.handler")
    handler.does(case, "乡镇初审", r"剩\d个工作日", **PRELIM)
    leader = staff.sit("xinan.centre", "township.leader")
    leader.does(case, "签发上报", "下个工作日17:30前", then="正定县政务服务中心", **SEND)

    # The county hall signs for the papers and convenes; the federation answers for itself.
    hall = staff.sit("county_hall", "county.window")
    hall.does(case, "签收上报材料", "下个工作日17:30前", **RECEIVE)
    hall.takes(case, "牵头召集", "下个工作日17:30前")
    table = hall.page.locator(".departments")
    expect(table).to_contain_text("残疾人联合会")
    expect(table).to_contain_text("残疾人证是否有效")
    assert violations(hall.page) == []
    hall.fill(**CONVENE)
    said = hall.complete()
    assert "残疾人联合会" in said
    assert "联办通知" in said
    stranger = staff.sit("county_medical_security", "county.handler")
    stranger.finds_nothing(case)
    assert stranger.page.goto(f"/cases/{case.pk}/").status == 404
    federation = staff.sit(FEDERATION, "county.handler")
    federation.takes(case, "出具意见", "剩5个工作日")
    expect(federation.page.locator(".asked")).to_contain_text("残疾人证是否有效")
    expect(federation.page.locator("main")).not_to_contain_text("做完记录后接着算")
    assert violations(federation.page) == []
    federation.fill(
        outcome="disagree",
        opinion="残疾等级与证件不一致。",
        legal_basis="残疾人证管理办法第三条",
    )
    federation.complete()

    # Against: the hall cannot call it agreed; the bureau that decides holds the meeting.
    hall.takes(case, "汇总意见", "剩2个工作日")
    expect(hall.page.get_by_label("意见一致，提出决定意见")).to_be_hidden()
    hall.fill(
        outcome="meet", meet_points="残疾等级以哪一份材料为准。", opinion="残联不同意，须会商。"
    )
    hall.complete()
    director = staff.sit(BUREAU, "county.leader")
    director.takes(case, "会商", "剩3个工作日")
    expect(director.page.locator(".departments")).to_contain_text("残疾人证管理办法第三条")
    assert violations(director.page) == []
    director.fill(
        attendees="县残联、县民政局", outcome="agreed", opinion="残联重新核验证件后同意。"
    )
    director.complete()
    bureau = staff.sit(BUREAU, "county.handler")
    bureau.does(case, "提出承办意见", "剩3个工作日", **PROPOSE)
    section = staff.sit(BUREAU, "county.section_head")
    section.does(case, "审核", "剩2个工作日", **CHECK)
    director.does(case, "批准", "剩2个工作日", then="便民服务中心", **APPROVE)

    # The township, which answers for the case, hands the result over.
    hall.finds_nothing(case)
    said = window.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="孙志强", served_on="2026-03-03",
    )  # fmt: skip
    assert "办件已办结：准予" in said
    numbers = window.sees_documents(
        case, ["D02", "D05", "D11", "D18", "D17", "D12", "D19", "D23"]
    )
    assert "正民" in numbers["D19"]
    window.sees_relay(
        case,
        "便民服务中心 窗口",
        "民政所 承办人",
        "便民服务中心 中心主任",
        "县政务服务中心 窗口",
        "残疾人联合会 承办人",
        "县政务服务中心 窗口",
        "县民政局 负责人",
        "县民政局 承办人",
        "县民政局 股室负责人",
        "县民政局 负责人",
        "便民服务中心 窗口",
    )
    window.sees_painted(
        case,
        "escalated-joint",
        done={"Call_Intake", "Task_Prelim", "Task_CountyConvene", "Task_CountyMeet"},
        current=set(),
    )
    window.reads_timeline(
        case, "乡镇初审", "签发上报", "签收上报材料", "牵头召集", "出具意见 不同意", "汇总意见",
        "会商 达成一致", "批准", "窗口送达",
    )  # fmt: skip
    assert staff.problems == []
