"""Positions of a case, and the same positions on another version (design.md §3½)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from workflows.engine.definition import Definition
from workflows.engine.outcomes import OpenedItem, Outcome, Place
from workflows.engine.reporting import Waiting, opened, outcome, place
from workflows.errors import CommandRefused
from workflows.model import NOTHING
from workflows.spiff import codec
from workflows.spiff.awaiting import Awaits
from workflows.spiff.case import is_item, name_of
from workflows.spiff.fitting import same_ahead
from workflows.spiff.journal import spot_of
from workflows.spiff.moving import Problem, finish, rebuild
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow
from workflows.spiff.standing import waits_at_join
from workflows.spiff.token import Token


class Standing(StrEnum):
    """What a token is doing where it stands."""

    ITEM = "item"
    TIMER = "timer"
    MESSAGE = "message"
    CONDITION = "condition"
    JOIN = "join"
    ACTIVITY = "activity"  # a scope or instances of its own are under way inside, or arms


@dataclass(frozen=True, slots=True)
class Position:
    """One open token: where it stands, and in and under which other token.

    `within` is the token of the sub-process or call around, `under` that of the activity,
    multi-instance or event gateway that it belongs to; each None where there is none.
    """

    token: str
    place: Place
    standing: Standing
    within: str | None
    under: str | None
    variables: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Choice:
    """A step of the new version at which a position could go on."""

    element: str
    name: str
    role: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A position that cannot go on by itself in the new version: choose, or let the case stay.

    `token` is what a decision names. An open item goes on as the chosen step, with its
    token; anything else stops, and the chosen step begins.
    """

    token: str
    place: Place
    name: str
    reason: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A case on its new version. `changed` are items that stay open and look different now:
    another step, name, role, form, limit or unit.
    """

    outcome: Outcome
    changed: tuple[OpenedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What moving a case would mean.

    `same`: nothing that is open or may still come is different. `questions` and `obstacles`
    keep it from being moved; where there are none, `moved` is what would happen.
    """

    same: bool = False
    questions: tuple[Question, ...] = ()
    obstacles: tuple[str, ...] = ()
    moved: Moved | None = None


def positions(definition: Definition, snapshot: bytes) -> tuple[Position, ...]:
    """List every open token, outer ones first. Raises SnapshotUnreadable."""
    case = codec.load(snapshot, definition.program)
    return tuple(_positions(case))


def survey(
    old: Definition,
    new: Definition,
    snapshot: bytes,
    decisions: Mapping[str, str] = NOTHING,
) -> Survey:
    """Say what moving a case to another version would do.

    `decisions` are element ids of the new version by token. Raises SnapshotUnreadable, and
    CommandRefused for a decision that does not belong to this case or to the new version.
    """
    case = codec.load(snapshot, old.program)
    if case.completed:
        return Survey(obstacles=("流程已经结束。",))
    before = Waiting(case)
    looks = {number: _look(token) for number, token in before.items.items()}
    made = rebuild(case, new.program, decisions)
    if not made.possible:
        return Survey(
            questions=tuple(_question(problem) for problem in made.problems),
            obstacles=tuple(dict.fromkeys(made.obstacles)),
        )
    same = not decisions and same_ahead(case, new.program)
    finish(made)
    now = Waiting(made.new)
    changed = tuple(
        opened(token)
        for number, token in now.items.items()
        if number in looks and _look(token) != looks[number]
    )
    after = outcome(made.new, before, NOTHING, codec.save(made.new, new.program))
    return Survey(same=same, moved=Moved(after, changed))


def move(
    old: Definition,
    new: Definition,
    snapshot: bytes,
    decisions: Mapping[str, str] = NOTHING,
) -> Moved:
    """Move a case to another version. Raises CommandRefused, SnapshotUnreadable."""
    found = survey(old, new, snapshot, decisions)
    if found.moved is None:
        reasons = [*found.obstacles, *(question.reason for question in found.questions)]
        raise CommandRefused("；".join(reason.rstrip("。") for reason in reasons) + "。")
    return found.moved


def _look(token: Token) -> OpenedItem:
    return replace(opened(token), variables=NOTHING)


def _question(problem: Problem) -> Question:
    token = problem.token
    return Question(
        name_of(token),
        place(spot_of(token)),
        token.task_spec.element.name,
        problem.reason + "。",
        tuple(
            Choice(node.element.id, node.element.name, node.element.role)
            for node in problem.choices
        ),
    )


def _positions(scope: AnyWorkflow) -> Iterator[Position]:
    case: CaseWorkflow = scope.top_workflow
    for token in scope.tasks.values():
        owner = token.owner
        yield Position(
            name_of(token),
            place(spot_of(token)),
            _standing(token),
            name_of(scope.host) if scope.host is not None else None,
            name_of(owner) if owner is not None else None,
            MappingProxyType(dict(token.data)),
        )
    for token in list(scope.tasks.values()):
        inner = case.subprocesses.get(token.id)
        if inner is not None:
            yield from _positions(inner)


def _standing(token: Token) -> Standing:
    if is_item(token):
        return Standing.ITEM
    if waits_at_join(token):
        return Standing.JOIN
    return {
        Awaits.TIMER: Standing.TIMER,
        Awaits.MESSAGE: Standing.MESSAGE,
        Awaits.SIGNAL: Standing.MESSAGE,
        Awaits.CONDITION: Standing.CONDITION,
    }.get(token.task_spec.awaits, Standing.ACTIVITY)
