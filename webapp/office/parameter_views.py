"""Where parameters stand (参数): one page that leads to each of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from webapp.catalogue.models import Parameter, VerbRule
from webapp.catalogue.parameters import KNOWN
from webapp.catalogue.verbs import VERBS
from webapp.changes import policy as changing
from webapp.changes import queries as changes
from webapp.changes.kinds import kind_of
from webapp.changes.kinds.verb import role_names
from webapp.core.access import page
from webapp.office import policy
from webapp.organisations.middleware import acting_of
from webapp.processes import policy as processes


@page(policy.may_see_parameters)
def parameters(request: HttpRequest) -> HttpResponse:
    """The county's own figures, and the way to every other parameter."""
    kind = kind_of("parameter")
    rows = Parameter.objects.in_bulk()
    figures = [(key, kind.subject_name(key), kind.current(key), rows.get(key)) for key in KNOWN]
    context = {
        "figures": figures,
        "counts": changes.counts(),
        "may_read_library": processes.may_read(acting_of(request)),
        "may_change": changing.may_propose(acting_of(request)),
    }
    return render(request, "office/parameters.html", context)


@page(policy.may_see_parameters)
def verbs(request: HttpRequest) -> HttpResponse:
    """Which role may use which verb."""
    rows, names = VerbRule.objects.in_bulk(), role_names()
    lines = []
    for verb, known in VERBS.items():
        row = rows.get(verb)
        roles = [names.get(key, key) for key in (row.roles if row else known.roles)]
        lines.append((verb, known, roles, row))
    context = {"lines": lines, "may_change": changing.may_propose(acting_of(request))}
    return render(request, "office/verbs.html", context)
