"""The engine alone against stock SpiffWorkflow: load, one step, save; no database.

Both run the same process of 30 nodes (a call activity, three parallel branches with a
multi-instance of five, a boundary timer and message, two choices), drawn once below and
written as BPMN for Spiff's own parser and as model values for ours, with the same ten
routing variables. Stock means SpiffWorkflow 3.2.0 with its own parser and serializer.
Prints one JSON object a line; lower is better throughout.

    python benchmarks/engine_step.py
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from workflows import engine
from workflows.engine import Complete
from workflows.model import (
    Bundle,
    Element,
    Event,
    Flow,
    Kind,
    MultiInstance,
    Process,
    Scope,
    Trigger,
)

ROUNDS = 15
FACTS = {f"fact_{number}": number for number in range(8)} | {
    "again": False,
    "units": ["u1", "u2", "u3", "u4", "u5"],
}
TAGS = {
    Kind.START: "startEvent",
    Kind.END: "endEvent",
    Kind.USER_TASK: "userTask",
    Kind.EXCLUSIVE: "exclusiveGateway",
    Kind.PARALLEL: "parallelGateway",
    Kind.CALL: "callActivity",
    Kind.BOUNDARY: "boundaryEvent",
}
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="b">'
    '<message id="Withdraw" name="withdraw"/>'
)

Diagram = tuple[list[Element], list[tuple[str, str, str | None]]]


def users(*names: str) -> list[Element]:
    """Make user tasks."""
    return [Element(name, Kind.USER_TASK, name) for name in names]


def main_process() -> Diagram:
    """Draw the process of 30 nodes."""
    elements = [
        Element("start", Kind.START),
        *users("apply", "accept", "supplement", "register", "survey", "report", "publish"),
        *users("draft", "review", "leader", "urge", "certify", "print", "hand_over", "archive"),
        Element("complete", Kind.EXCLUSIVE),
        Element("part", Kind.CALL, called="part"),
        Element("split", Kind.PARALLEL),
        Element("join", Kind.PARALLEL),
        Element(
            "opinion",
            Kind.USER_TASK,
            multi=MultiInstance(collection="units", item="unit"),
        ),
        Element(
            "late",
            Kind.BOUNDARY,
            attached_to="leader",
            interrupting=False,
            event=Event(Trigger.TIMER, clock="promised"),
        ),
        Element(
            "withdraw",
            Kind.BOUNDARY,
            attached_to="leader",
            event=Event(Trigger.MESSAGE, "withdraw"),
        ),
        Element("agreed", Kind.EXCLUSIVE),
        *(Element(name, Kind.END) for name in ("end", "urged", "withdrawn", "refused")),
        *users("note", "file"),
    ]
    lines = [
        "start apply accept complete",
        "supplement accept",
        "part register split opinion join draft review leader agreed",
        "split survey report join",
        "split publish join",
        "late urge urged",
        "withdraw withdrawn",
        "certify print hand_over note file archive end",
    ]
    flows: list[tuple[str, str, str | None]] = []
    for line in lines:
        names = line.split()
        flows += [(a, b, None) for a, b in itertools.pairwise(names)]
    flows += [("complete", "supplement", "again"), ("complete", "part", "")]
    flows += [("agreed", "refused", "again"), ("agreed", "certify", "")]
    return elements, flows


def part_process() -> Diagram:
    """Draw the called process."""
    elements = [Element("p_start", Kind.START), *users("assign", "examine", "sign")]
    elements.append(Element("p_end", Kind.END))
    names = [element.id for element in elements]
    return elements, [(a, b, None) for a, b in itertools.pairwise(names)]


def many_process(count: int) -> Diagram:
    """Draw `count` parallel instances."""
    multi = MultiInstance(cardinality=str(count), item="i")
    elements = [
        Element("m_start", Kind.START),
        Element("each", Kind.USER_TASK, multi=multi),
        Element("m_end", Kind.END),
    ]
    return elements, [("m_start", "each", None), ("each", "m_end", None)]


def loop_process() -> Diagram:
    """Draw a loop around a parallel block."""
    elements = [
        Element("start", Kind.START),
        Element("merge", Kind.EXCLUSIVE),
        Element("split", Kind.PARALLEL),
        *users("a", "b", "leader"),
        Element("join", Kind.PARALLEL),
        Element("choice", Kind.EXCLUSIVE),
        Element("end", Kind.END),
    ]
    flows: list[tuple[str, str, str | None]] = [
        ("start", "merge", None),
        ("merge", "split", None),
        ("split", "a", None),
        ("split", "b", None),
        ("a", "join", None),
        ("b", "join", None),
        ("join", "leader", None),
        ("leader", "choice", None),
        ("choice", "end", "done"),
        ("choice", "merge", ""),
    ]
    return elements, flows


def as_model(root: str, **diagrams: Diagram) -> engine.Definition:
    """Prepare diagrams for our engine; an empty condition means the default flow."""
    processes = {}
    for key, (elements, flows) in diagrams.items():
        drawn = tuple(
            Flow(f"{a}_{b}", a, b, condition=when or None, default=when == "")
            for a, b, when in flows
        )
        scope = Scope({element.id: element for element in elements}, drawn)
        processes[key] = Process(key, key, f"{key}.bpmn", scope)
    return engine.prepare(Bundle(root, processes))


def as_xml(key: str, diagram: Diagram) -> bytes:
    """Write a diagram as BPMN for Spiff's parser."""
    elements, flows = diagram
    defaults = {a: f"{a}_{b}" for a, b, when in flows if when == ""}
    text = [f'{HEAD}<process id="{key}" isExecutable="true">']
    for element in elements:
        tag, attributes, inside = TAGS[element.kind], f'id="{element.id}"', ""
        if element.id in defaults:
            attributes += f' default="{defaults[element.id]}"'
        if element.called:
            attributes += f' calledElement="{element.called}"'
        if element.attached_to:
            flag = str(element.interrupting).lower()
            attributes += f' attachedToRef="{element.attached_to}" cancelActivity="{flag}"'
        if element.event and element.event.trigger is Trigger.TIMER:
            inside = (
                "<timerEventDefinition><timeDuration>&quot;P30D&quot;</timeDuration>"
                "</timerEventDefinition>"
            )
        elif element.event:
            inside = '<messageEventDefinition messageRef="Withdraw"/>'
        if element.multi and element.multi.collection:
            inside = (
                "<multiInstanceLoopCharacteristics>"
                f"<loopDataInputRef>{element.multi.collection}</loopDataInputRef>"
                f'<inputDataItem id="{element.multi.item}"/></multiInstanceLoopCharacteristics>'
            )
        elif element.multi:
            inside = (
                "<multiInstanceLoopCharacteristics><loopCardinality>"
                f"{element.multi.cardinality}</loopCardinality></multiInstanceLoopCharacteristics>"
            )
        text.append(f"<{tag} {attributes}>{inside}</{tag}>")
    for a, b, when in flows:
        inside = (
            f'<conditionExpression xsi:type="tFormalExpression">{when}</conditionExpression>'
            if when
            else ""
        )
        text.append(
            f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}">{inside}</sequenceFlow>'
        )
    text.append("</process></definitions>")
    return "".join(text).encode()


class Stock:
    """A case on stock SpiffWorkflow, kept as text between steps."""

    def __init__(self, root: str, facts: dict[str, Any], **diagrams: Diagram) -> None:
        parser = BpmnParser()
        for key, diagram in diagrams.items():
            parser.add_bpmn_str(as_xml(key, diagram))
        case = BpmnWorkflow(parser.get_spec(root), parser.get_subprocess_specs(root))
        case.task_tree.data.update(facts)
        self.serializer = BpmnWorkflowSerializer()
        case.do_engine_steps()
        self.text = self.serializer.serialize_json(case)

    def step(self, number: int) -> float | None:
        """Complete one task; give the seconds of load + step + save, None when over."""
        begun = time.perf_counter()
        case = self.serializer.deserialize_json(self.text)
        ready = case.get_tasks(state=TaskState.READY, manual=True)
        if not ready:
            return None
        task = min(ready, key=lambda task: task.task_spec.bpmn_id or task.task_spec.name)
        task.data[f"value_{number % 10}"] = number
        task.run()
        case.do_engine_steps()
        self.text = self.serializer.serialize_json(case)
        return time.perf_counter() - begun


class Ours:
    """A case on our engine; which items are open is known from the outcomes, as in the tables."""

    def __init__(self, definition: engine.Definition, facts: dict[str, Any]) -> None:
        self.definition = definition
        outcome = engine.start(definition, facts, "benchmark")
        self.snapshot = outcome.snapshot
        self.open = {item.token: item.place.element for item in outcome.opened}

    def step(self, number: int, values: dict[str, Any] | None = None) -> float | None:
        """Complete one task; give the seconds of load + step + save, None when over."""
        if not self.open:
            return None
        token = min(self.open, key=lambda token: self.open[token])
        command = Complete(token, values or {f"value_{number % 10}": number})
        begun = time.perf_counter()
        outcome = engine.advance(self.definition, self.snapshot, command)
        spent = time.perf_counter() - begun
        self.snapshot = outcome.snapshot
        for closed in outcome.closed:
            del self.open[closed.token]
        self.open.update((item.token, item.place.element) for item in outcome.opened)
        return spent


def play(make: Callable[[], Any], steps: int) -> list[float]:
    """Play one case; give the seconds of each step."""
    case = make()
    spans = []
    for number in range(steps):
        spent = case.step(number)
        if spent is None:
            break
        spans.append(spent)
    return spans


def report(name: str, **figures: Any) -> None:
    """Print one line."""
    print(json.dumps({"name": name, **figures}))


def thirty_nodes() -> None:
    """A typical case: ours, stock, and the size of what is kept."""
    diagrams = {"main": main_process(), "part": part_process()}
    definition = as_model("main", **diagrams)
    ours, stock = [], []
    for _ in range(ROUNDS):
        ours.append(play(lambda: Ours(definition, FACTS), 20))
        stock.append(play(lambda: Stock("main", FACTS, **diagrams), 20))
    if {len(spans) for spans in ours + stock} != {20}:
        raise SystemExit("the two engines did not take the same 20 steps")
    mine = statistics.median(statistics.fmean(spans) for spans in ours)
    theirs = statistics.median(statistics.fmean(spans) for spans in stock)
    report(
        "engine step alone (load + execute + save), 30 nodes, against stock with its serializer",
        ratio=round(mine / theirs, 4),
        target=0.25,
    )
    report("engine step alone, 30 nodes, ms", value=round(mine * 1e3, 3), target=0.7)
    case, sizes = Ours(definition, FACTS), []
    for number in range(20):
        case.step(number, {f"answer_{number}": f"value {number}"})
        sizes.append(len(case.snapshot))
    report("snapshot bytes after 20 steps, 30 nodes", value=sizes[-1], target=2500)
    report("snapshot bytes, largest of 20 steps", value=max(sizes), target=2500)


def loop_passes() -> None:
    """A loop: pass 2,000 against the first passes."""
    definition = as_model("loop", loop=loop_process())
    case = Ours(definition, {"done": False})
    spans = [case.step(number) or 0.0 for number in range(3 * 2000)]
    first, last = statistics.median(spans[30:330]), statistics.median(spans[-300:])
    report(
        "engine step in loop passes 1,900-2,000 against passes 10-110",
        ratio=round(last / first, 3),
        target=1.2,
    )
    report("snapshot bytes at loop pass 2,000", value=len(case.snapshot), target=2500)


def branches(count: int) -> None:
    """Many parallel branches: the cost of completing one, against stock."""
    diagram = many_process(count)
    definition = as_model("many", many=diagram)
    ours = play(lambda: Ours(definition, FACTS), 60)
    stock = play(lambda: Stock("many", FACTS, many=diagram), 8)
    mine, theirs = statistics.median(ours), statistics.median(stock)
    report(
        f"engine step with {count} parallel branches open, against stock",
        ratio=round(mine / theirs, 4),
        target=0.1,
    )
    report(f"engine step with {count} parallel branches open, ms", value=round(mine * 1e3, 2))


if __name__ == "__main__":
    thirty_nodes()
    loop_passes()
    branches(500)
