"""跑动次数: on how many days an applicant came to a counter for one matter (PROC-15, PROC-16).

A day counts once, however often she stood at the window on it. Days: an enquiry that counts as a
visit and led to the case; filing at a window in person (not where a telephone call or our own
visit became the case, nor through an agent); bringing supplements; collecting the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from webapp.core import db

_DAYS = """
days AS (
  SELECT c.case_id, (c.at AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM contacts_contact c JOIN chosen USING (case_id) WHERE c.is_visit
  UNION
  SELECT k.id, (k.opened_at AT TIME ZONE 'Asia/Shanghai')::date
    FROM cases_case k JOIN chosen ON chosen.case_id = k.id
   WHERE k.agent_id IS NULL AND k.parent_id IS NULL
     AND NOT EXISTS (SELECT 1 FROM contacts_contact c
                      WHERE c.case_id = k.id AND c.state = 'CASE' AND NOT c.is_visit)
  UNION
  SELECT e.subject_id, (e.at AT TIME ZONE 'Asia/Shanghai')::date
    FROM audit_event e JOIN chosen ON chosen.case_id = e.subject_id
    JOIN cases_case k ON k.id = e.subject_id
   WHERE e.subject = 'case' AND e.kind = 'supplied' AND k.agent_id IS NULL
  UNION
  SELECT d.case_id, (d.served_at AT TIME ZONE 'Asia/Shanghai')::date
    FROM cases_delivery d JOIN chosen USING (case_id) WHERE d.way = 'window'
)
"""
_OF_CASE = (
    f"WITH chosen AS (SELECT %s::bigint AS case_id), {_DAYS} SELECT day FROM days ORDER BY day"
)
_OF_MONTH = f"""
WITH chosen AS (
  SELECT k.id AS case_id FROM cases_case k
   WHERE k.closed_at >= %(since)s AND k.closed_at < %(until)s
     AND (%(all)s OR k.accountable_unit_id = ANY(%(units)s))
), {_DAYS},
counted AS (
  SELECT chosen.case_id, count(days.day) AS visits
    FROM chosen LEFT JOIN days USING (case_id) GROUP BY chosen.case_id)
SELECT u.name AS unit, v.name AS item, count(*) AS cases, sum(n.visits) AS visits,
       count(*) FILTER (WHERE n.visits <= 1) AS once
  FROM counted n JOIN cases_case k ON k.id = n.case_id
  JOIN organisations_unit u ON u.id = k.accountable_unit_id
  JOIN catalogue_itemversion v ON v.id = k.item_version_id
 GROUP BY u.name, v.name ORDER BY sum(n.visits)::numeric / count(*) DESC, u.name, v.name
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Closed cases of one item at one unit: how often their applicants came."""

    unit: str
    item: str
    cases: int
    visits: int
    once: int

    @property
    def average(self) -> Decimal:
        """Visits for one case, to one decimal."""
        return (Decimal(self.visits) / self.cases).quantize(Decimal("0.1"), ROUND_HALF_UP)


def visit_days(case_id: int) -> list[date]:
    """The days on which the applicant of a case came to a counter: one statement."""
    return [row["day"] for row in db.rows(_OF_CASE, [case_id])]


def visits_by_item(since: object, until: object, unit_ids: frozenset[int] | None) -> list[Line]:
    """Cases closed in a span, by unit and item, the most visits first; None: the county."""
    wanted = {
        "since": since,
        "until": until,
        "all": unit_ids is None,
        "units": sorted(unit_ids or ()),
    }
    return [Line(**{**row, "visits": int(row["visits"])}) for row in db.rows(_OF_MONTH, wanted)]
