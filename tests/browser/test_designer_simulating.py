"""令牌演示: a token walks a copy of the drawing, step by step; the editor comes back as it was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_designer import OFFICE, begin
from tests.browser.test_designer_words import Words
from webapp.processes.models import DraftFile

STAGE = "#simulation [data-container-id={}]"


@pytest.fixture
def designer(staff):
    return staff.sit(OFFICE, "county.designer")


def play(page, element: str):
    """The ▶ on an element of the simulation."""
    return page.locator(f"{STAGE.format(element)} [title=往下走]:not(.hidden)")


def tokens(page, element: str):
    """The mark with the number of tokens that wait on an element."""
    return page.locator(f"{STAGE.format(element)} .bts-token-count")


def versions(path: str) -> int:
    """Saves of the file in the newest draft."""
    return DraftFile.objects.filter(path=path).latest("pk").version


def test_a_token_walks_and_the_editor_comes_back(staff, designer):
    page = begin(designer, "promised.bpmn", "看令牌怎么走")
    assert not page.evaluate(
        "performance.getEntriesByType('resource').some((one) => /simulation/.test(one.name))"
    )
    panel = page.locator("#panel")
    page.locator("#canvas [data-element-id=Task_Review]").first.click()
    expect(panel.get_by_label("标识")).to_have_value("Task_Review")
    before = versions("promised.bpmn")

    page.get_by_role("button", name="令牌演示").click()
    expect(page.locator("#simulation-help")).to_contain_text("照图上的线走")
    expect(page.locator("#canvas")).to_be_hidden()
    expect(panel).to_be_hidden()
    words = Words(page)
    words.read("begun")
    play(page, "Start_Application").click()
    expect(tokens(page, "Call_Intake")).to_have_text("1", timeout=15_000)
    page.get_by_title("经过").click()
    words.read("on its way")
    play(page, "Call_Intake").click()
    expect(tokens(page, "Call_Intake")).to_have_count(0)
    expect(page.locator(".bts-log")).to_contain_text("收件受理")
    expect(tokens(page, "Task_Review")).to_have_text(
        "1", timeout=30_000
    )  # accepted: straight on
    words.read("a step further")
    page.keyboard.press("Delete")
    assert not words.left, words.told()

    page.get_by_role("button", name="结束演示").click()
    expect(page.locator("#simulation")).to_be_hidden()
    expect(panel.get_by_label("标识")).to_have_value("Task_Review")
    assert versions("promised.bpmn") == before
    panel.get_by_label("名称").fill("复核一遍")
    panel.get_by_label("名称").press("Tab")
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=15_000)
    assert versions("promised.bpmn") == before + 1
    assert staff.problems == []


def test_a_drawing_with_timers_and_messages_is_simulated(staff, designer):
    """The borders of a step that waits can be tried: its time runs out, a paper comes in."""
    page = begin(designer, "shared/intake.bpmn", "看期满怎么走")
    page.get_by_role("button", name="令牌演示").click()
    play(page, "Start_Filed").click()
    expect(tokens(page, "Task_Examine")).to_have_text("1", timeout=30_000)
    page.locator(f"{STAGE.format('Gate_Deemed')} [title=换一条线走]").click()
    play(page, "Event_CheckDue").click()
    expect(tokens(page, "Task_Direct")).to_have_text("1", timeout=15_000)
    words = Words(page)
    words.read("time ran out")
    assert not words.left, words.told()
    assert staff.problems == []
