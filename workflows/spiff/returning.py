"""Back to an earlier step: what stops, computed before anything is done.

A return takes a token out of the scope of its target together with every token that has come
of the same one since, and puts one token at the target. Which those are is read off the
branches (see `blocks`): all that stand in the target's branch or in a branch inside it, also
where they wait at a join. Returning into a block that is over, the branches that are not
gone through again wait at its join. Where it cannot be told which tokens belong together,
the return is refused in words; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.errors import CommandRefused
from workflows.model import Kind
from workflows.spiff.blocks import Block, Level, Region, regions
from workflows.spiff.inner import InnerNode
from workflows.spiff.loops import LoopNode
from workflows.spiff.merging import LOCAL, merge
from workflows.spiff.node import Node
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow, ScopeSpec
from workflows.spiff.token import WAITING, Token
from workflows.spiff.walks import behind, spread

JOINING = frozenset({Kind.PARALLEL, Kind.INCLUSIVE})
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


@dataclass(slots=True)
class Standing:
    """Where the tokens of a scope stand, by level, in one of its regions."""

    region: Region
    tokens: dict[Token, Level] = field(default_factory=dict)
    astray: list[Token] = field(default_factory=list)  # whose level cannot be said


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
    region = _region_of(scope, node, token)
    goal, here = region.level(node), region.level(token.task_spec)
    depth = 0
    if goal is not None and here is not None:
        depth = _common(goal, here)
        if min(len(goal), len(here)) > depth and goal[depth][0] is here[depth][0]:
            raise CommandRefused(f"环节{node.title}在并行的另一条分支上，与这一环节没有先后。")
    if token.task_spec not in behind(node):
        raise CommandRefused(f"环节{node.title}不在这一环节之前。")
    _refuse_loose(region, scope, node)
    if here is None:
        raise CommandRefused(f"分不清{token.task_spec.title}属于哪一条分支，不能退回。")
    if goal is None or any(block.tangled for block, _ in (*goal[depth:], *goal[-1:])):
        raise CommandRefused(
            f"环节{node.title}所在的分支与别的分支交错，算不清要停下哪些环节，不能退回到这里。"
        )
    gone = _gone(stand(region, scope), token, goal[:depth], whole=goal == here)
    sides = _sides(scope, region, node, gone)
    reopened = [
        (block.join, entry)
        for block, branch in goal[depth:]
        if block.join is not None
        for number, entry in enumerate(block.entries)
        if number != branch
    ]
    stopped = sorted([*gone, *sides], key=lambda one: one.id)
    return Plan(
        scope, node, tuple(stopped), tuple(reopened), anew=not region.hosts and depth == 0
    )


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
            f"分不清{standing.astray[0].task_spec.title}属于哪一条分支，不能退回。"
        )
    if whole and standing.region.hosts:
        return [token]
    weigh(standing)
    return [one for one, at in standing.tokens.items() if at[: len(level)] == level]


def carry_out(made: Plan) -> None:
    """Do what was computed: cancel, then begin the step again with what is known by now."""
    scope = made.scope
    parts = [part for token in made.stopped for part in token.task_spec.parts(token)]
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


def layout_of(spec: ScopeSpec) -> list[Region]:
    """The regions of a scope, computed once a definition."""
    if spec.layout is None:
        spec.layout = regions(spec)
    found: list[Region] = spec.layout
    return found


def _region_of(scope: AnyWorkflow, node: Node, token: Token) -> Region:
    found = layout_of(scope.spec)
    region = next((one for one in found if node in one.nodes), None)
    if region is None:
        raise CommandRefused(f"流程走不到环节{node.title}。")
    if token.task_spec not in region.nodes:
        raise CommandRefused(
            f"环节{node.title}与这一环节不在同一条线上（一条由边界事件另外引出），不能退回到那里。"
        )
    return region


def _refuse_loose(region: Region, scope: AnyWorkflow, node: Node) -> None:
    standing = {node, *(t.task_spec for t in scope.tasks.values() if t._parent is None)}
    for split in region.loose:
        if spread([split]) & standing & region.nodes:
            raise CommandRefused(
                f"{split.title}分出的分支没有在同一处汇合，算不清要停下哪些环节，不能退回。"
            )
    reached = behind(node)
    for join in region.unmatched:
        if join in reached:
            raise CommandRefused(
                f"{join.title}与前面的分支不配对，退回后可能永远等不齐，不能退回。"
            )


def stand(region: Region, scope: AnyWorkflow) -> Standing:
    """Say in which branch of a region each token stands."""
    standing = Standing(region)
    for token in scope.tasks.values():
        if token._parent is not None or token.task_spec not in region.nodes:
            continue
        if waits_at_join(token):
            level = region.waiting_level(token.task_spec, token.via)
        else:
            level = region.level(token.task_spec)
        if level is None:
            standing.astray.append(token)
        else:
            standing.tokens[token] = level
    return standing


def waits_at_join(token: Token) -> bool:
    """Whether the token waits for those of other branches."""
    return token._state == WAITING and token.task_spec.element.kind in JOINING


def weigh(standing: Standing) -> None:
    """Make sure that the tokens are those of one sound run. Raises CommandRefused."""
    count = _count(standing, ())
    if count != 1:
        raise CommandRefused("同一段流程现在同时有几处在走，算不清要停下哪些环节，不能退回。")


def _count(standing: Standing, level: Level) -> int:
    """How many runs of a level are under way: its own tokens and the blocks begun in it."""
    found = sum(1 for one in standing.tokens.values() if one == level)
    for block in standing.region.blocks:
        if standing.region.level(block.split) == level:
            found += _begun(standing, level, block)
    return found


def _begun(standing: Standing, level: Level, block: Block) -> int:
    counts = [
        _count(standing, (*level, (block, number))) for number in range(len(block.branches))
    ]
    if block.tangled:
        return min(counts[0], 1)
    if block.waits_for_all and len(set(counts)) > 1:
        raise CommandRefused(
            f"{block.split.title}分出的分支有的没有令牌，算不清要停下哪些环节，不能退回。"
        )
    return max(counts)


def _sides(scope: AnyWorkflow, region: Region, node: Node, gone: list[Token]) -> list[Token]:
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
                f"分不清{here[0].task_spec.title}是由哪一个环节另外引出的，不能退回。"
            )
        found += here
        again |= side.nodes


def left_by(made: Plan, case: CaseWorkflow) -> Iterator[Token]:
    """Every token that a return takes away, outer first."""
    todo = list(made.stopped)
    while todo:
        token = todo.pop(0)
        yield token
        inner = case.subprocesses.get(token.id)
        inside = [t for t in inner.tasks.values() if t._parent is None] if inner else []
        todo = [*token.owned, *inside, *todo]


def is_activity(token: Token) -> bool:
    """Whether something of its own goes on inside: a scope, or the instances of a loop."""
    return isinstance(token.task_spec, InnerNode | LoopNode)
