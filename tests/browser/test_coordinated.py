"""Journey: a matter that cannot be answered at once: coordinated, told how it stands, answered."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.access import violations
from tests.browser.answers import ACCEPT
from webapp.cases.models import WorkItem

PETITION = "XF01"
ASK_LEADER = {
    "consulted": "问了自然资源所和新安村委会，双方说法不一。",
    "outcome": "lead",
    "lead_points": "请召集自然资源所、村委会一起定灌溉渠的归属。",
    "opinion": "站所之间意见不一，协调不下来。",
}
MEETING = {
    "attendees": "自然资源所李艳、新安村委会、申请人",
    "opinion": "渠归村集体，由村委会在汛期前清淤。",
}
DRAFT = {
    "consulted": "自然资源所、新安村委会，意见一致。",
    "outcome": "answer",
    "answer": "您反映的灌溉渠归村集体，村委会六月底前清淤。",
    "legal_basis": "《信访工作条例》第二十三条",
    "opinion": "已经协调一致，可以答复。",
}
STANDS = {
    "late_reason": "清淤时间还在与村委会商定，已经开过协调会。",
    "new_answer_on": "2026-05-11",
}
AGREE = {"outcome": "approve", "opinion": "答复清楚，可以告知。"}
TOLD = {
    "explained_how": "phone",
    "told_on": "2026-05-08",
    "contact_record": "申请人听明白了，没有别的要求。",
}


def test_a_petition_is_coordinated_and_answered(staff, worker):
    """TYPE-06, PROC-02, PROC-12: led by the leader, late but told, answered, recorded."""
    window = staff.sit("xinan.centre", "township.window")
    case = window.registers(PETITION, applicant_name="韩桂兰")
    window.does(case, "审查材料", "剩5个工作日", then="协调并拟定答复", **ACCEPT)

    unit = WorkItem.objects.get(case=case, state="OPEN").pool.unit.key
    handler = staff.sit(unit, "township.handler")
    leader = staff.sit("xinan.centre", "township.leader")
    handler.does(case, "协调并拟定答复", r"剩\d+个工作日", then="领导协调", **ASK_LEADER)
    window.finds_nothing(case)
    leader.takes(case, "领导协调", "剩5个工作日")
    expect(leader.page.locator(".case-left")).to_contain_text(ASK_LEADER["lead_points"])
    assert violations(leader.page) == []
    leader.fill(**MEETING)
    leader.complete()
    handler.takes(case, "协调并拟定答复", r"剩\d+个工作日")
    expect(handler.page.locator(".case-left")).to_contain_text(MEETING["opinion"])

    # The promised day passes: the leader tells the applicant how it stands, the work goes on.
    handler.looks_at(case, "overview")
    staff.clock.go_to("2026-04-20")
    worker.start()
    worker.until(
        lambda: WorkItem.objects.filter(
            case=case, element="Task_Interim", state="OPEN"
        ).exists()
    )
    leader.does(case, "阶段答复", "超期1个工作日", **STANDS)
    leader.sees_painted(
        case, "coordination", done={"Task_Interim", "Task_LeadCoordinate"},
        current={"Task_Coordinate"},
    )  # fmt: skip
    handler.opens_item(case)
    expect(handler.page.locator("main")).to_contain_text(STANDS["late_reason"])
    handler.fill(**DRAFT)
    handler.complete()

    # Whoever drafted does not approve; the leader reads the draft beside her form.
    leader.takes(case, "审定答复", r"剩\d个工作日|.*")
    expect(leader.page.locator(".case-left")).to_contain_text(DRAFT["answer"])
    leader.fill(
        outcome="return", opinion="没有写明由谁负责。", return_reason="写明责任单位和电话。"
    )
    leader.complete()
    handler.takes(case, "协调并拟定答复", r"剩\d+个工作日|.*")
    expect(handler.page.locator(".case-left")).to_contain_text("写明责任单位和电话。")
    handler.fill(**DRAFT | {"answer": DRAFT["answer"] + "责任单位：新安村委会。"})
    handler.complete()
    leader.does(case, "审定答复", r"剩\d个工作日|.*", then="答复申请人", **AGREE)

    # The window answers, once, and writes down what the applicant says.
    staff.clock.go_to("2026-05-08")
    window.takes(case, "答复申请人", r".*")
    answer = window.page.locator(".case-left")
    expect(answer).to_contain_text("责任单位：新安村委会。")
    window.fill(**TOLD)
    said = window.complete()
    assert "办件已办结：已答复" in said
    window.looks_at(case, "overview")
    expect(window.page.locator("main")).to_contain_text(TOLD["contact_record"])
    handler.finds_nothing(case)
    window.sees_documents(case, ["D02", "D05", "D11"])
    window.sees_painted(
        case,
        "coordination",
        done={"Task_Coordinate", "Task_Tell", "End_Answered"},
        current=set(),
    )
    window.reads_timeline(
        case, "审查材料", "协调并拟定答复", "领导协调", "阶段答复", "审定答复 退回",
        "审定答复", "答复申请人",
    )  # fmt: skip
    assert not case.denial_filings.exists()
    assert staff.problems == []
