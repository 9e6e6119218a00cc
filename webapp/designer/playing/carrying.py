"""One command of a run carried out: engine, planning, and the case in memory.

As `cases.stepping.move`, with the draft in place of a published version and a board in place of
the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import MaterialUpdate
from webapp.cases.checklist import checklist_of, papers_of
from webapp.cases.facts import facts_of
from webapp.cases.opening import Place, blank_case, facts_at_start
from webapp.cases.places import role_name
from webapp.cases.planning.plan import Prepare, plan_step
from webapp.cases.planning.setting import LEDGER, Actor, Completed, Papers, Setting
from webapp.cases.planning.timers import hosts_of
from webapp.cases.queries.timeline import Line, lines
from webapp.cases.spoken import spoken
from webapp.cases.stepping import after_hours_next_day, ordered_codes
from webapp.cases.values import masked
from webapp.core.errors import Refused
from webapp.designer.playing.anything import CODE, facts_told
from webapp.designer.playing.board import Board, Issued, take
from webapp.designer.playing.ground import Ground
from webapp.processes.queries import decision_days_in
from workflows.calendars import local_day
from workflows.engine import Command, Outcome, State, advance, inspect, start
from workflows.forms import sample

SEED = "trial"
WINDOWS = {
    "village": "village.agent",
    "township": "township.window",
    "county": "county.window",
}
"""Who registers an application at each level."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a scenario will say of a step: the fields are those of `rehearse.Step`.

    `place`: the element where a message is waited for. `values`: answers that steer (of the
    start: the facts), `answers`: all that are not sensitive.
    """

    kind: str
    what: str = ""
    process: str = ""
    who: str = ""
    by: str = ""
    unit: str = ""
    before: int = 0
    to: str = ""
    place: str = ""
    instance: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that happened in a run: for the page in words, for a scenario as a step."""

    told: Told
    at: datetime
    line: Line
    outcome: Outcome
    state: State
    documents: tuple[Issued, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """What a command is beside the engine: who acts, what the record says, rows of its own."""

    kind: str
    payload: Mapping[str, Any]
    actor: Actor = LEDGER
    completed: Completed | None = None
    fired: tuple[str, ...] = ()
    spoken: Mapping[str, str] = field(default_factory=dict)
    marked: Sequence[MaterialUpdate] = ()
    prepare: Prepare | None = None
    codes: frozenset[str] = frozenset()


def open_run(ground: Ground, files: Mapping[str, bytes]) -> tuple[Board, Beat]:
    """Register the application of a made-up person. Raises Refused, WorkflowError."""
    setup, item, place = ground.setup, ground.item, ground.place
    agent = place.level == "village"
    given = {"application_mode": "agent" if agent and not item.in_person else "self"}
    known = {**facts_of(item, delivery_mode=""), "level": place.level}
    day = local_day(setup.begins)
    values = sample(item.form, SEED, today=day, variables=known, given=given)
    mode = "village_agent" if agent else str(values.get("delivery_mode") or "window")
    facts = _facts(ground, place, values, mode, files, agent=agent)
    marks = {material.key: {"state": "received"} for material in item.materials}
    rows = checklist_of(item, values, facts, marks, 1, setup.begins)
    opening = (0, setup.begins, None)
    state = blank_case(
        item,
        place,
        opening,
        0,
        values,
        by_id=1,
        agent_id=1 if agent else None,
        delivery_mode=mode,
    )
    words = spoken(item.form, values)
    words["applicant_id_masked"] = masked(values.get("applicant_id_number") or "")
    role = WINDOWS[place.level]
    board = Board(state, papers_of(rows), words, people=(role_name(role),))
    outcome = start(ground.definition, facts, SEED)
    act = Act(
        "opened",
        {"item": item.code, "level": place.level, "agent": agent},
        Actor(1, role_name(role), role_name(role)),
    )
    return carry_out(board, ground, outcome, act, Told("start", values=facts))


def _facts(
    ground: Ground,
    place: Place,
    values: Mapping[str, Any],
    mode: str,
    files: Mapping[str, bytes],
    *,
    agent: bool,
) -> dict[str, Any]:
    """The facts of a real case; for any item those of the scenarios; then what is supposed."""
    item, setup = ground.item, ground.setup
    facts = facts_at_start(item, place, values, setup.begins, mode, agent=agent)
    if item.code == CODE:
        facts |= facts_told(setup.process, files) | {"level": place.level, "agent": agent}
    return facts | dict(setup.facts)


def command(
    board: Board, ground: Ground, order: Command, act: Act, told: Told
) -> tuple[Board, Beat]:
    """Advance the engine by one command. Raises Refused, WorkflowError; nothing has happened."""
    outcome = advance(ground.definition, board.state.snapshot, order)
    return carry_out(board, ground, outcome, act, told)


def carry_out(
    board: Board, ground: Ground, outcome: Outcome, act: Act, told: Told
) -> tuple[Board, Beat]:
    """Plan what the engine said, as for a real case, and keep it on the board."""
    if outcome.unhandled:
        raise Refused(
            _("流程抛出了“{codes}”，没有人接住。").format(codes="、".join(outcome.unhandled))
        )
    papers = _papers(board, ground, outcome, act)
    ordered = any(effect.do == "register-commitment" for effect in outcome.effects)
    setting = Setting(
        at=board.at,
        actor=act.actor,
        item=ground.item,
        calendar=ground.calendar,
        hours=ground.hours,
        papers=papers,
        completed=act.completed,
        spoken=act.spoken,
        fired=act.fired,
        hosts=hosts_of(outcome, lambda: ground.bundle),
        decision_days=decision_days_in(ground.bundle) if ordered else 0,
        held=board.held if outcome.finished else None,
        after_hours_next_day=after_hours_next_day(outcome),
    )
    step = plan_step(
        board.state,
        outcome,
        setting,
        kind=act.kind,
        payload=dict(act.payload),
        prepare=act.prepare,
    )
    after, issued = take(board, step, act.spoken)
    event = step.changes.events[0]
    (line,) = lines(
        [{"at": event.at, "actor_name": event.actor_name, "acting_as": event.acting_as,
          "kind": event.kind, "payload": event.payload}]
    )  # fmt: skip
    state = inspect(ground.definition, after.state.snapshot)
    return after, Beat(told, board.at, line, outcome, state, issued)


def _papers(board: Board, ground: Ground, outcome: Outcome, act: Act) -> Papers:
    codes = ordered_codes(outcome) | act.codes
    missing = sorted(codes - ground.wordings.keys())
    if missing:
        raise Refused(
            _("文书{codes}在草案里没有文本，不能出具。请在文书文本里补上。").format(
                codes="、".join(missing)
            )
        )
    papers = board.papers(ground.wordings)
    fresh = {row.key: row for row in act.marked}
    if not fresh:
        return papers
    return replace(
        papers,
        checklist=tuple(
            replace(p, state=row.state, defect=row.defect, remedy=row.remedy)
            if (row := fresh.get(p.key)) is not None
            else p
            for p in papers.checklist
        ),
    )
