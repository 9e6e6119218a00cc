"""Issued documents: as a page, as a PDF to read, and as paper from the counter's printer."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.models import Case, Document
from webapp.cases.queries import case_page, case_seen_by, prove, to_print
from webapp.cases.typesetting import Sheet, typeset
from webapp.cases.volume import write_volume
from webapp.core.access import page
from webapp.core.errors import Refused, Unknown
from webapp.core.typed import whole
from webapp.inboxes import policy, working
from webapp.organisations.middleware import acting_of

READING = "仅供查阅"


@page(policy.may_search)
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show one document as frozen when it was issued; whoever may see the case may read it."""
    found, case = _seen(request, document_id)
    return render(request, "inboxes/document.html", {"document": found, "case": case})


@page(policy.may_search)
@never_cache
def document_pdf(request: HttpRequest, document_id: int) -> HttpResponse:
    """The same as a PDF for the screen, marked as a reading copy (never the original)."""
    found, _case = _seen(request, document_id)
    mark = READING if found.state == Document.State.ISSUED else "作废"
    sheet = Sheet(found.code, found.number, found.content, found.issued_at, mark)
    return _pdf([sheet])


@page(policy.may_see_inbox)
@never_cache
def printing(request: HttpRequest) -> HttpResponse:
    """The print queue of the counter (待打印), case by case."""
    everything = request.GET.get("all") == "1"
    waiting = to_print(acting_of(request), everything=everything)
    by_case = sorted(waiting.papers, key=lambda one: (one.case_id, one.pk))
    groups = [list(papers) for _case, papers in groupby(by_case, lambda one: one.case_id)]
    groups.sort(key=lambda papers: papers[-1].issued_at, reverse=True)
    context = {
        "groups": groups,
        "everything": everything,
        "count": len(waiting.papers),
        "more": waiting.more,
    }
    return render(request, "inboxes/printing.html", context)


@page(policy.may_search, methods=("POST",))
@never_cache
def print_papers(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give the ticked documents of a case as one PDF; who prints what is on record."""
    ticked = [pk for one in request.POST.getlist("document") if (pk := whole(one)) is not None]
    try:
        sheets = actions.print_documents(case_id, acting_of(request), ticked)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("inboxes:case_tab", case_id=case_id, tab="documents")
    return _pdf(sheets)


@page(policy.may_search, methods=("POST",))
@never_cache
def issue(request: HttpRequest, case_id: int) -> HttpResponse:
    """Issue a paper that no step orders: application, evaluation slip, complaint form."""
    try:
        result = actions.issue_paper(case_id, acting_of(request), request.POST.get("code", ""))
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(
            request,
            working.told(
                format_html(_("文书已经出具（{}），可以打印。"), result.case_number), result
            ),
        )
    return redirect("inboxes:case_tab", case_id=case_id, tab="documents")


@page(policy.may_search, methods=("POST",))
@never_cache
def volume(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """The whole case as a ZIP in archive order (案卷); that it was taken out is on record."""
    by = acting_of(request)
    try:
        actions.export_volume(case_id, by)
        case = case_seen_by(by, case_id)
    except Unknown as unknown:
        raise Http404 from unknown
    try:
        made = write_volume(case_page(case, by.at), prove(case), by.at, by.name)
    except FileNotFoundError:
        messages.warning(request, _("有文件不在，案卷没有导出。请先在“经过”里校验本卷。"))
        return redirect("inboxes:case_tab", case_id=case_id, tab="documents")
    return FileResponse(
        made, as_attachment=True, filename=f"{case.number}.zip", content_type="application/zip"
    )


def _seen(request: HttpRequest, document_id: int) -> tuple[Document, Case]:
    found = Document.objects.select_related("organ").filter(pk=document_id).first()
    if found is None:
        raise Http404
    try:
        return found, case_seen_by(acting_of(request), found.case_id)
    except Unknown as absent:
        raise Http404 from absent


def _pdf(sheets: list[Sheet]) -> HttpResponse:
    answer = HttpResponse(typeset(sheets), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="documents.pdf"'
    return answer
