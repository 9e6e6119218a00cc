"""What lies in the print queue of a counter: issued papers whose original was not printed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from webapp.cases.models import Document
from webapp.organisations.queries import Acting

OUTWARD = ("D09", "D21", "D22", "D23", "D25W")
"""Forms for the applicant to sign that are addressed to the office."""
RECENT = timedelta(days=30)
MOST = 200
"""How many papers the page lists; the rest moves up as these are printed."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The newest papers that wait; `more` says that others wait behind them."""

    papers: list[Document]
    more: bool


def to_print(by: Acting, *, everything: bool = False) -> Queue:
    """Papers that the officer's windows or organ have to print, newest first: one statement.

    Only what goes to the applicant or is signed by her, unless `everything`; of the last 30 days.
    """
    units = {held.unit_id for held in by.held if held.works}
    waiting = Document.objects.filter(
        Q(case__accountable_unit__in=units) | Q(case__competent_unit__in=units),
        printed_at=None,
        state=Document.State.ISSUED,
        issued_at__gte=by.at - RECENT,
    )
    if not everything:
        waiting = waiting.filter(Q(content__has_key="query") | Q(code__in=OUTWARD))
    newest = waiting.select_related("case", "organ").order_by("-issued_at", "-id")
    papers = list(newest[: MOST + 1])
    return Queue(papers[:MOST], more=len(papers) > MOST)
