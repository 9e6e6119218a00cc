"""The parts of a case page, read with a fixed number of SQL statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.audit.models import Event
from webapp.cases.models import (
    Attachment,
    AwaitedMessage,
    Card,
    Case,
    CaseMaterial,
    CaseSnapshot,
    Clock,
    ClockEntry,
    Custody,
    Delivery,
    DenialFiling,
    Document,
    ForwardedCommand,
    Mandate,
    Opinion,
    Passage,
    Proposal,
    SensitiveValue,
    StoredFile,
    Submission,
    WorkItem,
)
from webapp.cases.places import hours, unit_facts
from webapp.cases.planning.ledger import label
from webapp.cases.queries.ahead import APPLICANTS
from webapp.cases.queries.promises import Promise, promise_of
from webapp.cases.queries.timeline import Line, lines
from webapp.cases.spoken import text_of
from webapp.cases.stepping import ITEM_FORM
from webapp.catalogue import queries as catalogue
from webapp.core.errors import Unknown
from webapp.organisations.queries import village_station
from webapp.processes import queries as processes
from workflows.clocks import (
    OVERDUE,
    ClockReading,
    Stopped,
    derive,
    explain,
    from_dicts,
    overdue,
    remaining,
)
from workflows.engine import inspect
from workflows.errors import WorkflowError
from workflows.forms import Field, FieldKind, Form
from workflows.model import Bundle, LimitUnit

_OVER = {"publicity": "期满"}


@dataclass(frozen=True, slots=True)
class Hop:
    """One hand that had the case: `until` None while it still has it.

    `brings`: it is the applicant, waited for with papers; nobody signs for that. `done`: not
    when the step was cancelled, or the papers need not have come.
    """

    unit: str
    role: str
    officer: str
    since: datetime
    until: datetime | None
    brings: bool = False
    done: bool = True

    @property
    def is_now(self) -> bool:
        """Whether the case is here now."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One run of a clock with its calculation, line by line (为什么是这一天).

    `stop` is why it stands still now.
    """

    kind: str
    name: str
    run: int
    step: str
    state: str
    due_on: date | None
    due_at: datetime | None
    remaining: int | None
    overdue: bool
    explanation: tuple[str, ...]
    stop: Stopped | None = None
    item_id: int | None = None
    reading: ClockReading | None = None

    @property
    def extended(self) -> bool:
        """Whether it has been extended."""
        return self.reading is not None and self.reading.history.extension is not None

    @property
    def in_days(self) -> bool:
        """Whether it counts days, not hours."""
        return self.reading is not None and self.reading.unit is not LimitUnit.HOUR


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a form. A sensitive one has no text but a `field` for `actions.reveal`."""

    key: str
    label: str
    text: str
    field: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A completed form: who filled it in, at which step, and the answers."""

    step: str
    officer: str
    at: datetime
    answers: tuple[Answer, ...]
    is_application: bool


@dataclass(frozen=True, slots=True)
class DiagramState:
    """What the viewer paints, by process key: elements passed, waiting, and late."""

    processes: tuple[str, ...]
    passed: Mapping[str, tuple[str, ...]]
    current: Mapping[str, tuple[str, ...]]
    overdue: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything a case page shows; every list in its own order."""

    case: Case
    items: tuple[WorkItem, ...]
    materials: tuple[CaseMaterial, ...]
    attachments: tuple[Attachment, ...]
    opinions: tuple[Opinion, ...]
    documents: tuple[Document, ...]
    forms: tuple[Filled, ...]
    relay: tuple[Hop, ...]
    timeline: tuple[Line, ...]
    clocks: tuple[ClockLine, ...]
    diagram: DiagramState
    custody: tuple[Custody, ...]
    deliveries: tuple[Delivery, ...]
    filings: tuple[DenialFiling, ...]
    cards: tuple[Card, ...]
    mandate: Mandate | None
    waits_for_papers: bool
    promise: Promise | None = None
    proposal: Proposal | None = None
    parent: Case | None = None
    started: tuple[Case, ...] = ()
    forwarded: ForwardedCommand | None = None
    stored: Mapping[str, StoredFile] = field(default_factory=dict)

    @property
    def open_items(self) -> tuple[WorkItem, ...]:
        """Items that wait for somebody."""
        return tuple(item for item in self.items if item.state == WorkItem.State.OPEN)


def case_page(case: Case, at: datetime) -> CasePage:
    """Read the parts of a case that somebody may see (`case_seen_by`)."""
    items = tuple(
        WorkItem.objects.filter(case=case)
        .select_related("pool__unit", "pool__role", "claimed_by", "closed_by")
        .order_by("opened_at", "id")
    )
    awaited = tuple(AwaitedMessage.objects.filter(case=case).order_by("since"))
    documents = Document.objects.filter(case=case).select_related("organ", "issued_by")
    opinions = Opinion.objects.filter(case=case).select_related("officer", "unit", "item")
    attachments = tuple(
        Attachment.objects.filter(case=case, removed_at=None)
        .select_related("material")
        .order_by("id")
    )
    custody = Custody.objects.filter(case=case).select_related(
        "from_unit", "from_officer", "to_pool__unit", "to_pool__role", "received_by"
    )
    events = Event.objects.filter(subject="case", subject_id=case.pk).order_by("seq")
    return CasePage(
        case=case,
        items=items,
        materials=tuple(
            CaseMaterial.objects.filter(case=case)
            .select_related("changed_by")
            .order_by("order")
        ),
        attachments=attachments,
        opinions=tuple(opinions.order_by("at", "id")),
        documents=tuple(documents.order_by("id")),
        forms=_forms(case),
        relay=relay(case, items, awaited),
        timeline=lines(events.values("at", "actor_name", "acting_as", "kind", "payload")),
        clocks=clocks_of(case, at),
        diagram=diagram_state(case, items, awaited, at),
        custody=tuple(custody.order_by("given_at", "id")),
        deliveries=tuple(Delivery.objects.filter(case=case).select_related("served_by")),
        filings=tuple(
            DenialFiling.objects.filter(case=case).select_related("proposer", "confirmer")
        ),
        cards=tuple(Card.objects.filter(case=case).select_related("clock").order_by("id")),
        mandate=Mandate.objects.filter(case=case).select_related("agent").first(),
        waits_for_papers=any(
            one.over_at is None and one.name == "materials_supplied" for one in awaited
        ),
        promise=promise_of(case),
        proposal=Proposal.objects.filter(case=case, state=Proposal.State.OPEN)
        .select_related("proposed_by")
        .first(),
        parent=case.parent,
        started=tuple(Case.objects.filter(parent=case).order_by("id")),
        forwarded=ForwardedCommand.objects.filter(case=case).order_by("-id").first(),
        stored=StoredFile.objects.in_bulk([one.sha256 for one in attachments]),
    )


def relay(
    case: Case, items: Iterable[WorkItem], awaited: Iterable[AwaitedMessage]
) -> tuple[Hop, ...]:
    """Who has had the case since when: agent, windows, offices, county, applicant.

    Several may have it at once (departments asked, an applicant with papers to bring): those who
    have it now stand last.
    """
    hops: list[Hop] = []
    if case.agent is not None:
        hops.append(
            Hop(
                _station(case),
                _("村级代办员"),
                case.agent.name,
                case.opened_at,
                case.opened_at,
            )
        )
    legs = [_leg(item) for item in items] + [
        Hop(str(who), str(what), "", one.since, one.over_at, brings=True, done=False)
        for one in awaited
        for who, what in [APPLICANTS.get(one.name, ("", ""))]
        if who
    ]
    for leg in sorted(legs, key=lambda hop: (hop.is_now, hop.since)):
        last = hops[-1] if hops else None
        if last and (last.unit, last.role, last.officer) == (leg.unit, leg.role, leg.officer):
            hops[-1] = replace(last, until=leg.until, done=leg.done)
        else:
            hops.append(leg)
    return tuple(hops)


def _station(case: Case) -> str:
    """The service station of the village, where the agent took the application."""
    station = village_station(case.village_id) if case.village_id is not None else None
    return _("村便民服务站") if station is None else unit_facts(station).name


def _leg(item: WorkItem) -> Hop:
    person = item.closed_by or item.claimed_by
    return Hop(
        unit=item.pool.unit.name,
        role=item.pool.role.name,
        officer=person.name if person else "",
        since=item.opened_at,
        until=item.closed_at,
        done=item.state == WorkItem.State.DONE,
    )


def clocks_of(case: Case, at: datetime) -> tuple[ClockLine, ...]:
    """Every run of every clock of a case: three statements."""
    entries: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for kind, run, entry in (
        ClockEntry.objects.filter(case=case)
        .order_by("kind", "run", "seq")
        .values_list("kind", "run", "entry")
    ):
        entries.setdefault((kind, run), []).append(entry)
    calendar = catalogue.calendar_in_force()
    opening = hours(case.accountable_unit_id)
    found = []
    for clock in Clock.objects.filter(case=case).select_related("item").order_by("id"):
        facts = from_dicts(entries[clock.kind, clock.run])
        reading = derive(facts, calendar, opening)
        found.append(
            ClockLine(
                kind=clock.kind,
                name=label(clock.kind),
                run=clock.run,
                step=clock.item.name if clock.item else "",
                state=clock.state,
                due_on=reading.due_on,
                due_at=reading.due_at,
                remaining=remaining(reading, at),
                overdue=overdue(reading, at),
                explanation=explain(
                    facts, calendar, opening, over=_OVER.get(clock.kind, OVERDUE)
                ),
                stop=reading.history.open_stop,
                item_id=clock.item_id,
                reading=reading,
            )
        )
    return tuple(found)


def diagram_state(
    case: Case,
    items: Iterable[WorkItem],
    awaited: Iterable[AwaitedMessage],
    at: datetime,
) -> DiagramState:
    """Elements done, waiting and late, for every diagram of the case; the root comes first."""
    passed: dict[str, set[str]] = {}
    for key, element in Passage.objects.filter(case=case).values_list("process_key", "element"):
        passed.setdefault(key, set()).add(element)
    current: dict[str, set[str]] = {}
    late: dict[str, set[str]] = {}
    for item in items:
        if item.state == WorkItem.State.OPEN:
            current.setdefault(item.process_key, set()).add(item.element)
            if item.lapses_at is not None and item.lapses_at <= at:
                late.setdefault(item.process_key, set()).add(item.element)
    bundle = processes.bundle(case.process_version_id)
    waiting = {one.element for one in awaited if one.over_at is None}
    for key, process in bundle.processes.items():
        here = {element.id for element in process.scope.walk()} & waiting
        if here:
            current.setdefault(key, set()).update(here)
    _mark_callers(case, bundle, current)
    keys = [bundle.root, *sorted(set(bundle.processes) - {bundle.root})]
    return DiagramState(
        processes=tuple(key for key in keys if key in passed or key in current),
        passed=_frozen(passed),
        current=_frozen(current),
        overdue=_frozen(late),
    )


def _mark_callers(case: Case, bundle: Bundle, current: dict[str, set[str]]) -> None:
    """A call activity is current while something inside what it calls is.

    Two call activities may call the same process: which one is open, only the engine knows.
    """
    for path in paths_of(case):
        process = bundle.processes[bundle.root]
        for name in path:
            element = process.element(name)
            if element is None:
                break
            if element.called:
                current.setdefault(process.key, set()).add(name)
                process = bundle.processes.get(element.called, process)


def paths_of(case: Case) -> set[tuple[str, ...]]:
    """The scopes around everything that a case waits for, from the outside in."""
    state = CaseSnapshot.objects.filter(case=case).values_list("state", flat=True).first()
    if state is None:
        return set()
    try:
        seen = inspect(processes.definition(case.process_version_id), bytes(state))
    except WorkflowError:
        return set()
    places = [item.place for item in seen.items]
    places += [timer.place for timer in seen.timers]
    places += [message.place for message in seen.messages]
    return {place.path for place in places}


def _frozen(found: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(sorted(ids)) for key, ids in found.items()}


def _forms(case: Case) -> tuple[Filled, ...]:
    fields = dict(SensitiveValue.objects.filter(case=case).values_list("id", "field"))
    submissions = (
        Submission.objects.filter(case=case).select_related("item", "by").order_by("id")
    )
    return tuple(_filled(case, one, fields) for one in submissions)


def _filled(case: Case, one: Submission, fields: Mapping[int, str]) -> Filled:
    form = _form(case, one.form, one.filled_on_id)
    return Filled(
        step=one.item.name if one.item else _("申请"),
        officer=one.by.name,
        at=one.at,
        answers=answers(form, one.values, fields) if form else (),
        is_application=one.item is None,
    )


def _form(case: Case, form_id: str, filled_on: int | None) -> Form | None:
    try:
        if form_id.startswith(ITEM_FORM):
            return catalogue.item_version(case.item_version_id).form
        return processes.form(filled_on or case.process_version_id, form_id)
    except Unknown:
        return None


def answers(
    form: Form, values: Mapping[str, Any], fields: Mapping[int, str]
) -> tuple[Answer, ...]:
    """Answers as people read them; sensitive ones only by their address."""
    found = []
    for one in form.fields:
        value = values.get(one.key)
        if value in (None, "", []):
            continue
        if isinstance(value, dict) and "sensitive" in value:
            address = fields.get(value["sensitive"], "")
            found.append(Answer(one.key, one.label, "", address))
        elif one.kind is FieldKind.ROWS:
            found.append(Answer(one.key, one.label, "", rows=_rows(one, value)))
        else:
            found.append(Answer(one.key, one.label, text_of(one, value)))
    return tuple(found)


def _rows(one: Field, value: Iterable[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(
        tuple(
            (part.label, text_of(part, row[part.key]))
            for part in one.fields
            if row.get(part.key) not in (None, "", [])
        )
        for row in value
    )
