"""Sweep A: reminders and cards for clocks that are about to run out, or have (domain §4.4).

Set-based: no engine, no locks on cases; each card once per rule, clock and due date, or once per
its key. The rules are rows (`catalogue.supervision`); working-day edges are computed here once per
sweep, the comparison is a range of the materialised dates. Every statement stands for itself: a
sweep that dies, or two at once, leave nothing to mend. Silence never approves anything here.

Reminders (R01, R02) come while the office that answers is open; cards at once.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

from django.db import connection

from webapp.cases.actions.recount_clocks import is_recounting
from webapp.cases.models import Card
from webapp.cases.planning.ending import SUSPENSION
from webapp.cases.store.cards import told
from webapp.cases.store.due_cards import due_cards
from webapp.catalogue.queries import calendar_in_force
from webapp.catalogue.supervision import Rule, supervision_rules
from webapp.core.db import now
from workflows.calendars import Calendar, local_day, moment
from workflows.clocks import Stopped, from_dict
from workflows.model import LimitUnit

_ISSUE = """
INSERT INTO cases_card (case_id, rule, level, state, clock_id, due_at, cause, evidence,
  unit_id, pool_id, officer_id, told, issued_at)
{due}
ON CONFLICT DO NOTHING
"""

_TALKS = """
INSERT INTO cases_card (case_id, rule, level, state, key, cause, evidence,
  unit_id, pool_id, officer_id, told, issued_at)
SELECT last.case_id, %(rule)s, %(level)s, 'ISSUED',
  %(rule)s || ':' || many.officer_id || ':' || %(quarter)s, %(cause)s, many.evidence,
  last.unit_id, last.pool_id, many.officer_id, {told}, %(at)s
FROM (SELECT c.officer_id, max(c.id) AS last,
        left(string_agg(c.rule || '#' || c.id, ' ' ORDER BY c.id), 300) AS evidence
      FROM cases_card c
      WHERE c.level IN ('yellow', 'red') AND c.state = 'ISSUED' AND c.officer_id IS NOT NULL
        AND c.issued_at >= %(since)s AND c.issued_at <= %(at)s
      GROUP BY c.officer_id
      HAVING count(*) FILTER (WHERE c.level = 'yellow') >= %(count)s
          OR count(*) FILTER (WHERE c.level = 'red') >= 1) many
JOIN cases_card last ON last.id = many.last
JOIN cases_case k ON k.id = last.case_id
ON CONFLICT DO NOTHING
"""


def issue_cards(at: datetime | None = None) -> int:
    """Issue every reminder and card that is due; gives how many. Two sweeps at once are safe."""
    at = at or now()
    if is_recounting():
        return 0  # nobody gets a card by a date that has just moved; the next sweep is a minute away
    calendar = calendar_in_force()
    rules = supervision_rules()
    issued = _issue(rules, calendar, at)
    for rule in rules:
        if rule.trigger == "stopped":
            issued += _issue_stopped(rule, calendar, at)
        if rule.trigger == "quarter":
            issued += _issue_talks(rule, at)
    return issued


def _issue(rules: tuple[Rule, ...], calendar: Calendar, at: datetime) -> int:
    due, params = due_cards(rules, calendar, at)
    if not due:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_ISSUE.format(due=due), params)
        return int(cursor.rowcount)


def _issue_stopped(rule: Rule, calendar: Calendar, at: datetime) -> int:
    """R12: stopped without a notice, or for longer than the notice says (Art. 45)."""
    with connection.cursor() as cursor:
        cursor.execute(_STOPPED, {"kinds": list(rule.clocks)})
        stopped = cursor.fetchall()
    issued = 0
    for clock, case, seq, entry in stopped:
        stop = from_dict(json.loads(entry))
        why = too_long(stop, calendar, at) if isinstance(stop, Stopped) else ""
        if why:
            key = f"{rule.code}:{clock}:{seq}"
            issued += _one(rule, case, why, key, at, clock=clock)
    return issued


_STOPPED = """
SELECT c.id, c.case_id, last.seq, last.entry::text
FROM cases_clock c
CROSS JOIN LATERAL (SELECT e.seq, e.entry FROM cases_clockentry e
  WHERE e.case_id = c.case_id AND e.kind = c.kind AND e.run = c.run
  ORDER BY e.seq DESC LIMIT 1) last
WHERE c.state = 'stopped' AND c.kind = ANY(%(kinds)s::varchar[])
ORDER BY c.id
"""


def too_long(stop: Stopped, calendar: Calendar, at: datetime) -> str:
    """Why a stop is out of order, in Chinese; "" when it is not."""
    if stop.cause == SUSPENSION:
        return ""  # suspended by command, on a notice of its own that states no days
    if not stop.evidence:
        return f"因{stop.cause}暂停，没有告知书"
    if stop.stated is None:
        return ""
    since, days = local_day(stop.at), stop.stated.amount
    if stop.stated.unit is LimitUnit.DAY:
        last = since + timedelta(days=days)
    else:
        last = calendar.add_working_days(since, max(days, 1))
    if local_day(at) <= last:
        return ""
    unit = "天" if stop.stated.unit is LimitUnit.DAY else "个工作日"
    return f"{stop.evidence}载明{stop.cause}需要{days}{unit}，到{last.isoformat()}，还没有恢复"


_ONE = f"""
INSERT INTO cases_card (case_id, rule, level, state, clock_id, key, cause, evidence,
  unit_id, officer_id, told, issued_at)
SELECT k.id, %(rule)s, %(level)s, 'ISSUED', %(clock)s::bigint, %(key)s, %(cause)s, %(evidence)s,
  coalesce(k.holder_unit_id, k.accountable_unit_id),
  coalesce(%(officer)s::bigint, k.holder_officer_id),
  {told("%(to)s::varchar[]", "k.holder_unit_id", "k.accountable_unit_id", "k.competent_unit_id")},
  %(at)s
FROM cases_case k WHERE k.id = %(case)s
ON CONFLICT DO NOTHING
"""


def _one(
    rule: Rule,
    case_id: int,
    evidence: str,
    key: str,
    at: datetime,
    *,
    clock: int | None = None,
    officer: int | None = None,
) -> int:
    params = {
        "rule": rule.code, "level": rule.signal, "cause": rule.name, "evidence": evidence[:300],
        "clock": clock, "case": case_id, "to": list(rule.to), "at": at, "key": key,
        "officer": officer,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ONE, params)
        return int(cursor.rowcount)


def _issue_talks(rule: Rule, at: datetime) -> int:
    """R11: so many yellow cards, or a red one, of one person in a quarter: a talk with her."""
    day = local_day(at)
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    sql = _TALKS.format(told=told("%(to)s::varchar[]", "last.unit_id", "k.accountable_unit_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "rule": rule.code, "level": rule.signal, "cause": rule.name,
                "to": list(rule.to), "count": rule.count or 3, "at": at,
                "since": moment(first, time.min),
                "quarter": f"{first.year}Q{(first.month + 2) // 3}",
            },
        )  # fmt: skip
        return int(cursor.rowcount)


def note_blocked(code: str, case_id: int, officer_id: int, evidence: str, at: datetime) -> None:
    """R07: what the system has just refused is a card of whoever tried it, once a day."""
    rule = next((one for one in supervision_rules() if one.code == code), None)
    if rule is None or rule.signal not in Card.Level.values:
        return
    key = f"{code}:{case_id}:{officer_id}:{local_day(at).isoformat()}"
    _one(rule, case_id, evidence, key, at, officer=officer_id)
