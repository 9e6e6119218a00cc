"""How much one expression may cost; beyond each limit stands an ExpressionError, not a crash.

A step is about one evaluated node of the tree, or one element looked at by a function.
The numbers are far above what an office needs and keep the worst case below a second.
"""

from __future__ import annotations

from workflows.errors import ExpressionError

MAX_SOURCE = 4_000  # characters
MAX_DEPTH = 50  # levels of nesting in the source
MAX_NESTING = 60  # levels of lists and contexts in a value
MAX_STEPS = 200_000
MAX_LIST = 10_000  # elements
MAX_TEXT = 20_000  # characters of a string that an expression builds
MAX_RESULT = 100_000  # values in a result, all levels together; 16 characters count as one


class Meter:
    """The budget of one evaluation."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Take `steps` from the budget; raises ExpressionError when it is used up."""
        self.left -= steps
        if self.left < 0:
            raise ExpressionError(f"计算步骤超过 {MAX_STEPS} 步，已停止")

    def allow_list(self, length: int) -> None:
        """Let a list of `length` elements come into being."""
        if length > MAX_LIST:
            raise ExpressionError(f"列表超过 {MAX_LIST} 项")
        self.spend(length)

    def allow_text(self, length: int) -> None:
        """Let a string of `length` characters come into being."""
        if length > MAX_TEXT:
            raise ExpressionError(f"文字超过 {MAX_TEXT} 个字符")
        self.spend(1 + length // 16)
