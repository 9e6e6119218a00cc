"""The verbs of a change: begin, save, propose, withdraw; approve, reject, cancel; go back."""

from __future__ import annotations

from webapp.changes.actions.proposing import begin, compare_anew, propose, save, withdraw
from webapp.changes.actions.reviewing import approve, cancel, go_back, reject
from webapp.changes.actions.taking_effect import take_effect

__all__ = [
    "approve",
    "begin",
    "cancel",
    "compare_anew",
    "go_back",
    "propose",
    "reject",
    "save",
    "take_effect",
    "withdraw",
]
