"""Trying a draft in the browser before anybody works with it: forms and decision tables."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_designer import OFFICE, begin
from webapp.processes.models import DraftFile, DraftSave


@pytest.fixture
def designer(staff):
    return staff.sit(OFFICE, "county.designer")


def test_a_form_is_previewed_and_tried_as_the_handler_sees_it(staff, designer):
    """The server's rendering of the last save; sentences in place; nothing is stored."""
    page = begin(designer, "forms/decision-check.json", "试填审核表")
    page.get_by_role("link", name="预览").click()
    expect(page.locator("form[data-state]")).to_be_visible()
    outcome = page.locator("#f-outcome-field")
    expect(outcome.locator(".tag")).to_have_text("流程按它走")
    saves = DraftSave.objects.count(), DraftFile.objects.count()

    page.get_by_role("button", name="试填").last.click()
    expect(outcome.locator(".problem")).to_have_text("请选择“审核结果”。")
    expect(page.get_by_role("alert")).to_contain_text("不能完成")

    page.get_by_label("退回承办人").check()
    expect(page.get_by_label(re.compile("退回理由"))).to_be_visible()
    page.get_by_label("同意承办建议，报批准").check()
    expect(page.get_by_label(re.compile("退回理由"))).to_be_hidden()
    for choice in page.locator("#f-checked-field input").all():
        choice.check()
    page.get_by_label(re.compile("审核意见")).fill("程序合法，材料齐全")
    page.get_by_role("button", name="试填").last.click()
    expect(page.locator(".notice-success")).to_contain_text("这样填可以完成")
    expect(page.locator(".notice-success")).to_contain_text("同意承办建议，报批准")
    assert (DraftSave.objects.count(), DraftFile.objects.count()) == saves
    assert staff.problems == []


def test_a_decision_table_answers_beside_it(staff, designer):
    """Values chosen, the result at once, and the rule that holds marked in the table."""
    page = begin(designer, "decisions/path.dmn", "试算办理路径表")
    asking = page.locator("#asking")
    expect(asking.locator("[data-decided]")).to_contain_text("没有一条规则成立")
    asking.get_by_label("办理方式").select_option('"immediate"')
    asking.get_by_label("办理层级").select_option('"local"')
    asking.get_by_label("收件层级").select_option('"village"')
    expect(asking.locator(".result")).to_have_text('流程："village"')
    expect(asking.locator("[data-decided]")).to_contain_text("第 2 条规则成立")
    held = page.locator("#canvas tr.rule-holds")
    expect(held).to_have_count(1)
    expect(held).to_contain_text('"village""village"')

    asking.get_by_label("收件层级").select_option('"county"')
    expect(asking.locator(".result")).to_have_text('流程："immediate"')
    expect(held).to_contain_text('"township", "county"')
    assert staff.problems == []
