"""Where branches part and meet: which branch of which split a token of a scope stands in.

A split and the node where all its ways out meet enclose a *block*, if nothing leads into it
but the split and nothing out of it but that node, and if its branches stay apart. Blocks lie
inside each other; the branches around a node, outermost first, are its *level*. In a sound
run each level that is entered holds one token, or one block that is under way. That is what
makes a return computable: the tokens that a token has become are those in its own branch.

A drawing may be less tidy. A split whose branches mix before they meet is *tangled*: known
from outside, not from inside. A split that something leads into, or that leads back to
itself, is *loose*: nothing can be said of what is reached from it. What a boundary event
that does not interrupt starts is a *side*: a small run of its own beside the main one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from workflows.model import Kind
from workflows.spiff.node import Node
from workflows.spiff.scopes import ScopeSpec
from workflows.spiff.walks import following, meeting_points, preceding, spread, turning_back

SPLITTING = frozenset({Kind.PARALLEL, Kind.INCLUSIVE})


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What lies between a split and the node where its branches meet.

    `join` is None where the branches end one by one. `branches` hold the nodes of each way
    out; a tangled block has one that holds everything. `entries` are, by branch, the flows
    by which a parallel join waits for it.
    """

    split: Node
    join: Node | None
    branches: tuple[frozenset[Node], ...]
    entries: tuple[int, ...] = ()
    tangled: bool = False

    @property
    def size(self) -> int:
        """How many nodes lie inside."""
        return sum(map(len, self.branches))

    @property
    def numbers(self) -> range:
        """The numbers of its branches."""
        return range(len(self.branches))

    @property
    def waits_for_all(self) -> bool:
        """Whether the join needs a token of every branch."""
        return bool(self.entries)


Level = tuple[tuple[Block, int], ...]


@dataclass(slots=True, eq=False)
class Region:
    """The main run of a scope, or a side: what begins it, its nodes, its blocks.

    `hosts` are the activities on whose borders a side begins; the main run has none.
    """

    nodes: set[Node]
    hosts: frozenset[Node] = frozenset()
    blocks: list[Block] = field(default_factory=list)
    loose: list[Node] = field(default_factory=list)  # splits
    unmatched: list[Node] = field(default_factory=list)  # parallel joins of no block
    levels: dict[Node, Level | None] = field(default_factory=dict)  # None: cannot be said
    entries: set[Node] = field(default_factory=set)  # where it begins
    turns: set[tuple[Node, Node]] = field(default_factory=set)  # the ways back of loops

    def level(self, node: Node) -> Level | None:
        """The branches around a node."""
        return self.levels.get(node)

    def waiting_level(self, join: Node, entry: int) -> Level | None:
        """The branches around a token that waits at a join, by the flow it came by."""
        for source in self.nodes:
            for number, route in enumerate(source.routes):
                if route.target is join and route.entry == entry:
                    return self.leaving_level(source, number)
        return None

    def leaving_level(self, source: Node, number: int) -> Level | None:
        """The branches around a token that leaves a node by its flow `number`."""
        around = self.levels.get(source)
        own = next((b for b in self.blocks if b.split is source), None)
        if own is None or around is None:
            return around
        return (*around, (own, 0 if own.tangled else number))


def regions(spec: ScopeSpec) -> list[Region]:
    """Divide a scope: the main run first, then its sides."""
    main = Region(spread(spec.starts.values()))
    beside: list[Region] = []
    for host in spec.nodes:
        for border in host.borders:
            if border.cancel_activity:
                continue
            side = Region(spread([border]), frozenset({host}))
            if side.nodes & main.nodes:
                main.loose.append(border)
                continue
            for other in [one for one in beside if one.nodes & side.nodes]:
                beside.remove(other)
                side = Region(side.nodes | other.nodes, side.hosts | other.hosts)
            beside.append(side)
    for region in (main, *beside):
        _arrange(region)
    return [main, *beside]


def _arrange(region: Region) -> None:
    meets = meeting_points(region.nodes)
    before = preceding(region.nodes)
    region.entries = region.nodes - before.keys()
    region.turns = turning_back(region.nodes, region.entries)
    live = set(meets)
    for split in sorted(region.nodes, key=lambda node: node.name):
        if split.element.kind in SPLITTING and len(split.routes) > 1:
            certain = all(route.target in live for route in split.routes)
            block = _block(split, meets.get(split) if certain else None, live, before)
            if block is None:
                region.loose.append(split)
            else:
                region.blocks.append(block)
    region.blocks.sort(key=lambda block: (-block.size, block.split.name))
    _level(region, live)
    closing = {block.join for block in region.blocks if block.waits_for_all or block.tangled}
    inside = {n for b in region.blocks if b.tangled for branch in b.branches for n in branch}
    region.unmatched = [
        node
        for node in sorted(region.nodes, key=lambda node: node.name)
        if node.element.kind is Kind.PARALLEL
        and node.entries > 1
        and node not in closing
        and node not in inside
    ]


def _block(
    split: Node, join: Node | None, live: set[Node], before: dict[Node, list[Node]]
) -> Block | None:
    """Enclose a split; None where it is loose."""
    stop = (join,) if join is not None else ()
    reached = [spread([route.target], stop) for route in split.routes]
    inside = set().union(*reached)
    if split in inside or any(
        source not in inside and source is not split
        for node in inside & live
        for source in before.get(node, ())
    ):
        return None
    branches = [frozenset(_own(number, reached, live)) for number in range(len(reached))]
    apart = sum(len(branch & live) for branch in reached) == len(inside & live)
    entries: tuple[int, ...] | None = ()
    if join is not None and apart:
        entries = _entries(split, join, branches)
    if not apart or entries is None:
        return Block(split, join, (frozenset(inside),), tangled=True)
    return Block(split, join, tuple(branches), entries)


def _own(number: int, reached: list[set[Node]], live: set[Node]) -> Iterable[Node]:
    """The nodes of one branch; of those that only end abruptly, what no other leads to."""
    others = set().union(*(nodes for n, nodes in enumerate(reached) if n != number))
    return (node for node in reached[number] if node in live or node not in others)


def _entries(
    split: Node, join: Node, branches: list[frozenset[Node]]
) -> tuple[int, ...] | None:
    """By which flow a parallel join waits for each branch; None where the join does not fit."""
    kind = join.element.kind
    if kind is Kind.INCLUSIVE and join.entries > 1:
        return ()
    if kind is not Kind.PARALLEL or split.element.kind is not Kind.PARALLEL:
        return None
    coming: list[list[int]] = [[] for _ in branches]
    for number, route in enumerate(split.routes):
        if route.target is join:
            coming[number].append(route.entry)
    for number, branch in enumerate(branches):
        coming[number] += [r.entry for node in branch for r in node.routes if r.target is join]
    if any(len(entries) != 1 for entries in coming) or join.entries != len(branches):
        return None
    return tuple(entries[0] for entries in coming)


def _level(region: Region, live: set[Node]) -> None:
    """Give each node its branches; where blocks overlap without nesting, call both loose."""
    kept: list[Block] = []
    for block in region.blocks:
        inside = frozenset().union(*block.branches) & live
        fits = True
        for outer in kept:
            shared = [branch for branch in outer.branches if branch & inside]
            if shared and (len(shared) > 1 or not inside <= shared[0]):
                fits = False
        if fits:
            kept.append(block)
        else:
            region.loose.append(block.split)
    region.blocks = kept
    for node in live:
        region.levels[node] = tuple(
            (block, number)
            for block in kept
            for number, branch in enumerate(block.branches)
            if node in branch
        )
    _level_the_rest(region, live)


def _level_the_rest(region: Region, live: set[Node]) -> None:
    """What never finishes: a node has the branches of all that lead to it, if these agree."""
    led_to = {target for node in region.nodes for target in following(node)}
    todo: list[tuple[Node, Level | None]] = [
        (node, ()) for node in region.nodes - live - led_to
    ]
    todo += [pair for node in live for pair in _onwards(region, node, live)]
    while todo:
        node, level = todo.pop()
        if node in region.levels:
            if region.levels[node] == level or region.levels[node] is None:
                continue
            level = None
        region.levels[node] = level
        todo += _onwards(region, node, live)


def _onwards(
    region: Region, node: Node, live: set[Node]
) -> Iterable[tuple[Node, Level | None]]:
    for number, route in enumerate(node.routes):
        if route.target not in live:
            yield route.target, region.leaving_level(node, number)
    for border in node.borders:
        if border.cancel_activity and border not in live:
            yield border, region.levels[node]
