"""For everybody: axe finds nothing (WCAG AA), and the daily work goes by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.people import PHONE_SIZE
from tests.webapp.cases.desk import MANDATE

PAGES = {
    "window": [
        "/inbox/", "/inbox/?view=unit", "/done/", "/cases/", "/register/", "/register/MZ04/",
        "/registered/{case}/", "/items/{item}/", "/cases/{case}/overview/",
        "/cases/{case}/materials/", "/cases/{case}/timeline/", "/cases/{case}/documents/",
        "/cases/{case}/opinions/", "/cases/{case}/diagram/", "/cases/{case}/clocks/",
        "/documents/{document}/", "/accounts/preferences/", "/office/cards/",
        "/contacts/", "/contacts/new/", "/fees/", "/fees/{case}/", "/papers/", "/numbers/",
        "/messages/", "/messages/reach/", "/done/?view=watched",
        "/with-me/", "/cases/{case}/ask/comment/", "/items/{item}/snooze/",
    ],
    "agent": ["/village/", "/village/ledger/", "/register/MZ04/"],
    "office": [
        "/office/", "/office/denials/", "/office/processes/", "/office/processes/escalated/",
        "/office/items/", "/office/calendar/", "/office/coverage/",
        "/office/parameters/verbs/", "/office/calendar/?year=2028", "/office/cards/", "/office/cards/?scope=told", "/office/repairs/",
        "/contacts/figures/", "/contacts/?view=unit",
        "/office/parameters/", "/office/parameters/supervision/", "/numbers/",
    ],
}  # fmt: skip


@pytest.fixture
def case(papers):
    """A case that is being examined, another one with the agent."""
    agent = papers.acting("station.130123103201", "village.agent")
    papers.run(papers.open("MZ04", agent, mandate=MANDATE), until="Task_AgentDeliver")
    case = papers.open("MZ04")
    papers.run(case, until="Task_Prelim")
    return case


def test_axe_finds_nothing_on_the_pages_of_a_window(staff, case, papers):
    window = staff.sit("xinan.centre", "township.window")
    waiting = papers.open("ZR01")
    _clean(window, "window", case, papers.item(waiting))


def test_axe_finds_nothing_at_the_gate_and_on_the_pages_of_others(staff, case, papers):
    office = staff.sit("county_service_office", "county.office")
    _clean(office, "office", case, papers.item(case))
    agent = staff.sit("station.130123103201", "village.agent", viewport=PHONE_SIZE)
    _clean(agent, "agent", case, papers.item(case))
    agent.lose_session()
    agent.page.goto("/accounts/sign-in/")
    assert violations(agent.page) == []


def _clean(person, whose, case, item) -> None:
    found = {}
    document = case.documents.first().pk
    for address in PAGES[whose]:
        url = address.format(case=case.pk, item=item.pk, document=document)
        answer = person.page.goto(url)
        assert answer.status == 200, url
        if "diagram" in url or "processes/e" in url:
            expect(person.page.locator("#diagram[data-ready='1']")).to_be_visible()
        if wrong := violations(person.page):
            found[address] = wrong
    assert found == {}
    assert person.problems == []


def test_the_daily_work_by_keyboard(staff, papers):
    """n registers, j and k move, Enter opens, c signs for, ? tells; typing stays typing."""
    first, second = papers.open("ZR01"), papers.open("MZ04")
    window = staff.sit("xinan.centre", "township.window")
    page = window.page
    page.goto("/inbox/")
    keys = page.keyboard
    keys.press("?")
    dialog = page.get_by_role("dialog", name="快捷键")
    expect(dialog).to_be_visible()
    keys.press("n")  # behind an open dialog nothing moves
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    keys.press("j")
    expect(window.row(first)).to_have_class("at")
    keys.press("j")
    expect(window.row(second)).to_have_class("at")
    keys.press("k")
    keys.press("c")
    expect(window.notice).to_contain_text("已签收")
    keys.press("j")
    keys.press("j")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="本环节：审查材料")).to_be_visible()
    expect(page.locator(".case-head")).to_contain_text(second.number)
    page.locator("#f-opinion").focus()
    keys.type("no ?")
    expect(page.locator("#f-opinion")).to_have_value("no ?")
    page.goto("/inbox/")
    keys.press("/")
    expect(page.get_by_label("搜索办件")).to_be_focused()
    keys.press("Tab")
    page.locator("h1").click()
    keys.press("n")
    expect(page.get_by_role("heading", name="登记新办件")).to_be_visible()
    expect(page.get_by_label("按名称或编码找事项")).to_be_focused()
    keys.type("MZ04")
    keys.press("Enter")
    expect(page).to_have_url(f"{staff.site}/register/MZ04/")
    assert staff.problems == []
