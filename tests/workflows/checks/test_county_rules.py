"""Rules of the county on small drawings: a bad one and a good one for each code."""

from __future__ import annotations

from tests.workflows.checks.test_county import (
    ENDED,
    FORM,
    county,
    effect,
    findings,
    form,
    lane,
    of,
    orders,
)
from tests.workflows.drawings import END, chain, diagram, flow, task

SHOWN = frozenset(
    {
        "guard-result-undecided", "path-without-clock", "endless-loop", "loop-unleavable",
        "name-too-early", "choice-uncovered", "guard-proposer-decider", "clock-left-running",
        "guard-competence",
    }
)  # fmt: skip
"""Codes whose bad example is drawn here or in test_county."""
FORMS = {"forms__f": form("f")}
GRANT = orders(effect("record-result", result="granted"))
LEADER = lane("a", "b", role="township.leader")


def automatic(inner: str) -> str:
    return task("v", "", inner, "serviceTask")


def test_a_role_by_parameter_is_never_below_its_lane() -> None:
    """DENY-02: the lane is one of the roles that confirm, and somebody else has proposed."""

    def drawn(marks: str, role: str) -> bytes:
        confirms = task("b", f'{FORM} gov:rank="denial_confirmer"{marks}')
        lanes = lane("b", role=role)
        return county(task("a", FORM), confirms, ENDED, chain("s", "a", "b", "e"), lanes=lanes)

    apart = ' gov:separate="a"'
    assert not of("rank-lane", findings(p=drawn(apart, "township.head_window"), **FORMS))
    (low,) = of("rank-lane", findings(p=drawn(apart, "township.window"), **FORMS))
    assert "county.leader" in low.remedy
    (alone,) = of("rank-lane", findings(p=drawn("", "township.leader"), **FORMS))
    assert "DENY-02" in alone.sentence
    elsewhere = apart + ' gov:unit="level"'
    (sent,) = of("rank-lane", findings(p=drawn(elsewhere, "township.leader"), **FORMS))
    assert "gov:unit" in sent.remedy
    unknown = drawn(apart, "township.leader").replace(b"denial_confirmer", b"anybody")
    assert any("anybody" in one.sentence for one in findings(p=unknown, **FORMS))


def test_no_result_outside_a_decision_step() -> None:
    """Design §11, DENY-05: nothing is granted at once, or because a clock ran out."""
    at_once = county(automatic(GRANT), task("a", FORM), ENDED, chain("s", "v", "a", "e"))
    (found,) = of("guard-result-undecided", findings(p=at_once, **FORMS))
    assert (found.element, "一开始" in found.sentence) == ("v", True)
    border = (
        '<bpmn:boundaryEvent id="t" attachedToRef="a">'
        "<bpmn:timerEventDefinition gov:due='due(\"step\")'/></bpmn:boundaryEvent>"
    )
    silent = county(
        task("a", FORM),
        border,
        automatic(GRANT),
        ENDED,
        chain("s", "a", "e"),
        chain("t", "v", "e"),
    )
    (found,) = of("guard-result-undecided", findings(p=silent, **FORMS))
    assert "时限一到" in found.sentence
    decided = county(
        task("a", FORM), task("b", FORM + ' gov:separate="a"'), automatic(GRANT), ENDED,
        chain("s", "a", "b", "v", "e"), lanes=LEADER,
    )  # fmt: skip
    assert findings(p=decided, **FORMS) == ()


def test_a_result_is_not_recorded_when_the_step_opens() -> None:
    early = orders(effect("record-result", on="enter", result="answered"))
    data = county(task("a", FORM, early), ENDED, chain("s", "a", "e"))
    assert of("guard-result-undecided", findings(p=data, **FORMS))


def test_the_competent_rank_decides() -> None:
    def decided(role: str):
        data = county(
            task("a", FORM), task("b", FORM + ' gov:separate="a"'), automatic(GRANT), ENDED,
            chain("s", "a", "b", "v", "e"), lanes=lane("a", "b", role=role),
        )  # fmt: skip
        return of("guard-competence", findings(p=data, **FORMS))

    assert decided("township.leader") == []
    assert [one.element for one in decided("township.window")] == ["b"]
    unit = county(
        task("a", FORM), task("b", FORM + ' gov:separate="a" gov:unit="level"'), automatic(GRANT),
        ENDED, chain("s", "a", "b", "v", "e"), lanes=LEADER,
    )  # fmt: skip
    assert "实施主体" in of("guard-competence", findings(p=unit, **FORMS))[0].sentence


def test_proc_04_a_path_without_a_clock() -> None:
    bare = county(task("a", 'gov:form="f"'), ENDED, chain("s", "a", "e"))
    (found,) = of("path-without-clock", findings(p=bare, **FORMS))
    assert found.element == "e"
    way_round = county(
        task("a", FORM), '<bpmn:exclusiveGateway id="g" default="g_e"/>', ENDED,
        flow("s", "g"), flow("g", "e"), flow("g", "a", 'level = "x"'), flow("a", "e"),
    )  # fmt: skip
    assert of("path-without-clock", findings(p=way_round, **FORMS))
    limited = county(task("a", FORM), ENDED, chain("s", "a", "e"))
    assert not of("path-without-clock", findings(p=limited, **FORMS))


def loop(*inside: str, condition: str, forms: dict[str, bytes]):
    """Start, merge, what is inside, a choice that leads back or out."""
    keys = [key for key in ("a", "b", "v") if f'id="{key}"' in "".join(inside)]
    data = county(
        '<bpmn:exclusiveGateway id="m"/>', *inside,
        '<bpmn:exclusiveGateway id="g" default="g_e"/>', ENDED,
        chain("s", "m", *keys, "g"), flow("g", "m", condition), flow("g", "e"),
    )  # fmt: skip
    return findings(p=data, **forms)


def test_a_loop_in_which_nothing_happens_never_ends() -> None:
    spins = loop(automatic(""), condition='level = "x"', forms=FORMS)
    assert of("endless-loop", spins)
    waits = loop(automatic(""), task("a", FORM), condition='level = "x"', forms=FORMS)
    assert not of("endless-loop", waits)


def test_a_loop_that_nobody_inside_can_leave() -> None:
    asked = {"forms__f": form("f", "again", "done")}
    stuck = loop(task("a", FORM), condition='level = "x"', forms=FORMS)
    assert of("loop-unleavable", stuck)
    left = loop(task("a", FORM), condition='outcome = "again"', forms=asked)
    assert not of("loop-unleavable", left)
    other = {"forms__f": form("f", routing="level")}
    assert not of(
        "loop-unleavable", loop(task("a", FORM), condition='level = "x"', forms=other)
    )


def test_in_13_data_used_before_any_form_sets_it() -> None:
    def drawn(first: str, second: str) -> bytes:
        return county(
            task(first, FORM), '<bpmn:exclusiveGateway id="g" default="g_x"/>', task("x", FORM),
            task(second, f'gov:form="{"later"}" gov:limit="1 workday"'), ENDED,
            chain("s", first, "g"), flow("g", second, "amount > 3"), flow("g", "x"),
            flow("x", second), flow(second, "e"), lanes=lane(first, "x", second),
        )  # fmt: skip

    forms = {"forms__f": form("f"), "forms__later": form("later", routing="amount")}
    (found,) = of("name-too-early", findings(p=drawn("a", "b"), **forms))
    assert (found.element, "amount" in found.sentence) == ("g_b", True)
    earlier = {"forms__f": form("f", routing="amount"), "forms__later": form("later")}
    assert not of("name-too-early", findings(p=drawn("a", "b"), **earlier))


def test_data_set_later_in_a_loop_is_there_the_second_time() -> None:
    forms = {"forms__f": form("f", routing="amount")}
    assert not of("name-too-early", loop(task("a", FORM), condition="amount > 3", forms=forms))


def test_a_gateway_with_one_way_and_a_condition() -> None:
    def drawn(condition: str | None) -> bytes:
        return county(task("a", FORM), '<bpmn:exclusiveGateway id="g"/>', ENDED,
                      chain("s", "a", "g"), flow("g", "e", condition))  # fmt: skip

    assert of("choice-uncovered", findings(p=drawn('level = "x"'), **FORMS))
    assert not of("choice-uncovered", findings(p=drawn(None), **FORMS))


def test_a_separation_from_what_comes_later_is_none() -> None:
    """DENY-02: the same person could do both."""

    def drawn(first: str, second: str) -> bytes:
        return county(task("a", FORM + first), task("b", FORM + second), ENDED,
                      chain("s", "a", "b", "e"))  # fmt: skip

    assert of("separate-behind", findings(p=drawn(' gov:separate="b"', ""), **FORMS))
    assert not of("separate-behind", findings(p=drawn("", ' gov:separate="a"'), **FORMS))


def test_a_drawing_without_gov_is_not_asked() -> None:
    """Foreign diagrams are asked the county's questions only when they are to be published."""
    spins = diagram('<bpmn:startEvent id="s"/>', task("v", "", "", "serviceTask"), END,
                    chain("s", "v", "e"))  # fmt: skip
    assert not [f for f in findings(p=spins) if f.code.startswith("guard-")]
