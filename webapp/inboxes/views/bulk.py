"""Sign for, hand over or spread many work items at once; a report says what went where."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.core.access import page
from webapp.core.typed import whole
from webapp.inboxes import bulk, policy
from webapp.organisations.middleware import acting_of

BALANCE = "balance"


def _chosen(request: HttpRequest) -> list[int]:
    numbers = (whole(text) for text in request.POST.getlist("item"))
    return [number for number in numbers if number is not None]


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("back", "")
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own else "/inbox/"


@page(policy.may_see_inbox, methods=("POST",))
def together(request: HttpRequest) -> HttpResponse:
    """Items that were ticked in a list: claim them, or choose who gets them (`do=hand`)."""
    by, chosen, back = acting_of(request), _chosen(request), _back(request)
    if not chosen:
        messages.warning(request, _("还没有选办件。请先在列表左边打勾，再点这里。"))
        return redirect(back)
    items = bulk.items_for(by, chosen)
    if not items:
        raise Http404
    order = request.POST.get("do", "")
    if order == "claim":
        report = bulk.claim_all(by, items)
        return _told(request, report, back)
    context = {
        "items": items,
        "people": bulk.candidates(by, items),
        "back": back,
        "dropped": len(chosen) - len(items),
        "most": bulk.MOST,
        "typed": {"to": request.POST.get("to", ""), "reason": request.POST.get("reason", "")},
        "errors": {},
    }
    if order != "hand":
        return render(request, "inboxes/together.html", context)
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "").strip()[:300]
    person = whole(to)
    errors = {}
    if to != BALANCE and person not in {one.id for one in bulk.candidates(by, items)}:
        errors["to"] = _("请选转给谁，或者选平均分给在岗的同事。")
    if not reason:
        errors["reason"] = _("请写明为什么转办。")
    if errors:
        return render(
            request, "inboxes/together.html", context | {"errors": errors}, status=422
        )
    if person is None:
        report = bulk.balance(by, items, reason)
    else:
        report = bulk.hand_all(by, items, person, reason)
    return _told(request, report, back)


def _told(request: HttpRequest, report: list[bulk.Went], back: str) -> HttpResponse:
    done = sum(not went.problem for went in report)
    words = ngettext("{n}件办好了。", "{n}件办好了。", done).format(n=done)
    if done == len(report) and request.POST.get("do") == "claim":
        messages.success(request, words)
        return redirect(back)
    context = {"report": report, "words": words, "back": back}
    return render(request, "inboxes/together_done.html", context)
