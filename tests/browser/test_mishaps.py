"""What goes wrong at a counter, and that nothing typed is lost (issue: bad input)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.answers import ACCEPT
from webapp.cases.models import Case, Opinion, WorkItem

HOMESTEAD, OLD_AGE = "ZR01", "MZ04"


def test_a_wrong_identity_number_is_named_and_everything_typed_is_there(staff):
    """IN-05: one round of mending; the field, the sentence, and every value."""
    window = staff.sit("xinan.centre", "township.window")
    window.opens_registration(OLD_AGE)
    typed = window.fills_registration(OLD_AGE, applicant_name="刘桂芳")
    number = typed["applicant_id_number"]
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    window.put("applicant_id_number", wrong)
    before = window.typed_in()
    window.press("提交登记")

    problems = window.page.locator(".problems")
    expect(problems).to_contain_text("身份证")
    expect(problems).to_be_focused()
    field = window.page.locator("#f-applicant_id_number-field")
    expect(field.locator(".problem")).to_contain_text("校验")
    expect(field.locator("input")).to_have_value(wrong)
    assert window.typed_in() == before
    assert not Case.objects.exists()

    problems.get_by_role("link", name=re.compile("身份证")).click()
    expect(window.page.locator("#f-applicant_id_number")).to_be_focused()
    window.put("applicant_id_number", number)
    window.press("提交登记")
    assert window.registered().applicant_name == "刘桂芳"
    assert staff.problems == []


def test_a_double_click_completes_once(staff, papers):
    """TX: the second click finds the work done, and the page says so as a success."""
    case = papers.open(HOMESTEAD)
    window = staff.sit("xinan.centre", "township.window")
    window.opens_item(case)
    window.fill(**ACCEPT)
    window.button("完成").dblclick()
    expect(window.notice).to_contain_text("已办完“审查材料”")
    assert Opinion.objects.filter(case=case).count() == 1
    assert case.documents.filter(code="D05").count() == 1


def test_an_expired_sign_in_in_the_middle_of_a_form(staff, papers):
    """Nothing typed is lost: sign in again, 继续提交, done."""
    case = papers.open(HOMESTEAD)
    window = staff.sit("xinan.centre", "township.window", by_form=True)
    window.opens_item(case)
    window.fill(**ACCEPT)
    window.lose_session()
    window.press("完成")
    expect(window.page.locator("main")).to_contain_text("您刚才填写的内容还在")
    window.type_password()
    expect(window.page.locator("h1")).to_contain_text("您填写的内容还在")
    window.press("继续提交")
    expect(window.notice).to_contain_text("已办完“审查材料”")
    assert ACCEPT["opinion"] in Opinion.objects.get(case=case).text


def test_a_text_file_that_calls_itself_pdf_is_refused_in_words(staff, papers, tmp_path):
    """Files are what their bytes say; the form keeps what was typed."""
    case = papers.open(HOMESTEAD)
    false = tmp_path / "申请表.pdf"
    false.write_text("这不是PDF。")
    window = staff.sit("xinan.centre", "township.window")
    window.opens_item(case)
    window.fill(**ACCEPT)
    key = case.materials.order_by("id").first().key
    window.page.locator(f'[name="file-{key}"][multiple]').set_input_files(false)
    window.press("完成")
    expect(window.page.locator("#uploading")).to_contain_text("有文件没有收下")
    refused = window.page.locator(f'[data-uploads="{key}"] [data-is="refused"]')
    expect(refused).to_contain_text("申请表.pdf")
    expect(refused).to_contain_text("不是")
    expect(refused.get_by_role("button", name="不要了")).to_be_focused()
    expect(window.page.locator("#f-opinion")).to_have_value(ACCEPT["opinion"])
    assert WorkItem.objects.get(case=case).state == "OPEN"
    assert not case.attachments.exists()
    refused.get_by_role("button", name="不要了").click()
    assert "受理" in window.complete()


def test_a_colleague_completes_it_meanwhile(staff, papers):
    """A friendly sentence names her, and what was typed stays on the screen to be copied."""
    case = papers.open(HOMESTEAD)
    first = staff.sit("xinan.centre", "township.window", post="民政窗口")
    second = staff.sit("xinan.centre", "township.window", post="社保窗口")
    first.opens_item(case)
    second.opens_item(case)
    first.fill(**ACCEPT)
    second.fill(outcome="supplement", opinion="我看还缺一份户口簿。")
    first.complete()
    second.press("完成")
    expect(second.notice).to_contain_text(f"已由{first.officer.name}")
    expect(second.page.locator(".typed")).to_contain_text("我看还缺一份户口簿。")
    assert Opinion.objects.filter(case=case).count() == 1
    assert not case.documents.filter(code="D04").exists()


def test_without_javascript(staff):
    """Design §12: registering and a step work without it, the server applies the conditions."""
    window = staff.sit("xinan.centre", "township.window", java_script_enabled=False)
    window.page.goto("/register/")
    window.page.get_by_role("link", name="高龄津贴").click()
    answers = window.fills_registration(OLD_AGE, applicant_name="刘桂芳")
    assert answers["applicant_name"] == "刘桂芳"
    window.press("提交登记")
    case = window.registered()
    window.page.goto("/inbox/")
    window.row(case).get_by_role("button", name="签收").click()
    window.row(case).get_by_role("link", name="办理").click()
    window.fill(outcome="corrected", opinion=ACCEPT["opinion"])
    window.press("按所选更新表单")
    window.fill(correction_note="当场更正了银行账号。")
    said = window.complete()
    assert "民政所" in said
    assert case.documents.filter(code="D05").exists()
