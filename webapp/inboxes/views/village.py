"""The one page of a village agent: help somebody, and what has to be done today (AGT-02)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from webapp.cases.queries.village import village_round
from webapp.core.access import page
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of


@page(policy.may_use_village_page)
@never_cache
def village(request: HttpRequest) -> HttpResponse:
    """Register for a villager, deliver, supplement; all on one page."""
    by = acting_of(request)
    station = next(by.in_role("village.agent"))
    context = {"round": village_round(by), "station": station.unit_name, "at": by.at}
    return render(request, "inboxes/village.html", context)
