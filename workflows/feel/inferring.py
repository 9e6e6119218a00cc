"""The type of an expression as far as its text alone tells: what a function gives back.

Only `instance of function<…> -> …` asks; what the text does not tell is `Any`.
"""

from __future__ import annotations

from workflows.feel.atoms import label
from workflows.feel.nodes import subtree, subtrees, token
from workflows.feel.reading import Node
from workflows.feel.temporal import read_literal
from workflows.feel.types import ANY, BUILT_IN, Type
from workflows.feel.values import kind_of

_PLAIN = {
    "string": "string",
    "number": "number",
    "true": "boolean",
    "false": "boolean",
    "null": "Null",
    "compare": "boolean",
    "compare_unary": "boolean",
    "between": "boolean",
    "inside": "boolean",
    "inside_comparing": "boolean",
    "instance": "boolean",
    "some": "boolean",
    "every": "boolean",
}


def type_of(tree: Node) -> Type:
    """The type that every value of the expression has."""
    kind = str(tree.data)
    if kind in _PLAIN:
        return BUILT_IN[_PLAIN[kind]]
    if kind == "temporal":
        return Type(kind_of(read_literal(token(tree, 0).partition('"')[2][:-1])))
    if kind == "context":
        members = tuple((label(one), type_of(subtree(one, 1))) for one in subtrees(tree))
        return Type("context", members=members)
    if kind == "list":
        return Type("list", of=_common([type_of(one) for one in subtrees(tree)]))
    if kind == "group":
        return _common([type_of(one) for one in subtrees(tree)])
    if kind in ("negate", "sum", "product", "power"):
        found = _common([type_of(one) for one in subtrees(tree)])
        return found if found.kind in ("number", "string") else ANY
    if kind == "if_else":
        return _common([type_of(one) for one in subtrees(tree)[1:]])
    return ANY


def _common(types: list[Type]) -> Type:
    """The one type of all of them, or any."""
    return types[0] if types and all(one == types[0] for one in types) else ANY
