"""What a designer has drawn or typed survives: no network, no server, no sign-in, no browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_designer import OFFICE, begin
from webapp.processes.models import DraftFile
from webapp.processes.queries.library import content_of


@pytest.fixture
def designer(staff):
    return staff.sit(OFFICE, "county.designer")


def kept(path: str) -> str:
    """What the server has of the newest draft."""
    file = DraftFile.objects.filter(path=path).latest("pk")
    return content_of(file.content_id).decode()


def rename(page, words: str) -> None:
    """Give the step of review another name, in the panel."""
    page.locator("[data-element-id=Task_Review]").first.click()
    field = page.locator("#panel").get_by_label("名称")
    field.fill(words)
    field.press("Tab")


def held(page, words: str) -> None:
    """Wait until the browser itself has it."""
    expect.set_options(timeout=8_000)
    for _turn in range(40):
        found = page.evaluate(
            """() => new Promise((done) => {
              const open = indexedDB.open("bianmin-designer", 1);
              open.onsuccess = () => {
                const all = open.result.transaction("unsaved").objectStore("unsaved").getAll();
                all.onsuccess = () => { open.result.close(); done(all.result.map((one) => one.content)); };
              };
            })"""
        )
        if any(words in one for one in found):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{words} is not in the browser's own store")


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("promised.bpmn", lambda page: rename(page, "复核一遍")),
        ("documents/D05.yaml", lambda page: page.locator("#canvas").fill("title: 复核一遍\n")),
    ],
)
def test_a_crash_without_network_loses_nothing(staff, designer, path, change):
    page = begin(designer, path, "断网时改")
    address = page.url
    page.route("**/save/**", lambda route: route.abort())
    change(page)
    expect(page.locator("#saved")).to_contain_text("没有保存：连不上服务器")
    held(page, "复核一遍")
    again = page.context.new_page()
    page.close(run_before_unload=False)  # gone as in a crash: nothing is asked or sent

    again.goto(address)
    dialog = again.get_by_role("dialog", name="有一份没有存上的改动")
    expect(dialog).to_contain_text(re.compile(r"\d\d-\d\d \d\d:\d\d"))
    dialog.get_by_role("button", name="恢复").click()
    expect(again.locator("#saved")).to_contain_text("已保存")
    assert "复核一遍" in kept(path)
    again.reload()
    expect(again.locator("#saved")).not_to_contain_text("没有保存")
    expect(again.locator("#unsaved")).to_be_hidden()


def test_what_is_not_wanted_is_thrown_away(staff, designer):
    page = begin(designer, "promised.bpmn", "改了又不要")
    address = page.url
    page.route("**/save/**", lambda route: route.abort())
    rename(page, "不要的名称")
    held(page, "不要的名称")
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.goto(address)
    again.get_by_role("dialog").get_by_role("button", name="丢掉").click()
    expect(again.locator("[data-element-id=Task_Review]").first).to_be_visible()
    again.reload()
    expect(again.locator("#unsaved")).to_be_hidden()
    assert "不要的名称" not in kept("promised.bpmn")


def test_a_signin_that_has_ended_is_said_and_the_work_goes_on(staff, designer):
    """Signed in again in another tab, the next try saves: her page is never left."""
    page = begin(designer, "promised.bpmn", "登录过期时改")
    designer.lose_session()
    rename(page, "登录过期时写的")
    expect(page.locator("#saved")).to_contain_text("登录已经结束")
    expect(page.get_by_role("link", name="在新窗口登录")).to_be_visible()
    held(page, "登录过期时写的")
    designer.have_session()
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("已保存")
    assert "登录过期时写的" in kept("promised.bpmn")


def test_two_windows_of_one_person_do_not_overwrite_each_other(staff, designer):
    page = begin(designer, "promised.bpmn", "两个窗口")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#editor[data-ready='1']")).to_be_visible()
    rename(page, "第一个窗口")
    expect(page.locator("#saved")).to_contain_text("已保存")
    rename(other, "第二个窗口")
    expect(other.locator("#saved")).to_contain_text("您在另一个窗口也保存过")
    assert "第一个窗口" in kept("promised.bpmn")
    saves = (
        DraftFile.objects.filter(path="promised.bpmn").latest("pk").saves.order_by("version")
    )
    assert ["第一个窗口" in content_of(one.content_id).decode() for one in saves] == [
        True,
        False,
    ]
