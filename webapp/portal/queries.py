"""What an applicant learns of her case from outside: where it is, until when, what was issued.

No names but the organs': the page can be opened by whoever holds the paper with the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from webapp.cases.models import AwaitedMessage, Case, CaseMaterial, Document, WorkItem
from webapp.cases.queries import RESULT_NAMES, STATUS_NAMES
from webapp.cases.queries.page import ClockLine, clocks_of, relay
from webapp.core.crypto import is_query_code
from workflows.calendars import local_day

SHOWN_CLOCKS = ("check", "promised", "statutory", "supplement", "tolerance", "delivery")
_BEFORE_ACCEPTANCE = frozenset({"SUBMITTED", "RECEIVED", "CORRECTION"})
_ANSWERED = frozenset({"APPROVED", "REFUSED", "DELIVERED"})


@dataclass(frozen=True, slots=True)
class Stop:
    """One station of the way; `until` None while the case is there."""

    place: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as the applicant sees it. `phase`: 0 受理, 1 承办, 2 回复, 3 over."""

    number: str
    item: str
    status: str
    result: str
    phase: int
    opened_on: date
    stops: tuple[Stop, ...]
    clocks: tuple[ClockLine, ...]
    documents: tuple[Document, ...]
    lacking: tuple[CaseMaterial, ...]


def progress(number: str, code: str, at: datetime) -> Progress | None:
    """The case of a number and its query code; None for unknown and wrong alike.

    A fixed number of statements; the code is checked for unknown numbers too.
    """
    right = is_query_code(number, code)
    case = Case.objects.select_related("item_version").filter(number=number).first()
    if case is None or not right:
        return None
    items = tuple(
        WorkItem.objects.filter(case=case)
        .select_related("pool__unit", "pool__role", "claimed_by", "closed_by")
        .order_by("opened_at", "id")
    )
    awaited = tuple(AwaitedMessage.objects.filter(case=case).order_by("since"))
    waits = any(one.over_at is None and one.name == "materials_supplied" for one in awaited)
    lacking = CaseMaterial.objects.filter(case=case, needed=True, noticed=True).order_by(
        "order"
    )
    clocks = [one for one in clocks_of(case, at) if one.kind in SHOWN_CLOCKS]
    documents = Document.objects.filter(case=case, content__has_key="query")
    return Progress(
        number=case.number,
        item=case.item_version.name,
        status=_(STATUS_NAMES.get(case.status, case.status)),
        result=_(RESULT_NAMES[case.result]) if case.result else "",
        phase=_phase(case),
        opened_on=local_day(case.received_at),
        stops=_stops(case, items, awaited),
        clocks=tuple(one for one in clocks if one.due_on is not None),
        documents=tuple(documents.select_related("organ").order_by("id")),
        lacking=tuple(lacking.exclude(state="checked")) if waits else (),
    )


def _phase(case: Case) -> int:
    if not case.is_open:
        return 3
    if case.status in _BEFORE_ACCEPTANCE:
        return 0
    return 2 if case.status in _ANSWERED or case.decided_at else 1


def _stops(
    case: Case, items: tuple[WorkItem, ...], awaited: tuple[AwaitedMessage, ...]
) -> tuple[Stop, ...]:
    """The way without persons; neighbours of one place are one stop."""
    found: list[Stop] = []
    for hop in relay(case, items, awaited):
        if found and found[-1].place == hop.unit:
            found[-1] = Stop(hop.unit, found[-1].since, hop.until)
        else:
            found.append(Stop(hop.unit, hop.since, hop.until))
    return tuple(found)


def document_with(found: Progress, sha256: str) -> Document | None:
    """The issued document whose stored file has this hash."""
    return next((one for one in found.documents if one.sha256 and one.sha256 == sha256), None)
