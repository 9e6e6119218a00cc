"""Journey: a designer plays her draft step by step, goes back, and keeps the run as a scenario."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.test_designer import OFFICE, back_to_draft, begin
from webapp.cases.models import Case
from webapp.processes.models import DraftFile, TrialRun


@pytest.fixture
def designer(staff):
    return staff.sit(OFFICE, "county.designer")


def begun(designer):
    """A run of the escalated path on a Tuesday at nine, as she would click it."""
    page = begin(designer, "escalated.bpmn", "试走上报")
    back_to_draft(page)
    page.get_by_role("link", name="试走", exact=True).click()
    expect(page.get_by_label("走哪条流程")).to_have_value("escalated")
    page.get_by_label("办哪个事项").select_option("MZ04")
    page.get_by_label("哪一天").fill("2026-03-03")
    page.get_by_role("button", name="开始试走").click()
    expect(page.locator("#diagram[data-ready='1']")).to_be_visible()
    return page


def answer(page, words):
    page.locator(".play-answers").get_by_role("button", name=re.compile(words)).first.click()
    expect(page.locator("#diagram[data-ready='1']")).to_be_visible()


def test_a_draft_is_played_and_kept_as_a_scenario(staff, designer):
    before = Case.objects.count()
    page = begun(designer)
    expect(page.locator(".play-work").first).to_contain_text("乡镇窗口")
    expect(page.locator(".step-current").first).to_be_visible()
    expect(page.locator(".play-path")).to_contain_text("›")
    assert violations(page) == []

    page.get_by_role("button", name="等到下一个期限").click()
    expect(page.locator(".play-now")).to_contain_text("2026-03-11")
    expect(page.locator(".play-trace")).to_contain_text("材料审查期限届满")
    page.get_by_role("link", name="退一步").click()
    expect(page.get_by_text("从这里往下走")).to_be_visible()
    expect(page.locator(".play-now")).to_contain_text("2026-03-03")

    answer(page, "受理：材料齐全")
    expect(page.locator(".play-trace > li")).to_have_count(2)
    expect(page.locator(".play-trace")).not_to_contain_text("届满")
    page.locator(".play-paper summary", has_text="受理通知书").click()
    expect(page.locator(".paper-title", has_text="受理通知书")).to_be_visible()
    page.locator(".clock summary", has_text="承诺办结时限").click()
    expect(page.locator(".clock .why").first).to_contain_text("起算")
    assert violations(page) == []

    page.get_by_role("link", name=re.compile("自己填表")).first.click()
    expect(page.locator(".play-form")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="不填了").click()

    page.locator(".play-keep > summary").click()
    page.get_by_label("情形的名称").fill("受理以后交给站所")
    page.get_by_label("文件名").fill("escalated-accepted")
    page.get_by_role("button", name="存成情形").click()
    expect(page.locator(".notices")).to_contain_text("受理以后交给站所")
    expect(page.get_by_text("全部走得通")).to_be_visible(timeout=90_000)
    assert DraftFile.objects.filter(path="scenarios/escalated-accepted.yaml").exists()
    page.get_by_role("link", name="受理以后交给站所").click()
    expect(page.locator("#editor[data-ready='1']")).to_be_visible()
    story = page.locator("#story")
    expect(story).to_contain_text("照现在的草案走得通")
    assert violations(page) == []
    text = page.locator("#canvas").input_value()
    page.locator("#canvas").fill(text.replace("documents: [D05", "documents: [D06"))
    expect(story.locator("tbody .tag-red")).to_have_text("✗ 不一样")
    expect(story).to_contain_text("文书应为")
    assert Case.objects.count() == before
    assert staff.problems == []


def test_without_a_script_it_is_a_list_and_plain_forms(staff, designer):
    """The open steps, what follows and every button stand in the page itself."""
    page = begun(designer)
    plain = page.context.browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    try:
        other = plain.new_page()
        other.goto(page.url)
        expect(other.locator(".play-work h3").first).to_contain_text("审查材料")
        other.locator(".play-answers button", has_text="受理：材料齐全").click()
        expect(other.locator(".play-trace > li")).to_have_count(2)
        assert len(TrialRun.objects.latest("pk").moves) == 1
    finally:
        plain.close()

    # The other window still shows the moment before: what it does is refused, nothing is lost.
    page.locator(".play-answers button").first.click()
    expect(page.get_by_role("alert").first).to_contain_text("另一个窗口")
    assert len(TrialRun.objects.latest("pk").moves) == 1
