"""Journey: three ways in which the village helps: done there, filed for him, told where to go."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import ACCEPT, DELIVERED
from tests.browser.people import PHONE_SIZE
from webapp.cases.models import Case
from webapp.core.models import OutboxMessage

INSURANCE = "RS01"  # the township does it at once; the village files it
DISABLED = "CL02"  # in person only
DUTIES = {
    "duty_examined": "true",
    "duty_told": "true",
    "duty_explained": "true",
    "duty_limit": "true",
}
STATION = "station.130123103201"


@pytest.fixture
def agent(staff):
    """The agent of a village, with her telephone."""
    return staff.sit(
        STATION, "village.agent", viewport=PHONE_SIZE, has_touch=True, is_mobile=True
    )


def begins(agent, button: str, code: str) -> None:
    """Tap one of the three big buttons and find the item."""
    agent.page.goto("/village/")
    agent.fits()
    agent.page.get_by_role("link", name=button).tap()
    box = agent.page.get_by_label("按名称或编码找事项")
    box.fill(code)
    expect(agent.page.locator("[data-filter-words]:visible")).to_have_count(1)
    box.press("Enter")
    agent.fits()


def comes(agent, name: str) -> Case:
    """Write down who came; gives the case."""
    agent.put("applicant_name", name)
    agent.put("applicant_phone", "13912345678")
    agent.press("提交登记")
    expect(agent.page.get_by_role("heading", name="本环节：登记并尽四项义务")).to_be_visible()
    return Case.objects.latest("id")


def on_her_page(agent, title: str):
    """One of the lists on the page of the village."""
    agent.page.goto("/village/")
    agent.fits()
    return agent.page.locator(".errands", has_text=title)


def test_done_in_the_village(staff, agent):
    """TYPE-07, PROC-14: four duties, none left out; answered at once, no mandate, recorded."""
    begins(agent, "当场办", INSURANCE)
    assert violations(agent.page) == []
    expect(agent.page.locator("main")).not_to_contain_text("委托人姓名")
    case = comes(agent, "赵玉兰")
    agent.fits()
    assert violations(agent.page) == []
    agent.fill(**DUTIES | {"duty_limit": []}, opinion="来问养老保险怎么参保。")
    agent.press("完成")
    problems = agent.page.locator(".problems")
    expect(problems).to_contain_text("已说定")
    agent.fill(duty_limit="true")
    expect(agent.page.locator(".consequence-line:visible")).to_contain_text("即时办理")
    agent.complete("完成并看下一件")
    expect(agent.page.get_by_role("heading", name="本环节：即时办理")).to_be_visible()
    agent.fill(answer="帮他在手机上参了保，打印了凭证给他。")
    said = agent.complete()
    assert "办件已办结：已答复" in said
    expect(on_her_page(agent, "今天要办、要送达的")).to_contain_text("0 件")
    agent.reads_timeline(case, "登记", "登记并尽四项义务 即时办理", "即时办理")
    agent.sees_documents(case, ["D03"])
    assert staff.problems == []


def test_told_where_to_go(staff, agent):
    """TYPE-07, IN-12: for what one must do in person the agent says where, what and how long."""
    begins(agent, "教他办", DISABLED)
    guide = agent.page.locator("main")
    expect(guide).to_contain_text("要带的材料")
    expect(guide).to_contain_text("须本人到场")
    case = comes(agent, "王建国")
    # The law wants him in person: acting for him is not among the ways, and the page says why.
    expect(agent.page.locator('[name="outcome"][value="agency"]')).to_have_count(0)
    expect(agent.page.locator("main")).to_contain_text("必须本人到场，不能代办")
    expect(agent.page.locator("main")).not_to_contain_text("已恢复")
    agent.fill(**DUTIES, opinion="要办残疾人证，问去哪里。")
    agent.complete("完成并看下一件")
    agent.fill(
        guide_office="新安镇便民服务中心残联窗口，镇政府东侧",
        answer="带身份证、户口簿、两寸照片，二十个工作日。",
        guide_given="true",
    )
    said = agent.complete()
    assert "办件已办结：已指导" in said
    agent.reads_timeline(case, "登记并尽四项义务 指导办理", "指导办理")
    expect(agent.reads_document(case, "D03")).to_contain_text("残疾人证")
    agent.fits()

    # Filing it for him is refused before anything is typed.
    begins(agent, "帮他办", DISABLED)
    expect(agent.page.get_by_role("alert")).to_contain_text("不能代办")
    expect(agent.button("提交登记")).to_have_count(0)
    assert violations(agent.page) == []
    assert staff.problems == []


def test_filed_for_him_and_brought_home(staff, agent, worker):
    """AGT-01 … AGT-06: mandate, the township's own case by the outbox, trip, home delivery."""
    agent.page.goto("/village/")
    agent.page.get_by_role("link", name="帮他办").tap()
    agent.opens_registration(INSURANCE)
    agent.page.get_by_label("委托人姓名").fill("赵玉兰")
    agent.page.get_by_label("年老", exact=False).first.check()
    agent.fills_registration(INSURANCE, applicant_name="赵玉兰")
    assert violations(agent.page) == []
    agent.press("提交登记")
    expect(agent.page.get_by_role("heading", name="本环节：登记并尽四项义务")).to_be_visible()
    visit = Case.objects.get()
    expect(agent.page.locator('[name="outcome"][value="agency"]')).to_be_checked()
    agent.fill(
        **DUTIES, mandate_signed="true", agency_reason="old", opinion="替赵玉兰参加养老保险。"
    )
    expect(agent.page.locator(".consequence-line:visible")).to_contain_text("代办委托书")
    agent.complete()
    worker.start()
    worker.until(lambda: Case.objects.filter(parent=visit).exists())
    started = Case.objects.get(parent=visit)
    mandate = agent.reads_document(visit, "D21")
    agent.fits()
    expect(mandate).to_contain_text("赵玉兰")
    expect(mandate).to_contain_text(
        f"受托人：{agent.officer.name}，单位：新安镇新安村便民服务站"
    )
    expect(mandate).to_contain_text("代办全程不收取任何费用")
    agent.looks_at(visit, "overview")
    expect(agent.page.locator("main")).to_contain_text(f"已另立乡镇办件： {started.number}")
    agent.fits()
    agent.sees_painted(visit, "village", done={"Task_Register", "Service_StartCase"},
                       current={"Task_Trip", "Event_CaseFinished"})  # fmt: skip
    on_her_page(agent, "今天要办、要送达的").get_by_role("link", name="赵玉兰").first.tap()
    expect(agent.page.get_by_role("heading", name="本环节：登记跑办")).to_be_visible()
    agent.fill(trip_on="2026-03-03", received_by="傅少华",
               contact_record="带去参保登记表和身份证复印件各一份。")  # fmt: skip
    agent.complete()
    expect(on_her_page(agent, "等镇里、县里的")).to_contain_text("赵玉兰")

    # The township's own clerk, on her own screen; she sees who filed it and for whom.
    window = staff.sit("xinan.centre", "township.window")
    window.takes(started, "审查材料", r".*")
    expect(window.page.locator("main")).to_contain_text("由村级代办员代为办理")
    window.looks_at(started, "overview")
    expect(window.page.locator("main")).to_contain_text(f"{agent.officer.name} · 受赵玉兰委托")
    window.opens_item(started)
    window.fill(**ACCEPT)
    window.complete("完成并看下一件")
    window.fill(
        outcome="grant", decision_content="准予参保登记。", opinion="材料齐全，当场办结。"
    )
    window.complete()

    # The baton was hers all along: the result goes home with her.
    on_her_page(agent, "今天要办、要送达的").get_by_role("link", name="赵玉兰").first.tap()
    expect(agent.page.get_by_role("heading", name="本环节：上门送达")).to_be_visible()
    agent.fits()
    agent.fill(
        **DELIVERED, recipient="赵玉兰", served_on="2026-03-03", served_place="新安村家中"
    )
    said = agent.complete()
    assert "办件已办结" in said
    worker.stop()  # it sweeps as soon as it is started
    worker.start()
    worker.until(lambda: not OutboxMessage.objects.filter(sent_at=None).exists())
    on_her_page(agent, "今天要办、要送达的").get_by_role("link", name="赵玉兰").first.tap()
    expect(agent.page.get_by_role("heading", name="本环节：回复群众")).to_be_visible()
    agent.fill(told_on="2026-03-03", contact_record="保险凭证交到本人手里，没有别的事。")
    said = agent.complete()
    assert "办件已办结：另行办理" in said
    assert not on_her_page(agent, "等镇里、县里的").get_by_role("link").count()
    agent.sees_relay(
        started, "新安村便民服务站 代办员", "便民服务中心 窗口", "便民服务站 代办员"
    )
    agent.sees_documents(started, ["D02", "D05", "D19", "D22"])
    agent.reads_timeline(visit, "登记并尽四项义务 代为办理", "登记跑办", "回复群众")
    assert staff.problems == []
