"""The drawings are fit to be looked at: they are what designers learn from (flows)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest

from tests.library.shelf import FOLDER
from workflows.sources.xml import read_xml

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.bpmn"))


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    w: float
    h: float

    def meets(self, other: Box) -> bool:
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )


@dataclass(frozen=True)
class Drawing:
    nodes: dict[str, Box]
    containers: set[str]
    attached: dict[str, str]
    ends: dict[str, tuple[str, str]]
    lines: dict[str, list[tuple[float, float]]]
    labels: dict[str, Box]
    named: set[str]


def draw(file: str) -> Drawing:
    root = read_xml((FOLDER / file).read_bytes(), file)
    boxes, labels, lines = {}, {}, {}
    for shape in root.iterfind(".//bpmndi:BPMNShape", NS):
        boxes[shape.get("bpmnElement")] = _box(shape.find("dc:Bounds", NS))
    for one in root.iterfind(".//bpmndi:BPMNLabel", NS):
        labels[one.getparent().get("bpmnElement")] = _box(one.find("dc:Bounds", NS))
    for edge in root.iterfind(".//bpmndi:BPMNEdge", NS):
        lines[edge.get("bpmnElement")] = [
            (float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", NS)
        ]
    process = root.find("bpmn:process", NS)
    flows = list(process.iterfind(".//bpmn:sequenceFlow", NS))
    inside = ("Task", "Activity", "subProcess")
    named = {
        e.get("id")
        for e in _elements(process)
        if e.get("name") and not str(e.tag).endswith(inside)
    }
    return Drawing(
        nodes=boxes,
        containers={
            e.get("id")
            for e in (
                *root.iterfind(".//bpmn:lane", NS),
                *root.iterfind(".//bpmn:participant", NS),
                *root.iterfind(".//bpmn:subProcess", NS),
            )
        },
        attached={
            e.get("id"): e.get("attachedToRef")
            for e in process.iterfind(".//bpmn:boundaryEvent", NS)
        },
        ends={f.get("id"): (f.get("sourceRef"), f.get("targetRef")) for f in flows},
        lines=lines,
        labels=labels,
        named=named,
    )


def _elements(scope):
    """Everything with an id in a process and its sub-processes, without lanes."""
    for one in scope:
        if one.get("id") and not str(one.tag).endswith("laneSet"):
            yield one
            if str(one.tag).endswith("subProcess"):
                yield from _elements(one)


def _box(bounds) -> Box:
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _strips(points):
    """The pieces of a line as thin boxes, without their ends."""
    for (x1, y1), (x2, y2) in pairwise(points):
        yield Box(min(x1, x2) - 0.5, min(y1, y2) - 0.5, abs(x1 - x2) + 1, abs(y1 - y2) + 1)


@pytest.mark.parametrize("file", FILES)
def test_everything_is_drawn(file: str) -> None:
    drawing = draw(file)
    root = read_xml((FOLDER / file).read_bytes(), file)
    wanted = {
        e.get("id")
        for e in _elements(root.find("bpmn:process", NS))
        if not str(e.tag).endswith("Characteristics")
    }
    assert wanted <= set(drawing.nodes) | set(drawing.lines)
    assert drawing.named <= set(drawing.labels)


@pytest.mark.parametrize("file", FILES)
def test_lines_are_straight_and_start_at_their_shapes(file: str) -> None:
    drawing = draw(file)
    for flow, points in drawing.lines.items():
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points)), flow
        source, target = drawing.ends[flow]
        for point, node in ((points[0], source), (points[-1], target)):
            box = drawing.nodes[node]
            touches = Box(box.x - 1, box.y - 1, box.w + 2, box.h + 2)
            assert touches.meets(Box(*point, 0.1, 0.1)), (flow, node)


@pytest.mark.parametrize("file", FILES)
def test_nothing_lies_on_anything(file: str) -> None:
    drawing = draw(file)
    nodes = {k: b for k, b in drawing.nodes.items() if k not in drawing.containers}
    for (one, a), (two, b) in combinations(nodes.items(), 2):
        if drawing.attached.get(one) != two and drawing.attached.get(two) != one:
            assert not a.meets(b), (one, two)
    for label, box in drawing.labels.items():
        for node, other in nodes.items():
            assert node == label or not box.meets(other), (label, node)
    for (one, a), (two, b) in combinations(drawing.labels.items(), 2):
        assert not a.meets(b), (one, two)


@pytest.mark.parametrize("file", FILES)
def test_lines_keep_clear_of_shapes_and_labels(file: str) -> None:
    drawing = draw(file)
    for flow, points in drawing.lines.items():
        ends = set(drawing.ends[flow])
        ends |= {drawing.attached.get(end, "") for end in ends}
        for strip in _strips(points):
            for node, box in drawing.nodes.items():
                if (
                    node not in ends | drawing.containers
                    and drawing.attached.get(node) not in ends
                ):
                    assert not strip.meets(box), (flow, node)
            for label, box in drawing.labels.items():
                assert not strip.meets(box), (flow, label)


@pytest.mark.parametrize("file", FILES)
def test_lines_do_not_cross(file: str) -> None:
    drawing = draw(file)
    for (one, a), (two, b) in combinations(drawing.lines.items(), 2):
        if set(drawing.ends[one]) & set(drawing.ends[two]):
            continue  # lines that leave or reach the same shape may share their way
        for first in pairwise(a):
            for second in pairwise(b):
                assert not _cross(first, second), (one, two)


def _cross(first, second) -> bool:
    (ax, ay), (bx, by) = first
    (cx, cy), (dx, dy) = second
    if (ax == bx) == (cx == dx):
        return False
    if ax == bx:
        return min(cx, dx) < ax < max(cx, dx) and min(ay, by) < cy < max(ay, by)
    return min(ax, bx) < cx < max(ax, bx) and min(cy, dy) < ay < max(cy, dy)


@pytest.mark.parametrize("file", FILES)
def test_shapes_stand_in_their_lanes(file: str) -> None:
    drawing = draw(file)
    root = read_xml((FOLDER / file).read_bytes(), file)
    for lane in root.iterfind(".//bpmn:lane", NS):
        room = drawing.nodes[lane.get("id")]
        for ref in lane.iterfind("bpmn:flowNodeRef", NS):
            if ref.text in drawing.containers:
                continue  # a sub-process spans the lanes of its steps
            box = drawing.nodes[ref.text]
            assert room.y <= box.y, ref.text
            assert box.y + box.h <= room.y + room.h, ref.text
            assert room.x <= box.x, ref.text
            assert box.x + box.w <= room.x + room.w, ref.text
