"""未销号清单: numbers that are still open, for the window and for the county (PROC-11)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases.queries.open_numbers import (
    open_numbers,
    open_numbers_by_unit,
    struck_without_proof,
)
from webapp.cases.queries.seen import READ_ALL
from webapp.core.access import page
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting

STAGES = {
    "": gettext_noop("全部未销号"),
    "undecided": gettext_noop("还没决定"),
    "undelivered": gettext_noop("已决定，没送达"),
    "late": gettext_noop("过了到期日"),
}


def units_of(by: Acting) -> list[int] | None:
    """The units whose numbers she answers for; None for those who read the whole county."""
    if by.roles & READ_ALL:
        return None
    return sorted({held.unit_id for held in by.held if held.works})


@page(policy.may_search)
def numbers(request: HttpRequest) -> HttpResponse:
    """Counts by unit, and behind each number its cases."""
    by = acting_of(request)
    allowed = units_of(by)
    stage = request.GET.get("stage", "")
    unit = whole(request.GET.get("unit"))
    if stage not in STAGES or (
        unit is not None and allowed is not None and unit not in allowed
    ):
        raise Http404
    rows = open_numbers_by_unit(by.at, allowed)
    chosen = allowed if unit is None else [unit]
    listed = open_numbers(by.at, chosen, stage)
    context = {
        "rows": rows,
        "page": Paginator(listed, 50).get_page(request.GET.get("page")),
        "stages": [(key, _(words)) for key, words in STAGES.items()],
        "stage": stage,
        "unit": unit,
        "unit_name": next((row.unit for row in rows if row.unit_id == unit), ""),
        "unproven": list(struck_without_proof(chosen)[:20]),
        "at": by.at,
    }
    return render(request, "inboxes/numbers.html", context)
