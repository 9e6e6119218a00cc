"""Event-based gateway. Corrects E10: two timers share one stored value in Spiff and never fire.

Each event behind the gateway has a token of its own, armed with the gateway's; the first to
come takes the others and the gateway's token away. Any number of timers, messages, signals.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from workflows.model import Element
from workflows.spiff.node import Node
from workflows.spiff.token import WAITING, Token


class EventGatewayNode(Node, EventBasedGateway):
    """Event-based gateway with its arms."""

    shows_enter_early = True
    offers = True

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element, event_definition=NoneEventDefinition())

    def _update_hook(self, my_task: Token) -> bool:
        self.order(my_task, "enter")
        my_task._set_state(WAITING)
        for route in self.routes:
            arm = my_task.own(Token(my_task.workflow, route.target, my_task))
            arm.via = route.entry
            arm._set_state(WAITING)
        return False

    def won(self, my_task: Token, arm: Token) -> None:
        """Let `arm` go on alone."""
        workflow = my_task.workflow
        way = next(
            route.id
            for route in self.routes
            if route.target is arm.task_spec and route.entry == arm.via
        )
        workflow.top_workflow.journal.taken.append((workflow.spec.process, way))
        arm.detach()
        for other in my_task.owned:
            other.discard()
        self.order(my_task, "complete")
        self.record(my_task)
        my_task.discard()
