"""What may be done to a case beside its drawn steps (更多): withdraw, suspend, terminate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from webapp.cases import actions
from webapp.cases.queries import case_page
from webapp.cases.stepping import StepResult
from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.inboxes import desk, policy, working
from webapp.inboxes.commands import is_on_its_way
from webapp.inboxes.views.cases import case_response
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting

Typed = Mapping[str, str]


def _withdraw(case_id: int, by: Acting, typed: Typed) -> StepResult:
    return actions.withdraw(case_id, by, typed.get("reason", ""))


def _suspend(case_id: int, by: Acting, typed: Typed) -> StepResult:
    reason, basis = typed.get("reason", ""), typed.get("legal_basis", "")
    return actions.suspend(case_id, by, typed.get("cause", ""), reason, basis)


def _resume(case_id: int, by: Acting, typed: Typed) -> StepResult:
    return actions.resume(case_id, by, typed.get("reason", ""))


def _terminate(case_id: int, by: Acting, typed: Typed) -> StepResult:
    reason, basis = typed.get("reason", ""), typed.get("legal_basis", "")
    paper, refile = typed.get("paper", ""), typed.get("refile", "")
    return actions.propose_termination(case_id, by, reason, basis, paper, refile)


def _decide(case_id: int, by: Acting, typed: Typed) -> StepResult:
    agree = typed.get("do") == "agree"
    return actions.decide_termination(case_id, by, agree=agree, note=typed.get("note", ""))


def _give_back(case_id: int, by: Acting, typed: Typed) -> StepResult:
    recipient, relation = typed.get("recipient", ""), typed.get("relation", "")
    return actions.give_back(case_id, by, recipient, relation, typed.get("mail_number", ""))


def _acknowledge(case_id: int, by: Acting, typed: Typed) -> StepResult:
    outcome, opinion = typed.get("outcome", ""), typed.get("opinion", "")
    return actions.acknowledge_filing(case_id, by, outcome, opinion)


def _answer(case_id: int, by: Acting, typed: Typed) -> StepResult:
    return actions.answer_query(case_id, by, typed.get("answer", ""))


_CALLS: Mapping[str, tuple[Callable[[int, Acting, Typed], StepResult], str]] = {
    "withdraw": (_withdraw, gettext_noop("已登记申请人撤回（{}）。")),
    "suspend": (_suspend, gettext_noop("已中止办理（{}）。")),
    "resume": (_resume, gettext_noop("已恢复办理（{}），时限接着计算。")),
    "terminate": (_terminate, gettext_noop("已提议终止办理（{}）。")),
    "decide": (_decide, gettext_noop("已确认终止办理（{}）。")),
    "give_back": (_give_back, gettext_noop("已登记退还材料（{}）。")),
    "acknowledge": (_acknowledge, gettext_noop("已记下备案审阅结果（{}）。")),
    "answer": (_answer, gettext_noop("已答复质询（{}）。")),
}
_DECLINED = gettext_noop("不同意终止（{}），办件继续办。")
_PASSED_ON = gettext_noop("已登记（{}），并转给乡镇办件，正在等答复。")
PASSED_ON = frozenset({"withdraw", "terminate"})
"""What a village case passes on to the township case that it has started."""
VERBS = tuple(_CALLS)
"""Ends of the addresses of the commands."""


@page(policy.may_search, methods=("POST",))
@never_cache
def command(request: HttpRequest, case_id: int, verb: str) -> HttpResponse:
    """Carry out one command; the page has said what follows, and keeps what was typed."""
    call, done = _CALLS[verb]
    by = acting_of(request)
    seen = desk.case_or_404(by, case_id)
    typed = {key: str(value).strip() for key, value in request.POST.items()}
    extra: dict[str, Any] = {"typed_command": verb, "command": typed}
    try:
        result = call(case_id, by, typed)
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        extra["command_errors"] = wrong.errors or {"reason": wrong.sentence}
        return case_response(request, case_page(seen, by.at), "overview", extra, status=422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return case_response(request, case_page(seen, by.at), "overview", extra, status=409)
    if verb == "decide" and typed.get("do") != "agree":
        done = _DECLINED
    if verb in PASSED_ON and is_on_its_way(case_page(seen, by.at)):
        done = _PASSED_ON
    said = format_html(_(done), result.case_number)
    messages.success(request, working.told(said, result))
    return redirect("inboxes:case", case_id=case_id)
