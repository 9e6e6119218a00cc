"""A scope's nodes as a graph: where a token may go next, and what lies on every way out.

A boundary event that interrupts is one more way out of its activity. One that does not
starts something beside, so it is no way for the token itself. The nodes that are instances
of a loop are left out: the loop stands for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from workflows.model import Kind, Trigger
from workflows.spiff.node import Node

ABRUPT = frozenset({Trigger.TERMINATE, Trigger.ERROR})


def following(node: Node) -> list[Node]:
    """Nodes that a token at `node` may come to next."""
    ways = [route.target for route in node.routes]
    return ways + [border for border in node.borders if border.cancel_activity]


def spread(starts: Iterable[Node], without: Collection[Node] = ()) -> set[Node]:
    """Everything that a token may come to from `starts`, these included."""
    found: set[Node] = set()
    todo = [node for node in starts if node not in without]
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo.extend(n for n in following(node) if n not in found and n not in without)
    return found


def behind(node: Node, without: Collection[Node] = ()) -> set[Node]:
    """Everything that a token that leaves `node` may come to; `node` itself only by a loop."""
    return spread(following(node), without)


def turning_back(region: set[Node], entries: Iterable[Node]) -> set[tuple[Node, Node]]:
    """The ways back of loops: from a node to one without which it cannot be come to."""
    begin = list(entries)
    found: set[tuple[Node, Node]] = set()
    for head, sources in preceding(region).items():
        if len(sources) > 1 or head in begin:
            without = spread(begin, [head])
            found |= {(source, head) for source in sources if source not in without}
    return found


def precedes(node: Node, other: Node, turns: Collection[tuple[Node, Node]]) -> bool:
    """Whether a token can go on from `node` to `other` without turning back in a loop."""
    seen: set[Node] = set()
    todo = [node]
    while todo:
        at = todo.pop()
        for target in following(at):
            if target is other and (at, target) not in turns:
                return True
            if target not in seen and (at, target) not in turns:
                seen.add(target)
                todo.append(target)
    return False


def preceding(nodes: Iterable[Node]) -> dict[Node, list[Node]]:
    """The nodes that a token may come from, for each of `nodes`."""
    found: dict[Node, list[Node]] = {}
    for node in nodes:
        for target in following(node):
            found.setdefault(target, []).append(node)
    return found


def ends_abruptly(node: Node) -> bool:
    """Whether the node ends the whole scope, whatever else is open in it."""
    event = node.element.event
    return node.element.kind is Kind.END and event is not None and event.trigger in ABRUPT


def finishing(region: set[Node]) -> list[Node]:
    """The ends of a region that wait for what else is open."""
    return [node for node in region if not following(node) and not ends_abruptly(node)]


def meeting_points(region: set[Node]) -> dict[Node, Node | None]:
    """For each node that can finish: the first node that all its ways out have in common.

    None is the end of the scope (the immediate post-dominator of the literature). Nodes
    that lead to abrupt ends only are absent.
    """
    before = preceding(region)
    order = _finishing_order(region, before)
    rank = {node: number for number, node in enumerate(order)}
    top = len(order)  # the end of the scope
    meets = dict.fromkeys(range(top), -1)
    last = {rank[node] for node in finishing(region)}
    changed = True
    while changed:
        changed = False
        for number in range(top - 1, -1, -1):
            known = [
                rank[n] for n in following(order[number]) if n in rank and meets[rank[n]] >= 0
            ]
            common = top if number in last else known[0]
            for other in known:
                common = _common(common, other, meets, top)
            if meets[number] != common:
                meets[number] = common
                changed = True
    return {order[n]: None if m == top else order[m] for n, m in meets.items()}


def _finishing_order(region: set[Node], before: dict[Node, list[Node]]) -> list[Node]:
    """The nodes that can finish, so that some way out of each leads to a later one."""
    seen: set[Node] = set()
    found: list[Node] = []
    for start in sorted(finishing(region), key=lambda node: node.name):
        todo: list[tuple[Node, bool]] = [(start, False)]
        while todo:
            node, done = todo.pop()
            if done:
                found.append(node)
            elif node not in seen:
                seen.add(node)
                todo.append((node, True))
                todo.extend((n, False) for n in before.get(node, ()) if n not in seen)
    return found


def _common(one: int, other: int, meets: dict[int, int], top: int) -> int:
    while one != other:
        if one == top or other == top:
            return top
        if one < other:
            one = meets[one]
        else:
            other = meets[other]
    return one
