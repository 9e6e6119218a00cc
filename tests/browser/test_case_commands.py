"""Journey: what no diagram draws: withdraw, suspend and resume, end on the organ's own motion."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import ACCEPT, PRELIM
from tests.browser.conftest import HOMESTEAD
from tests.browser.test_special_procedures import clock_of

OLD_AGE = "MZ04"
WITHDRAW = "申请人要撤回这件申请"
CLOSED_TO_HIM = 404


def only_the_papers_are_owed(person, case) -> None:
    """Every clock has ended; the window still has to give the papers back."""
    person.looks_at(case, "clocks")
    running = person.page.locator(".clock:not(.clock-ended) h3").all_inner_texts()
    assert running
    for text in running:
        assert "环节时限" in text, running
        assert any(owed in text for owed in ("退还材料", "送达终止", "备案审阅")), running


@pytest.fixture
def in_hand(staff):
    """An old-age benefit that the civil affairs office has signed for; its people."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(OLD_AGE, applicant_name="刘桂芳")
    window.does(case, "审查材料", "剩5个工作日", **ACCEPT)
    handler = staff.sit("xinan.civil_affairs", "township.handler")
    handler.takes(case, "乡镇初审", r"剩\d个工作日")
    return case, window, handler, staff.sit("xinan.centre", "township.head_window")


def command(person, case, name: str):
    """Unfold one command of the case page; gives its form."""
    person.looks_at(case, "overview")
    folded = person.page.locator(
        "details.command", has=person.page.get_by_text(name, exact=True)
    )
    folded.locator("summary").click()
    return folded


def may_not(person, case, *names: str) -> None:
    """The case page offers her none of these."""
    person.looks_at(case, "overview")
    expect(person.page.get_by_role("heading", level=1)).to_be_visible()
    for name in names:
        expect(person.page.locator("details.command > summary", has_text=name)).to_have_count(0)


def test_the_applicant_withdraws_at_the_window(staff, in_hand):
    """Flows: closed at once with the applicant's paper; every clock ends, papers go back."""
    case, window, handler, head = in_hand
    may_not(handler, case, WITHDRAW, "中止办理")
    stranger = staff.sit("zhufutun.centre", "township.window")
    assert stranger.page.goto(f"/cases/{case.pk}/overview/").status == CLOSED_TO_HIM

    form = command(window, case, WITHDRAW)
    for words in (
        "马上办结",
        "没办完的环节全部取消",
        "时限停止计算",
        "材料退还申请人",
        "不能恢复",
    ):
        expect(form).to_contain_text(words)
    assert violations(window.page) == []
    window.press("确认撤回")
    expect(window.page.locator("details.command[open] .problem")).to_contain_text("请写明")
    window.page.get_by_label("申请人说的原因").fill("已经在外地领取，不再需要办理。")
    window.press("确认撤回")
    expect(window.notice).to_contain_text("申请人撤回")

    expect(window.page.locator(".case-head")).to_contain_text("已撤回")
    expect(window.page.locator("main")).to_contain_text("已在2026年3月3日 09:30办结")
    may_not(window, case, WITHDRAW, "提议终止办理")
    may_not(head, case, "中止办理", "提议终止办理")
    handler.finds_nothing(case)
    only_the_papers_are_owed(window, case)
    paper = window.reads_document(case, "D25W")
    expect(paper).to_contain_text("已经在外地领取，不再需要办理。")
    expect(paper.locator(".paper-remedy")).to_have_count(0)
    window.reads_timeline(case, "审查材料", "申请人撤回")
    assert staff.problems == []


def test_a_head_suspends_a_benefit_and_takes_it_up_again(staff, in_hand):
    """Flows: no clock runs, nobody completes a step; afterwards they run on with what was left."""
    case, window, handler, head = in_hand
    may_not(window, case, "中止办理")
    staff.clock.go_to("2026-03-05")

    form = command(head, case, "中止办理")
    expect(form).to_contain_text("时限停止计算；各环节暂时不能办")
    expect(form).to_contain_text("申请人可以撤回")
    reason = head.page.get_by_label("情况（印在告知书上）")
    reason.fill("连日暴雨，通往新安村的道路中断。")
    assert violations(head.page) == []
    head.button("中止办理").click()
    wrong = head.page.locator("details.command[open]")
    expect(wrong).to_contain_text("请选择中止的原因")
    expect(wrong).to_contain_text("请写明中止的依据")
    expect(reason).to_have_value("连日暴雨，通往新安村的道路中断。")
    head.page.get_by_label("不可抗力").check()
    head.page.get_by_label("依据（印在告知书上）").first.fill("河北省气象灾害红色预警")
    head.button("中止办理").click()
    expect(head.notice).to_contain_text("中止办理告知书")
    paper = head.reads_document(case, "D14S")
    expect(paper).to_contain_text("因不可抗力，您的申请自2026年3月5日起中止办理。")
    expect(paper).to_contain_text("道路中断")

    # The clerk sees that it stands still, and why she cannot go on; what she typed stays.
    handler.finds(case, "乡镇初审", "不计时")
    expect(handler.row(case)).to_contain_text("中止")
    handler.opens_item(case)
    expect(handler.page.locator(".case-head")).to_contain_text("已中止")
    expect(handler.page.locator("main")).to_contain_text("各环节暂时不能办")
    expect(handler.button("完成")).to_have_count(0)
    handler.looks_at(case, "clocks")
    for name in ("承诺办结时限", "环节时限 · 乡镇初审"):
        clock = clock_of(handler, name)
        expect(clock.locator(".due")).to_have_text("暂停")
        expect(clock).to_contain_text("中止办理")
    may_not(handler, case, "恢复办理")
    may_not(head, case, "中止办理")

    # A week later the road is open.
    staff.clock.go_to("2026-03-12")
    form = command(head, case, "恢复办理")
    expect(form).to_contain_text("中止的这些天不算")
    head.page.get_by_label("恢复的原因").fill("道路已经抢通，可以入户。")
    head.button("恢复办理").click()
    expect(head.notice).to_contain_text("恢复办理告知书")
    expect(head.reads_document(case, "D14R")).to_contain_text("恢复办理")
    handler.looks_at(case, "clocks")
    expect(clock_of(handler, "承诺办结时限")).to_contain_text("共扣除6个工作日")
    handler.opens_item(case)
    handler.fill(**PRELIM)
    handler.complete()
    handler.reads_timeline(case, "中止办理", "恢复办理", "乡镇初审")
    assert staff.problems == []


def test_the_statutory_clock_of_a_licence_runs_on(staff, alone):
    """Art. 45: the page says so before, the clock page shows it after."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(HOMESTEAD, applicant_name="王建国")
    window.does(case, "审查材料", "剩5个工作日", **ACCEPT)
    leader = staff.sit("xinan.centre", "township.leader")
    form = command(leader, case, "中止办理")
    expect(form).to_contain_text("这是行政许可，材料审查期限和法定时限依法继续计算")
    leader.page.get_by_label("申请人死亡", exact=False).check()
    leader.page.get_by_label("情况（印在告知书上）").fill("申请人去世，等继承人确定。")
    leader.page.get_by_label("依据（印在告知书上）").first.fill("继承人尚未确定")
    leader.button("中止办理").click()
    expect(leader.notice).to_contain_text("中止办理告知书")
    leader.looks_at(case, "clocks")
    expect(clock_of(leader, "承诺办结时限").locator(".due")).to_have_text("暂停")
    expect(clock_of(leader, "法定办结时限").locator(".due")).to_have_text("剩20个工作日")
    leader.looks_at(case, "overview")
    expect(leader.page.locator(".case-head")).to_contain_text("法定 03-31")
    assert staff.problems == []


def test_a_termination_is_declined_then_confirmed_by_another_person(staff, in_hand):
    """DENY-01, DENY-02: two persons, D25 with the remedy, filed with the county office."""
    case, window, handler, head = in_hand
    may_not(window, case, "中止办理")
    form = command(handler, case, "提议终止办理")
    for words in ("交窗口负责人确认", "终止办理告知书", "报县政务办备案", "材料退还申请人"):
        expect(form).to_contain_text(words)
    handler.page.get_by_label("终止的理由（印在告知书上）").fill("申请人户籍已经迁往外县。")
    handler.press("提议终止")
    expect(handler.page.locator("details.command[open] .problem")).to_contain_text("依据")
    reason = handler.page.get_by_label("终止的理由（印在告知书上）")
    expect(reason).to_have_value("申请人户籍已经迁往外县。")
    handler.page.get_by_label("依据（印在告知书上）").last.fill(
        "《河北省老年人优待办法》第三条"
    )
    handler.press("提议终止")
    expect(handler.page.locator("#termination")).to_contain_text("等窗口负责人确认")
    expect(handler.button("确认终止")).to_have_count(0)
    may_not(handler, case, "提议终止办理")

    # The head finds it among her work, and says no.
    head.finds(case, "确认终止办理", ".*")
    head.row(case).locator('a[href^="/items/"]').first.click()
    asked = head.page.locator("#termination")
    expect(asked).to_contain_text("申请人户籍已经迁往外县。")
    expect(asked).to_contain_text("不能恢复")
    assert violations(head.page) == []
    head.press("不同意，继续办")
    expect(asked.locator(".problem")).to_contain_text("请写明不同意终止的理由")
    head.page.get_by_label("不同意的理由", exact=False).fill("迁移手续还没有办完，继续办。")
    head.press("不同意，继续办")
    expect(head.notice).to_contain_text("不同意终止")
    expect(head.page.locator("#termination")).to_have_count(0)
    head.finds_nothing(case)
    handler.reads_timeline(
        case, "提议终止办理 户籍已经迁往外县", "不同意终止 迁移手续还没有办完"
    )
    expect(handler.looks_at(case, "overview")).not_to_contain_text("等窗口负责人确认")

    # Later it is so; the leader, who has the case now, proposes: she cannot confirm herself.
    staff.clock.go_to("2026-03-06")
    handler.opens_item(case)
    handler.fill(**PRELIM)
    handler.complete()
    leader = staff.sit("xinan.centre", "township.leader")
    leader.takes(case, "签发上报", "下个工作日17:30前")
    command(leader, case, "提议终止办理")
    leader.page.get_by_label("终止的理由（印在告知书上）").fill(
        "户籍迁移已经办结，不再符合条件。"
    )
    leader.page.get_by_label("依据（印在告知书上）").last.fill("《河北省老年人优待办法》第三条")
    leader.press("提议终止")
    expect(leader.page.locator("#termination")).to_contain_text("等窗口负责人确认")
    expect(leader.button("确认终止")).to_have_count(0)
    head.looks_at(case, "overview")
    head.press("确认终止")
    expect(head.notice).to_contain_text("终止办理告知书")
    leader.finds_nothing(case)
    handler.finds_nothing(case)
    only_the_papers_are_owed(window, case)
    paper = window.reads_document(case, "D25")
    expect(paper).to_contain_text("户籍迁移已经办结，不再符合条件。")
    expect(paper.locator(".paper-remedy")).to_contain_text("行政复议")
    window.looks_at(case, "overview")
    expect(window.page.locator("main")).to_contain_text(
        f"{leader.officer.name}提出，{head.officer.name}确认"
    )
    office = staff.sit("county_service_office", "county.office")
    office.page.goto("/office/denials/")
    expect(office.page.locator("main")).to_contain_text(case.number)
    window.reads_timeline(case, "提议终止办理", "不同意终止", "提议终止办理", "终止办理")
    assert staff.problems == []
