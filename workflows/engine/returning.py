"""Return (退回), take back (拿回), cancel a branch: what would stop, before anything is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from workflows.engine.definition import Definition
from workflows.engine.outcomes import (
    ArmedTimer,
    AwaitedMessage,
    OpenedItem,
    Place,
    TakeBack,
    Target,
)
from workflows.engine.reporting import Waiting, armed, awaited, opened, place
from workflows.errors import CommandRefused, NoSuchToken
from workflows.model import Element
from workflows.spiff import codec
from workflows.spiff.branches import BranchPlan, plan_cancel
from workflows.spiff.case import find, is_item
from workflows.spiff.journal import Spot, spot_of
from workflows.spiff.node import Node
from workflows.spiff.returning import (
    Plan,
    is_activity,
    is_loop,
    left_by,
    plan,
    scopes_around,
    steps_of,
)
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow
from workflows.spiff.standing import waits_at_join
from workflows.spiff.taking_back import Again, plan_take_back
from workflows.spiff.token import Token


@dataclass(frozen=True, slots=True)
class LeftActivity:
    """A call activity, sub-process or multi-instance that stops with all that is inside.

    `done` of `total` instances are over and will be done again; None where it has none.
    """

    place: Place
    name: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnTarget:
    """A step that a work item could go back to, and what that would stop.

    `items`: the other open work items that stop, those of the same multi-instance too;
    `waiting`: the joins where branches that are already done wait, once a branch: these are
    gone through again; `left`: activities left with all that is inside. `stays`: work items
    that go on beside. `kept` are the joins at which branches of a block that is over will
    wait, done as they are. `refusal`: why this target is not possible; then nothing else is said.
    """

    target: Target
    place: Place
    name: str
    role: str | None
    items: tuple[OpenedItem, ...] = ()
    timers: tuple[ArmedTimer, ...] = ()
    messages: tuple[AwaitedMessage, ...] = ()
    waiting: tuple[Place, ...] = ()
    left: tuple[LeftActivity, ...] = ()
    stays: tuple[OpenedItem, ...] = ()
    kept: tuple[Place, ...] = ()
    refusal: str | None = None


def preview_return(
    definition: Definition,
    snapshot: bytes,
    token: str,
    passed: Collection[str] | None = None,
) -> tuple[ReturnTarget, ...]:
    """List the steps of people around the work item `token`, its own scope's first.

    `passed`: ids of the elements that the case has completed so far; others are left out.
    Without it every step of these scopes is listed. Raises NoSuchToken, SnapshotUnreadable.
    """
    case = codec.load(snapshot, definition.program)
    item = _item(case, token)
    return tuple(
        _target(case, item, scope, top, node.element)
        for scope, top in scopes_around(item)
        for node in steps_of(scope.spec)
        if node is not top.task_spec and (passed is None or node.element.id in passed)
    )


@dataclass(frozen=True, slots=True)
class BranchEnd:
    """What cancelling a branch would stop; `place` is the split or multi-instance it is of.

    The other fields are those of ReturnTarget; `items` holds the work item itself too.
    """

    place: Place | None
    name: str = ""
    items: tuple[OpenedItem, ...] = ()
    timers: tuple[ArmedTimer, ...] = ()
    messages: tuple[AwaitedMessage, ...] = ()
    waiting: tuple[Place, ...] = ()
    left: tuple[LeftActivity, ...] = ()
    stays: tuple[OpenedItem, ...] = ()
    refusal: str | None = None


def preview_take_back(definition: Definition, snapshot: bytes, back: TakeBack) -> ReturnTarget:
    """Say what taking a step back would stop, or in `refusal` why it is not possible.

    Raises SnapshotUnreadable.
    """
    case = codec.load(snapshot, definition.program)
    spot = back.place
    target = Target(spot.element, spot.path)
    try:
        made = take_back_planned(case, back)
    except CommandRefused as refused:
        return ReturnTarget(target, spot, "", None, refusal=str(refused))
    kept: tuple[Place, ...] = ()
    if isinstance(made, Plan):
        element, scope = made.node.element, made.scope
        kept = tuple(place(Spot(join, scope, scope.instance)) for join, _ in made.reopened)
    else:
        element = made.loop.task_spec.element
    stopped = _stopping(case, made.stopped)
    return ReturnTarget(target, spot, element.name, element.role, **stopped, kept=kept)


def preview_cancel_branch(definition: Definition, snapshot: bytes, token: str) -> BranchEnd:
    """Say what cancelling the branch of a work item would stop, or why it is not possible.

    Raises NoSuchToken, SnapshotUnreadable.
    """
    case = codec.load(snapshot, definition.program)
    item = _item(case, token)
    try:
        made = plan_cancel(item)
    except CommandRefused as refused:
        return BranchEnd(None, refusal=str(refused))
    spot = place(Spot(made.of, made.scope, made.scope.instance))
    return BranchEnd(spot, made.of.element.name, **_stopping(case, made.stopped))


def take_back_planned(case: CaseWorkflow, back: TakeBack) -> Plan | Again:
    """Compute a take-back. Raises CommandRefused."""
    if case.completed:
        raise CommandRefused("流程已经结束。")
    scope, node = _completed(case, back)
    return plan_take_back(case, scope, node, back.place.instance, back.following)


def cancel_planned(case: CaseWorkflow, token: str) -> BranchPlan:
    """Compute the cancelling of a branch. Raises NoSuchToken, CommandRefused."""
    return plan_cancel(_item(case, token))


def _completed(case: CaseWorkflow, back: TakeBack) -> tuple[AnyWorkflow, Node]:
    """Find the running scope of a completed step. Raises CommandRefused."""
    spot = back.place
    running: list[AnyWorkflow] = [case, *case.subprocesses.values()]
    alike = [
        scope
        for scope in running
        if scope.path == spot.path and scope.spec.process == spot.process
    ]
    if not alike:
        raise CommandRefused("这一环节所在的子流程已经办完，不能拿回。")
    found = [
        (scope, node)
        for scope in alike
        for node in steps_of(scope.spec)
        if node.element.id == spot.element
        if is_loop(node) or scope.instance == spot.instance
    ]
    if len(found) > 1:
        following = [find(case, token) for token in back.following]
        around = [{id(scope) for scope, _ in scopes_around(token)} for token in following]
        found = [pair for pair in found if around and all(id(pair[0]) in a for a in around)]
    if len(found) != 1:
        raise CommandRefused("分不清这一环节是哪一份的，或者那一份已经办完，不能拿回。")
    return found[0]


def planned(case: CaseWorkflow, token: str, target: Target) -> Plan:
    """Compute a return. Raises NoSuchToken, CommandRefused."""
    item = _item(case, token)
    for scope, top in scopes_around(item):
        if scope.path == target.path:
            for node in steps_of(scope.spec):
                if node.element.id == target.element:
                    return plan(scope, top, node)
    raise CommandRefused(f"退回去处“{target.element}”不是这一环节所在流程里的环节。")


def _item(case: CaseWorkflow, token: str) -> Token:
    item = find(case, token)
    if not is_item(item):
        raise NoSuchToken("这一事项不是待人办理的环节。")
    return item


def _target(
    case: CaseWorkflow, item: Token, scope: AnyWorkflow, top: Token, element: Element
) -> ReturnTarget:
    node = scope.spec.task_specs[element.id]
    spot = place(Spot(node, scope, scope.instance))
    target = Target(element.id, scope.path)
    try:
        made = plan(scope, top, node)
    except CommandRefused as refused:
        return ReturnTarget(target, spot, element.name, element.role, refusal=str(refused))
    return ReturnTarget(
        target,
        spot,
        element.name,
        element.role,
        **_stopping(case, made.stopped, item),
        kept=tuple(place(Spot(join, scope, scope.instance)) for join, _ in made.reopened),
    )


def _stopping(
    case: CaseWorkflow, stopped: Iterable[Token], item: Token | None = None
) -> dict[str, Any]:
    """Say what stops with these tokens, beside `item`, and what goes on."""
    going = {token.id: token for token in left_by(stopped, case)}
    waiting = Waiting(case)
    return {
        "items": tuple(
            opened(t) for n, t in waiting.items.items() if n in going and t is not item
        ),
        "timers": tuple(armed(t) for n, t in waiting.timers.items() if n in going),
        "messages": tuple(awaited(t) for n, t in waiting.messages.items() if n in going),
        "waiting": tuple(place(spot_of(t)) for t in going.values() if waits_at_join(t)),
        "left": tuple(_left(t) for t in going.values() if is_activity(t)),
        "stays": tuple(opened(t) for n, t in waiting.items.items() if n not in going),
    }


def _left(token: Token) -> LeftActivity:
    counted = token.internal_data
    return LeftActivity(
        place(spot_of(token)),
        token.task_spec.element.name,
        counted.get("done"),
        counted.get("total"),
    )
