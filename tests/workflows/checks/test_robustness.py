"""Whatever the file: an answer in words, and what is accepted can be prepared by the engine.

Mutated valid diagrams, random drawings and random XML. The long run is `make soak`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflows.drawings import HEAD, diagram, flow, task
from workflows import engine
from workflows.checks import check_bundle, check_diagram
from workflows.errors import Unreadable
from workflows.findings import has_errors
from workflows.sources.bundle import Library
from workflows.sources.diagrams import read_diagram

EXAMPLES = int(os.environ.get("SOAK_EXAMPLES", "60"))
QUIET = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck),
    derandomize=True,
)  # fmt: skip
LIBRARY = Path(__file__).parents[3] / "bpmn"
SHIPPED = {
    p.relative_to(LIBRARY).as_posix(): p.read_text(encoding="utf-8")
    for p in sorted(LIBRARY.glob("**/*.bpmn"))
}
TABLES = {p.relative_to(LIBRARY).as_posix(): p.read_bytes() for p in LIBRARY.glob("**/*.dmn")}


def ask(data: bytes, **others: bytes) -> str:
    """Read, check, and prepare what has no errors; says how far it came."""
    try:
        reading = read_diagram(data, "p.bpmn")
    except Unreadable:
        return "unreadable"
    findings = check_diagram(reading, publish=True)
    assert all(f.sentence and f.code for f in findings)
    library = Library({"p.bpmn": data} | others)
    came = "refused"
    for process in reading.processes:
        bundle = library.bundle(process.key)
        if not has_errors(check_bundle(bundle)):
            engine.prepare(bundle)  # raises NotExecutable where the checks missed something
            came = "prepared"
    return came


PIECES = [
    "", "x", "0", "-1", "true", "false", "${a == 'b'}", "= x", "a b", "due(\"check\")", "p",
    "P3D", "99999999999", "中文", "&#10;", "&lt;", "outcome = \"x\"", "[" * 50,
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A shipped diagram with a few lines lost, doubled, moved, or values changed."""
    name = draw(st.sampled_from(sorted(SHIPPED)))
    lines = SHIPPED[name].splitlines()
    lines = [line for line in lines if "bpmndi:" not in line and "<d" not in line]
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(2, len(lines) - 2))
        how = draw(st.sampled_from(["drop", "double", "move", "value", "tag"]))
        if how == "drop":
            del lines[at]
        elif how == "double":
            lines.insert(draw(st.integers(2, len(lines) - 2)), lines[at])
        elif how == "move":
            lines.insert(draw(st.integers(2, len(lines) - 2)), lines.pop(at))
        elif how == "value" and '"' in lines[at]:
            parts = lines[at].split('"')
            place = 2 * draw(st.integers(0, (len(parts) - 2) // 2)) + 1
            parts[place] = draw(st.sampled_from(PIECES)).replace('"', "&quot;")
            lines[at] = '"'.join(parts)
        else:
            kinds = [
                "userTask",
                "endEvent",
                "parallelGateway",
                "exclusiveGateway",
                "subProcess",
            ]
            lines[at] = lines[at].replace("serviceTask", draw(st.sampled_from(kinds)))
    return name, "\n".join(lines).encode()


@QUIET
@given(mutated())
def test_mutated_diagrams(one: tuple[str, bytes]) -> None:
    name, data = one
    others = {file: text.encode() for file, text in SHIPPED.items() if file != name}
    ask(data, **others)


KINDS = [
    ("userTask", ""), ("task", ""), ("manualTask", ""), ("serviceTask", ""),
    ("receiveTask", 'messageRef="M"'), ("exclusiveGateway", ""), ("parallelGateway", ""),
    ("inclusiveGateway", ""), ("eventBasedGateway", ""), ("endEvent", ""), ("startEvent", ""),
    ("callActivity", 'calledElement="p"'), ("businessRuleTask", 'gov:decision="d"'),
]  # fmt: skip
INNER = [
    "",
    "<bpmn:standardLoopCharacteristics loopMaximum='2'/>",
    "<bpmn:multiInstanceLoopCharacteristics gov:collection='xs' gov:item='x'/>",
    "<bpmn:messageEventDefinition messageRef='M'/>",
    "<bpmn:timerEventDefinition gov:due='due(\"check\")'/>",
    "<bpmn:errorEventDefinition/>",
    "<bpmn:terminateEventDefinition/>",
    "<bpmn:linkEventDefinition name='L'/>",
]


@st.composite
def drawn(draw: st.DrawFn) -> bytes:
    """A start, some elements, any flows among them, perhaps a border and a sub-process."""
    count = draw(st.integers(1, 6))
    keys = [f"n{n}" for n in range(count)]
    parts = ['<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>']
    for key in keys:
        tag, more = draw(st.sampled_from(KINDS))
        inner = draw(st.sampled_from(INNER)) if draw(st.booleans()) else ""
        parts.append(task(key, more, inner, tag))
    if draw(st.booleans()):
        host = draw(st.sampled_from(keys))
        parts.append(
            task("b", f'attachedToRef="{host}"', draw(st.sampled_from(INNER)), "boundaryEvent")
        )
        parts.append(flow("b", "e"))
    ends = ["s", *keys, "e"]
    chosen = draw(
        st.lists(st.tuples(st.sampled_from(ends), st.sampled_from(ends)), max_size=12)
    )
    parts += [flow(a, b, key=f"c{n}") for n, (a, b) in enumerate(chosen)]
    parts += [flow(a, b, key=f"k_{a}") for a, b in zip(ends, ends[1:], strict=False)]
    return diagram(*parts, before='<bpmn:message id="M" name="m"/>\n')


@QUIET
@given(drawn())
def test_random_drawings(data: bytes) -> None:
    ask(data)


NAMES = st.sampled_from(
    ["bpmn:process", "bpmn:lane", "bpmn:laneSet", "bpmn:subProcess", "gov:effect", "gov:in",
     "bpmn:extensionElements", "bpmn:userTask", "bpmn:sequenceFlow", "bpmn:startEvent", "x"]
)  # fmt: skip
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "name", "default", "sourceRef", "gov:role", "gov:limit", "on", "do",
                     "attachedToRef", "isExecutable", "camunda:class", "gov:due"]),
    st.sampled_from(["", "a", "b", "true", "a b", "1", "enter", "notify"]), max_size=4,
)  # fmt: skip
TREES = st.recursive(
    st.tuples(NAMES, ATTRIBUTES, st.just(())),
    lambda inner: st.tuples(NAMES, ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=20,
)


def written(tree: tuple) -> str:
    name, attributes, inner = tree
    said = " ".join(f'{k}="{v}"' for k, v in attributes.items())
    return f"<{name} {said}>{''.join(map(written, inner))}</{name}>"


@QUIET
@given(st.lists(TREES, max_size=4))
def test_random_xml(trees: list[tuple]) -> None:
    ask(f"{HEAD}{''.join(map(written, trees))}</bpmn:definitions>".encode())


@QUIET
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_random_bytes(data: bytes) -> None:
    assert ask(data) == "unreadable"


def test_the_shipped_diagrams_are_understood() -> None:
    assert len(SHIPPED) > 5
    for name, text in SHIPPED.items():
        others = {file: one.encode() for file, one in SHIPPED.items() if file != name}
        assert ask(text.encode(), **others, **TABLES) == "prepared"


@pytest.mark.parametrize("count", [3_000])
def test_wide_and_tangled_drawings_are_answered_in_time(count: int) -> None:
    keys = [f"n{n}" for n in range(count)]
    parts = ['<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>',
             '<bpmn:inclusiveGateway id="g"/>', '<bpmn:inclusiveGateway id="j"/>', flow("s", "g"),
             flow("j", "e")]  # fmt: skip
    for key in keys:
        parts += [task(key), flow("g", key, f"x{key} = 1"), flow(key, "j")]
    assert ask(diagram(*parts)) == "prepared"
