"""Commands that go into the engine and the outcome that comes out: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.model import NOTHING, Limit


@dataclass(frozen=True, slots=True)
class Complete:
    """A person finished the work item `token`; `values` are routing values of its form."""

    token: str
    values: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Fire:
    """The ledger says that the armed timer `token` is due."""

    token: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message or signal arrives. `token` narrows it to one waiting place.

    A signal is for all who wait for it; a message for exactly one: where several wait,
    `token` is needed.
    """

    name: str
    values: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    token: str | None = None
    signal: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Withdrawal or termination: everything open is cancelled, `cancel` effects are ordered."""

    result: str


@dataclass(frozen=True, slots=True)
class Target:
    """An earlier step to go back to: its element and the scopes around it, outside in.

    `path` is that of the place of the work item, or the beginning of it.
    """

    element: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """The work item `token` goes back (退回): `target` opens again.

    What stops is what `preview_return` says; refused in words where that cannot be told.
    """

    token: str
    target: Target


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the bundle: process key, element id and the scopes around it.

    `path` lists the tokens-independent ids of call activities and sub-processes from the
    outside in. `instance` is the 0-based index inside the nearest multi-instance or loop
    around, else None.
    """

    process: str
    element: str
    path: tuple[str, ...] = ()
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The step just completed at `place` opens again (拿回), and what followed is gone.

    `following` are the tokens of the items that its completion opened (`Outcome.opened`);
    the caller has seen that nobody has touched them. Refused when they are no longer all
    open, or when anything else would stop with them.
    """

    place: Place
    following: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelBranch:
    """The innermost branch around the work item `token` is cancelled (取消一条分支).

    An instance of a multi-instance, or a way out of a parallel or inclusive split; it counts
    as gone through, and the others do not wait for it.
    """

    token: str


Command = Complete | Fire | Deliver | Cancel | Return | TakeBack | CancelBranch


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """A step now waits for a person: the seed of a work item (待办)."""

    token: str
    place: Place
    name: str
    role: str | None
    form: str | None
    limit: Limit | None
    separate: tuple[str, ...]
    returns: tuple[str, ...]
    batch: bool
    unit: str | None  # value of the FEEL, already evaluated
    variables: Mapping[str, Any] = field(
        default_factory=lambda: NOTHING
    )  # visible routing data


@dataclass(frozen=True, slots=True)
class ClosedItem:
    """A work item is over: by `complete`, by `return` (it went back to an earlier step), or by
    `cancel` (boundary event, terminate, withdrawal, a return of another item).
    """

    token: str
    place: Place
    how: str


@dataclass(frozen=True, slots=True)
class ArmedTimer:
    """The engine waits for a clock: `before` working days before `clock` is due."""

    token: str
    place: Place
    clock: str
    before: int


@dataclass(frozen=True, slots=True)
class AwaitedMessage:
    """The engine waits for a message (or signal) of this name."""

    token: str
    place: Place
    name: str
    signal: bool = False


@dataclass(frozen=True, slots=True)
class ThrownSignal:
    """A signal was thrown at `place`: this case has heard it, the others are to be told."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class OrderedEffect:
    """An effect of the diagram, in the order of execution.

    `params` hold values: text as drawn, or what the FEEL behind `=` gave. `variables` is
    the routing data at that moment.
    """

    place: Place
    on: str
    do: str
    params: Mapping[str, Any]
    variables: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has happened, and the new snapshot. Only differences are listed.

    `passed`: elements that were completed in this step, in order, for the picture.
    `taken`: (process, sequence flow) of every flow that a token went along, in order; from an
    event-based gateway only the flow to the event that came first.
    `result`: the result of the last end event of the root process that has one, else None.
    `unhandled`: error or escalation codes that nobody caught; an uncaught error has ended
    the case (`finished`, everything cancelled), an uncaught escalation has not.
    `signals`: what was thrown, in order; heard inside the case already, and meant for all.
    `variables`: what a finished case leaves of its routing data; empty before (`variables`).
    """

    snapshot: bytes
    opened: tuple[OpenedItem, ...] = ()
    closed: tuple[ClosedItem, ...] = ()
    armed: tuple[ArmedTimer, ...] = ()
    disarmed: tuple[str, ...] = ()
    awaited: tuple[AwaitedMessage, ...] = ()
    no_longer_awaited: tuple[str, ...] = ()
    effects: tuple[OrderedEffect, ...] = ()
    passed: tuple[Place, ...] = ()
    taken: tuple[tuple[str, str], ...] = ()
    finished: bool = False
    result: str | None = None
    unhandled: tuple[str, ...] = ()
    signals: tuple[ThrownSignal, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class State:
    """Everything a snapshot waits for: read with `engine.inspect`, e.g. to check invariants."""

    items: tuple[OpenedItem, ...] = ()
    timers: tuple[ArmedTimer, ...] = ()
    messages: tuple[AwaitedMessage, ...] = ()
    finished: bool = False
