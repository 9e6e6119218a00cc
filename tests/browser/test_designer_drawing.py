"""Drawing with what the county has: shared parts, actions, conditions; copied from draft to draft."""

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
    file = DraftFile.objects.filter(path=path).latest("pk")
    return content_of(file.content_id).decode()


def saved(page) -> None:
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=15_000)


def test_a_shared_part_is_chosen_with_what_goes_in_and_out(staff, designer):
    page = begin(designer, "promised.bpmn", "调用共用部分")
    page.locator("[data-element-id=Call_Special]").first.click()
    panel = page.locator("#panel")
    panel.get_by_label("部分", exact=True).select_option("extension")
    saved(page)
    text = kept("promised.bpmn")
    call = text.partition('id="Call_Special"')[2].partition("</bpmn:callActivity>")[0]
    assert 'calledElement="extension"' in call
    assert re.search(r'<gov:in name="added_days" from="added_days" ?/>', call)
    assert "<gov:out" in call
    page.locator("#canvas svg").first.focus()
    page.keyboard.press("Control+z")
    expect(panel.get_by_label("部分", exact=True)).to_have_value("special")
    assert staff.problems == []


def test_an_action_is_put_in_with_what_it_needs(staff, designer):
    page = begin(designer, "promised.bpmn", "加一个动作")
    page.locator("[data-element-id=Task_Review]").first.click()
    panel = page.locator("#panel")
    panel.get_by_label("加一个动作").select_option(label="暂停承诺时限")
    saved(page)
    task = (
        kept("promised.bpmn").partition('id="Task_Review"')[2].partition("</bpmn:userTask>")[0]
    )
    assert re.search(r'<gov:effect [^>]*do="stop-clock"', task)
    assert 'clock="promised"' in task
    assert 'cause="特别程序"' in task
    assert staff.problems == []


def test_an_expert_s_condition_is_completed(staff, designer):
    page = begin(designer, "promised.bpmn", "改条件")
    page.locator("[data-element-id=Flow_Review_Special_label]").first.click()
    field = page.locator("#panel").get_by_label("条件（FEEL）")
    field.fill("")
    field.press_sequentially('outcome = "sp')
    options = page.locator(".completion li")
    expect(options.first).to_contain_text("special")
    field.press("Enter")
    expect(field).to_have_value('outcome = "special"')
    assert staff.problems == []


def test_what_is_copied_in_one_draft_is_pasted_into_another(staff, designer):
    page = begin(designer, "promised.bpmn", "从这里复制")
    page.locator("[data-element-id=Task_Review]").first.click()
    page.keyboard.press("Control+c")
    begin(designer, "joint.bpmn", "粘到这里")
    page.locator("#canvas svg").first.click(position={"x": 700, "y": 480})
    page.keyboard.press("Control+v")
    page.mouse.move(700, 560)
    page.mouse.click(700, 560)
    saved(page)
    text = kept("joint.bpmn")
    assert 'gov:form="review"' in text, "the step came with its form"
    assert staff.problems == []
