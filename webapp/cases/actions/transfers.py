"""Order that running cases go on on another version: propose, confirm, take back (四眼).

The moves themselves are done one case after another by the outbox (`transfer_case`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.cases import policy
from webapp.cases.models import Case, Transfer, TransferLine
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.jobs import Job, enqueue
from webapp.core.models import OutboxMessage
from webapp.organisations.queries import Acting
from webapp.processes.models import Process

MOST = 5_000
"""Cases in one act: what somebody can still answer for."""
CHANNEL = "transfer-case"
Row = tuple[int, int, dict[str, Any], dict[str, Any]]
"""A line to be: case, its version to be, decisions, way back."""


def propose_transfer(
    by: Acting,
    process_key: str,
    cases: Mapping[int, Mapping[str, str]],
    reason: str,
) -> Transfer:
    """Propose that cases of a process go on on its version in force.

    `cases`: for each, where its open steps that are gone go on, element by
    `transferring.place_key`. Raises NotYours, Unknown, Invalid without cases or reason, Refused
    when one is waiting already.
    """
    policy.check_can_propose_transfer(by)
    process = Process.objects.select_related("current").filter(key=process_key).first()
    if process is None:
        raise Unknown("没有这个流程。")
    if process.current is None:
        raise Refused("这个流程已经停用，没有可以换到的版本。")
    errors = {}
    if not cases:
        errors["cases"] = _("请至少选一件办件。")
    elif len(cases) > MOST:
        errors["cases"] = _("一次最多换{most}件，请分几次办。").format(most=MOST)
    if not reason.strip():
        errors["reason"] = _("请写明为什么要让在办件换版。")
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        wanted = Case.objects.filter(
            pk__in=list(cases), is_open=True, process_version__process=process
        ).exclude(process_version=process.current)
        found = list(wanted.order_by("pk").values_list("pk", flat=True))
        if not found:
            raise Refused("选中的办件都已经办结，或者已经在现行版上了。")
        _none_waiting(found)
        act = Transfer.objects.create(
            process=process,
            target=process.current,
            reason=reason.strip(),
            proposed_by_id=by.officer_id,
            proposed_at=by.at,
        )
        _add_lines(act, ((pk, act.target_id, dict(cases[pk]), {}) for pk in found))
        _note(act, "transfer_proposed", by, {"cases": len(found), "reason": act.reason[:300]})
    return act


def decide_transfer(transfer_id: int, by: Acting, *, agree: bool, note: str = "") -> Transfer:
    """Confirm what somebody else has proposed, or decline it with a reason.

    Who proposed it may decline it too (take it back). Raises Unknown, NotYours, Invalid,
    Refused when it has been decided or the version is no longer in force.
    """
    if agree:
        policy.check_can_decide_transfer(by)
    with transaction.atomic():
        act = _lock(transfer_id)
        if not agree:
            policy.check_can_decline_transfer(by, act.proposed_by_id)
        if act.state != Transfer.State.PROPOSED:
            raise Refused("这份换版单已经有人办过了。")
        if agree:
            policy.check_confirms_another(by, act.proposed_by_id)
            current = Process.objects.values_list("current", flat=True).get(pk=act.process_id)
            if current != act.target_id:
                raise Refused(
                    "提出以后现行版又变了，请不同意这份换版单，按新的现行版重新提出。"
                )
            act.state = Transfer.State.APPROVED
        else:
            if not note.strip():
                raise Invalid({"note": _("请写明为什么不同意，提出的人要知道。")})
            act.state = Transfer.State.DECLINED
        act.decided_by_id, act.decided_at, act.note = by.officer_id, by.at, note.strip()
        act.save(update_fields=["state", "decided_by", "decided_at", "note"])
        if agree:
            _order(act, by)
        else:
            act.lines.update(state=TransferLine.State.DROPPED, done_at=by.at)
        kind = "transfer_confirmed" if agree else "transfer_declined"
        _note(act, kind, by, {"note": act.note[:300]})
    return act


def undo_transfer(transfer_id: int, by: Acting, reason: str) -> Transfer:
    """Take moved cases back to the versions that they came from, in one act (退回原版本).

    Raises Unknown, NotYours, Invalid without a reason, Refused when nothing can go back.
    """
    policy.check_can_undo_transfer(by)
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么退回原版本。")})
    with transaction.atomic():
        undone = _lock(transfer_id)
        moved = undone.lines.filter(
            state=TransferLine.State.MOVED,
            case__is_open=True,
            case__process_version=F("target"),
        )
        rows: list[Row] = [(line.case_id, line.source_id or 0, {}, line.back) for line in moved]
        if not rows:
            raise Refused("没有可以退回的办件：都已经办结，或者已经不在这一版上了。")
        _none_waiting(pk for pk, *_rest in rows)
        act = Transfer.objects.create(
            process_id=undone.process_id,
            target_id=rows[0][1],
            reason=reason.strip(),
            state=Transfer.State.APPROVED,
            proposed_by_id=by.officer_id,
            proposed_at=by.at,
            decided_by_id=by.officer_id,
            decided_at=by.at,
            undoes=undone,
        )
        _add_lines(act, rows)
        _order(act, by)
        payload = {"undoes": undone.pk, "cases": len(rows), "reason": act.reason[:300]}
        _note(act, "transfer_undone", by, payload)
    return act


def _lock(transfer_id: int) -> Transfer:
    act = Transfer.objects.select_for_update().filter(pk=transfer_id).first()
    if act is None:
        raise Unknown("没有这份换版单。")
    return act


def _none_waiting(case_ids: Iterable[int]) -> None:
    """Each case waits in one act at most; a second one would decide about another state."""
    waiting = TransferLine.objects.filter(
        case__in=list(case_ids), state=TransferLine.State.WAITING
    )
    numbers = list(waiting.values_list("case__number", flat=True)[:3])
    if numbers:
        raise Refused(
            _("{numbers}已经在另一份没有办完的换版单里，请先办完那一份。").format(
                numbers="、".join(numbers)
            )
        )


def _add_lines(act: Transfer, rows: Iterable[Row]) -> None:
    TransferLine.objects.bulk_create(
        TransferLine(transfer=act, case_id=pk, target_id=target, decisions=decisions, back=back)
        for pk, target, decisions, back in rows
    )


def _order(act: Transfer, by: Acting) -> None:
    """One message a case: the workers take them up after the commit, each exactly once."""
    lines = act.lines.order_by("pk").values_list("pk", "case_id")
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            channel=CHANNEL,
            ordering_key=f"{CHANNEL}:{case_id}",
            payload={"line": pk},
            created_at=by.at,
        )
        for pk, case_id in lines
    )
    enqueue(Job.DELIVER_OUTBOX)


def _note(act: Transfer, kind: str, by: Acting, payload: dict[str, Any]) -> None:
    audit.record(
        subject=Event.Subject.PROCESS,
        subject_id=act.process_id,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        payload={"transfer": act.pk, **payload},
    )
