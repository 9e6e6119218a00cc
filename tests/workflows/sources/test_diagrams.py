"""What a drawing says, and what normalisation makes of it (E16, E21, E22, E25)."""

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
from workflows.findings import Severity, has_errors
from workflows.model import Event, Kind, LimitUnit, Trigger
from workflows.sources import juel
from workflows.sources.diagrams import Reading, read_diagram

DEFINITIONS = (
    '<bpmn:message id="M" name="materials_supplied"/><bpmn:error id="Er" errorCode="expired"/>'
    '<bpmn:signal id="Si" name="stop"/><bpmn:escalation id="Es" escalationCode="late"/>\n'
)


def read(data: bytes) -> Reading:
    reading = read_diagram(data, "p.bpmn")
    assert not has_errors(reading.findings), reading.findings
    return reading


def only(data: bytes):
    (found,) = read(data).processes
    return found


def test_user_task_with_gov() -> None:
    effect = (
        '<bpmn:extensionElements><gov:effect on="complete" do="issue-document" document="D05"/>'
        '<gov:effect on="complete" do="extend-clock" clock="promised" days="=days"/>'
        "</bpmn:extensionElements>"
    )
    attributes = (
        'name="审查&#10;材料" gov:form="exam" gov:limit="5 workday" gov:separate="x y"'
        ' gov:returns="previous" gov:batch="true" gov:unit="department"'
    )
    found = only(straight(task("a", attributes, effect)))
    step = found.scope.elements["a"]
    assert (step.name, step.line, step.kind) == ("审查 材料", 5, Kind.USER_TASK)
    assert step.work is not None
    assert step.work.limit is not None
    assert (step.work.limit.amount, step.work.limit.unit) == (5, LimitUnit.WORKDAY)
    assert step.work.separate == ("x", "y")
    assert (step.work.form, step.work.returns, step.work.batch) == ("exam", ("previous",), True)
    assert [(e.do, dict(e.params)) for e in step.effects] == [
        ("issue-document", {"document": "D05"}),
        ("extend-clock", {"clock": "promised", "days": "=days"}),
    ]
    assert found.uses_gov


def test_nested_lanes_the_innermost_counts() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="Outer" name="乡镇" gov:role="township.window">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>b</bpmn:flowNodeRef>"
        '<bpmn:childLaneSet id="c"><bpmn:lane id="Inner" gov:role="township.leader">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>"
        '<bpmn:lane id="Silent"><bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane>'
        "</bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    found = only(diagram(lanes, START, task("a"), task("b"), END, chain("s", "a", "b", "e")))
    a, b = found.scope.elements["a"], found.scope.elements["b"]
    assert (a.lane, a.role) == ("Inner", "township.leader")
    assert (b.lane, b.role) == ("Silent", "township.window")
    assert found.lanes["Inner"].parent == "Outer"


def test_what_is_inside_a_subprocess_sits_in_its_lane() -> None:
    inner = START.replace('"s"', '"s2"') + task("b") + END.replace('"e"', '"e2"')
    lane = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="L" gov:role="county.handler">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    sub = task("a", "", inner + chain("s2", "b", "e2"), tag="subProcess")
    found = only(diagram(lane, START, sub, END, chain("s", "a", "e")))
    b = found.element("b")
    assert b is not None
    assert b.role == "county.handler"


def test_lanes_survive_reading_many_files() -> None:
    """E16: stock SpiffWorkflow keys lanes by the address of freed trees."""
    lane = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="L" gov:role="r"><bpmn:flowNodeRef>a'
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    data = diagram(lane, START, task("a"), END, chain("s", "a", "e"))
    for _ in range(50):
        read_diagram(file("<bpmn:message id='m'/>"), "empty.bpmn")
        assert only(data).scope.elements["a"].role == "r"


def test_events_resolve_names_and_codes() -> None:
    def event(tag: str, key: str, definition: str, more: str = "") -> str:
        return f'<bpmn:{tag} id="{key}" {more}>{definition}</bpmn:{tag}>'

    found = only(
        diagram(
            START,
            task("a", 'calledElement="p"', tag="callActivity"),
            event("boundaryEvent", "b1", '<bpmn:errorEventDefinition errorRef="Er"/>', 'attachedToRef="a"'),
            event(
                "boundaryEvent", "b2",
                '<bpmn:timerEventDefinition gov:due=\'before("promised", 3)\'/>',
                'attachedToRef="a" cancelActivity="false"',
            ),
            event("intermediateCatchEvent", "c", '<bpmn:messageEventDefinition messageRef="M"/>'),
            event("intermediateThrowEvent", "t", '<bpmn:escalationEventDefinition escalationRef="Es"/>'),
            event("endEvent", "e", '<bpmn:signalEventDefinition signalRef="Si"/>'),
            event("endEvent", "x", "<bpmn:terminateEventDefinition/>"),
            chain("s", "a", "c", "t", "e"),
            flow("b1", "x"),
            flow("b2", "x"),
            before=DEFINITIONS,
        )
    )  # fmt: skip
    of = {key: element.event for key, element in found.scope.elements.items() if element.event}
    assert (of["b1"].trigger, of["b1"].ref) == (Trigger.ERROR, "expired")
    assert (of["b2"].clock, of["b2"].before) == ("promised", 3)
    assert not found.scope.elements["b2"].interrupting
    assert of["c"].ref == "materials_supplied"
    assert of["t"].ref == "late"
    assert (of["e"].trigger, of["e"].ref) == (Trigger.SIGNAL, "stop")
    assert of["x"].trigger is Trigger.TERMINATE
    assert found.scope.elements["x.merge"].kind is Kind.EXCLUSIVE


def test_implicit_merge_and_parallel_split() -> None:
    found = only(
        diagram(START, task("a"), task("b"), task("c"), END,
                chain("s", "a", "b", "e"), flow("a", "c"), flow("c", "e"))
    )  # fmt: skip
    split, merge = found.scope.elements["a.split"], found.scope.elements["e.merge"]
    assert (split.kind, split.drawn, split.line) == (Kind.PARALLEL, False, 5)
    assert (merge.kind, merge.drawn) == (Kind.EXCLUSIVE, False)
    assert {f.target for f in found.scope.outgoing("a.split")} == {"b", "c"}
    assert [f.target for f in found.scope.outgoing("a")] == ["a.split"]
    assert [f.source for f in found.scope.incoming("e")] == ["e.merge"]


def test_conditional_flows_out_of_a_task_with_default() -> None:
    found = only(
        diagram(START, task("a", 'default="a_c"'), task("b"), task("c"), task("d"), END,
                flow("s", "a"), flow("a", "b", "x = 1"), flow("a", "c"), flow("a", "d"),
                chain("b", "e"), chain("c", "e"), chain("d", "e"))
    )  # fmt: skip
    assert found.scope.elements["a.split"].kind is Kind.PARALLEL
    choice = found.scope.outgoing("a.choice")
    assert [(f.target, f.condition, f.default) for f in choice] == [
        ("b", "x = 1", False),
        ("c", None, True),
    ]
    assert {f.target for f in found.scope.outgoing("a.split")} == {"a.choice", "d"}


def test_conditional_flows_without_default_are_inclusive() -> None:
    found = only(
        diagram(START, task("a"), task("b"), task("c"), END, flow("s", "a"),
                flow("a", "b", "x = 1"), flow("a", "c"), chain("b", "e"), chain("c", "e"))
    )  # fmt: skip
    assert found.scope.elements["a.split"].kind is Kind.INCLUSIVE
    assert [f.condition for f in found.scope.outgoing("a.split")] == ["x = 1", "true"]


def test_link_events_become_flows() -> None:
    link = '<bpmn:linkEventDefinition name="L"/>'
    found = only(
        diagram(START, task("t1", "", link, "intermediateThrowEvent"), task("a"),
                task("c1", "", link, "intermediateCatchEvent"), END,
                chain("s", "a", "t1"), chain("c1", "e"))
    )  # fmt: skip
    assert found.scope.elements["c1"].kind is Kind.THROW
    assert [f.target for f in found.scope.outgoing("t1")] == ["c1"]


def test_an_inserted_id_never_overwrites_a_drawn_one() -> None:
    found = only(
        diagram(START, task("a"), task("a.split"), task("b"), END,
                chain("s", "a", "a.split", "e"), flow("a", "b"), flow("b", "e"))
    )  # fmt: skip
    assert found.scope.elements["a.split"].kind is Kind.USER_TASK
    assert found.scope.elements["a.split_"].kind is Kind.PARALLEL


def test_several_pools_one_executable() -> None:
    other = process(START.replace('"s"', '"s9"'), key="q").replace(
        'isExecutable="true"', 'isExecutable="false"'
    )
    reading = read(file(process(START, task("a"), END, chain("s", "a", "e")), other))
    assert [p.key for p in reading.processes] == ["p"]


def test_pool_name_where_the_process_has_none() -> None:
    pool = '<bpmn:collaboration id="c"><bpmn:participant id="x" name="承诺" processRef="p"/></bpmn:collaboration>'
    assert (
        only(diagram(START, task("a"), END, chain("s", "a", "e"), before=pool)).name == "承诺"
    )


def test_call_mappings() -> None:
    maps = (
        '<bpmn:extensionElements><gov:in name="kind" from=\'"refused"\'/>'
        '<gov:out name="decided" from="outcome"/></bpmn:extensionElements>'
    )
    found = only(straight(task("a", 'calledElement="denial"', maps, "callActivity")))
    call = found.scope.elements["a"]
    assert (call.called, dict(call.ins), dict(call.outs)) == (
        "denial", {"kind": '"refused"'}, {"decided": "outcome"},
    )  # fmt: skip


def test_multi_instance_standard_first() -> None:
    several = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true" gov:collection="no">'
        "<bpmn:loopDataInputRef>departments</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="i" name="department"/>'
        "<bpmn:completionCondition>${nrOfCompletedInstances / nrOfInstances >= 0.5}"
        "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    multi = only(straight(task("a", "", several))).scope.elements["a"].multi
    assert multi is not None
    assert (multi.collection, multi.item, multi.sequential) == (
        "departments",
        "department",
        True,
    )
    assert multi.completion == "completed / total >= 0.5"


def test_multi_instance_of_gov_and_of_camunda() -> None:
    ours = '<bpmn:multiInstanceLoopCharacteristics gov:collection="units" gov:item="unit"/>'
    theirs = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="${units}"'
        ' camunda:elementVariable="unit"/>'
    )
    for several in (ours, theirs):
        multi = only(straight(task("a", "", several))).scope.elements["a"].multi
        assert multi is not None
        assert (multi.collection, multi.item) == ("units", "unit")


def test_standard_loop() -> None:
    loop = (
        '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="3">'
        "<bpmn:loopCondition>again = true</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    found = only(straight(task("a", "", loop))).scope.elements["a"].loop
    assert found is not None
    assert (found.condition, found.test_before, found.maximum) == ("again = true", True, 3)


def test_foreign_attributes_are_converted_with_a_note() -> None:
    attributes = (
        'camunda:formKey="embedded:app:forms/accept.html" camunda:candidateGroups="window"'
        ' camunda:dueDate="P5D" camunda:assignee="${who}" flowable:async="true"'
    )
    reading = read(straight(task("a", attributes)))
    step = reading.processes[0].scope.elements["a"]
    assert step.work is not None
    assert step.work.limit is not None
    assert (step.work.form, step.role) == ("accept", "window")
    assert (step.work.limit.amount, step.work.limit.unit) == (5, LimitUnit.DAY)
    said = {f.code: f.severity for f in reading.findings}
    assert said == {
        "form-converted": Severity.NOTE,
        "role-converted": Severity.NOTE,
        "limit-converted": Severity.NOTE,
        "assignee": Severity.UNFIT,
        "foreign-unused": Severity.NOTE,
    }


def test_flowable_border_that_does_not_cancel() -> None:
    """E23: the attribute stands in the tool's own namespace."""
    border = (
        '<bpmn:boundaryEvent id="b" attachedToRef="a" flowable:cancelActivity="false">'
        '<bpmn:messageEventDefinition messageRef="M"/></bpmn:boundaryEvent>'
    )
    found = only(
        diagram(START, task("a"), border, END, chain("s", "a", "e"), flow("b", "e"),
                before=DEFINITIONS)
    )  # fmt: skip
    assert not found.scope.elements["b"].interrupting


def test_iso_timers_become_named_clocks() -> None:
    timer = (
        '<bpmn:intermediateCatchEvent id="a"><bpmn:timerEventDefinition><bpmn:timeDuration>P3D'
        "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    reading = read(straight(timer))
    event = reading.processes[0].scope.elements["a"].event
    assert event is not None
    assert event.clock == "iso:P3D"
    assert [f.code for f in reading.findings] == ["timer-foreign"]


def test_juel_conditions_become_feel() -> None:
    """E23."""
    gate = '<bpmn:exclusiveGateway id="g" default="g_e"/>'
    found = only(
        diagram(START, gate, task("a"), END, flow("s", "g"), flow("g", "e"), flow("a", "e"),
                flow("g", "a", "${state == 'ok' && (days > 3 || !late)}"))
    )  # fmt: skip
    condition = next(f.condition for f in found.scope.flows if f.condition)
    assert condition == 'state = "ok" and (days > 3 or not(late))'


def test_a_thousand_tasks_are_read_quickly() -> None:
    keys = [f"t{n}" for n in range(5_000)]
    data = diagram(START, *(task(k) for k in keys), END, chain("s", *keys, "e"))
    assert len(only(data).scope.elements) == 5_002


ROOT = (
    '<bpmn:signal id="S" name="done"/><bpmn:message id="M" name="papers"/>'
    '<bpmn:signalEventDefinition id="D" signalRef="S"/>\n'
)


@pytest.mark.parametrize("behavior", ["One", "None"])
def test_what_the_instances_of_a_multi_instance_throw(behavior: str) -> None:
    """BPMN 10.3.8: the event is defined outside the process and named by reference."""
    multi = (
        f'<bpmn:multiInstanceLoopCharacteristics behavior="{behavior}" '
        f'{behavior.lower()}BehaviorEventRef="D"><bpmn:loopCardinality>2</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    data = diagram(START, task("a", "", multi), END, chain("s", "a", "e"), before=ROOT)
    (process,) = read_diagram(data, "p.bpmn").processes
    found = process.scope.elements["a"].multi
    assert found is not None
    assert (found.behavior, found.throws) == (behavior, Event(Trigger.SIGNAL, "done"))


def test_an_event_definition_by_reference() -> None:
    wait = task(
        "a",
        "",
        "<bpmn:eventDefinitionRef>D</bpmn:eventDefinitionRef>",
        "intermediateCatchEvent",
    )
    reading = read_diagram(diagram(START, wait, END, chain("s", "a", "e"), before=ROOT), "p")
    assert reading.findings == ()
    assert reading.processes[0].scope.elements["a"].event == Event(Trigger.SIGNAL, "done")


def test_an_event_sub_process() -> None:
    start = task("vs", 'isInterrupting="false"', '<bpmn:messageEventDefinition messageRef="M"/>',
                 "startEvent")  # fmt: skip
    inner = start + task("x") + task("ve", tag="endEvent") + chain("vs", "x", "ve")
    data = diagram(START, task("a"), END, chain("s", "a", "e"),
                   task("v", 'triggeredByEvent="true"', inner, "subProcess"), before=ROOT)  # fmt: skip
    found = read_diagram(data, "p").processes[0].scope.elements["v"]
    assert (found.kind, found.interrupting) == (Kind.EVENT_SUBPROCESS, False)
    assert found.event == Event(Trigger.MESSAGE, "papers")


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ("${execution.getVariable('ok')}", "ok"),
        ('${!execution.getVariable("ok") && x > 1}', "not(ok) and x > 1"),
        ("${'同意'.equals(outcome)}", '("同意" = outcome)'),
        ("${form.kind.equals('A') || !x.equals(y)}", '(form.kind = "A") or not((x = y))'),
        ("${x == 'a.equals(b)'}", 'x = "a.equals(b)"'),
        ("${execution.getVariable(name)}", None),
        ("${execution.getVariable('x').size() > 1}", None),
        ("${x.equalsIgnoreCase('y')}", None),
        ("${execution.getVariable('a b')}", None),
        ("${x.equals('1', '2')}", None),
        ("${'y'.equals}", None),
    ],
)
def test_calls_that_mean_no_more_than_a_name_or_a_comparison(
    drawn: str, said: str | None
) -> None:
    """E23: as diagrams of Flowable-based systems write their conditions."""
    assert juel.to_feel(drawn) == said
