"""Joint handling: every department asked, each in its own inbox, with its own clock."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.cases import actions
from webapp.cases.models import Opinion
from webapp.cases.queries.invariants import broken_invariants
from webapp.core import db
from webapp.core.errors import Refused
from webapp.organisations import lookups
from webapp.organisations.models import Pool, Post

pytestmark = pytest.mark.django_db

JOINT = "ZR01"  # 自然资源所、农业站、村镇建设办 at once, then the county's department outside
COUNTY = "CL01"


def convened(desk, code: str = JOINT, **given):
    case = desk.run(desk.open(code, **given), until="Task_Convene")
    desk.complete(desk.item(case, "Task_Convene"), reply_days=5)
    return case


def opinions(case):
    return case.items.filter(state="OPEN", element="Task_Opinion").order_by("id")


def test_each_department_has_its_own_inbox_clock_and_notice(desk):
    """PROC-06, PROC-07, TYPE-09: D17 each; sub-limits from the item; opinions are rows."""
    case = convened(desk, land_type="construction_land")
    items = list(opinions(case))
    assert [item.pool.unit.key for item in items] == [
        "xinan.township_natural_resources",
        "xinan.township_agriculture",
        "xinan.township_construction",
    ]
    clocks = list(case.clocks.filter(kind="department").order_by("run"))
    assert [clock.item_id for clock in clocks] == [item.pk for item in items]
    assert {clock.due_on for clock in clocks} == {date(2026, 3, 10)}
    assert all(item.due_at == clock.due_at for item, clock in zip(items, clocks, strict=True))
    notices = case.documents.filter(code="D17").order_by("id")
    assert len({one.number for one in notices}) == 3
    texts = ["".join(one.content["paragraphs"]) for one in notices]
    assert "自然资源所" in texts[0]
    assert "是否符合用地和规划要求" in texts[0]
    assert "2026年3月10日" in texts[0]
    assert "农业" in texts[1]


def test_one_answer_ends_only_its_own_clock(desk):
    case = convened(desk, land_type="construction_land")
    first, second, third = opinions(case)
    desk.complete(second)
    states = dict(case.clocks.filter(kind="department").values_list("item_id", "state"))
    assert states == {first.pk: "running", second.pk: "ended", third.pk: "running"}
    said = Opinion.objects.filter(case=case, item=second).get()
    assert said.unit.key == "xinan.township_agriculture"
    assert said.outcome == "agree"


def test_agreed_by_all_it_is_decided_and_granted(desk):
    case = convened(desk, land_type="construction_land")
    for item in list(opinions(case)):
        desk.complete(item)
    assert desk.item(case).element == "Task_Consolidate"
    case = desk.run(case)
    assert case.result == "granted"
    assert broken_invariants() == []


def test_dissent_leads_to_a_meeting(desk):
    """TYPE-09: not agreed as one; the meeting agrees or the case is refused."""
    case = convened(desk, land_type="construction_land")
    first, *rest = opinions(case)
    desk.complete(first, outcome="disagree", legal_basis="土地管理法第六十二条")
    for item in rest:
        desk.complete(item)
    consolidate = desk.item(case, "Task_Consolidate")
    with pytest.raises(Exception, match="意见一致|不能选"):
        desk.complete(consolidate, outcome="complete")
    desk.complete(consolidate, outcome="meet")
    desk.complete(desk.item(case, "Task_Meet"), outcome="agreed")
    assert desk.run(case).result == "granted"
    basis = Opinion.objects.get(case=case, outcome="disagree").basis
    assert "土地管理法" in basis


def test_dissent_upheld_is_refused_with_two_persons_and_filed(desk):
    case = convened(desk, land_type="construction_land")
    first, *rest = opinions(case)
    desk.complete(first, outcome="disagree", legal_basis="土地管理法第六十二条")
    for item in rest:
        desk.complete(item)
    desk.complete(desk.item(case), outcome="meet")
    desk.complete(desk.item(case, "Task_Meet"), outcome="refuse")
    case = desk.run(
        case, Task_Propose={"proposal": "refuse"}, Task_Approve={"outcome": "refuse"}
    )
    assert case.result == "refused"
    assert case.denial_filings.get().document_code == "D20"


def test_silence_is_urged_unless_the_item_counts_it_as_no_objection(desk):
    """R13: the timer of one department fires for it alone; by the switch a row without officer."""
    case = convened(desk, land_type="construction_land")
    first, *rest = opinions(case)
    for item in rest:
        desk.complete(item)
    desk.sweep("2026-03-11")
    first.refresh_from_db()
    assert first.state == "CANCELLED"
    assert desk.item(case).element == "Task_Follow"
    assert desk.item(case).pool.role_id == "township.window"
    desk.complete(desk.item(case), outcome="again")
    (again,) = opinions(case)
    assert again.pool == first.pool
    runs = case.clocks.filter(kind="department", item=again)
    assert runs.get().state == "running"

    desk.go_to("2026-03-03")
    desk.reroute(JOINT, "", joint_silence_is_no_objection=True)
    other = convened(desk, land_type="construction_land")
    first, *rest = opinions(other)
    for item in rest:
        desk.complete(item)
    desk.sweep("2026-03-11")
    silent = Opinion.objects.get(case=other, outcome="no_objection")
    assert (silent.officer_id, silent.item_id) == (None, None)
    assert silent.unit.key == "xinan.township_natural_resources"
    assert desk.item(other).element == "Task_Consolidate"


def test_a_department_answers_after_the_lead_has_gone_on(desk):
    """How it will be checked: nothing is lost, and she reads that it is over."""
    case = convened(desk, land_type="construction_land")
    late, *rest = opinions(case)
    for item in rest:
        desk.complete(item)
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Follow"), outcome="go_on")
    assert desk.item(case).element == "Task_Consolidate"
    raw = {"outcome": "agree", "opinion": "同意", "reply_number": ""}
    with pytest.raises(Refused, match="取消|不用再办"), db.pretended(desk.at):
        actions.complete(late.pk, desk.anybody(late.pool_id), raw)
    assert desk.run(case).result == "granted"


def test_a_supplement_goes_to_the_lead_and_back_to_the_same_department(desk):
    case = convened(desk, land_type="construction_land")
    first, *rest = opinions(case)
    desk.complete(first, outcome="supplement")
    assert set(case.items.filter(state="OPEN").values_list("element", flat=True)) == {
        "Task_Opinion",
        "Task_Follow",
    }
    desk.complete(desk.item(case, "Task_Follow"), outcome="again")
    assert first.pool_id in set(opinions(case).values_list("pool_id", flat=True))
    assert case.clocks.filter(kind="department").count() == 4


def test_a_unit_outside_is_asked_by_letter_and_its_answer_is_its_own(desk):
    """Departments without people here: the lead window enters what they answered."""
    case = convened(desk, land_type="farmland")
    for item in list(opinions(case)):
        desk.complete(item)
    outside = desk.item(case, "Task_External")
    assert outside.pool.role_id == "township.window"
    desk.complete(outside, outcome="agree", reply_number="正自然资函〔2026〕3号")
    said = Opinion.objects.get(case=case, item=outside)
    assert said.unit.key == "county_natural_resources"
    assert desk.run(case).result == "granted"


def test_a_department_without_a_handler_is_named_and_nothing_is_lost(desk):
    """Bad input: refused with the rule; the lead can go on once the post exists."""
    pool = Pool.objects.get(unit__key="xinan.township_agriculture", role="township.handler")
    case = desk.run(desk.open(JOINT, land_type="construction_land"), until="Task_Convene")
    Post.objects.filter(pool=pool).update(active=False)
    Pool.objects.filter(pk=pool.pk).update(role="archivist")
    lookups.forget()
    with pytest.raises(Refused, match="没有设置") as refusal:
        desk.complete(desk.item(case, "Task_Convene"), reply_days=5)
    assert refusal.value.rule == "DUTY-03"
    assert desk.item(case).element == "Task_Convene"
    Pool.objects.filter(pk=pool.pk).update(role="township.handler")
    Post.objects.filter(pool=pool).update(active=True)
    lookups.forget()
    desk.complete(desk.item(case, "Task_Convene"), reply_days=5)
    assert opinions(case).count() == 3


def test_the_county_asks_its_departments_and_the_township_delivers(desk):
    """PROC-10: township intake, county joint handling, township delivery."""
    case = desk.run(desk.open(COUNTY), until="Task_CountyConvene")
    assert {"handup", "county"} <= set(case.clocks.values_list("kind", flat=True))
    desk.complete(desk.item(case, "Task_CountyConvene"), reply_days=5)
    (asked,) = opinions(case)
    assert asked.pool.unit.key == "county_disabled_federation"
    case = desk.run(case)
    assert case.result == "granted"
    last = case.items.filter(state="DONE").order_by("id").last()
    assert last.pool.unit.key == "xinan.centre"
    assert broken_invariants() == []
