"""All 35 items, each on its own path, carried to two different results (issue: every path)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.webapp.cases.test_tolerance import arrives, tolerable, verify
from webapp.cases.queries.invariants import broken_chain, broken_invariants, gaps_in_numbers
from webapp.catalogue.models import ServiceItem
from webapp.catalogue.queries import item_by_code

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
ITEMS = yaml.safe_load((ROOT / "bpmn/catalogue/items.yaml").read_text(encoding="utf-8"))[
    "items"
]
PATHS = {
    ("immediate", "local"): "immediate",
    ("promised", "local"): "promised",
    ("promised", "joint"): "joint",
    ("promised", "escalated"): "escalated",
    ("promised", "escalated_joint"): "escalated-joint",
}
REFUSING = {
    "Task_Propose": {"proposal": "refuse"},
    "Task_Approve": {"outcome": "refuse"},
    "Task_HandleNow": {"outcome": "refuse"},
    "Task_Prelim": {"recommendation": "decline"},
}


@pytest.fixture
def opens(desk):
    """Opens an item, also one that is switched off in the example county (WJ02)."""
    ServiceItem.objects.filter(enabled=False).update(enabled=True)
    return desk.open


def whole(case, result: str) -> None:
    """What holds for every case that is over."""
    assert (case.result, case.is_open) == (result, False)
    assert not case.clocks.exclude(state="ended").exclude(item__process_key="").exists()
    assert not case.items.filter(state="OPEN").exclude(process_key="").exists()
    assert not case.custody.filter(given_at=None).exists()
    assert broken_chain(case.pk) == []


def test_there_are_thirty_five():
    assert len(ITEMS) == 35


@pytest.mark.parametrize("row", ITEMS, ids=[row["code"] for row in ITEMS])
def test_granted_and_refused_on_its_own_path(desk, opens, row):
    """CAT-05, TYPE-05: the path of the table; D19 or D20 in the name of the organ with power."""
    code = row["code"]
    key = row.get("process") or PATHS[row["handling"], row["flow"]]
    case = opens(code)
    assert case.process_version.process.key == key
    case = desk.run(case)
    if key == "coordination":
        whole(case, "answered")
        return
    whole(case, "granted")
    decision = case.documents.get(code="D19")
    assert decision.organ_id == case.competent_unit_id
    assert not case.denial_filings.exists()

    other = desk.run(opens(code), **REFUSING)
    whole(other, "refused")
    refusal = other.documents.get(code="D20")
    assert "remedy" in refusal.content
    filing = other.denial_filings.get()
    assert (filing.document_code, filing.proposer_id != filing.confirmer_id) == ("D20", True)
    assert broken_invariants() == []
    assert gaps_in_numbers() == []


LONG = [
    row["code"]
    for row in ITEMS
    if row["switches"]["tolerance_allowed"]
    and min(x["days"] for x in row["limits"] if x["clock"] in {"promised", "statutory"}) >= 10
]


@pytest.mark.parametrize("code", LONG)
def test_tolerated_and_granted_where_there_is_time_for_it(desk, opens, code):
    """TOL-08, TOL-09 on every item whose promise leaves days beside the decision."""
    key = tolerable(desk, code)[0]
    case = opens(code, marks=desk.marks(code, **{key: "missing"}))
    case.materials.filter(key=key).update(needed=True)
    until = "2026-03-05"
    desk.complete(
        desk.item(case), outcome="tolerate", tolerance_until=until, commitment_signed=True
    )
    desk.go_to("2026-03-04")
    arrives(desk, case, key)
    verify(desk, case, key)
    whole(desk.run(case), "granted")
    assert case.commitments.get().state == "KEPT"


def test_switches_have_defaults_by_type():
    """flows: deemed acceptance for licences only; tolerance never for immediate items."""
    for row in ITEMS:
        assert row["switches"]["deemed_acceptance"] is (row["item_type"] == "licence")
        if row["handling"] == "immediate":
            assert row["switches"]["tolerance_allowed"] is False


def test_the_county_edits_switches_as_data(desk):
    code = desk.reroute("MZ04", "", joint_silence_is_no_objection=True)
    assert item_by_code(code).allows("joint_silence_is_no_objection")
