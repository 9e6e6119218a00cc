"""How much one expression may cost; beyond each limit stands an ExpressionError, not a crash.

A step is about one evaluated node of the tree, or one element looked at by a function.
The numbers are far above what an office needs and keep the worst case below a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.errors import ExpressionError

MAX_SOURCE = 4_000  # characters
MAX_DEPTH = 50  # levels of nesting in the source
MAX_NESTING = 60  # levels of lists and contexts in a value
MAX_STEPS = 200_000
MAX_DECISION_STEPS = 300_000  # for all of a graph of decisions
MAX_LIST = 10_000  # elements
MAX_TEXT = 20_000  # characters of a string that an expression builds
MAX_CALLS = 60  # calls of functions of one's own inside one another
MAX_REMARKS = 20
MAX_RESULT = 100_000  # values in a result, all levels together; 16 characters count as one


class Meter:
    """The budget of one evaluation, and what it has to say about its nulls."""

    __slots__ = ("calls", "left", "remarks", "types")

    def __init__(self, types: Mapping[str, Any] | None = None, steps: int = MAX_STEPS) -> None:
        self.left = steps
        self.calls = 0  # functions that are running now, one inside the other
        self.remarks: list[str] = []
        self.types: Mapping[str, Any] = types or {}  # of a DMN file, by name (see `types`)

    def spend(self, steps: int) -> None:
        """Take `steps` from the budget; raises ExpressionError when it is used up."""
        self.left -= steps
        if self.left < 0:
            raise ExpressionError("计算步骤太多，已停止", code="budget")

    def allow_list(self, length: int) -> None:
        """Let a list of `length` elements come into being."""
        if length > MAX_LIST:
            raise ExpressionError(f"列表超过 {MAX_LIST} 项", code="budget")
        self.spend(length)

    def allow_text(self, length: int) -> None:
        """Let a string of `length` characters come into being."""
        if length > MAX_TEXT:
            raise ExpressionError(f"文字超过 {MAX_TEXT} 个字符", code="budget")
        self.spend(1 + length // 16)

    def remark(self, sentence: str) -> None:
        """Keep why something became null; the first few are enough."""
        if len(self.remarks) < MAX_REMARKS and sentence not in self.remarks:
            self.remarks.append(sentence)

    def enter(self) -> None:
        """A function begins; `calls` goes down when it ends."""
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise ExpressionError(f"函数层层调用超过 {MAX_CALLS} 层", code="budget")
