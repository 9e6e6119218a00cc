"""Files that come in piece by piece (`uploads.js`); answers are JSON.

`POST /uploads/` announces a file, `POST /uploads/<id>/?offset=` brings a piece as the body,
`GET` says how far it is, `?drop=1` gives it up. Every request is looked at by itself: whose upload
it is, and whether she still has the case in hand.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.models import Upload
from webapp.cases.queries.uploads import upload_of
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of

PIECES = "application/octet-stream"
"""How a piece is sent: as it is, not as a form."""


@page(policy.may_see_inbox, methods=("POST",))
@never_cache
def begin(request: HttpRequest) -> JsonResponse:
    """Announce a file: place, material, key, name and size."""
    asked = request.POST
    try:
        found = actions.begin_upload(
            acting_of(request),
            asked.get("place", ""),
            asked.get("material", ""),
            asked.get("key", ""),
            name=asked.get("name", ""),
            size=whole(asked.get("size", "")) or 0,
        )
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        return _refused(refusal)
    return _told(found)


@page(policy.may_see_inbox, methods=("GET", "POST"))
@never_cache
def upload(request: HttpRequest, upload_id: UUID) -> JsonResponse:
    """One upload: a piece for it, how far it is, or its end."""
    by = acting_of(request)
    try:
        found = upload_of(by.officer_id, upload_id)
        if request.method == "GET":
            return _told(found)
        if "drop" in request.GET:
            actions.drop_upload(by, upload_id)
            return JsonResponse({"dropped": True})
        offset = whole(request.GET.get("offset", ""))
        if offset is None or request.content_type != PIECES:
            return JsonResponse({"problem": _("没有收下。")}, status=422)
        return _told(actions.add_piece(by, upload_id, offset, request.body))
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        return _refused(refusal)


def _told(found: Upload) -> JsonResponse:
    said: dict[str, Any] = {
        "id": str(found.pk),
        "received": found.received,
        "size": found.size,
        "whole": found.is_whole,
        "attached": found.attachment_id is not None,
    }
    return JsonResponse(said)


def _refused(refusal: Refused) -> JsonResponse:
    words = refusal.sentence
    if isinstance(refusal, Invalid) and refusal.errors:
        words = " ".join(refusal.errors.values())
    return JsonResponse({"problem": words or _("没有收下。")}, status=422)
