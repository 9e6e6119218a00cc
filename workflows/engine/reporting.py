"""From tokens to plain values: what waits, and what changed in a step."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from workflows.engine.outcomes import (
    ArmedTimer,
    AwaitedMessage,
    ClosedItem,
    OpenedItem,
    OrderedEffect,
    Outcome,
    Place,
    State,
    ThrownSignal,
)
from workflows.model import NOTHING, Element, Trigger, Work
from workflows.sources.vocabulary import ranks
from workflows.spiff.awaiting import Awaits
from workflows.spiff.case import is_item, is_waiting, name_of
from workflows.spiff.journal import Spot, spot_of
from workflows.spiff.merging import merge
from workflows.spiff.scopes import CaseWorkflow
from workflows.spiff.token import Token

NO_WORK = Work()


class Waiting:
    """The tokens of a case that wait for the outside, by kind and number."""

    def __init__(self, case: CaseWorkflow) -> None:
        self.items: dict[int, Token] = {}
        self.timers: dict[int, Token] = {}
        self.messages: dict[int, Token] = {}
        for number, token in case.open_tokens.items():
            if is_item(token):
                self.items[number] = token
            elif is_waiting(token):
                timer = token.task_spec.awaits is Awaits.TIMER
                (self.timers if timer else self.messages)[number] = token


def place(spot: Spot) -> Place:
    """Name a place in the bundle."""
    return Place(
        spot.workflow.spec.process,
        spot.node.element.id,
        (*spot.workflow.path, *spot.node.inside),
        spot.instance,
    )


def opened(token: Token) -> OpenedItem:
    """Describe a step that waits for a person."""
    element = token.task_spec.element
    work = element.work or NO_WORK
    unit = token.task_spec.unit
    value = unit.value(token.data) if unit is not None else None
    return OpenedItem(
        token=name_of(token),
        place=place(spot_of(token)),
        name=element.name,
        role=_role(element, token.data),
        form=work.form,
        limit=work.limit,
        separate=work.separate,
        returns=work.returns,
        batch=work.batch,
        unit=None if value is None else str(value),
        variables=MappingProxyType(dict(token.data)),
    )


def _role(element: Element, data: Mapping[str, Any]) -> str | None:
    """The lane's role, or the one that the case's parameter names among those allowed."""
    rank = element.work.rank if element.work is not None else None
    named = data.get(rank) if rank is not None else None
    return named if rank is not None and named in ranks().get(rank, ()) else element.role


def armed(token: Token) -> ArmedTimer:
    """Describe a timer."""
    event = token.task_spec.element.event
    assert event is not None  # noqa: S101
    return ArmedTimer(name_of(token), place(spot_of(token)), event.clock or "", event.before)


def awaited(token: Token) -> AwaitedMessage:
    """Describe a place that waits for a message or signal."""
    event = token.task_spec.element.event
    assert event is not None  # noqa: S101
    signal = event.trigger is Trigger.SIGNAL
    return AwaitedMessage(name_of(token), place(spot_of(token)), event.ref or "", signal)


def state(case: CaseWorkflow) -> State:
    """Describe everything a case waits for."""
    waiting = Waiting(case)
    return State(
        tuple(opened(token) for token in waiting.items.values()),
        tuple(armed(token) for token in waiting.timers.values()),
        tuple(awaited(token) for token in waiting.messages.values()),
        case.completed,
    )


def outcome(
    case: CaseWorkflow, before: Waiting | None, ended: Mapping[str, str], snapshot: bytes
) -> Outcome:
    """Describe a step: the differences between before and now, and the journal.

    `ended` says how an item ended that the command itself was about; others were cancelled.
    """
    now = Waiting(case)
    items = before.items if before else {}
    timers = before.timers if before else {}
    messages = before.messages if before else {}
    journal = case.journal
    return Outcome(
        snapshot=snapshot,
        opened=tuple(opened(t) for n, t in now.items.items() if n not in items),
        closed=tuple(_closed(t, ended) for n, t in items.items() if n not in now.items),
        armed=tuple(armed(t) for n, t in now.timers.items() if n not in timers),
        disarmed=tuple(name_of(t) for n, t in timers.items() if n not in now.timers),
        awaited=tuple(awaited(t) for n, t in now.messages.items() if n not in messages),
        no_longer_awaited=tuple(
            name_of(t) for n, t in messages.items() if n not in now.messages
        ),
        effects=tuple(
            OrderedEffect(
                place(effect.spot),
                effect.on,
                effect.do,
                MappingProxyType(effect.params),
                MappingProxyType(dict(effect.variables)),
            )
            for effect in journal.effects
        ),
        passed=tuple(place(spot) for spot in journal.passed),
        taken=tuple(journal.taken),
        finished=case.completed,
        result=case.result if case.completed else None,
        unhandled=tuple(journal.unhandled),
        signals=tuple(ThrownSignal(place(spot), name) for spot, name in journal.signals),
        variables=variables(case) if case.completed else NOTHING,
    )


def variables(case: CaseWorkflow) -> Mapping[str, Any]:
    """The routing data of the root process: of several branches the value written last."""
    return MappingProxyType(merge(case.parts())[0])


def _closed(token: Token, ended: Mapping[str, str]) -> ClosedItem:
    name = name_of(token)
    return ClosedItem(name, place(spot_of(token)), ended.get(name, "cancel"))
