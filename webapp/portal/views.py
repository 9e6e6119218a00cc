"""The public page: progress by number and query code; is this file the one that was issued?"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.core.access import anyone, page
from webapp.core.db import now
from webapp.portal import throttle
from webapp.portal.queries import document_with, progress


@page(anyone, methods=("GET", "POST"))
@never_cache
def query(request: HttpRequest) -> HttpResponse:
    """Ask with a number and a code; with a file (POST) also compare it with what was issued.

    Unknown and wrong get the same answer; too many wrong ones are told to come later (429).
    """
    asked = request.POST if request.method == "POST" else request.GET
    number, code = asked.get("n", "").strip()[:40], asked.get("c", "").strip()[:20]
    context: dict[str, Any] = {"number": number, "code": code}
    if not number and not code:
        return render(request, "portal/query.html", context)
    at = now()
    if throttle.is_braked(request, number, at):
        context["problem"] = _("查询太频繁，请一小时后再试，或者到受理窗口、打窗口电话查询。")
        return render(request, "portal/query.html", context, status=429)
    found = progress(number, code, at)
    if found is None:
        throttle.note_wrong(request, number, at)
        context["problem"] = _("没有查到。请核对办件编号和查询码，两样都印在给您的文书最下面。")
        return render(request, "portal/query.html", context, status=404)
    context |= {"found": found, "phases": [_("受理"), _("承办"), _("回复")]}
    file = request.FILES.get("file")
    if file is not None:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        context |= {"compared": True, "same": document_with(found, digest.hexdigest())}
    return render(request, "portal/query.html", context)
