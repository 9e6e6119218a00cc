"""What a request may bring: no NUL characters, and no more bytes than anybody needs.

Nobody types a NUL, PostgreSQL has no place for it, and a query or form with one would otherwise
be a failure of the server. Uploads are written to the disk before anybody knows who sends them,
so their size is judged by what the request announces.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from webapp.core.typed import whole

NUL = "\x00"
LARGEST = 200 * 1024 * 1024
"""Bytes of one request: ten of the largest files (`webapp.cases.filetypes.LARGEST`)."""


class IncomingMiddleware:
    """Cleans the query and posted fields; refuses what is far too large, unread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _announced(request) > LARGEST:
            return render(request, "413.html", {"most": LARGEST // 1024 // 1024}, status=413)
        if NUL in request.path_info:
            raise Http404
        if _has_nul(request.GET):
            request.GET = _cleaned(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and _has_nul(request.POST):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def _announced(request: HttpRequest) -> int:
    """Bytes; 0 where nothing readable is said."""
    return whole(request.META.get("CONTENT_LENGTH")) or 0


def _has_nul(fields: QueryDict) -> bool:
    return any(
        NUL in name or any(NUL in value for value in values) for name, values in fields.lists()
    )


def _cleaned(fields: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True, encoding=fields.encoding)
    for name, values in fields.lists():
        for value in values:
            clean.appendlist(name.replace(NUL, ""), value.replace(NUL, ""))
    clean._mutable = False
    return clean
