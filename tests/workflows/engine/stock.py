"""SpiffWorkflow as it comes, and ours, on the same file: for the tests of its defects."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.diagrams import Play
from workflows.sources.bundle import Library

OPEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def parse(data: bytes) -> tuple[Any, Any]:
    """Read the process `p` with the library's own parser."""
    parser = SpiffBpmnParser()
    parser.add_bpmn_xml(etree.fromstring(data), "p.bpmn")
    return parser.get_spec("p"), parser.get_subprocess_specs("p")


class Stock:
    """One case on the library as it comes."""

    def __init__(self, data: bytes, facts: dict[str, Any] | None = None) -> None:
        self.specs = parse(data)
        self.case = BpmnWorkflow(*self.specs)
        self.case.task_tree.data.update(facts or {})
        self.case.do_engine_steps()

    def named(self, name: str, state: int = TaskState.READY) -> list[Any]:
        """Tasks of that id in that state, wherever they stand."""
        scopes = [self.case, *self.case.subprocesses.values()]
        return [
            task
            for scope in scopes
            for task in scope.tasks.values()
            if task.task_spec.name == name and task.state & state
        ]

    @property
    def ready(self) -> list[str]:
        """Steps of people that are open, as the library lists them."""
        tasks = self.case.get_tasks(state=TaskState.READY, manual=True)
        return sorted(task.task_spec.name for task in tasks)

    def do(self, name: str, **values: Any) -> Stock:
        """Complete a step."""
        task = self.named(name)[0]
        task.data.update(values)
        task.run()
        self.case.do_engine_steps()
        return self


def serializer() -> Any:
    """The library's serializer as it recommends."""
    return BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))


def saved(stock: Stock) -> dict[str, Any]:
    """A case as the library's JSON."""
    found: dict[str, Any] = json.loads(serializer().serialize_json(stock.case))
    return found


def ours(data: bytes, facts: dict[str, Any] | None = None) -> Play:
    """One case of the same file on our engine."""
    return Play(Library({"p.bpmn": data}).bundle("p"), facts)
