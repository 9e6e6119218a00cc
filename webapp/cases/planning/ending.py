"""How a case ends, and how it stands still: what no diagram draws."""

from __future__ import annotations

from typing import Any

from webapp.cases.changes import NewCard, NewMessage, ProposalUpdate
from webapp.cases.planning.aftercare import care
from webapp.cases.planning.step import COMMAND, Step, touch
from webapp.core.errors import Refused

SUSPENSION = "中止办理"
"""Cause of a stop by command; resuming ends exactly these."""
_STATUTORY = ("check", "statutory", "county", "handup")
DECISIONS = frozenset({"granted", "refused"})
"""Results that must reach the applicant (行政许可法第四十四条)."""
CASE_FINISHED = "case_finished"
"""What a case that started another one waits for."""


def finish(step: Step) -> None:
    """Close the case when its process has ended."""
    if step.case.decided_at is not None and step.state.decided_at is None:
        _drop_commands(step)  # nothing is ended any more once it is decided
    if not step.outcome.finished:
        return
    step.ledger.end_all()
    case = step.case
    case.is_open = False
    case.closed_at = step.at
    case.result = step.outcome.result or case.result
    if not case.result:
        raise Refused("流程走到了终点，但没有写明办理结果。请县政务办检查流程图的结束事件。")
    if case.status not in {"WITHDRAWN"}:
        case.status = "CLOSED"
    case.suspended_from = ""
    _note_missing_proof(step)
    _drop_commands(step)
    care(step)
    _tell_parent(step)


def _note_missing_proof(step: Step) -> None:
    """R09: a decision is closed off without proof that the applicant has it (PROC-11, PROC-12)."""
    held = step.setting.held
    served = bool(step.changes.deliveries) or (held is not None and held.served)
    rule = next((one for one in step.setting.rules if one.code == "R09"), None)
    if served or rule is None or step.case.result not in DECISIONS:
        return
    key = f"R09:{step.state.id}"
    step.changes.cards.append(
        NewCard(
            rule.code, rule.signal, "", 0, None, step.at, rule.name, *step.hands(),
            list(rule.to), key,
        )
    )  # fmt: skip


def _drop_commands(step: Step) -> None:
    """Close what no diagram drew: the engine does not know of it."""
    for item in step.state.items:
        if item.token.startswith(COMMAND) and item.id not in step.touched:
            update = touch(step, item)
            update.state, update.closed_at = "CANCELLED", step.at
    proposal = step.state.proposal
    if proposal is not None and not step.changes.proposals:
        step.changes.proposals.append(ProposalUpdate(proposal.id, "VOID", None, step.at))


def _tell_parent(step: Step) -> None:
    """The case that started this one waits for its end (start-case)."""
    parent = step.state.parent_id
    if parent is None:
        return
    payload: dict[str, Any] = {
        "case": parent,
        "message": CASE_FINISHED,
        "values": {"started_result": step.case.result},
    }
    step.changes.messages.append(
        NewMessage("case-command", f"case-command:{parent}", payload, step.at)
    )


def hold_still(step: Step) -> None:
    """While the case is suspended by command nothing runs but what no one may stop."""
    if step.case.suspended_from:
        step.ledger.suspend(SUSPENSION, "", going_on(step.setting.item.item_type))


def going_on(item_type: str) -> frozenset[str]:
    """Clocks that a suspension leaves running: a licence's statutory ones.

    Only the procedures of 行政许可法第四十五条 stop them; the county's and the township's shares
    of the statutory limit follow it (flows: clocks). So does its tolerance, which may not outlive
    the statutory limit (TOL-05).
    """
    return frozenset({*_STATUTORY, "tolerance"} if item_type == "licence" else ())
