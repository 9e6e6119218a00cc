"""Tolerance as people see it: what may come later and why not, and what has been promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from webapp.cases.facts import may_tolerate
from webapp.cases.models import Case, CaseMaterial, Commitment, CommitmentPaper
from webapp.cases.places import hours
from webapp.cases.planning.ledger import Ledger
from webapp.cases.planning.limits import limit_of
from webapp.cases.planning.setting import Paper
from webapp.cases.planning.tolerance import latest_day, latest_own_day, own_day, why_not
from webapp.cases.store.papers import barred_until
from webapp.catalogue import queries as catalogue
from webapp.core.errors import Refused
from webapp.processes import queries as processes
from workflows.calendars import local_day

IN_ORDER = frozenset({"received", "checked", "waived"})


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """A paper that lacks; `days` working days from acceptance where it is tolerable."""

    name: str
    main: bool
    tolerable: bool
    days: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whether the open papers may come later. `reason` and `rule` say why not.

    `latest`: the last day that may be promised; `by_list`: the list of papers sets it, not the
    time that the decision needs.
    """

    papers: tuple[OpenPaper, ...]
    latest: date | None
    reason: str = ""
    rule: str = ""
    by_list: bool = False

    @property
    def allowed(self) -> bool:
        """Whether tolerance may be chosen."""
        return not self.reason


def outlook(case: Case, materials: Iterable[CaseMaterial], at: datetime) -> Outlook | None:
    """What tolerance would mean at the examination; None for items that never tolerate."""
    item = catalogue.item_version(case.item_version_id)
    if not may_tolerate(item):
        return None
    checklist = [_paper(one) for one in materials]
    lacking = [paper for paper in checklist if paper.is_lacking]
    if not lacking:
        return None
    papers, own = [], []
    for paper in lacking:
        facts = item.material(paper.key)
        tolerable = facts is not None and facts.tolerable and facts.role == "secondary"
        days = facts.supplement_days if facts else None
        papers.append(OpenPaper(paper.name, paper.role == "main", tolerable, days))
        own.append(own_day(item, paper.key, local_day(at), catalogue.calendar_in_force()))
    refusal = why_not(item, checklist, barred_until=barred_until(case.pk, at))
    latest = _latest(case, at)
    if refusal is not None:
        return Outlook(tuple(papers), latest, refusal.sentence, refusal.rule)
    if latest is not None and latest <= local_day(at):
        return Outlook(tuple(papers), latest, _too_short(case), "TOL-05")
    days_given = latest_own_day(own)
    if days_given is not None and (latest is None or days_given < latest):
        return Outlook(tuple(papers), days_given, by_list=True)
    return Outlook(tuple(papers), latest)


def _too_short(case: Case) -> str:
    days = processes.decision_days(case.process_version_id)
    words = _(
        "办结期限太短：作决定还要{days}个工作日，没有可以容缺的时间。请选“补正”一次告知。"
    )
    return words.format(days=days)


def _latest(case: Case, at: datetime) -> date | None:
    """The last day a promise made today may run to."""
    item = catalogue.item_version(case.item_version_id)
    calendar = catalogue.calendar_in_force()
    ledger = Ledger(at, calendar, hours(case.accountable_unit_id))
    dues = []
    for kind in ("promised", "statutory"):
        limit = limit_of(item, kind)
        if limit is None:
            continue
        try:
            due = ledger.start(kind, limit, "").reading.due_on
        except Refused:
            continue
        if due is not None:
            dues.append(due)
    days = processes.decision_days(case.process_version_id)
    return latest_day(dues, days, calendar)


def latest_extension(case: Case) -> date | None:
    """The last day to which a leader may extend a promise: what the decision needs stays free."""
    moments = (case.promised_due_at, case.statutory_due_at)
    dues = [local_day(moment) for moment in moments if moment is not None]
    days = processes.decision_days(case.process_version_id)
    return latest_day(dues, days, catalogue.calendar_in_force())


def _paper(one: CaseMaterial) -> Paper:
    return Paper(
        key=one.key,
        name=one.name,
        role=one.role,
        needed=one.needed,
        form=one.form,
        copies=one.copies,
        state=one.state,
        defect=one.defect,
        remedy=one.remedy,
        noticed=one.noticed,
    )


@dataclass(frozen=True, slots=True)
class Promise:
    """The commitment of a case with its papers, the latest one."""

    until: date
    state: str
    extended: bool
    papers: tuple[CommitmentPaper, ...]

    @property
    def is_open(self) -> bool:
        """Whether granting still waits for it."""
        return self.state == Commitment.State.OPEN

    @property
    def open_papers(self) -> tuple[CommitmentPaper, ...]:
        """What has not come, or is not in order."""
        return tuple(one for one in self.papers if one.material.state not in IN_ORDER)


def promise_of(case: Case) -> Promise | None:
    """What the applicant of a case has promised: two statements, one for most cases."""
    held = Commitment.objects.filter(case=case).order_by("-id").first()
    if held is None:
        return None
    papers = held.papers.select_related("material").order_by("material__order")
    return Promise(held.until, held.state, held.extended, tuple(papers))
