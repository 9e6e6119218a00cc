"""The moves of a run: what the person at the page does, as plain values, and their meaning.

A move names elements, never tokens: it can be played again on a later save of the draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import CommitmentUpdate, MaterialUpdate, NewOpinion, PromisedPaper
from webapp.cases.checklist import checked_mark
from webapp.cases.facts import facts_of
from webapp.cases.places import pool_facts
from webapp.cases.planning.completing import (
    add_delivery,
    add_opinion,
    check_papers,
    completed_of,
)
from webapp.cases.planning.custody import papers_back
from webapp.cases.planning.setting import Actor
from webapp.cases.planning.step import Order, Step
from webapp.cases.planning.tolerance import ARRIVED
from webapp.cases.returns import allowed_in, key_of, targets_in
from webapp.cases.spoken import spoken
from webapp.cases.state import Item
from webapp.cases.values import is_sensitive
from webapp.core.errors import Invalid, Refused
from webapp.designer.playing.board import Board, with_states
from webapp.designer.playing.carrying import Act, Beat, Told, command
from webapp.designer.playing.ground import Ground
from workflows.calendars import local_day
from workflows.engine import (
    Cancel,
    Complete,
    Deliver,
    Fire,
    OpenedItem,
    Return,
    ReturnTarget,
    State,
    inspect,
)
from workflows.forms import Form, routing_values, validate

Move = Mapping[str, Any]
Done = tuple[Board, tuple[Beat, ...]]
SUPPLIED = "materials_supplied"
WITHDRAWAL = "D25W"
MOST_TIMERS = 60
_LACKING = frozenset({"missing", "defective", "required"})


def play(board: Board, ground: Ground, move: Move) -> Done:
    """Carry out one move, then whatever the clocks bring. Raises Refused, WorkflowError."""
    match move.get("do"):
        case "complete":
            done = _complete(board, ground, move)
        case "return":
            done = _return(board, ground, move)
        case "deliver":
            done = _deliver(board, ground, move)
        case "pass":
            return let_pass(board, ground, datetime.fromisoformat(str(move["to"])))
        case "withdraw":
            done = _withdraw(board, ground)
        case "papers":
            return _mark(board, move["marks"]), ()
        case _:
            raise Refused("没有这种走法。")
    board, beat = done
    board, fired = let_pass(board, ground, board.at)
    return board, (beat, *fired)


def let_pass(board: Board, ground: Ground, to: datetime) -> Done:
    """Time goes by: what is due on the way happens when it is due, in order."""
    beats: list[Beat] = []
    for _number in range(MOST_TIMERS):
        due = [t for t in board.state.timers if t.fires_at is not None and t.fires_at <= to]
        timer = min(due, key=lambda one: (one.fires_at, one.id), default=None)
        if timer is None or timer.fires_at is None:
            return board.moved_to(max(to, board.at)), tuple(beats)
        board = board.moved_to(max(timer.fires_at, board.at))
        state = inspect(ground.definition, board.state.snapshot)
        place = next(one.place for one in state.timers if one.token == timer.token)
        told = Told(
            "lapse",
            timer.clock_kind,
            place.process,
            before=timer.before,
            place=place.element,
            instance=place.instance,
        )
        payload = {"clock": timer.clock_kind, "before": timer.before}
        act = Act("fired", payload, fired=(timer.token,))
        board, beat = command(board, ground, Fire(timer.token), act, told)
        beats.append(beat)
    raise Refused("到期的事情一件接一件，没有停下来的时候。请检查图里的定时。")


def address(place: Any) -> str:
    """Where an open item stands, as one word of a form."""
    number = "" if place.instance is None else str(place.instance)
    return "|".join((place.process, "/".join(place.path), place.element, number))


def opened(board: Board, ground: Ground, at: str) -> tuple[OpenedItem, Item]:
    """The open item at an address. Raises Refused when nothing is open there."""
    state = inspect(ground.definition, board.state.snapshot)
    found = next((one for one in state.items if address(one.place) == at), None)
    if found is None:
        element = at.split("|")[2] if at.count("|") == 3 else at
        process = at.partition("|")[0]
        raise Refused(
            _("走到这里，“{step}”不在待办里。").format(step=ground.name(process, element))
        )
    return found, next(one for one in board.state.items if one.token == found.token)


def variables_of(board: Board, ground: Ground, item: OpenedItem) -> dict[str, Any]:
    """What the form of a step may ask, as for a real case."""
    facts = facts_of(ground.item, delivery_mode=board.state.delivery_mode)
    return {**facts, **item.variables}


def person(board: Board, item: Item, typed: object) -> tuple[Board, Actor]:
    """Who acts: the one that was typed, else somebody of the post."""
    pool = pool_facts(item.pool_id)
    name = str(typed or "").strip()[:20] or pool.role_name
    board, number = board.person(name)
    stamp = f"{pool.unit.name} {pool.role_name}"
    return board, Actor(number, name, stamp, frozenset({item.pool_id}))


def _told(kind: str, item: OpenedItem, state: State, actor: Actor, role: str) -> Told:
    """The step of a scenario; what tells it from its like only where there are several."""
    place = item.place
    alike = [one for one in state.items if one.place.element == place.element]
    by_unit = [one for one in alike if one.unit == item.unit]
    return Told(
        kind,
        place.element,
        place.process,
        who=item.role or "",
        by="" if actor.name == role else actor.name,
        unit=(item.unit or "") if len(alike) > 1 else "",
        instance=place.instance if len(by_unit) > 1 else None,
    )


def _check_person(board: Board, item: Item, actor: Actor) -> None:
    """As `cases.policy.check_can_complete`: another person where the diagram wants one."""
    names = {one.name for one in board.state.done if one.element in item.separate
             and one.by == actor.id}  # fmt: skip
    if names:
        raise Refused(
            _("{who}办过“{steps}”，不能再办“{step}”，要换一个人（不相容岗位）。").format(
                who=actor.name, steps="、".join(sorted(names)), step=item.name
            )
        )


def _complete(board: Board, ground: Ground, move: Move) -> tuple[Board, Beat]:
    here, item = opened(board, ground, str(move["at"]))
    state = inspect(ground.definition, board.state.snapshot)
    board, actor = person(board, item, move.get("by"))
    _check_person(board, item, actor)
    form = ground.form(here.form)
    raw: Mapping[str, Any] = move.get("values") or {}
    values: Mapping[str, Any] = raw if form is None else {}
    routing: Mapping[str, Any] = values
    if form is not None:
        values = _validated(board, ground, here, form, raw)
        routing = routing_values(form, values)
    stored = _without_secrets(form, values)
    completed = completed_of(item, form, stored)
    check_papers(board.state, item, completed)

    def add(step: Step) -> None:
        add_opinion(step, item, completed, None)
        add_delivery(step, item, completed)
        if routing.get("delivery_mode"):
            step.case.delivery_mode = str(routing["delivery_mode"])

    act = Act(
        "completed",
        {"step": item.name, "outcome_label": completed.outcome_label},
        actor,
        completed=completed,
        spoken=spoken(form, stored) if form is not None else {},
        prepare=add,
    )
    told = replace(
        _told("do", here, state, actor, pool_facts(item.pool_id).role_name),
        values={key: values[key] for key in routing if key in stored and _said(form, key)},
        answers={key: value for key, value in stored.items() if _said(form, key)},
    )
    return command(board, ground, Complete(here.token, routing), act, told)


def _said(form: Form | None, key: str) -> bool:
    """Whether somebody answers it: what is computed need not be written down."""
    one = form.field(key) if form is not None else None
    return one is None or not one.computed or one.enterable


def _validated(
    board: Board, ground: Ground, item: OpenedItem, form: Form, raw: Mapping[str, Any]
) -> Mapping[str, Any]:
    variables = variables_of(board, ground, item)
    checked = validate(form, raw, variables, today=local_day(board.at))
    if not checked.ok:
        raise Invalid(dict(checked.errors))
    return checked.values


def _without_secrets(form: Form | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers without the sensitive ones: a real case keeps those encrypted elsewhere."""
    secret = (
        {one.key for one in form.fields if is_sensitive(one)} if form is not None else set()
    )
    return {key: value for key, value in values.items() if key not in secret}


def ways_back(board: Board, ground: Ground, item: OpenedItem) -> tuple[ReturnTarget, ...]:
    """The steps that an open item may go back to."""
    place = item.place
    wanted = allowed_in(ground.bundle, place.process, place.element)
    done = [one.element for one in board.state.done]
    snapshot = board.state.snapshot
    return targets_in(ground.definition, snapshot, item.token, wanted, done)


def _return(board: Board, ground: Ground, move: Move) -> tuple[Board, Beat]:
    here, item = opened(board, ground, str(move["at"]))
    state = inspect(ground.definition, board.state.snapshot)
    board, actor = person(board, item, move.get("by"))
    _check_person(board, item, actor)
    found = (one for one in ways_back(board, ground, here) if key_of(one) == move.get("to"))
    target = next(found, None)
    if target is None:
        raise Refused("这一环节不能退回到那里：流程图没有允许，或者前面没有办过那个环节。")
    if target.refusal:
        raise Refused(target.refusal)
    held = board.held
    reason = str(move.get("reason") or _("试走时退回"))

    def add(step: Step) -> None:
        papers_back(step, item, held)
        step.changes.opinions.append(
            NewOpinion(
                item_id=item.id,
                step_name=item.name,
                unit_id=pool_facts(item.pool_id).unit.id,
                officer_id=actor.id,
                outcome="returned",
                outcome_label=_("退回“{step}”").format(step=target.name),
                text=reason,
                basis="",
                at=step.at,
            )
        )

    act = Act("returned", {"step": item.name, "to_step": target.name}, actor, prepare=add)
    role = pool_facts(item.pool_id).role_name
    told = replace(_told("return", here, state, actor, role), to=target.target.element)
    return command(board, ground, Return(here.token, target.target), act, told)


def _deliver(board: Board, ground: Ground, move: Move) -> tuple[Board, Beat]:
    """A message comes: papers are marked as brought, others bring the values that were typed."""
    state = inspect(ground.definition, board.state.snapshot)
    waiting = [one for one in state.messages if one.name == move.get("name")]
    found = next((one for one in waiting if address(one.place) == move.get("at")), None)
    if found is None:
        raise Refused(_("走到这里，办件不等“{name}”。").format(name=move.get("name", "")))
    values: Mapping[str, Any] = move.get("values") or {}
    updates, papers = _brought(board, found.name)
    order = Deliver(found.name, values, None if found.signal else found.token, found.signal)

    def add(step: Step) -> None:
        done = {row.key for row in step.changes.materials}
        step.changes.materials.extend(row for row in updates if row.key not in done)
        step.changes.promised_papers = papers
        held = step.state.commitment
        if papers and held is not None:
            step.changes.commitments = [
                CommitmentUpdate(held.id, "OPEN", held.until, held.extended, None)
            ]

    kind = "supplied" if updates else "delivered"
    payload: dict[str, Any] = {"message": found.name, "materials": [row.key for row in updates]}
    if found.signal:
        payload["signal"] = found.name
    board, actor = _window(board)
    act = Act(kind, payload, actor, marked=updates, prepare=add)
    several = len(waiting) > 1 and not found.signal
    told = Told(
        "message",
        found.name,
        found.place.process,
        place=found.place.element if several else "",
        instance=found.place.instance if several else None,
        values=values,
    )
    return command(board, ground, order, act, told)


def _window(board: Board) -> tuple[Board, Actor]:
    """Whoever registered the application."""
    return board, Actor(1, board.people[0], board.people[0])


def _brought(board: Board, message: str) -> tuple[list[MaterialUpdate], list[PromisedPaper]]:
    """The papers that come with a message of the applicant."""
    if message == SUPPLIED:
        came = [p for p in board.checklist if p.noticed and p.state in _LACKING]
        return [_row(board, paper.key, "received") for paper in came], []
    held = board.state.commitment
    if message == ARRIVED and held is not None:
        rows = [_row(board, paper.key, "to_check") for paper in held.open_papers]
        return rows, [PromisedPaper(p.key, p.due_on, board.at) for p in held.open_papers]
    return [], []


def _row(board: Board, key: str, state: str) -> MaterialUpdate:
    line = next(paper for paper in board.checklist if paper.key == key)
    return MaterialUpdate(key, state, "", "", line.noticed, 1, board.at)


def _withdraw(board: Board, ground: Ground) -> tuple[Board, Beat]:
    """The applicant withdraws, as at the window. Raises Refused once decided."""
    if board.state.decided_at is not None:
        raise Refused("已经作出决定，不能再撤回申请。")
    words = {"reason": _("申请人不再需要办理")}

    def add(step: Step) -> None:
        step.case.status = "WITHDRAWN"
        step.orders.append(Order(WITHDRAWAL, {}, words=words))

    board, actor = _window(board)
    act = Act("withdrawn", words, actor, prepare=add, codes=frozenset({WITHDRAWAL}))
    return command(board, ground, Cancel("withdrawn"), act, Told("cancel", "withdrawn"))


def _mark(board: Board, marks: Mapping[str, Mapping[str, str]]) -> Board:
    """Lines of the checklist as the clerk marks them. Raises Invalid."""
    lines = []
    for paper in board.checklist:
        mark = marks.get(paper.key)
        if mark is not None:
            checked = checked_mark(paper.name, mark)
            paper = replace(
                paper,
                state=checked["state"],
                defect=checked["defect"],
                remedy=checked["remedy"],
            )
        lines.append(paper)
    held = board.state.commitment
    if held is not None:
        held = with_states(held, tuple(lines))
    state = replace(board.state, commitment=held)
    return replace(board, checklist=tuple(lines), state=state)
