"""What colleagues have asked about cases: urges, demands, copies, talk; and what is put off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from webapp.cases.models import Case, Copy, Demand, Remark, Snooze, Urge, WorkItem
from webapp.organisations.queries import Acting
from workflows.calendars import local_day

MOST = 50
"""Rows of each list; there is a search for the rest."""


@dataclass(frozen=True, slots=True)
class AskedOfCase:
    """What stands at a case now: urges since the step that is open now began, open demands first."""

    urges: tuple[Urge, ...]
    demands: tuple[Demand, ...]
    copies: tuple[Copy, ...]
    remarks: tuple[Remark, ...]

    @property
    def open_demands(self) -> tuple[Demand, ...]:
        """Demands without an answer."""
        return tuple(one for one in self.demands if one.answered_at is None)


def asked_of_case(case: Case, open_items: Iterable[WorkItem]) -> AskedOfCase:
    """Four statements, whatever the case."""
    since = max((item.opened_at for item in open_items), default=None)
    urges = Urge.objects.filter(case=case).select_related("by").order_by("-at")
    demands = Demand.objects.filter(case=case).select_related("by", "answered_by")
    copies = Copy.objects.filter(case=case, ended_at=None).select_related("officer", "by")
    remarks = Remark.objects.filter(case=case).select_related("by")
    return AskedOfCase(
        urges=tuple(one for one in urges[:MOST] if since is not None and one.at >= since),
        demands=tuple(demands.order_by("id")),
        copies=tuple(copies.order_by("id")) if case.is_open else (),
        remarks=tuple(remarks.order_by("id")),
    )


def remarks_of(case: Case) -> list[Remark]:
    """The talk about a case, oldest first: one statement."""
    return list(Remark.objects.filter(case=case).select_related("by").order_by("id"))


def urged_cases(case_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these cases was last urged, for marks in lists: one statement."""
    found = Urge.objects.filter(case__in=list(case_ids)).order_by("at")
    return dict(found.values_list("case_id", "at"))


def copies_to(by: Acting) -> list[Copy]:
    """抄送我的: running cases that she may read by name: one statement."""
    found = Copy.objects.filter(officer=by.officer_id, ended_at=None, case__is_open=True)
    return list(found.select_related("case__item_version", "by").order_by("-id")[:MOST])


def snoozed_by(by: Acting) -> list[Snooze]:
    """稍后处理: open items of her pools that her list leaves out today: one statement."""
    found = Snooze.objects.filter(
        officer=by.officer_id,
        until__gt=local_day(by.at),
        item__state=WorkItem.State.OPEN,
        item__pool__in=by.pool_ids,
    )
    return list(found.select_related("item__case__item_version").order_by("until", "id")[:MOST])


def mentions_of(by: Acting) -> list[Remark]:
    """@ 我的: the newest first: one statement."""
    found = Remark.objects.filter(mentioned__contains=[by.officer_id])
    return list(found.select_related("case__item_version", "by").order_by("-id")[:MOST])


def demands_for(by: Acting) -> list[Demand]:
    """督办要我答复的: open ones at cases that wait in her pools, and those she made: one statement."""
    waits = WorkItem.objects.filter(state=WorkItem.State.OPEN, pool__in=by.pool_ids)
    found = Demand.objects.filter(
        Q(case__in=waits.values("case")) | Q(by=by.officer_id), answered_at=None
    )
    return list(
        found.select_related("case__item_version", "by").order_by("answer_by", "id")[:MOST]
    )
