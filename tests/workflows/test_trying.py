"""`bianmin try`: prepared answers, what waits, what is said at the end, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.drawings import END, START, chain, diagram, flow, straight, task
from workflows.cli import main

MESSAGE = '<bpmn:message id="M" name="supplied"/><bpmn:signal id="Si" name="stop"/>\n'
AWAITS = '<bpmn:messageEventDefinition messageRef="M"/>'
HEARS = '<bpmn:signalEventDefinition signalRef="Si"/>'
TIMER = (
    "<bpmn:timerEventDefinition><bpmn:time{0}>{1}</bpmn:time{0}></bpmn:timerEventDefinition>"
)


@pytest.fixture
def walk(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(data: bytes, answers: Any = None, *more: str, status: int = 0) -> dict[str, Any]:
        Path("p.bpmn").write_bytes(data)
        if answers is not None:
            Path("a.json").write_text(json.dumps(answers, ensure_ascii=False), "utf-8")
            more = (*more, "--answers", "a.json")
        assert main(["try", "p.bpmn", *more, "--json"]) == status
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return said

    return run


def beside(definition: str, more: str = 'cancelActivity="false"') -> bytes:
    """A task `a` with an event `t` on its border that leads to `late`."""
    return diagram(START, task("a"), END, task("late", tag="task"), task("e2", tag="endEvent"),
                   task("t", f'attachedToRef="a" {more}', definition, "boundaryEvent"),
                   chain("s", "a", "e"), chain("t", "late", "e2"), before=MESSAGE)  # fmt: skip


def test_every_key_is_there_whatever_the_status(walk) -> None:
    keys = {
        "status", "trace", "open", "timers", "messages", "effects", "ends", "unhandled",
        "result", "data", "findings",
    }  # fmt: skip
    assert set(walk(straight(task("a")))) == keys
    refused = walk(straight(task("a", tag="scriptTask")), status=1)
    assert set(refused) == keys | {"sentence"}
    unreadable = walk(b"<nothing", status=2)
    assert set(unreadable) == keys | {"sentence", "error"}
    assert (refused["status"], unreadable["status"]) == ("refused", "refused")
    assert unreadable["findings"][0]["code"] == "unreadable"


def test_inserted_gateways_are_not_in_the_trace(walk) -> None:
    data = diagram(START, task("a"), task("b", tag="task"), task("c", tag="serviceTask"), END,
                   chain("s", "a", "b", "e"), chain("a", "c", "e"))  # fmt: skip
    said = walk(data, {"a": [{"x": 1}]})
    assert said["trace"] == ["s", "a", "b", "c", "e", "e"]
    assert (said["ends"], said["data"]) == (["e", "e"], {"x": 1})


def test_visits_are_answered_in_order_and_the_last_value_stays(walk) -> None:
    data = diagram(START, task("a"), '<bpmn:exclusiveGateway id="g" default="g_e"/>', END,
                   chain("s", "a", "g", "e"), flow("g", "a", "again"))  # fmt: skip
    said = walk(data, {"tasks": {"a": [{"again": True}, {"again": False}, {"again": True}]}})
    assert said["trace"] == ["s", "a", "g", "a", "g", "e"]
    assert said["data"] == {"again": False}
    assert said["unused"] == {"a": 1}


def test_tasks_of_other_kinds_complete_at_once(walk) -> None:
    kinds = ["task", "manualTask", "serviceTask", "sendTask", "businessRuleTask", "receiveTask"]
    tasks = [task(kind[:3], tag=kind) for kind in kinds]
    data = diagram(START, *tasks, END, chain("s", *(kind[:3] for kind in kinds), "e"))
    said = walk(data)
    assert said["status"] == "completed"
    assert said["trace"] == ["s", *(kind[:3] for kind in kinds), "e"]


def test_a_receive_task_waits_where_the_answers_say_how_often_it_receives(walk) -> None:
    data = diagram(START, task("r", 'messageRef="M"', tag="receiveTask"), END,
                   chain("s", "r", "e"), before=MESSAGE)  # fmt: skip
    assert walk(data, {"events": {"r": 0}})["status"] == "waiting"
    said = walk(data, {"events": {"r": {"times": 1, "values": {"n": 2}}}})
    assert (said["status"], said["data"]) == ("completed", {"n": 2})


def test_an_event_gateway_waits_for_the_answers(walk) -> None:
    data = diagram(START, '<bpmn:eventBasedGateway id="g"/>',
                   task("r", 'messageRef="M"', tag="receiveTask"),
                   task("t", "", TIMER.format("Duration", "P1D"), "intermediateCatchEvent"), END,
                   chain("s", "g", "r", "e"), chain("g", "t", "e"), before=MESSAGE)  # fmt: skip
    said = walk(data, {})
    assert (said["status"], [m["element"] for m in said["messages"]]) == ("waiting", ["r"])
    assert walk(data, {"t": 1})["trace"] == ["s", "g", "t", "e"]


@pytest.mark.parametrize(("times", "left"), [(1, ["t"]), (3, ["t"])])
def test_a_message_that_does_not_interrupt_comes_as_often_as_said(walk, times, left) -> None:
    said = walk(beside(AWAITS), {"events": {"t": times}})
    assert said["trace"] == ["s", *["t", "late", "e2"] * times]
    assert [m["element"] for m in said["messages"]] == left


def test_after_waits_for_what_was_completed(walk) -> None:
    data = diagram(START, task("a"), task("b"), END,
                   task("t", 'attachedToRef="b"', AWAITS, "boundaryEvent"),
                   chain("s", "a", "b", "e"), flow("t", "e"), before=MESSAGE)  # fmt: skip
    assert walk(data, {"events": {"t": {"after": ["b"]}}, "a": [{}]})["trace"] == ["s", "a"]
    said = walk(data, {"events": {"t": {"times": 1, "after": "a"}}, "a": None})
    assert said["trace"] == ["s", "a", "t", "e"]


@pytest.mark.parametrize(
    ("cycle", "asked", "fired"),
    [("R3/PT10H", 5, 3), ("R/P1D", 5, 5), ("R1/P1D", 5, 1), ("0 0/5 * * * ?", 4, 4)],
)
def test_a_cycle_beside_a_step_fires_as_often_as_it_says(walk, cycle, asked, fired) -> None:
    said = walk(beside(TIMER.format("Cycle", cycle)), {"events": {"t": asked}})
    assert said["trace"].count("late") == fired
    assert said.get("unused", {}).get("t", 0) == asked - fired


def test_a_cycle_that_interrupts_fires_once(walk) -> None:
    said = walk(beside(TIMER.format("Cycle", "R3/PT10H"), ""), {"events": {"t": 3}})
    assert (said["status"], said["trace"]) == ("completed", ["s", "t", "late", "e2"])


def test_a_signal_is_heard_by_all_who_wait_and_counts_for_each(walk) -> None:
    data = diagram(START, task("c1", "", HEARS, "intermediateCatchEvent"),
                   task("c2", "", HEARS, "intermediateCatchEvent"), END,
                   chain("s", "c1", "e"), chain("s", "c2", "e"), before=MESSAGE)  # fmt: skip
    assert walk(data, {"events": {"c1": 1}})["status"] == "completed"
    said = walk(data, {"events": {"c1": 1, "c2": 1}})
    assert (said["trace"], "unused" in said) == (["s", "c1", "c2", "e", "e"], False)


def starts(*definitions: str) -> bytes:
    drawn = [task(f"s{n}", "", one, "startEvent") for n, one in enumerate(definitions, 1)]
    flows = [flow(f"s{n}", f"a{n}") for n in range(1, len(definitions) + 1)]
    tasks = [task(f"a{n}", tag="task") for n in range(1, len(definitions) + 1)]
    return diagram(*drawn, *tasks, END, *flows, *(flow(f"a{n}", "e") for n in range(1, len(definitions) + 1)), before=MESSAGE)  # fmt: skip


def test_several_starts_are_chosen_from_not_guessed(walk) -> None:
    said = walk(starts("", ""), status=1)
    assert said["status"] == "refused"
    assert "s1、s2" in said["sentence"]
    assert walk(starts("", ""), None, "--start", "s2")["trace"] == ["s2", "a2", "e"]
    assert walk(starts("", ""), {"start_event": "s1"})["trace"] == ["s1", "a1", "e"]
    assert (
        "没有开始事件“a1”" in walk(starts("", ""), None, "--start", "a1", status=1)["sentence"]
    )


def test_the_answers_let_a_start_event_happen(walk) -> None:
    assert walk(starts("", AWAITS))["trace"] == ["s1", "a1", "e"]
    assert walk(starts("", AWAITS), {"events": {"s2": 1}})["trace"] == ["s2", "a2", "e"]
    assert walk(starts(AWAITS, HEARS), {"events": {"s2": 1}})["trace"] == ["s2", "a2", "e"]
    assert walk(starts(AWAITS, HEARS), status=1)["status"] == "refused"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"tasks": {"nobody": [{}]}}, "tasks 里的“nobody”不在流程里（有：a）"),
        ({"tasks": {"s": [{}]}}, "tasks 里的“s”不是等人办理的环节"),
        ({"events": {"a": 1}}, "events 里的“a”不是可以由答案触发的"),
        ({"events": {"t": -1}}, "events 里“t”：应写次数"),
        ({"events": {"t": True}}, "应写次数"),
        ({"events": {"t": {"times": 1, "when": 3}}}, "不认识“when”"),
        ({"events": {"t": {"after": ["x"]}}}, "after 里的“x”不是流程里的元素"),
        ({"events": {"t": {"values": 3}}}, "events 里“t”的 values"),
        ({"tasks": {"a": [{}, 4]}}, "tasks 里“a”第 2 次"),
        ({"task": {}}, "不认识“task”"),
        ([], "应是一个对照"),
    ],
)
def test_answers_that_do_not_fit_are_named_with_their_place(walk, answers, said) -> None:
    sentence = walk(beside(AWAITS), answers, status=2)["sentence"]
    assert sentence.startswith("a.json：")
    assert said in sentence


def test_answers_that_would_fill_the_memory_are_refused(walk) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nstart: {x: [*b, *b]}\n"
    Path("b.yaml").write_text(bomb)
    said = walk(straight(task("a")), None, "--answers", "b.yaml", status=2)
    assert "不是合格的 YAML 或 JSON" in said["sentence"]


def test_an_error_nobody_catches_ends_the_case_and_is_told(walk) -> None:
    thrown = '<bpmn:errorEventDefinition errorRef="Er"/>'
    data = diagram(START, task("a"), task("e", "", thrown, "endEvent"), chain("s", "a", "e"),
                   before='<bpmn:error id="Er" errorCode="X9"/>\n')  # fmt: skip
    said = walk(data, {"a": [{"x": 1}]})
    assert (said["status"], said["unhandled"], said["ends"]) == ("completed", ["X9"], ["e"])
    assert said["data"] == {"x": 1}


def test_what_goes_wrong_on_the_way_is_an_error_in_words(walk) -> None:
    data = diagram(START, '<bpmn:exclusiveGateway id="g"/>', END, task("e2", tag="endEvent"),
                   flow("s", "g"), flow("g", "e", "x = 1"), flow("g", "e2", "x = 2"))  # fmt: skip
    said = walk(data, {"start": {"x": 3}}, status=1)
    assert said["status"] == "error"
    assert "没有一个条件成立" in said["sentence"]


def test_the_words_say_everything_too(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    effect = (
        '<bpmn:extensionElements><gov:effect on="complete" do="set-status" status="ACCEPTED"/>'
        "</bpmn:extensionElements>"
    )
    Path("p.bpmn").write_bytes(
        straight(task("a", "", effect)).replace(b'<bpmn:endEvent id="e"/>', b'<bpmn:endEvent id="e" gov:result="granted"/>')
    )  # fmt: skip
    Path("a.yaml").write_text("start: {级别: 乡镇}\ntasks: {a: [{结论: 同意}]}\n", "utf-8")
    assert main(["try", "p.bpmn", "--answers", "a.yaml"]) == 0
    said = capsys.readouterr().out
    for words in ("已走完；经过：s → a → e", "动作 a set-status", "到达结束：e",
                  '流转数据：{"级别": "乡镇", "结论": "同意"}'):  # fmt: skip
        assert words in said
