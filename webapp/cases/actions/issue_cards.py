"""Sweep A: reminders and cards for clocks that are about to run out, or have (domain §4.4).

Set-based: no engine, no locks on cases; each card once per rule, clock and due date. Working-day
edges are computed here once per sweep, the comparison is a range of the materialised dates.

R01 one working day (or a fifth of the limit) is left · R02 due today · R03 a step is late, the
whole is not · R04 promised limit exceeded by one or two working days · R05 by three, or any
statutory limit exceeded · R06 the check of the papers has run out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from webapp.cases.planning.overdue import three_working_days_ago
from webapp.catalogue.queries import calendar_in_force
from webapp.core.db import now
from workflows.calendars import local_day, moment

_FURTHEST = 12
"""Working days ahead that a fifth of a limit can reach (60 working days)."""

_BINDING = "('check','statutory','promised','step','handup','county','delivery','department')"

_CARDS = f"""
INSERT INTO cases_card (case_id, rule, level, clock_id, due_at, issued_at)
SELECT c.case_id, v.rule, v.level, c.id, c.due_at, %(at)s
FROM cases_clock c
CROSS JOIN LATERAL (
  SELECT 'R01' AS rule, 'reminder' AS level
   WHERE c.due_at >= %(at)s AND c.kind IN {_BINDING} AND c.due_on <=
     (%(edges)s::date[])[least(greatest(1, (
       SELECT (e.entry->'limit'->>'amount')::int / 5 FROM cases_clockentry e
        WHERE e.case_id = c.case_id AND e.kind = c.kind AND e.run = c.run AND e.seq = 1)),
       {_FURTHEST})]
  UNION ALL
  SELECT 'R02', 'warning' WHERE c.due_on = %(today)s AND c.kind IN {_BINDING}
  UNION ALL
  SELECT 'R03', 'yellow' WHERE c.kind = 'step' AND c.lapses_at <= %(at)s AND NOT EXISTS (
    SELECT 1 FROM cases_clock whole WHERE whole.case_id = c.case_id
       AND whole.kind IN ('promised', 'statutory') AND whole.state = 'running'
       AND whole.lapses_at <= %(at)s)
  UNION ALL
  SELECT 'R04', 'yellow' WHERE c.kind = 'promised' AND c.lapses_at <= %(at)s
     AND c.due_on > %(three_ago)s
  UNION ALL
  SELECT 'R05', 'red' WHERE c.lapses_at <= %(at)s
     AND (c.kind = 'statutory' OR (c.kind = 'promised' AND c.due_on <= %(three_ago)s))
  UNION ALL
  SELECT 'R06', 'red' WHERE c.kind = 'check' AND c.lapses_at <= %(at)s
) v
WHERE c.state = 'running' AND c.due_at < %(far)s
  AND NOT EXISTS (SELECT 1 FROM cases_card k
                   WHERE k.rule = v.rule AND k.clock_id = c.id AND k.due_at = c.due_at)
ON CONFLICT DO NOTHING
"""


def issue_cards(at: datetime | None = None) -> int:
    """Issue every reminder and card that is due; gives how many. Two sweeps at once are safe."""
    at = at or now()
    calendar = calendar_in_force()
    today = local_day(at)
    edges = [calendar.add_working_days(today, days) for days in range(1, _FURTHEST + 1)]
    params: dict[str, Any] = {
        "at": at,
        "today": today,
        "edges": edges,
        "three_ago": three_working_days_ago(calendar, today),
        "far": moment(edges[-1] + timedelta(days=1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, params)
        return int(cursor.rowcount)
