"""Special procedures and extension: what stops which clock, on which paper (Art. 42, 45)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.webapp.cases.test_tolerance import arrives, tolerated, verify
from webapp.cases import actions
from webapp.cases.models import ClockEntry, Commitment
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
