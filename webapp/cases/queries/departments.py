"""The departments of a joint case: who was asked what, until when, and what they said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.cases.models import Case, CaseSnapshot, Opinion, WorkItem
from webapp.cases.queries.blocking import ASKED
from webapp.cases.queries.page import CasePage
from webapp.catalogue import queries as catalogue
from webapp.organisations.queries import named_unit
from webapp.processes import queries as processes
from workflows.clocks import limit_text
from workflows.engine import inspect
from workflows.errors import WorkflowError
from workflows.model import Limit, LimitUnit

DISSENT = "disagree"


@dataclass(frozen=True, slots=True)
class Department:
    """One department asked. `state`: waiting, said, silent, urged or not_yet.

    `limit`: the days that the item gives it, in words; "" where the window sets them.
    """

    name: str
    question: str
    state: str
    due_at: datetime | None = None
    opinion: Opinion | None = None
    limit: str = ""

    @property
    def dissents(self) -> bool:
        """Whether it is against."""
        return self.opinion is not None and self.opinion.outcome == DISSENT


def departments_of_case(page: CasePage) -> tuple[Department, ...]:
    """Every department of the item that this case asks or has asked, in the item's order.

    Where no open step says which ones this application needs, those that were asked are shown.
    One statement for joint cases, none for others.
    """
    case = page.case
    rows = catalogue.item_version(case.item_version_id).guide.get("departments") or ()
    asked = [row for row in rows if row["role"] == "opinion"]
    if not asked:
        return ()
    applying = _facts(case)
    over = not case.is_open or any(item.element in ASKED for item in page.items)
    found = []
    for row in asked:
        unit = named_unit(row["unit"], case.accountable_unit_id)
        said = [one for one in page.opinions if unit and one.unit_id == unit.id and _asks(one)]
        items = [
            item
            for item in page.items
            if unit and item.element in ASKED and item.pool.unit_id == unit.id
        ]
        needed = not over if applying is None else row["unit"] in applying
        if not needed and not said and not items:
            continue
        found.append(_department(unit.name if unit else row["unit"], row, said, items))
    return tuple(found)


def request_of(page: CasePage, one: Department) -> str:
    """What a department has asked for with its last answer, as it wrote it; "" for nothing."""
    said = one.opinion
    if said is None or one.state != "said":
        return ""
    return _wrote(page, "needed", said.at, said.officer.name if said.officer else "")


def note_for(page: CasePage, item_id: int) -> str:
    """What the lead wrote when it asked this department again; "" the first time."""
    opened = next((item.opened_at for item in page.items if item.pk == item_id), None)
    return "" if opened is None else _wrote(page, "follow_note", opened)


def _wrote(page: CasePage, key: str, at: datetime, officer: str = "") -> str:
    """The answer to a question in a form that was completed at that moment."""
    for filled in reversed(page.forms):
        if filled.at == at and officer in {"", filled.officer}:
            for answer in filled.answers:
                if answer.key == key:
                    return answer.text
    return ""


def _asks(opinion: Opinion) -> bool:
    return opinion.item is None or opinion.item.element in ASKED


def _department(
    name: str, row: Mapping[str, Any], said: list[Opinion], items: list[WorkItem]
) -> Department:
    """The latest that is known of it."""
    waiting = next((item for item in items if item.state == WorkItem.State.OPEN), None)
    if waiting is not None:
        last = said[-1] if said else None
        return Department(name, row["question"], "waiting", waiting.due_at, last)
    if said:
        last = said[-1]
        state = "said" if last.item_id else "silent"
        if (
            items
            and items[-1].state == WorkItem.State.CANCELLED
            and items[-1].opened_at > last.at
        ):
            state = "urged"  # asked again after its answer, and silent
        return Department(name, row["question"], state, None, last)
    state = "urged" if items else "not_yet"
    return Department(name, row["question"], state, limit=_limit(row))


def _limit(row: Mapping[str, Any]) -> str:
    """The days for an answer as the item writes them; before somebody is asked."""
    days = row.get("days")
    if not days:
        return ""
    unit = LimitUnit.DAY if row.get("day_unit") == "calendar" else LimitUnit.WORKDAY
    return limit_text(Limit(int(days), unit))


def _facts(case: Case) -> frozenset[str] | None:
    """Keys of the departments that this application needs; None when nothing says so."""
    found = variables_of(case)
    for variables in found:
        departments = variables.get("departments")
        if isinstance(departments, list):
            return frozenset(str(one.get("unit")) for one in departments)
    return None


def variables_of(case: Case) -> list[Mapping[str, Any]]:
    """Routing data of the open steps: one statement."""
    state = CaseSnapshot.objects.filter(case=case).values_list("state", flat=True).first()
    if state is None:
        return []
    try:
        waiting = inspect(processes.definition(case.process_version_id), bytes(state)).items
    except WorkflowError:
        return []
    return [one.variables for one in waiting]
