"""`bianmin check` of folders: scenarios, signals across processes, names of files as given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workflows.drawings import END, START, chain, diagram, flow, straight, task
from workflows.checks import check_diagram
from workflows.cli import main
from workflows.sources.diagrams import read_diagram

SIGNAL = '<bpmn:signal id="Si" name="{}"/>\n'
HEARS = '<bpmn:signalEventDefinition signalRef="Si"/>'
SCENARIO = "name: 走完\nprocess: p\nfacts: {}\nsteps:\n- {do: a, who: ''}\nresult: granted\n"


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*names: str, **files: bytes) -> tuple[int, dict[str, list[dict[str, str]]]]:
        status = main(["check", *names, "--json"])
        said = json.loads(capsys.readouterr().out)["files"]
        return status, {one["file"]: one["findings"] for one in said}

    return run


def put(name: str, data: bytes | str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(data if isinstance(data, bytes) else data.encode())


def test_files_are_called_as_they_were_named(check, tmp_path) -> None:
    put("one/p.bpmn", straight(task("a", tag="scriptTask")))
    put("two/p.bpmn", straight(task("a")))
    put("two/q.bpmn20.xml", straight(task("a", tag="scriptTask")))
    status, found = check("one/p.bpmn", "two/p.bpmn", "two/q.bpmn20.xml")
    assert (status, list(found)) == (1, ["one/p.bpmn", "two/p.bpmn", "two/q.bpmn20.xml"])
    assert [len(one) for one in found.values()] == [1, 0, 1]
    assert list(check("one", "two")[1]) == ["one/p.bpmn", "two/p.bpmn"]


def test_a_called_file_keeps_its_place_in_the_library(check) -> None:
    put(
        "lib/shared/q.bpmn",
        straight(task("t", tag="scriptTask"), "t").replace(b'id="p"', b'id="q"'),
    )
    put("lib/p.bpmn", straight(task("a", 'calledElement="q"', tag="callActivity")))
    assert set(check("lib/p.bpmn")[1]) == {"lib/p.bpmn", "lib/shared/q.bpmn"}
    assert set(check("lib/shared/q.bpmn")[1]) == {"lib/shared/q.bpmn"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("process: p", "process: q", "流程“q”不存在"),
        ("do: a", "do: b", "第 1 步：流程里没有环节“b”"),
        ("{do: a, who: ''}", "{message: m}", "第 1 步：流程里没有等待的消息“m”"),
        ("{do: a, who: ''}", "{lapse: check}", "第 1 步：流程里没有等待的时限“check”"),
    ],
)
def test_scenarios_speak_of_what_is_drawn(check, old, new, sentence) -> None:
    put("lib/p.bpmn", straight(task("a")))
    put("lib/scenarios/s.yaml", SCENARIO)
    assert check("lib") == (0, {"lib/p.bpmn": [], "lib/scenarios/s.yaml": []})
    put("lib/scenarios/s.yaml", SCENARIO.replace(old, new))
    status, found = check("lib")
    assert (status, [f["sentence"] for f in found["lib/scenarios/s.yaml"]]) == (1, [sentence])


def test_a_scenario_alone_and_one_that_cannot_be_read(check) -> None:
    put("s.yaml", SCENARIO)
    assert check("s.yaml") == (0, {"s.yaml": []})
    put("s.yaml", "steps: [")
    assert check("s.yaml")[0] == 2


def test_signals_are_compared_across_the_library(check) -> None:
    throws = task("t", "", HEARS, "intermediateThrowEvent")
    awaits = task("c", "", HEARS, "intermediateCatchEvent")
    for name, middle, key in (("a", throws, "t"), ("b", awaits, "c")):
        data = diagram(START, middle, END, chain("s", key, "e"), before=SIGNAL.format("stop"))
        put(f"lib/{name}.bpmn", data.replace(b'id="p"', f'id="{name}"'.encode()))
    status, found = check("lib")
    codes = {f["code"] for one in found.values() for f in one}
    assert (status, "signal-lonely" in codes) == (0, False)
    put("lib/b.bpmn", Path("lib/b.bpmn").read_bytes().replace(b"stop", b"halt"))
    lonely = [
        (file, f["element"], f["severity"])
        for file, one in check("lib")[1].items()
        for f in one
        if f["code"] == "signal-lonely"
    ]
    assert lonely == [("lib/a.bpmn", "t", "note"), ("lib/b.bpmn", "c", "note")]


CONDITION = "<bpmn:conditionalEventDefinition><bpmn:condition>x = 1</bpmn:condition></bpmn:conditionalEventDefinition>"


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (straight(task("c", "", CONDITION, "intermediateCatchEvent"), "c"), True),
        (diagram(START, task("a"), task("b", 'attachedToRef="a"', CONDITION, "boundaryEvent"), END,
                 chain("s", "a", "e"), flow("b", "e")), True),
        (diagram(START, task("a"), task("c", "", CONDITION, "intermediateCatchEvent"), END,
                 chain("s", "a", "e"), chain("s", "c", "e")), False),
    ],
)  # fmt: skip
def test_a_condition_that_nothing_can_change(data: bytes, wrong: bool) -> None:
    codes = {f.code for f in check_diagram(read_diagram(data, "p.bpmn"))}
    assert ("condition-unchangeable" in codes) is wrong
