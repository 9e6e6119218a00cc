"""Journey: more time is asked for, refused, asked for again, given once, and not a second time."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import ACCEPT, REVIEW, REVIEWED
from tests.browser.conftest import HOMESTEAD
from tests.browser.test_special_procedures import clock_of

ASK = {
    **REVIEWED,
    "outcome": "extend",
    "added_days": 5,
    "extension_reason": "四至要等县里测绘队的成果，原期限内拿不到。",
    "opinion": "除测绘外都已查清，需要延期。",
}
REFUSE = {
    "outcome": "reject",
    "reject_reason": "测绘队本周就能出成果，不需要延期。",
    "opinion": "按原期限办，不同意延期。",
}
AGREE = {"outcome": "approve", "opinion": "测绘确有困难，同意延期五日。"}


def test_an_extension_is_refused_once_given_once_and_never_twice(staff, alone):
    """PROC-02, Art. 42: the leader decides, D15 tells the applicant, the date moves once."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(HOMESTEAD, applicant_name="王建国")
    window.does(case, "审查材料", "剩5个工作日", **ACCEPT)
    handler = staff.sit("xinan.township_natural_resources", "township.handler")
    leader = staff.sit("xinan.centre", "township.leader")

    # More than the item allows is refused at once, with everything typed still there.
    handler.takes(case, "审查", "剩10个工作日")
    handler.fill(**ASK | {"added_days": 20})
    expect(handler.page.locator("main")).to_contain_text("本事项最多延长 10 天")
    before = handler.typed_in()
    handler.press("完成")
    field = handler.page.locator("#f-added_days-field")
    expect(field.locator(".problem")).to_contain_text("超过了事项允许延长的天数")
    assert handler.typed_in() == before
    handler.put("added_days", 5)
    expect(handler.page.locator(".consequence-line:visible")).to_contain_text("批准延期")
    handler.complete()
    handler.finds_nothing(case)

    # The leader reads who asks for how many days and why, and refuses.
    leader.takes(case, "批准延期", "下个工作日17:30前")
    asked = leader.page.locator(".case-left")
    expect(asked).to_contain_text(ASK["extension_reason"])
    expect(asked).to_contain_text("5")
    assert violations(leader.page) == []
    leader.fill(**REFUSE)
    leader.complete()
    handler.finds(case, "审查", "剩10个工作日")
    handler.opens_item(case)
    expect(handler.page.locator("main")).to_contain_text(REFUSE["reject_reason"])
    assert not case.documents.filter(code="D15").exists()

    # Asked again, given: D15, both dates moved by five working days.
    staff.clock.go_to("2026-03-12")
    handler.does(case, "审查", r"剩\d个工作日", **ASK)
    said = leader.does(case, "批准延期", "下个工作日17:30前", then="延期办理通知书", **AGREE)
    assert "延期办理通知书" in said
    handler.looks_at(case, "clocks")
    for name in ("法定办结时限", "承诺办结时限"):
        clock = clock_of(handler, name)
        expect(clock).to_contain_text(f"经{leader.officer.name}批准延长5个工作日")
        expect(clock).to_contain_text("延长后共25个工作日")
        expect(clock).to_contain_text("到期日：2026年4月8日")
    paper = handler.reads_document(case, "D15")
    expect(paper).to_contain_text("延长5个工作日，新的到期日为2026年4月8日")
    expect(paper).to_contain_text(ASK["extension_reason"])
    assert violations(handler.page) == []

    # A second time it is not offered, and the page says why.
    handler.takes(case, "审查", r"剩\d+个工作日")
    expect(handler.page.locator('[name="outcome"][value="extend"]')).to_have_count(0)
    expect(handler.page.locator("main")).to_contain_text(
        "已经延期一次，不能再延期（行政许可法第四十二条）"
    )
    handler.fill(**REVIEW)
    handler.complete()
    handler.sees_documents(case, ["D02", "D05", "D11", "D15"])
    handler.sees_painted(case, "promised", done={"Task_Review", "Call_Extension"},
                         current={"Call_Decision"})  # fmt: skip
    handler.reads_timeline(
        case, "审查 申请延期", "批准延期 不同意", "审查 申请延期", "批准延期 同意", "审查完毕"
    )
    assert staff.problems == []
