"""Diagrams as other tools save them: what they leave out is read as BPMN has it."""

from __future__ import annotations

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
from tests.workflows.engine.diagrams import Play
from workflows.checks import check_diagram
from workflows.findings import Severity, has_errors
from workflows.model import Bundle, Trigger
from workflows.sources.bundle import Library
from workflows.sources.diagrams import read_diagram


def read(data: bytes):
    reading = read_diagram(data, "p.bpmn")
    found = check_diagram(reading)
    assert not [f for f in found if f.severity is Severity.ERROR], found
    return reading.processes[0], {f.code: f for f in found}


def play(data: bytes) -> Play:
    process, _ = read(data)
    return Play(Bundle(process.key, {process.key: process}))


def sub(key: str, *inner: str, tag: str = "subProcess") -> str:
    return task(key, "", "".join(inner), tag)


def test_without_a_start_event_everything_that_nothing_leads_to_begins() -> None:
    """BPMN 2.0.2, 10.5.2 and 13.2."""
    data = diagram(task("a"), task("b"), task("c"), END, chain("a", "c", "e"), flow("b", "c"))
    _, found = read(data)
    assert "“a”、“b”" in found["implicit-start"].sentence
    assert found["implicit-start"].element == "p"
    case = play(data)
    assert case.open == ["a", "b"]
    case.do("a")
    assert case.open == ["b", "c"]


def test_without_an_end_event_a_path_ends_where_it_breaks_off() -> None:
    data = diagram(START, task("a"), task("b"), task("c"), chain("s", "a", "b"), flow("a", "c"))
    _, found = read(data)
    assert {"end", "dead-end"} <= set(found)
    case = play(data).do("a").do("c")
    assert not case.finished
    assert case.do("b").finished


def test_a_sub_process_without_start_and_one_without_anything() -> None:
    data = diagram(
        START, sub("x", task("i"), task("j")), sub("y"), END, chain("s", "x", "y", "e")
    )
    case = play(data)
    assert case.open == ["i", "j"]
    assert case.do("i").do("j").passed == ["j", "x", "y.start", "y", "e"]
    assert case.finished


def test_a_boundary_event_and_an_event_sub_process_do_not_begin_anything() -> None:
    timer = "<bpmn:timerEventDefinition gov:due='due(\"check\")'/>"
    handled = task("v", 'triggeredByEvent="true"',
                   task("vs", "", timer, "startEvent") + task("ve", tag="endEvent")
                   + flow("vs", "ve"), "subProcess")  # fmt: skip
    data = diagram(task("a"), task("b", 'attachedToRef="a"', timer, "boundaryEvent"),
                   task("late"), END, handled, flow("a", "e"), flow("b", "late"), flow("late", "e"))  # fmt: skip
    assert play(data).open == ["a"]


def test_a_gateway_without_a_way_out_is_still_wrong() -> None:
    data = diagram(START, task("a"), '<bpmn:parallelGateway id="g"/>', chain("s", "a", "g"))
    found = check_diagram(read_diagram(data, "p.bpmn"))
    assert ("g", Severity.ERROR) in {(f.element, f.severity) for f in found}


@pytest.mark.parametrize("tag", ["intermediateCatchEvent", "receiveTask"])
def test_a_message_that_is_not_named_is_awaited_at_its_place_alone(tag: str) -> None:
    definition = "" if tag == "receiveTask" else "<bpmn:messageEventDefinition/>"
    data = straight(task("c", "", definition, tag), "c")
    _, found = read(data)
    assert found["no-message"].severity is Severity.UNFIT
    case = play(data)
    assert [waiting.name for waiting in case.state.messages] == ["c"]
    assert case.tell("c").finished


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent", "sendTask"])
def test_a_message_that_is_not_named_is_not_sent(tag: str) -> None:
    definition = "" if tag == "sendTask" else "<bpmn:messageEventDefinition/>"
    middle = task("c", "", definition, tag)
    data = (
        diagram(START, middle, chain("s", "c")) if tag == "endEvent" else straight(middle, "c")
    )
    _, found = read(data)
    assert "经过时不发送" in found["no-message"].sentence
    case = play(data)
    assert (case.finished, case.outcome.effects) == (True, ())


def test_an_error_without_code_is_caught_by_whoever_takes_any() -> None:
    """BPMN 2.0.2, 10.5.4: a boundary event without a code takes every error."""
    inner = (task("is", tag="startEvent"), task("ie", "", "<bpmn:errorEventDefinition/>", "endEvent"),
             flow("is", "ie"))  # fmt: skip
    coded = task(
        "b1", 'attachedToRef="x"', '<bpmn:errorEventDefinition errorRef="Er"/>', "boundaryEvent"
    )
    anyone = task("b2", 'attachedToRef="x"', "<bpmn:errorEventDefinition/>", "boundaryEvent")
    data = diagram(START, sub("x", *inner), coded, anyone, task("t1"), task("t2"), END,
                   chain("s", "x", "e"), chain("b1", "t1", "e"), chain("b2", "t2", "e"),
                   before='<bpmn:error id="Er" errorCode="7"/>\n')  # fmt: skip
    assert play(data).open == ["t2"]


def test_a_transaction_that_nobody_cancels_is_a_sub_process() -> None:
    inner = (task("is", tag="startEvent"), task("i"), task("ie", tag="endEvent"),
             chain("is", "i", "ie"))  # fmt: skip
    case = play(diagram(START, sub("x", *inner, tag="transaction"), END, chain("s", "x", "e")))
    assert case.do("i").finished


def test_a_business_rule_task_without_a_rule_decides_nothing() -> None:
    _, found = read(straight(task("a", tag="businessRuleTask")))
    assert found["no-decision"].severity is Severity.UNFIT
    assert play(straight(task("a", tag="businessRuleTask"))).finished


@pytest.mark.parametrize(
    ("written", "repeats"),
    [("R3/PT1H", 3), ("R/PT1H", -1), ("R1/PT1H", 0), ("0 0 9 ? * MON-FRI", -1),
     ("R5/2024-01-01T08:00:00Z/P1D", 5)],
)  # fmt: skip
def test_cycles(written: str, repeats: int) -> None:
    cycle = f"<bpmn:timerEventDefinition><bpmn:timeCycle>{written}</bpmn:timeCycle></bpmn:timerEventDefinition>"
    for cancels, fires in (("false", repeats), ("true", 0)):
        border = task(
            "b", f'attachedToRef="a" cancelActivity="{cancels}"', cycle, "boundaryEvent"
        )
        process, _ = read(
            diagram(START, task("a"), border, END, chain("s", "a", "e"), flow("b", "e"))
        )
        event = process.scope.elements["b"].event
        assert (event.trigger, event.repeats) == (Trigger.TIMER, fires)


def codes(data: bytes) -> dict[str, Severity]:
    return {f.code: f.severity for f in read_diagram(data, "p.bpmn").findings}


INPUT = "<bpmn:dataInputAssociation><bpmn:assignment/></bpmn:dataInputAssociation>"
GIVEN = "<bpmn:extensionElements><camunda:inputOutput><camunda:{0} name='x'>1</camunda:{0}></camunda:inputOutput></bpmn:extensionElements>"
MAPPED = "<bpmn:extensionElements><zeebe:ioMapping><zeebe:{0} source='=x' target='y'/></zeebe:ioMapping></bpmn:extensionElements>"


@pytest.mark.parametrize(
    ("inner", "code"),
    [(INPUT, "data-input"), (GIVEN.format("inputParameter"), "foreign-input"),
     (MAPPED.format("input"), "foreign-input")],
)  # fmt: skip
def test_what_only_goes_into_a_task_changes_no_path(inner: str, code: str) -> None:
    assert codes(straight(task("a", "", inner)))[code] is Severity.UNFIT
    call = task("a", 'calledElement="q"', inner, "callActivity")
    assert Severity.ERROR in codes(straight(call)).values()
    several = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    assert Severity.ERROR in codes(straight(task("a", "", inner + several))).values()


@pytest.mark.parametrize(
    "inner", [GIVEN.format("outputParameter"), MAPPED.format("output"),
              INPUT.replace("Input", "Output")],
)  # fmt: skip
def test_what_comes_out_of_a_task_by_a_mapping_is_refused(inner: str) -> None:
    assert Severity.ERROR in codes(straight(task("a", "", inner))).values()


@pytest.mark.parametrize("written", ["${days}", "=after", '= duration("P" + n)'])
def test_a_time_that_is_computed_can_be_tried_but_not_published(written: str) -> None:
    timer = f"<bpmn:timerEventDefinition><bpmn:timeDuration>{written}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    data = straight(task("c", "", timer, "intermediateCatchEvent"), "c")
    assert codes(data)["timer-expression"] is Severity.UNFIT
    assert play(data).fire("c").finished


def test_what_is_wrong_with_another_pool_does_not_keep_this_one_from_running() -> None:
    first, second = process(START, task("a"), END, chain("s", "a", "e")), process(
        task("s9", tag="startEvent"), task("x", tag="scriptTask"), task("e9", tag="endEvent"),
        chain("s9", "x", "e9"), key="q",
    )  # fmt: skip
    library = Library({"p.bpmn": file(first, second)})
    assert not has_errors(library.bundle("p").findings)
    assert has_errors(library.bundle("q").findings)
    assert has_errors(library.reading("p.bpmn").findings)


@pytest.mark.parametrize(("sequential", "wrong"), [("true", True), ("false", False)])
def test_instances_that_are_active_are_counted_otherwise_one_after_the_other(
    sequential: str, wrong: bool
) -> None:
    several = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
        "<bpmn:loopCardinality>3</bpmn:loopCardinality><bpmn:completionCondition>"
        "${nrOfActiveInstances &lt; 2}</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    assert ("loop" in codes(straight(task("a", "", several)))) is wrong


@pytest.mark.parametrize(
    ("language", "said", "wrong"),
    [("http://www.mvel.org/2.0", "x == 1", True), ("http://www.mvel.org/2.0", "${x == 1}", False),
     ("http://www.w3.org/1999/XPath", "x = 1", False), ("http://www.java.com/java", "x", True)],
)  # fmt: skip
def test_conditions_of_a_file_that_speaks_a_programming_language(language, said, wrong) -> None:
    data = diagram(START, '<bpmn:exclusiveGateway id="g" default="g_e"/>', task("a"), END,
                   flow("s", "g"), flow("g", "e"), flow("g", "a", said), flow("a", "e"))  # fmt: skip
    data = data.replace(
        b' id="Definitions"', f' id="D" expressionLanguage="{language}"'.encode()
    )
    assert ("language" in codes(data)) is wrong
