"""Cancel one branch: what is open in it stops, and the others do not wait for it.

A branch is an instance of a multi-instance, or a way out of a parallel or inclusive split.
It counts as gone through: its token waits at the join where others will come, and an
instance is taken off the number awaited. What has been written in it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.errors import CommandRefused
from workflows.spiff.blocks import Block, Level
from workflows.spiff.loops import MultiNode
from workflows.spiff.merging import LOCAL, merge
from workflows.spiff.node import Node
from workflows.spiff.returning import refuse_loose, region_of, scopes_around
from workflows.spiff.scopes import AnyWorkflow
from workflows.spiff.standing import layout_of, stand
from workflows.spiff.token import Token


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """What stops; `of` is the split or multi-instance, `join` where the branch ends."""

    scope: AnyWorkflow
    of: Node
    stopped: tuple[Token, ...]
    join: tuple[Node, int] | None = None
    loop: Token | None = None


def plan_cancel(token: Token) -> BranchPlan:
    """Find the innermost branch around an item. Raises CommandRefused."""
    inner = token
    for scope, top in scopes_around(token):
        if inner.instance is not None and isinstance(top.task_spec, MultiNode):
            return BranchPlan(scope, top.task_spec, (inner,), loop=top)
        region = next((r for r in layout_of(scope.spec) if top.task_spec in r.nodes), None)
        level = region.level(top.task_spec) if region is not None else ()
        if level:
            return _branch(scope, top, level)
        if region is None or region.hosts:
            return _not_the_last(BranchPlan(scope, top.task_spec, (top,)))
        if scope.host is not None:
            inner = scope.host
    raise CommandRefused("这一环节不在并行的分支里，没有分支可以取消。")


def cancel_branch(made: BranchPlan) -> None:
    """Do what was computed."""
    scope, case = made.scope, made.scope.top_workflow
    part = merge(
        (part for token in made.stopped for part in token.task_spec.parts(token)),
        without=frozenset({LOCAL}),
    )
    for token in made.stopped:
        token.cancel()
    if made.loop is not None:
        _one_less(made.loop)
    elif made.join is not None:
        join, entry = made.join
        ended = Token(scope, join)
        ended.part, ended.via = part, entry
        join._update(ended)
    else:
        scope.ended = part if scope.ended is None else merge((scope.ended, part))
        scope.check_done()
    case.do_engine_steps()


def _branch(scope: AnyWorkflow, top: Token, level: Level) -> BranchPlan:
    region = region_of(scope, top.task_spec)
    refuse_loose(region, scope, top.task_spec)
    standing = stand(region, scope)
    block, number = level[-1]
    if block.tangled or standing.astray:
        raise CommandRefused(f"{block.split.title}分出的分支互相交错，不能只取消其中一条。")
    standing.weigh()
    join = None
    if block.join is not None:
        entry = next(_ways_to(block, number), None)
        if entry is None:
            raise CommandRefused(f"这一分支不通向{block.join.title}，不能取消。")
        join = (block.join, entry)
    return _not_the_last(BranchPlan(scope, block.split, tuple(standing.inside(level)), join))


def _not_the_last(made: BranchPlan) -> BranchPlan:
    """Refuse to end a scope by taking away all that is left of it."""
    left = [
        token
        for token in made.scope.tasks.values()
        if token._parent is None and not token.task_spec.listens
    ]
    if made.join is None and len(left) == len(made.stopped):
        raise CommandRefused("只剩这一条分支了，取消它流程就结束了；要结束办件请用终止。")
    return made


def _ways_to(block: Block, number: int) -> Iterator[int]:
    """The flows by which a branch comes to its join."""
    for node in sorted(block.branches[number], key=lambda node: node.name):
        for route in node.routes:
            if route.target is block.join:
                yield route.entry


def _one_less(loop: Token) -> None:
    """Await one instance less; the next one begins, or the loop is done."""
    node = loop.task_spec
    assert isinstance(node, MultiNode)  # noqa: S101
    state = loop.internal_data = dict(loop.internal_data)
    loop.row = None
    if node.sequential:
        state["done"] += 1
    else:
        state["total"] -= 1
    if state["done"] == state["total"]:
        loop._ready()
    elif node.sequential:
        node.start_one(loop, state["begun"], state["items"])
