"""Papers on the way (材料交接): sign by scanning, many at once, and the sheet of a trip."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.models import Custody
from webapp.cases.planning.papers import receiving
from webapp.cases.planning.words import minute_of
from webapp.cases.queries import on_the_way, run_sheet
from webapp.cases.queries.on_the_way import scanned
from webapp.cases.typesetting import Sheet, typeset
from webapp.core.access import page
from webapp.core.errors import Refused
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of
from workflows.calendars import CHINA

PAPERS = {"materials": "申请材料", "result": "办理结果"}


@page(policy.may_see_inbox)
@never_cache
def ways(request: HttpRequest) -> HttpResponse:
    """What waits to be signed for, and what the unit has given; `q` is what a scanner types."""
    by = acting_of(request)
    typed = request.GET.get("q", "")
    number = scanned(typed)
    found = on_the_way(by, number) if number or not typed.strip() else None
    sheets = {one.custody.run for one in found.given if one.custody.run} if found else set()
    context = {
        "found": found,
        "typed": typed,
        "number": number,
        "sheets": sorted(sheets),
        "run": run_sheet(by, number),
    }
    return render(request, "inboxes/ways.html", context)


@page(policy.may_see_inbox, methods=("POST",))
@never_cache
def receive(request: HttpRequest) -> HttpResponse:
    """Sign for the ticked cases, each in its own transaction; what is refused is named."""
    by = acting_of(request)
    signed = 0
    for case in _cases(request):
        try:
            signed += actions.receive_papers(case, by)
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
    if signed:
        messages.success(
            request, ngettext("已签收{n}份移交。", "已签收{n}份移交。", signed).format(n=signed)
        )
    return redirect("inboxes:ways")


@page(policy.may_see_inbox, methods=("POST",))
@never_cache
def take_along(request: HttpRequest) -> HttpResponse:
    """Make a sheet of the ticked cases for one trip, and show it."""
    by = acting_of(request)
    number = f"{by.at.astimezone(CHINA):%Y%m%d-%H%M%S}-{by.officer_id}"
    put = 0
    for case in _cases(request):
        try:
            put += actions.put_on_run(case, by, number)
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
    if not put:
        return redirect("inboxes:ways")
    messages.success(request, _("流转清单{number}做好了，请打印。").format(number=number))
    return redirect(reverse("inboxes:ways") + "?" + urlencode({"q": number}))


@page(policy.may_see_inbox)
@never_cache
def run_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet on A4, with the square code that opens its receiving page."""
    by = acting_of(request)
    rows = run_sheet(by, number)
    if not rows:
        raise Http404
    answer = HttpResponse(typeset([_sheet(number, rows)]), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="run.pdf"'
    return answer


def _cases(request: HttpRequest) -> list[int]:
    """The ticked cases, each once, in order; at least a sentence when none is."""
    ticked = {pk for one in request.POST.getlist("case") if (pk := whole(one)) is not None}
    if not ticked:
        messages.warning(request, _("请先勾选办件。"))
    return sorted(ticked)


def _sheet(number: str, rows: list[Custody]) -> Sheet:
    """A sheet prints in Chinese, whoever reads the page."""
    first = rows[0]
    lines = [
        [
            one.case.number,
            f"{one.case.applicant_name}，{one.case.item_version.name}",
            PAPERS.get(one.papers, one.papers),
            f"{one.to_pool.unit.name}{one.to_pool.role.name}" if one.to_pool else "申请人",
            minute_of(one.received_at) if one.received_at else "",
        ]
        for one in rows
    ]
    givers = "、".join(sorted({one.from_unit.name for one in rows}))
    content: dict[str, Any] = {
        "title": "材料流转清单",
        "organ": first.from_unit.name,
        "paragraphs": [
            f"交出单位：{givers}。交出时间：{minute_of(first.given_at)}。共{len(rows)}件。",
            "交出人和接收人当面点清，逐件签收；全部签收后本清单办结。电子材料随件流转，不用交接。",
        ],
        "lists": [
            {
                "title": "",
                "first": 2.6,  # widths: a case number fits on one line
                "columns": ["办件编号", "申请人、事项", "材料", "交给", "签收"],
                "rows": lines,
            }
        ],
        "signatures": ["交出人（签名、时间）", "带件人（签名、时间）", "接收人（签名、时间）"],
        "copies": "一式两份，交出人、接收人各一份。",
        "about": "流转清单编号",
        "case_number": number,
        **receiving(number),
    }
    return Sheet("RUN", number, content, first.given_at)
