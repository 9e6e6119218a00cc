"""The files of a case: the bytes as they came, and the pictures of their first pages."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin

from webapp.cases import files
from webapp.cases.filetypes import INLINE
from webapp.cases.models import Attachment, StoredFile
from webapp.core.access import page
from webapp.inboxes import desk, policy
from webapp.organisations.middleware import acting_of

_NOTHING = {
    "default-src": ["'none'"],
    "img-src": ["'self'"],
    "style-src": ["'unsafe-inline'"],  # the browser's own viewer of PDF files
    "frame-ancestors": ["'self'"],
}
"""What a file may do in the browser: be looked at."""


def _file_or_404(request: HttpRequest, attachment_id: int) -> tuple[Attachment, str]:
    """A file of a case that she may see, and what is known of its bytes."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    desk.case_or_404(acting_of(request), found.case_id)
    state = StoredFile.objects.filter(pk=found.sha256).values_list("state", flat=True).first()
    return found, state or StoredFile.State.UNSCANNED


@page(policy.may_search)
@xframe_options_sameorigin
@csp_replace({**_NOTHING, "object-src": ["'self'"]})  # type: ignore[arg-type]
@never_cache
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """A file of a case: shown when the browser may, else downloaded under its name.

    Nothing is handed out before the scanner has answered, or after it has condemned a file.
    """
    found, state = _file_or_404(request, attachment_id)
    if state in {StoredFile.State.SCANNING, StoredFile.State.INFECTED}:
        context = {"file": found, "infected": state == StoredFile.State.INFECTED}
        return render(request, "inboxes/file_closed.html", context, status=409)
    path = files.path_of(found.sha256)
    if not path.is_file():
        raise Http404
    download = found.media_type not in INLINE or "download" in request.GET
    return FileResponse(
        path.open("rb"),
        as_attachment=download,
        filename=found.name,
        content_type=found.media_type,
    )


@page(policy.may_search)
@csp_replace({**_NOTHING, "sandbox": []})  # type: ignore[arg-type]
@never_cache
def preview(request: HttpRequest, attachment_id: int, number: int) -> HttpResponseBase:
    """The picture of one page of a file, drawn by ourselves."""
    found, state = _file_or_404(request, attachment_id)
    path = files.page_of(found.sha256, number)
    if state in {StoredFile.State.SCANNING, StoredFile.State.INFECTED} or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png")
