"""The engine as a function: `prepare`, `start`, `advance`, `inspect`, `preview_return` (design.md §1).

Same input, same output, byte for byte, in any process: no clock, no randomness, no I/O.
"""

from __future__ import annotations

from workflows.engine.definition import Definition, prepare
from workflows.engine.outcomes import (
    ArmedTimer,
    AwaitedMessage,
    Cancel,
    ClosedItem,
    Command,
    Complete,
    Deliver,
    Fire,
    OpenedItem,
    OrderedEffect,
    Outcome,
    Place,
    Return,
    State,
    Target,
)
from workflows.engine.returning import LeftActivity, ReturnTarget, preview_return
from workflows.engine.running import advance, inspect, start

__all__ = [
    "ArmedTimer",
    "AwaitedMessage",
    "Cancel",
    "ClosedItem",
    "Command",
    "Complete",
    "Definition",
    "Deliver",
    "Fire",
    "LeftActivity",
    "OpenedItem",
    "OrderedEffect",
    "Outcome",
    "Place",
    "Return",
    "ReturnTarget",
    "State",
    "Target",
    "advance",
    "inspect",
    "prepare",
    "preview_return",
    "start",
]
