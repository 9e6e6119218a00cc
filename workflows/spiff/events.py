"""Start, end, throwing and catching events. Corrects the parts of E22 that belong to running
(signal ends do nothing in Spiff; here every end does what its definition says) and E26
(`LedgerTimer`: Spiff's timers read the clock inside any step).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from workflows.model import Element, Event, Trigger
from workflows.spiff import throwing
from workflows.spiff.conditions import view
from workflows.spiff.node import Node
from workflows.spiff.token import WAITING, Token


class LedgerTimer(TimerEventDefinition):
    """A timer that names a clock of the ledger and fires only when told to (E26).

    `expression` is the name of the clock; no moment is ever computed or stored.
    """

    def __init__(self, clock: str, before: int) -> None:
        super().__init__(clock, clock)
        self.before = before

    def has_fired(self, my_task: Token) -> bool:
        """Tell whether the `Fire` command has come."""
        return bool(my_task.triggered)


def definition_of(event: Event | None) -> Any:
    """Give Spiff's event definition for a catching node."""
    if event is not None and event.trigger is Trigger.TIMER:
        return LedgerTimer(event.clock or "", event.before)
    return NoneEventDefinition()


class StartNode(Node, StartEvent):
    """Start event: passed at once; what triggers it lies outside the engine."""

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element, event_definition=NoneEventDefinition())


class ThrowNode(Node, IntermediateThrowEvent):
    """Intermediate throw event, also the plain one without trigger."""

    throws = True

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element, event_definition=NoneEventDefinition())


class EndNode(Node, EndEvent):
    """End event of any kind."""

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element, event_definition=NoneEventDefinition())

    def _on_complete(self, my_task: Token) -> None:
        self.order(my_task, "complete")
        self.record(my_task)
        workflow = my_task.workflow
        if self.element.result is not None:
            workflow.result = self.element.result
        trigger = self.element.event.trigger if self.element.event else Trigger.NONE
        my_task.discard()
        workflow.absorb(my_task)
        if trigger is Trigger.TERMINATE:
            workflow.terminate()
            return
        if trigger is not Trigger.NONE:
            throwing.throw(my_task)
        if trigger is not Trigger.ERROR:
            workflow.check_done()


class CatchNode(Node, IntermediateCatchEvent):
    """Intermediate catch event: waits for its message, signal, timer or condition."""

    shows_enter_early = True

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element, event_definition=definition_of(element.event))

    def _update_hook(self, my_task: Token) -> bool:
        self.order(my_task, "enter")
        my_task._set_state(WAITING)
        return False

    def _on_cancel(self, my_task: Token) -> None:
        gateway = my_task.owner
        if gateway is None or not gateway.task_spec.offers:  # else it was never entered
            super()._on_cancel(my_task)

    def trigger(self, my_task: Token, values: Mapping[str, Any]) -> None:
        """What was awaited has come."""
        gateway = my_task.owner
        if gateway is not None and gateway.task_spec.offers:
            gateway.task_spec.won(gateway, my_task)
            self.order(my_task, "enter")
        my_task.triggered = True
        if self.condition is not None:
            my_task.part = view(my_task)
        my_task.write(values)
        my_task._ready()
