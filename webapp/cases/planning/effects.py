"""The effects that diagrams order, applied to a step (closed catalogue, design: effects).

Every operation is a function of the step and the effect's parameters. An operation that is not in
the table, or not supported yet, refuses the whole step in words: nothing drawn is ever ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases.changes import NewMessage, NewOpinion
from webapp.cases.models.case import Result, Status
from webapp.cases.planning.custody import hand_over
from webapp.cases.planning.ending import SUSPENSION, going_on
from webapp.cases.planning.limits import (
    basis_of,
    counts_from_application,
    limit_of,
    restarts_check,
)
from webapp.cases.planning.papers import DEEMED
from webapp.cases.planning.step import APPLICANT, Order, Step
from webapp.cases.planning.tolerance import as_day, limit_until, register_commitment
from webapp.cases.planning.words import number_mark
from webapp.core.errors import Refused
from webapp.organisations.queries import named_unit
from workflows.calendars import local_day
from workflows.clocks import ClockKind, Started, event_day, from_dicts
from workflows.engine.outcomes import OrderedEffect
from workflows.model import Limit, LimitUnit

Params = Mapping[str, Any]


def apply_effects(step: Step) -> None:
    """Apply the outcome's effects in the order of execution."""
    for effect in step.outcome.effects:
        operation = _OPERATIONS.get(effect.do)
        if operation is None:
            raise Refused(
                _(
                    "流程图要求的动作“{name}”本系统还不能执行，这一步没有办。请县政务办修改流程图。"
                ).format(name=effect.do),
                rule="design: effects",
            )
        operation(step, effect)


def _issue_document(step: Step, effect: OrderedEffect) -> None:
    code = str(effect.params["document"])
    step.orders.append(Order(code, effect.params, effect.variables, effect.place))


def _start_clock(step: Step, effect: OrderedEffect) -> None:
    params = effect.params
    kind = _kind(params)
    if kind == "department":
        _start_department(step, effect)
    elif kind == "tolerance":
        _start_tolerance(step, params)
    elif params.get("days") is not None:
        step.ledger.start(kind, _drawn_limit(params), "流程规定")
    else:
        _start_by_item(step, kind, params)


def _start_department(step: Step, effect: OrderedEffect) -> None:
    """A run of the item that opens at the same place; without days none is known (PROC-07)."""
    if effect.params.get("days") is None:
        return
    token = step.hosted(effect.place, effect.place.element)
    if not token:
        raise Refused(_("部门时限没有对应的环节。请县政务办检查流程图。"), rule="PROC-07")
    step.ledger.start(
        "department", _drawn_limit(effect.params), "联办通知载明", item_token=token
    )


def _start_tolerance(step: Step, params: Params) -> None:
    """Runs to the promised day, whatever the number of days to it (TOL-05)."""
    until = as_day(params.get("until"))
    if until is None:
        raise Refused(_("请填写补齐材料的最后一天。"), rule="TOL-05", field="tolerance_until")
    step.ledger.start("tolerance", limit_until(step, until), "容缺受理告知书载明")


def _drawn_limit(params: Params) -> Limit:
    """Days that the diagram or a form gave. Raises Refused for what is no number."""
    try:
        days = int(str(params["days"]))
        unit = LimitUnit(str(params.get("unit") or LimitUnit.WORKDAY))
    except ValueError as wrong:
        raise Refused(_("流程里的天数不是整数。请县政务办检查流程图。")) from wrong
    if days < 1:
        raise Refused(_("天数要大于零。"), rule="时限账")
    return Limit(days, unit)


def _start_by_item(step: Step, kind: str, params: Params) -> None:
    item, state = step.setting.item, step.state
    deemed = params.get("basis") == DEEMED
    if deemed:
        step.case.deemed_accepted = True
    limit = limit_of(item, kind)
    if limit is None:
        return
    from_receipt = deemed or counts_from_application(item, kind)
    first_check = kind == "check" and step.ledger.last_run.get("check", 0) == 0
    basis = "依法视为受理，自收到材料之日起算" if deemed else basis_of(item, kind)
    counted_from: date | None = None
    if from_receipt or first_check:
        counted_from = _receipt_day(step, state.received_at)
        basis += _after_hours(counted_from, state.received_at)
    elif kind == "check" and step.case.supplemented:  # the supplement is received now
        if not restarts_check(item):
            limit, basis = rest_of_check(step, limit), "补正前剩余的材料审查期限"
        day = _receipt_day(step, step.at, supplement=True)
        basis += _after_hours(day, step.at)
        counted_from = day if day != local_day(step.at) else None
    step.ledger.start(kind, limit, basis, counted_from=counted_from)


def _receipt_day(step: Step, at: datetime, *, supplement: bool = False) -> date:
    """The day on which papers that came at `at` count as received (domain §1.5, rule 2).

    The application has one such day: the one by which its first check began, whatever the
    county has decided, closed or opened since (deemed acceptance is dated back to it).
    """
    first = next((c for c in step.state.clocks if c.kind == "check" and c.run == 1), None)
    if first is not None and first.entries and not supplement:
        started = from_dicts(first.entries)[0]
        if isinstance(started, Started) and started.counted_from is not None:
            return started.counted_from
    return event_day(
        at,
        step.setting.calendar,
        step.setting.hours,
        after_hours_next_day=step.setting.after_hours_next_day,
    )


def _after_hours(counted: date, at: datetime) -> str:
    """Said in the explanation where the day of receipt is not the day on which papers came."""
    if counted == local_day(at):
        return ""
    return "；办公时间以外收到，按本县规定算下一个工作日收到"


def rest_of_check(step: Step, limit: Limit) -> Limit:
    """What the notice left of the check, for items whose check does not begin anew.

    Counted in the limit's own unit from the day on which the last run ended to its due day;
    nothing left is the day of the supplement itself.
    """
    runs = [row for row in step.state.clocks if row.kind == "check"]
    last = max(runs, key=lambda row: row.run, default=None)
    if last is None or last.ended_at is None or last.due_at is None:
        return limit
    ended, due = local_day(last.ended_at), local_day(last.due_at)
    if limit.unit is LimitUnit.DAY:
        days = (due - ended).days
    else:
        days = step.setting.calendar.working_days_between(ended, due)
    return Limit(days, limit.unit) if days > 0 else Limit(0, LimitUnit.SAME_DAY)


def _stop_clock(step: Step, effect: OrderedEffect) -> None:
    cause = str(effect.params.get("cause") or "暂停计时")
    document = effect.params.get("document")
    evidence = _evidence(step, str(document)) if document else ""
    step.ledger.stop(_kind(effect.params), cause, evidence, stated_of(effect.variables))


def stated_of(variables: Params) -> Limit | None:
    """How long a special procedure will be, as its notice says (D14), None without."""
    days = variables.get("procedure_days")
    if days is None:
        return None
    unit = LimitUnit(str(variables.get("procedure_unit") or LimitUnit.WORKDAY))
    return Limit(int(days), unit)


def _evidence(step: Step, code: str) -> str:
    """The number of the paper that stops a clock: of this step, else the latest one."""
    ordered = any(
        e.do == "issue-document" and e.params.get("document") == code
        for e in step.outcome.effects
    )
    if ordered:
        return number_mark(code)
    number, _issued_on = step.setting.papers.numbers.get(code, ("", ""))
    return number


def _resume_clock(step: Step, effect: OrderedEffect) -> None:
    """From the day after `until`, where the diagram names the answer that says it (Art. 45)."""
    kind = _kind(effect.params)
    over_on = as_day(effect.params.get("until"))
    if over_on is not None and kind not in going_on(step.setting.item.item_type):
        # A suspension by command in between would have stopped it too: those days stay out.
        over_on = max(over_on, step.ledger.last_day_of(SUSPENSION) or over_on)
    step.ledger.resume(kind, over_on, answer="held_on")


def _extend_clock(step: Step, effect: OrderedEffect) -> None:
    """Once, before the due day, with the approver's name (Art. 42); the ledger refuses else."""
    limit = _drawn_limit({"days": effect.params["days"]})
    words = {**step.setting.papers.words, **step.setting.spoken}
    reason = words.get("extension_reason") or words.get("reason") or "延期办理"
    step.ledger.extend(_kind(effect.params), limit.amount, step.setting.actor.name, reason)


def _end_clock(step: Step, effect: OrderedEffect) -> None:
    kind = _kind(effect.params)
    if kind != "department":
        step.ledger.end(kind)
    # A department's run has ended with its own item, on whose place this is drawn.


def _kind(params: Params) -> str:
    kind = str(params["clock"])
    if kind not in set(ClockKind):
        raise Refused(
            _("流程图用了没有的时限种类“{name}”，这一步没有办。请县政务办修改流程图。").format(
                name=kind
            )
        )
    return kind


def _register_commitment(step: Step, effect: OrderedEffect) -> None:
    register_commitment(step, effect.params)


def _record_opinion(step: Step, effect: OrderedEffect) -> None:
    """The silence of a department that the item counts as no objection (R13)."""
    unit = named_unit(str(effect.params["department"]), step.state.accountable_unit_id)
    if unit is None:
        raise Refused(_("找不到没有答复的部门，默认意见没有记录。"), rule="ORG-01")
    step.changes.opinions.append(
        NewOpinion(
            item_id=None,
            step_name="部门意见",
            unit_id=unit.id,
            officer_id=None,
            outcome=str(effect.params["opinion"]),
            outcome_label="默认无异议",
            text="期限内没有答复，按事项规定默认无异议",
            basis="R13",
            at=step.at,
        )
    )


def _file_denial(step: Step, effect: OrderedEffect) -> None:
    step.filings.append(effect.params)


def _notify(step: Step, effect: OrderedEffect) -> None:
    params = effect.params
    to = params.get("to", APPLICANT)
    payload = {"case": step.state.id, "to": to, "template": params["template"]}
    _queue(step, "notify", payload)


def _set_status(step: Step, effect: OrderedEffect) -> None:
    status = str(effect.params["status"])
    if status not in Status.values:
        raise Refused(
            _("流程图用了没有的办件状态“{name}”，这一步没有办。请县政务办修改流程图。").format(
                name=status
            )
        )
    case = step.case
    if case.suspended_from:
        case.suspended_from = status
    else:
        case.status = status
    if status in {Status.ACCEPTED, Status.ACCEPTED_TOLERANT} and case.accepted_at is None:
        case.accepted_at = step.state.received_at if case.deemed_accepted else step.at
    if status == Status.CORRECTION:
        case.supplemented = True
    if status in {Status.APPROVED, Status.REFUSED}:
        case.decided_at = step.at


def _record_result(step: Step, effect: OrderedEffect) -> None:
    result = str(effect.params["result"])
    if result not in Result.values:
        raise Refused(
            _("流程图用了没有的办理结果“{name}”，这一步没有办。请县政务办修改流程图。").format(
                name=result
            )
        )
    step.case.result = result
    step.case.decided_at = step.case.decided_at or step.at


def _start_case(step: Step, effect: OrderedEffect) -> None:
    """Another case for the same applicant; opened after the commit, once per case."""
    params, item = effect.params, step.setting.item
    if item.in_person or not item.agent_allowed:
        raise Refused(
            _("“{item}”须由本人办理，不能代办。请选“指导办理”。").format(item=item.name),
            rule="AGT-04",
            field="outcome",
        )
    if step.state.agent_id is None:
        raise Refused(
            _("代为办理须有申请人的委托书和申请材料，请从“帮他办”登记。"),
            rule="AGT-01",
            field="outcome",
        )
    payload: dict[str, object] = {
        "case": step.state.id,
        "process": str(params.get("process") or ""),
        "level": str(params.get("level") or "township"),
    }
    _queue(step, "start-case", payload)


def _send_message(step: Step, effect: OrderedEffect) -> None:
    params = effect.params
    payload = {"case": step.state.id, "message": params["message"], "to": params.get("to", "")}
    _queue(step, "case-command", payload)


def _queue(step: Step, channel: str, payload: dict[str, object]) -> None:
    key = f"{channel}:{step.state.id}"
    step.changes.messages.append(NewMessage(channel, key, payload, step.at))


def _not_yet(what: str) -> Callable[[Step, OrderedEffect], None]:
    def refuse(step: Step, effect: OrderedEffect) -> None:
        raise Refused(
            _("{what}还没有开通，这一步没有办。请县政务办修改流程图。").format(what=_(what))
        )

    return refuse


_OPERATIONS: dict[str, Callable[[Step, OrderedEffect], None]] = {
    "issue-document": _issue_document,
    "start-clock": _start_clock,
    "stop-clock": _stop_clock,
    "resume-clock": _resume_clock,
    "extend-clock": _extend_clock,
    "end-clock": _end_clock,
    "hand-over": hand_over,
    "register-commitment": _register_commitment,
    "record-opinion": _record_opinion,
    "file-denial": _file_denial,
    "notify": _notify,
    "set-status": _set_status,
    "record-result": _record_result,
    "start-case": _start_case,
    "send-message": _send_message,
    "call-connector": _not_yet(gettext_noop("外部系统对接")),
}
