"""Filed at the county hall: no township has a part in it (CAT-18, PROC-01 to PROC-05)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.reading import unsound
from tests.webapp.cases.test_commands import go_on, stop
from tests.webapp.cases.test_tolerance import tolerable
from webapp.cases import actions
from webapp.catalogue.models import ServiceItem
from webapp.core import db
from webapp.core.errors import Refused
from webapp.organisations.models import Unit

pytestmark = pytest.mark.django_db

HALL = "county_hall"
PATHS = {
    ("immediate", "local"): "immediate",
    ("promised", "escalated"): "county",
    ("promised", "joint"): "county-joint",
    ("promised", "escalated_joint"): "county-joint",
}
REFUSING = {
    "Task_Propose": {"proposal": "refuse"},
    "Task_Approve": {"outcome": "refuse"},
    "Task_HandleNow": {"outcome": "refuse"},
}


@pytest.fixture
def hall(desk):
    return lambda: desk.acting(HALL, "county.window")


def at_county() -> list[str]:
    """Codes of the items that the county hall takes."""
    rows = ServiceItem.objects.filter(enabled=True, current__offered_at__contains=["county"])
    return list(rows.order_by("code").values_list("code", flat=True))


def places(case) -> set[str]:
    """Levels of every unit that has had a step of the case."""
    return set(case.items.values_list("pool__unit__level", flat=True))


@pytest.mark.parametrize(("result", "choices"), [("granted", {}), ("refused", REFUSING)])
def test_every_item_that_the_hall_takes_is_decided_there(desk, hall, result, choices):
    """CAT-18: received, handled, decided and delivered at the county, granted and refused."""
    codes = at_county()
    assert len(codes) >= 15
    for code in codes:
        item = ServiceItem.objects.select_related("current").get(code=code).current
        case = desk.run(desk.open(code, hall()), **choices)
        path = case.process_version.process.key
        assert path == PATHS[item.handling, item.flow], code
        assert (case.result, case.is_open) == (result, False), code
        assert places(case) == {"county"}, code
        assert case.received_at_unit.key == case.accountable_unit.key == HALL
        decision = case.documents.get(code="D19" if result == "granted" else "D20")
        assert decision.organ_id == case.competent_unit_id
        assert not {"handup", "county"} & set(case.clocks.values_list("kind", flat=True))
        assert unsound(case) == [], code


def test_the_inboxes_and_hands_of_a_promised_case(desk, hall):
    """PROC-03, IN-03: the hall's window, the department's three, and the hall again."""
    case = desk.open("RS03", hall())
    seen = []
    while case.is_open:
        item = desk.item(case)
        seen.append((item.element, item.pool.unit.key, item.pool.role_id))
        desk.complete(item)
        case.refresh_from_db()
    agency = "county_social_insurance_agency"
    assert seen == [
        ("Task_Examine", HALL, "county.window"),
        ("Task_Review", agency, "county.handler"),
        ("Task_Propose", agency, "county.handler"),
        ("Task_Check", agency, "county.section_head"),
        ("Task_Approve", agency, "county.leader"),
        ("Task_Counter", HALL, "county.window"),
    ]
    hands = list(case.custody.order_by("id").values_list("papers", "to_pool__unit__key"))
    assert hands == [("materials", agency), ("result", HALL)]
    assert not case.custody.filter(received_at=None).exists()
    assert {"D02", "D05", "D11", "D12", "D19", "D23"} <= set(desk.numbers(case))
    receipt = case.documents.get(code="D02")
    assert "正定县政务服务中心" in str(receipt.content)
    assert case.number.startswith("130123")


def test_the_window_proposes_and_the_head_of_the_hall_confirms(desk, hall):
    """DENY-02: a named superior, not a colleague of the same counter."""
    case = desk.open("RS03", hall())
    desk.complete(desk.item(case), outcome="not_required")
    confirm = desk.item(case, "Task_Confirm")
    assert (confirm.pool.unit.key, confirm.pool.role_id) == (HALL, "county.head_window")
    case = desk.run(case)
    assert case.result == "not_required"
    assert case.denial_filings.get().document_code == "D07"


def test_the_head_of_the_hall_suspends_and_the_window_does_not(desk, hall):
    case = desk.run(desk.open("RS03", hall()), until="Task_Review")
    head = desk.acting(HALL, "county.head_window")
    with pytest.raises(Refused):
        stop(desk, case, hall())
    stop(desk, case, head)
    go_on(desk, case, head)
    assert desk.run(case).result == "granted"


def test_papers_are_promised_and_brought_to_the_hall(desk, hall):
    """TOL-05, TOL-09: the hall verifies, and hands what came later to the department."""
    key = tolerable(desk, "TY01")[0]
    case = desk.open("TY01", hall(), marks=desk.marks("TY01", **{key: "missing"}))
    case.materials.filter(key=key).update(needed=True)
    desk.complete(
        desk.item(case), outcome="tolerate", tolerance_until="2026-03-10",
        commitment_signed=True,
    )  # fmt: skip
    desk.go_to("2026-03-05")
    with db.pretended(desk.at):
        actions.supply_materials(case.pk, hall(), {key: {"state": "received"}})
    verify = desk.item(case, "Task_VerifyPaper")
    assert verify.pool.unit.key == HALL
    with db.pretended(desk.at):
        actions.set_material(case.pk, hall(), key, "checked", "")
    desk.complete(verify, outcome="complete")
    assert case.custody.order_by("id").last().to_pool.unit.key == "county_veterans"
    assert case.commitments.get().state == "KEPT"
    assert desk.run(case).result == "granted"


def test_the_hall_asks_the_departments_and_a_unit_outside(desk, hall):
    """TYPE-09, PROC-06, PROC-07: the hall leads; each department has its own inbox."""
    case = desk.run(desk.open("RS04", hall()), until="Task_Convene")
    assert desk.item(case).pool.unit.key == HALL
    desk.complete(desk.item(case), reply_days=3)
    asked = desk.item(case, "Task_Opinion")
    assert asked.pool.unit.key == "county_social_insurance_agency"
    assert desk.clock(case, "department").item_id == asked.pk
    desk.complete(asked)
    outside = desk.item(case, "Task_External")
    assert (outside.pool.unit.key, outside.pool.role_id) == (HALL, "county.window")
    assert desk.run(case).result == "granted"


def test_a_licence_is_deemed_accepted_at_the_hall_too(desk, hall):
    """行政许可法第三十二条第四项: silence of the hall is acceptance as of receipt."""
    case = desk.open("LY01", hall())
    desk.sweep("2026-03-11")
    case.refresh_from_db()
    assert (case.deemed_accepted, case.accepted_at) == (True, case.received_at)
    assert desk.item(case).pool.unit.key == "county_forestry"


def test_what_only_townships_take_is_not_taken_at_the_hall(desk, hall):
    """IN-01: refused with the place that takes it; nothing is opened."""
    with pytest.raises(Refused, match="乡镇级窗口") as refusal:
        desk.open("MZ01", hall())
    assert refusal.value.rule == "IN-01"


def test_the_power_of_a_township_is_not_exercised_at_the_hall(desk, hall):
    """DENY-05, CAT-18: an item of the township's own organ that the hall offers by mistake."""
    assert Unit.objects.filter(key="xinan.township_government").exists()
    desk.reroute("RS06", "")
    row = ServiceItem.objects.select_related("current").get(code="RS06")
    row.current.offered_at = ["township", "county"]
    row.current.save()
    with pytest.raises(Refused, match="受理地没有行使这项职权的机关") as refusal:
        desk.open("RS06", hall())
    assert refusal.value.rule == "CAT-18"
