"""Take back a step just completed (拿回), while what follows has not been touched.

The token of the step has become others; these go, and one stands at the step again. It is a
return without a token to start from: that may wait at a join, or have ended. Of a
multi-instance that still runs, the one instance is begun again. What the completion itself
ordered is not undone here: that is for the caller to weigh.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from workflows.errors import CommandRefused
from workflows.spiff.blocks import Level, Region
from workflows.spiff.case import is_item, name_of
from workflows.spiff.loops import LoopNode, MultiNode
from workflows.spiff.node import Node
from workflows.spiff.returning import (
    Plan,
    carry_out,
    clear,
    left_by,
    refuse_loose,
    region_of,
    reopened,
    sides_of,
)
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow
from workflows.spiff.standing import Standing, stand
from workflows.spiff.token import Token
from workflows.spiff.walks import behind

TOUCHED = "后面的环节已经有人办理或有了变化，不能拿回。"


@dataclass(frozen=True, slots=True)
class Again:
    """Begin instance `index` of a running multi-instance again; `stopped` are later ones."""

    loop: Token
    index: int
    items: list[Any] | None
    stopped: tuple[Token, ...]


def plan_take_back(
    case: CaseWorkflow,
    scope: AnyWorkflow,
    node: Node,
    instance: int | None,
    following: Collection[str],
) -> Plan | Again:
    """Compute it; `following` names the items that the completion opened.

    Raises CommandRefused, also when anything else would stop with them.
    """
    made = _again(scope, node, instance) or _plan(scope, node)
    items = {name_of(token) for token in left_by(made.stopped, case) if is_item(token)}
    if items != set(following):
        raise CommandRefused(TOUCHED)
    return made


def take_back(made: Plan | Again) -> None:
    """Do what was computed."""
    if isinstance(made, Plan):
        carry_out(made)
        return
    loop, node = made.loop, made.loop.task_spec
    assert isinstance(node, LoopNode)  # noqa: S101
    begun = loop.internal_data["begun"]
    for token in made.stopped:
        token.cancel()
    if isinstance(node, MultiNode):
        loop.internal_data = {**loop.internal_data, "done": loop.internal_data["done"] - 1}
        node.start_one(loop, made.index, made.items)
        if not node.sequential:
            loop.internal_data["begun"] = begun
    else:
        node.body._update(node.begin(loop, made.index))
    loop.row = None
    loop.workflow.top_workflow.do_engine_steps()


def _again(scope: AnyWorkflow, node: Node, instance: int | None) -> Again | None:
    """One instance of a loop that still runs."""
    if not isinstance(node, LoopNode):
        return None
    loop = next((t for t in scope.tasks.values() if t.task_spec is node), None)
    if loop is None:
        raise CommandRefused(f"{node.title}已经全部办完，不能拿回其中一份；可以退回重新办理。")
    running = {child.instance: child for child in loop.owned if child.instance is not None}
    done = loop.internal_data["begun"] if instance is None else instance
    if done >= loop.internal_data["begun"] or done in running:
        raise CommandRefused(TOUCHED)
    items = None
    if isinstance(node, MultiNode):
        items, total = node.count(loop)
        if node.sequential:
            items = loop.internal_data["items"]
        elif total != loop.internal_data["total"]:
            raise CommandRefused(f"{node.title}的名单已经变了，不能拿回。")
    later: tuple[Token, ...] = ()
    if not isinstance(node, MultiNode) or node.sequential:
        later = tuple(running.values())
        if list(running) != [done + 1]:
            raise CommandRefused(TOUCHED)
    return Again(loop, done, items, later)


def _plan(scope: AnyWorkflow, node: Node) -> Plan:
    region = region_of(scope, node)
    refuse_loose(region, scope, node)
    goal = clear(region.level(node), len(region.level(node) or ()), node)
    standing = stand(region, scope)
    if standing.astray:
        raise CommandRefused(
            f"分不清{standing.astray[0].task_spec.title}属于哪一条分支，不能拿回。"
        )
    depth = _depth(standing, goal)
    gone = standing.inside(goal[:depth])
    clear(goal, depth, node)
    if standing.tokens:
        standing.weigh()
    after = behind(node)
    if any(token.task_spec not in after for token in gone):
        raise CommandRefused(TOUCHED)
    return _made(scope, region, node, goal, depth, gone)


def _made(
    scope: AnyWorkflow, region: Region, node: Node, goal: Level, depth: int, gone: list[Token]
) -> Plan:
    sides = sides_of(scope, region, node, gone)
    return Plan(
        scope,
        node,
        tuple(sorted([*gone, *sides], key=lambda one: one.id)),
        tuple(reopened(goal[depth:])),
        anew=not region.hosts and depth == 0,
    )


def _depth(standing: Standing, goal: Level) -> int:
    """How far out what has become of the step's token stands.

    In its own branch, or, the block being over, in the branch around that. Where the other
    branches of the block are still open, the token has ended.
    """
    for depth in range(len(goal), 0, -1):
        if standing.inside(goal[:depth]):
            return depth
        block = goal[depth - 1][0]
        if any(standing.inside((*goal[: depth - 1], (block, n))) for n in block.numbers):
            return depth
    return 0
