"""Pages of fees: the bill of one case, and the ledger of a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import policy as cases
from webapp.cases.queries import case_seen_by
from webapp.cases.queries.seen import READ_ALL
from webapp.catalogue.queries import item_version
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.fees import actions, queries
from webapp.fees.models import Reduction
from webapp.fees.rates import rate_of
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting
from workflows.calendars import local_day, moment


def may_read(request: HttpRequest) -> bool:
    """Those who work on cases, and the county's eyes; which ones: the queries."""
    by = acting_of(request)
    return any(held.works for held in by.held) or bool(by.roles & READ_ALL)


@page(may_read)
@never_cache
def fee(request: HttpRequest, case_id: int) -> HttpResponse:
    """What one case costs, and what was paid."""
    return _shown(request, case_id)


def _shown(
    request: HttpRequest,
    case_id: int,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    by = acting_of(request)
    try:
        case = case_seen_by(by, case_id)
    except Unknown as unknown:
        raise Http404 from unknown
    bill = queries.bill_of(case_id)
    sent = bill.reductions.select_related("proposed_by", "decided_by") if bill else ()
    reductions = list(sent)
    errors = errors or {}
    context: dict[str, Any] = {
        "case": case,
        "bill": bill,
        "due": bill.amount - bill.reduced if bill else 0,
        "receipt": getattr(bill, "receipt", None),
        "reductions": reductions,
        "waiting": next((r for r in reductions if r.state == Reduction.State.OPEN), None),
        "rate": rate_of(item_version(case.item_version_id)),
        "at_window": _at_window(by, case) and case.agent_id is None,
        "leads": cases.can_lead(by, case),
        "errors": errors,
        "problems": [(f"fee-{name}", words) for name, words in errors.items()],
        "typed": request.POST,
    }
    return render(request, "fees/fee.html", context, status=status)


def _at_window(by: Acting, case: Any) -> bool:
    roles = set(cases.REGISTERING) - {"village.agent"}
    return any(
        held.role in roles and held.unit_id == case.accountable_unit_id for held in by.held
    )


@page(may_read, methods=("POST",))
@never_cache
def fee_do(request: HttpRequest, case_id: int, verb: str) -> HttpResponse:
    """Bill, reduce, decide, receive; a refusal shows the page with what was typed."""
    by, typed = acting_of(request), request.POST
    try:
        case_seen_by(by, case_id)
        if verb == "bill":
            actions.make_bill(case_id, by, whole(typed.get("quantity"), 6) or 0)
            said = _("缴费单已开。")
        elif verb == "reduce":
            wanted = [str(typed.get(name, "")) for name in ("amount", "reason", "basis")]
            actions.propose_reduction(case_id, by, *wanted)
            said = _("已提出减免，等窗口负责人确认。")
        elif verb == "decide":
            actions.decide_reduction(case_id, by, agree=typed.get("do") == "agree")
            said = _("已记下对减免的决定。")
        elif verb == "receive":
            number = actions.receive_fee(case_id, by, str(typed.get("payer", "")))
            said = _("已收费，收据{number}。").format(number=number)
        else:
            raise Http404
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        return _shown(request, case_id, wrong.errors, 422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _shown(request, case_id, status=409)
    messages.success(request, said)
    return redirect("fees:fee", case_id=case_id)


@page(may_read)
@never_cache
def ledger(request: HttpRequest) -> HttpResponse:
    """Receipts of a month in the order of their numbers, with the sum."""
    by = acting_of(request)
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = local_day(by.at).replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    units = None
    if not by.roles & READ_ALL:
        units = [held.unit_id for held in by.held if held.works]
    rows, sums = queries.ledger(moment(month), moment(following), units)
    context = {
        "month": month,
        "before": f"{month - timedelta(days=1):%Y-%m}",
        "after": f"{following:%Y-%m}" if following <= local_day(by.at) else "",
        "page": Paginator(rows, 100).get_page(request.GET.get("page")),
        "sums": sums,
    }
    return render(request, "fees/ledger.html", context)
