"""From text to a compiled expression, and from that to a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel import atoms, calls, loops, operations
from workflows.feel.limits import MAX_SOURCE, Meter
from workflows.feel.naming import find_names
from workflows.feel.nodes import Builder, Code, Scope
from workflows.feel.reading import Node, read
from workflows.feel.values import Variables, admit, release

# Importing a module of nodes registers its builders.
NODE_MODULES = (atoms, calls, loops, operations)
_NEGATED = re.compile(r"\s*not\s*\(")


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `names` are its free variables.

    `filter_names` stand inside filters, where a name may be a variable or an entry of the
    elements; a check can only ask that it be one of the two.
    """

    text: str
    code: Code
    names: frozenset[str]
    filter_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The compiled condition of one cell of a decision table; `code` None: always holds."""

    text: str
    code: Code | None
    negated: bool
    names: frozenset[str]
    filter_names: frozenset[str]


def parse(text: str) -> Expression:
    """Compile an expression, once per text and process.

    Raises ExpressionError, which carries the 1-based column, for anything that is not FEEL
    as this project reads it: also for unknown functions and wrong numbers of arguments.
    """
    return _parse(text)


@lru_cache(4096)
def _parse(text: str) -> Expression:
    code, names, filter_names = _compile(text, "expression", 0)
    return Expression(text, code, names, filter_names)


def parse_unary(text: str) -> UnaryTests:
    """Compile the condition of a cell: `-`, `< 5`, `[1..5)`, `"a","b"`, `not(…)`, `? > 3`.

    Raises ExpressionError like `parse`.
    """
    return _parse_unary(text)


@lru_cache(4096)
def _parse_unary(text: str) -> UnaryTests:
    if text.strip() in ("", "-"):
        return UnaryTests(text, None, False, frozenset(), frozenset())
    opening = _NEGATED.match(text)
    closing = text.rstrip()
    if opening and closing.endswith(")"):
        try:
            inner = text[opening.end() : len(closing) - 1]
            code, names, filter_names = _compile(inner, "tests", opening.end())
            return UnaryTests(text, code, True, names, filter_names)
        except ExpressionError as wrong:
            return _not_negated(text, wrong)
    code, names, filter_names = _compile(text, "tests", 0)
    return UnaryTests(text, code, False, names, filter_names)


def _not_negated(text: str, wrong: ExpressionError) -> UnaryTests:
    """`not(a) or f(b)` only looks like a negated cell; else tell the error further right."""
    try:
        code, names, filter_names = _compile(text, "tests", 0)
    except ExpressionError as other:
        known = wrong if (wrong.column or 0) >= (other.column or 0) else other
        raise ExpressionError(
            known.sentence, expression=text[:MAX_SOURCE], column=known.column
        ) from None
    return UnaryTests(text, code, False, names, filter_names)


def _compile(text: str, start: str, offset: int) -> tuple[Code, frozenset[str], frozenset[str]]:
    """Read and compile `text`, which stands `offset` characters inside the whole."""
    try:
        tree: Node = read(text, start)
        builder = Builder(tests_input=start == "tests")
        code = builder.code(tree)
    except ExpressionError as wrong:
        raise placed(wrong, text, offset) from wrong.__cause__
    found = find_names(tree)
    return code, frozenset(found.free), frozenset(found.perhaps)


def placed(wrong: ExpressionError, text: str, offset: int = 0) -> ExpressionError:
    """The error as the caller sees it: with the place in its sentence."""
    column = offset + (wrong.column or 1)
    sentence = f"第 {column} 列：{wrong.sentence}"
    return ExpressionError(sentence, expression=text[:MAX_SOURCE], column=column)


def evaluate(expression: str | Expression, variables: Mapping[str, object]) -> Any:
    """The value of an expression over `variables`.

    What DMN calls null (unknown names, values that do not go together, division by zero) is
    None. Whole numbers come out as int, others as Decimal, lists and contexts are fresh.
    Raises ExpressionError for text that is not FEEL, a limit passed, or a variable that is
    no JSON-like value; nothing else is ever raised.
    """
    compiled = expression if isinstance(expression, Expression) else _parse(expression)
    meter = Meter()
    scope = Scope(Variables(variables, meter), None, meter)
    try:
        return release(compiled.code(scope))
    except ExpressionError as wrong:
        raise placed(wrong, compiled.text) from None


def test(unary: str | UnaryTests, value: object, variables: Mapping[str, object]) -> bool:
    """Whether a cell's condition holds for an input `value`; null counts as no.

    Raises ExpressionError like `evaluate`.
    """
    compiled = unary if isinstance(unary, UnaryTests) else _parse_unary(unary)
    if compiled.code is None:
        return True
    meter = Meter()
    try:
        outer = Scope(Variables(variables, meter), None, meter)
        scope = Scope({"?": admit(value, meter)}, outer, meter)
        return bool(compiled.code(scope)) is not compiled.negated
    except ExpressionError as wrong:
        raise placed(wrong, compiled.text) from None


def names(expression: str | Expression) -> frozenset[str]:
    """The variables that an expression reads, without those that only a filter names."""
    compiled = expression if isinstance(expression, Expression) else _parse(expression)
    return compiled.names
