"""Move running cases to another version of their process, or let them stay (design.md §3½)."""

from __future__ import annotations

from workflows.engine.moving import Choice, Moved, Position, Question, positions
from workflows.transfer.comparing import Comparison, Verdict, compare, move

__all__ = [
    "Choice",
    "Comparison",
    "Moved",
    "Position",
    "Question",
    "Verdict",
    "compare",
    "move",
    "positions",
]
