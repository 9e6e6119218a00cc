"""Defects of stock SpiffWorkflow in what it reads: shown on the library, and gone in ours.

| defect | test |
|---|---|
| E16 lanes are lost | `test_e16_…` |
| E20 files in Chinese encodings crash | `test_e20_…` |
| E23 attributes and expressions of other tools | `test_e23_…` |
| E24 decision tables | `test_e24_…` |
| E25 what is wrong has no line | `test_e25_…` |
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser

from tests.workflows.drawings import END, START, chain, diagram, file, flow, task
from tests.workflows.engine.stock import Stock, ours, parse
from workflows.feel.decisions import decide
from workflows.sources.decisions import read_decisions
from workflows.sources.diagrams import read_diagram


def test_e16_lanes_are_kept():
    lane = '<bpmn:lane id="L" name="window"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
    data = diagram(f'<bpmn:laneSet id="ls">{lane}</bpmn:laneSet>', START, task("a"), END,
                   chain("s", "a", "e"))  # fmt: skip
    lost = 0
    for _ in range(100):
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(file('<bpmn:message id="M"/>')), "empty.bpmn")
        parser.add_bpmn_xml(etree.fromstring(data), "p.bpmn")
        lost += parser.get_spec("p").task_specs["a"].lane is None
    assert lost > 0
    for _ in range(100):
        read_diagram(file('<bpmn:message id="M"/>'), "empty.bpmn")
        assert read_diagram(data, "p.bpmn").processes[0].scope.elements["a"].lane == "L"


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16"])
def test_e20_files_in_chinese_encodings(encoding: str, tmp_path: Path):
    drawn = diagram(START, task("a", 'name="受理"'), END, chain("s", "a", "e")).decode()
    path = tmp_path / "p.bpmn"
    path.write_bytes(drawn.replace("UTF-8", encoding).encode(encoding))
    with pytest.raises(UnicodeDecodeError):
        SpiffBpmnParser().add_bpmn_file(str(path))
    (process,) = read_diagram(path.read_bytes(), "p.bpmn").processes
    assert process.scope.elements["a"].name == "受理"


def choice(condition: str) -> bytes:
    return diagram(START, task("g", 'default="g_b"', tag="exclusiveGateway"), task("a"), task("b"),
                   END, chain("s", "g", "b", "e"), flow("g", "a", condition), flow("a", "e"))  # fmt: skip


@pytest.mark.parametrize("condition", ["${x == 'y'}", "${x == 'y' && !z}", "#{x != 'n'}"])
def test_e23_expressions_of_other_tools(condition: str):
    facts = {"x": "y", "z": False}
    try:
        seen = Stock(choice(condition), facts).ready
    except Exception:  # noqa: BLE001
        seen = ["an exception"]
    assert seen != ["a"]
    assert ours(choice(condition), facts).open == ["a"]


def test_e23_boundary_events_of_other_tools_that_do_not_interrupt():
    border = task("t", 'attachedToRef="a" flowable:cancelActivity="false"',
                  '<bpmn:messageEventDefinition messageRef="M"/>', "boundaryEvent")  # fmt: skip
    data = diagram(START, task("a"), border, task("b"), END, task("z", tag="endEvent"),
                   chain("s", "a", "e"), chain("t", "b", "z"),
                   before='<bpmn:message id="M" name="m"/>\n')  # fmt: skip
    assert parse(data)[0].task_specs["t"].cancel_activity is True
    assert ours(data).tell("m").open == ["a", "b"]


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="u">
<decision id="limit" name="limit"><decisionTable id="t" hitPolicy="{policy}">
<input id="i"><inputExpression id="ie" typeRef="string"><text>kind</text></inputExpression></input>
<output id="o" name="days" typeRef="number"/>
<rule id="r1"><inputEntry id="a1"><text>"A","B"</text></inputEntry><outputEntry id="b1"><text>5</text></outputEntry></rule>
<rule id="r2"><inputEntry id="a2"><text>-</text></inputEntry><outputEntry id="b2"><text>7</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_e24_a_table_whose_rules_contradict_each_other_is_not_answered():
    """Hit policy UNIQUE and alternatives in one cell; all of DMN: tests/workflows/feel."""
    data = TABLE.format(policy="UNIQUE").encode()
    parser = BpmnDmnParser()
    parser.add_dmn_xml(etree.fromstring(data), filename="d.dmn")
    engine = next(iter(parser.dmn_parsers.values()))
    engine.parse()
    case = Stock(diagram(START, task("x"), END, chain("s", "x", "e")), {"kind": "A"})
    (waiting,) = case.named("x")
    answer = DMNEngine(engine.decision.decisionTables[0]).result(waiting)
    assert answer.get("days") != 5  # and no word about it
    decisions, _ = read_decisions(data, "d.dmn")
    with pytest.raises(Exception, match="只有一条规则成立"):
        decide(decisions[0], {"kind": "B"})
    first, _ = read_decisions(TABLE.format(policy="FIRST").encode(), "d.dmn")
    assert decide(first[0], {"kind": "B"}) == 5
    assert decide(first[0], {"kind": "C"}) == 7


def test_e25_findings_and_elements_know_their_line():
    data = diagram(
        START, task("a"), task("b", tag="scriptTask"), END, chain("s", "a", "b", "e")
    )
    spec = parse(diagram(START, task("a"), END, chain("s", "a", "e")))[0].task_specs["a"]
    assert not [name for name in vars(spec) if "line" in name]
    (found,) = [f for f in read_diagram(data, "p.bpmn").findings if f.element == "b"]
    assert found.line == 6
    assert read_diagram(data, "p.bpmn").processes[0].scope.elements["a"].line == 5
