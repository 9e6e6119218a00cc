"""Where a thrown event goes. Corrects E19 and E22 (signal ends), and keeps Spiff's event manager
out: it matches by class and name, first come, innermost first.

- error: outwards through sub-processes and call activities to the nearest event sub-process
  or boundary event with this code, else one for any code; the event sub-process of a scope
  comes before its boundary. Uncaught, it ends the whole case (BPMN 10.5.1 leaves
  the process terminated); the code is reported.
- escalation: outwards likewise; uncaught, it is reported and nothing else happens.
- signal: to every place of the case that waits for it, outermost scope first; and it is noted,
  for it is for the other cases too, which whoever calls the engine tells.
- message: to the place of the case that waits for it, outermost and oldest first; if none
  does, it is for the world outside: an effect `send-message` is ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from workflows.model import NOTHING, Event, Trigger
from workflows.spiff.awaiting import Awaits
from workflows.spiff.journal import Ordered, spot_of
from workflows.spiff.merging import Part, merge
from workflows.spiff.token import WAITING, Token

if TYPE_CHECKING:
    from workflows.spiff.borders import BorderNode
    from workflows.spiff.handlers import ListenNode
    from workflows.spiff.node import Node
    from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow


LEFT = "left"  # how often a repeating timer still fires, once it has fired
Catching = TypeVar("Catching", "BorderNode", "ListenNode")


def throw(token: Token) -> None:
    """Throw the event of the token's node."""
    event = token.task_spec.element.event
    if event is not None:
        _throw(token, event)


def throw_at_border(activity: Token, event: Event) -> None:
    """Throw an event out of an activity: its own boundary is asked first."""
    border = None
    if event.trigger is Trigger.ESCALATION:
        border = match(activity.task_spec.borders, event)
    if border is not None:
        fire(border, activity, values=NOTHING)
    else:
        _throw(activity, event)


def _throw(token: Token, event: Event) -> None:
    if event.trigger is Trigger.ERROR:
        throw_error(token, event)
    elif event.trigger is Trigger.ESCALATION:
        _outwards(token, event)
    elif event.trigger is Trigger.SIGNAL:
        case = token.workflow.top_workflow
        case.journal.signals.append((spot_of(token), event.ref or ""))
        broadcast(case, event.ref or "", NOTHING)
    elif event.trigger is Trigger.MESSAGE:
        _send(token, event.ref or "")


def throw_error(token: Token, event: Event) -> None:
    """Throw an error; uncaught it ends the case."""
    if not _outwards(token, event):
        case = token.workflow.top_workflow
        case.stop()
        case.result = token.task_spec.element.result


def _outwards(token: Token, event: Event) -> bool:
    """Carry a code outwards to the first event sub-process or boundary event that takes it.

    An event sub-process does not take what it throws itself.
    """
    thrown = token.part
    workflow: AnyWorkflow = token.workflow
    inside = True
    came_from: Node | None = None
    while True:
        listener = match([n for n in workflow.listening() if n.handler is not came_from], event)
        if listener is not None:
            listener.begin(workflow, thrown=thrown if inside else None)
            return True
        if workflow.host is None:
            break
        host = workflow.host
        came_from = host.task_spec
        inside = inside and not host.task_spec.shuts_data
        activity = host
        if host.task_spec.instance_of is not None and host.owner is not None:
            activity = host.owner
            thrown = merge([thrown], without=host.task_spec.instance_of.local)
        border = match(activity.task_spec.borders, event)
        if border is not None:
            fire(border, activity, values=NOTHING, thrown=thrown if inside else None)
            return True
        workflow = host.workflow
    token.workflow.top_workflow.journal.unhandled.append(event.ref or "")
    return False


def match(catching: Iterable[Catching], event: Event) -> Catching | None:
    """Find what takes a code: its own before one for any."""
    fits = [node for node in catching if node.cause is event.trigger]
    for wanted in (event.ref, None):
        for node in fits:
            if node.event_name == wanted:
                return node
    return None


def awaiting(case: CaseWorkflow, name: str, *, signal: bool) -> list[Token]:
    """List the tokens that wait for a message or signal, outermost scope first, then oldest."""
    wanted = Awaits.SIGNAL if signal else Awaits.MESSAGE
    found = [
        token
        for token in case.open_tokens.values()
        if token.task_spec.awaits is wanted
        and token._state == WAITING
        and token.task_spec.event_name == name
    ]
    return sorted(found, key=lambda token: (token.workflow.depth, token.id))


def broadcast(case: CaseWorkflow, name: str, values: Mapping[str, Any]) -> int:
    """Give a signal to all who wait for it; tell how many did."""
    waiting = awaiting(case, name, signal=True)
    for token in waiting:
        if token.alive:
            token.task_spec.trigger(token, values)
    return len(waiting)


def _send(token: Token, name: str) -> None:
    case = token.workflow.top_workflow
    waiting = awaiting(case, name, signal=False)
    if waiting:
        waiting[0].task_spec.trigger(waiting[0], NOTHING)
    elif not any(order.do == "send-message" for order in token.task_spec.orders):
        case.journal.effects.append(
            Ordered(spot_of(token), "complete", "send-message", {"message": name}, token.data)
        )


def again(armed: Token, activity: Token | None) -> None:
    """Arm a timer that repeats once more, as a timer of its own, until its times are over."""
    times = armed.task_spec.element.event.repeats if armed.task_spec.element.event else 0
    left = armed.internal_data.get(LEFT, times)
    armed.internal_data = {}
    if left < 0 or left > 1:
        following = Token(armed.workflow, armed.task_spec, activity or armed)
        following.internal_data = {LEFT: left - 1} if left > 0 else {}
        following._set_state(WAITING)
        if activity is not None:
            activity.own(following)


def fire(
    border: BorderNode,
    activity: Token,
    *,
    armed: Token | None = None,
    values: Mapping[str, Any],
    thrown: Part | None = None,
) -> None:
    """Let a boundary event happen: interrupt the activity or not, and go on from the border.

    `thrown` is the data of the place that threw, when it is inside an embedded scope.
    """
    parts = activity.task_spec.parts(activity)
    part = merge([*parts, thrown] if thrown is not None else parts)
    moving = armed
    if border.cancel_activity:
        activity.cancel(keep=armed)
    elif armed is not None and border.cause is Trigger.TIMER:
        again(armed, activity)
        armed.detach()
    else:
        moving = None
    if moving is None:
        moving = Token(activity.workflow, border)
    moving.part = part
    moving.write(values)
    moving._ready()
