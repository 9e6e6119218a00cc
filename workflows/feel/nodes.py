"""What compiled expressions are made of: scopes, closures, and the table of node builders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lark import Token, Tree

from workflows.errors import ExpressionError
from workflows.feel.limits import Meter
from workflows.feel.reading import Node, column_of


class Scope:
    """The names in reach at one place of a running evaluation, innermost first."""

    __slots__ = ("meter", "parent", "values")

    def __init__(self, values: Mapping[str, Any], parent: Scope | None, meter: Meter) -> None:
        self.values = values
        self.parent = parent
        self.meter = meter


Code = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True)
class Remark:
    """What can be read but is always null, at its 1-based column; in strict use an error.

    `unknown` is the name of a function or type that only the surroundings may know.
    """

    column: int
    sentence: str
    unknown: str = ""


class Builder:
    """Turns a tree into nested closures; counts nodes, so that loops know their price.

    `bound` are the names that the expression itself binds.
    """

    __slots__ = ("bound", "count", "remarks", "tests_input")

    def __init__(self, *, tests_input: bool, bound: frozenset[str] = frozenset()) -> None:
        self.count = 0
        self.tests_input = tests_input  # whether `?` has a meaning
        self.bound = bound
        self.remarks: list[Remark] = []

    def complain(self, sentence: str, where: Node | Token, *, unknown: str = "") -> Code:
        """Keep a remark; the code is null, as DMN has it for what means nothing."""
        self.remarks.append(Remark(column_of(where), sentence, unknown))
        return lambda _: None

    def code(self, tree: Node) -> Code:
        """Compile one node. Raises ExpressionError with the column."""
        self.count += 1
        return NODES[tree.data](self, tree)

    def weighed(self, tree: Node) -> tuple[Code, int]:
        """Compile one node and tell how many nodes it has."""
        before = self.count
        code = self.code(tree)
        return code, self.count - before


BuildNode = Callable[[Builder, Node], Code]
NODES: dict[str, BuildNode] = {}


def node(*kinds: str) -> Callable[[BuildNode], BuildNode]:
    """Register how a kind of tree node is compiled."""

    def register(build: BuildNode) -> BuildNode:
        NODES.update(dict.fromkeys(kinds, build))
        return build

    return register


def subtree(tree: Node, place: int) -> Node:
    """A child that the grammar promises to be a tree."""
    child = tree.children[place]
    if not isinstance(child, Tree):
        raise TypeError(f"{tree.data} has a token at {place}")
    return child


def subtrees(tree: Node) -> list[Node]:
    """All children that are trees."""
    return [child for child in tree.children if isinstance(child, Tree)]


def token(tree: Node, place: int) -> Token:
    """A child that the grammar promises to be a token."""
    child = tree.children[place]
    if not isinstance(child, Token):
        raise TypeError(f"{tree.data} has a tree at {place}")
    return child


def refuse(sentence: str, where: Node | Token) -> ExpressionError:
    """An error that points at a part of the expression."""
    return ExpressionError(sentence, column=column_of(where))


def at_column(wrong: ExpressionError, column: int) -> ExpressionError:
    """Give an error of a running evaluation its place, if it has none yet."""
    if wrong.column is None:
        wrong.column = column
    return wrong
