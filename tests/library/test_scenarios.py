"""Every shipped scenario holds, and together they show every branch (flows: scenarios)."""

from __future__ import annotations

import pytest
import yaml

from tests.library.shelf import FOLDER, library, report, reports, scenarios
from workflows import engine
from workflows.errors import NothingMatches
from workflows.feel.decisions import decide
from workflows.model import Kind
from workflows.rehearse import branches
from workflows.sources.decisions import read_decisions

KEYS = library().keys()
ITEMS = {
    item["code"]: item
    for item in yaml.safe_load((FOLDER / "catalogue/items.yaml").read_text("utf-8"))["items"]
}


@pytest.mark.parametrize(
    "number", range(len(scenarios())), ids=[s.file.split("/")[1] for s in scenarios()]
)
def test_scenario_holds(number: int) -> None:
    assert report(number).failures == ()


def test_every_branch_of_every_gateway_is_shown() -> None:
    shown = set().union(*(one.branches for one in reports()))
    drawn = {branch for key in KEYS for branch in branches(library().process(key))}
    assert len(drawn) > 150
    assert drawn - shown == set()


def test_every_element_is_passed_by_some_scenario() -> None:
    """Also each boundary event, each end and each call: nothing is drawn that never runs."""
    passed = set().union(*(one.elements for one in reports()))
    drawn = {
        (key, element.id) for key in KEYS for element in library().process(key).scope.walk()
    }
    assert drawn - passed == set()


NAMED = {"coordination"}  # processes that an item names itself; the path table never does


ASKED = {
    (asked["unit"], asked["question"])
    for item in ITEMS.values()
    for asked in item.get("departments") or ()
}


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda s: s.file.split("/")[1])
def test_departments_are_asked_what_an_item_asks_them(scenario) -> None:
    """TYPE-09: word for word, signs included."""
    asked = {(one["unit"], one["question"]) for one in scenario.facts["departments"]}
    assert asked <= ASKED


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda s: s.file.split("/")[1])
def test_facts_are_those_of_a_real_item(scenario) -> None:
    """The facts agree with the item, and the path table leads to the scenario's process.

    `promised` is the simplest promise, so its scenarios borrow items of other flows.
    """
    facts, item = scenario.facts, ITEMS[scenario.facts["item_code"]]
    for name in ("item_type", "handling"):
        assert facts[name] == item[name]
    if scenario.process == "promised":
        assert (facts["flow"], facts["departments"]) == ("local", [])
    else:
        assert facts["flow"] == item["flow"]
        asked = {row["unit"] for row in item["departments"]}
        assert {row["unit"] for row in facts["departments"]} <= asked
    for name in ("deemed_acceptance", "tolerance_allowed"):
        assert facts[name] == item["switches"][name]
    assert facts["entrusted"] == item["entrusted_to_township"]
    assert facts["level"] in item["offered_at"]
    assert scenario.process in NAMED or _path(facts) == scenario.process


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_every_item_has_a_path(item) -> None:
    """Each of the 35 items can be opened at each level that offers it, the county's too."""
    for level in item["offered_at"]:
        facts = {"handling": item["handling"], "flow": item["flow"], "level": level}
        assert _path(facts) in KEYS


@pytest.mark.parametrize(
    ("flow", "key"),
    [
        ("local", "county"),
        ("escalated", "county"),
        ("joint", "county-joint"),
        ("escalated_joint", "county-joint"),
    ],
)
def test_the_county_counter_has_paths_of_its_own(flow: str, key: str) -> None:
    """CAT-18: filed at the county hall, no township has a part in it."""
    assert _path({"handling": "promised", "flow": flow, "level": "county"}) == key
    roles = {e.role for e in library().process(key).scope.walk() if e.kind is Kind.USER_TASK}
    assert {role.partition(".")[0] for role in roles} == {"county"}


def test_every_path_is_reached_by_a_shipped_item() -> None:
    """TYPE-05, TYPE-06: no path waits for an item that the county has not got."""
    reached = {
        item.get("process")
        or _path({"handling": item["handling"], "flow": item["flow"], "level": level})
        for item in ITEMS.values()
        for level in item["offered_at"]
    }
    called = {
        element.called
        for key in KEYS
        for element in library().process(key).scope.walk()
        if element.kind is Kind.CALL
    }
    assert reached == set(KEYS) - called


@pytest.mark.parametrize("handling", ["immediate", "promised"])
@pytest.mark.parametrize("flow", ["local", "joint", "escalated", "escalated_joint"])
def test_immediate_items_are_local(handling: str, flow: str) -> None:
    path = _path({"handling": handling, "flow": flow, "level": "township"})
    assert (path is None) == (handling == "immediate" and flow != "local")


def test_a_forged_outcome_does_not_pass_the_gateway() -> None:
    """The guard holds even where a form was by-passed: licences are never refused (TYPE-11)."""
    definition = engine.prepare(library().bundle("promised"))
    licence = next(
        s for s in scenarios() if s.file.endswith("intake-licence-never-refused.yaml")
    )
    begun = engine.start(definition, licence.facts, "forged")
    command = engine.Complete(begun.opened[0].token, {"outcome": "refuse_acceptance"})
    with pytest.raises(NothingMatches):
        engine.advance(definition, begun.snapshot, command)


def _path(facts) -> str | None:
    (table,), findings = read_decisions(
        (FOLDER / "decisions/path.dmn").read_bytes(), "decisions/path.dmn"
    )
    assert findings == ()
    return decide(table, dict(facts))
