"""A case as the database has it at one moment: what the planning of a step starts from.

Frozen values only. `webapp.cases.store` reads them in one locking statement; nothing here knows
SQL or the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from webapp.audit.chain import START


@dataclass(frozen=True, slots=True)
class Item:
    """An open work item."""

    id: int
    token: str
    process_key: str
    element: str
    name: str
    pool_id: int
    form: str
    separate: tuple[str, ...]
    claimed_by: int | None
    claimed_at: datetime | None
    opened_at: datetime
    due_at: datetime | None
    lapses_at: datetime | None


@dataclass(frozen=True, slots=True)
class Done:
    """A work item of this case that somebody completed: who did what, oldest first."""

    id: int
    token: str
    process_key: str
    element: str
    name: str
    pool_id: int
    by: int
    by_name: str
    at: datetime
    outcome: str
    separate: tuple[str, ...] = ()
    replaced: int | None = None

    @property
    def persons(self) -> set[int]:
        """Who counts as having done it: whoever acted, and the absent A in whose place."""
        return {self.by} if self.replaced is None else {self.by, self.replaced}


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One run of a clock with its materialised dates.

    Entries only while it is not ended; of the first check always: they say when the application
    was received.
    """

    id: int
    kind: str
    run: int
    item_id: int | None
    state: str
    started_at: datetime
    due_at: datetime | None
    lapses_at: datetime | None
    ended_at: datetime | None
    entries: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class TimerRow:
    """An armed timer."""

    id: int
    token: str
    element: str
    clock_kind: str
    before: int
    fires_at: datetime | None
    host: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message or signal that the case waits for."""

    token: str
    name: str
    signal: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """Papers given to a pool (None: back to the applicant) and not yet signed for."""

    id: int
    to_pool_id: int | None
    papers: str = "materials"


@dataclass(frozen=True, slots=True)
class Promised:
    """One paper of the open commitment; `state` is that of the checklist."""

    key: str
    name: str
    state: str
    form: str
    due_on: date
    came_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it has not been found in order."""
        return self.state not in {"received", "checked", "waived"}


@dataclass(frozen=True, slots=True)
class Undertaking:
    """The open commitment of the case (容缺受理承诺)."""

    id: int
    until: date
    extended: bool
    papers: tuple[Promised, ...]
    bars_days: int

    @property
    def open_papers(self) -> tuple[Promised, ...]:
        """What still has to come, or to be put in order."""
        return tuple(paper for paper in self.papers if paper.is_open)


@dataclass(frozen=True, slots=True)
class Termination:
    """The open proposal to end the case."""

    id: int
    reason: str
    basis: str
    proposed_by: int
    proposed_by_name: str
    proposed_at: datetime
    proposed_for: int | None = None
    refile: str = ""

    @property
    def persons(self) -> set[int]:
        """Who counts as the proposer: whoever wrote it, and the absent A in whose place."""
        return {one for one in (self.proposed_by, self.proposed_for) if one is not None}


@dataclass(frozen=True, slots=True)
class CaseState:
    """Everything a step needs to know about its case; `at` is the moment of the action."""

    at: datetime
    id: int
    number: str
    item_version_id: int
    process_version_id: int
    applicant_name: str
    village_id: int | None
    received_at_unit_id: int
    accountable_unit_id: int
    competent_unit_id: int
    registered_by_id: int
    agent_id: int | None
    delivery_mode: str
    opened_at: datetime
    received_at: datetime
    status: str = "SUBMITTED"
    result: str = ""
    deemed_accepted: bool = False
    supplemented: bool = False
    is_open: bool = True
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    holder_unit_id: int | None = None
    holder_role: str = ""
    holder_officer_id: int | None = None
    holder_since: datetime | None = None
    due_at: datetime | None = None
    statutory_due_at: datetime | None = None
    promised_due_at: datetime | None = None
    version: int = 0
    audit_seq: int = 0
    audit_head: bytes = START
    calendar: tuple[int, date, date] | None = None  # in force: row id, covered range
    snapshot: bytes = b""
    items: tuple[Item, ...] = ()
    done: tuple[Done, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    timers: tuple[TimerRow, ...] = ()
    awaited: tuple[Waiting, ...] = ()
    handed: tuple[Handed, ...] = ()
    papers_unit_id: int | None = (
        None  # who signed last for the applicant's papers, or gave first
    )
    suspended_from: str = ""
    parent_id: int | None = None
    commitment: Undertaking | None = None
    proposal: Termination | None = None

    @property
    def is_suspended(self) -> bool:
        """Whether the case is suspended by command (中止办理)."""
        return self.suspended_from != ""

    def waits_for(self, message: str) -> bool:
        """Whether the case waits for a message of this name."""
        return any(one.name == message and not one.signal for one in self.awaited)

    def promises(self, key: str) -> bool:
        """Whether the open commitment names this paper."""
        papers = self.commitment.papers if self.commitment else ()
        return any(paper.key == key for paper in papers)

    def item(self, item_id: int) -> Item | None:
        """An open item by its id."""
        return next((item for item in self.items if item.id == item_id), None)

    def done_item(self, item_id: int) -> Done | None:
        """A completed item by its id."""
        return next((item for item in self.done if item.id == item_id), None)
