"""What lies in the print queue of a counter: issued papers whose original was not printed yet."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from webapp.cases.models import Document
from webapp.organisations.queries import Acting

OUTWARD = ("D09", "D21", "D22", "D23", "D25W")
"""Forms for the applicant to sign that are addressed to the office."""
RECENT = timedelta(days=30)
MOST = 200


def to_print(by: Acting, *, everything: bool = False) -> list[Document]:
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
    return list(waiting.select_related("case", "organ").order_by("-issued_at", "-id")[:MOST])
