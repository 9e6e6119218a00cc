"""What an officer leaves to her B: the content of a hand-over sheet (DUTY-04).

Open items with their deadlines, papers in her hands, promises made in her name (undertakings of
applicants, dates told to them). A fixed number of statements; nothing here writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from webapp.cases.models import Case, Clock, Commitment, Custody, Draft, WorkItem
from workflows.calendars import local_day

MOST = 300
"""Lines of each part of a sheet; a sheet says when there are more."""
TOLD_CLOCKS = ("supplement", "tolerance", "delivery")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a case, what of it, and until when."""

    case_id: int
    number: str
    what: str
    about: str = ""
    until: date | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The four parts of a sheet, and how many drafts stay hers alone."""

    items: tuple[Line, ...] = ()
    papers: tuple[Line, ...] = ()
    promises: tuple[Line, ...] = ()
    drafts: int = 0
    more: bool = False

    @property
    def total(self) -> int:
        """Lines in all."""
        return len(self.items) + len(self.papers) + len(self.promises)

    def content(self) -> dict[str, Any]:
        """The sheet as it is kept when signed: no personal data."""
        return {
            "items": [_plain(one) for one in self.items],
            "papers": [_plain(one) for one in self.papers],
            "promises": [_plain(one) for one in self.promises],
            "drafts": self.drafts,
            "more": self.more,
        }


def sheet_of(content: dict[str, Any]) -> Sheet:
    """A signed sheet, read again."""
    parts = {
        name: tuple(_line(one) for one in content.get(name, ()))
        for name in ("items", "papers", "promises")
    }
    return Sheet(
        **parts, drafts=content.get("drafts", 0), more=bool(content.get("more", False))
    )


def handover_sheet(officer_id: int, pool_ids: Collection[int]) -> Sheet:
    """What she leaves in these pools: seven statements.

    Items that she has signed for come first, then those of the posts that nobody has signed for.
    """
    items = _items(officer_id, pool_ids)
    cases = {one.case_id for one in items if one.claimed_by_id == officer_id}
    papers = _papers(officer_id, pool_ids)
    cases |= {one.case_id for one in papers}
    promises = _promises(officer_id, cases)
    drafts = Draft.objects.filter(officer=officer_id).count()
    return Sheet(
        tuple(
            Line(
                one.case_id,
                one.case.number,
                one.name,
                one.case.item_version.name,
                local_day(one.due_at) if one.due_at else None,
                one.claimed_by_id == officer_id,
            )
            for one in items[:MOST]
        ),
        tuple(papers[:MOST]),
        tuple(promises[:MOST]),
        drafts,
        max(len(items), len(papers), len(promises)) > MOST,
    )


def _items(officer_id: int, pool_ids: Collection[int]) -> list[WorkItem]:
    rows = WorkItem.objects.filter(
        Q(claimed_by=officer_id) | Q(claimed_by=None), pool__in=pool_ids, state="OPEN"
    ).select_related("case__item_version")
    found = rows.order_by("due_at", "id")[: MOST + 1]
    return sorted(found, key=lambda one: one.claimed_by_id is None)


def _papers(officer_id: int, pool_ids: Collection[int]) -> list[Line]:
    """Papers she has signed for and not given on, those on their way, those she took in."""
    later = Custody.objects.filter(
        case=OuterRef("case"), papers=OuterRef("papers"), id__gt=OuterRef("id")
    )
    held = Custody.objects.filter(
        Q(received_by=officer_id) | Q(received_at=None),
        ~Exists(later),
        to_pool__in=pool_ids,
        taken_back_at=None,
        case__is_open=True,
    ).select_related("case__item_version")
    words = {"materials": _("申请材料"), "result": _("办理结果（证照、批文）")}
    lines = [
        Line(
            one.case_id,
            one.case.number,
            words.get(one.papers, one.papers),
            _("已签收") if one.received_at else _("送来还没有签收"),
            None,
            bool(one.received_at),
        )
        for one in held.order_by("id")[: MOST + 1]
    ]
    lines += [
        Line(one.pk, one.number, words["materials"], _("收件时留存"), None, True)
        for one in _taken_in(officer_id)
    ]
    return lines


def _taken_in(officer_id: int) -> QuerySet[Case]:
    """Open cases that she registered and whose papers have not been handed on since."""
    handed = Custody.objects.filter(case=OuterRef("pk"), papers="materials")
    rows = Case.objects.filter(~Exists(handed), registered_by=officer_id, is_open=True)
    return rows.order_by("id")[: MOST + 1]


def _promises(officer_id: int, cases: Iterable[int]) -> list[Line]:
    """Undertakings of applicants and dates told to them, in cases she has or has registered."""
    hers = Q(case__in=list(cases)) | Q(case__registered_by=officer_id)
    lines = [
        Line(
            one.case_id,
            one.case.number,
            _("容缺承诺"),
            _("申请人承诺补齐材料"),
            one.until,
        )
        for one in Commitment.objects.filter(hers, state="OPEN", case__is_open=True)
        .select_related("case")
        .order_by("until")[: MOST + 1]
    ]
    told = {
        "supplement": _("等申请人补正"),
        "tolerance": _("等容缺材料"),
        "delivery": _("答应送达结果"),
    }
    clocks = (
        Clock.objects.filter(hers, kind__in=TOLD_CLOCKS, state="running", due_on__isnull=False)
        .select_related("case")
        .order_by("due_on")
    )
    lines += [
        Line(one.case_id, one.case.number, told[one.kind], _("已告知申请人"), one.due_on)
        for one in clocks[: MOST + 1]
    ]
    dated = Case.objects.filter(
        Q(pk__in=list(cases)) | Q(registered_by=officer_id),
        is_open=True,
        promised_due_at__isnull=False,
    )
    lines += [
        Line(
            one.pk,
            one.number,
            _("承诺办结日"),
            _("已告知申请人"),
            local_day(one.promised_due_at) if one.promised_due_at else None,
        )
        for one in dated.order_by("promised_due_at")[: MOST + 1]
    ]
    return sorted(lines, key=lambda one: (one.until or date.max, one.number))


def _plain(line: Line) -> dict[str, Any]:
    return asdict(line) | {"until": line.until.isoformat() if line.until else None}


def _line(kept: dict[str, Any]) -> Line:
    until = kept.get("until")
    return Line(**{**kept, "until": date.fromisoformat(until) if until else None})
