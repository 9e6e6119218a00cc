"""Journey: the county changes a limit and a paper on a page, without touching a diagram.

Two people; the running case keeps what it was opened with, the next one has the new content.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from webapp.catalogue.models import ServiceItem
from webapp.catalogue.queries import item_by_code, item_version

OFFICE = "county_service_office"
CODE = "MZ04"


@pytest.fixture
def office(staff):
    return staff.sit(OFFICE, "county.office")


@pytest.fixture
def reviewer(staff):
    return staff.sit(OFFICE, "county.publisher")


@pytest.fixture(autouse=True)
def item_as_loaded(papers):
    """What the journey puts in force goes with it."""
    before = ServiceItem.objects.get(code=CODE).current_id
    yield
    ServiceItem.objects.filter(code=CODE).update(current=before)


def edit(person, section: str):
    """From the item's page into the form of one section, as she would click."""
    page = person.page
    page.goto(f"/office/items/{CODE}/")
    page.get_by_role("button", name=f"修改 {section}", exact=True).click()
    expect(page.get_by_role("button", name="提交复核")).to_be_visible()
    return page


def approve(person, address: str) -> None:
    person.page.goto(address)
    person.page.get_by_role("button", name="复核同意").click()
    expect(person.page.locator("h1")).to_contain_text("已经生效")


def test_a_limit_and_a_paper_change_without_a_diagram(staff, papers, office, reviewer):
    running = papers.open(CODE)
    before = item_version(running.item_version_id)

    page = edit(office, "时限")
    page.locator("[name='limits[0].days']").fill("9")
    page.get_by_role("button", name="提交复核").first.click()
    expect(page.locator(".problems")).to_contain_text("为什么改")  # nothing typed is lost
    expect(page.locator("[name='limits[0].days']")).to_have_value("9")
    page.get_by_label("为什么改").fill("压缩承诺时限")
    page.get_by_role("button", name="提交复核").first.click()
    expect(page.locator("ul.changes")).to_contain_text("改为9个工作日")
    expect(page.get_by_role("button", name="复核同意")).to_have_count(0)  # not her own
    limits = page.url

    page = edit(office, "材料")
    page.get_by_role("button", name="再加一行").click()
    row = page.locator("[data-row]").last
    row.get_by_label("名称").fill("近期体检表")
    row.get_by_label("副件", exact=True).check()
    row.get_by_label("形式").select_option("original")
    row.get_by_label("份数").fill("1")
    row.get_by_label("申请人自备").check()
    page.get_by_label("为什么改").fill("核实健康状况")
    page.get_by_role("button", name="提交复核").first.click()
    expect(page.locator("ul.changes")).to_contain_text("增加材料“近期体检表”")

    reviewer.page.goto(page.url)
    reviewer.page.get_by_label("退回的理由").fill("请写依据")
    reviewer.page.get_by_role("button", name="退回提出人").click()
    page.reload()
    expect(page.locator(".notice-error")).to_contain_text("请写依据")
    expect(page.locator("[data-row]").last.get_by_label("名称")).to_have_value("近期体检表")
    page.get_by_label("为什么改").fill("核实健康状况，依据县文件")
    page.get_by_role("button", name="提交复核").first.click()

    approve(reviewer, limits)
    approve(reviewer, page.url)
    after = papers.open(CODE)
    fresh = item_by_code(CODE)
    assert after.item_version_id == fresh.version_id
    assert fresh.limit("promised").days == 9
    assert "近期体检表" in [paper.name for paper in fresh.materials]
    running.refresh_from_db()
    assert running.item_version_id == before.version_id

    page.goto(f"/office/items/{CODE}/")
    expect(page.locator("body")).to_contain_text("压缩承诺时限")
    assert staff.problems == []
