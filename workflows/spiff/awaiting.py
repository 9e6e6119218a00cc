"""What a node makes a case wait for."""

from __future__ import annotations

from enum import IntEnum

from workflows.model import Element, Kind, Trigger


class Awaits(IntEnum):
    """What a resting token at a node waits for."""

    NOTHING = 0
    PERSON = 1
    TIMER = 2
    MESSAGE = 3
    SIGNAL = 4
    CONDITION = 5  # not from outside: from the case's own data


AWAITED = {
    Trigger.TIMER: Awaits.TIMER,
    Trigger.MESSAGE: Awaits.MESSAGE,
    Trigger.SIGNAL: Awaits.SIGNAL,
    Trigger.CONDITIONAL: Awaits.CONDITION,
}


def awaits(element: Element) -> Awaits:
    """Say what a token at rest here waits for."""
    if element.kind in {Kind.USER_TASK, Kind.MANUAL_TASK}:
        return Awaits.PERSON
    event = element.event
    if event is None or element.kind not in {Kind.CATCH, Kind.BOUNDARY, Kind.RECEIVE_TASK}:
        return Awaits.NOTHING
    return AWAITED.get(event.trigger, Awaits.NOTHING)
