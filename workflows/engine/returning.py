"""Return to an earlier step (退回): what each target would stop, before anything is done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from workflows.engine.definition import Definition
from workflows.engine.outcomes import (
    ArmedTimer,
    AwaitedMessage,
    OpenedItem,
    Place,
    Target,
)
from workflows.engine.reporting import Waiting, armed, awaited, opened, place
from workflows.errors import CommandRefused, NoSuchToken
from workflows.model import Element
from workflows.spiff import codec
from workflows.spiff.case import find, is_item
from workflows.spiff.journal import Spot, spot_of
from workflows.spiff.returning import (
    Plan,
    is_activity,
    left_by,
    plan,
    scopes_around,
    steps_of,
    waits_at_join,
)
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow
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
    going = {token.id: token for token in left_by(made, case)}
    waiting = Waiting(case)
    return ReturnTarget(
        target,
        spot,
        element.name,
        element.role,
        items=tuple(
            opened(t) for n, t in waiting.items.items() if n in going and t is not item
        ),
        timers=tuple(armed(t) for n, t in waiting.timers.items() if n in going),
        messages=tuple(awaited(t) for n, t in waiting.messages.items() if n in going),
        waiting=tuple(place(spot_of(t)) for t in going.values() if waits_at_join(t)),
        left=tuple(_left(t) for t in going.values() if is_activity(t)),
        stays=tuple(opened(t) for n, t in waiting.items.items() if n not in going),
        kept=tuple(place(Spot(join, scope, scope.instance)) for join, _ in made.reopened),
    )


def _left(token: Token) -> LeftActivity:
    counted = token.internal_data
    return LeftActivity(
        place(spot_of(token)),
        token.task_spec.element.name,
        counted.get("done"),
        counted.get("total"),
    )
