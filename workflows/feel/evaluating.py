"""From text to a compiled expression, and from that to a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from workflows.errors import ExpressionError
from workflows.feel import atoms, calls, invoking, kinds, loops, operations
from workflows.feel.limits import MAX_SOURCE, Meter
from workflows.feel.naming import bound_names, find_names
from workflows.feel.nodes import Builder, Code, Remark, Scope
from workflows.feel.reading import Node, read
from workflows.feel.spelling import NONE, Names, wide_names
from workflows.feel.values import Variables, admit, release

# Importing a module of nodes registers its builders.
NODE_MODULES = (atoms, calls, invoking, kinds, loops, operations)
_NEGATED = re.compile(r"\s*not\s*\(")


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `names` are its free variables.

    `filter_names` stand inside filters, where a name may be a variable or an entry of the
    elements; a check can only ask that it be one of the two. `remarks` tell what in it can
    only be null; `weight` is its price in steps.
    """

    text: str
    code: Code
    names: frozenset[str]
    filter_names: frozenset[str]
    remarks: tuple[Remark, ...] = ()
    weight: int = 1


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The compiled condition of one cell of a decision table; `code` None: always holds."""

    text: str
    code: Code | None
    negated: bool
    names: frozenset[str]
    filter_names: frozenset[str]
    remarks: tuple[Remark, ...] = ()
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A value, and in words why parts of it are null."""

    value: Any
    remarks: tuple[str, ...]


def parse(text: str) -> Expression:
    """Compile an expression, once per text and process.

    Raises ExpressionError, which carries the 1-based column, for anything that is not FEEL
    as this project reads it: also for unknown functions and wrong numbers of arguments.
    """
    return _strict(read_expression(text))


@lru_cache(4096)
def read_expression(text: str, known: Names = NONE) -> Expression:
    """Compile an expression as DMN has it: what means nothing is null, with a remark.

    `known` are the names that the surroundings give and that could not be read otherwise:
    those with blanks or signs, and those of functions called like ours. Raises
    ExpressionError for text that cannot be read.
    """
    return Expression(text, *_compile(text, "expression", 0, known))


def parse_unary(text: str) -> UnaryTests:
    """Compile the condition of a cell: `-`, `< 5`, `[1..5)`, `"a","b"`, `not(…)`, `? > 3`.

    Raises ExpressionError like `parse`.
    """
    return _strict(read_unary(text))


@lru_cache(4096)
def read_unary(text: str, known: Names = NONE) -> UnaryTests:
    """Compile the condition of a cell as `read_expression` does."""
    if text.strip() in ("", "-"):
        return UnaryTests(text, None, False, frozenset(), frozenset())
    opening = _NEGATED.match(text)
    closing = text.rstrip()
    if opening and closing.endswith(")"):
        try:
            inner = text[opening.end() : len(closing) - 1]
            return _unary(text, _compile(inner, "tests", opening.end(), known), negated=True)
        except ExpressionError as wrong:
            return _not_negated(text, wrong, known)
    return _unary(text, _compile(text, "tests", 0, known), negated=False)


Compiled = tuple[Code, frozenset[str], frozenset[str], tuple[Remark, ...], int]


def _unary(text: str, compiled: Compiled, *, negated: bool) -> UnaryTests:
    code, names, filter_names, remarks, weight = compiled
    return UnaryTests(text, code, negated, names, filter_names, remarks, weight)


def _not_negated(text: str, wrong: ExpressionError, known: Names) -> UnaryTests:
    """`not(a) or f(b)` only looks like a negated cell; else tell the error further right."""
    try:
        return _unary(text, _compile(text, "tests", 0, known), negated=False)
    except ExpressionError as other:
        further = wrong if (wrong.column or 0) >= (other.column or 0) else other
        raise ExpressionError(
            further.sentence, expression=text[:MAX_SOURCE], column=further.column
        ) from None


def _compile(text: str, start: str, offset: int, known: Names) -> Compiled:
    """Read and compile `text`, which stands `offset` characters inside the whole."""
    try:
        tree: Node = read(text, start, known)
        builder = Builder(tests_input=start == "tests", bound=bound_names(tree) | known)
        code = builder.code(tree)
    except ExpressionError as wrong:
        raise placed(wrong, text, offset) from wrong.__cause__
    found = find_names(tree)
    remarks = tuple(
        Remark(one.column + offset, one.sentence, one.unknown) for one in builder.remarks
    )
    return code, frozenset(found.free), frozenset(found.perhaps), remarks, builder.count


Read = TypeVar("Read", Expression, UnaryTests)


def _strict(compiled: Read) -> Read:
    """The same, or ExpressionError if something in it can only be null."""
    for remark in compiled.remarks:
        wrong = ExpressionError(remark.sentence, column=remark.column)
        raise placed(wrong, compiled.text)
    return compiled


def placed(wrong: ExpressionError, text: str, offset: int = 0) -> ExpressionError:
    """The error as the caller sees it: with the place in its sentence, the innermost one."""
    if wrong.expression:
        return wrong
    column = offset + (wrong.column or 1)
    sentence = f"第 {column} 列：{wrong.sentence}"
    return ExpressionError(
        sentence, expression=text[:MAX_SOURCE], column=column, code=wrong.code
    )


def run(compiled: Expression, scope: Scope) -> Any:
    """The value of an expression in a scope, still a FEEL value.

    Raises ExpressionError when a limit is passed, with the place.
    """
    try:
        scope.meter.spend(compiled.weight)
        return compiled.code(scope)
    except ExpressionError as wrong:
        raise placed(wrong, compiled.text) from None
    except RecursionError:
        raise placed(_too_deep(), compiled.text) from None


def _too_deep() -> ExpressionError:
    return ExpressionError("计算层层嵌套太深，已停止", code="budget")


def holds(compiled: UnaryTests, value: Any, scope: Scope) -> bool:
    """Whether a cell's condition holds for a FEEL value; null counts as no."""
    if compiled.code is None:
        return True
    try:
        scope.meter.spend(compiled.weight)
        answer = compiled.code(Scope({"?": value}, scope, scope.meter))
    except ExpressionError as wrong:
        raise placed(wrong, compiled.text) from None
    except RecursionError:
        raise placed(_too_deep(), compiled.text) from None
    return bool(answer) is not compiled.negated


def evaluate(expression: str | Expression, variables: Mapping[str, object]) -> Any:
    """The value of an expression over `variables`.

    What DMN calls null (unknown names, values that do not go together, division by zero) is
    None. Whole numbers come out as int, others as Decimal, lists and contexts are fresh.
    Raises ExpressionError for text that is not FEEL, a limit passed, or a variable that is
    no JSON-like value; nothing else is ever raised.
    """
    compiled = expression if isinstance(expression, Expression) else parse(expression)
    return _answer(compiled, variables, Meter())


def attempt(text: str, variables: Mapping[str, object]) -> Answer:
    """The value of an expression as DMN has it, names with blanks and all.

    What means nothing is null and told in the remarks. Raises ExpressionError for text that
    cannot be read and for a limit passed.
    """
    compiled = read_expression(text, wide_names(variables))
    meter = Meter()
    value = _answer(compiled, variables, meter)
    said = [f"第 {one.column} 列：{one.sentence}" for one in compiled.remarks]
    return Answer(value, (*said, *meter.remarks))


def _answer(compiled: Expression, variables: Mapping[str, object], meter: Meter) -> Any:
    scope = Scope(Variables(variables, meter), None, meter)
    try:
        return release(compiled.code(scope))
    except ExpressionError as wrong:
        raise placed(wrong, compiled.text) from None
    except RecursionError:
        raise placed(_too_deep(), compiled.text) from None


def test(unary: str | UnaryTests, value: object, variables: Mapping[str, object]) -> bool:
    """Whether a cell's condition holds for an input `value`; null counts as no.

    Raises ExpressionError like `evaluate`.
    """
    compiled = unary if isinstance(unary, UnaryTests) else parse_unary(unary)
    meter = Meter()
    try:
        admitted = admit(value, meter)
    except ExpressionError as wrong:
        raise placed(wrong, compiled.text) from None
    return holds(compiled, admitted, Scope(Variables(variables, meter), None, meter))


def names(expression: str | Expression) -> frozenset[str]:
    """The variables that an expression reads, without those that only a filter names."""
    compiled = expression if isinstance(expression, Expression) else parse(expression)
    return compiled.names
