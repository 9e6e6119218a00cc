"""The effects that diagrams order, applied to a step (closed catalogue, design: effects).

Every operation is a function of the step and the effect's parameters. An operation that is not in
the table, or not supported yet, refuses the whole step in words: nothing drawn is ever ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases.changes import NewCustody, NewMessage
from webapp.cases.models.case import Result, Status
from webapp.cases.places import pool_facts
from webapp.cases.planning.limits import basis_of, counts_from_application, limit_of
from webapp.cases.planning.step import APPLICANT, Order, Step
from webapp.core.errors import Refused
from workflows.calendars import local_day
from workflows.clocks import ClockKind

DEEMED = "deemed"
Params = Mapping[str, str]


def apply_effects(step: Step) -> None:
    """Apply the outcome's effects in the order of execution."""
    for effect in step.outcome.effects:
        operation = _OPERATIONS.get(effect.do)
        if operation is None:
            raise Refused(
                _(
                    "流程图要求的动作“{name}”本系统还不能执行,这一步没有办。请县政务办修改流程图。"
                ).format(name=effect.do),
                rule="design: effects",
            )
        operation(step, effect.params)


def _issue_document(step: Step, params: Params) -> None:
    step.orders.append(Order(params["document"], params))


def _start_clock(step: Step, params: Params) -> None:
    kind = _kind(params)
    item, state = step.setting.item, step.state
    if (
        kind == "check"
        and step.case.supplemented
        and not item.switches.get("check_clock_restarts_after_supplement", True)
    ):
        return
    deemed = params.get("basis") == DEEMED
    if deemed:
        step.case.deemed_accepted = True
    limit = limit_of(item, kind)
    if limit is None:
        return
    from_receipt = deemed or counts_from_application(item, kind)
    if kind == "check" and step.ledger.last_run.get("check", 0) == 0:
        from_receipt = True
    basis = "依法视为受理,自收到材料之日起算" if deemed else basis_of(item, kind)
    counted_from = local_day(state.received_at) if from_receipt else None
    step.ledger.start(kind, limit, basis, counted_from=counted_from)


def _stop_clock(step: Step, params: Params) -> None:
    cause = params.get("cause", "暂停计时")
    step.ledger.stop(_kind(params), cause, params.get("document", ""))


def _resume_clock(step: Step, params: Params) -> None:
    step.ledger.resume(_kind(params))


def _extend_clock(step: Step, params: Params) -> None:
    completed = step.setting.completed
    values = completed.values if completed else {}
    days = int(str(params["days"]))
    reason = str(values.get("reason", "") or "延期办理")
    step.ledger.extend(_kind(params), days, step.setting.actor.name, reason)


def _end_clock(step: Step, params: Params) -> None:
    step.ledger.end(_kind(params))


def _kind(params: Params) -> str:
    kind = params["clock"]
    if kind not in set(ClockKind):
        raise Refused(
            _("流程图用了没有的时限种类“{name}”,这一步没有办。请县政务办修改流程图。").format(
                name=kind
            )
        )
    return kind


def _hand_over(step: Step, params: Params) -> None:
    """Papers leave the present hand; the next step of that role signs for them (IN-03)."""
    completed = step.setting.completed
    from_unit = (
        pool_facts(completed.item.pool_id).unit.id
        if completed
        else step.state.accountable_unit_id
    )
    step.changes.new_custody.append(
        NewCustody(
            papers=params.get("papers", "materials"),
            from_unit_id=from_unit,
            from_officer_id=step.setting.actor.id,
            to_pool_id=step.pool_of(params["to"]),
            given_at=step.at,
        )
    )


def _file_denial(step: Step, params: Params) -> None:
    step.filings.append(params)


def _notify(step: Step, params: Params) -> None:
    to = params.get("to", APPLICANT)
    payload = {"case": step.state.id, "to": to, "template": params["template"]}
    _queue(step, "notify", payload)


def _set_status(step: Step, params: Params) -> None:
    status = params["status"]
    if status not in Status.values:
        raise Refused(
            _("流程图用了没有的办件状态“{name}”,这一步没有办。请县政务办修改流程图。").format(
                name=status
            )
        )
    case = step.case
    case.status = status
    if status in {Status.ACCEPTED, Status.ACCEPTED_TOLERANT} and case.accepted_at is None:
        case.accepted_at = step.state.received_at if case.deemed_accepted else step.at
    if status == Status.CORRECTION:
        case.supplemented = True
    if status in {Status.APPROVED, Status.REFUSED}:
        case.decided_at = step.at


def _record_result(step: Step, params: Params) -> None:
    result = params["result"]
    if result not in Result.values:
        raise Refused(
            _("流程图用了没有的办理结果“{name}”,这一步没有办。请县政务办修改流程图。").format(
                name=result
            )
        )
    step.case.result = result


def _start_case(step: Step, params: Params) -> None:
    payload = {"case": step.state.id, "process": params["process"]}
    _queue(step, "start-case", payload)


def _send_message(step: Step, params: Params) -> None:
    payload = {"case": step.state.id, "message": params["message"], "to": params.get("to", "")}
    _queue(step, "case-command", payload)


def _queue(step: Step, channel: str, payload: dict[str, object]) -> None:
    key = f"{channel}:{step.state.id}"
    step.changes.messages.append(NewMessage(channel, key, payload, step.at))


def _not_yet(what: str) -> Callable[[Step, Params], None]:
    def refuse(step: Step, params: Params) -> None:
        raise Refused(
            _("{what}还没有开通,这一步没有办。请县政务办修改流程图。").format(what=_(what))
        )

    return refuse


_OPERATIONS: dict[str, Callable[[Step, Params], None]] = {
    "issue-document": _issue_document,
    "start-clock": _start_clock,
    "stop-clock": _stop_clock,
    "resume-clock": _resume_clock,
    "extend-clock": _extend_clock,
    "end-clock": _end_clock,
    "hand-over": _hand_over,
    "register-commitment": _not_yet(gettext_noop("容缺承诺登记")),
    "file-denial": _file_denial,
    "notify": _notify,
    "set-status": _set_status,
    "record-result": _record_result,
    "start-case": _start_case,
    "send-message": _send_message,
    "call-connector": _not_yet(gettext_noop("外部系统对接")),
}
