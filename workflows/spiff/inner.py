"""Embedded sub-processes and call activities.

An embedded sub-process continues its activity's data and gives all of them back. A call
activity passes what `gov:in` and `gov:out` name and nothing else; a `gov:out` formula sees
the called process's data and, as `result`, the result of the end event it reached. Spiff
copies everything both ways (deepcopy) unless an io specification says otherwise.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import CallActivity, SubWorkflowTask

from workflows.model import Element
from workflows.spiff.borders import arm
from workflows.spiff.expressions import Formula
from workflows.spiff.merging import Part, merge
from workflows.spiff.node import Node
from workflows.spiff.scopes import ScopeSpec, ScopeWorkflow
from workflows.spiff.token import STARTED, Token


class InnerNode(Node):
    """An activity with a scope inside."""

    shows_enter_early = True
    inner: ScopeSpec

    def _update_hook(self, my_task: Token) -> bool:
        self.order(my_task, "enter")
        if self.instance_of is None:
            arm(my_task)
        my_task._set_state(STARTED)
        scope = ScopeWorkflow(self.inner, my_task)
        start = self.inner.start_of()
        assert start is not None  # noqa: S101
        scope.start_at(start, self.given(my_task))
        return False

    def given(self, my_task: Token) -> Part:
        """Give the data the inner scope begins with."""
        return my_task.part

    def take(self, my_task: Token, scope: ScopeWorkflow) -> None:
        """Take over what the finished inner scope leaves."""
        if scope.ended is not None:
            my_task.part = scope.ended

    def _run_hook(self, my_task: Token) -> bool:
        """The inner scope has finished."""
        self.take(my_task, my_task.workflow.top_workflow.subprocesses.pop(my_task.id))
        return True


class EmbeddedNode(InnerNode, SubWorkflowTask):
    """Embedded sub-process."""

    def __init__(self, scope: Any, element: Element, name: str = "") -> None:
        super().__init__(scope, element, name, subworkflow_spec=element.id)

    def parts(self, my_task: Token) -> list[Part]:
        """Give also what the tokens inside have written."""
        found = super().parts(my_task)
        scope = my_task.workflow.top_workflow.subprocesses.get(my_task.id)
        if scope is not None:
            found.extend(scope.parts())
        return found


class CallNode(InnerNode, CallActivity):
    """Call activity."""

    shuts_data = True

    def __init__(self, scope: Any, element: Element, name: str = "") -> None:
        super().__init__(scope, element, name, subworkflow_spec=element.called)
        place = f"调用活动{self.title}"
        self.ins = {name: Formula(text, place) for name, text in element.ins.items()}
        self.outs = {name: Formula(text, place) for name, text in element.outs.items()}

    def given(self, my_task: Token) -> Part:
        """Only what `gov:in` names."""
        data = {name: formula.value(my_task.data) for name, formula in self.ins.items()}
        return data, dict.fromkeys(data, my_task.workflow.top_workflow.next_stamp())

    def take(self, my_task: Token, scope: ScopeWorkflow) -> None:
        """Only what `gov:out` names."""
        data: dict[str, Any] = {"result": scope.result}
        if scope.ended is not None:
            data.update(merge([scope.ended])[0])
        my_task.write({name: formula.value(data) for name, formula in self.outs.items()})
