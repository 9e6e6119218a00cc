"""Compiling types as they are written in expressions, and `instance of`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflows.feel.atoms import label
from workflows.feel.limits import Meter
from workflows.feel.nodes import Builder, Code, Scope, node, subtree, subtrees, token
from workflows.feel.reading import Node
from workflows.feel.spelling import normal
from workflows.feel.types import ANY, BUILT_IN, Type, is_instance

TypeCode = Callable[[Meter], Type | None]  # None: a name that the file does not declare


@node("instance")
def _instance(builder: Builder, tree: Node) -> Code:
    source = builder.code(subtree(tree, 0))
    wanted = type_code(builder, subtree(tree, 1))

    def run(scope: Scope) -> Any:
        value, kind = source(scope), wanted(scope.meter)
        return None if kind is None else is_instance(value, kind, scope.meter)

    return run


def type_code(builder: Builder, tree: Node) -> TypeCode:
    """Code that gives the type; names of item definitions are looked up as it runs."""
    if tree.data == "plain_type":
        return _plain_type(builder, tree)
    if tree.data == "context_type":
        return _context_type(builder, tree)
    if tree.data == "function_type":
        return _function_type(builder, tree)
    kind = str(tree.data).removesuffix("_type")
    inner = type_code(builder, subtree(tree, 0))

    def run(meter: Meter) -> Type | None:
        of = inner(meter)
        return None if of is None else Type(kind, of=of)

    return run


def _plain_type(builder: Builder, tree: Node) -> TypeCode:
    name = normal(token(tree, 0))
    if name in BUILT_IN:
        known = BUILT_IN[name]
        return lambda _: known
    builder.complain(f"没有“{name}”这种类型", tree, unknown=name)
    return lambda meter: meter.types.get(name)


def _context_type(builder: Builder, tree: Node) -> TypeCode:
    members = [(label(one), type_code(builder, subtree(one, 1))) for one in subtrees(tree)]

    def run(meter: Meter) -> Type | None:
        read = tuple((name, code(meter) or ANY) for name, code in members)
        return Type("context", members=read)

    return run


def _function_type(builder: Builder, tree: Node) -> TypeCode:
    *parameters, result = (type_code(builder, one) for one in subtrees(tree))

    def run(meter: Meter) -> Type | None:
        taken = tuple(one(meter) or ANY for one in parameters)
        return Type("function", of=result(meter), parameters=taken)

    return run
