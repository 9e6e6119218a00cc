"""What other engines let an attribute do to path or data is refused, never passed over.

Each was found with a test diagram of another engine that was accepted and went otherwise here.
"""

from __future__ import annotations

import pytest

from tests.workflows.drawings import END, START, chain, diagram, flow, straight, task
from workflows.checks import check_diagram
from workflows.findings import Severity
from workflows.sources.diagrams import read_diagram

SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
TOLD_NOT_TO = (
    '<zeebe:calledElement processId="p" propagateAllChildVariables="false"'
    ' propagateAllParentVariables="false"/>'
)
OPERATON = 'xmlns:o="http://operaton.org/schema/1.0/bpmn"'


def extended(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def errors(data: bytes) -> list[tuple[str, int | None]]:
    found = check_diagram(read_diagram(data, "p.bpmn"))
    return [(f.code, f.line) for f in found if f.severity is Severity.ERROR]


@pytest.mark.parametrize(
    "middle",
    [
        task("a", 'flowable:skipExpression="${skip}"'),
        task("a", 'flowable:taskIdVariableName="t"'),
        task("a", 'flowable:triggerable="true" flowable:expression="${x}"', tag="serviceTask"),
        task("a", 'activiti:resultVariableName="y" activiti:expression="${1}"', tag="serviceTask"),
        task("a", 'flowable:type="dmn"', tag="serviceTask"),
        task("a", 'flowable:type="case"', tag="serviceTask"),
        task("a", f'{OPERATON} o:resultVariable="y" o:expression="${{1}}"', tag="serviceTask"),
        task("a", SPIFF, extended("<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>")),
        task("a", SPIFF, extended("<spiffworkflow:postScript>x = 1</spiffworkflow:postScript>")),
        task("a", SPIFF, extended("<spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId>"), "businessRuleTask"),
        task("a", SPIFF, extended('<spiffworkflow:serviceTaskOperator id="h" resultVariable="r"/>'), "serviceTask"),
        task("a", "", '<bpmn:multiInstanceLoopCharacteristics flowable:collection="us" flowable:elementIndexVariable="n"/>'),
        task("a", "", '<bpmn:multiInstanceLoopCharacteristics flowable:collection="us">'
             + extended('<flowable:variableAggregation target="all"/>')
             + "</bpmn:multiInstanceLoopCharacteristics>"),
    ],
)  # fmt: skip
def test_what_changes_path_or_data_is_refused_at_its_line(middle: str) -> None:
    assert errors(straight(middle)) == [("foreign-data", 5)]


@pytest.mark.parametrize("name", ["terminateAll", "terminateMultiInstance"])
def test_an_end_that_stops_more_than_its_scope(name: str) -> None:
    stops = f'<bpmn:terminateEventDefinition flowable:{name}="{{}}"/>'

    def said(value: str) -> list[tuple[str, int | None]]:
        end = task("e", "", stops.format(value), "endEvent")
        return errors(diagram(START, task("a"), end, chain("s", "a", "e")))

    assert said("true") == [("foreign-data", 6)]
    assert said("false") == []


@pytest.mark.parametrize(
    ("more", "inner", "count"),
    [
        ("", "", 0),
        ('flowable:inheritVariables="true"', "", 1),
        ('flowable:inheritVariables="false"', "", 0),
        ('camunda:variableMappingClass="org.X"', "", 1),
        ("", '<zeebe:calledElement processId="p"/>', 2),
        ("", '<zeebe:calledElement processId="p" propagateAllChildVariables="false"/>', 1),
        ("", TOLD_NOT_TO, 0),
    ],
)
def test_a_call_that_hands_over_all_variables_is_refused(
    more: str, inner: str, count: int
) -> None:
    """Zeebe does so both ways unless told not to; here only what is written passes."""
    data = straight(task("a", f'calledElement="p" {more}', extended(inner), "callActivity"))
    found = [code for code, _ in errors(data)]
    assert found.count("foreign-data") == count


def test_a_rule_task_whose_result_comes_from_nowhere() -> None:
    """Activiti's Drools tasks name a result, but no decision that this system has."""
    bare = task("a", 'activiti:resultVariable="r"', tag="businessRuleTask")
    assert ("no-decision", 5) in errors(straight(bare))


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("x == True", ["language"]),
        ("x != False", ["language"]),
        ("x = None", ["language"]),
        ('x = "True"', []),
        ("x == 'None'", []),
        ("True_name = true", []),
        ("x = true", []),
    ],
)
def test_constants_of_python_are_not_taken_for_variables(
    condition: str, codes: list[str]
) -> None:
    """SpiffWorkflow's diagrams: nobody sets `True`, so the default flow was always taken."""
    data = diagram(
        START,
        '<bpmn:exclusiveGateway id="g" default="g_e"/>',
        task("a"),
        END,
        flow("s", "g"),
        flow("g", "e"),
        flow("g", "a", condition),
        flow("a", "e"),
    )
    assert [code for code, _ in errors(data) if code != "gateway-flow"] == codes


def test_a_diagram_without_them_is_accepted() -> None:
    data = diagram(START, task("a", 'flowable:skipExpression=""'), END, chain("s", "a", "e"))
    assert errors(data) == []
