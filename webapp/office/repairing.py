"""The repair page: what the check of every case finds wrong, and what can safely be done.

The hourly job writes its findings into the log; this page asks the same question at the moment
at which it is opened, so that nobody mends what is already well.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import actions
from webapp.cases.models import Case
from webapp.cases.queries import broken_invariants
from webapp.core.access import page
from webapp.core.errors import Refused, Unknown
from webapp.core.models import OutboxMessage
from webapp.office import policy
from webapp.organisations.middleware import acting_of

RULES: dict[str, tuple[str, str, str]] = {
    # rule: (what is wrong, what to do, the repair that is offered)
    "open case waits for nothing": (
        gettext_noop("没有办结，但没有人、没有时限、没有消息在等它"),
        gettext_noop("有停下的指令就再走一遍；没有的，打开办件看经过，联系系统管理员。"),
        "requeue",
    ),
    "accountable unit has no window": (
        gettext_noop("负责的单位没有窗口了"),
        gettext_noop("在“参数”的“机构”里恢复这个单位的窗口，并给窗口岗位安排人。"),
        "",
    ),
    "closed case still waits": (
        gettext_noop("已经办结，还有待办、时限或消息没有收尾"),
        gettext_noop("打开办件核对；不要手工改数据，联系系统管理员。"),
        "",
    ),
    "papers are here and nobody gives them back": (
        gettext_noop("已经办结，原件还在这里，没有人负责退还"),
        gettext_noop("请负责窗口在办件页上办退还。"),
        "",
    ),
    "papers are on the way to two posts": (
        gettext_noop("同一份原件同时移交给了两个岗位"),
        gettext_noop("请移交的岗位核对原件在哪里。"),
        "",
    ),
    "tolerance outlives a limit of the case": (
        gettext_noop("容缺补齐的日子晚于办结时限"),
        gettext_noop("按时限账重新计算日期。"),
        "recount",
    ),
    "no snapshot": (
        gettext_noop("流程位置丢失"),
        gettext_noop("从备份恢复，联系系统管理员。"),
        "",
    ),
    "audit chain does not end where the case says": (
        gettext_noop("经过记录和办件对不上"),
        gettext_noop("不要再办这一件；打开“经过”校验本卷，联系系统管理员。"),
        "",
    ),
    "clock without its entries": (
        gettext_noop("时限没有依据的记录"),
        gettext_noop("联系系统管理员。"),
        "",
    ),
    "claimed by somebody without a moment": (
        gettext_noop("签收没有时间"),
        gettext_noop("请签收人退回待办再签收。"),
        "",
    ),
}
STOPPED = "stopped command"
DONE_WORDS = {
    "requeue": gettext_noop("停下的指令已经重新排队，过一会儿再看这一页。"),
    "recount": gettext_noop("已按时限账重新计算日期。"),
}


@dataclass
class Trouble:
    """One case with everything that is wrong with it."""

    case_id: int
    number: str
    wrong: list[tuple[str, str]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    stopped: list[tuple[str, datetime | None]] = field(default_factory=list)


def troubles() -> list[Trouble]:
    """Every case with a broken rule or a stopped command: three statements."""
    dead: dict[int, list[OutboxMessage]] = defaultdict(list)
    for message in OutboxMessage.objects.filter(
        dead_at__isnull=False, payload__has_key="case"
    ).order_by("pk")[:500]:
        dead[int(message.payload["case"])].append(message)
    found: dict[int, Trouble] = {}
    for one in broken_invariants():
        trouble = found.setdefault(one.case_id, Trouble(one.case_id, one.number))
        what, todo, repair = RULES[one.rule]
        trouble.wrong.append((_(what), _(todo)))
        if repair == "recount" or (repair == "requeue" and one.case_id in dead):
            trouble.repairs.append(repair)
    numbers = dict(Case.objects.filter(pk__in=dead).values_list("pk", "number"))
    for case_id, stuck in dead.items():
        if case_id not in numbers:
            continue
        trouble = found.setdefault(case_id, Trouble(case_id, numbers[case_id]))
        trouble.stopped = [(one.channel, one.dead_at) for one in stuck]
        if "requeue" not in trouble.repairs:
            trouble.repairs.append("requeue")
    return sorted(found.values(), key=lambda trouble: trouble.case_id)


@page(policy.may_see_county_office)
def repairs(request: HttpRequest) -> HttpResponse:
    """What is wrong, case by case, and what can be done about it."""
    acting = acting_of(request)
    context = {
        "troubles": troubles(),
        "at": acting.at,
        "may_repair": acting.has("county.office"),
    }
    return render(request, "office/repairs.html", context)


@page(policy.may_answer_filings, methods=("POST",))
def repair(request: HttpRequest, case_id: int) -> HttpResponse:
    """Do one repair; the case's own record says who did it."""
    how = request.POST.get("do", "")
    try:
        actions.repair_case(case_id, acting_of(request), how)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _(DONE_WORDS[how]))
    return redirect("office:repairs")
