"""制度体检 sees what is taken out of the shipped library, which itself has no finding.

A rule that no mutation breaks would be a rule that nobody knows to work: the last test asks
that every rule of the statute rooms has its bad example, here or in tests/workflows/checks.
"""

from __future__ import annotations

import re

import pytest

from tests.library.mutants import (
    bypassed,
    codes,
    effects,
    files,
    found,
    moved,
    text,
    without_flows,
)
from tests.workflows.checks import test_county_rules as drawn
from workflows.checks import RULES
from workflows.findings import Severity

ACTS = (
    "issue-document", "start-clock", "stop-clock", "resume-clock", "extend-clock", "end-clock",
    "record-result", "file-denial", "register-commitment", "start-case", "hand-over",
)  # fmt: skip
UNSEEN_ACTS = {
    # the same role gets the papers elsewhere on the way: which hand-over is one too few, a
    # drawing does not say
    ("coordination.bpmn", "Event_AnswerReady"),
    ("escalated-joint.bpmn", "Service_Dispatch"),
    ("escalated-joint.bpmn", "Service_Returned"),
    ("escalated-joint.bpmn", "Call_CountyDecision"),
    ("escalated.bpmn", "Service_Dispatch"),
    ("escalated.bpmn", "Service_Returned"),
    ("joint.bpmn", "Call_Decision"),
    ("county-joint.bpmn", "Call_Decision"),
    ("shared/delivery.bpmn", "Event_ToAgent"),
    ("shared/intake.bpmn", "Service_Custody"),
    ("shared/tolerance.bpmn", "Task_VerifyPaper"),
    # a clock that is over anyway
    ("shared/intake.bpmn", "Task_Direct"),
    ("shared/special.bpmn", "Event_PublicityDue"),
}
UNSEEN_FLOWS = {
    # the default way of a choice whose values a form or an item lists, not the drawing
    ("shared/delivery.bpmn", "Flow_Way_Choose"),
    ("shared/special.bpmn", "Flow_Kind_Held"),
}


@pytest.mark.parametrize("file", files())
def test_an_act_left_out_is_seen(file: str) -> None:
    """A document, a clock, a result, a filing, a hand-over less: each has its finding."""
    for owner, effect, rest in effects(file, *ACTS):
        if (file, owner) not in UNSEEN_ACTS or "hand-over" not in effect:
            unseen = (file, owner) in UNSEEN_ACTS and "end-clock" in effect
            assert unseen or found(file, rest), f"{owner}: {effect}"


def test_what_is_not_seen_is_listed_truly() -> None:
    """An exception that a rule has since learnt to see must go from the list."""
    for file, owner in sorted(UNSEEN_ACTS):
        without = [
            rest for key, _, rest in effects(file, "hand-over", "end-clock") if key == owner
        ]
        assert [rest for rest in without if not found(file, rest)], (file, owner)


@pytest.mark.parametrize("file", files())
def test_a_flow_left_out_is_seen(file: str) -> None:
    for flow, rest in without_flows(file):
        if (file, flow) not in UNSEEN_FLOWS:
            assert found(file, rest), flow


@pytest.mark.parametrize("file", files())
def test_nobody_can_be_let_decide_alone(file: str) -> None:
    """DENY-02: each `separate` less is a finding that cannot be waived."""
    drawing = text(file)
    for one in re.finditer(r' gov:separate="[^"]*"', drawing):
        said = codes(file, drawing[: one.start()] + drawing[one.end() :])
        assert any(code.startswith("guard-") for code in said), drawing[one.start() - 90 :][:90]


@pytest.mark.parametrize("attribute", ["role", "form", "limit"])
def test_a_step_nobody_can_do_or_that_never_becomes_urgent_is_seen(attribute: str) -> None:
    wanted = {"role": {"no-role"}, "form": {"form-missing"}, "limit": {"no-limit"}}[attribute]
    for file in ("promised.bpmn", "shared/decision.bpmn", "village.bpmn"):
        drawing = text(file)
        for one in re.finditer(rf' gov:{attribute}="[^"]*"', drawing):
            said = codes(file, drawing[: one.start()] + drawing[one.end() :])
            lane_without_steps = attribute == "role" and not said
            assert wanted <= said or lane_without_steps


@pytest.mark.parametrize(
    ("file", "call", "code"),
    [
        ("immediate.bpmn", "Call_Denial", "guard-denial"),
        ("promised.bpmn", "Call_Denial", "guard-denial"),
        ("promised.bpmn", "Call_Expired", "guard-denial"),
        ("joint.bpmn", "Call_Denial", "guard-denial"),
        ("joint.bpmn", "Call_Expired", "guard-denial"),
        ("escalated.bpmn", "Call_Denial", "guard-denial"),
        ("escalated.bpmn", "Call_Expired", "guard-denial"),
        ("escalated-joint.bpmn", "Call_Denial", "guard-denial"),
        ("shared/intake.bpmn", "Call_Denial", "guard-denial"),
        ("promised.bpmn", "Call_Refusal", "guard-confirmed"),
        ("joint.bpmn", "Call_Refusal", "guard-confirmed"),
        ("promised.bpmn", "Call_Decision", "result-unrecorded"),
        ("escalated.bpmn", "Call_CountyDecision", "result-unrecorded"),
        ("promised.bpmn", "Call_Tolerance", "guard-tolerance-waits"),
        ("joint.bpmn", "Call_Tolerance", "guard-tolerance-waits"),
        ("escalated.bpmn", "Call_Tolerance", "guard-tolerance-waits"),
        ("promised.bpmn", "Call_Delivery", "granted-undelivered"),
        ("immediate.bpmn", "Call_Delivery", "granted-undelivered"),
        ("shared/denial.bpmn", "Call_Delivery", "denial-undelivered"),
        ("escalated.bpmn", "Call_Expired", "clock-left-running"),
    ],
)
def test_a_call_left_out_is_seen(file: str, call: str, code: str) -> None:
    assert code in codes(file, bypassed(file, call))


@pytest.mark.parametrize(
    ("file", "step", "lane"),
    [
        ("shared/decision.bpmn", "Task_Approve", "Lane_Handler"),
        ("shared/decision.bpmn", "Task_Approve", "Lane_Check"),
        ("shared/county-decision.bpmn", "Task_Approve", "Lane_Handler"),
        ("shared/county-decision.bpmn", "Task_Approve", "Lane_Check"),
    ],
)
def test_a_decision_in_another_lane_is_seen(file: str, step: str, lane: str) -> None:
    assert "guard-competence" in codes(file, moved(file, step, lane))


def test_the_township_does_not_decide_for_the_county() -> None:
    drawing = text("shared/county-decision.bpmn").replace("county.leader", "township.leader")
    assert "guard-competence" in codes("shared/county-decision.bpmn", drawing)


def test_joint_handling_needs_a_window_that_leads() -> None:
    """PROC-06."""
    drawing = text("joint.bpmn").replace(
        'gov:role="township.window"', 'gov:role="county.office"'
    )
    assert "joint-lead" in codes("joint.bpmn", drawing)


@pytest.mark.parametrize("file", ["immediate.bpmn", "shared/intake.bpmn"])
def test_a_refusal_cannot_be_declared_confirmed(file: str) -> None:
    drawing = text(file).replace(
        'name="confirmed" from="false"', 'name="confirmed" from="true"'
    )
    assert "guard-confirmed" in codes(file, drawing)


def test_tolerance_cannot_be_switched_on_for_immediate() -> None:
    """TOL-01."""
    drawing = text("immediate.bpmn").replace(
        'name="tolerance_allowed" from="false"', 'name="tolerance_allowed" from="true"'
    )
    assert "guard-tolerance-immediate" in codes("immediate.bpmn", drawing)


# --- one bad example for each rule ---------------------------------------------------------


def _less(file: str, owner: str, *words: str) -> str:
    """The file without the effect of the element that holds all these words."""
    return next(
        rest
        for key, effect, rest in effects(file, *ACTS)
        if key == owner and all(word in effect for word in words)
    )


LESS = {
    "belongs-together": ("shared/decision.bpmn", "Service_Grant", "end-clock", "promised"),
    "guard-clock-unfounded": ("shared/intake.bpmn", "Service_Accept", "D05"),
    "guard-clock-document": ("shared/special.bpmn", "Service_Notice", "D14"),
    "commitment-signed": ("shared/intake.bpmn", "Service_Tolerate", "D09"),
    "clock-never-resumed": ("shared/special.bpmn", "Service_Resume", "statutory"),
    "clock-not-stopped": ("shared/special.bpmn", "Service_StopPromised", "promised"),
    "own-clock": ("shared/consultation.bpmn", "Task_Opinion", "cancel"),
    "clock-not-running": ("shared/intake.bpmn", "Service_Receipt", "check"),
    "supplement-left-open": ("shared/intake.bpmn", "Service_Resupply", "end-clock"),
    "delivery-unproved": ("shared/delivery.bpmn", "Service_Proof", "end-clock"),
    "tolerance-left-running": ("shared/tolerance.bpmn", "Service_Complete", "end-clock"),
    "procedure-unrecorded": ("shared/special.bpmn", "Task_Record", "D13"),
    "hand-up-letter": ("escalated.bpmn", "Service_Forward", "issue-document"),
    "escalated-clocks": ("escalated.bpmn", "Service_Dispatch", "handup"),
    "named-document": ("promised.bpmn", "Service_Dispatch", "issue-document"),
    "papers-not-handed": ("promised.bpmn", "Service_Dispatch", "hand-over"),
    "result-not-returned": ("promised.bpmn", "Event_ResultBack", "hand-over"),
    "joint-letter": ("shared/consultation.bpmn", "Service_Serve", "D17"),
    "opinion-unrecorded": ("shared/decision.bpmn", "Service_Grant", "D12"),
    "hearing-notice": ("shared/special.bpmn", "Service_Summon", "D16"),
    "visitor-notice": ("village.bpmn", "Task_Guide", "D03"),
    "receipt-missing": ("shared/tolerance.bpmn", "Event_PaperArrived", "D02"),
    "result-unrecorded": ("shared/decision.bpmn", "Service_Grant", "record-result"),
    "guard-second-person": ("shared/denial.bpmn", "Service_File", "file-denial"),
}
OTHER = {
    "agent-in-person": ("village.bpmn", " and in_person != true", ""),
    "separate-behind": ("coordination.bpmn", 'separate="Task_Coordinate"', 'separate="Task_Tell"'),
    "guard-reviewer": ("coordination.bpmn", ' gov:separate="Task_Coordinate"', ""),
    "guard-denial-alone": (
        "shared/denial.bpmn", ' gov:separate="Task_Examine Task_Overdue Task_HandleNow"', "",
    ),
    "decision-form": ("forms/decision-approve.json", '"key": "outcome"', '"key": "choice"'),
    "basis-missing": ("forms/decision-propose.json", '"legal_basis"', '"other_basis"'),
    "end-result": ("promised.bpmn", ' gov:result="granted"', ""),
    "outcome-uncovered": ("forms/decision-check.json", '"value": "agree"', '"value": "yes"'),
}  # fmt: skip


@pytest.mark.parametrize("code", LESS)
def test_a_rule_sees_what_is_left_out(code: str) -> None:
    file, owner, *words = LESS[code]
    said = [one for one in found(file, _less(file, owner, *words)) if one.code == code]
    assert said
    assert all(one.severity is Severity.UNFIT for one in said)
    assert all(re.search("[一-鿿]", one.sentence) and one.remedy for one in said)


@pytest.mark.parametrize("code", OTHER)
def test_a_rule_sees_what_is_changed(code: str) -> None:
    file, old, new = OTHER[code]
    assert old in text(file)
    assert code in codes(file, text(file).replace(old, new))


def test_every_rule_of_the_county_has_its_bad_example() -> None:
    bypasses = {
        "guard-denial", "guard-confirmed", "guard-tolerance-waits", "granted-undelivered",
        "denial-undelivered", "clock-left-running", "guard-competence", "joint-lead",
        "guard-tolerance-immediate", "no-role", "form-missing", "no-limit",
        "condition-unchangeable",  # tests/workflows/test_checking_libraries.py
    }  # fmt: skip
    rooms = ("statute", "deciding", "belonging", "clocks", "papers", "closing", "looping")
    asked = {
        code
        for code, rule in RULES.items()
        if rule.check.__module__.rpartition(".")[2] in rooms
    }
    assert asked - {*LESS, *OTHER, *bypasses, *drawn.SHOWN} == set()
    assert len(asked) > 35
