"""The library in force: what there is, who uses and changes it, how many cases run on it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from webapp.core.access import page
from webapp.core.errors import Unknown
from webapp.core.typed import whole
from webapp.designer import policy, shelves
from webapp.designer.stock import Asked, stock
from webapp.organisations.middleware import acting_of
from webapp.processes import policy as processes
from webapp.processes.models import Draft
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.library import content_of, in_force

TYPES = {
    "bpmn": "application/xml",
    "dmn": "application/xml",
    "json": "application/json",
    "yaml": "text/plain",
}
DRAFTS_PER_PAGE = 10


@page(policy.may_read)
def library(request: HttpRequest) -> HttpResponse:
    """Processes, shared parts, tables, forms and wordings; `?draft=3` chooses for that draft."""
    asked = Asked(
        request.GET.get("q", "")[:80], request.GET.get("kind", ""), request.GET.get("state", "")
    )
    found = stock(asked, request.GET.get("page"))
    titles = shelves.kinds()
    context = {
        "asked": asked,
        "stock": found,
        "page": found.page,
        "kind_names": {place: titles[key][0] for place, key in shelves.PLACES.items()},
        "about": titles[asked.kind][1] if asked.kind in titles else "",
        "drafts": Paginator(seen.open_drafts(asked.words), DRAFTS_PER_PAGE).get_page(
            request.GET.get("drafts")
        ),
        "may_design": processes.may_design(acting_of(request)),
        "into": _into(request),
    }
    return render(request, "designer/library.html", context)


def _into(request: HttpRequest) -> Draft | None:
    """The draft that files are chosen for, when she may change it."""
    number = whole(request.GET.get("draft"))
    if number is None:
        return None
    try:
        found = seen.draft(number)
    except Unknown:
        return None
    return found if processes.can_edit(acting_of(request), found) else None


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
