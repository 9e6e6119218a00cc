"""The library in force: what there is, who changes it, how many cases run on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from webapp.core.access import page
from webapp.designer import policy, shelves
from webapp.organisations.middleware import acting_of
from webapp.processes import policy as processes
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.library import content_of, in_force

TYPES = {
    "bpmn": "application/xml",
    "dmn": "application/xml",
    "json": "application/json",
    "yaml": "text/plain",
}


@page(policy.may_read)
def library(request: HttpRequest) -> HttpResponse:
    """Processes, shared parts, tables, forms and wordings, with the drafts that change them."""
    context = {
        "shelves": shelves.shelves(),
        "drafts": seen.open_drafts(),
        "may_design": processes.may_design(acting_of(request)),
    }
    return render(request, "designer/library.html", context)


@page(policy.may_read)
def file_in_force(request: HttpRequest, path: str) -> HttpResponse:
    """One file of the library, to keep or to open in another program (export)."""
    digest = in_force().get(path)
    if digest is None:
        raise Http404
    return as_file(path, content_of(digest))


def as_file(path: str, content: bytes) -> HttpResponse:
    """A file of the library as a download that no browser executes."""
    name = path.rpartition("/")[2]
    kind = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    answer = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
