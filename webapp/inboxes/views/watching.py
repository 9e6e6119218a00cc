"""Follow a case, take a list out as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.core.access import page
from webapp.core.errors import Unknown
from webapp.inboxes import actions, exporting, lists, policy
from webapp.organisations.middleware import acting_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(policy.may_search, methods=("POST",))
def watch(request: HttpRequest, case_id: int) -> HttpResponse:
    """Follow a case, or no longer (`do=stop`)."""
    by = acting_of(request)
    try:
        if request.POST.get("do") == "stop":
            actions.unwatch(by, case_id)
            messages.info(request, _("已取消关注。"))
        else:
            actions.watch(by, case_id)
            messages.success(request, _("已关注。在“待办”的“关注”里可以随时看它办到哪里。"))
    except Unknown as unknown:
        raise Http404 from unknown
    return redirect("inboxes:case", case_id=case_id)


@page(policy.may_see_inbox, methods=("POST",))
def export(request: HttpRequest) -> HttpResponseBase:
    """The list of the page as a spreadsheet; who took it, and how much, is on record."""
    by = acting_of(request)
    query = QueryDict(request.POST.get("query", "")[:500])
    wanted = lists.asked(query, by)
    file, many = exporting.workbook(by, wanted)
    about = {key: query[key] for key in (*lists.KEPT, "q") if query.get(key)}
    actions.record_export(by, about, many)
    day = timezone.localtime(by.at).strftime("%Y%m%d-%H%M")
    name = _("待办{day}.xlsx").format(day=day)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
