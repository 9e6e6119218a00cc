"""What a step changes: plain rows, collected by planning and written in one go.

Field names are the column names (without `case_id`, which is the same for all). Keys of rows that
do not exist yet are the engine's tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class NewItem:
    """A work item that opens."""

    token: str
    process_key: str
    element: str
    name: str
    pool_id: int
    form: str
    separate: tuple[str, ...]
    opened_at: datetime
    due_at: datetime | None = None
    lapses_at: datetime | None = None
    claimed_by_id: int | None = None
    claimed_at: datetime | None = None


@dataclass(slots=True)
class ItemUpdate:
    """The changing columns of an existing item, complete."""

    id: int
    state: str
    claimed_by_id: int | None
    claimed_at: datetime | None
    due_at: datetime | None
    lapses_at: datetime | None
    closed_at: datetime | None = None
    closed_by_id: int | None = None
    closed_for_id: int | None = None
    closed_as: str = ""
    outcome: str = ""


@dataclass(slots=True)
class ClockDates:
    """A clock's run with what its entries say now.

    `item_token` for a step's own clock; `item_id` where its item exists already.
    """

    kind: str
    run: int
    state: str
    started_at: datetime
    due_on: date | None
    due_at: datetime | None
    lapses_at: datetime | None
    ended_at: datetime | None
    item_token: str | None = None
    item_id: int | None = None


@dataclass(slots=True)
class NewEntry:
    """One more entry of a clock."""

    kind: str
    run: int
    seq: int
    entry: dict[str, Any]


@dataclass(slots=True)
class NewCard:
    """A card that a step itself proves necessary (R06: a check clock that ran out).

    Of a clock (`kind`, `run`, `due_at`), or without one by its `key` (R09). `to` are roles.
    """

    rule: str
    level: str
    kind: str
    run: int
    due_at: datetime | None
    issued_at: datetime
    cause: str
    unit_id: int | None
    pool_id: int | None
    officer_id: int | None
    to: list[str]
    key: str | None = None


@dataclass(slots=True)
class NewTimer:
    """The engine waits for a clock."""

    token: str
    element: str
    clock_kind: str
    before: int
    armed_at: datetime
    fires_at: datetime | None
    host: str = ""


@dataclass(slots=True)
class TimerUpdate:
    """A timer fires, is given up, or moves with its clock."""

    token: str
    state: str
    fires_at: datetime | None


@dataclass(slots=True)
class NewAwaited:
    """The engine waits for a message, or a signal."""

    token: str
    name: str
    element: str
    since: datetime
    signal: bool


@dataclass(slots=True)
class NewSubmission:
    """A completed form without its sensitive values."""

    item_id: int | None
    form: str
    values: dict[str, Any]
    by_id: int
    at: datetime


@dataclass(slots=True)
class NewSensitive:
    """An encrypted value; its id was taken from the sequence beforehand."""

    id: int
    field: str
    ciphertext: bytes
    keyed_hash: str


@dataclass(slots=True)
class NewOpinion:
    """An explicit opinion (D12); without item and officer, the silence of a department."""

    item_id: int | None
    step_name: str
    unit_id: int
    officer_id: int | None
    outcome: str
    outcome_label: str
    text: str
    basis: str
    at: datetime


@dataclass(slots=True)
class NewCustody:
    """Papers leave one hand for a pool; without one for the applicant."""

    papers: str
    from_unit_id: int
    from_officer_id: int | None
    to_pool_id: int | None
    given_at: datetime


@dataclass(slots=True)
class CustodyReturned:
    """The applicant's side has signed for what goes back."""

    id: int
    from_officer_id: int | None
    recipient: str
    relation: str
    mail_number: str
    received_at: datetime


@dataclass(slots=True)
class NewDocument:
    """A document; `number` and `serial` of a gap-free series are filled in just before commit.

    `prefix` is the organ's 机关代字; other documents come with their number already.
    """

    code: str
    organ_id: int
    year: int
    prefix: str
    content: dict[str, Any]
    issued_at: datetime
    issued_by_id: int | None
    serial: int | None = None
    number: str = ""


@dataclass(slots=True)
class NewFiling:
    """A negative act is filed with the county office (D24)."""

    document_code: str
    proposer_id: int | None
    confirmer_id: int | None
    reason: str
    basis: str
    filed_at: datetime
    number: str = ""


@dataclass(slots=True)
class FilingUpdate:
    """What the county office says about the filing of the case."""

    state: str
    answered_by_id: int | None
    answered_at: datetime
    answer: str


@dataclass(slots=True)
class NewDelivery:
    """Proof of lawful service (D22)."""

    way: str
    recipient: str
    relation: str
    mail_number: str
    note: str
    served_at: datetime
    served_by_id: int


@dataclass(slots=True)
class NewMaterial:
    """A line of the checklist, copied when the case opens."""

    order: int
    key: str
    name: str
    role: str
    needed: bool
    form: str
    copies: int
    state: str
    defect: str
    remedy: str
    noticed: bool
    changed_by_id: int | None
    changed_at: datetime | None


@dataclass(slots=True)
class MaterialUpdate:
    """A line of the checklist changes, complete."""

    key: str
    state: str
    defect: str
    remedy: str
    noticed: bool
    changed_by_id: int | None
    changed_at: datetime | None


@dataclass(slots=True)
class NewCommitment:
    """A signed undertaking (D09). `digest`: SHA-256 of the paper, filled in with its number."""

    until: date
    registered_by_id: int | None
    registered_at: datetime
    bars_days: int
    digest: str = ""


@dataclass(slots=True)
class CommitmentUpdate:
    """The changing columns of the open commitment, complete."""

    id: int
    state: str
    until: date
    extended: bool
    closed_at: datetime | None


@dataclass(slots=True)
class PromisedPaper:
    """An open paper of the commitment with its deadline; of the open one if it exists."""

    key: str
    due_on: date
    came_at: datetime | None = None


@dataclass(slots=True)
class NewProposal:
    """Somebody proposes to end the case (终止办理)."""

    reason: str
    basis: str
    proposed_by_id: int
    proposed_at: datetime
    proposed_for_id: int | None = None
    refile: str = ""


@dataclass(slots=True)
class ProposalUpdate:
    """The proposal is agreed to, declined or void."""

    id: int
    state: str
    decided_by_id: int | None
    decided_at: datetime
    note: str = ""


@dataclass(slots=True)
class NewForwarded:
    """A command goes on to the case that this one has started."""

    verb: str
    reason: str
    basis: str
    by_id: int
    asked_at: datetime


@dataclass(slots=True)
class ForwardedUpdate:
    """What became of the open one."""

    state: str
    answered_at: datetime
    note: str = ""


@dataclass(slots=True)
class NewPassage:
    """The case has passed an element."""

    process_key: str
    element: str
    at: datetime


@dataclass(slots=True)
class NewMessage:
    """Something to be done outside after the commit."""

    channel: str
    ordering_key: str
    payload: dict[str, Any]
    created_at: datetime


@dataclass(slots=True)
class NewEvent:
    """The audit event of this action, linked to the case's chain."""

    seq: int
    at: datetime
    kind: str
    actor_id: int | None
    actor_name: str
    acting_as: str
    payload: dict[str, Any]
    payload_digest: bytes
    previous: bytes
    digest: bytes


@dataclass(slots=True)
class NewMandate:
    """The mandate of an agent (D21)."""

    principal_name: str
    agent_id: int
    reason: str
    powers: tuple[str, ...]
    signed_on: date
    witness: str


@dataclass(slots=True)
class CaseRow:
    """The changing columns of the case, complete."""

    delivery_mode: str
    status: str
    suspended_from: str
    result: str
    deemed_accepted: bool
    supplemented: bool
    is_open: bool
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    holder_unit_id: int | None
    holder_role: str
    holder_officer_id: int | None
    holder_since: datetime | None
    due_at: datetime | None
    statutory_due_at: datetime | None
    promised_due_at: datetime | None
    version: int
    audit_seq: int
    audit_head: bytes


@dataclass(slots=True)
class NewCase:
    """The columns of a case that never change."""

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
    opened_at: datetime
    received_at: datetime
    search_grams: list[str]
    opening_key: str | None
    parent_id: int | None = None


@dataclass(slots=True)
class Changes:
    """Everything one action writes. `snapshot` None: the engine's state stays as it is."""

    case_id: int
    case: CaseRow
    new_case: NewCase | None = None
    snapshot: bytes | None = None
    new_items: list[NewItem] = field(default_factory=list)
    items: list[ItemUpdate] = field(default_factory=list)
    new_clocks: list[ClockDates] = field(default_factory=list)
    clocks: list[ClockDates] = field(default_factory=list)
    entries: list[NewEntry] = field(default_factory=list)
    cards: list[NewCard] = field(default_factory=list)
    new_timers: list[NewTimer] = field(default_factory=list)
    timers: list[TimerUpdate] = field(default_factory=list)
    new_awaited: list[NewAwaited] = field(default_factory=list)
    awaited_over: list[str] = field(default_factory=list)
    submissions: list[NewSubmission] = field(default_factory=list)
    sensitive: list[NewSensitive] = field(default_factory=list)
    opinions: list[NewOpinion] = field(default_factory=list)
    new_custody: list[NewCustody] = field(default_factory=list)
    custody_received: list[int] = field(default_factory=list)
    custody_returned: list[CustodyReturned] = field(default_factory=list)
    custody_taken_back: list[int] = field(default_factory=list)
    documents: list[NewDocument] = field(default_factory=list)
    filings: list[NewFiling] = field(default_factory=list)
    filing_answers: list[FilingUpdate] = field(default_factory=list)
    deliveries: list[NewDelivery] = field(default_factory=list)
    new_materials: list[NewMaterial] = field(default_factory=list)
    materials: list[MaterialUpdate] = field(default_factory=list)
    commitment: NewCommitment | None = None
    commitments: list[CommitmentUpdate] = field(default_factory=list)
    promised_papers: list[PromisedPaper] = field(default_factory=list)
    new_proposal: NewProposal | None = None
    proposals: list[ProposalUpdate] = field(default_factory=list)
    new_forwarded: list[NewForwarded] = field(default_factory=list)
    forwarded: list[ForwardedUpdate] = field(default_factory=list)
    passages: list[NewPassage] = field(default_factory=list)
    messages: list[NewMessage] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    mandate: NewMandate | None = None
    drafts_over: list[int] = field(default_factory=list)
