"""Functions of one's own: literals that close over their scope, and how any function is called.

The number of arguments must be right and each must conform to its declared type; a call that
cannot be made is null, with a remark. Calls inside calls are counted: recursion has an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.feel.inferring import type_of
from workflows.feel.kinds import type_code
from workflows.feel.limits import Meter
from workflows.feel.nodes import Builder, Code, Scope, node, subtrees, token
from workflows.feel.reading import Node
from workflows.feel.types import conform
from workflows.feel.values import Lambda


def by_place(function: Lambda, values: Sequence[Any], meter: Meter) -> Any:
    """Call with arguments in order; null if their number is wrong."""
    if len(values) != function.arity:
        meter.remark(f"函数应有 {function.arity} 个参数，给了 {len(values)} 个，结果是 null")
        return None
    return function.call(meter, *values)


def by_name(function: Lambda, values: Mapping[str, Any], meter: Meter) -> Any:
    """Call with named arguments; null if a name is wrong or one is missing."""
    if set(values) != set(function.names):
        meter.remark(f"函数的参数是 {'、'.join(function.names)}，名称对不上，结果是 null")
        return None
    return function.call(meter, *(values[name] for name in function.names))


@node("function")
def _function(builder: Builder, tree: Node) -> Code:
    *heads, body_tree = subtrees(tree)
    parameters = [one for head in heads for one in subtrees(head)]
    names = tuple(str(token(one, 0)) for one in parameters)
    if len(set(names)) != len(names):
        return builder.complain("参数的名称重复了", tree)
    declared = [subtrees(one) for one in parameters]
    types = [type_code(builder, of[0]) if of else None for of in declared]
    body, weight = builder.weighed(body_tree)
    result = type_of(body_tree)

    def run(scope: Scope) -> Lambda:
        wanted = tuple(one and one(scope.meter) for one in types)

        def call(meter: Meter, *arguments: Any) -> Any:
            meter.spend(weight)
            if any(wanted):
                arguments = tuple(map(conform, arguments, wanted, [meter] * len(wanted)))
            meter.enter()
            try:
                inside = dict(zip(names, arguments, strict=True))
                return body(Scope(inside, scope, meter))
            finally:
                meter.calls -= 1

        return Lambda(names, call, wanted, result)

    return run
