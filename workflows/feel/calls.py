"""Compiling calls of built-in functions, and the function literals that stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from lark import Token

from workflows.errors import ExpressionError
from workflows.feel.arithmetic import guarded
from workflows.feel.atoms import label, string_value
from workflows.feel.functions import FUNCTIONS, REFUSED
from workflows.feel.functions.declaring import ABSENT, Function
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
from workflows.feel.patterns import BadPattern, read_pattern
from workflows.feel.reading import Node, column_of
from workflows.feel.values import Lambda

Places = tuple[int | None, ...]
_WITH_PATTERN = frozenset({"matches", "replace", "split"})


@node("call")
def _call(builder: Builder, tree: Node) -> Code:
    name = token(tree, 0)
    signatures = _signatures(name)
    given = subtree(tree, 1) if subtrees(tree) else None
    if given is not None and given.data == "labelled":
        return _labelled_call(builder, name, signatures, given)
    arguments = subtrees(given) if given is not None else []
    fitting = tuple(one for one in signatures if one.takes(len(arguments)))
    if not fitting:
        raise refuse(f"函数 {_shown(name)} 不能有 {len(arguments)} 个参数", name)
    if str(name) in _WITH_PATTERN:
        _check_pattern(arguments)
    codes = [
        _argument(builder, argument, [one.parameter(place).kind for one in fitting])
        for place, argument in enumerate(arguments)
    ]
    return _invocation([(one, None) for one in fitting], codes, column_of(name))


def _check_pattern(arguments: Sequence[Node]) -> None:
    """A pattern written as a literal is read at once, so that its author hears of errors."""
    pattern = arguments[1]
    if pattern.data == "string":
        try:
            read_pattern(string_value(pattern), "")
        except BadPattern:
            raise refuse("正则表达式写得不对", pattern) from None
        except ExpressionError as wrong:
            raise refuse(wrong.sentence, pattern) from None


def _signatures(name: Token) -> tuple[Function, ...]:
    key = _shown(name)
    if key in REFUSED:
        raise refuse(REFUSED[key], name)
    if key in FUNCTIONS:
        return FUNCTIONS[key]
    near = get_close_matches(key[:40].replace("_", " "), FUNCTIONS, n=1, cutoff=0.75)
    hint = f"，是不是 {near[0]}？" if near else ""
    raise refuse(f"没有“{key}”这个函数{hint}", name)


def _shown(name: Token) -> str:
    return " ".join(name.split())


def _labelled_call(
    builder: Builder, name: Token, signatures: Sequence[Function], given: Node
) -> Code:
    labels = [label(argument) for argument in subtrees(given)]
    fitting = [
        (one, places) for one in signatures if (places := one.places(labels)) is not None
    ]
    if not fitting:
        raise refuse(f"函数 {_shown(name)} 没有这样的参数：{'、'.join(labels)}", name)
    codes = []
    for place, argument in enumerate(subtrees(given)):
        kinds = [
            one.parameters[places.index(place)].kind
            for one, places in fitting
            if place in places
        ]
        codes.append(_argument(builder, subtree(argument, 1), kinds))
    return _invocation(fitting, codes, column_of(name))


def _argument(builder: Builder, tree: Node, kinds: Sequence[str]) -> Code:
    if tree.data != "function":
        return builder.code(tree)
    if "function" not in kinds:
        raise refuse("这个参数不能是函数", tree)
    return _lambda(builder, tree)


@node("function")
def _function(_builder: Builder, tree: Node) -> Code:
    raise refuse("function 只能直接写在 sort 等函数的参数里", tree)


def _lambda(builder: Builder, tree: Node) -> Code:
    parts = subtrees(tree)
    names = [str(name) for name in parts[0].children] if len(parts) > 1 else []
    if len(set(names)) != len(names):
        raise refuse("参数的名称重复了", tree)
    body, weight = builder.weighed(parts[-1])

    def run(scope: Scope) -> Lambda:
        def call(*arguments: Any) -> Any:
            scope.meter.spend(weight)
            inside = dict(zip(names, arguments, strict=True))
            return body(Scope(inside, scope, scope.meter))

        return Lambda(len(names), call)

    return run


def _invocation(
    fitting: Sequence[tuple[Function, Places | None]], codes: Sequence[Code], column: int
) -> Code:
    def run(scope: Scope) -> Any:
        values = [code(scope) for code in codes]
        try:
            scope.meter.spend(1)
            for function, places in fitting:
                bound = _bind(function, places, values)
                if bound is not None:
                    return guarded(function.call, scope.meter, *bound)
        except ExpressionError as wrong:
            raise at_column(wrong, column) from None
        return None

    return run


def _bind(function: Function, places: Places | None, values: list[Any]) -> list[Any] | None:
    """Fit the values to the parameters; None where they do not fit."""
    if places is None:
        return function.bind(values)
    return function.bind([ABSENT if place is None else values[place] for place in places])
