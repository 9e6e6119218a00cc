"""A running case on another version of its process (design.md §3½, engine study E27).

Not rows are moved but positions: for each open token the scopes around it, its element, its
instance, its number and its data. A fresh state is built on the new version with tokens of
the same numbers at the elements of the same names; what the border of an activity, an event
gateway or a scope listens for is compared and armed, kept or disarmed. A token whose element
is gone or has become something else goes on where somebody decided, or the case stays.

Before anything counts, the new state is weighed: in each scope the tokens must be those of
one sound run of the new version, or else a join would wait for ever or a step come twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.errors import CommandRefused
from workflows.model import Kind
from workflows.spiff.blocks import Region
from workflows.spiff.borders import ARMED
from workflows.spiff.case import is_item, name_of
from workflows.spiff.fitting import entry_of, same_event, same_shape, unfit
from workflows.spiff.inner import InnerNode
from workflows.spiff.loops import LoopNode
from workflows.spiff.merging import LOCAL, merge
from workflows.spiff.node import Node
from workflows.spiff.program import Program
from workflows.spiff.returning import steps_of
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow, ScopeWorkflow
from workflows.spiff.standing import Standing, layout_of, stand, waits_at_join
from workflows.spiff.token import WAITING, Token
from workflows.spiff.walks import behind, spread


@dataclass(frozen=True, slots=True)
class Problem:
    """A token that cannot go on by itself; `choices` are the steps to choose from."""

    token: Token
    reason: str
    choices: tuple[Node, ...]


@dataclass(slots=True)
class Move:
    """A case being rebuilt. `obstacles` are reasons why it must stay, whatever is decided."""

    old: CaseWorkflow
    new: CaseWorkflow
    decisions: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    begun: list[tuple[AnyWorkflow, Node, Token]] = field(default_factory=list)
    scopes: list[tuple[AnyWorkflow, AnyWorkflow]] = field(default_factory=list)
    twins: dict[Token, Token] = field(default_factory=dict)  # old → new

    @property
    def possible(self) -> bool:
        """Whether the new state can be used."""
        return not (self.problems or self.obstacles)


def rebuild(old: CaseWorkflow, program: Program, decisions: Mapping[str, str]) -> Move:
    """Build the case on the new version as far as it goes. `old` is left as it is.

    Raises CommandRefused for a decision about no open position.
    """
    new = CaseWorkflow(program.processes[program.root])
    new.prefix, new.counter, new.writes = old.prefix, old.counter, old.writes
    made = Move(old, new, decisions)
    _scope(made, old, new)
    unused = set(decisions) - {name_of(problem.token) for problem in made.problems}
    unused -= {name_of(token) for _, _, token in made.begun}
    unused -= {name_of(token) for token in made.twins}
    if unused:
        raise CommandRefused("有一项决定所指的环节不在这个办件里，请重新比较。")
    if not made.problems:
        for before, after in made.scopes:
            _weigh(made, before, after)
    return made


def finish(made: Move) -> None:
    """Begin what was decided anew, and let the case come to rest."""
    for scope, node, token in made.begun:
        begun = Token(scope, node)
        begun.part = merge(token.task_spec.parts(token), without=frozenset({LOCAL}))
        token.cancel()
        made.new.journal.effects.extend(made.old.journal.effects)
        made.old.journal.effects.clear()
        node._update(begun)
    made.new.do_engine_steps()


def _scope(made: Move, old: AnyWorkflow, new: AnyWorkflow) -> None:
    made.scopes.append((old, new))
    new.ended, new.result = old.ended, old.result
    for token in list(old.tasks.values()):
        if token._parent is None and not token.task_spec.listens:
            _top(made, token, new)
    _listeners(made, old, new)


def _top(made: Move, token: Token, scope: AnyWorkflow) -> None:
    """A token that stands by itself in its scope."""
    spec = scope.spec
    chosen = made.decisions.get(name_of(token))
    node: Node | None = spec.task_specs.get(token.task_spec.name)
    reason = unfit(token.task_spec, node)
    via = token.via
    if reason is None and node is not None and waits_at_join(token):
        entry = entry_of(token.task_spec, token.via, spec, node)
        if entry is None or node.entries < 2:
            reason = f"已办完、在{token.task_spec.title}等其他分支的那条分支在新版里改了走法"
        else:
            via = entry
    if chosen is not None:
        _decided(made, token, scope, chosen)
    elif reason is not None or node is None:
        made.problems.append(Problem(token, reason or "", tuple(steps_of(spec))))
    else:
        twin = _copy(made, token, scope, node)
        twin.via = via


def _decided(made: Move, token: Token, scope: AnyWorkflow, chosen: str) -> None:
    node = next((n for n in steps_of(scope.spec) if n.element.id == chosen), None)
    if node is None:
        raise CommandRefused(f"“{chosen}”不是新版里同一段流程的环节。")
    if (
        is_item(token)
        and not isinstance(node, LoopNode)
        and token.task_spec.instance_of is None
    ):
        _copy(made, token, scope, node)  # the work goes on as another step
    else:
        made.begun.append((scope, node, token))


def _copy(made: Move, token: Token, scope: AnyWorkflow, node: Node) -> Token:
    """Put a token of the same number and data at a node, with all that belongs to it."""
    twin = Token(scope, node, number=token.id)
    twin.part = token.part
    twin._state, twin.via, twin.instance = token._state, token.via, token.instance
    twin.internal_data = dict(token.internal_data)
    twin.triggered = token.triggered
    made.twins[token] = twin
    if not same_event(token.task_spec.element.event, node.element.event) and (
        twin._state == WAITING and node.awaits and not node.offers
    ):
        _renumber(twin)
    for child in token.owned:
        if child.instance is not None and isinstance(node, LoopNode):
            twin.own(_copy(made, child, scope, node.body))
    if token.task_spec.offers:
        _arms(made, token, twin)
    else:
        _borders(made, token, twin)
    inner = made.old.subprocesses.get(token.id)
    if inner is not None and isinstance(node, InnerNode):
        _scope(made, inner, ScopeWorkflow(node.inner, twin))
    return twin


def _renumber(token: Token) -> None:
    """Give a token a number of its own: what it waits for is another thing now."""
    case, scope = token.workflow.top_workflow, token.workflow
    del scope.tasks[token.id], case.open_tokens[token.id]
    token.id, token.internal_data = case.next_number(), {}
    scope.tasks[token.id] = case.open_tokens[token.id] = token


def _wait(made: Move, owner: Token | None, scope: AnyWorkflow, node: Node, old: Token) -> Token:
    """Keep an armed event if it waits for the same as before; else arm it anew."""
    same = same_event(old.task_spec.element.event, node.element.event)
    token = Token(scope, node, number=old.id if same else 0)
    token.part, token.via = old.part, old.via
    token.internal_data = dict(old.internal_data) if same else {}
    token._set_state(WAITING)
    made.twins[old] = token
    return owner.own(token) if owner is not None else token


def _borders(made: Move, old: Token, new: Token) -> None:
    """Arm, keep or drop the boundary events of an activity."""
    if (
        new.task_spec.instance_of is not None
        or not old.task_spec.borders + new.task_spec.borders
    ):
        return
    armed = {child.task_spec.name: child for child in old.owned if child.instance is None}
    known = {border.name: border for border in old.task_spec.borders}
    for border in new.task_spec.borders:
        if border.cause not in ARMED:
            continue
        before = known.get(border.name)
        if border.name in armed:
            _wait(made, new, new.workflow, border, armed[border.name])
        elif (
            before is None
            or before.cause not in ARMED
            or not same_event(before.element.event, border.element.event)
        ):
            fresh = new.own(Token(new.workflow, border, new))
            fresh._set_state(WAITING)


def _arms(made: Move, old: Token, new: Token) -> None:
    """Arm, keep or drop what an event gateway offers."""
    armed = {child.task_spec.name: child for child in old.owned}
    for route in new.task_spec.routes:
        if route.target.name in armed:
            arm = _wait(made, new, new.workflow, route.target, armed[route.target.name])
        else:
            arm = new.own(Token(new.workflow, route.target, new))
            arm._set_state(WAITING)
        arm.via = route.entry


def _listeners(made: Move, old: AnyWorkflow, new: AnyWorkflow) -> None:
    """Arm, keep or drop what a scope listens for."""
    waiting = {t.task_spec.name: t for t in old.tasks.values() if t.task_spec.listens}
    known = {listener.name for listener in old.spec.listeners}
    for listener in new.listening():
        if listener.name in waiting:
            _wait(made, None, new, listener, waiting[listener.name])
        elif listener.name not in known:
            parts = new.parts()
            listener.listen(new, parts[0] if parts else ({}, {}))


def _weigh(made: Move, old: AnyWorkflow, new: AnyWorkflow) -> None:
    """Make sure that what is open is what a sound run of the new version could have open."""
    anew = {token: node for scope, node, token in made.begun if scope is new}
    if not anew and same_shape(old.spec, new.spec):
        return
    try:
        for region in layout_of(new.spec):
            _sound(region, old, new, anew)
    except CommandRefused as refused:
        made.obstacles.append(str(refused))


def _sound(
    region: Region, old: AnyWorkflow, new: AnyWorkflow, anew: Mapping[Token, Node]
) -> None:
    standing = stand(region, new)
    nodes = [token.task_spec for token in standing.tokens]
    for token, node in anew.items():
        if node in region.nodes:
            standing.place(token, region.level(node))
            nodes.append(node)
    for token in standing.astray:
        raise CommandRefused(f"新版里分不清{token.task_spec.title}属于哪一条分支。")
    for split in region.loose:
        if spread([split]).intersection(nodes):
            raise CommandRefused(f"新版里{split.title}分出的分支没有在同一处汇合。")
    for join in region.unmatched:
        if any(join is node or join in behind(node) for node in nodes):
            raise CommandRefused(f"新版里{join.title}与前面的分支不配对，可能永远等不齐。")
    for level in standing.tokens.values():
        if level and level[-1][0].tangled:
            raise CommandRefused(f"新版里{level[-1][0].split.title}分出的分支互相交错。")
    if not standing.tokens:
        return
    if not region.hosts:
        standing.weigh()
    _same_branches(old, standing)


def _same_branches(old: AnyWorkflow, standing: Standing) -> None:
    """Where a parallel split is under way, a branch more would never be begun."""
    for block in {block for level in standing.tokens.values() for block, _ in level}:
        before = old.spec.task_specs.get(block.split.name)
        if block.split.element.kind is Kind.PARALLEL and (
            before is None or len(before.routes) != len(block.split.routes)
        ):
            raise CommandRefused(
                f"办件正走在并行分支里，而新版在{block.split.title}处的分支数变了。"
            )
