"""The engine as a function: `prepare`, `start`, `advance`, `inspect`, previews (design.md §1).

Same input, same output, byte for byte, in any process: no clock, no randomness, no I/O.
"""

from __future__ import annotations

from workflows.engine.definition import Definition, prepare
from workflows.engine.moving import positions
from workflows.engine.outcomes import (
    ArmedTimer,
    AwaitedMessage,
    Cancel,
    CancelBranch,
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
    TakeBack,
    Target,
    ThrownSignal,
)
from workflows.engine.returning import (
    BranchEnd,
    LeftActivity,
    ReturnTarget,
    preview_cancel_branch,
    preview_return,
    preview_take_back,
)
from workflows.engine.running import advance, inspect, start, variables

__all__ = [
    "ArmedTimer",
    "AwaitedMessage",
    "BranchEnd",
    "Cancel",
    "CancelBranch",
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
    "TakeBack",
    "Target",
    "ThrownSignal",
    "advance",
    "inspect",
    "positions",
    "prepare",
    "preview_cancel_branch",
    "preview_return",
    "preview_take_back",
    "start",
    "variables",
]
