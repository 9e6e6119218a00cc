"""The one page of a village agent, and the ledger of what agents have done (AGT-02, AGT-09)."""

from __future__ import annotations

import csv
import io
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.queries import RESULT_NAMES, case_seen_by
from webapp.cases.queries.ledger import Entry, ledger, month_of, roll_up
from webapp.cases.queries.village import village_round
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.inboxes import policy
from webapp.organisations.middleware import acting_of
from workflows.calendars import CHINA, local_day

WAYS = {
    "agency": gettext_lazy("代为办理"),
    "guide": gettext_lazy("指导办理"),
    "immediate": gettext_lazy("即时办理"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@page(policy.may_use_village_page)
@never_cache
def village(request: HttpRequest) -> HttpResponse:
    """Register for a villager, deliver, supplement; all on one page."""
    by = acting_of(request)
    station = next(by.in_role("village.agent"))
    context = {"round": village_round(by), "station": station.unit_name, "at": by.at}
    return render(request, "inboxes/village.html", context)


@page(policy.may_search, methods=("POST",))
@never_cache
def revoke(request: HttpRequest, case_id: int) -> HttpResponse:
    """The applicant takes the mandate back (AGT-01)."""
    try:
        actions.revoke_mandate(case_id, acting_of(request), request.POST.get("reason", ""))
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        messages.warning(request, wrong.errors.get("reason", wrong.sentence))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("委托已经取消，代办员不能再代为办理这件申请。"))
    try:
        case_seen_by(acting_of(request), case_id)
    except Unknown:  # it was hers only as the agent
        return redirect("inboxes:village")
    return redirect("inboxes:case", case_id=case_id)


@page(policy.may_read_ledger)
@never_cache
def village_ledger(request: HttpRequest) -> HttpResponse:
    """A month of agency: for an agent her village, above her first the villages, then one of them."""
    by = acting_of(request)
    month, chosen = _asked(request)
    listed = chosen is not None or by.has("village.agent")
    entries = ledger(by, month, chosen) if listed else []
    context = {
        "month": month,
        "villages": [] if by.has("village.agent") else roll_up(by, month),
        "listed": listed,
        "rows": [(one, WAYS[one.way], _result(one)) for one in entries],
        "chosen": chosen or "",
        "place": entries[0].village if entries else "",
    }
    return render(request, "inboxes/village_ledger.html", context)


@page(policy.may_read_ledger)
@never_cache
def village_ledger_csv(request: HttpRequest) -> HttpResponse:
    """The same as a table for a spreadsheet: UTF-8 with its mark, and no cell is a formula."""
    by = acting_of(request)
    month, chosen = _asked(request)
    out = io.StringIO()
    write = csv.writer(out)
    heads = (_("登记时间"), _("办件号"), _("村"), _("申请人"), _("事项"), _("方式"))
    write.writerow(
        [*heads, _("代办员"), _("乡镇办件"), _("结果"), _("办结时间"), _("收费（元）")]
    )
    for one in ledger(by, month, chosen):
        write.writerow(
            _plain(cell)
            for cell in (
                f"{one.received_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
                *(one.number, one.village, one.applicant, one.item, str(WAYS[one.way])),
                *(one.agent, one.sent_on, _result(one)),
                f"{one.closed_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if one.closed_at else "",
                "0",
            )
        )
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="ledger-{month:%Y-%m}.csv"'
    return answer


def _asked(request: HttpRequest) -> tuple[date, int | None]:
    today = local_day(acting_of(request).at)
    return month_of(request.GET.get("month", ""), today), whole(request.GET.get("village", ""))


def _result(one: Entry) -> str:
    return _(RESULT_NAMES.get(one.result, one.result)) if one.result else _("在办")


def _plain(cell: str) -> str:
    """A cell that a spreadsheet does not calculate."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
