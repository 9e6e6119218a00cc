"""A case in memory while a draft is played: what the tables of a real one would hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from webapp.cases.changes import CaseRow, Changes, ClockDates, NewDocument
from webapp.cases.documents import SERIES, number_text
from webapp.cases.places import pool_facts
from webapp.cases.planning.setting import Held, Hop, OpinionLine, Paper, Papers
from webapp.cases.planning.step import Step
from webapp.cases.planning.words import day_of, number_mark
from webapp.cases.state import (
    CaseState,
    ClockRow,
    Done,
    Handed,
    Item,
    Promised,
    TimerRow,
    Undertaking,
    Waiting,
)
from webapp.cases.store.write import with_numbers

_HERE = frozenset({"received", "to_check", "checked", "defective"})
_NEVER_KEPT = frozenset({"electronic", "original_check"})
MATERIALS = "materials"


@dataclass(frozen=True, slots=True)
class Issued:
    """A document that the run has issued: as the printed page wants it."""

    code: str
    number: str
    content: Mapping[str, Any]
    issued_at: datetime
    state: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The case and what its documents are made from. `people`: names of made-up officers."""

    state: CaseState
    checklist: tuple[Paper, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    opinions: tuple[OpinionLine, ...] = ()
    documents: tuple[Issued, ...] = ()
    serials: Mapping[tuple[int, str, int], int] = field(default_factory=dict)
    hops: tuple[Hop, ...] = ()
    people: tuple[str, ...] = ()
    passed: tuple[tuple[str, str], ...] = ()
    next_id: int = 1

    @property
    def at(self) -> datetime:
        """The moment of the run."""
        return self.state.at

    @property
    def held(self) -> Held:
        """What is here of the applicant's papers."""
        here = any(
            paper.needed and paper.state in _HERE and paper.form not in _NEVER_KEPT
            for paper in self.checklist
        )
        return Held(here, self.hops)

    def papers(self, wordings: Mapping[str, Mapping[str, Any]]) -> Papers:
        """What documents of the next step are made from."""
        numbers: dict[str, tuple[str, str]] = {}
        counts: dict[str, int] = {}
        for one in self.documents:
            numbers[one.code] = (one.number, day_of(one.issued_at))
            counts[one.code] = counts.get(one.code, 0) + 1
        return Papers(
            checklist=self.checklist,
            words=self.words,
            opinions=self.opinions,
            numbers=numbers,
            counts=counts,
            wordings=wordings,
        )

    def moved_to(self, at: datetime) -> Board:
        """The same case later."""
        return replace(self, state=replace(self.state, at=at))

    def person(self, name: str) -> tuple[Board, int]:
        """The number of a made-up officer, who is remembered."""
        if name in self.people:
            return self, self.people.index(name) + 1
        return replace(self, people=(*self.people, name)), len(self.people) + 1


def take(
    board: Board, step: Step, spoken: Mapping[str, str]
) -> tuple[Board, tuple[Issued, ...]]:
    """The case after a planned step, and the documents of that step."""
    changes = step.changes
    serials = _number(board, changes)
    issued = tuple(Issued(d.code, d.number, d.content, d.issued_at) for d in changes.documents)
    board, ids = _items(board, changes)
    checklist = _checklist(board.checklist, changes)
    hops, handed = _custody(board, changes)
    state = replace(
        board.state,
        **{part.name: getattr(changes.case, part.name) for part in fields(CaseRow)},
        snapshot=changes.snapshot or board.state.snapshot,
        clocks=tuple(_clocks(board, changes, ids)),
        timers=tuple(_timers(board, changes)),
        awaited=_awaited(board, changes),
        handed=handed,
        papers_unit_id=Held(papers=True, hops=hops).unit_after(set()),
        commitment=_commitment(board, changes, checklist),
    )
    told = tuple(
        OpinionLine(one.step_name, step.setting.actor.name, one.at, one.outcome_label, one.text)
        for one in changes.opinions
    )
    passed = tuple((one.process_key, one.element) for one in changes.passages)
    after = replace(
        board,
        state=state,
        checklist=checklist,
        words={**board.words, **spoken},
        opinions=board.opinions + told,
        documents=board.documents + issued,
        serials=serials,
        hops=hops,
        passed=board.passed + passed,
        next_id=board.next_id + len(changes.new_clocks) + len(changes.new_timers),
    )
    return after, issued


def _number(board: Board, changes: Changes) -> dict[tuple[int, str, int], int]:
    """Fill in the numbers that a real case takes last of all; return the new ends of series."""
    serials = dict(board.serials)
    numbered: list[NewDocument] = [d for d in changes.documents if d.code in SERIES]
    for document in numbered:
        key = (document.organ_id, document.code, document.year)
        serials[key] = document.serial = serials.get(key, 0) + 1
        document.number = number_text(
            document.prefix, document.code, document.year, document.serial
        )
    numbers = {number_mark(d.code): d.number for d in numbered}
    for document in changes.documents:
        document.content = with_numbers(document.content, numbers)
    for entry in changes.entries:
        entry.entry = with_numbers(entry.entry, numbers)
    for event in changes.events:
        if "documents" in event.payload:
            event.payload["documents"] = [[d.code, d.number] for d in changes.documents]
    return serials


def _items(board: Board, changes: Changes) -> tuple[Board, dict[str, int]]:
    """Open items and what was done, and the ids of the new ones by token."""
    updates = {one.id: one for one in changes.items}
    kept, done = [], list(board.state.done)
    for item in board.state.items:
        update = updates.get(item.id)
        if update is None or update.state == "OPEN":
            due = (update.due_at, update.lapses_at) if update else (item.due_at, item.lapses_at)
            kept.append(replace(item, due_at=due[0], lapses_at=due[1]))
        elif update.state == "DONE" and update.closed_by_id is not None:
            done.append(_done(board, item, update.closed_by_id, update.outcome))
    number, ids = board.next_id, {}
    for new in changes.new_items:
        ids[new.token] = number
        kept.append(
            Item(
                id=number,
                token=new.token,
                process_key=new.process_key,
                element=new.element,
                name=new.name,
                pool_id=new.pool_id,
                form=new.form,
                separate=tuple(new.separate),
                claimed_by=None,
                claimed_at=None,
                opened_at=new.opened_at,
                due_at=new.due_at,
                lapses_at=new.lapses_at,
            )
        )
        number += 1
    state = replace(board.state, items=tuple(kept), done=tuple(done))
    return replace(board, state=state, next_id=number), ids


def _done(board: Board, item: Item, by: int, outcome: str) -> Done:
    return Done(
        id=item.id,
        token=item.token,
        process_key=item.process_key,
        element=item.element,
        name=item.name,
        pool_id=item.pool_id,
        by=by,
        by_name=board.people[by - 1],
        at=board.at,
        outcome=outcome,
        separate=item.separate,
    )


def _clocks(board: Board, changes: Changes, ids: Mapping[str, int]) -> Iterable[ClockRow]:
    entries: dict[tuple[str, int], tuple[dict[str, object], ...]] = {}
    for new in changes.entries:
        entries[new.kind, new.run] = (*entries.get((new.kind, new.run), ()), new.entry)
    changed = {(one.kind, one.run): one for one in changes.clocks}
    for row in board.state.clocks:
        key = (row.kind, row.run)
        dates = changed.get(key)
        whole = row.entries + entries.get(key, ())
        yield replace(row, entries=whole, **(_dates(dates) if dates else {}))
    for number, dates in enumerate(changes.new_clocks, start=board.next_id):
        yield ClockRow(
            id=number,
            kind=dates.kind,
            run=dates.run,
            item_id=dates.item_id or ids.get(dates.item_token or ""),
            started_at=dates.started_at,
            entries=entries.get((dates.kind, dates.run), ()),
            **_dates(dates),
        )


def _dates(dates: ClockDates) -> dict[str, Any]:
    return {
        "state": dates.state,
        "due_at": dates.due_at,
        "lapses_at": dates.lapses_at,
        "ended_at": dates.ended_at,
    }


def _timers(board: Board, changes: Changes) -> Iterable[TimerRow]:
    updates = {one.token: one for one in changes.timers}
    for timer in board.state.timers:
        update = updates.get(timer.token)
        if update is None:
            yield timer
        elif update.state == "ARMED":
            yield replace(timer, fires_at=update.fires_at)
    first = board.next_id + len(changes.new_clocks)
    for number, new in enumerate(changes.new_timers, start=first):
        yield TimerRow(
            number, new.token, new.element, new.clock_kind, new.before, new.fires_at, new.host
        )


def _awaited(board: Board, changes: Changes) -> tuple[Waiting, ...]:
    over = set(changes.awaited_over)
    kept = tuple(one for one in board.state.awaited if one.token not in over)
    return kept + tuple(Waiting(one.token, one.name, one.signal) for one in changes.new_awaited)


def _custody(board: Board, changes: Changes) -> tuple[tuple[Hop, ...], tuple[Handed, ...]]:
    """The way of the applicant's papers, and what is not signed for yet."""
    back = set(changes.custody_taken_back)
    signed = set(changes.custody_received) | {one.id for one in changes.custody_returned}
    hops = [
        replace(h, signed=h.signed or h.id in signed) for h in board.hops if h.id not in back
    ]
    handed = [one for one in board.state.handed if one.id not in signed | back]
    known = [*(hop.id for hop in board.hops), *(one.id for one in board.state.handed)]
    for number, new in enumerate(changes.new_custody, start=max(known, default=0) + 1):
        unit = pool_facts(new.to_pool_id).unit.id if new.to_pool_id is not None else None
        if new.papers == MATERIALS:
            hops.append(Hop(number, new.from_unit_id, unit, signed=False))
        handed.append(Handed(number, new.to_pool_id, new.papers))
    return tuple(hops), tuple(handed)


def _checklist(lines: tuple[Paper, ...], changes: Changes) -> tuple[Paper, ...]:
    fresh = {row.key: row for row in changes.materials}
    return tuple(
        replace(
            paper,
            state=row.state,
            defect=row.defect,
            remedy=row.remedy,
            noticed=row.noticed,
        )
        if (row := fresh.get(paper.key)) is not None
        else paper
        for paper in lines
    )


def _commitment(
    board: Board, changes: Changes, checklist: tuple[Paper, ...]
) -> Undertaking | None:
    """The open promise: made, extended, kept or broken in this step."""
    held, lines = board.state.commitment, {paper.key: paper for paper in checklist}
    if changes.commitment is not None:
        new = changes.commitment
        held = Undertaking(1, new.until, extended=False, papers=(), bars_days=new.bars_days)
    if held is None:
        return None
    for update in changes.commitments:
        if update.state != "OPEN":
            return None
        held = replace(held, until=update.until, extended=update.extended)
    papers = {paper.key: paper for paper in held.papers}
    for row in changes.promised_papers:
        line = lines.get(row.key)
        if line is not None:
            papers[row.key] = Promised(
                row.key, line.name, line.state, line.form, row.due_on, row.came_at
            )
    return with_states(replace(held, papers=tuple(papers.values())), checklist)


def with_states(held: Undertaking, checklist: tuple[Paper, ...]) -> Undertaking:
    """The promise with its papers as the checklist has them now."""
    states = {paper.key: paper.state for paper in checklist}
    papers = tuple(replace(p, state=states.get(p.key, p.state)) for p in held.papers)
    return replace(held, papers=papers)
