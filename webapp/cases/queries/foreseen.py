"""Which cards a changed table of supervision rules would bring at once, before it is agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection

from webapp.cases.store.due_cards import due_cards
from webapp.catalogue.supervision import Rule
from workflows.calendars import Calendar


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A card that the next sweep would issue: whose case, by which rule, for which due day."""

    number: str
    rule: str
    level: str
    clock: str
    due_on: date


_NAMED = """
SELECT k.number, due.rule, due.level, c.kind, c.due_on
FROM ({due}) AS due(case_id, rule, level, state, clock_id, due_at, cause, evidence,
  unit_id, pool_id, officer_id, told, issued_at)
JOIN cases_case k ON k.id = due.case_id
JOIN cases_clock c ON c.id = due.clock_id
ORDER BY due.rule, c.due_on, k.number, c.id
"""


def foreseen(rules: Iterable[Rule], calendar: Calendar, at: datetime) -> list[Foreseen]:
    """What has no card yet and would get one, reminders also while offices are closed: one statement."""
    due, params = due_cards([replace(rule, hours=False) for rule in rules], calendar, at)
    if not due:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NAMED.format(due=due), params)
        return [Foreseen(*row) for row in cursor.fetchall()]
