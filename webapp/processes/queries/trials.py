"""Runs of a draft (试走)."""

from __future__ import annotations

from django.db.models import QuerySet

from webapp.core.errors import Unknown
from webapp.organisations.queries import Acting
from webapp.processes.models import Draft, TrialRun

MOST_RUNS = 10
"""Runs of one draft that are kept for one person."""


def mine(draft: Draft, by: Acting) -> QuerySet[TrialRun]:
    """Her runs of a draft, the latest first: one statement."""
    return TrialRun.objects.filter(draft=draft, by_id=by.officer_id).order_by("-changed_at")


def run(draft: Draft, run_id: int) -> TrialRun:
    """One run of a draft, also a colleague's whose address was passed on. Raises Unknown."""
    found = TrialRun.objects.select_related("by").filter(draft=draft, pk=run_id).first()
    if found is None:
        raise Unknown("没有这次试走。")
    return found
