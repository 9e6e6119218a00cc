"""Special procedures and extension: what stops which clock, on which paper (Art. 42, 45)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.webapp.cases.test_commands import go_on, stop
from tests.webapp.cases.test_tolerance import arrives, tolerated, verify
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.actions.recount_clocks import recount_clocks
from webapp.cases.models import Card, ClockEntry, Commitment
from webapp.cases.queries.timeline import lines
from webapp.core import db
from webapp.core.errors import Invalid, Refused
from workflows.forms import NoSample

pytestmark = pytest.mark.django_db

LICENCE = "LY01"  # licence, escalated: statutory 20, promised 8 working days


def reviewed(desk, code: str = "ZR01"):
    """On the promised path, at the review, on 3 March 2026."""
    return desk.run(desk.open(desk.reroute(code, "promised")), until="Task_Review")


def ordered(desk, case, kind: str, days: int = 5, unit: str = "workday"):
    return desk.complete(
        desk.item(case, "Task_Review"), outcome="special", procedure=kind, procedure_days=days,
        procedure_unit=unit,
    )  # fmt: skip


def entries(case, kind: str) -> list[dict]:
    found = ClockEntry.objects.filter(case=case, kind=kind).order_by("run", "seq")
    return list(found.values_list("entry", flat=True))


def test_an_appraisal_stops_both_clocks_on_a_numbered_paper(desk):
    """Art. 45: D14 states the days; the clocks stand still on its number and run on after."""
    case = reviewed(desk)
    before = desk.clock(case, "statutory").due_on
    desk.go_to("2026-03-05")
    ordered(desk, case, "appraisal")
    number = case.documents.get(code="D14").number
    for kind in ("statutory", "promised"):
        stop = entries(case, kind)[-1]
        assert (stop["type"], stop["cause"], stop["evidence"]) == ("stopped", "鉴定", number)
        assert desk.clock(case, kind).state == "stopped"
    case.refresh_from_db()
    assert (case.status, case.statutory_due_at) == ("SUSPENDED", None)
    assert "5个工作日" in "".join(case.documents.get(code="D14").content["paragraphs"])
    desk.go_to("2026-03-12")
    desk.complete(desk.item(case))
    assert [e["type"] for e in entries(case, "statutory")] == ["started", "stopped", "resumed"]
    calendar_gap = desk.clock(case, "statutory").due_on - before
    assert calendar_gap.days >= 7
    case.refresh_from_db()
    assert case.status == "IN_REVIEW"
    assert desk.item(case).element == "Task_Review"
    assert desk.run(case).result == "granted"


@pytest.mark.parametrize("kind", ["site_visit", "publicity"])
def test_site_visit_and_publicity_never_stop_the_statutory_clock(desk, kind):
    case = reviewed(desk)
    ordered(desk, case, kind)
    assert desk.clock(case, "statutory").state == "running"
    if kind == "publicity":
        clock = desk.clock(case, "publicity")
        assert clock.due_on == date(2026, 3, 10)
        assert "D28" in desk.numbers(case)
        desk.sweep("2026-03-11")
        desk.go_to("2026-03-11")
    desk.complete(desk.item(case))
    assert not case.clocks.filter(kind="publicity").exclude(state="ended").exists()
    assert desk.run(case).result == "granted"


def test_every_kind_of_procedure_comes_back_to_the_review(desk):
    """Art. 45–48: hearing with D16, all with D13 or their record."""
    case = reviewed(desk)
    for kind in ("hearing", "inspection", "testing", "quarantine", "expert_review"):
        ordered(desk, case, kind)
        desk.complete(desk.item(case))
        assert desk.item(case).element == "Task_Review"
    assert "D16" in desk.numbers(case)
    assert len([e for e in entries(case, "statutory") if e["type"] == "resumed"]) == 5


def test_a_procedure_that_the_item_does_not_name_cannot_be_chosen(desk):
    """MZ04 has no appraisal: only site visit and publicity."""
    case = desk.run(desk.open(desk.reroute("MZ04", "promised")), until="Task_Review")
    with pytest.raises(NoSample):
        ordered(desk, case, "appraisal")
    assert desk.item(case).element == "Task_Review"


def test_a_paper_arrives_while_the_clocks_stand_still(desk):
    """How it will be checked: a promised paper during a special procedure is taken in."""
    case, keys = tolerated(desk, desk.reroute("ZR01", "promised"))
    ordered(desk, case, "expert_review", days=3)
    assert desk.clock(case, "promised").state == "stopped"
    assert desk.clock(case, "tolerance").state == "running"
    desk.go_to("2026-03-05")
    arrives(desk, case, *keys)
    verify(desk, case, *keys)
    assert Commitment.objects.get(case=case).state == "KEPT"
    assert desk.clock(case, "promised").state == "stopped"
    desk.complete(desk.item(case))
    assert desk.run(case).result == "granted"


def test_extended_once_by_another_person_with_a_paper(desk):
    """Art. 42: the leader approves; both clocks are longer; D15 says until when."""
    case = reviewed(desk)
    review = desk.item(case)
    asks = desk.anybody(review.pool_id)
    desk.complete(
        review,
        asks,
        outcome="extend",
        added_days=10,
        extension_reason="申报资料复杂,核对需要时间",
    )
    approve = desk.item(case)
    assert approve.element == "Task_ApproveTownship"
    leader = desk.anybody(approve.pool_id, but={asks.officer_id})
    before = desk.clock(case, "statutory").due_on
    desk.complete(approve, leader, outcome="approve")
    extended = entries(case, "statutory")[-1]
    assert (extended["type"], extended["approver"]) == ("extended", leader.name)
    assert extended["reason"] == "申报资料复杂,核对需要时间"
    assert desk.clock(case, "statutory").due_on > before
    paper = "".join(case.documents.get(code="D15").content["paragraphs"])
    day = desk.clock(case, "promised").due_on
    assert f"{day.year}年{day.month}月{day.day}日" in paper
    with pytest.raises((NoSample, Invalid, Refused)):
        desk.complete(
            desk.item(case),
            outcome="extend",
            added_days=3,
            extension_reason="还需要再延长几天核对资料",
        )
    assert desk.item(case).element == "Task_Review"
    assert desk.numbers(case).count("D15") == 1


def test_an_extension_after_the_due_date_is_refused_with_the_article(desk):
    """Bad input of the issue: nothing is lost, the leader reads why."""
    case = reviewed(desk)
    desk.complete(
        desk.item(case),
        outcome="extend",
        added_days=5,
        extension_reason="申报资料复杂,核对需要时间",
    )
    desk.go_to("2026-04-02")
    assert desk.clock(case, "statutory").due_on < date(2026, 4, 2)
    with pytest.raises(Refused, match="已经届满") as refusal:
        desk.complete(desk.item(case, "Task_ApproveTownship"), outcome="approve")
    assert "四十二条" in refusal.value.rule
    assert "D15" not in desk.numbers(case)
    desk.complete(desk.item(case, "Task_ApproveTownship"), outcome="reject")
    assert desk.item(case).element == "Task_Review"


def test_no_more_days_than_the_item_allows(desk):
    case = reviewed(desk)
    item = desk.item(case)
    raw = desk.form_answers(
        item, outcome="extend", added_days=5, extension_reason="申报资料复杂,核对需要时间"
    )
    with pytest.raises(Refused), db.pretended(desk.at):
        actions.complete(item.pk, desk.anybody(item.pool_id), {**raw, "added_days": 99})
    assert desk.item(case).element == "Task_Review"


def test_the_county_review_may_order_and_extend_too(desk):
    """The county's clock stops with the statutory one."""
    case = desk.run(desk.open(LICENCE), until="Task_CountyReview")
    desk.complete(
        desk.item(case), outcome="special", procedure="expert_review", procedure_days=3,
        procedure_unit="workday",
    )  # fmt: skip
    assert desk.clock(case, "county").state == "stopped"
    assert desk.item(case).element == "Task_CountyRecord"
    desk.complete(desk.item(case))
    assert desk.clock(case, "county").state == "running"
    desk.complete(
        desk.item(case),
        outcome="extend",
        added_days=5,
        extension_reason="专家评审意见还在整理,需要时间",
    )
    assert desk.item(case).element == "Task_ApproveCounty"
    desk.complete(desk.item(case), outcome="approve")
    assert desk.run(case).result == "granted"


def last_completed(case) -> Event:
    events = Event.objects.filter(subject="case", subject_id=case.pk, kind="completed")
    return events.latest("seq")


def recorded(desk, code: str, day: str, held_on: str):
    """A hearing ordered on 5 March, over on `held_on`, written down on `day`."""
    case = reviewed(desk, code)
    desk.go_to("2026-03-05")
    ordered(desk, case, "hearing")
    desk.go_to(day)
    desk.complete(desk.item(case), held_on=held_on)
    return case


def test_a_record_written_three_working_days_late_moves_no_due_date(desk):
    """TYPE-08, Art. 45: only the time of the procedure is left out, not that of the record."""
    start = desk.at
    on_time = recorded(desk, "ZR01", "2026-03-10", "2026-03-10")
    desk.at = start
    late = recorded(desk, "ZR01", "2026-03-13", "2026-03-10")
    for kind in ("statutory", "promised"):
        assert desk.clock(late, kind).due_on == desk.clock(on_time, kind).due_on
        assert entries(on_time, kind)[-1]["over_on"] is None
        assert entries(late, kind)[-1]["over_on"] == "2026-03-10"
        assert entries(late, kind)[-1]["at"].startswith("2026-03-13")
    on_time.refresh_from_db()
    late.refresh_from_db()
    assert (late.due_at, late.statutory_due_at) == (on_time.due_at, on_time.statutory_due_at)
    event = last_completed(late)
    due = str(desk.clock(late, "statutory").due_on)
    assert ["statutory", 1, "2026-03-10", due] in event.payload["runs_since"]
    before = last_completed(on_time)
    assert "runs_since" not in before.payload
    assert recount_clocks(late.pk) is False  # what is stored is what is derived


@pytest.mark.parametrize("held_on", ["2026-03-04", "2026-03-14"])
def test_an_end_before_the_stop_or_in_the_future_is_refused_beside_its_field(desk, held_on):
    """Nothing is lost: the record stays open and the clocks stand still."""
    case = reviewed(desk)
    desk.go_to("2026-03-05")
    ordered(desk, case, "hearing")
    desk.go_to("2026-03-13")
    item = desk.item(case)
    raw = {**desk.form_answers(item), "held_on": held_on}
    with pytest.raises((Refused, Invalid)) as wrong, db.pretended(desk.at):
        actions.complete(item.pk, desk.anybody(item.pool_id), raw)
    problem = wrong.value
    beside = set(problem.errors) if isinstance(problem, Invalid) else {problem.field}
    assert beside == {"held_on"}
    assert desk.item(case).pk == item.pk
    assert desk.clock(case, "statutory").state == "stopped"
    assert not case.documents.filter(code="D13").exists()


def test_a_record_so_late_that_the_period_has_run_out_is_overdue_at_once(desk):
    """No silent change: overdue like any other, and the event says until when it ran."""
    case = recorded(desk, "ZR01", "2026-05-20", "2026-03-10")
    clock = desk.clock(case, "promised")
    assert clock.state == "running"
    assert clock.lapses_at < desk.at
    case.refresh_from_db()
    assert case.due_at < desk.at
    assert case.due_at == clock.due_at
    event = last_completed(case)
    assert ["promised", 1, "2026-03-10", str(clock.due_on)] in event.payload["runs_since"]
    cards = set(Card.objects.filter(case=case).values_list("rule", "clock__kind"))
    assert {("R05", "promised"), ("R05", "statutory")} <= cards
    actions.issue_cards(desk.at)  # the sweep has none of these left to issue
    for kind in ("promised", "statutory"):
        assert Card.objects.filter(case=case, clock__kind=kind, rule="R05").count() == 1
    rows = Event.objects.filter(subject="case", subject_id=case.pk).order_by("seq").values()
    said = [words for line in lines(rows) for words in line.then]
    assert any("程序已于2026-03-10结束" in words for words in said)
    assert desk.run(case).result == "granted"


def test_a_suspension_after_the_procedure_stays_out_of_the_promised_clock(desk):
    """A record written after 中止办理: the suspended days are not counted afterwards."""
    case = reviewed(desk)
    desk.go_to("2026-03-05")
    ordered(desk, case, "hearing")
    desk.go_to("2026-03-10")
    head = desk.acting("xinan.centre", "township.head_window")
    stop(desk, case, head)
    desk.go_to("2026-03-16")
    go_on(desk, case, head)
    desk.go_to("2026-03-18")
    desk.complete(desk.item(case), held_on="2026-03-09")
    assert entries(case, "promised")[-1]["over_on"] == "2026-03-16"
    assert entries(case, "statutory")[-1]["over_on"] == "2026-03-09"  # no command stops it
