"""Tasks: those that wait for a person or a message, and those that pass at once."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    ManualTask,
    NoneTask,
    ReceiveTask,
    SendTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from workflows.errors import ExpressionError
from workflows.feel.decisions import decide
from workflows.model import Element
from workflows.spiff.borders import arm
from workflows.spiff.events import CatchNode
from workflows.spiff.merging import LOCAL
from workflows.spiff.node import Node
from workflows.spiff.token import READY, Token


class PersonNode(Node, UserTask):
    """User task: `outcome` of the step before is cleared, then it waits for a person."""

    shows_enter_early = True

    def _update_hook(self, my_task: Token) -> bool:
        my_task.forget(LOCAL)
        self.order(my_task, "enter")
        if self.instance_of is None:
            arm(my_task)
        my_task._set_state(READY)
        return False


class ManualNode(PersonNode, ManualTask):
    """Manual task: like a user task, without a form."""


class PassingNode(Node, NoneTask):
    """Plain task or service task: orders its effects and passes (Spiff waits for a person)."""

    def __init__(self, scope: Any, element: Element, name: str = "") -> None:
        super().__init__(scope, element, name)
        self.manual = False


class SendNode(Node, SendTask):
    """Send task: sends its message and passes."""

    throws = True

    def __init__(self, scope: Any, element: Element, name: str = "") -> None:
        super().__init__(scope, element, name, event_definition=NoneEventDefinition())


class ReceiveNode(CatchNode, ReceiveTask):
    """Receive task: an activity that waits for its message."""

    def __init__(self, scope: Any, element: Element, name: str = "") -> None:
        Node.__init__(self, scope, element, name, event_definition=NoneEventDefinition())

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        if self.instance_of is None:
            arm(my_task)
        return False


class RuleNode(PassingNode):
    """Business rule task: a DMN decision, evaluated by our own FEEL (E24)."""

    decision: Any

    def _run_hook(self, my_task: Token) -> bool:
        try:
            value = decide(self.decision, my_task.data)
        except ExpressionError as error:
            raise ExpressionError(
                f"决策{self.title}无法计算：{error.sentence}",
                expression=error.expression,
                column=error.column,
            ) from error
        my_task.write({self.element.result_variable or "": value})
        return True
