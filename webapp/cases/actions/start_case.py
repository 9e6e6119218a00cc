"""A case that a case starts (代为办理): the township's own case for what a village agent filed.

Same item, applicant, answers, papers, agent and mandate. Ordered by a diagram through the
outbox, so it bears being asked for twice: a case starts at most one other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.cases.changes import NewMandate, NewMaterial, NewSubmission
from webapp.cases.models import (
    Case,
    CaseMaterial,
    Mandate,
    SensitiveValue,
    Submission,
)
from webapp.cases.opening import (
    Place,
    blank_case,
    facts_at_start,
    new_id,
    papers_at_start,
    row_of,
    start_process,
)
from webapp.cases.planning.setting import Actor
from webapp.cases.planning.step import Step
from webapp.cases.stepping import ITEM_FORM, StepResult, carry_out
from webapp.cases.values import open_value, split
from webapp.catalogue import queries as catalogue
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Refused, Unknown
from webapp.processes import queries as processes


def start_case(parent_id: int, level: str = "township", process_key: str = "") -> StepResult:
    """Open the other case, or give the one that is open already. Raises Refused or Unknown."""
    known = _started_by(parent_id)
    if known is not None:
        return known
    try:
        return transaction_with_retry(lambda: _start(parent_id, level, process_key))
    except IntegrityError:
        known = _started_by(parent_id)
        if known is None:
            raise
        return known


def _started_by(parent_id: int) -> StepResult | None:
    found = Case.objects.filter(parent=parent_id).values_list("id", "number").first()
    return StepResult(case_id=found[0], case_number=found[1]) if found else None


def _start(parent_id: int, level: str, process_key: str) -> StepResult:
    parent = _parent(parent_id)
    item = catalogue.item_version(parent.item_version_id)
    mandate = _mandate(parent)
    values = _values(parent)
    place = _place(parent, level)
    key = process_key or processes.choose(
        handling=item.handling, flow=item.flow, level=level, process_key=item.process_key
    )
    opening = new_id()
    case_id, at, _calendar = opening
    state = blank_case(
        item,
        place,
        opening,
        processes.current_version_id(key),
        values,
        by_id=parent.registered_by_id,
        agent_id=parent.agent_id or mandate.agent_id,
        delivery_mode="village_agent",
        parent_id=parent_id,
    )
    facts = facts_at_start(item, place, values, at, "village_agent", agent=True)
    outcome = start_process(state, facts)
    lines = _lines(parent, at)
    stored, secret = split(item.form, values, case_id, "application")

    def add(step: Step) -> None:
        step.changes.new_case = row_of(state, f"case:{parent_id}:started")
        step.changes.new_materials = lines
        step.changes.sensitive.extend(secret)
        step.changes.mandate = mandate
        step.changes.submissions.append(
            NewSubmission(None, ITEM_FORM + item.code, stored, parent.registered_by_id, at)
        )

    return carry_out(
        state,
        outcome,
        _agent(parent.agent_id or mandate.agent_id),
        kind="opened",
        payload={"item": item.code, "level": level, "agent": True, "parent": parent.number},
        papers=papers_at_start(item, lines, values, outcome),
        prepare=add,
    )


_KEEP = "SELECT id FROM cases_case WHERE id = %s FOR KEY SHARE"
"""What the reference of the new case takes when it is written to disk, but taken at once.

The foreign key is only looked at when the transaction commits, too late to find out that the case
has been withdrawn. Cases that are worked on are locked FOR UPDATE, so they wait for this one.
"""


def _parent(parent_id: int) -> Case:
    """The case that starts the other. Raises Unknown, or AlreadyDone when it is over.

    Nobody ends it until the other one is there: who withdraws meanwhile waits and then passes it
    on (`forward`); who has withdrawn has no second case.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [parent_id])
    parent = Case.objects.select_related("registered_by").filter(pk=parent_id).first()
    if parent is None:
        raise Unknown(_("没有要另立办件的原办件。"))
    if not parent.is_open:
        raise AlreadyDone(_("原办件已经办结，不再另立办件。"))
    return parent


def _place(parent: Case, level: str) -> Place:
    """Filed where the parent's papers went: same village, same centre, same organ."""
    return Place(
        level=level,
        pool_id=0,
        village_id=parent.village_id,
        accountable_unit_id=parent.accountable_unit_id,
        competent_unit_id=parent.competent_unit_id,
    )


def _agent(officer_id: int) -> Actor:
    name = Officer.objects.values_list("name", flat=True).get(pk=officer_id)
    return Actor(officer_id, name, _("村级代办员"))


def _mandate(parent: Case) -> NewMandate:
    """The mandate goes with the papers. Raises Refused without one (AGT-01)."""
    found = Mandate.objects.filter(case=parent, revoked_at=None).first()
    if found is None:
        raise Refused(_("没有申请人的代办委托书，不能代为办理。"), rule="AGT-01")
    return NewMandate(
        principal_name=found.principal_name,
        agent_id=found.agent_id,
        reason=found.reason,
        powers=tuple(found.powers),
        signed_on=found.signed_on,
        witness=found.witness,
    )


def _values(parent: Case) -> dict[str, Any]:
    """The answers of the application; sensitive ones in the clear, to be sealed anew."""
    stored: Mapping[str, Any] | None = (
        Submission.objects.filter(case=parent, item=None, form__startswith=ITEM_FORM)
        .order_by("id")
        .values_list("values", flat=True)
        .first()
    )
    if stored is None:
        raise Unknown(_("原办件没有申请内容。"))
    secrets = {row.pk: row for row in SensitiveValue.objects.filter(case=parent)}
    return {key: _opened(parent.pk, value, secrets) for key, value in stored.items()}


def _opened(case_id: int, value: Any, secrets: Mapping[int, SensitiveValue]) -> Any:
    if not isinstance(value, dict) or "sensitive" not in value:
        return value
    row = secrets[value["sensitive"]]
    return open_value(case_id, row.field, bytes(row.ciphertext))


def _lines(parent: Case, at: datetime) -> list[NewMaterial]:
    """The checklist as it stands: the papers come with the agent."""
    return [
        NewMaterial(
            order=line.order,
            key=line.key,
            name=line.name,
            role=line.role,
            needed=line.needed,
            form=line.form,
            copies=line.copies,
            state=line.state,
            defect=line.defect,
            remedy=line.remedy,
            noticed=False,
            changed_by_id=line.changed_by_id,
            changed_at=at,
        )
        for line in CaseMaterial.objects.filter(case=parent).order_by("order")
    ]
