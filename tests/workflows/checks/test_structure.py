"""Structure and soundness: each rule with a drawing that breaks it, and good ones that pass."""

from __future__ import annotations

import time

import pytest

from tests.workflows.drawings import (
    END,
    START,
    chain,
    diagram,
    file,
    flow,
    process,
    straight,
    task,
)
from workflows.checks import RULES, check_bundle, check_diagram
from workflows.findings import Finding, Severity
from workflows.sources.bundle import Library
from workflows.sources.diagrams import read_diagram

DEFINITIONS = '<bpmn:message id="M" name="m"/><bpmn:error id="Er" errorCode="x"/>\n'
CATCH = '<bpmn:messageEventDefinition messageRef="M"/>'


def check(data: bytes, *, publish: bool = False) -> tuple[Finding, ...]:
    return check_diagram(read_diagram(data, "p.bpmn"), publish=publish)


def gate(key: str, kind: str = "exclusive", more: str = "") -> str:
    return f'<bpmn:{kind}Gateway id="{key}" {more}/>'


def catch(key: str) -> str:
    return task(key, "", CATCH, "intermediateCatchEvent")


def sub(key: str, *inner: str, more: str = "") -> str:
    return task(key, more, "".join(inner), "subProcess")


def handled(*starts: str) -> bytes:
    """A process with an event sub-process that begins with `starts`."""
    inner = (*starts, task("e2", tag="endEvent"), flow("s2", "e2"))
    return diagram(START, task("a"), END, chain("s", "a", "e"),
                   sub("v", *inner, more='triggeredByEvent="true"'), before=DEFINITIONS)  # fmt: skip


BAD = {
    "start": [
        diagram(task("a"), task("b"), chain("a", "b", "a")),
        diagram(START, '<bpmn:startEvent id="s2"/>', task("a"), END, chain("s", "a", "e"),
                flow("s2", "a")),
        diagram(START, sub("a", task("i"), task("j"), chain("i", "j", "i")), END, chain("s", "a", "e")),
        diagram(f'<bpmn:startEvent id="s">{CATCH}</bpmn:startEvent>',
                f'<bpmn:startEvent id="s2">{CATCH}</bpmn:startEvent>', task("a"), END,
                chain("s", "a", "e"), flow("s2", "a"), before=DEFINITIONS),
        handled(task("s2", tag="startEvent")),
        handled(task("s2", 'isInterrupting="false"', '<bpmn:errorEventDefinition/>', "startEvent")),
        handled(task("s2", "", CATCH, "startEvent"), task("s3", "", CATCH, "startEvent")),
    ],
    "end": [diagram(START, task("a"), flow("s", "a"))],
    "dead-end": [diagram(START, task("a"), task("b"), END, chain("s", "a", "e"), flow("s", "b"))],
    "unreachable": [diagram(START, task("a"), task("b"), END, chain("s", "a", "e"), flow("b", "e"))],
    "no-way-out": [
        diagram(START, gate("g", more='default="g_a"'), task("a"), task("b"), END, flow("s", "g"),
                flow("g", "e", "x = 1"), flow("g", "a"), chain("a", "b", "a")),
    ],
    "misplaced-flow": [
        diagram(START, task("a"), END, chain("s", "a", "e"), flow("a", "s")),
        diagram(START, task("a"), END, chain("s", "a", "e", "a")),
    ],
    "gateway-flow": [
        diagram(START, gate("g", "inclusive", more='default="g_e"'), task("a"), task("b"), END,
                flow("s", "g"), flow("g", "e"), flow("g", "a"), flow("g", "b", "x = 1"),
                flow("a", "e"), flow("b", "e")),
        diagram(START, gate("g"), task("a"), END, flow("s", "g"), flow("g", "e", "x = 1"),
                flow("g", "a"), flow("a", "e")),
        diagram(START, gate("g", "parallel"), task("a"), END, flow("s", "g"),
                flow("g", "e", "x = 1"), flow("g", "a"), flow("a", "e")),
    ],
    "event-gateway": [
        diagram(START, gate("g", "eventBased"), catch("c"), task("a"), END, flow("s", "g"),
                flow("g", "a"), flow("g", "c"), flow("a", "e"), flow("c", "e"),
                before=DEFINITIONS),
        diagram(START, gate("g", "eventBased"), catch("c"), END, chain("s", "g", "c", "e"),
                before=DEFINITIONS),
    ],
    "boundary": [
        diagram(START, gate("a"), task("b", 'attachedToRef="a"', CATCH, "boundaryEvent"), END,
                chain("s", "a", "e"), flow("b", "e"), before=DEFINITIONS),
    ],
    "expression": [
        diagram(START, gate("g", more='default="g_e"'), task("a"), END, flow("s", "g"),
                flow("g", "e"), flow("g", "a", "x = = 3"), flow("a", "e")),
    ],
    "loop-counter": [
        straight(task("a", 'gov:unit="loopCounter"',
                      "<bpmn:multiInstanceLoopCharacteristics gov:collection='xs'/>")),
    ],
    "returns-unknown": [straight(task("a", 'gov:returns="b"'))],
    "clock-unknown": [
        straight(task("a", "", "<bpmn:timerEventDefinition gov:due='due(\"noon\")'/>",
                      "intermediateCatchEvent")),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "data"), [(code, data) for code, all_data in BAD.items() for data in all_data]
)
def test_each_rule_is_broken_by_its_drawing(code: str, data: bytes) -> None:
    found = [f for f in check(data) if f.code == code]
    assert found, check(data)
    assert {f.severity for f in found} & {Severity.ERROR, Severity.UNFIT}
    assert all(f.sentence for f in found)


def test_expression_findings_point_at_the_column() -> None:
    (found,) = [f for f in check(BAD["expression"][0]) if f.code == "expression"]
    assert "第 5 列" in found.sentence
    assert found.line == 10


def test_an_exclusive_split_before_a_parallel_join_never_ends() -> None:
    data = diagram(START, gate("g", more='default="g_a"'), task("a"), task("b"),
                   gate("j", "parallel"), END, flow("s", "g"), flow("g", "a"),
                   flow("g", "b", "x = 1"), flow("a", "j"), flow("b", "j"), flow("j", "e"))  # fmt: skip
    (found,) = [f for f in check(data) if f.code == "deadlock"]
    assert (found.element, found.severity) == ("j", Severity.ERROR)


def test_a_join_that_some_choices_starve_is_unfit() -> None:
    data = diagram(START, gate("p", "parallel"), task("a"), gate("g", more='default="g_j"'),
                   gate("j", "parallel"), END, '<bpmn:endEvent id="e2"/>', flow("s", "p"),
                   flow("p", "a"), flow("p", "g"), flow("a", "j"), flow("g", "j"),
                   flow("g", "e2", "x = 1"), flow("j", "e"))  # fmt: skip
    (found,) = [f for f in check(data) if f.code == "deadlock"]
    assert (found.element, found.severity) == ("j", Severity.UNFIT)


def test_parallel_branches_without_a_join_happen_twice() -> None:
    data = diagram(START, gate("p", "parallel"), task("a"), task("b"), task("c"), END,
                   flow("s", "p"), flow("p", "a"), flow("p", "b"), flow("a", "c"),
                   flow("b", "c"), flow("c", "e"))  # fmt: skip
    assert [f.element for f in check(data) if f.code == "doubled"] == ["c"]


def test_parallel_branches_may_end_in_one_place() -> None:
    data = diagram(START, task("a"), task("b"), END, chain("s", "a", "e"), flow("s", "b"),
                   flow("b", "e"))  # fmt: skip
    assert {f.code for f in check(data)} == {"implicit-split"}


def good_drawings() -> list[bytes]:
    inclusive = [gate("g", "inclusive", 'default="g_a"'), task("a"), task("b"), task("c"),
                 gate("j", "inclusive")]  # fmt: skip
    inner = (task("s2", tag="startEvent"), task("i"),
             task("e2", "", '<bpmn:errorEventDefinition errorRef="Er"/>', "endEvent"),
             chain("s2", "i", "e2"))  # fmt: skip
    border = task("b", 'attachedToRef="a"', '<bpmn:errorEventDefinition errorRef="Er"/>',
                  "boundaryEvent")  # fmt: skip
    return [
        diagram(START, *inclusive, END, flow("s", "g"), flow("g", "a"), flow("g", "b", "x = 1"),
                flow("g", "c", "y = 1"), *(flow(k, "j") for k in "abc"), flow("j", "e")),
        diagram(START, sub("a", *inner), border, END, chain("s", "a", "e"), flow("b", "e"),
                before=DEFINITIONS),
        handled(task("s2", "", CATCH, "startEvent")),
        handled(task("s2", 'isInterrupting="false"', CATCH, "startEvent")),
        handled(task("s2", "", "<bpmn:errorEventDefinition/>", "startEvent")),
        diagram(START, task("b"),
                task("a", "", "<bpmn:conditionalEventDefinition><bpmn:condition>x &gt; 1"
                     "</bpmn:condition></bpmn:conditionalEventDefinition>",
                     "intermediateCatchEvent"),
                END, chain("s", "a", "e"), chain("s", "b", "e")),
        diagram(START, gate("l"), task("a"), gate("g", more='default="g_e"'), END,
                chain("s", "l", "a", "g"), flow("g", "e"), flow("g", "l", 'x = "again"')),
        diagram(START, gate("g", "eventBased"), catch("c"),
                task("t", "", "<bpmn:timerEventDefinition gov:due='due(\"check\")'/>",
                     "intermediateCatchEvent"),
                END, flow("s", "g"), flow("g", "c"), flow("g", "t"), flow("c", "e"),
                flow("t", "e"), before=DEFINITIONS),
    ]  # fmt: skip


@pytest.mark.parametrize("data", good_drawings())
def test_good_drawings_have_no_findings(data: bytes) -> None:
    assert not [f for f in check(data) if f.severity is not Severity.NOTE]


def test_a_plain_start_may_stand_beside_a_triggered_one() -> None:
    data = diagram(START, task("s2", "", CATCH, "startEvent"), task("a"), END,
                   chain("s", "a", "e"), flow("s2", "a"), before=DEFINITIONS)  # fmt: skip
    assert [f.severity for f in check(data)] == [Severity.NOTE]


def test_county_rules_ask_only_of_county_drawings() -> None:
    plain = straight(task("a"))
    assert check(plain) == ()
    assert "no-role" in {f.code for f in check(plain, publish=True)}
    ours = straight(task("a", 'gov:batch="true"'))
    assert "no-role" in {f.code for f in check(ours)}


@pytest.mark.parametrize("heard", [False, True])
def test_a_signal_that_nobody_in_the_bundle_hears(heard: bool) -> None:
    """It may be for other processes: said, and no hindrance to publication."""
    signal = '<bpmn:signalEventDefinition signalRef="S"/>'
    parts = [START, gate("f", "parallel"), task("a", "", signal, "intermediateThrowEvent"), END,
             chain("s", "f", "a", "e"), task("b"), flow("f", "b"), flow("b", "e")]  # fmt: skip
    if heard:
        parts += [task("c", 'attachedToRef="b"', signal, "boundaryEvent"), flow("c", "e")]
    data = diagram(*parts, before='<bpmn:signal id="S" name="stop"/>\n')
    found = check_bundle(Library({"p.bpmn": data}).bundle("p"))
    said = [(f.element, f.severity) for f in found if f.code == "signal-unheard"]
    assert said == ([] if heard else [("a", Severity.NOTE)])


def test_every_rule_says_why() -> None:
    assert all(rule.reason for rule in RULES.values())


def test_forty_parallel_blocks_and_five_thousand_tasks_are_checked_quickly() -> None:
    """E17, E18: stock SpiffWorkflow doubles its work with every block."""
    parts, last = [START], "s"
    for n in range(40):
        keys = [f"{n}_{k}" for k in range(5)]
        parts += [gate(f"p{n}", "parallel"), gate(f"j{n}", "parallel"), flow(last, f"p{n}")]
        for k in keys:
            parts += [task(f"t{k}"), flow(f"p{n}", f"t{k}"), flow(f"t{k}", f"j{n}")]
        last = f"j{n}"
    began = time.monotonic()
    assert check(diagram(*parts, END, flow(last, "e"))) == ()
    keys = [f"t{n}" for n in range(5_000)]
    assert check(diagram(START, *(task(k) for k in keys), END, chain("s", *keys, "e"))) == ()
    assert time.monotonic() - began < 10


def test_a_file_of_several_processes() -> None:
    two = file(process(START, task("a"), END, chain("s", "a", "e")),
               process('<bpmn:startEvent id="s2"/>', key="q"))  # fmt: skip
    assert {f.code for f in check(two)} >= {"end", "dead-end"}
