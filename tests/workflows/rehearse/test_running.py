"""A scenario that does not hold says at which step, what was wanted and what came instead."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from workflows.rehearse import Rehearsal, branches, read_scenario
from workflows.sources.bundle import Library

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:gov="urn:bianmin:gov:1"
  id="D" targetNamespace="urn:test">
  <bpmn:process id="tiny" name="小流程" isExecutable="true">
    <bpmn:laneSet id="Lanes">
      <bpmn:lane id="Lane_Window" name="窗口" gov:role="township.window">
        <bpmn:flowNodeRef>Start</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>Gate_Good</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>Service_Accept</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>End_Good</bpmn:flowNodeRef>
      </bpmn:lane>
      <bpmn:lane id="Lane_Head" name="负责人" gov:role="township.head_window">
        <bpmn:flowNodeRef>Task_Confirm</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>End_Bad</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="Start"/>
    <bpmn:userTask id="Task_Look" name="看材料" gov:form="look"/>
    <bpmn:boundaryEvent id="Event_Due" attachedToRef="Task_Look" cancelActivity="false">
      <bpmn:timerEventDefinition id="Event_Due_timer" gov:due="due(&quot;check&quot;)"/>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="End_Told"/>
    <bpmn:exclusiveGateway id="Gate_Good" name="行吗？"/>
    <bpmn:serviceTask id="Service_Accept" name="受理">
      <bpmn:extensionElements>
        <gov:effect on="complete" do="issue-document" document="D05"/>
        <gov:effect on="complete" do="set-status" status="ACCEPTED"/>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:userTask id="Task_Confirm" name="确认" gov:separate="Task_Look"/>
    <bpmn:endEvent id="End_Good" gov:result="granted"/>
    <bpmn:endEvent id="End_Bad" gov:result="refused"/>
    <bpmn:sequenceFlow id="F1" sourceRef="Start" targetRef="Task_Look"/>
    <bpmn:sequenceFlow id="F2" sourceRef="Task_Look" targetRef="Gate_Good"/>
    <bpmn:sequenceFlow id="F3" sourceRef="Gate_Good" targetRef="Service_Accept">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">outcome = "yes"</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="F4" sourceRef="Gate_Good" targetRef="Task_Confirm">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">outcome = "no"</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="F5" sourceRef="Service_Accept" targetRef="End_Good"/>
    <bpmn:sequenceFlow id="F6" sourceRef="Task_Confirm" targetRef="End_Bad"/>
    <bpmn:sequenceFlow id="F7" sourceRef="Event_Due" targetRef="End_Told"/>
  </bpmn:process>
</bpmn:definitions>
"""
FORM = {
    "type": "default",
    "id": "look",
    "components": [
        {
            "type": "radio",
            "id": "Field_outcome",
            "key": "outcome",
            "label": "结论",
            "validate": {"required": True},
            "values": [
                {"label": "行", "value": "yes"},
                {"label": "不行", "value": "no"},
                {"label": "没画", "value": "maybe"},
            ],
            "properties": {"routing": "true"},
        },
        {
            "type": "textarea",
            "id": "Field_opinion",
            "key": "opinion",
            "label": "意见",
            "validate": {"required": True, "minLength": 5},
        },
    ],
}
LIBRARY = Library(
    MappingProxyType(
        {"tiny.bpmn": DIAGRAM.encode(), "forms/look.json": json.dumps(FORM).encode()}
    )
)
LOOK = "do: Task_Look, who: township.window"


def play(steps: str, rest: str = ""):
    text = f"name: 试\nprocess: tiny\nsteps:\n{steps or ' []'}\n{rest}\n"
    return Rehearsal(LIBRARY).run(read_scenario(text.encode(), "scenarios/a.yaml"))


@pytest.mark.parametrize(
    ("steps", "rest"),
    [
        (
            f"- {{{LOOK}, values: {{outcome: 'yes'}}, then: {{documents: [D05]}}}}",
            "result: granted",
        ),
        (
            f"- {{{LOOK}, values: {{outcome: 'yes'}}, then: {{status: ACCEPTED}}}}",
            "result: granted",
        ),
        (
            f"- {{{LOOK}, values: {{outcome: maybe}}, refused: true}}",
            "start: {timers: [check]}",
        ),
        ("- {lapse: check, then: {timers: [], open: [township.window]}}", ""),
        ("- {cancel: withdrawn}", "result: withdrawn"),
        (
            (
                f"- {{{LOOK}, by: 甲, values: {{outcome: 'no'}}}}\n"
                "- {do: Task_Confirm, who: township.head_window, by: 甲, refused: true}\n"
                "- {do: Task_Confirm, who: township.head_window, by: 乙}"
            ),
            "result: refused",
        ),
    ],
)
def test_a_true_story_holds(steps: str, rest: str) -> None:
    assert play(steps, rest).failures == ()


@pytest.mark.parametrize(
    ("steps", "rest", "sentence"),
    [
        ("", "start: {open: [county.office]}", "开始：待办应为“county.office”，实为“township.window”"),
        (f"- {{{LOOK}, values: {{outcome: 'yes'}}, then: {{documents: [D06]}}}}", "", "第 1 步：文书应为“D06”，实为“D05”"),
        (f"- {{{LOOK}, values: {{outcome: 'no'}}, then: {{passed: [Service_Accept]}}}}", "", "第 1 步：走过的环节应为“Service_Accept”，实为“Task_Look、Gate_Good”"),
        (f"- {{{LOOK}, values: {{outcome: 'yes'}}, then: {{status: CLOSED}}}}", "", "第 1 步：公开状态应为“CLOSED”，实为“ACCEPTED”"),
        (f"- {{{LOOK}, values: {{outcome: 'yes'}}, refused: true}}", "", "第 1 步：应当做不了，实际做成了"),
        (f"- {{{LOOK}, values: {{outcome: maybe}}}}", "", "第 1 步：做不了"),
        (f"- {{{LOOK}, values: {{opinion: 太短}}}}", "", "第 1 步：做不了"),
        (f"- {{{LOOK}, values: {{colour: red}}}}", "", "第 1 步：表单“look”没有“colour”这一项"),
        ("- {do: Task_Look, who: county.office}", "", "第 1 步：“Task_Look”应在 county.office 的待办里，实为 township.window"),
        ("- {do: Task_Confirm, who: township.head_window}", "", "第 1 步：“Task_Confirm”不在待办里；现有待办：Task_Look"),
        ("- {lapse: promised, before: 1}", "", "第 1 步：没有在等时限“promised-1”"),
        ("- {message: hello}", "", "第 1 步：做不了"),
        ("", "result: granted", "结束：应当办结，实际还没有；现有待办：Task_Look"),
        (f"- {{{LOOK}, values: {{outcome: 'yes'}}}}", "", "结束：应当还没有办结，实际已经办结，结果“granted”"),
        (f"- {{{LOOK}, values: {{outcome: 'yes'}}}}", "result: refused", "结束：结果应为“refused”，实为“granted”"),
    ],
)  # fmt: skip
def test_a_false_story_is_told_apart(steps: str, rest: str, sentence: str) -> None:
    failures = play(steps, rest).failures
    assert len(failures) == 1
    assert failures[0].startswith(f"scenarios/a.yaml：{sentence}")


def test_an_unknown_process_is_a_failure_not_a_crash() -> None:
    scenario = read_scenario("name: 试\nprocess: nowhere".encode(), "scenarios/a.yaml")
    assert "nowhere" in Rehearsal(LIBRARY).run(scenario).failures[0]


def test_only_the_branch_that_was_taken_counts() -> None:
    process = LIBRARY.process("tiny")
    assert process is not None
    assert set(branches(process)) == {("tiny", "F3"), ("tiny", "F4")}
    yes = play(f"- {{{LOOK}, values: {{outcome: 'yes'}}}}", "result: granted")
    no = play(f"- {{{LOOK}, values: {{outcome: 'no'}}}}")
    assert yes.branches == {("tiny", "F3")}
    assert no.branches == {("tiny", "F4")}
