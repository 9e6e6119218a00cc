"""Journey: an application at the county hall, decided by the department, delivered at the hall."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.answers import ACCEPT, APPROVE, CHECK, DELIVERED, PROPOSE, REVIEW

PENSION = "RS03"


def test_filed_and_delivered_at_the_county_hall(staff):
    """CAT-18, PROC-03: no township has a part in it; five people, two units."""
    hall = staff.sit("county_hall", "county.window")
    hall.page.goto("/register/")
    shown = hall.page.locator("[data-filter-words]", has_text=PENSION)
    expect(shown).to_contain_text("承诺")
    expect(shown).not_to_contain_text("上报")
    case = hall.registers(PENSION, applicant_name="王建国")
    expect(hall.page.locator("main")).to_contain_text("正定县政务服务中心")
    hall.does(case, "审查材料", "剩5个工作日", then="社会保险经办中心", **ACCEPT)

    agency = "county_social_insurance_agency"
    handler = staff.sit(agency, "county.handler")
    handler.does(case, "审查", "剩10个工作日", **REVIEW)
    handler.does(case, "提出承办意见", "剩3个工作日", **PROPOSE)
    section = staff.sit(agency, "county.section_head")
    section.does(case, "审核", "剩2个工作日", **CHECK)
    leader = staff.sit(agency, "county.leader")
    said = leader.does(case, "批准", "剩2个工作日", then="政务服务中心", **APPROVE)
    assert re.search(r"正社\S*〔2026〕1号", said)

    hall.does(
        case, "窗口送达", "剩10个工作日",
        **DELIVERED, recipient="王建国", served_on="2026-03-03",
    )  # fmt: skip
    hall.sees_documents(case, ["D02", "D05", "D11", "D12", "D19", "D23"])
    hall.sees_relay(
        case,
        "政务服务中心 窗口",
        "社会保险经办中心 承办人",
        "社会保险经办中心 股室负责人",
        "社会保险经办中心 负责人",
        "政务服务中心 窗口",
    )
    hall.sees_painted(
        case, "county", done={"Call_Intake", "Task_Review", "Call_Delivery"}, current=set()
    )
    assert staff.problems == []
