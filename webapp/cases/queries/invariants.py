"""What must hold for every case, checked hourly in one SQL statement (design: data)."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.audit.queries import broken_links
from webapp.cases.models import Case
from webapp.core import db


@dataclass(frozen=True, slots=True)
class Broken:
    """A case that breaks a rule, and which."""

    case_id: int
    number: str
    rule: str


_BROKEN = """
SELECT c.id AS case_id, c.number, r.rule
FROM cases_case c
CROSS JOIN LATERAL (
  SELECT 'open case waits for nothing' AS rule
   WHERE c.is_open
     AND NOT EXISTS (SELECT 1 FROM cases_workitem i WHERE i.case_id = c.id AND i.state = 'OPEN')
     AND NOT EXISTS (SELECT 1 FROM cases_timer t WHERE t.case_id = c.id AND t.state = 'ARMED'
                       AND t.fires_at IS NOT NULL)
     AND NOT EXISTS (SELECT 1 FROM cases_awaitedmessage m
                      WHERE m.case_id = c.id AND m.over_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM core_outboxmessage o
                      WHERE o.ordering_key = 'case-command:' || c.id
                        AND o.sent_at IS NULL AND o.dead_at IS NULL)
  UNION ALL
  SELECT 'accountable unit has no window'
   WHERE c.is_open AND NOT EXISTS (
     SELECT 1 FROM organisations_pool p JOIN organisations_unit u ON u.id = p.unit_id
      WHERE p.unit_id = c.accountable_unit_id AND u.active
        AND p.role_id IN ('township.window', 'county.window'))
  UNION ALL
  SELECT 'closed case still waits'
   WHERE NOT c.is_open AND (
     EXISTS (SELECT 1 FROM cases_workitem i WHERE i.case_id = c.id AND i.state = 'OPEN'
               AND i.element NOT IN ('Command_GiveBack', 'Command_Acknowledge', 'Command_Answer'))
     OR EXISTS (SELECT 1 FROM cases_timer t WHERE t.case_id = c.id AND t.state = 'ARMED')
     OR EXISTS (SELECT 1 FROM cases_awaitedmessage m
                 WHERE m.case_id = c.id AND m.over_at IS NULL)
     OR EXISTS (SELECT 1 FROM cases_clock k
                 LEFT JOIN cases_workitem i ON i.id = k.item_id AND i.state = 'OPEN'
                 WHERE k.case_id = c.id AND k.state <> 'ended' AND i.id IS NULL))
  UNION ALL
  SELECT 'papers are here and nobody gives them back'
   WHERE NOT c.is_open
     AND EXISTS (SELECT 1 FROM cases_custody p WHERE p.case_id = c.id
                   AND p.received_at IS NULL AND p.taken_back_at IS NULL AND p.to_pool_id IS NULL)
     AND NOT EXISTS (SELECT 1 FROM cases_workitem i WHERE i.case_id = c.id AND i.state = 'OPEN'
                       AND i.element = 'Command_GiveBack')
  UNION ALL
  SELECT 'papers are on the way to two posts'
   WHERE EXISTS (SELECT 1 FROM cases_custody p
                  WHERE p.case_id = c.id AND p.received_at IS NULL AND p.taken_back_at IS NULL
                    AND p.to_pool_id IS NOT NULL
                  GROUP BY p.papers HAVING count(DISTINCT p.to_pool_id) > 1)
  UNION ALL
  SELECT 'tolerance outlives a limit of the case'
   WHERE EXISTS (SELECT 1 FROM cases_clock t JOIN cases_clock k ON k.case_id = t.case_id
                  WHERE t.case_id = c.id AND t.kind = 'tolerance' AND t.state = 'running'
                    AND k.kind IN ('promised', 'statutory') AND k.state = 'running'
                    AND t.due_on > k.due_on)
  UNION ALL
  SELECT 'no snapshot'
   WHERE NOT EXISTS (SELECT 1 FROM cases_casesnapshot s WHERE s.case_id = c.id)
  UNION ALL
  SELECT 'audit chain does not end where the case says'
   WHERE c.audit_seq <> (SELECT coalesce(max(e.seq), 0) FROM audit_event e
                          WHERE e.subject = 'case' AND e.subject_id = c.id)
  UNION ALL
  SELECT 'clock without its entries'
   WHERE EXISTS (SELECT 1 FROM cases_clock k WHERE k.case_id = c.id AND NOT EXISTS (
     SELECT 1 FROM cases_clockentry e
      WHERE e.case_id = c.id AND e.kind = k.kind AND e.run = k.run))
  UNION ALL
  SELECT 'claimed by somebody without a moment'
   WHERE EXISTS (SELECT 1 FROM cases_workitem i WHERE i.case_id = c.id AND i.state = 'OPEN'
                   AND (i.claimed_by_id IS NULL) <> (i.claimed_at IS NULL))
) r
ORDER BY c.id
LIMIT 1000
"""


def broken_invariants() -> list[Broken]:
    """Every case that nobody answers for, or that waits for nothing: one statement."""
    return [Broken(**row) for row in db.rows(_BROKEN)]


def broken_chain(case_id: int) -> list[str]:
    """What is wrong with the audit chain of one case, as sentences."""
    head, seq = Case.objects.values_list("audit_head", "audit_seq").get(pk=case_id)
    return broken_links("case", case_id, bytes(head), seq)


def events_without_case() -> list[int]:
    """Cases whose events are there and whose row is not: one statement."""
    found = db.rows(
        """
SELECT DISTINCT e.subject_id AS id FROM audit_event e
 WHERE e.subject = 'case' AND e.seq = 1
   AND NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = e.subject_id)
"""
    )
    return [row["id"] for row in found]


def gaps_in_numbers() -> list[tuple[int, str, int]]:
    """Series (organ, code, year) whose numbers are not 1 … n without a gap."""
    found = db.rows(
        """
SELECT organ_id, code, year FROM cases_document WHERE serial IS NOT NULL
GROUP BY organ_id, code, year
HAVING count(*) <> max(serial) OR min(serial) <> 1
   OR max(serial) <> (SELECT s.last FROM cases_numberseries s
                       WHERE s.organ_id = cases_document.organ_id
                         AND s.code = cases_document.code AND s.year = cases_document.year)
"""
    )
    return [(row["organ_id"], row["code"], row["year"]) for row in found]
