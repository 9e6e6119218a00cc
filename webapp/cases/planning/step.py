"""One step of a case, planned: what the engine said becomes rows.

The order is fixed: what closes, the effects in the order of execution, what opens, timers, and
last everything that depends on all of it (documents, due dates, the baton, the audit event).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import (
    CaseRow,
    Changes,
    ItemUpdate,
    NewAwaited,
    NewEvent,
    NewItem,
    NewMessage,
    NewPassage,
)
from webapp.cases.places import pool_facts, unit_facts
from webapp.cases.planning.ledger import Ledger, Run
from webapp.cases.planning.overdue import Hands, cards_of
from webapp.cases.planning.setting import Actor, Setting
from webapp.cases.state import CaseState, Item
from webapp.core.errors import Refused
from webapp.organisations.queries import resolve_pool
from workflows.engine.outcomes import OpenedItem, Outcome, Place

APPLICANT = "applicant"
COMMAND = "command:"
"""Tokens of items that no diagram drew begin with this (confirming a termination)."""


@dataclass(slots=True)
class Order:
    """A document to be written once everything else of the step is known.

    `place` and `variables`: where the diagram ordered it, with the routing data there.
    """

    code: str
    params: Mapping[str, Any]
    variables: Mapping[str, Any] = field(default_factory=dict)
    place: Place | None = None
    words: Mapping[str, str] = field(default_factory=dict)  # of a command, not of a form


@dataclass(slots=True)
class Step:
    """A step being planned. Effects change `case`, `ledger` and `changes`."""

    state: CaseState
    outcome: Outcome
    setting: Setting
    case: CaseRow
    ledger: Ledger
    changes: Changes
    orders: list[Order] = field(default_factory=list)
    filings: list[Mapping[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    touched: dict[int, ItemUpdate] = field(default_factory=dict)
    may_do_next: list[str] = field(default_factory=list)
    standing: tuple[OpenedItem, ...] = ()  # items that stay open on another version
    hops: int = 0  # signals of other cases that led to this step, one after another

    @property
    def at(self) -> datetime:
        """The moment of the step."""
        return self.setting.at

    def hosted(self, place: Place | None, element: str | None = None) -> str:
        """Token of the item that opens in this step at a place, or at `element` beside it.

        Where the case moves to another version, also of one that stays open.
        """
        if place is None:
            return ""
        for opened in (*self.outcome.opened, *self.standing):
            here = opened.place
            beside = (here.process, here.path, here.instance) == (
                place.process,
                place.path,
                place.instance,
            )
            if beside and (element is None or here.element == element):
                return opened.token
        return ""

    def hands(self, item_id: int | None = None) -> Hands:
        """In whose hands an open item was before this step; the case as a whole for None."""
        state = self.state
        mine = state.item(item_id) if item_id is not None else None
        if mine is not None:
            return Hands(pool_facts(mine.pool_id).unit.id, mine.pool_id, mine.claimed_by)
        officer = state.holder_officer_id
        held = next((i for i in state.items if officer and i.claimed_by == officer), None)
        unit = state.holder_unit_id or state.accountable_unit_id
        return Hands(unit, held.pool_id if held else None, officer)

    def pool_of(self, role: str, unit_key: str | None = None) -> int:
        """The pool in which work of a role waits for this case. Raises Refused."""
        return resolve_pool(
            role,
            village_id=self.state.village_id,
            township_unit_id=self.state.accountable_unit_id,
            competent_unit_id=self.state.competent_unit_id,
            category=self.setting.item.category,
            unit_key=unit_key,
        )


def case_row(state: CaseState) -> CaseRow:
    """The changing columns of a case as they are."""
    return CaseRow(**{name: getattr(state, name) for name in CaseRow.__dataclass_fields__})


def begin(state: CaseState, outcome: Outcome, setting: Setting) -> Step:
    """Start planning from the case as it is."""
    case = case_row(state)
    case.version += 1
    ledger = Ledger.read(state.clocks, setting.at, setting.calendar, setting.hours)
    changes = Changes(case_id=state.id, case=case, snapshot=outcome.snapshot)
    return Step(state, outcome, setting, case, ledger, changes)


def close_items(step: Step) -> None:
    """Mark items that are over; end their clocks; sign for papers handed to the performer."""
    by_token = {item.token: item for item in step.state.items}
    completed = step.setting.completed
    actor = step.setting.actor
    for closed in step.outcome.closed:
        item = by_token.get(closed.token)
        if item is None:
            continue
        update = touch(step, item)
        update.closed_at = step.at
        step.ledger.end_item(item.id)
        if completed is not None and item.id == completed.item.id and closed.how == "complete":
            update.state = "DONE"
            update.closed_by_id, update.closed_for_id = actor.id, actor.replaced
            update.closed_as = actor.stamp
            update.outcome = completed.outcome
            if update.claimed_by_id is None:
                update.claimed_by_id, update.claimed_at = actor.id, step.at
        else:
            update.state = "CANCELLED"
        if closed.how == "return":
            update.closed_by_id, update.closed_as = actor.id, actor.stamp
            update.closed_for_id = actor.replaced
            update.outcome = "returned"
    if completed is not None:
        step.changes.custody_received.extend(
            handed.id
            for handed in step.state.handed
            if handed.to_pool_id == completed.item.pool_id
        )


def touch(step: Step, item: Item) -> ItemUpdate:
    """The update of an existing item, made on first use."""
    if item.id not in step.touched:
        step.touched[item.id] = item_row(item)
    return step.touched[item.id]


def item_row(item: Item) -> ItemUpdate:
    """The changing columns of an open item as they are."""
    return ItemUpdate(
        id=item.id,
        state="OPEN",
        claimed_by_id=item.claimed_by,
        claimed_at=item.claimed_at,
        due_at=item.due_at,
        lapses_at=item.lapses_at,
    )


def open_items(step: Step) -> None:
    """Open work items in their pools and start their step clocks."""
    for opened in step.outcome.opened:
        if opened.role is None:
            raise Refused(
                _("环节“{name}”没有画在任何岗位的泳道里，不知道该交给谁。").format(
                    name=opened.name
                )
            )
        pool_id = step.pool_of(opened.role, opened.unit)
        item = NewItem(
            token=opened.token,
            process_key=opened.place.process,
            element=opened.place.element,
            name=opened.name,
            pool_id=pool_id,
            form=opened.form or "",
            separate=tuple(opened.separate),
            opened_at=step.at,
        )
        _keep_hands(step, item)
        if opened.limit is not None:
            step.ledger.start("step", opened.limit, "环节时限", item_token=opened.token)
        step.changes.new_items.append(item)


def _keep_hands(step: Step, item: NewItem) -> None:
    """Offer the next item to the same person; at the counter (即办) it is hers at once."""
    actor = step.setting.actor
    if actor.id is None or item.pool_id not in actor.pools:
        return
    if performers(step, item.separate) & actor.persons(item.pool_id):
        return
    step.may_do_next.append(item.token)
    if step.setting.item.handling == "immediate":
        item.claimed_by_id, item.claimed_at = actor.id, step.at


def performers(step: Step, elements: tuple[str, ...]) -> set[int]:
    """Everybody who counts as having performed one of these elements, this step included."""
    found = {
        one for done in step.state.done if done.element in elements for one in done.persons
    }
    completed = step.setting.completed
    if completed and completed.item.element in elements:
        found |= step.setting.actor.persons(completed.item.pool_id)
    return found


def note_messages(step: Step) -> None:
    """Messages the case waits for, or no longer does; elements it has passed."""
    for awaited in step.outcome.awaited:
        step.changes.new_awaited.append(
            NewAwaited(
                awaited.token, awaited.name, awaited.place.element, step.at, awaited.signal
            )
        )
    known = {waiting.token for waiting in step.state.awaited}
    step.changes.awaited_over.extend(
        token for token in step.outcome.no_longer_awaited if token in known
    )
    step.changes.passages.extend(
        NewPassage(place.process, place.element, step.at) for place in step.outcome.passed
    )


def tell_signals(step: Step) -> None:
    """Signals thrown in this step are for the other cases too: the outbox takes them there."""
    case = step.state.id
    for thrown in step.outcome.signals:
        payload = {"signal": thrown.name, "from": case, "hops": step.hops}
        message = NewMessage("send-signal", f"send-signal:{case}", payload, step.at)
        step.changes.messages.append(message)


def settle_dates(step: Step) -> None:
    """Materialise due dates on the case, its items and clocks from the ledger."""
    ledger, case = step.ledger, step.case
    whole = ledger.due_of_case()
    case.due_at = whole[0] if whole else None
    case.statutory_due_at = _kept(ledger.current("statutory"), case.statutory_due_at)
    case.promised_due_at = _kept(ledger.current("promised"), case.promised_due_at)
    for item in step.state.items:
        update = step.touched.get(item.id)
        if update is None or update.state == "OPEN":
            due = _due(ledger.of_item(item.id, item.token), whole)
            if due != (item.due_at, item.lapses_at):
                update = touch(step, item)
                update.due_at, update.lapses_at = due
    for new in step.changes.new_items:
        new.due_at, new.lapses_at = _due(ledger.of_item(None, new.token), whole)
    step.changes.items = list(step.touched.values())
    step.changes.new_clocks = ledger.new_rows()
    step.changes.clocks = ledger.changed_rows()
    step.changes.entries = ledger.new_entries()
    step.changes.cards += cards_of(ledger, step.setting.rules, step.hands)


def _kept(run: Run | None, before: datetime | None) -> datetime | None:
    """A clock's due date; it stays readable after the clock has ended, null while stopped."""
    if run is None:
        return before
    return run.reading.due_at


def _due(
    own: Run | None, whole: tuple[datetime, datetime] | None
) -> tuple[datetime | None, datetime | None]:
    """The more urgent of the step's own clock and the case's; paused with the own one."""
    if own is None:
        return whole or (None, None)
    if own.due is None:
        return None, None
    return min(own.due, whole) if whole else own.due


def pass_baton(step: Step) -> None:
    """Say who has the case now: the first open item's pool, else the applicant or nobody."""
    case, changes = step.case, step.changes
    still = [
        (item.pool_id, item.claimed_by)
        for item in step.state.items
        if item.id not in step.touched or step.touched[item.id].state == "OPEN"
    ]
    waiting = still + [(new.pool_id, new.claimed_by_id) for new in changes.new_items]
    if not case.is_open:
        holder: tuple[int | None, str, int | None] = (None, "", None)
    elif waiting:
        pool = pool_facts(waiting[0][0])
        holder = (pool.unit.id, pool.role, waiting[0][1])
    else:
        holder = (step.state.accountable_unit_id, APPLICANT, None)
    if holder != (case.holder_unit_id, case.holder_role, case.holder_officer_id):
        if holder[:2] != (case.holder_unit_id, case.holder_role):
            case.holder_since = step.at
        case.holder_unit_id, case.holder_role, case.holder_officer_id = holder


def record(step: Step, kind: str, payload: dict[str, Any]) -> None:
    """Write the one audit event of this step: no personal data of applicants in it."""
    changes, actor = step.changes, step.setting.actor
    whole: dict[str, Any] = {**payload, **step.facts}
    if changes.new_items:
        whole["opened"] = [_opened(item) for item in changes.new_items]
    if changes.documents:
        whole["documents"] = [[d.code, d.number] for d in changes.documents]
    told = [
        [str(message.payload["to"]), str(message.payload["template"])]
        for message in changes.messages
        if message.channel == "notify"
    ]
    if told:
        whole["told"] = told
    if step.case.status != step.state.status:
        whole["status"] = step.case.status
    if step.case.result != step.state.result:
        whole["result"] = step.case.result
    if changes.entries:
        whole["clocks"] = [
            [entry.kind, entry.run, entry.entry["type"]]
            for entry in changes.entries
            if entry.kind != "step"
        ]
    moved = step.ledger.moved_rows()
    if moved:
        whole["moved"] = moved
        whole["calendar"] = step.state.calendar[0] if step.state.calendar else 0
    late = step.ledger.late_resumes()
    if late:
        whole["runs_since"] = [list(one) for one in late]
    changes.events.append(new_event(kind, actor, step.at, whole))


def new_event(kind: str, actor: Actor, at: datetime, payload: dict[str, Any]) -> NewEvent:
    """An audit event; writing links it to the case's chain."""
    return NewEvent(
        seq=0,
        at=at,
        kind=kind,
        actor_id=actor.id,
        actor_name=actor.name,
        acting_as=actor.stamp,
        payload=payload,
        payload_digest=b"",
        previous=b"",
        digest=b"",
    )


def _opened(item: NewItem) -> list[str]:
    pool = pool_facts(item.pool_id)
    return [item.name, pool.unit.name, pool.role_name]


def organ_prefix(unit_id: int) -> str:
    """机关代字 of a unit, its name where none is set."""
    unit = unit_facts(unit_id)
    return unit.prefix or unit.name
