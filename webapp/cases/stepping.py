"""Carrying out one command on a locked case: engine, planning, one write.

Shared by every action that moves a token. Called inside the action's transaction, with the state
that the locking read gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import MaterialUpdate
from webapp.cases.documents import NAMES
from webapp.cases.places import hours, pool_facts
from webapp.cases.planning.ledger import Ledger
from webapp.cases.planning.plan import Prepare, plan_step
from webapp.cases.planning.setting import LEDGER, Actor, Completed, Paper, Papers, Setting
from webapp.cases.planning.step import Step
from webapp.cases.planning.timers import hosts_of
from webapp.cases.spoken import spoken
from webapp.cases.state import CaseState
from webapp.cases.store.papers import barred_until, read_held, read_papers
from webapp.cases.store.write import write
from webapp.catalogue import queries as catalogue
from webapp.catalogue.parameters import AFTER_HOURS, TOLERANCE_BAR, parameter
from webapp.catalogue.supervision import supervision_rules
from webapp.core.errors import AlreadyDone, Refused
from webapp.organisations.queries import Acting
from webapp.processes import queries as processes
from workflows.calendars import Calendar
from workflows.engine import Command, Outcome, advance
from workflows.errors import (
    CommandRefused,
    ExpressionError,
    NoSuchToken,
    NothingMatches,
    SnapshotUnreadable,
)

ITEM_FORM = "item:"
"""Submissions of the applicant's form are kept under this and the item's code."""
_WITH_PAPERS = {"issue-document", "file-denial"}
"""Effects that are made from papers and answers; each names its document."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A step that opened: for the sentence “交给 …”."""

    name: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """What happened, in words for the person who did it.

    `documents`: (code, Chinese name, number). `next_item_id`: the next item of this case that
    the same person may do now.
    """

    case_id: int
    case_number: str
    opened: tuple[Opened, ...] = ()
    documents: tuple[tuple[str, str, str], ...] = ()
    result: str = ""
    next_item_id: int | None = None
    closed: bool = False
    item_ids: Mapping[str, int] = field(default_factory=dict)


def actor_of(by: Acting, pool_id: int | None = None) -> Actor:
    """The officer as planning knows her, stamped with the post she acts for."""
    stamp = by.stamp(pool_id) if pool_id is not None else ""
    replaced = by.replaces(pool_id) if pool_id is not None else None
    stands_for = {
        pool: absent for pool in by.pool_ids if (absent := by.replaces(pool)) is not None
    }
    return Actor(by.officer_id, by.name, stamp, frozenset(by.pool_ids), replaced, stands_for)


def calendar_of(state: CaseState) -> Calendar:
    """The calendar in force when the case was locked. Raises Refused without one."""
    if state.calendar is None:
        raise Refused("没有生效的工作日日历，不能计算期限。请县政务办发布日历。")
    return catalogue.calendar_version(*state.calendar)


def ledger_of(state: CaseState) -> Ledger:
    """The clocks of a locked case under the calendar in force."""
    opening = hours(state.accountable_unit_id)
    return Ledger.read(state.clocks, state.at, calendar_of(state), opening)


def move(
    state: CaseState,
    command: Command,
    actor: Actor = LEDGER,
    *,
    kind: str,
    payload: dict[str, Any],
    completed: Completed | None = None,
    fired: tuple[str, ...] = (),
    marked: Sequence[MaterialUpdate] = (),
    prepare: Prepare | None = None,
    codes: frozenset[str] = frozenset(),
) -> StepResult:
    """Advance the engine and write everything that follows.

    `codes` are documents that `prepare` orders. `marked` are lines of the checklist that change with it, `prepare(step)` adds other rows.
    """
    definition = processes.definition(state.process_version_id)
    try:
        outcome = advance(definition, state.snapshot, command)
    except NoSuchToken as gone:
        raise AlreadyDone("这一步已经办过了，不用再办。") from gone
    except (NothingMatches, CommandRefused, ExpressionError, SnapshotUnreadable) as problem:
        raise Refused(in_words(problem)) from problem
    papers = papers_for(state, ordered_codes(outcome) | codes, marked)
    return carry_out(
        state, outcome, actor, kind=kind, payload=payload, completed=completed, fired=fired,
        papers=papers, prepare=prepare,
    )  # fmt: skip


def in_words(problem: Exception) -> str:
    """What the person can do when the diagram does not lead on."""
    reason = str(problem).rstrip("。")
    words = _(
        "流程走不下去：{reason}。这一步没有办，填写的内容没有丢。请告诉县政务办检查流程图。"
    )
    return words.format(reason=reason)


def carry_out(
    state: CaseState,
    outcome: Outcome,
    actor: Actor,
    *,
    kind: str,
    payload: dict[str, Any],
    completed: Completed | None = None,
    fired: tuple[str, ...] = (),
    papers: Papers,
    prepare: Prepare | None = None,
) -> StepResult:
    """Plan and write what the engine said."""
    setting = Setting(
        at=state.at,
        actor=actor,
        item=catalogue.item_version(state.item_version_id),
        calendar=calendar_of(state),
        hours=hours(state.accountable_unit_id),
        papers=papers,
        completed=completed,
        spoken=spoken_of(state, completed),
        fired=fired,
        hosts=hosts_of(outcome, lambda: processes.bundle(state.process_version_id)),
        held=read_held(state.id) if outcome.finished else None,
        rules=supervision_rules(),
        **_promises(state, outcome),
        after_hours_next_day=after_hours_next_day(outcome),
    )
    step = plan_step(state, outcome, setting, kind=kind, payload=payload, prepare=prepare)
    ids = write(step.changes, at=state.at, actor_id=actor.id)
    return _result(step, ids)


def ordered_codes(outcome: Outcome) -> set[str]:
    """Codes of the documents that the outcome orders."""
    return {e.params["document"] for e in outcome.effects if e.do in _WITH_PAPERS}


def papers_for(state: CaseState, codes: set[str], marked: Sequence[MaterialUpdate]) -> Papers:
    """Read what documents need, only when some are ordered."""
    if not codes:
        return Papers()
    papers = read_papers(
        state.id, codes, lambda form, values, on: speak(state, form, values, on)
    )
    fresh = {row.key: row for row in marked}
    if not fresh:
        return papers
    return replace(papers, checklist=tuple(_marked(p, fresh) for p in papers.checklist))


def _marked(paper: Paper, fresh: Mapping[str, MaterialUpdate]) -> Paper:
    row = fresh.get(paper.key)
    if row is None:
        return paper
    return replace(paper, state=row.state, defect=row.defect, remedy=row.remedy)


def speak(
    state: CaseState, form_id: str, values: Mapping[str, Any], filled_on: int | None = None
) -> dict[str, str]:
    """Answers of a form as text: a step's form, or the item's own (`item:CODE`).

    `filled_on`: the version whose form it was, where that is not the case's own.
    """
    if form_id.startswith(ITEM_FORM):
        return spoken(catalogue.item_version(state.item_version_id).form, values)
    return spoken(processes.form(filled_on or state.process_version_id, form_id), values)


def spoken_of(state: CaseState, completed: Completed | None) -> dict[str, str]:
    """Answers of the form that is being completed, as text."""
    if completed is None or not completed.item.form:
        return {}
    return speak(state, completed.item.form, completed.values)


def _promises(state: CaseState, outcome: Outcome) -> dict[str, Any]:
    """What a commitment is checked against; asked only when one is registered."""
    if not any(effect.do == "register-commitment" for effect in outcome.effects):
        return {}
    return {
        "decision_days": processes.decision_days(state.process_version_id),
        "barred_until": barred_until(state.id, state.at),
        "bar_days": parameter(TOLERANCE_BAR),
    }


def after_hours_next_day(outcome: Outcome) -> bool:
    """The county's switch for what comes after hours; asked only when a clock begins."""
    starts = any(effect.do == "start-clock" for effect in outcome.effects)
    return starts and parameter(AFTER_HOURS) == 1


def _result(step: Step, ids: dict[str, int]) -> StepResult:
    opened = []
    for item in step.changes.new_items:
        pool = pool_facts(item.pool_id)
        opened.append(Opened(item.name, pool.unit.name, pool.role_name))
    mine = next((token for token in step.may_do_next if token in ids), None)
    return StepResult(
        case_id=step.state.id,
        case_number=step.state.number,
        opened=tuple(opened),
        documents=tuple(
            (d.code, NAMES.get(d.code, d.code), d.number) for d in step.changes.documents
        ),
        result=step.case.result if step.state.is_open and not step.case.is_open else "",
        closed=not step.case.is_open,
        next_item_id=ids[mine] if mine else None,
        item_ids=ids,
    )
