"""Compiling calls: of built-in functions by their table, of all others by their value."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from lark import Token

from workflows.errors import ExpressionError
from workflows.feel.arithmetic import guarded
from workflows.feel.atoms import label, name_code, string_value
from workflows.feel.functions import FUNCTIONS, REFUSED
from workflows.feel.functions.declaring import ABSENT, Function
from workflows.feel.invoking import by_name, by_place
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
    callee = subtree(tree, 0)
    given = subtree(tree, 1) if len(tree.children) > 1 else None
    if callee.data != "name":
        return _value_call(builder, builder.code(callee), given, callee)
    name = token(callee, 0)
    shown = _shown(name)
    if shown in REFUSED:
        raise refuse(REFUSED[shown], name)
    if shown not in FUNCTIONS:
        if shown not in builder.bound:
            builder.complain(_unknown(shown), name, unknown=shown)
        return _value_call(builder, name_code(shown), given, callee)
    if shown not in builder.bound:
        return _built_in(builder, name, given)
    return _shadowed(builder, name, given, callee)


def _shown(name: Token) -> str:
    return " ".join(name.split())


def _unknown(name: str) -> str:
    near = get_close_matches(name[:40].replace("_", " "), FUNCTIONS, n=1, cutoff=0.75)
    hint = f"，是不是 {near[0]}？" if near else ""
    return f"没有“{name}”这个函数{hint}"


def _built_in(builder: Builder, name: Token, given: Node | None) -> Code:
    signatures = FUNCTIONS[_shown(name)]
    if given is not None and given.data == "labelled":
        return _labelled_call(builder, name, signatures, given)
    arguments = subtrees(given) if given is not None else []
    fitting = tuple(one for one in signatures if one.takes(len(arguments)))
    if not fitting:
        return builder.complain(f"函数 {_shown(name)} 不能有 {len(arguments)} 个参数", name)
    if str(name) in _WITH_PATTERN:
        _check_pattern(builder, arguments)
    codes = [builder.code(argument) for argument in arguments]
    return _invocation([(one, None) for one in fitting], codes, column_of(name))


def _check_pattern(builder: Builder, arguments: Sequence[Node]) -> None:
    """A pattern written as a literal is read at once, so that its author hears of errors."""
    pattern = arguments[1]
    if pattern.data == "string":
        try:
            read_pattern(string_value(pattern), "")
        except BadPattern:
            builder.complain("正则表达式写得不对", pattern)
        except ExpressionError as wrong:
            builder.complain(wrong.sentence, pattern)


def _labelled_call(
    builder: Builder, name: Token, signatures: Sequence[Function], given: Node
) -> Code:
    labels = [label(argument) for argument in subtrees(given)]
    fitting = [
        (one, places) for one in signatures if (places := one.places(labels)) is not None
    ]
    in_order = tuple(range(len(labels)))
    fitting.sort(
        key=lambda one: one[1] != in_order
    )  # before(range:…, point:…) is no point first
    if not fitting:
        sentence = f"函数 {_shown(name)} 没有这样的参数：{'、'.join(labels)}"
        return builder.complain(sentence, name)
    codes = [builder.code(subtree(argument, 1)) for argument in subtrees(given)]
    return _invocation(fitting, codes, column_of(name))


def _invocation(
    fitting: Sequence[tuple[Function, Places | None]], codes: Sequence[Code], column: int
) -> Code:
    def run(scope: Scope) -> object:
        values = [code(scope) for code in codes]
        try:
            scope.meter.spend(1)
            for function, places in fitting:
                bound = _bind(function, places, values)
                if bound is not None:
                    return guarded(function.call, scope.meter, *bound)
        except ExpressionError as wrong:
            raise at_column(wrong, column) from None
        scope.meter.remark(f"函数 {fitting[0][0].name} 的参数类型不合适，结果是 null")
        return None

    return run


def _bind(
    function: Function, places: Places | None, values: list[object]
) -> list[object] | None:
    """Fit the values to the parameters; None where they do not fit."""
    if places is None:
        return function.bind(values)
    return function.bind([ABSENT if place is None else values[place] for place in places])


def _value_call(builder: Builder, callee: Code, given: Node | None, where: Node) -> Code:
    """Call what an expression gives; null where that is no function."""
    arguments = subtrees(given) if given is not None else []
    column = column_of(where)
    if given is not None and given.data == "labelled":
        labels = [label(argument) for argument in arguments]
        codes = [builder.code(subtree(argument, 1)) for argument in arguments]
    else:
        labels = []
        codes = [builder.code(argument) for argument in arguments]

    def run(scope: Scope) -> object:
        function = callee(scope)
        if type(function) is list and len(function) == 1:
            function = function[0]
        if type(function) is not Lambda:
            scope.meter.remark("被调用的不是函数，结果是 null")
            return None
        values = [code(scope) for code in codes]
        try:
            if labels:
                return by_name(function, dict(zip(labels, values, strict=True)), scope.meter)
            return by_place(function, values, scope.meter)
        except ExpressionError as wrong:
            raise at_column(wrong, column) from None

    return run


def _shadowed(builder: Builder, name: Token, given: Node | None, callee: Node) -> Code:
    """A built-in name that the expression itself binds: a function there goes before ours."""
    before = len(builder.remarks)
    ours = _built_in(builder, name, given)
    del builder.remarks[before:]
    look_up = name_code(_shown(name), told=False)
    theirs = _value_call(builder, look_up, given, callee)
    return lambda scope: (theirs if type(look_up(scope)) is Lambda else ours)(scope)


@node("external")
def _external(_builder: Builder, tree: Node) -> Code:
    raise refuse("不支持外部函数（Java、PMML 等），只支持 FEEL", tree)
