"""Compiling operators: logic, comparison, membership, arithmetic, and unary tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Tree

from workflows.errors import ExpressionError
from workflows.feel.arithmetic import OPERATORS, Operations, calculate, negate
from workflows.feel.comparing import Ternary, both, compare, equal, member, order
from workflows.feel.nodes import (
    Builder,
    Code,
    Scope,
    at_column,
    node,
    refuse,
    subtree,
    subtrees,
    token,
)
from workflows.feel.reading import Node, column_of

_CONDITIONS = frozenset(
    {
        "expression",
        "conjunction",
        "compare",
        "between",
        "inside",
        "inside_comparing",
        "instance",
        "some",
        "every",
        "call",
    }
)


@node("expression")
def _or(builder: Builder, tree: Node) -> Code:
    parts = [builder.code(child) for child in subtrees(tree)]
    return lambda scope: any_of(part(scope) for part in parts)


@node("conjunction")
def _and(builder: Builder, tree: Node) -> Code:
    parts = [builder.code(child) for child in subtrees(tree)]
    return lambda scope: all_of(part(scope) for part in parts)


def any_of(answers: Any) -> Ternary:
    """`or` of any number of values, read only as far as needed."""
    known = True
    for answer in answers:
        if answer is True:
            return True
        known = known and answer is False
    return False if known else None


def all_of(answers: Any) -> Ternary:
    """`and` of any number of values, read only as far as needed."""
    known = True
    for answer in answers:
        if answer is False:
            return False
        known = known and answer is True
    return True if known else None


@node("compare")
def _compare(builder: Builder, tree: Node) -> Code:
    left, right = builder.code(subtree(tree, 0)), builder.code(subtree(tree, 2))
    sign = _sign(subtree(tree, 1))
    column = column_of(tree)
    if sign == "=":
        return lambda scope: equal(left(scope), right(scope), scope.meter)
    if sign in ("<", "<=", ">", ">="):
        return lambda scope: order(sign, left(scope), right(scope))

    def run(scope: Scope) -> Any:
        try:
            return compare(sign, left(scope), right(scope), scope.meter)
        except ExpressionError as wrong:
            raise at_column(wrong, column) from None

    return run


@node("compare_unary")
def _compare_unary(builder: Builder, tree: Node) -> Code:
    """`r = >= 2`: is a range the one that is open on one side?"""
    left, sign = builder.code(subtree(tree, 0)), _sign(subtree(tree, 1))
    if sign not in ("=", "!="):
        raise refuse(f"“{sign}”右边不能再写比较符号", subtree(tree, 2))
    right = builder.code(Tree("comparing", list(tree.children[2:]), tree.meta))
    return lambda scope: compare(sign, left(scope), right(scope), scope.meter)


def _sign(operator: Node) -> str:
    return str(token(operator, 0))


@node("between")
def _between(builder: Builder, tree: Node) -> Code:
    value, low, high = (builder.code(child) for child in subtrees(tree))

    def run(scope: Scope) -> Any:
        tested = value(scope)
        return both(order(">=", tested, low(scope)), order("<=", tested, high(scope)))

    return run


@node("inside")
def _inside(builder: Builder, tree: Node) -> Code:
    value = builder.code(subtree(tree, 0))
    right = subtree(tree, 1)
    tests = subtrees(right) if right.data == "group" else [right]
    codes = [_membership(builder, test) for test in tests]

    def run(scope: Scope) -> Any:
        tested = value(scope)
        return any_of(code(scope, tested) for code in codes)

    return run


Test = Callable[[Scope, Any], Any]


def _membership(builder: Builder, test: Node) -> Test:
    if test.data == "comparing":
        return _comparing(builder, test)
    given = builder.code(test)
    return lambda scope, tested: member(tested, given(scope), scope.meter)


def _comparing(builder: Builder, test: Node) -> Test:
    sign, bound = _sign(subtree(test, 0)), builder.code(subtree(test, 1))
    return lambda scope, tested: compare(sign, tested, bound(scope), scope.meter)


@node("inside_comparing")
def _inside_comparing(builder: Builder, tree: Node) -> Code:
    value, bound = builder.code(subtree(tree, 0)), builder.code(subtree(tree, 2))
    sign = _sign(subtree(tree, 1))
    return lambda scope: compare(sign, value(scope), bound(scope), scope.meter)


@node("tests")
def _tests(builder: Builder, tree: Node) -> Code:
    """The unary tests of one cell: true if one of them holds for `?`."""
    codes = [_unary(builder, test) for test in subtrees(tree)]

    def run(scope: Scope) -> bool:
        tested = scope.values["?"]
        return any(code(scope, tested) is True for code in codes)

    return run


def _unary(builder: Builder, test: Node) -> Test:
    if test.data == "comparing":
        return _comparing(builder, test)
    given = builder.code(test)
    if any(part.data == "tested" for part in test.iter_subtrees()):
        return lambda scope, _tested: given(scope)
    if test.data not in _CONDITIONS:
        return lambda scope, tested: member(tested, given(scope), scope.meter)

    def run(scope: Scope, tested: Any) -> Any:
        answer = given(scope)
        if type(answer) is bool and type(tested) is not bool:
            return answer  # a condition of its own, that does not look at the input
        return member(tested, answer, scope.meter)

    return run


Step = tuple[Operations, Code, int]


@node("sum", "product")
def _chain(builder: Builder, tree: Node) -> Code:
    """`a + b - c`, from left to right."""
    first = builder.code(subtree(tree, 0))
    steps: list[Step] = []
    for place in range(1, len(tree.children), 2):
        sign = token(tree, place)
        code = builder.code(subtree(tree, place + 1))
        steps.append((OPERATORS[sign], code, column_of(sign)))
    return _chained(first, steps)


@node("power")
def _power(builder: Builder, tree: Node) -> Code:
    first, *others = subtrees(tree)
    code = builder.code(first)
    return _chained(
        code, [(OPERATORS["**"], builder.code(other), column_of(other)) for other in others]
    )


def _chained(first: Code, steps: list[Step]) -> Code:
    def run(scope: Scope) -> Any:
        value = first(scope)
        for operations, code, column in steps:
            try:
                value = calculate(operations, value, code(scope), scope.meter)
            except ExpressionError as wrong:
                raise at_column(wrong, column) from None
        return value

    return run


@node("negate")
def _negate(builder: Builder, tree: Node) -> Code:
    value = builder.code(subtree(tree, 0))
    return lambda scope: negate(value(scope))
