"""An issued document as the page that is printed and handed over."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from webapp.cases.models import Document
from webapp.cases.queries import case_seen_by
from webapp.core.access import page
from webapp.core.errors import Unknown
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of


@page(policy.may_search)
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show one document as frozen when it was issued; whoever may see the case may read it."""
    found = Document.objects.select_related("organ").filter(pk=document_id).first()
    if found is None:
        raise Http404
    try:
        case = case_seen_by(acting_of(request), found.case_id)
    except Unknown as absent:
        raise Http404 from absent
    return render(request, "inboxes/document.html", {"document": found, "case": case})
