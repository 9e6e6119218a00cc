"""The clocks of a case during one step: entries in, due dates and moved timers out.

Wraps `workflows.clocks` around the rows of a case. Every change of a clock goes through here, so
that case, items and timers always agree with the entries (design: clocks, settled).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases.changes import ClockDates, NewEntry
from webapp.cases.state import ClockRow
from webapp.core.errors import Refused
from workflows.calendars import Calendar, OpeningHours, OutsideCalendar, local_day
from workflows.clocks import (
    ClockKind,
    ClockReading,
    ClockRefused,
    ClockState,
    Ended,
    Entry,
    Extended,
    Resumed,
    Started,
    Stopped,
    add_entry,
    as_dict,
    derive,
    from_dicts,
)
from workflows.model import Limit, LimitUnit

MAIN = ("check", "statutory", "promised", "handup", "county", "delivery")
"""Clocks that bind the case as a whole: the earliest running one is the case's due date."""


@dataclass(slots=True)
class Run:
    """One run of a clock while the step is being planned."""

    kind: str
    number: int
    entries: tuple[Entry, ...]
    reading: ClockReading
    item_id: int | None = None
    item_token: str | None = None
    stored: int = 0  # how many entries the database has
    changed: bool = False
    was_due: date | None = (
        None  # as stored, where the calendar or the hours have moved it since
    )
    moved: bool = False
    due_when_read: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.reading.state is not ClockState.ENDED

    @property
    def ended_now(self) -> bool:
        """Whether it ended in this step (the ledger takes up what has not ended)."""
        return not self.is_open

    @property
    def due(self) -> tuple[datetime, datetime] | None:
        """`due_at`, `lapses_at` while it runs."""
        reading = self.reading
        if reading.state is not ClockState.RUNNING or reading.due_at is None:
            return None
        return reading.due_at, reading.lapses_at or reading.due_at


@dataclass(slots=True)
class Ledger:
    """All clocks of the case that have not ended, and how many runs each kind has had."""

    at: datetime
    calendar: Calendar
    hours: OpeningHours
    runs: list[Run] = field(default_factory=list)
    last_run: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(
        cls, rows: tuple[ClockRow, ...], at: datetime, calendar: Calendar, hours: OpeningHours
    ) -> Ledger:
        """Take up the clocks of a case."""
        ledger = cls(at, calendar, hours)
        for row in rows:
            ledger.last_run[row.kind] = max(row.run, ledger.last_run.get(row.kind, 0))
            if row.state != ClockState.ENDED:
                entries = from_dicts(row.entries)
                reading = derive(entries, calendar, hours)
                run = Run(row.kind, row.run, entries, reading, row.item_id)
                run.stored = len(entries)
                run.changed = (reading.due_at, reading.lapses_at) != (row.due_at, row.lapses_at)
                run.moved, run.due_when_read = run.changed, reading.due_on
                run.was_due = local_day(row.due_at) if row.due_at else None
                ledger.runs.append(run)
        return ledger

    def start(
        self,
        kind: str,
        limit: Limit,
        basis: str,
        *,
        counted_from: date | None = None,
        item_token: str | None = None,
        item_id: int | None = None,
    ) -> Run:
        """Start a new run. A kind that is still open is ended first (a new receipt)."""
        if item_token is None:
            self.end(kind)
        number = self.last_run.get(kind, 0) + 1
        self.last_run[kind] = number
        entries = (Started(self.at, limit, basis, counted_from),)
        run = Run(kind, number, entries, self._derive(entries), item_id, item_token)
        run.changed = True
        self.runs.append(run)
        return run

    def end(self, kind: str) -> None:
        """End every open run of a kind; ending what does not run is no mistake."""
        for run in self.open(kind):
            self._add(run, Ended(self.at))

    def end_of(self, kind: str, token: str) -> None:
        """End the run of a kind that belongs to one work item, and no other."""
        for run in self.open(kind):
            if run.item_token == token:
                self._add(run, Ended(self.at))

    def end_item(self, item_id: int) -> None:
        """End the step clocks of a work item that closes."""
        for run in self.runs:
            if run.item_id == item_id and run.is_open:
                self._add(run, Ended(self.at))

    def end_all(self) -> None:
        """End everything: the case closes."""
        for run in self.runs:
            if run.is_open:
                self._add(run, Ended(self.at))

    def stop(self, kind: str, cause: str, evidence: str, stated: Limit | None = None) -> None:
        """Stop a clock; one that is already stopped or does not run stays as it is."""
        for run in self.open(kind):
            if run.reading.state is ClockState.RUNNING:
                self._add(run, Stopped(self.at, cause, evidence, stated))

    def suspend(self, cause: str, evidence: str, going_on: frozenset[str]) -> None:
        """Stop everything that runs, but for kinds that the law lets nobody stop."""
        for run in self.runs:
            if run.kind not in going_on and run.reading.state is ClockState.RUNNING:
                self._add(run, Stopped(self.at, cause, evidence))

    def unsuspend(self, cause: str) -> None:
        """Let run again what `suspend` stopped; what a procedure has stopped stays so."""
        for run in self.runs:
            stop = run.reading.history.open_stop
            if run.is_open and stop is not None and stop.cause == cause:
                self._add(run, Resumed(self.at))

    def resume(self, kind: str, over_on: date | None = None, *, answer: str = "") -> None:
        """Let a stopped clock run again from the day after `over_on`, else after today.

        Raises Refused beside the field `answer` for a day before the stop or after today.
        """
        over_on = None if over_on == local_day(self.at) else over_on
        for run in self.open(kind):
            if run.reading.state is ClockState.STOPPED:
                entry = Resumed(self.at, over_on=over_on)
                self._add(run, entry, rule="行政许可法第四十五条", answer=answer)

    def last_day_of(self, cause: str) -> date | None:
        """The last day on which something stood still for a cause that is over."""
        return max(
            (
                one.resumed.last_day
                for run in self.runs
                for one in run.reading.history.suspensions
                if one.stopped.cause == cause and one.resumed
            ),
            default=None,
        )

    def extend(self, kind: str, amount: int, approver: str, reason: str) -> None:
        """Extend a clock in its own unit (Art. 42). Raises Refused with the reason."""
        for run in self.open(kind):
            self.extend_run(run, amount, approver, reason)

    def extend_run(self, run: Run, amount: int, approver: str, reason: str) -> None:
        """Extend one run in its own unit. Raises Refused with the reason."""
        unit = run.reading.unit
        if unit is LimitUnit.SAME_DAY:
            unit = LimitUnit.WORKDAY
        entry = Extended(self.at, Limit(amount, unit), approver, reason)
        self._add(run, entry, rule="行政许可法第四十二条")

    def open(self, kind: str) -> list[Run]:
        """Runs of a kind that have not ended."""
        return [run for run in self.runs if run.kind == kind and run.is_open]

    def due_on_if_it_runs(self, kind: str) -> date | None:
        """The due day of the open run; of one that stands still as if it went on now."""
        run = next(iter(self.open(kind)), None)
        if run is None:
            return None
        if run.reading.state is not ClockState.STOPPED:
            return run.reading.due_on
        return self._derive((*run.entries, Resumed(self.at))).due_on

    def current(self, kind: str) -> Run | None:
        """The open run of a kind, or the one that ended in this step."""
        runs = [run for run in self.runs if run.kind == kind]
        return runs[-1] if runs else None

    def of_item(self, item_id: int | None, token: str) -> Run | None:
        """The open clock of an item: of its step, or of the department that is asked."""
        for run in self.runs:
            mine = run.item_token == token or (item_id is not None and run.item_id == item_id)
            if mine and run.is_open:
                return run
        return None

    def due_of_case(self) -> tuple[datetime, datetime] | None:
        """Earliest `due_at` (with its `lapses_at`) of the running main clocks."""
        dues = [run.due for run in self.runs if run.kind in MAIN and run.due]
        return min((due for due in dues if due), default=None)

    def is_suspended(self) -> bool:
        """Whether a main clock of the case stands still."""
        return any(
            run.kind in {"statutory", "promised"} and run.reading.state is ClockState.STOPPED
            for run in self.runs
        )

    def late_resumes(self) -> list[tuple[str, int, str, str]]:
        """Kind, run, last day of the stop and due day of what goes on since an earlier day."""
        return [
            (run.kind, run.number, entry.last_day.isoformat(), str(run.reading.due_on or ""))
            for run in self.runs
            for entry in run.entries[run.stored :]
            if isinstance(entry, Resumed) and entry.over_on is not None
        ]

    def moved_rows(self) -> list[list[str | int]]:
        """Kind, run, old and new due day of what a new calendar or new hours have moved.

        Nothing moves silently: whichever step finds it first writes it into the case's chain.
        """
        return [
            [run.kind, run.number, str(run.was_due or ""), str(run.due_when_read or "")]
            for run in self.runs
            if run.moved
        ]

    def new_rows(self) -> list[ClockDates]:
        """Rows of runs that started in this step."""
        return [_dates(run) for run in self.runs if run.stored == 0]

    def changed_rows(self) -> list[ClockDates]:
        """Rows of older runs whose dates or state moved."""
        return [_dates(run) for run in self.runs if run.stored and run.changed]

    def new_entries(self) -> list[NewEntry]:
        """Entries made in this step."""
        return [
            NewEntry(run.kind, run.number, seq, as_dict(entry))
            for run in self.runs
            for seq, entry in enumerate(run.entries, start=1)
            if seq > run.stored
        ]

    def _add(self, run: Run, entry: Entry, *, rule: str = "时限账", answer: str = "") -> None:
        try:
            run.entries = add_entry(run.entries, entry, self.calendar, self.hours)
        except ClockRefused as refusal:
            raise Refused(str(refusal), rule=rule, field=answer) from refusal
        run.reading = self._derive(run.entries)
        run.changed = True

    def _derive(self, entries: tuple[Entry, ...]) -> ClockReading:
        try:
            return derive(entries, self.calendar, self.hours)
        except OutsideCalendar as outside:
            raise Refused(
                _("{why}期限算不出来，请县政务办先发布该年度的工作日日历。").format(why=outside)
            ) from outside


def _dates(run: Run) -> ClockDates:
    reading = run.reading
    return ClockDates(
        kind=run.kind,
        run=run.number,
        state=str(reading.state),
        started_at=run.entries[0].at,
        due_on=reading.due_on,
        due_at=reading.due_at,
        lapses_at=reading.lapses_at,
        ended_at=reading.ended_at,
        item_token=run.item_token,
        item_id=run.item_id,
    )


NAMES = (
    gettext_noop("材料审查期限"),
    gettext_noop("法定办结时限"),
    gettext_noop("承诺办结时限"),
    gettext_noop("环节时限"),
    gettext_noop("上报时限"),
    gettext_noop("县级办理时限"),
    gettext_noop("部门意见时限"),
    gettext_noop("补正期限"),
    gettext_noop("容缺补齐期限"),
    gettext_noop("送达时限"),
    gettext_noop("投诉办理时限"),
    gettext_noop("公示期"),
)
"""Names of the clocks (`workflows.clocks`, which knows Chinese only), for the translators."""

REFUSALS = (
    gettext_noop("结束的日期早于期限暂停的那一天，请核对。"),
    gettext_noop("结束的日期晚于记录的那一天，请核对。"),
)
"""What the clocks say to a date that an officer typed, for the translators."""


def label(kind: str) -> str:
    """The clock's name in the language of whoever reads it."""
    return _(ClockKind(kind).label)
