"""The open work of a run: who, by when, with which form, and what each answer leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.places import pool_facts
from webapp.cases.planning.completing import DECIDING
from webapp.cases.returns import key_of
from webapp.cases.state import Item
from webapp.core.errors import Refused
from webapp.core.form_pages import show_form
from webapp.designer.playing.board import Board
from webapp.designer.playing.carrying import Beat
from webapp.designer.playing.ground import Ground
from webapp.designer.playing.moves import (
    Move,
    address,
    opened,
    play,
    variables_of,
    ways_back,
)
from webapp.designer.playing.replaying import problem_of
from workflows.calendars import local_day
from workflows.clocks import limit_text
from workflows.engine import OpenedItem, State
from workflows.errors import WorkflowError
from workflows.forms import Field, FieldKind, Form, NoSample, sample

TRIES = 4
"""Invented answers that are tried until one leads on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to complete a step at once, the other questions answered by invention.

    `then`: what follows in words, whose turn it is first. `problem`: why it does not go; then there is no button.
    """

    value: str
    label: str
    then: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """A step that may be returned to."""

    key: str
    name: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Work:
    """An open step as the page shows it. `limit` in words, `due_at` as the ledger has it."""

    at: str
    name: str
    unit: str
    role: str
    form: str
    limit: str
    due_at: datetime | None
    answers: tuple[Answer, ...]
    back: tuple[Back, ...]
    element: str
    process: str


def works(board: Board, ground: Ground, state: State, number: int) -> list[Work]:
    """Every open step, in the order in which they opened."""
    items = {item.token: item for item in board.state.items}
    found = [(one, items[one.token]) for one in state.items if one.token in items]
    return [_work(board, ground, one, item, number) for one, item in found]


def _work(board: Board, ground: Ground, here: OpenedItem, item: Item, number: int) -> Work:
    pool = pool_facts(item.pool_id)
    return Work(
        at=address(here.place),
        name=here.name or here.place.element,
        unit=pool.unit.name,
        role=pool.role_name,
        form=here.form or "",
        limit=limit_text(here.limit) if here.limit is not None else "",
        due_at=item.due_at,
        answers=tuple(answers(board, ground, here, number)),
        back=tuple(
            Back(key_of(one), one.name, one.refusal or "")
            for one in ways_back(board, ground, here)
        ),
        element=here.place.element,
        process=here.place.process,
    )


def answers(board: Board, ground: Ground, here: OpenedItem, number: int) -> Iterator[Answer]:
    """What each choice of the deciding question leads to; one answer where there is none."""
    form = ground.form(here.form)
    one = deciding(form)
    if form is None or one is None:
        yield _answer(board, ground, here, number, "", _("办完"))
        return
    for value, label in _offered(board, ground, here, form, one):
        yield _answer(board, ground, here, number, value, label)


def deciding(form: Form | None) -> Field | None:
    """The question that decides a step."""
    if form is None:
        return None
    found = (form.field(key) for key in DECIDING)
    return next((f for f in found if f is not None and f.kind is FieldKind.CHOICE), None)


def _offered(
    board: Board, ground: Ground, here: OpenedItem, form: Form, one: Field
) -> Iterator[tuple[str, str]]:
    """Choices that the form offers for this case, as its page would."""
    variables = variables_of(board, ground, here)
    shown = show_form(form, {}, variables, today=local_day(board.at))
    for drawn in shown.fields:
        if drawn.name == one.key:
            for option in drawn.options:
                if option.value:
                    yield option.value, option.label


def _answer(
    board: Board, ground: Ground, here: OpenedItem, number: int, value: str, label: str
) -> Answer:
    try:
        _move, beats = _tried(board, ground, here, number, value, "")
    except (Refused, WorkflowError) as wrong:
        return Answer(value, label, problem=problem_of(ground, number, wrong).sentence)
    return Answer(value, label, tuple(reversed(beats[0].line.then)))


def quick(
    board: Board, ground: Ground, here: OpenedItem, number: int, value: str, by: str = ""
) -> Move:
    """The move that completes a step with one answer and invented others.

    Always the same for the same moment; of several inventions the first that leads on.
    Raises what completing raises where none does.
    """
    return _tried(board, ground, here, number, value, by)[0]


def _tried(
    board: Board, ground: Ground, here: OpenedItem, number: int, value: str, by: str
) -> tuple[Move, tuple[Beat, ...]]:
    """The first invention that leads on; others are tried only if they steer differently."""
    form, steering = ground.form(here.form), []
    problem: Exception | None = None
    for attempt in range(TRIES):
        values = invented(board, ground, here, number, value, attempt)
        steers = (
            {one.key: values.get(one.key) for one in form.fields if one.routing} if form else {}
        )
        if steers in steering:
            continue
        steering.append(steers)
        move = {"do": "complete", "at": address(here.place), "values": values, "by": by}
        try:
            return move, play(board, ground, move)[1]
        except (Refused, WorkflowError) as wrong:
            problem = problem or wrong
    raise problem or NoSample("造不出符合表单规则的答案。")


def invented(
    board: Board, ground: Ground, here: OpenedItem, number: int, value: str, attempt: int = 0
) -> dict[str, Any]:
    """Answers to every question of the form of a step. Raises NoSample."""
    form = ground.form(here.form)
    if form is None:
        return {}
    one = deciding(form)
    given = {one.key: value} if one is not None and value else {}
    return sample(
        form,
        f"{number}/{address(here.place)}/{attempt}",
        today=local_day(board.at),
        variables=variables_of(board, ground, here),
        given=given,
    )


def quick_move(board: Board, ground: Ground, number: int, typed: Mapping[str, str]) -> Move:
    """The same from what the page posts. Raises Refused, NoSample."""
    here, _item = opened(board, ground, typed.get("play-at", ""))
    return quick(board, ground, here, number, typed.get("answer", ""), typed_person(typed))


def typed_person(typed: Mapping[str, str]) -> str:
    """Who is to act: the name that was typed, "" for somebody of the post."""
    return typed.get("play-by", "").strip()[:20]
