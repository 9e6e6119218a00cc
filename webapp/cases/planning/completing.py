"""What completing a work item means beside the engine: its conclusion, opinion and delivery.

Pure: used by the action that completes an item, and where a draft is played (designer).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import NewDelivery, NewOpinion
from webapp.cases.places import pool_facts
from webapp.cases.planning.setting import Completed
from webapp.cases.planning.step import Step
from webapp.cases.state import CaseState, Item
from webapp.core.errors import Refused
from workflows.forms import Field, FieldKind, Form

_OPINIONS = ("opinion", "answer", "instruction", "contact_record", "findings")
"""Fields that are the opinion of a step, the first that is filled in."""
DECIDING = ("outcome", "proposal", "recommendation", "overdue_request")
"""Keys of the question that decides a step, the first that a form has."""
_TOLERANCE = frozenset({"tolerance-verify", "tolerance-overdue", "tolerance-decide"})
_WAYS = {"delivery-counter": "window", "delivery-agent": "village_agent",
         "delivery-post-proof": "post"}  # fmt: skip


def completed_of(item: Item, form: Form | None, values: Mapping[str, Any]) -> Completed:
    """The item with its answers and its conclusion in words, where the form asks for one."""
    if form is None:
        return Completed(item, values)
    for key in DECIDING:
        one = form.field(key)
        chosen = values.get(key)
        if one is not None and isinstance(chosen, str) and chosen:
            return Completed(item, values, chosen, _label(one, chosen))
    return Completed(item, values)


def _label(one: Field, chosen: str) -> str:
    return one.label_of(chosen) if one.kind is FieldKind.CHOICE else chosen


def check_papers(state: CaseState, item: Item, completed: Completed) -> None:
    """Tolerance is over only when every promised paper is in order (TOL-09)."""
    held = state.commitment
    if held is None or item.form not in _TOLERANCE:
        return
    still = "、".join(paper.name for paper in held.open_papers)
    if completed.outcome in {"complete", "supplied"} and still:
        raise Refused(
            _("还有容缺材料没有核验合格：{papers}。请先在材料清单上逐份标明。").format(
                papers=still
            ),
            rule="TOL-09",
            field="outcome",
        )
    if item.form == "tolerance-decide":
        if not still and completed.outcome in {"terminate", "extend"}:
            raise Refused(
                _("承诺补交的材料其实已经核验合格，不能终止或者延长，请退回窗口重新核实。"),
                rule="TOL-10",
                field="outcome",
            )
        return
    if completed.outcome == "more" and not still:
        raise Refused(
            _("承诺补交的材料都已经核验合格，请选“已补齐”。"), rule="TOL-09", field="outcome"
        )


def add_opinion(step: Step, item: Item, completed: Completed, asked_unit: int | None) -> None:
    """An explicit opinion with its reasons (D12; a signature alone is no opinion)."""
    values = completed.values
    text = next((values[key] for key in _OPINIONS if values.get(key)), None)
    if text is None and not completed.outcome:
        return
    reasons = [values.get("reason"), values.get("return_reason"), values.get("late_reason")]
    whole = "\n".join(str(part) for part in (text, *reasons) if part)
    actor = step.setting.actor.id
    if actor is None:
        return
    step.changes.opinions.append(
        NewOpinion(
            item_id=item.id,
            step_name=item.name,
            unit_id=asked_unit or pool_facts(item.pool_id).unit.id,
            officer_id=actor,
            outcome=completed.outcome,
            outcome_label=completed.outcome_label,
            text=whole,
            basis=str(values.get("legal_basis") or ""),
            at=step.at,
        )
    )


def add_delivery(step: Step, item: Item, completed: Completed) -> None:
    """Proof of service (D22, D23): only for a delivery that succeeded (PROC-11)."""
    way = _WAYS.get(item.form)
    values, actor = completed.values, step.setting.actor.id
    if way is None or completed.outcome != "delivered" or actor is None:
        return
    step.changes.deliveries.append(
        NewDelivery(
            way=way,
            recipient=str(values.get("recipient") or "")[:100],
            relation=str(values.get("relation") or "")[:40],
            mail_number=str(values.get("mail_number") or "")[:60],
            note=str(values.get("served_place") or "")[:300],
            served_at=step.at,
            served_by_id=actor,
        )
    )
