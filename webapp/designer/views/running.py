"""Running cases and the version that they run on: compare, propose, confirm, take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases import policy as cases
from webapp.cases.models import Transfer
from webapp.cases.queries import transfers as seen
from webapp.cases.transferring import changes_between
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.designer import policy
from webapp.designer.choosing import Choice, read_choice, shown
from webapp.organisations.middleware import acting_of
from webapp.processes.models import Process

LINES = 100
"""Cases of an act on one page."""


@page(policy.may_read)
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Every process with its running cases, by version; and the acts so far."""
    acts = Paginator(seen.acts(), 20).get_page(request.GET.get("page"))
    context = {"rows": seen.running(), "acts": acts}
    return render(request, "designer/running.html", context)


@page(policy.may_read, methods=("GET", "POST"))
@never_cache
def board(request: HttpRequest, key: str) -> HttpResponse:
    """Running cases of one process by how they stand to the version in force.

    POST shows what the chosen move would do (`do=preview`), or proposes it (`do=propose`).
    """
    process = _process(key)
    if request.method != "POST":
        return _board(request, process)
    found = seen.board(process)
    made = read_choice(found, request.POST)
    if made.errors:
        return _board(request, process, made, status=422)
    if request.POST.get("do") != "propose":
        return _board(request, process, made)
    try:
        act = actions.propose_transfer(acting_of(request), key, made.cases, made.reason)
    except Invalid as wrong:
        made.errors |= wrong.errors
        return _board(request, process, made, status=422)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _board(request, process, made, status=409)
    messages.success(request, _("换版已提出，由另一位复核发布员确认以后开始。"))
    return redirect("designer:transfer", transfer_id=act.pk)


def _process(key: str) -> Process:
    try:
        return seen.process_of(key)
    except Unknown as unknown:
        raise Http404 from unknown


def _board(
    request: HttpRequest, process: Process, made: Choice | None = None, status: int = 200
) -> HttpResponse:
    found = seen.board(process)
    sources = dict.fromkeys((one.source, one.number) for one in found.cohorts)
    context: dict[str, Any] = {
        "process": process,
        "board": found,
        "cohorts": shown(found, made, request.POST.dict() if made else {}),
        "made": made,
        "differences": [
            (number, changes_between(source, process.current_id or 0))
            for source, number in sources
        ],
        "acts": seen.acts(process)[:10],
        "may_propose": cases.can_propose_transfer(acting_of(request)),
    }
    if made is not None and not made.errors:
        context["preview"] = seen.preview(process, made.cases)
    return render(request, "designer/board.html", context, status=status)


@page(policy.may_read)
@never_cache
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """One act: why, who, which cases, what became of them."""
    return _act(request, transfer_id)


@page(policy.may_read)
@never_cache
def lines(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """What became of the cases so far: a part of the page that renews itself."""
    context = _progress(request, _found(transfer_id))
    return render(request, "designer/parts/transfer_lines.html", context)


@page(policy.may_work, methods=("POST",))
def decide(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Confirm or decline; who proposed it may take it back."""
    agree, note = request.POST.get("do") == "agree", request.POST.get("note", "")
    try:
        actions.decide_transfer(transfer_id, acting_of(request), agree=agree, note=note)
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        return _act(request, transfer_id, {"errors": wrong.errors}, status=422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _act(request, transfer_id, {"note": note}, status=409)
    said = _("已确认，正在逐件换版。") if agree else _("已不同意，办件都留在原来的版本上。")
    messages.success(request, said)
    return redirect("designer:transfer", transfer_id=transfer_id)


@page(policy.may_publish, methods=("POST",))
def undo(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Take the moved cases back to the version that they came from."""
    reason = request.POST.get("reason", "")
    try:
        act = actions.undo_transfer(transfer_id, acting_of(request), reason)
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        return _act(request, transfer_id, {"errors": wrong.errors}, status=422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _act(request, transfer_id, {"reason": reason}, status=409)
    messages.success(request, _("正在把办件逐件退回原来的版本。"))
    return redirect("designer:transfer", transfer_id=act.pk)


@page(policy.may_publish, methods=("POST",))
def retry(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Try once more the cases that the workers have given up."""
    try:
        again = actions.retry_transfer(transfer_id, acting_of(request))
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _act(request, transfer_id, status=409)
    messages.success(request, _("{n} 件重新开始换版。").format(n=again))
    return redirect("designer:transfer", transfer_id=transfer_id)


def _found(transfer_id: int) -> Transfer:
    try:
        return seen.act(transfer_id)
    except Unknown as unknown:
        raise Http404 from unknown


def _act(
    request: HttpRequest,
    transfer_id: int,
    extra: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    found, by = _found(transfer_id), acting_of(request)
    proposed = found.state == Transfer.State.PROPOSED
    may_decide = proposed and cases.can_decide_transfer(by)
    may_decline = proposed and cases.can_decline_transfer(by, found.proposed_by_id)
    context = _progress(request, found) | {
        "may_confirm": may_decide and by.officer_id != found.proposed_by_id,
        "may_decline": may_decline,
        "expected": seen.expected(found) if proposed else (),
    }
    return render(request, "designer/transfer.html", context | (extra or {}), status=status)


def _progress(request: HttpRequest, found: Transfer) -> dict[str, Any]:
    rows = Paginator(seen.lines_of(found), LINES).get_page(request.GET.get("page"))
    return {
        "act": found,
        "lines": rows,
        "counts": seen.acts().get(pk=found.pk),
        "stuck": seen.given_up(found).count(),
        "may_retry": cases.can_retry_transfer(acting_of(request)),
        "may_undo": found.state == Transfer.State.APPROVED
        and not found.undoes_id
        and cases.can_decide_transfer(acting_of(request)),
        "returnable": seen.returnable(found),
    }
