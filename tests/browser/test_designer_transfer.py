"""Journey: a step changes, the next case goes the new way, running ones stay; one is moved by two
people, goes on, and comes back; its clerk and the reviewer see what happened on the drawings.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_designer import OFFICE, back_to_draft, begin
from tests.webapp.cases.editions import Editions
from webapp.cases.models import Transfer
from webapp.processes.queries import current_version_id


@pytest.fixture
def designer(staff):
    return staff.sit(OFFICE, "county.designer")


@pytest.fixture
def publisher(staff):
    return staff.sit(OFFICE, "county.publisher")


def test_a_step_changes_and_one_running_case_is_moved_and_comes_back(
    staff, papers, designer, publisher
):
    moved = papers.run(papers.open("MZ04"), until="Task_Prelim")
    stays = papers.run(papers.open("MZ04"), until="Task_Prelim")
    before = current_version_id("escalated")

    # -- the designer renames a step and looks at both drawings
    page = begin(designer, "escalated.bpmn", "乡镇初审改名为乡镇核查")
    page.locator("[data-element-id=Task_Prelim]").first.click()
    panel = page.locator("#panel")
    expect(panel.get_by_label("标识")).to_have_value("Task_Prelim")
    panel.get_by_label("名称").first.fill("乡镇核查")
    panel.get_by_label("名称").first.press("Tab")
    panel.get_by_label("几天").fill("6")
    panel.get_by_label("几天").press("Tab")
    expect(page.locator("#saved")).to_contain_text("已保存")
    back_to_draft(page)
    page.get_by_role("link", name=re.compile("在图上看")).click()
    expect(page.locator("#drawings[data-ready='1']")).to_be_visible()
    expect(page.locator("#before .diff-changed")).to_contain_text("有改动")
    expect(page.locator("#after .diff-power")).to_contain_text("！")
    page.get_by_role("button", name=re.compile("6 个工作日")).click()
    for side in ("before", "after"):
        drawn = page.locator(f"#{side} .djs-element.is-here[data-element-id=Task_Prelim]")
        expect(drawn).to_be_visible()
    page.get_by_role("button", name="在图上标以往办件数").click()
    expect(page.locator("#counted")).to_have_text(re.compile(r"\d+ 件"), timeout=60_000)
    page.get_by_role("link", name="← 乡镇初审改名为乡镇核查").click()
    expect(page.get_by_text("全部走得通")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator(".notices")).to_contain_text("已提交复核", timeout=30_000)
    address = page.url

    # -- the reviewer asks at the element; the author answers; settled, approved, published
    other = publisher.page
    other.goto(address)
    other.get_by_role("link", name=re.compile("在图上看")).click()
    expect(other.locator("#drawings[data-ready='1']")).to_be_visible()
    other.locator("#after .djs-element[data-element-id=Task_Prelim]").click()
    expect(other.get_by_label("对哪里")).to_have_value("Task_Prelim")
    other.get_by_label("写一条意见").fill("6天够吗？")
    other.get_by_role("button", name="发表").click()
    expect(other.locator("#after .remark-mark")).to_contain_text("意见 1")
    other.goto(address)
    other.get_by_role("button", name="复核同意").click()
    expect(other.locator(".notices")).to_contain_text("还有1条意见没有解决")
    other.get_by_label(re.compile("6天够吗")).check()
    other.get_by_role("button", name="复核同意").click()
    expect(other.locator(".notices")).to_contain_text("已同意", timeout=30_000)
    other.get_by_role("button", name="现在发布").click()
    expect(other.locator(".notices")).to_contain_text("已发布", timeout=60_000)

    # -- the next case goes the new way, the running ones stay
    after = current_version_id("escalated")
    fresh = papers.run(papers.open("MZ04"), until="Task_Prelim")
    assert (fresh.process_version_id, papers.item(fresh).name) == (after, "乡镇核查")
    for case in (moved, stays):
        case.refresh_from_db()
        assert case.process_version_id == before

    # -- one is moved: proposed by one person, confirmed by another
    page.goto("/designer/running/")
    page.get_by_role("link", name=re.compile("看能不能换")).click()
    expect(page.get_by_text("可以直接换版")).to_be_visible()
    page.get_by_text("逐件看").click()
    page.get_by_label(moved.number).check()
    page.get_by_label(re.compile("为什么要换")).fill("会议纪要第3号")
    page.get_by_role("button", name="先看会怎样").click()
    expect(page.locator("#preview")).to_contain_text("1 件")
    page.get_by_role("button", name=re.compile("提出换版")).click()
    expect(page.get_by_text("等另一人确认")).to_be_visible()
    expect(page.get_by_role("button", name="确认换版")).to_have_count(0)
    other.goto(page.url)
    other.get_by_role("button", name="确认换版").click()
    expect(other.locator("#lines")).to_contain_text("在等 1 件")
    editions = Editions(papers)
    editions.work(Transfer.objects.get(undoes=None))
    expect(other.locator("#lines")).to_contain_text("已换 1 件", timeout=15_000)
    moved.refresh_from_db()
    stays.refresh_from_db()
    assert (moved.process_version_id, stays.process_version_id) == (after, before)

    # -- it goes on for its clerk, under the new name
    item = papers.item(moved)
    assert item.name == "乡镇核查"
    unit = item.pool.unit.key
    clerk = staff.sit(unit, item.pool.role_id)
    clerk.page.goto(f"/cases/{moved.pk}/")
    number = moved.process_version.number
    expect(clerk.page.get_by_text(f"第 {number} 版办理")).to_be_visible()
    clerk.page.goto(f"/cases/{moved.pk}/timeline/")
    expect(
        clerk.page.get_by_text(re.compile(f"换到流程“上报办理”第{number}版"))
    ).to_be_visible()

    # -- back in one act; then the publication is rolled back, and the case ends
    other.locator("summary", has_text="退回原版本").click()
    other.get_by_label("为什么退回").fill("会议决定暂缓")
    other.get_by_role("button", name="退回原版本").click()
    editions.work(Transfer.objects.exclude(undoes=None).get())
    expect(other.locator("#lines")).to_contain_text("已换 1 件", timeout=15_000)
    moved.refresh_from_db()
    assert (moved.process_version_id, papers.item(moved).name) == (before, "乡镇初审")
    other.goto("/designer/publications/")
    row = other.get_by_role("row", name=re.compile("乡镇初审改名为乡镇核查"))
    row.locator("summary").click()
    row.get_by_label("为什么退回").fill("会议决定暂缓")
    row.get_by_role("button", name="退回上一版").click()
    expect(other.locator(".notices")).to_contain_text("已退回上一版", timeout=60_000)
    assert current_version_id("escalated") == before
    assert papers.run(moved).result == "granted"
    assert staff.problems == []
