"""What every new case begins with, whoever opens it: its row, its facts, its process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from webapp.cases.changes import NewCase, NewMaterial
from webapp.cases.checklist import papers_of, scope_of
from webapp.cases.facts import departments_of, facts_of
from webapp.cases.places import unit_facts
from webapp.cases.planning.setting import Papers
from webapp.cases.spoken import spoken
from webapp.cases.state import CaseState
from webapp.cases.stepping import in_words, ordered_codes
from webapp.cases.store.papers import read_wordings
from webapp.cases.values import masked
from webapp.catalogue.parameters import denial_confirmer
from webapp.catalogue.queries import ItemFacts
from webapp.core.crypto import name_grams
from webapp.core.db import MOMENT
from webapp.core.errors import Refused
from webapp.organisations.queries import named_unit
from webapp.processes import queries as processes
from workflows.calendars import CHINA
from workflows.engine import Outcome, start
from workflows.errors import CommandRefused, ExpressionError, NothingMatches

Opening = tuple[int, datetime, tuple[int, date, date] | None]
"""A new case's id, the moment, the calendar in force."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application is filed, and who answers for it."""

    level: str
    pool_id: int
    village_id: int | None
    accountable_unit_id: int
    competent_unit_id: int


def facts_at_start(
    item: ItemFacts,
    place: Place,
    values: Mapping[str, Any],
    at: datetime,
    delivery_mode: str,
    *,
    agent: bool,
) -> dict[str, Any]:
    """Every fact that diagrams may ask (contract: facts at start)."""
    facts = {
        **facts_of(item, delivery_mode=delivery_mode),
        "level": place.level,
        "agent": agent,
        "denial_confirmer": denial_confirmer(item.switches),
    }
    scope = scope_of(item, values, facts, at)
    departments = departments_of(
        item, scope, lambda key: named_unit(key, place.accountable_unit_id)
    )
    return {**facts, "departments": departments}


def new_id() -> Opening:
    """The new case's id, the moment, and the calendar in force: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT nextval(pg_get_serial_sequence('cases_case', 'id')), {MOMENT}, "
            "c.id, c.covers_from, c.covers_to "
            "FROM (VALUES (1)) one LEFT JOIN catalogue_calendar c ON c.in_force"
        )
        number, at, calendar, first, last = cursor.fetchone()
    return number, at, None if calendar is None else (calendar, first, last)


def blank_case(
    item: ItemFacts,
    place: Place,
    opening: Opening,
    version_id: int,
    values: Mapping[str, Any],
    *,
    by_id: int,
    agent_id: int | None,
    delivery_mode: str,
    parent_id: int | None = None,
) -> CaseState:
    """The case as it is before its first step."""
    case_id, at, calendar = opening
    name = values.get("organisation_name") or values.get("applicant_name") or ""
    return CaseState(
        at=at,
        id=case_id,
        number=_number(place.accountable_unit_id, case_id, at),
        item_version_id=item.version_id,
        process_version_id=version_id,
        applicant_name=str(name)[:100],
        village_id=place.village_id,
        received_at_unit_id=place.accountable_unit_id,
        accountable_unit_id=place.accountable_unit_id,
        competent_unit_id=place.competent_unit_id,
        registered_by_id=by_id,
        agent_id=agent_id,
        parent_id=parent_id,
        delivery_mode=delivery_mode,
        opened_at=at,
        received_at=at,
        calendar=calendar,
    )


def _number(unit_id: int, case_id: int, at: datetime) -> str:
    """130123102-20261124-000123: place of receipt, day, running number."""
    code = unit_facts(unit_id).division_code or "000000000"
    return f"{code[:9]}-{at.astimezone(CHINA):%Y%m%d}-{case_id:06d}"


def row_of(state: CaseState, key: str) -> NewCase:
    """The columns of a new case that never change."""
    return NewCase(
        number=state.number,
        item_version_id=state.item_version_id,
        process_version_id=state.process_version_id,
        applicant_name=state.applicant_name,
        village_id=state.village_id,
        received_at_unit_id=state.received_at_unit_id,
        accountable_unit_id=state.accountable_unit_id,
        competent_unit_id=state.competent_unit_id,
        registered_by_id=state.registered_by_id,
        agent_id=state.agent_id,
        opened_at=state.opened_at,
        received_at=state.received_at,
        search_grams=name_grams(state.applicant_name),
        opening_key=key,
        parent_id=state.parent_id,
    )


def start_process(state: CaseState, facts: Mapping[str, Any]) -> Outcome:
    """Start the case's process. Raises Refused in words when the diagram does not lead on."""
    try:
        return start(processes.definition(state.process_version_id), facts, state.number)
    except (NothingMatches, CommandRefused, ExpressionError) as problem:
        raise Refused(in_words(problem)) from problem


def papers_at_start(
    item: ItemFacts,
    lines: list[NewMaterial],
    values: Mapping[str, Any],
    outcome: Outcome,
    codes: frozenset[str] = frozenset(),
) -> Papers:
    """What documents of the first step are made from; `codes` are those beside the diagram's."""
    words = spoken(item.form, values)
    words["applicant_id_masked"] = masked(values.get("applicant_id_number") or "")
    return Papers(
        checklist=papers_of(lines),
        words=words,
        wordings=read_wordings(ordered_codes(outcome) | codes),
    )
