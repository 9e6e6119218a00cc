"""Which variables an expression reads, found without running it (for checks)."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.feel.atoms import label
from workflows.feel.functions import FUNCTIONS, REFUSED
from workflows.feel.nodes import subtree, subtrees, token
from workflows.feel.reading import Node

Bound = frozenset[str]
_LOOPS = frozenset({"for_return", "some", "every"})


@dataclass(slots=True)
class Names:
    """`free`: certainly variables. `perhaps`: variables or entries of a filtered list."""

    free: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)


def bound_names(tree: Node) -> frozenset[str]:
    """Every name that a loop, a function or a context of the expression binds somewhere."""
    found: set[str] = set()
    for part in tree.iter_subtrees():
        if part.data in _BINDING:
            found.add(label(part))
    return frozenset(found)


_BINDING = frozenset({"iterator", "counting", "parameter", "entry"})


def find_names(tree: Node) -> Names:
    """Walk the tree; names bound by loops, functions and contexts are no variables."""
    found = Names()
    _walk(tree, frozenset(), found, False)
    return found


def _walk(tree: Node, bound: Bound, found: Names, filtering: bool) -> None:
    if tree.data == "name":
        name = str(token(tree, 0))
        if name not in bound:
            (found.perhaps if filtering else found.free).add(name)
    elif tree.data in _LOOPS:
        _walk_loop(tree, bound, found, filtering)
    elif tree.data == "context":
        for entry in subtrees(tree):
            _walk(subtree(entry, 1), bound, found, filtering)
            bound |= {label(entry)}
    elif tree.data == "function":
        *heads, body = subtrees(tree)
        names = {str(token(one, 0)) for head in heads for one in subtrees(head)}
        _walk(body, bound | names, found, filtering)
    elif tree.data == "call" and subtree(tree, 0).data == "name":
        called = str(token(subtree(tree, 0), 0))
        if called not in bound and called not in FUNCTIONS and called not in REFUSED:
            (found.perhaps if filtering else found.free).add(called)
        for argument in subtrees(tree)[1:]:
            _walk(argument, bound, found, filtering)
    elif tree.data == "filter":
        _walk(subtree(tree, 0), bound, found, filtering)
        _walk(subtree(tree, 1), bound | {"item"}, found, True)
    else:
        for child in subtrees(tree):
            _walk(child, bound, found, filtering)


def _walk_loop(tree: Node, bound: Bound, found: Names, filtering: bool) -> None:
    *iterators, body = subtrees(tree)
    for iterator in iterators:
        for domain in subtrees(iterator):
            _walk(domain, bound, found, filtering)
        bound |= {str(token(iterator, 0))}
    if tree.data == "for_return":
        bound |= {"partial"}
    _walk(body, bound, found, filtering)
