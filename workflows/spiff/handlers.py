"""Event sub-processes. Corrects E6: Spiff adds them to the shared definition at run time, ignores
`isInterrupting`, never starts nested ones and runs error and escalation starts at once.

While a scope runs it listens: for each event sub-process that a timer, message, signal or
condition starts, a token of its own waits beside the others, which does not keep the scope
open. Errors and escalations need no token, they are looked up when thrown (see `throwing`).

What starts an interrupting one cancels everything else in the scope, the listening too; the
scope completes when the event sub-process does. One that does not interrupt runs beside the
rest: a timer starts it once or as often as it says, anything else as often as it comes. It begins with what the
scope has written so far and gives back what it writes: its variables are the scope's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import StartEvent

from workflows.model import NOTHING, Element, Trigger
from workflows.spiff import throwing
from workflows.spiff.awaiting import AWAITED, Awaits
from workflows.spiff.conditions import view
from workflows.spiff.events import definition_of
from workflows.spiff.inner import EmbeddedNode
from workflows.spiff.merging import Part, merge
from workflows.spiff.node import Node
from workflows.spiff.scopes import AnyWorkflow
from workflows.spiff.token import WAITING, Token

LISTENING = " [event]"  # suffix of the node that listens for a sub-process


class HandlerNode(EmbeddedNode):
    """Event sub-process: a token here is one run of it."""

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element)
        self.interrupts_scope = element.interrupting


class ListenNode(Node, StartEvent):
    """What starts an event sub-process, waiting in the scope around it.

    Its element is the start event inside; its data are nobody's and are not kept.
    """

    listens = True

    def __init__(self, scope: Any, start: Element, handler: HandlerNode) -> None:
        super().__init__(
            scope,
            start,
            handler.element.id + LISTENING,
            event_definition=definition_of(start.event),
        )
        self.handler = handler
        self.inside = (handler.element.id,)
        self.cause = start.event.trigger if start.event else Trigger.NONE
        self.awaits = AWAITED.get(self.cause, Awaits.NOTHING)

    def listen(self, scope: AnyWorkflow, part: Part) -> None:
        """Begin to wait, where waiting needs a token."""
        if self.awaits is not Awaits.NOTHING:
            token = Token(scope, self)
            token.part = part
            token._set_state(WAITING)

    def parts(self, my_task: Token) -> list[Part]:
        """Nothing: what it saw when it began to listen is not a variable of the scope."""
        return []

    def trigger(self, my_task: Token, values: Mapping[str, Any]) -> None:
        """What was listened for has come."""
        seen = view(my_task) if self.condition is not None else None
        if self.cause is Trigger.TIMER:
            throwing.again(my_task, None)
            my_task.discard()
        self.begin(my_task.workflow, values, seen)

    def begin(
        self,
        scope: AnyWorkflow,
        values: Mapping[str, Any] = NOTHING,
        thrown: Part | None = None,
    ) -> None:
        """Start the event sub-process with what the scope has written and what was thrown."""
        parts = scope.parts()
        if thrown is not None:
            parts.append(thrown)
        part = merge(parts)
        if self.element.interrupting:
            scope.interrupt()
        token = Token(scope, self.handler)
        token.part = part
        token.write(values)
        self.handler._update(token)
