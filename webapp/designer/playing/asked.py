"""What the page of a run posts, read as a move."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.values import is_sensitive
from webapp.core.errors import Invalid, Refused
from webapp.core.form_pages import without_empty_rows
from webapp.designer.playing.answering import quick_move, typed_person
from webapp.designer.playing.board import Board
from webapp.designer.playing.ground import Ground
from webapp.designer.playing.moves import Move, opened, variables_of
from webapp.designer.playing.setup import typed_values
from workflows.calendars import CHINA, local_day
from workflows.forms import Form, from_pairs, sample, validate


@dataclass(frozen=True, slots=True)
class Asked:
    """A post on the moment `at`. `typed`: the last value of each name, `pairs`: all of them."""

    typed: Mapping[str, str]
    pairs: Mapping[str, Sequence[str]]
    board: Board
    ground: Ground
    at: int


def move_of(asked: Asked) -> Move:
    """The move that was asked for. Raises Invalid beside the fields, Refused, NoSample."""
    made = _MOVES.get(asked.typed.get("do", ""))
    if made is None:
        raise Refused("没有这种走法。")
    return made(asked)


def _complete(asked: Asked) -> Move:
    """The form as it was filled in."""
    typed, board, ground = asked.typed, asked.board, asked.ground
    here, _item = opened(board, ground, typed.get("play-at", ""))
    form = ground.form(here.form)
    values: dict[str, Any] = {}
    if form is not None:
        values = without_empty_rows(form, from_pairs(form, asked.pairs))
        variables = variables_of(board, ground, here)
        checked = validate(form, values, variables, today=local_day(board.at))
        if not checked.ok:
            raise Invalid(dict(checked.errors))
        values = _invented_persons(form, dict(checked.values), variables, asked)
    at, by = typed.get("play-at", ""), typed_person(typed)
    return {"do": "complete", "at": at, "values": values, "by": by}


def _invented_persons(
    form: Form, values: dict[str, Any], variables: Mapping[str, Any], asked: Asked
) -> dict[str, Any]:
    """The answers with invented ones for what is sensitive: a run keeps nobody's data."""
    secret = {one.key for one in form.fields if is_sensitive(one) and values.get(one.key)}
    if not secret:
        return values
    open_ones = {key: value for key, value in values.items() if key not in secret}
    day = local_day(asked.board.at)
    return sample(form, asked.at, today=day, variables=variables, given=open_ones)


def _quick(asked: Asked) -> Move:
    return quick_move(asked.board, asked.ground, asked.at, asked.typed)


def _return(asked: Asked) -> Move:
    typed = asked.typed
    return {
        "do": "return",
        "at": typed.get("play-at", ""),
        "to": typed.get("to", ""),
        "by": typed_person(typed),
    }


def _deliver(asked: Asked) -> Move:
    typed = asked.typed
    values = typed_values(typed.get("brings", ""))
    return {
        "do": "deliver",
        "name": typed.get("name", ""),
        "at": typed.get("play-at", ""),
        "values": values,
    }


def _pass(asked: Asked) -> Move:
    """To a day and an hour, or to what happens next by itself (`to`)."""
    typed, now, calendar = asked.typed, asked.board.at, asked.ground.calendar
    try:
        if typed.get("to"):
            there = datetime.fromisoformat(typed["to"])
        else:
            day = date.fromisoformat(typed.get("day", ""))
            hour = time.fromisoformat(typed.get("hour") or "09:00")
            there = datetime.combine(day, hour, tzinfo=CHINA)
        late = there <= now
    except (ValueError, TypeError):
        words = _("日期请写成 2026-03-31 的样子，时间请写成 09:30 的样子。")
        raise Invalid({"day": words}) from None
    if late:
        raise Invalid({"day": _("时间只能往后走。要回到以前，请点下面“发生了什么”里的一步。")})
    if local_day(there) > calendar.last:
        words = _("工作日日历只到{last}，请选早一些的日子。")
        raise Invalid({"day": words.format(last=calendar.last)})
    return {"do": "pass", "to": there.isoformat()}


def _withdraw(asked: Asked) -> Move:
    return {"do": "withdraw"}


def _papers(asked: Asked) -> Move:
    """The checklist as it was marked; what is not in form has an invented defect."""
    marks = {}
    for paper in asked.board.checklist:
        state = asked.typed.get(f"paper-{paper.key}", paper.state)
        defect = (paper.defect or _("试走：内容不全")) if state == "defective" else ""
        marks[paper.key] = {"state": state, "defect": defect}
    return {"do": "papers", "marks": marks}


_MOVES: Mapping[str, Callable[[Asked], Move]] = {
    "complete": _complete,
    "quick": _quick,
    "return": _return,
    "deliver": _deliver,
    "pass": _pass,
    "withdraw": _withdraw,
    "papers": _papers,
}
