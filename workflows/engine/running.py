"""The engine's verbs: a snapshot and a command in, an outcome out; nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.engine import reporting
from workflows.engine.definition import Definition
from workflows.engine.outcomes import (
    Cancel,
    CancelBranch,
    Command,
    Complete,
    Deliver,
    Fire,
    Outcome,
    Return,
    State,
    TakeBack,
)
from workflows.engine.reporting import Waiting, outcome, state
from workflows.engine.returning import cancel_planned, planned, take_back_planned
from workflows.errors import CommandRefused
from workflows.model import NOTHING
from workflows.spiff import branches, codec, returning, taking_back
from workflows.spiff import case as cases


def start(
    definition: Definition, facts: Mapping[str, Any], seed: str, at: str | None = None
) -> Outcome:
    """Start a case. `facts` are its first routing variables; `seed` makes its tokens unique.

    `at` names the start event where a process has several that something triggers.
    Raises CommandRefused, NothingMatches, ExpressionError.
    """
    case = cases.begin(definition.program, facts, seed, at)
    return outcome(case, None, NOTHING, codec.save(case, definition.program))


def advance(definition: Definition, snapshot: bytes, command: Command) -> Outcome:
    """Carry out a command. Whatever is raised, `snapshot` stays as it was.

    Raises NoSuchToken, CommandRefused, NothingMatches, ExpressionError, SnapshotUnreadable.
    """
    case = codec.load(snapshot, definition.program)
    if case.completed and not isinstance(command, Complete | Fire):
        raise CommandRefused("流程已经结束。")
    before = Waiting(case)
    ended: Mapping[str, str] = NOTHING
    match command:
        case Complete(token, values):
            ended = {token: "complete"}
            cases.complete(case, token, values)
        case Fire(token):
            cases.fire(case, token)
        case Deliver(name, values, token, signal):
            cases.deliver(case, name, values, token, signal=signal)
        case Cancel(result):
            cases.abandon(case, result)
        case Return(token, target):
            ended = {token: "return"}
            returning.carry_out(planned(case, token, target))
        case TakeBack():
            taking_back.take_back(take_back_planned(case, command))
        case CancelBranch(token):
            branches.cancel_branch(cancel_planned(case, token))
    return outcome(case, before, ended, codec.save(case, definition.program))


def inspect(definition: Definition, snapshot: bytes) -> State:
    """Say what a snapshot waits for. Raises SnapshotUnreadable."""
    return state(codec.load(snapshot, definition.program))


def variables(definition: Definition, snapshot: bytes) -> Mapping[str, Any]:
    """The routing data of a running case's root process; of several branches the value
    written last. Raises SnapshotUnreadable.
    """
    return reporting.variables(codec.load(snapshot, definition.program))
