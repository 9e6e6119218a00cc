"""Where parameters stand (参数): one page that leads to each of them."""

from __future__ import annotations

from collections.abc import Mapping

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
    rows, names = Parameter.objects.in_bulk(), role_names()
    context = {
        "figures": [_figure(key, rows.get(key), names) for key in KNOWN],
        "counts": changes.counts(),
        "may_read_library": processes.may_read(acting_of(request)),
        "may_change": changing.may_propose(acting_of(request)),
    }
    return render(request, "office/parameters.html", context)


def _figure(key: str, row: Parameter | None, names: Mapping[str, str]) -> Mapping[str, object]:
    kind = kind_of("parameter.role" if KNOWN[key].roles else "parameter")
    value = kind.current(key)
    return {
        "key": key,
        "kind": kind.key,
        "name": kind.subject_name(key),
        "value": names.get(value["role"], value["role"])
        if "role" in value
        else KNOWN[key].says(value["value"]),
        "source": value["source"],
        "by_county": row is not None and row.by_county,
    }


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
