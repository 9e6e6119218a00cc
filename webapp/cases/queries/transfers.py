"""Running cases by version, how they stand to the version in force, and what was done with them.

Case numbers only: nothing personal is read here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import get_language

from webapp.cases.models import Case, Transfer, TransferLine, WorkItem
from webapp.cases.transferring import Subject, answer, place_key
from webapp.core.errors import Unknown
from webapp.core.models import OutboxMessage
from webapp.processes.models import Process
from workflows.transfer import Choice, Comparison, Verdict

MOST = 500
"""Cases compared for one page, oldest first; the rest follows when these are done."""
CHANNEL = "transfer-case"
_ORDER = [Verdict.DECIDE, Verdict.SAFE, Verdict.UNAFFECTED, Verdict.STAYS]


@dataclass(frozen=True, slots=True)
class Running:
    """A process with its open cases: on the version in force, on others, and acts waiting."""

    process: Process
    on_current: int
    on_others: tuple[tuple[int, int], ...]  # version number, cases
    waiting: int = 0

    @property
    def others(self) -> int:
        """Cases that do not run on the version in force."""
        return sum(n for _number, n in self.on_others)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a cohort: where do these cases go on?"""

    key: str
    name: str
    reason: str
    choices: tuple[Choice, ...]
    chosen: str = ""


@dataclass(slots=True)
class Cohort:
    """Cases of one version that have the same answer."""

    number: int
    source: int
    verdict: str
    reasons: tuple[str, ...]
    asked: tuple[Asked, ...] = ()
    cases: list[tuple[int, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """A name of the cohort for the form of the page."""
        told = "\n".join([str(self.source), self.verdict, *self.reasons])
        return hashlib.sha256(told.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Board:
    """How the running cases of a process stand to its version in force."""

    process: Process
    cohorts: tuple[Cohort, ...]
    compared: int
    left: int  # not compared yet: more than one page holds
    waiting: int  # in an act that is not done


def running() -> list[Running]:
    """Every process in force or with running cases: four statements."""
    rows = Case.objects.filter(is_open=True).values(
        "process_version__process", "process_version", "process_version__number"
    )
    counted: dict[int, list[tuple[int, int, int]]] = {}
    for row in rows.annotate(n=Count("pk")).order_by("process_version__number"):
        version = (row["process_version"], row["process_version__number"], row["n"])
        counted.setdefault(row["process_version__process"], []).append(version)
    open_acts = TransferLine.objects.filter(state=TransferLine.State.WAITING)
    by_process = open_acts.values("transfer__process").annotate(
        n=Count("transfer", distinct=True)
    )
    acts = {row["transfer__process"]: row["n"] for row in by_process}
    found = []
    for process in Process.objects.select_related("current").order_by("name"):
        versions = counted.get(process.pk, [])
        if process.current_id is None and not versions:
            continue
        found.append(
            Running(
                process,
                sum(n for pk, _number, n in versions if pk == process.current_id),
                tuple((number, n) for pk, number, n in versions if pk != process.current_id),
                acts.get(process.pk, 0),
            )
        )
    return found


def process_of(key: str) -> Process:
    """A process with its version in force. Raises Unknown."""
    found = Process.objects.select_related("current").filter(key=key).first()
    if found is None:
        raise Unknown("没有这个流程。")
    return found


def board(process: Process) -> Board:
    """Compare the running cases that are not on the version in force: five statements."""
    if process.current_id is None:
        return Board(process, (), 0, 0, 0)
    wanted = Case.objects.filter(is_open=True, process_version__process=process).exclude(
        process_version=process.current_id
    )
    waiting = Q(transfers__state=TransferLine.State.WAITING)
    held = wanted.filter(waiting).count()
    free = wanted.exclude(pk__in=wanted.filter(waiting).values("pk"))
    total = free.count()
    rows = _rows(free.order_by("pk")[:MOST])
    cohorts = _cohorts(rows, {case.pk: (process.current_id, {}) for case in rows})
    shown = min(total, MOST)
    return Board(process, cohorts, shown, total - shown, held)


def preview(process: Process, cases: Mapping[int, Mapping[str, str]]) -> tuple[Cohort, ...]:
    """What would become of chosen cases, with the answers given for each: two statements."""
    rows = _rows(Case.objects.filter(pk__in=list(cases), is_open=True).order_by("pk"))
    target = process.current_id or 0
    return _cohorts(rows, {case.pk: (target, cases[case.pk]) for case in rows})


def expected(transfer: Transfer) -> tuple[Cohort, ...]:
    """The same for an act that waits for the second person, as its cases stand now."""
    wanted = {
        line.case_id: (line.target_id, line.decisions)
        for line in transfer.lines.order_by("pk")[:MOST]
    }
    return _cohorts(_rows(Case.objects.filter(pk__in=list(wanted)).order_by("pk")), wanted)


def _rows(cases: QuerySet[Case]) -> list[Case]:
    return list(
        cases.select_related("snapshot", "process_version").only(
            "number",
            "accepted_at",
            "is_open",
            "process_version__number",
            "snapshot__state",
        )
    )


def _cohorts(
    rows: list[Case], wanted: Mapping[int, tuple[int, Mapping[str, str]]]
) -> tuple[Cohort, ...]:
    done: dict[int, set[tuple[str, str]]] = {}
    items = WorkItem.objects.filter(case__in=rows, state=WorkItem.State.DONE)
    for case_id, key, element in items.values_list("case_id", "process_key", "element"):
        done.setdefault(case_id, set()).add((key, element))
    found: dict[str, Cohort] = {}
    for case in rows:
        target, chosen = wanted[case.pk]
        compared = _answer(
            case.process_version_id,
            target,
            bytes(case.snapshot.state),
            case.accepted_at is not None,
            frozenset(done.get(case.pk, ())),
            tuple(sorted(chosen.items())),
            get_language(),
        )
        cohort = _cohort(case, compared)
        found.setdefault(cohort.key, cohort).cases.append((case.pk, case.number))
    return tuple(
        sorted(found.values(), key=lambda one: (_ORDER.index(Verdict(one.verdict)), one.number))
    )


@lru_cache(maxsize=2 * MOST)
def _answer(
    source: int,
    target: int,
    snapshot: bytes,
    accepted: bool,
    done: frozenset[tuple[str, str]],
    chosen: tuple[tuple[str, str], ...],
    _language: str | None,
) -> Comparison:
    """Compared once for each state of a case, and for each language of the reasons."""
    return answer(source, target, Subject(snapshot, accepted, done), dict(chosen))


def _cohort(case: Case, compared: Comparison) -> Cohort:
    asked: dict[str, Asked] = {}
    for question in compared.questions:
        key = place_key(question.place)
        asked[key] = Asked(key, question.name, question.reason, question.choices)
    return Cohort(
        number=case.process_version.number,
        source=case.process_version_id,
        verdict=compared.verdict.value,
        reasons=tuple(dict.fromkeys(compared.reasons)),
        asked=tuple(asked.values()),
    )


def act(transfer_id: int) -> Transfer:
    """An act with its people. Raises Unknown."""
    rows = Transfer.objects.select_related(
        "process", "target", "proposed_by", "decided_by", "undoes"
    )
    found = rows.filter(pk=transfer_id).first()
    if found is None:
        raise Unknown("没有这份换版单。")
    return found


def acts(process: Process | None = None) -> QuerySet[Transfer]:
    """Acts, newest first, with the number of their lines by what became of them."""
    rows = Transfer.objects.select_related("process", "target", "proposed_by", "decided_by")
    if process is not None:
        rows = rows.filter(process=process)
    states = {
        "total": Count("lines"),
        "moved": Count("lines", filter=Q(lines__state=TransferLine.State.MOVED)),
        "stayed": Count("lines", filter=Q(lines__state=TransferLine.State.STAYED)),
        "waiting": Count("lines", filter=Q(lines__state=TransferLine.State.WAITING)),
    }
    return rows.annotate(**states).order_by("-pk")


def lines_of(transfer: Transfer) -> QuerySet[TransferLine]:
    """The cases of an act, what still waits or stayed first."""
    rows = transfer.lines.select_related("case", "source", "target", "case__process_version")
    return rows.order_by(F("state").desc(), "pk")


def returnable(transfer: Transfer) -> int:
    """How many of its cases could be taken back to where they came from."""
    return transfer.lines.filter(
        state=TransferLine.State.MOVED,
        case__is_open=True,
        case__process_version=F("target"),
    ).count()


def given_up(transfer: Transfer) -> QuerySet[OutboxMessage]:
    """Messages of this act that failed too often: their cases wait until somebody tries again."""
    keys = [
        f"{CHANNEL}:{pk}"
        for pk in transfer.lines.filter(state=TransferLine.State.WAITING).values_list(
            "case_id", flat=True
        )
    ]
    dead = OutboxMessage.objects.filter(channel=CHANNEL, dead_at__isnull=False)
    return dead.filter(
        ordering_key__in=keys, created_at=transfer.decided_at or transfer.proposed_at
    )
