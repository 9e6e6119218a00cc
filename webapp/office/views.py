"""Pages of leaders and of the county office: the board, registers, processes, parameters."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.audit.queries import last_seals_by_day
from webapp.catalogue import calendars
from webapp.core.access import page
from webapp.core.db import now
from webapp.core.errors import Unknown
from webapp.core.typed import whole
from webapp.office import card_queries, policy, queries
from webapp.office.denial_rates import denial_rates
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Unit
from webapp.processes import queries as processes
from webapp.processes.models import Process

RATE_SPAN = timedelta(days=365)
"""How far back rates of denial are counted."""


def _scope(request: HttpRequest) -> queries.Scope:
    acting = acting_of(request)
    return queries.Scope(policy.sees_county(acting), policy.led_unit_ids(acting))


@page(policy.may_see_board)
def board(request: HttpRequest) -> HttpResponse:
    """Rows of units, columns of work; people who hold the most; cards of today."""
    at, acting = now(), acting_of(request)
    scope = _scope(request)
    context = {
        "rows": queries.board(scope, at),
        "people": queries.people(scope, at),
        "cards": card_queries.today(acting, at),
        "card_scope": "county" if scope.everything else "unit",
        "missing": (
            calendars.missing_year(timezone.localdate(at)) if scope.everything else None
        ),
        "at": at,
    }
    return render(request, "office/board.html", context)


@page(policy.may_see_board)
def unit_items(request: HttpRequest, unit_id: int, band: str) -> HttpResponse:
    """The open items behind one number of the board, of everybody or of one person."""
    scope, asked = _scope(request), request.GET.get("person", "")
    person = whole(asked)
    known = band in queries.BANDS and (not asked or person is not None)
    if not known or not queries.may_see_seat(scope, unit_id):
        raise Http404
    at = now()
    context = {
        "unit": get_object_or_404(Unit, pk=unit_id),
        "band": band,
        "may_reassign": policy.leads(acting_of(request)),
        "person": person,
        "people": queries.people(scope, at, seat=unit_id, limit=100),
        "items": queries.open_items_of(unit_id, band, at, person=person),
        "at": at,
    }
    return render(request, "office/unit_items.html", context)


@page(policy.may_see_county_office)
def denials(request: HttpRequest) -> HttpResponse:
    """The register of negative acts and what the office answered (DENY-01)."""
    state = request.GET.get("state", "")
    if state not in {"", "FILED", "ACKNOWLEDGED", "QUERIED"}:
        raise Http404
    filings = Paginator(queries.denial_filings(state), 50).get_page(request.GET.get("page"))
    at = acting_of(request).at
    units, items = denial_rates(at - RATE_SPAN, at)
    context = {"filings": filings, "state": state, "units": units, "items": items}
    return render(request, "office/denials.html", context)


@page(policy.may_see_county_office)
def process_list(request: HttpRequest) -> HttpResponse:
    """Every process with its version in force and its running cases."""
    return render(request, "office/processes.html", {"processes": queries.processes_in_use()})


@page(policy.may_see_county_office)
def process(request: HttpRequest, key: str, part: str = "") -> HttpResponse:
    """A process as drawn, with the open work at each step (heat map)."""
    row = get_object_or_404(Process.objects.select_related("current"), key=key)
    if row.current is None:
        raise Http404
    at = now()
    bundle = processes.bundle(row.current.pk)
    shown = part or key
    if shown not in bundle.processes:
        raise Http404
    waiting = queries.waiting_by_element(row.current.pk, at)
    drawn = bundle.processes[shown]
    here = {
        element.id: waiting[f"{shown}/{element.id}"]
        for element in drawn.scope.walk()
        if f"{shown}/{element.id}" in waiting
    }
    context = {
        "process": row,
        "parts": [(k, p.name) for k, p in bundle.processes.items()],
        "shown": shown,
        "steps": [e for e in drawn.scope.walk() if e.work is not None],
        "lanes": drawn.lanes,
        "state": _heat(here),
        "waiting": here,
    }
    return render(request, "office/process.html", context)


def _heat(waiting: dict[str, tuple[int, int]]) -> dict[str, object]:
    notes = {
        element: (_("在办 {n}，超期 {late}") if late else _("在办 {n}")).format(
            n=count, late=late
        )
        for element, (count, late) in waiting.items()
    }
    return {
        "done": [],
        "current": [element for element, (_, late) in waiting.items() if not late],
        "overdue": [element for element, (_, late) in waiting.items() if late],
        "notes": notes,
    }


@page(policy.may_see_county_office)
def process_drawing(request: HttpRequest, key: str, part: str) -> HttpResponse:
    """The BPMN file of a part of the version in force, for the viewer and for saving."""
    row = get_object_or_404(Process, key=key)
    if row.current_id is None:
        raise Http404
    try:
        drawing = processes.diagram(row.current_id, part)
    except Unknown as unknown:
        raise Http404 from unknown
    return HttpResponse(drawing, content_type="application/xml; charset=utf-8")


@page(policy.may_see_county_office)
def coverage(request: HttpRequest) -> HttpResponse:
    """Work that nobody can do, posts without a B, villages without an agent (DUTY-03, ORG-13)."""
    at = now()
    day = timezone.localdate(at)
    context = {
        "stranded": queries.work_of_nobody(at),
        "posts": queries.posts_without_cover(day),
        "villages": queries.villages_without_agent(day),
        "day": day,
    }
    return render(request, "office/coverage.html", context)


@page(policy.may_see_seals)
def seals(request: HttpRequest) -> HttpResponse:
    """The last seal of each day, to be printed and kept outside this machine (design: security)."""
    return render(request, "office/seals.html", {"days": last_seals_by_day()})
