"""The checklist of a case: copied from the item when it opens, judged line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import NewMaterial
from webapp.cases.models import CaseMaterial
from webapp.cases.planning.setting import Paper
from webapp.catalogue.queries import ItemFacts
from webapp.core.errors import Invalid
from workflows import feel
from workflows.calendars import local_day
from workflows.errors import ExpressionError
from workflows.forms import feel_value

State = CaseMaterial.State
_LACKING = {State.MISSING, State.DEFECTIVE}


def checklist_of(
    item: ItemFacts,
    values: Mapping[str, Any],
    facts: Mapping[str, Any],
    marks: Mapping[str, Mapping[str, str]],
    by_id: int,
    at: datetime,
) -> list[NewMaterial]:
    """Lines for a new case, with what the clerk ticked. Raises Invalid for unknown marks."""
    scope = scope_of(item, values, facts, at)
    unknown = set(marks) - {material.key for material in item.materials}
    if unknown:
        raise Invalid({"materials": _("材料清单与事项不符，请刷新页面后重新勾选。")})
    lines = []
    for order, material in enumerate(item.materials, start=1):
        mark = checked_mark(material.name, marks.get(material.key) or {})
        lines.append(
            NewMaterial(
                order=order,
                key=material.key,
                name=material.name,
                role=material.role,
                needed=is_needed(material.condition, scope),
                form=material.form,
                copies=material.copies,
                state=mark["state"],
                defect=mark["defect"],
                remedy=mark["remedy"],
                noticed=False,
                changed_by_id=by_id,
                changed_at=at,
            )
        )
    return lines


def scope_of(
    item: ItemFacts, values: Mapping[str, Any], facts: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """What conditions of the item may ask: facts, today, every answer as FEEL knows it."""
    return {
        **facts,
        "today": local_day(at),
        **{one.key: feel_value(one, values.get(one.key)) for one in item.form.fields},
    }


def is_needed(condition: str, scope: Mapping[str, Any]) -> bool:
    """Whether the paper is needed for these answers; a condition that fails asks for it."""
    if not condition:
        return True
    try:
        return feel.evaluate(condition, scope) is not False
    except ExpressionError:
        return True


def checked_mark(name: str, mark: Mapping[str, str]) -> dict[str, str]:
    """State, defect and remedy of one line; a defect is named, or it cannot be noticed."""
    state = mark.get("state") or State.REQUIRED
    if state not in State.values:
        raise Invalid({"materials": _("“{name}”的状态不对，请重新选择。").format(name=name)})
    lacking = state in _LACKING
    defect = (mark.get("defect") or "").strip()[:300] if lacking else ""
    if state == State.DEFECTIVE and not defect:
        raise Invalid({"materials": _("请写明“{name}”哪里不符合要求。").format(name=name)})
    remedy = (mark.get("remedy") or "").strip()[:300] if lacking else ""
    return {"state": str(state), "defect": defect, "remedy": remedy}


def papers_of(lines: list[NewMaterial]) -> tuple[Paper, ...]:
    """New lines as documents see them."""
    return tuple(
        Paper(
            key=line.key,
            name=line.name,
            role=line.role,
            needed=line.needed,
            form=line.form,
            copies=line.copies,
            state=line.state,
            defect=line.defect,
            remedy=line.remedy,
            noticed=line.noticed,
        )
        for line in lines
    )
