"""The ledger of village agency (村级代办台账): per village and month, and its roll-up (REP-03, AGT-09)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from webapp.core import db
from webapp.organisations.models import Unit
from webapp.organisations.queries import Acting
from workflows.calendars import moment

ABOVE = ("township.window", "township.head_window", "township.leader")
COUNTY = ("county.office", "inspection", "oversight")
MOST = 2000
_A_WEEK = timedelta(days=7)
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One villager helped. `way`: agency, guide or immediate; agency is free of charge (AGT-05).

    `sent_on`: the number of the township case that the agent filed, "" for none.
    """

    case_id: int
    number: str
    village: str
    applicant: str
    item: str
    way: str
    agent: str
    received_at: datetime
    sent_on: str
    result: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One village in the roll-up of a township or the county."""

    village_id: int
    township: str
    village: str
    entries: int
    agency: int
    guide: int
    immediate: int
    still_open: int


_HELPED = """
WITH helped AS (
  SELECT c.id, c.number, c.village_id, c.applicant_name, c.item_version_id, c.received_at,
    c.result, c.closed_at, c.is_open, coalesce(c.agent_id, c.registered_by_id) AS who,
    CASE WHEN m.id IS NOT NULL THEN 'agency'
      WHEN (SELECT i.outcome FROM cases_workitem i WHERE i.case_id = c.id
              AND i.element = 'Task_Register' AND i.state = 'DONE' LIMIT 1) = 'guide'
      THEN 'guide' ELSE 'immediate' END AS way
  FROM cases_case c
  JOIN processes_processversion pv ON pv.id = c.process_version_id
  JOIN processes_process p ON p.id = pv.process_id AND p.key = 'village'
  LEFT JOIN cases_mandate m ON m.case_id = c.id
  WHERE c.parent_id IS NULL AND c.received_at >= %(since)s AND c.received_at < %(until)s
    AND (%(everywhere)s OR c.village_id IN (
      SELECT d.id FROM organisations_division d
      WHERE d.id = ANY(%(places)s) OR d.parent_id = ANY(%(places)s)))
    AND (%(village)s::bigint IS NULL OR c.village_id = %(village)s)
)
"""
_ENTRIES = f"""{_HELPED}
SELECT h.id AS case_id, h.number, v.name AS village, h.applicant_name AS applicant,
  iv.name AS item, h.way, o.name AS agent, h.received_at,
  coalesce((SELECT s.number FROM cases_case s WHERE s.parent_id = h.id ORDER BY s.id LIMIT 1), '')
    AS sent_on, h.result, h.closed_at
FROM helped h
JOIN organisations_division v ON v.id = h.village_id
JOIN catalogue_itemversion iv ON iv.id = h.item_version_id
JOIN accounts_officer o ON o.id = h.who
ORDER BY h.received_at, h.id LIMIT %(most)s
"""
_LINES = f"""{_HELPED}
SELECT v.id AS village_id, t.name AS township, v.name AS village, count(*) AS entries,
  count(*) FILTER (WHERE h.way = 'agency') AS agency,
  count(*) FILTER (WHERE h.way = 'guide') AS guide,
  count(*) FILTER (WHERE h.way = 'immediate') AS immediate,
  count(*) FILTER (WHERE h.is_open) AS still_open
FROM helped h
JOIN organisations_division v ON v.id = h.village_id
JOIN organisations_division t ON t.id = v.parent_id
GROUP BY v.id, t.name, v.name, t.code, v.code ORDER BY t.code, v.code
"""


def month_of(text: str, today: date) -> date:
    """The first day of a month typed as 2026-03; of this month for anything else."""
    if _MONTH.fullmatch(text):
        return date.fromisoformat(f"{text}-01")
    return today.replace(day=1)


def ledger(by: Acting, month: date, village_id: int | None = None) -> list[Entry]:
    """Everybody helped in a month in her villages, or in one of them: two statements."""
    asked = _asked(by, month, village_id)
    return [Entry(**row) for row in db.rows(_ENTRIES, asked | {"most": MOST})]


def roll_up(by: Acting, month: date) -> list[VillageLine]:
    """How much each of her villages has helped in a month: two statements."""
    return [VillageLine(**row) for row in db.rows(_LINES, _asked(by, month, None))]


def _asked(by: Acting, month: date, village_id: int | None) -> dict[str, Any]:
    following = (month.replace(day=28) + _A_WEEK).replace(day=1)
    return {
        "since": moment(month),
        "until": moment(following),
        "places": list(_places(by)),
        "everywhere": bool(by.roles & set(COUNTY)),
        "village": village_id,
    }


def _places(by: Acting) -> Iterable[int]:
    """Divisions for which she answers: the village of her station, the township of her centre."""
    units = [h.unit_id for h in by.held if h.role in {"village.agent", *ABOVE}]
    return Unit.objects.filter(pk__in=units, division__isnull=False).values_list(
        "division_id", flat=True
    )
