"""Back to an earlier step: what stops, computed before anything is done.

A return takes a token out of the scope of its target together with every token that has come
of the same one since, and puts one token at the target. Which those are is read off the
branches (see `blocks`): all that stand in the target's branch or in a branch inside it, also
where they wait at a join. Returning into a block that is over, the branches that are not
gone through again wait at its join. Where it cannot be told which tokens belong together,
the return is refused in words; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.errors import CommandRefused
from workflows.model import Kind
from workflows.spiff.blocks import Level, Region
from workflows.spiff.inner import InnerNode
from workflows.spiff.loops import LoopNode
from workflows.spiff.merging import LOCAL, merge
from workflows.spiff.node import Node
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow, ScopeSpec
from workflows.spiff.standing import Standing, layout_of, stand
from workflows.spiff.token import WAITING, Token
from workflows.spiff.walks import behind, precedes, spread

STEPS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a return does: `stopped` go, a token comes to `node`, others to the joins.

    `reopened` are joins of blocks that are over, each with the flow at which a token will
    wait for the branch that is gone through again.
    """

    scope: AnyWorkflow
    node: Node
    stopped: tuple[Token, ...]
    reopened: tuple[tuple[Node, int], ...] = ()
    anew: bool = False  # the whole main run of the scope


def scopes_around(token: Token) -> Iterator[tuple[AnyWorkflow, Token]]:
    """The scopes around a token, from its own outwards, each with the token it is there."""
    while True:
        yield token.workflow, top_of(token)
        host = token.workflow.host
        if host is None:
            return
        token = host


def top_of(token: Token) -> Token:
    """The activity, loop or event gateway that the token belongs to in its scope."""
    owner = token.owner
    while owner is not None:
        token, owner = owner, owner.owner
    return token


def steps_of(spec: ScopeSpec) -> list[Node]:
    """Steps of people in a scope, in drawing order."""
    return [
        node
        for node in spec.task_specs.values()
        if node.element.kind in STEPS and node.instance_of is None
    ]


def plan(scope: AnyWorkflow, token: Token, node: Node) -> Plan:
    """Compute a return of `token`, a top token of `scope`, to `node`. Raises CommandRefused."""
    if node is token.task_spec:
        raise CommandRefused(f"已经在环节{node.title}，不能退回到自己。")
    region = region_of(scope, node)
    if token.task_spec not in region.nodes:
        raise CommandRefused(
            f"环节{node.title}与这一环节不在同一条线上（一条由边界事件另外引出），不能退回到那里。"
        )
    goal, here = region.level(node), region.level(token.task_spec)
    depth = 0
    if goal is not None and here is not None:
        depth = _common(goal, here)
        if min(len(goal), len(here)) > depth and goal[depth][0] is here[depth][0]:
            raise CommandRefused(f"环节{node.title}在并行的另一条分支上，与这一环节没有先后。")
    # In a loop with two ways in, a step that is come to by this one alone may also precede it.
    ahead = node not in spread(region.entries, [token.task_spec])
    if ahead or not precedes(node, token.task_spec, region.turns):
        raise CommandRefused(f"环节{node.title}不在这一环节之前。")
    refuse_loose(region, scope, node)
    if here is None:
        raise CommandRefused(f"分不清{token.task_spec.title}属于哪一条分支，不能这样做。")
    goal = clear(goal, depth, node)
    gone = _gone(stand(region, scope), token, goal[:depth], whole=goal == here)
    sides = sides_of(scope, region, node, gone)
    return Plan(
        scope,
        node,
        tuple(sorted([*gone, *sides], key=lambda one: one.id)),
        tuple(reopened(goal[depth:])),
        anew=not region.hosts and depth == 0,
    )


def clear(level: Level | None, depth: int, node: Node) -> Level:
    """The level of a step, where it can be said what its branch and those inside hold."""
    if level is None or any(block.tangled for block, _ in (*level[depth:], *level[-1:])):
        raise CommandRefused(
            f"环节{node.title}所在的分支与别的分支交错，算不清要停下哪些环节，不能这样做。"
        )
    return level


def reopened(again: Level) -> Iterator[tuple[Node, int]]:
    """Where the branches of blocks wait that are over, but for the branch walked again."""
    for block, branch in again:
        for number, entry in enumerate(block.entries):
            if block.join is not None and number != branch:
                yield block.join, entry


def _common(one: Level, other: Level) -> int:
    """How many branches two levels share, from the outermost inwards."""
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    return depth


def _gone(standing: Standing, token: Token, level: Level, *, whole: bool) -> list[Token]:
    """The tokens in a branch and inside it. A side may run several times at once."""
    if standing.astray:
        raise CommandRefused(
            f"分不清{standing.astray[0].task_spec.title}属于哪一条分支，不能这样做。"
        )
    if whole and standing.region.hosts:
        return [token]
    standing.weigh()
    return standing.inside(level)


def carry_out(made: Plan) -> None:
    """Do what was computed: cancel, then begin the step again with what is known by now."""
    scope = made.scope
    parts = [part for token in made.stopped for part in token.task_spec.parts(token)]
    if not parts and scope.ended is not None:
        parts = [scope.ended]
    part = merge(parts, without=frozenset({LOCAL}))
    for token in made.stopped:
        token.cancel()
    if made.anew:
        scope.result = None
    for join, entry in made.reopened:
        waiting = Token(scope, join)
        waiting.part, waiting.via = part, entry
        waiting._set_state(WAITING)
    begun = Token(scope, made.node)
    begun.part = part
    made.node._update(begun)
    scope.top_workflow.do_engine_steps()


def region_of(scope: AnyWorkflow, node: Node) -> Region:
    """The run that a step belongs to: the main one of the scope, or a side."""
    region = next((one for one in layout_of(scope.spec) if node in one.nodes), None)
    if region is None:
        raise CommandRefused(f"流程走不到环节{node.title}。")
    return region


def refuse_loose(region: Region, scope: AnyWorkflow, node: Node) -> None:
    """Refuse where a split that encloses nothing leads to the step or to an open token."""
    standing = {node, *(t.task_spec for t in scope.tasks.values() if t._parent is None)}
    for split in region.loose:
        if spread([split]) & standing & region.nodes:
            raise CommandRefused(
                f"{split.title}分出的分支没有在同一处汇合，算不清要停下哪些环节，不能这样做。"
            )
    reached = behind(node)
    for join in region.unmatched:
        if join in reached:
            raise CommandRefused(
                f"{join.title}与前面的分支不配对，退回后可能永远等不齐，不能这样做。"
            )


def sides_of(scope: AnyWorkflow, region: Region, node: Node, gone: list[Token]) -> list[Token]:
    """What boundary events have started beside the steps that are gone through again."""
    ends = {token.task_spec for token in gone}
    again = spread([node], ends) | ends | {node}
    found: list[Token] = []
    todo = [one for one in layout_of(scope.spec) if one.hosts and one is not region]
    while True:
        side = next((one for one in todo if one.hosts & again), None)
        if side is None:
            return found
        todo.remove(side)
        here = [
            token
            for token in scope.tasks.values()
            if token._parent is None and token.task_spec in side.nodes
        ]
        if here and not side.hosts <= again:
            raise CommandRefused(
                f"分不清{here[0].task_spec.title}是由哪一个环节另外引出的，不能这样做。"
            )
        found += here
        again |= side.nodes


def left_by(stopped: Iterable[Token], case: CaseWorkflow) -> Iterator[Token]:
    """The tokens with everything inside them, outer first."""
    todo = list(stopped)
    while todo:
        token = todo.pop(0)
        yield token
        inner = case.subprocesses.get(token.id)
        inside = [t for t in inner.tasks.values() if t._parent is None] if inner else []
        todo = [*token.owned, *inside, *todo]


def is_loop(node: Node) -> bool:
    """Whether the step is a multi-instance or a standard loop."""
    return isinstance(node, LoopNode)


def is_activity(token: Token) -> bool:
    """Whether something of its own goes on inside: a scope, or the instances of a loop."""
    return isinstance(token.task_spec, InnerNode | LoopNode)
