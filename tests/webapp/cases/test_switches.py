"""Item switches (flows): each is data of an item version, and each changes what happens.

`check_clock_restarts_after_supplement` is tested in `test_orders_papers`.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.webapp.cases.desk import MANDATE
from tests.webapp.cases.test_joint import convened, opinions
from tests.webapp.cases.test_special import ordered
from tests.webapp.cases.test_tolerance import tolerable
from webapp.catalogue.models import ItemVersion
from webapp.catalogue.queries import item_by_code
from webapp.catalogue.switches import defaults_of
from webapp.core.errors import Invalid, Refused
from workflows.errors import NothingMatches
from workflows.forms import NoSample

pytestmark = pytest.mark.django_db

LICENCE, BENEFIT, JOINT = "ZR01", "MZ04", "ZR01"
NOT_OFFERED = (NoSample, Invalid, Refused, NothingMatches)


def edited(desk, code: str, process: str = "", **columns: object) -> str:
    """A new version of an item whose columns the county has changed."""
    desk.reroute(code, process)
    newest = ItemVersion.objects.filter(item__code=code).order_by("number").last()
    ItemVersion.objects.filter(pk=newest.pk).update(**columns)
    return code


@pytest.mark.parametrize("on", [True, False])
def test_deemed_acceptance(desk, on):
    """行政许可法第三十二条第四项: on, silence accepts; off, the leader directs."""
    case = desk.open(desk.reroute(LICENCE, "promised", deemed_acceptance=on))
    desk.sweep("2026-03-11")
    case.refresh_from_db()
    assert case.deemed_accepted is on
    assert desk.item(case).element == ("Task_Review" if on else "Task_Direct")


@pytest.mark.parametrize("days", [5, 0])
def test_extension_rule(desk, days):
    """行政许可法第四十二条: as many days as the switch says, once; 0: never."""
    code = desk.reroute(LICENCE, "promised", extension_rule=days)
    case = desk.run(desk.open(code), until="Task_Review")
    words = {"outcome": "extend", "extension_reason": "申报资料复杂，核对需要时间"}
    with pytest.raises(NOT_OFFERED):
        desk.complete(desk.item(case), added_days=days + 1, **words)
    if days:
        desk.complete(desk.item(case), added_days=days, **words)
        assert desk.item(case).element == "Task_ApproveTownship"
    else:
        assert desk.item(case).element == "Task_Review"


@pytest.mark.parametrize(("days", "due"), [(10, date(2026, 3, 17)), (3, date(2026, 3, 6))])
def test_delivery_days(desk, days, due):
    """行政许可法第四十四条: counted from the decision."""
    code = desk.reroute(BENEFIT, "promised", delivery_days=days)
    case = desk.run(desk.open(code), until="Task_Counter")
    assert desk.clock(case, "delivery").due_on == due


@pytest.mark.parametrize("on", [True, False])
def test_excluded_procedures(desk, on):
    """Art. 45: what is excluded may be ordered and stops the statutory clock; else not at all."""
    code = desk.reroute(LICENCE, "promised", excluded_procedures=["appraisal"] if on else [])
    case = desk.run(desk.open(code), until="Task_Review")
    if not on:
        with pytest.raises(NOT_OFFERED):
            ordered(desk, case, "appraisal")
        return
    ordered(desk, case, "appraisal")
    assert desk.clock(case, "statutory").state == "stopped"


@pytest.mark.parametrize("on", [True, False])
def test_tolerance_allowed(desk, on):
    """TOL-03: off, papers are noticed, not promised."""
    code = desk.reroute("MZ01", "", tolerance_allowed=on)
    key = tolerable(desk, code)[0]
    case = desk.open(code, marks=desk.marks(code, **{key: "missing"}))
    case.materials.filter(key=key).update(needed=True)
    promise = {
        "outcome": "tolerate",
        "tolerance_until": "2026-03-10",
        "commitment_signed": True,
    }
    if on:
        desk.complete(desk.item(case), **promise)
        assert "D08" in desk.numbers(case)
        return
    with pytest.raises(NOT_OFFERED):
        desk.complete(desk.item(case), **promise)
    assert desk.item(case).element == "Task_Examine"


@pytest.mark.parametrize(
    ("code", "on", "offered"),
    [(BENEFIT, True, True), (BENEFIT, False, False), (LICENCE, True, False)],
    ids=["on", "off", "never for a licence"],
)
def test_refuse_on_missing_main(desk, code, on, offered):
    """TYPE-11; 行政许可法第三十二条: a licence is supplemented whatever the county says."""
    desk.reroute(code, "promised", refuse_on_missing_main=on)
    main = next(m.key for m in item_by_code(code).materials if m.role == "main")
    case = desk.open(code, marks=desk.marks(code, **{main: "missing"}))
    case.materials.filter(key=main).update(needed=True)
    if offered:
        desk.complete(desk.item(case), outcome="refuse_acceptance")
        assert desk.item(case).element == "Task_Confirm"
        return
    with pytest.raises(NOT_OFFERED):
        desk.complete(desk.item(case), outcome="refuse_acceptance")
    assert desk.item(case).element == "Task_Examine"


@pytest.mark.parametrize("on", [True, False])
def test_joint_silence_is_no_objection(desk, on):
    """R13: on, a row without an officer; off, the lead window urges."""
    desk.reroute(JOINT, "", joint_silence_is_no_objection=on)
    case = convened(desk, land_type="construction_land")
    for item in list(opinions(case))[1:]:
        desk.complete(item)
    desk.sweep("2026-03-11")
    assert desk.item(case).element == ("Task_Consolidate" if on else "Task_Follow")
    silent = case.opinions.filter(outcome="no_objection")
    assert silent.exists() is on


@pytest.mark.parametrize("on", [True, False])
def test_in_person(desk, on):
    """AGT-04: on, no agent files it, with the reason; off, she does."""
    code = edited(desk, BENEFIT, in_person=on, in_person_reason="须本人签字" if on else "")
    agent = desk.acting("station.130123103201", "village.agent")
    if on:
        with pytest.raises(Refused, match="须本人签字") as refusal:
            desk.open(code, agent, mandate=MANDATE)
        assert refusal.value.rule == "AGT-04"
        return
    assert desk.open(code, agent, mandate=MANDATE).agent_id == agent.officer_id


@pytest.mark.parametrize("on", [True, False])
def test_agent_allowed(desk, on):
    """AGT-04: the county may keep an item at the counter."""
    code = edited(desk, BENEFIT, agent_allowed=on)
    agent = desk.acting("station.130123103201", "village.agent")
    if not on:
        with pytest.raises(Refused, match="不能代办"):
            desk.open(code, agent, mandate=MANDATE)
        return
    assert desk.open(code, agent, mandate=MANDATE).agent_id == agent.officer_id


def test_a_change_holds_for_the_next_case_only(desk):
    """CAT-05: a running case keeps the version it was opened with."""
    running = desk.open(desk.reroute(LICENCE, "promised", deemed_acceptance=True))
    following = desk.open(desk.reroute(LICENCE, "promised", deemed_acceptance=False))
    desk.sweep("2026-03-11")
    assert desk.item(running).element == "Task_Review"
    assert desk.item(following).element == "Task_Direct"


def test_defaults_follow_the_type_of_the_item():
    """行政许可法 binds licences only; nothing is accepted or agreed by silence elsewhere."""
    licence, benefit = (defaults_of(t, "promised", "local") for t in ("licence", "benefit"))
    assert (licence["deemed_acceptance"], benefit["deemed_acceptance"]) == (True, False)
    assert (licence["extension_rule"], benefit["extension_rule"]) == (10, 0)
    assert defaults_of("licence", "promised", "joint")["extension_rule"] == 15
    for name in (
        "tolerance_allowed",
        "refuse_on_missing_main",
        "joint_silence_is_no_objection",
    ):
        assert licence[name] is benefit[name] is False
    assert benefit["check_clock_restarts_after_supplement"] is True


def test_every_shipped_item_has_every_switch(desk):
    for version in ItemVersion.objects.all():
        known = defaults_of(version.item_type, version.handling, version.flow)
        assert set(version.switches) == set(known), version
