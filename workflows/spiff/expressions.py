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
        """Tell whether a condition is true. Raises ExpressionError where it is neither.

        A null is what comes of a missing variable or of comparing different kinds (`3 < "5"`);
        engines stop there. Taking it for "no" would lead a case down the default flow unseen.
        """
        found = self.value(variables)
        if found is True or found is False:
            return found
        what = "空值，也许缺少变量，或比较了不同种类的值" if found is None else "别的值"
        raise ExpressionError(
            f"{self.place}的条件「{self.text}」应得出是或否，得出的却是{what}",
            expression=self.text,
            code="value",
        )

    def becomes(self, variables: Mapping[str, Any]) -> bool:
        """Tell whether what is awaited (an event, enough instances) has come about.

        It has not while a variable is missing that a later step may set.
        """
        return self.value(variables) is True


class NoScripts:
    """Stands where Spiff keeps its Python script engine; refuses everything."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotExecutable(f"不执行脚本（{name}）")
