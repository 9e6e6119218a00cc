"""Expressions of a diagram are FEEL, compiled once. Replaces Spiff's script engine.

Stock Spiff evaluates conditions with Python's `eval` and `exec` (engine study §6). Here no
node ever asks a script engine; should Spiff's own code do so, `NoScripts` refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from workflows import feel
from workflows.errors import ExpressionError, NotExecutable


class Formula:
    """A FEEL expression and the place it was drawn at, for messages."""

    __slots__ = ("expression", "place", "text")

    def __init__(self, text: str, place: str) -> None:
        """Compile. Raises NotExecutable."""
        self.text = text
        self.place = place
        try:
            self.expression = feel.parse(text)
        except ExpressionError as error:
            raise NotExecutable(f"{place}的表达式「{text}」有误：{error.sentence}") from error

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Evaluate. Raises ExpressionError naming the place."""
        try:
            return feel.evaluate(self.expression, variables)
        except ExpressionError as error:
            raise ExpressionError(
                f"{self.place}的表达式「{self.text}」无法计算：{error.sentence}",
                expression=self.text,
                column=error.column,
            ) from error

    def holds(self, variables: Mapping[str, Any]) -> bool:
        """Tell whether the value is true; null and anything else is not."""
        return self.value(variables) is True


class NoScripts:
    """Stands where Spiff keeps its Python script engine; refuses everything."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotExecutable(f"不执行脚本（{name}）")
