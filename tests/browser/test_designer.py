"""Journey: the county changes a flow in the browser, without a programmer and without a restart.

Two people (design §11: author ≠ reviewer); the running case stays, the next one goes the new
way, and one click goes back.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from webapp.processes.queries import current_version_id

OFFICE = "county_service_office"


@pytest.fixture
def designer(staff):
    return staff.sit(OFFICE, "county.designer")


@pytest.fixture
def publisher(staff):
    return staff.sit(OFFICE, "county.publisher")


def begin(person, path: str, title: str) -> Page:
    """From the library to the editor of one file, as she would click."""
    page = person.page
    page.goto("/designer/", timeout=30_000)  # the first one reads the whole library
    page.get_by_label("找").fill(path)
    page.get_by_role("button", name="查找").click()
    page.locator(f'.acts a[href$="?path={path}"]').click()
    page.get_by_label("改什么").fill(title)
    page.get_by_label("为什么改").fill("县政务服务管理办公室会议纪要第3号")
    page.get_by_role("button", name="开始修改").click()
    expect(page.locator("#editor[data-ready='1']")).to_be_visible()
    return page


def back_to_draft(page: Page) -> None:
    page.locator(".edit-head a").first.click()
    expect(page.get_by_role("heading", name="改了哪些文件")).to_be_visible()


def test_the_county_changes_a_limit_and_goes_back(staff, papers, designer, publisher):
    """Draft → difference → review by a second person → in force → back, all by clicking."""
    running = papers.run(papers.open("MZ04"), until="Task_Prelim")
    before = current_version_id("escalated")

    page = begin(designer, "escalated.bpmn", "乡镇初审改为1个工作日")
    page.locator("[data-element-id=Task_Prelim]").first.click()
    panel = page.locator("#panel")
    expect(panel.get_by_label("标识")).to_have_value("Task_Prelim")
    panel.get_by_label("几天").fill("1")
    panel.get_by_label("几天").press("Tab")
    expect(page.locator("#saved")).to_contain_text("已保存")
    expect(page.locator("#findings")).to_contain_text("没有发现问题")

    back_to_draft(page)
    difference = page.locator("ul.changes")
    expect(difference).to_contain_text("乡镇初审")
    expect(difference).to_contain_text("1 个工作日")
    expect(page.get_by_text("全部走得通")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator(".notices")).to_contain_text("已提交复核")
    expect(page.get_by_role("button", name="复核同意")).to_have_count(0)

    address = page.url
    publisher.page.goto(address)
    expect(publisher.page.locator("ul.changes")).to_contain_text("1 个工作日")
    publisher.page.get_by_role("button", name="复核同意").click()
    publisher.page.get_by_role("button", name="现在发布").click()
    expect(publisher.page.locator(".notices")).to_contain_text("已发布", timeout=60_000)

    after = current_version_id("escalated")
    assert after != before
    running.refresh_from_db()
    assert running.process_version_id == before, "the running case stays on its version"
    fresh = papers.run(papers.open("MZ04"), until="Task_Prelim")
    assert fresh.process_version_id == after
    old, new = papers.item(running, "Task_Prelim"), papers.item(fresh, "Task_Prelim")
    assert new.due_at != old.due_at

    publisher.page.goto("/designer/publications/")
    row = publisher.page.get_by_role("row", name=re.compile("乡镇初审改为1个工作日"))
    row.locator("summary").click()
    row.get_by_label("为什么退回").fill("会议决定暂缓")
    row.get_by_role("button", name="退回上一版").click()
    expect(publisher.page.locator(".notices")).to_contain_text("已退回上一版", timeout=60_000)
    assert current_version_id("escalated") == before
    assert staff.problems == []


def test_a_step_nobody_can_do_is_found_where_it_stands(staff, designer):
    """A new step without form and limit: marked on the element, told below, and undone."""
    page = begin(designer, "promised.bpmn", "加一个环节")
    page.locator("[data-element-id=Task_Review]").first.click()
    page.locator(".djs-context-pad [data-action='append.append-task']").click()
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=15_000)
    expect(page.locator("#findings .tag-red, #findings .tag-amber").first).to_be_visible()
    expect(page.locator(".mark").first).to_be_visible()
    back_to_draft(page)
    expect(page.get_by_role("button", name="提交复核")).to_be_disabled()
    expect(page.get_by_text(re.compile("还有 \\d+ 处问题"))).to_be_visible()
    page.get_by_role("button", name="作废这份草案").click()
    assert staff.problems == []


def test_a_decision_table_a_form_and_a_wording_are_edited(staff, designer):
    page = begin(designer, "decisions/path.dmn", "看看办理路径表")
    expect(page.locator(".dmn-decision-table-container")).to_contain_text("办理方式")
    page = begin(designer, "forms/decision-check.json", "改审核表")
    expect(page.locator(".fjs-form-editor")).to_contain_text("已审核")
    page = begin(designer, "documents/D05.yaml", "改受理通知书")
    area = page.locator("textarea#canvas")
    area.fill(area.input_value().replace("受理通知书", "受理决定通知书"))
    expect(page.locator("#saved")).to_contain_text("已保存")
    back_to_draft(page)
    expect(page.get_by_text("documents/D05.yaml").first).to_be_visible()
    assert staff.problems == []
