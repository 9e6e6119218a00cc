"""Everything drawn that is not understood is refused at its line (E21, E22, E25, design §3)."""

from __future__ import annotations

import pytest

from tests.workflows.drawings import END, START, chain, diagram, flow, straight, task
from workflows.findings import Severity
from workflows.sources.diagrams import read_diagram


def error(data: bytes, code: str):
    found = [f for f in read_diagram(data, "p.bpmn").findings if f.severity is Severity.ERROR]
    assert code in {f.code for f in found}, found
    return next(f for f in found if f.code == code)


def event(tag: str, definition: str, more: str = "") -> str:
    return f'<bpmn:{tag} id="a" {more}>{definition}</bpmn:{tag}>'


REPEATED = task(
    "v", 'triggeredByEvent="true"',
    '<bpmn:startEvent id="vs" isInterrupting="false"><bpmn:timerEventDefinition>'
    "<bpmn:timeCycle>now and then</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>"
    + task("ve", tag="endEvent") + flow("vs", "ve"), "subProcess",
)  # fmt: skip
MULTI = "multiInstanceLoopCharacteristics"
LOOP = "standardLoopCharacteristics"


@pytest.mark.parametrize(
    ("middle", "code"),
    [
        (task("a", tag="scriptTask"), "refused"),
        (task("a", tag="complexGateway"), "refused"),
        (task("a", tag="adHocSubProcess"), "refused"),
        (task("a", "", task("i", "", "<bpmn:cancelEventDefinition/>", "endEvent"), "transaction"), "event-refused"),
        (task("a", tag="choreographyTask"), "refused"),
        (task("a", 'messageRef="nowhere"', tag="receiveTask"), "dangling"),
        (task("a", 'gov:decision="d"', tag="businessRuleTask"), "no-decision"),
        (task("a", tag="callActivity"), "no-called"),
        (task("a", 'calledElement="${x}"', tag="callActivity"), "no-called"),
        (task("a", 'isForCompensation="true"'), "compensation"),
        (task("a", 'startQuantity="2"'), "quantity"),
        (task("a", 'completionQuantity="0"'), "quantity"),
        (task("a", "", f"<bpmn:{MULTI}/>"), "loop"),
        (task("a", "", f"<bpmn:{MULTI}><bpmn:loopCardinality>-1</bpmn:loopCardinality></bpmn:{MULTI}>"), "loop"),
        (task("a", "", f'<bpmn:{MULTI} behavior="One"><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:{MULTI}>'), "loop"),
        (task("a", "", f'<bpmn:{MULTI} behavior="None" noneBehaviorEventRef="D"><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:{MULTI}>'), "dangling"),
        (task("a", "", f'<bpmn:{MULTI} behavior="Complex"><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:{MULTI}>'), "loop"),
        (task("a", "", f'<bpmn:{MULTI} gov:collection="x"><bpmn:loopDataOutputRef>y</bpmn:loopDataOutputRef></bpmn:{MULTI}>'), "loop-output"),
        (task("a", "", f"<bpmn:{LOOP}/>"), "loop"),
        (task("a", "", f'<bpmn:{LOOP} loopMaximum="-3"/>'), "loop"),
        (task("a", "", "<bpmn:unheardOf/>"), "unknown-element"),
        (task("a", "", "<bpmn:extensionElements><camunda:inputOutput/></bpmn:extensionElements>"), "foreign-data"),
        (task("a", 'camunda:resultVariable="x"', tag="serviceTask"), "foreign-data"),
        (task("a", "", '<bpmn:dataOutputAssociation><bpmn:assignment/></bpmn:dataOutputAssociation>'), "data-mapping"),
        (task("a", 'calledElement="q"', '<bpmn:extensionElements><camunda:in variables="all"/></bpmn:extensionElements>', "callActivity"), "mapping"),
        (task("a", "", tag="eventBasedGateway").replace('id="a"', 'id="a" eventGatewayType="Parallel"'), "event-gateway"),
        (event("intermediateCatchEvent", ""), "event-undefined"),
        (event("intermediateCatchEvent", "<bpmn:signalEventDefinition/>"), "event-undefined"),
        (event("intermediateThrowEvent", "<bpmn:compensateEventDefinition/>"), "event-refused"),
        (event("intermediateThrowEvent", "<bpmn:timerEventDefinition/>"), "event-misplaced"),
        (event("intermediateCatchEvent", "<bpmn:errorEventDefinition/>"), "event-misplaced"),
        (event("intermediateThrowEvent", '<bpmn:signalEventDefinition signalRef="no"/>'), "dangling"),
        (event("intermediateCatchEvent", "<bpmn:timerEventDefinition/>"), "timer-undefined"),
        (event("intermediateCatchEvent", "<bpmn:timerEventDefinition><bpmn:timeDuration>soon</bpmn:timeDuration></bpmn:timerEventDefinition>"), "timer-unknown"),
        (event("intermediateCatchEvent", "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"), "timer-cycle"),
        (event("startEvent", "<bpmn:timerEventDefinition gov:due='tomorrow'/>"), "gov-value"),
        (event("intermediateCatchEvent", "<bpmn:eventDefinitionRef>nowhere</bpmn:eventDefinitionRef>"), "dangling"),
        (event("boundaryEvent", '<bpmn:errorEventDefinition camunda:errorCodeVariable="x"/>', 'attachedToRef="a"'), "foreign-data"),
        (event("intermediateCatchEvent", "<bpmn:linkEventDefinition/>"), "event-undefined"),
        (event("intermediateCatchEvent", '<bpmn:linkEventDefinition name="L"/>'), "link"),
        (event("intermediateThrowEvent", '<bpmn:linkEventDefinition name="L"/>'), "link"),
        (event("intermediateThrowEvent", "<bpmn:messageEventDefinition messageRef='x'/><bpmn:signalEventDefinition signalRef='y'/>"), "several-triggers"),
        (task("a", 'gov:limit="5 weeks"'), "gov-value"),
        (task("a", 'gov:role="x"'), "gov-misplaced"),
        (task("a", 'gov:frm="x"'), "gov-misplaced"),
        (task("a", "", "<bpmn:extensionElements><gov:do/></bpmn:extensionElements>"), "gov-unknown"),
        (task("a", "", "<bpmn:extensionElements><gov:in name='x' from='y'/></bpmn:extensionElements>"), "gov-misplaced"),
        (task("a", "", "<bpmn:extensionElements><gov:effect on='enter' do='fly'/></bpmn:extensionElements>"), "effect"),
        (task("a", "", "<bpmn:extensionElements><gov:effect on='enter' do='start-clock'/></bpmn:extensionElements>"), "effect"),
        (task("a", "", "<bpmn:extensionElements><gov:effect on='enter' do='start-clock' clock='noon'/></bpmn:extensionElements>"), "effect"),
        (task("a", "", "<bpmn:extensionElements><gov:effect on='later' do='notify' to='agent' template='t'/></bpmn:extensionElements>"), "effect"),
        (task("a", "", "<bpmn:extensionElements><gov:effect on='enter' do='issue-document' document='D77'/></bpmn:extensionElements>"), "effect"),
        (task("a", "", "<bpmn:extensionElements><gov:effect on='enter' do='set-status' status='DONE'/></bpmn:extensionElements>"), "effect"),
    ],
)  # fmt: skip
def test_one_element_is_refused_at_its_line(middle: str, code: str) -> None:
    found = error(straight(middle), code)
    assert found.line == 5
    assert found.element in {"a", "i", ""}
    assert found.sentence


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (task("a"), "duplicate-id"),
        (flow("a", "nowhere"), "dangling"),
        (flow("nowhere", "a"), "dangling"),
        (flow("a", "e", "${execution.getVariable(name)}", "f9"), "juel"),
        (flow("a", "e", "${empty x}", "f9"), "juel"),
        ('<bpmn:boundaryEvent id="b"><bpmn:timerEventDefinition gov:due=\'due("check")\'/></bpmn:boundaryEvent>', "boundary"),
        ('<bpmn:boundaryEvent id="b" attachedToRef="a"/>', "event-undefined"),
        ('<bpmn:userTask name="without id"/>', "no-id"),
        (REPEATED, "timer-unknown"),
        ('<stranger xmlns="urn:x"/>', "unknown-element"),
        (task("sub", "", task("in") + flow("in", "a"), "subProcess"), "crossing"),
    ],
)  # fmt: skip
def test_an_extra_element_is_refused_at_its_line(extra: str, code: str) -> None:
    data = diagram(START, task("a"), END, chain("s", "a", "e"), extra)
    found = error(data, code)
    assert found.line == 9


def test_a_language_that_is_not_executed() -> None:
    flows = flow("g", "a", "x > 1").replace(
        "<bpmn:conditionExpression>", '<bpmn:conditionExpression language="JavaScript">'
    )
    data = diagram(START, '<bpmn:exclusiveGateway id="g" default="g_e"/>', task("a"), END,
                   flow("s", "g"), flow("g", "e"), flows, flow("a", "e"))  # fmt: skip
    assert error(data, "language").line == 10


def test_a_task_with_one_conditional_way_out() -> None:
    data = diagram(START, task("a"), END, flow("s", "a"), flow("a", "e", "x = 1"))
    assert error(data, "lone-condition").element == "a"


@pytest.mark.parametrize("kind", ["message", "signal", "error", "escalation"])
def test_a_name_that_is_an_expression(kind: str) -> None:
    named = "name" if kind in {"message", "signal"} else f"{kind}Code"
    before = f'<bpmn:{kind} id="M" {named}="order-${{id}}"/>\n'
    data = diagram(START, task("a"), END, chain("s", "a", "e"), before=before)
    assert error(data, "name-expression").line == 3


def test_two_sibling_lanes_claim_one_step() -> None:
    lanes = "".join(
        f'<bpmn:lane id="L{n}"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
        for n in (1, 2)
    )
    data = diagram(f'<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>', START, task("a"), END,
                   chain("s", "a", "e"))  # fmt: skip
    assert error(data, "two-lanes").sentence.count("L1") == 1


def test_subprocesses_nested_too_deep() -> None:
    inner = ""
    for n in range(60):
        inner = task(f"n{n}", "", inner, "subProcess")
    assert error(diagram(START, inner, END), "too-deep")


def test_findings_have_a_sane_number() -> None:
    bad = [task(f"t{n}", 'gov:nonsense="1"') for n in range(5_000)]
    findings = read_diagram(diagram(START, *bad, END), "p.bpmn").findings
    assert len(findings) < 1_100
    assert findings[-1].code == "too-many"
