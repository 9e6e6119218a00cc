"""Journey: a village agent files for an old neighbour on a telephone and brings the result home."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.answers import ACCEPT, DELIVERED, PRELIM
from tests.browser.people import PHONE_SIZE

OLD_AGE = "MZ04"


def test_village_agent_from_mandate_to_delivery_at_home(staff, papers):
    """AGT-01 … AGT-05, on a screen of 390 pixels; the county's steps by their people."""
    agent = staff.sit(
        "station.130123103201", "village.agent",
        viewport=PHONE_SIZE, has_touch=True, is_mobile=True,
    )  # fmt: skip
    page = agent.page
    page.goto("/")
    expect(page.get_by_role("heading", name="新安村")).to_be_visible()
    page.get_by_role("link", name="帮他办").tap()
    expect(page.get_by_role("heading", name="登记新办件")).to_be_visible()
    agent.opens_registration(OLD_AGE)
    page.get_by_label("委托人姓名").fill("赵玉兰")
    page.get_by_label("年老", exact=False).first.check()
    agent.fills_registration(OLD_AGE, applicant_name="赵玉兰")
    agent.fits()
    agent.press("提交登记")
    case = agent.registered()
    assert (case.agent_id, case.delivery_mode) == (agent.officer.pk, "village_agent")
    page.goto("/village/")
    waiting = page.locator(".errands", has_text="等镇里、县里的")
    expect(waiting).to_contain_text("赵玉兰")
    expect(waiting).to_contain_text("便民服务中心")

    # The township signs for the papers and accepts; the rest of the way is played by actions
    # (the escalated journey clicks through it).
    window = staff.sit("xinan.centre", "township.window")
    window.does(case, "审查材料", "剩5个工作日", **ACCEPT)
    handler = staff.sit("xinan.civil_affairs", "township.handler")
    handler.does(case, "乡镇初审", r"剩\d个工作日", **PRELIM)
    papers.run(case, until="Task_AgentDeliver")

    # The result comes home: on the agent's page, delivered, signed for.
    page.goto("/village/")
    to_do = page.locator(".errands", has_text="今天要办、要送达的")
    expect(to_do).to_contain_text("剩3个工作日")
    to_do.get_by_role("link", name="赵玉兰").tap()
    expect(page.get_by_role("heading", name="本环节：上门送达")).to_be_visible()
    agent.fits()
    agent.fill(
        **DELIVERED, recipient="赵玉兰", served_on="2026-03-03", served_place="新安村家中"
    )
    said = agent.complete()
    assert "办件已办结：准予" in said
    agent.sees_painted(case, "delivery", done={"Task_AgentDeliver"}, current=set())
    agent.fits()
    documents = agent.sees_documents(
        case, ["D21", "D02", "D05", "D11", "D18", "D12", "D19", "D22"]
    )
    assert documents["D19"].startswith("正民")
    agent.reads_timeline(case, "代办", "审查材料", "乡镇初审", "批准", "上门送达")
    agent.sees_relay(
        case,
        "新安村便民服务站 代办员",
        "便民服务中心 窗口",
        "民政所 承办人",
        "便民服务中心 中心主任",
        "县政务服务中心 窗口",
        "县民政局 承办人",
        "县民政局 股室负责人",
        "县民政局 负责人",
        "便民服务站 代办员",
    )
    assert staff.problems == []
