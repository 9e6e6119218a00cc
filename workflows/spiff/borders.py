"""Boundary events. Corrects E19 (an interrupting event acts too late) and the half of E27 that
comes from Spiff's synthetic split and join around an activity: there is none here.

An activity that begins arms its timers, messages, signals and conditions as tokens of its
own; errors and escalations need no token, they are looked up when thrown. Firing an interrupting event
cancels the activity at once, in the same move. A non-interrupting timer fires
once, or as often as its cycle says, each time armed anew; a non-interrupting message, signal or condition stays armed and fires again.

The flow out of a boundary event sees what has been written up to that moment, also inside
an embedded sub-process, because its variables are those of the process around it; nothing
of a called process passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent

from workflows.model import Element, Trigger
from workflows.spiff.awaiting import AWAITED
from workflows.spiff.conditions import view
from workflows.spiff.events import definition_of
from workflows.spiff.node import Node
from workflows.spiff.throwing import fire
from workflows.spiff.token import WAITING, Token

ARMED = frozenset(AWAITED)


class BorderNode(Node, BoundaryEvent):
    """Boundary event; its token, while armed, belongs to the activity's."""

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(
            scope,
            element,
            event_definition=definition_of(element.event),
            cancel_activity=element.interrupting,
        )

    @property
    def cause(self) -> Trigger:
        """What it reacts to."""
        return self.element.event.trigger if self.element.event else Trigger.NONE

    def catches(self, my_task: Token, event: Any) -> bool:
        """Never: Spiff's event manager is not used."""
        return False

    def trigger(self, my_task: Token, values: Mapping[str, Any]) -> None:
        """The armed event happens."""
        activity = my_task.owner
        if activity is not None:
            thrown = view(my_task) if self.condition is not None else None
            fire(self, activity, armed=my_task, values=values, thrown=thrown)


def arm(activity: Token) -> None:
    """Arm the events on the border of an activity that begins."""
    for border in activity.task_spec.borders:
        if border.cause in ARMED:
            activity.own(Token(activity.workflow, border, activity))._set_state(WAITING)
