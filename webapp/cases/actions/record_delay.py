"""Say that a step takes longer, until when and why, and that the applicant has been told (PROC-02).

Extends the clock of the step and of nothing else: the case's own limits stay, and the new day
may not lie behind them (flows: table of clocks, 优化营商环境条例第三十六条).
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import policy
from webapp.cases.actions.bare import bare_step
from webapp.cases.actions.colleagues import already_done
from webapp.cases.actions.complete import check_goes_on
from webapp.cases.planning.ledger import Ledger, Run
from webapp.cases.planning.step import Step
from webapp.cases.state import CaseState, Item
from webapp.cases.stepping import StepResult, actor_of, ledger_of
from webapp.cases.store import lock_by_item
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Refused
from webapp.organisations.queries import Acting
from workflows.calendars import day_text
from workflows.clocks import ClockState, overdue
from workflows.model import LimitUnit

CHANNELS = {
    "phone": gettext_noop("电话"),
    "in_person": gettext_noop("当面"),
    "message": gettext_noop("短信或者微信"),
    "agent": gettext_noop("村级代办员转告"),
}
LEAST = 5  # characters of a reason
_WHOLE = ("check", "statutory", "promised", "county", "handup")


def record_delay(item_id: int, by: Acting, until: date, reason: str, told: str) -> StepResult:
    """Move the due day of a step to `until`. Raises Unknown, AlreadyDone, Invalid or Refused."""
    return transaction_with_retry(lambda: _record(item_id, by, until, reason.strip(), told))


def _record(item_id: int, by: Acting, until: date, reason: str, told: str) -> StepResult:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    policy.check_can_claim(by, item, ())
    check_goes_on(state, item)
    days = _days(state, item, until, reason, told)

    def add(step: Step) -> None:
        run = own_run(step.ledger, item)
        if run is not None:
            words = f"{reason}（已{CHANNELS[told]}告知申请人）"
            step.ledger.extend_run(run, days, by.name, words)

    payload = {"item": item.id, "step": item.name, "until": until.isoformat(), "channel": told}
    return bare_step(
        state, actor_of(by, item.pool_id), kind="delayed", payload=payload, prepare=add,
        codes=set(),
    )  # fmt: skip


def _days(state: CaseState, item: Item, until: date, reason: str, told: str) -> int:
    """How many days of the step's limit the new day adds. Raises Invalid or Refused."""
    ledger = ledger_of(state)
    run = own_run(ledger, item)
    if run is None or run.reading.due_on is None or run.reading.state is not ClockState.RUNNING:
        raise Refused(_("这个环节没有正在计算的环节时限，不用延期。"))
    if run.reading.history.extension is not None:
        raise AlreadyDone(_("这个环节已经延期告知过一次，不能再延。"))
    if overdue(run.reading, state.at):
        raise Refused(_("这个环节已经超期，延期要在到期以前告知。请尽快办完。"))
    errors = {}
    if len(reason) < LEAST:
        errors["reason"] = _("请写明为什么不能按期办完，至少五个字。")
    if told not in CHANNELS:
        errors["told"] = _("请选择怎样告知了申请人；没有告知的先告知。")
    due, last = run.reading.due_on, _last_day(ledger)
    if not ledger.calendar.is_working_day(until) or until <= due:
        errors["until"] = _("新的日期要是{day}以后的工作日。").format(day=day_text(due))
    elif last is not None and until > last:
        words = _("整件的时限到{day}，环节延期不能超过它。确实办不完的，请办理延期手续。")
        errors["until"] = words.format(day=day_text(last))
    if errors:
        raise Invalid(errors)
    if run.reading.unit is LimitUnit.DAY:
        return (until - due).days
    return ledger.calendar.working_days_between(due, until)


def own_run(ledger: Ledger, item: Item) -> Run | None:
    """The step clock of an item, which a delay can move: of days, not of hours."""
    runs = [run for run in ledger.open("step") if run.item_id == item.id]
    return next((run for run in runs if run.reading.unit is not LimitUnit.HOUR), None)


def _last_day(ledger: Ledger) -> date | None:
    """The day on which the first of the case's own limits runs out."""
    days = [run.reading.due_on for kind in _WHOLE for run in ledger.open(kind)]
    return min((day for day in days if day is not None), default=None)
