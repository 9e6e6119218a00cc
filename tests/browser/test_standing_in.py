"""值班与顶岗 as people click it: leave with a hand-over, an empty counter, a duty list."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from webapp.cases.models import WorkItem
from webapp.organisations.models import (
    Absence,
    Handover,
    Notice,
    PostFiling,
    Roster,
    StaffRecord,
)

WINDOW = ("xinan.centre", "township.window")
HEAD = ("xinan.centre", "township.head_window")


@pytest.fixture(autouse=True)
def _posts_as_before(clock):
    """The county stays: what a test says about its people goes."""
    yield
    for model in (Handover, Absence, Notice, Roster, PostFiling, StaffRecord):
        model.objects.all().delete()


def accessible(person) -> None:
    """Axe finds nothing, in normal and in large letters, and the page does not run over."""
    page = person.page
    assert violations(page) == [], page.url
    page.locator("html").evaluate("e => e.classList.add('large')")
    assert violations(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, (page.url, wide)
    page.locator("html").evaluate("e => e.classList.remove('large')")


@pytest.mark.parametrize("scripted", [True, False])
def test_leave_with_a_hand_over_that_b_signs(staff, papers, clock, scripted):
    case = papers.open("ZR01")
    clerk = staff.sit(*WINDOW, post="民政窗口", java_script_enabled=scripted)
    page = clerk.page
    page.goto("/inbox/")
    page.get_by_role("link", name="值班与顶岗").click()
    page.get_by_role("link", name="我要请假、外出").click()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("请选择日期。").first).to_be_visible()
    page.get_by_label("从哪天起").fill("2026-03-04")
    page.get_by_label("到哪天为止").fill("2026-03-04")
    page.get_by_label("原因").fill("培训")
    page.get_by_label("要向B岗交代的事").fill("钥匙在抽屉里")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name="岗位移交单")).to_be_visible()
    expect(page.locator("main")).to_contain_text(case.number)
    if scripted:
        accessible(clerk)
    b = staff.sit(*WINDOW, post="民政窗口", cover="B", java_script_enabled=scripted)
    b.page.goto("/duty/")
    b.page.get_by_role("link", name="看移交单并签收").click()
    b.page.get_by_role("button", name="清点无误，签收").click()
    expect(b.page.locator("main")).to_contain_text("以上内容从那时起固定")
    clock.go_to("2026-03-04")
    b.page.goto("/inbox/")
    expect(b.page.locator("main")).to_contain_text(case.number)
    b.page.get_by_text("为什么在我这里").first.click()
    expect(b.page.locator("main")).to_contain_text("不在岗（到3月4日）")
    b.page.get_by_role("button", name="签收").first.click()
    page.goto("/")
    expect(page.locator("main")).to_contain_text("您登记了不在岗")
    page.get_by_role("button", name="我已返岗，从现在起自己办").click()
    expect(page.locator("main")).to_contain_text("已返岗")
    page.goto("/inbox/")
    expect(page.locator("main")).to_contain_text(case.number)
    item = WorkItem.objects.get(case=case, state="OPEN")
    assert item.claimed_by_id == b.officer.pk, "her signature stays on record, it binds nobody"
    assert staff.problems == []


def test_an_empty_counter_takes_three_clicks(staff, papers):
    papers.open("ZR01")
    mate = staff.sit(*WINDOW, post="社保窗口")
    page = mate.page
    page.goto("/inbox/")
    page.get_by_role("link", name="值班与顶岗").click()
    row = page.get_by_role("row").filter(has_text="卫健窗口")
    row.get_by_role("link", name="报不在岗").click()
    accessible(mate)
    page.get_by_role("button", name="确认，由B岗顶岗").click()
    expect(page.locator("main")).to_contain_text("卫健窗口由B岗")
    accessible(mate)
    b = staff.sit(*WINDOW, post="卫健窗口", cover="B")
    b.page.goto("/duty/")
    expect(b.page.locator("main")).to_contain_text("突发，没有移交")
    expect(b.page.locator("header")).to_contain_text("卫健窗口B岗")
    head = staff.sit(*HEAD)
    head.page.goto("/duty/")
    expect(head.page.locator("main")).to_contain_text("1 条变动")
    accessible(head)
    head.page.get_by_role("button", name="知道了").click()
    expect(head.page.locator("main")).not_to_contain_text("条变动")
    assert staff.problems == []


def test_a_duty_list_is_made_published_and_seen(staff):
    head = staff.sit(*HEAD)
    page = head.page
    page.goto("/duty/rosters/")
    page.get_by_label("哪一种").select_option("leader")
    page.get_by_label("从哪天起").fill("2026-03-03")
    page.get_by_label("到哪天为止").fill("2026-03-04")
    page.get_by_role("button", name="开始编排").click()
    page.get_by_label("3月3日全天").fill("萧主任")
    page.get_by_role("button", name="保存并公布").click()
    expect(page.get_by_role("alert")).to_contain_text("3月4日全天没有人")
    expect(page.get_by_label("3月3日全天")).to_have_value("萧主任")
    accessible(head)
    page.get_by_label("3月4日全天").fill("萧主任")
    page.get_by_role("button", name="保存并公布").click()
    expect(page.get_by_role("heading", name="领导坐岗表")).to_be_visible()
    accessible(head)
    clerk = staff.sit(*WINDOW)
    clerk.page.goto("/duty/")
    expect(clerk.page.locator("main")).to_contain_text("萧主任")
    assert head.problems == clerk.problems  # the refused list answers 409, nothing else


def test_pages_of_posts_are_for_everybody_s_eyes(staff, county_pages):
    for person, address in county_pages(staff):
        answer = person.page.goto(address)
        assert answer.status == 200, address
        accessible(person)


@pytest.fixture
def county_pages(papers):
    """Who opens which page of posts."""

    def pages(staff):
        office = staff.sit("county_service_office", "county.office")
        clerk = staff.sit(*WINDOW)
        county = papers.county
        unit = county.unit("xinan.centre").pk
        post = papers.window.held[0].post_id
        officer = papers.window.officer_id
        yield from (
            (office, "/office/staff/"),
            (office, f"/office/staff/{unit}/"),
            (office, f"/office/staff/posts/{post}/"),
            (office, f"/office/staff/people/{officer}/leave/"),
            (office, f"/office/staff/{unit}/a-posts/"),
            (office, "/office/a-posts/"),
            (office, "/office/coverage/"),
            (clerk, "/duty/cover/"),
            (clerk, "/duty/groups/"),
            (clerk, "/duty/rosters/"),
            (clerk, "/duty/absences/new/"),
        )

    return pages
