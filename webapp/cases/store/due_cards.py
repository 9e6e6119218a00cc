"""Which cards the clocks of running cases call for under a table of rules (domain §4.4).

One SELECT for all rules: the sweep inserts what it gives (`actions.issue_cards`), the page on
which rules are changed shows it before anybody agrees (`queries.foreseen`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from webapp.cases.planning.overdue import late_edge
from webapp.cases.store.cards import told
from webapp.catalogue.queries import open_units
from webapp.catalogue.supervision import Rule
from workflows.calendars import Calendar, local_day, moment

_FURTHEST = 12
"""Working days ahead that a share of a limit can reach (60 working days)."""

_DUE = """
SELECT c.case_id, v.rule, v.level, 'ISSUED', c.id, c.due_at, v.cause, '',
  coalesce(p.unit_id, k.holder_unit_id, k.accountable_unit_id), coalesce(p.id, w.id, h.id),
  CASE WHEN c.item_id IS NULL THEN k.holder_officer_id ELSE i.claimed_by_id END,
  {told}, %(at)s
FROM cases_clock c
CROSS JOIN LATERAL ({rules}) AS v(rule, level, cause, roles)
JOIN cases_case k ON k.id = c.case_id
LEFT JOIN cases_workitem i ON i.id = c.item_id
LEFT JOIN organisations_pool p ON p.id = i.pool_id
LEFT JOIN organisations_pool w ON w.unit_id = k.holder_unit_id AND w.role_id = k.holder_role
LEFT JOIN organisations_pool h ON w.id IS NULL AND h.unit_id = k.accountable_unit_id
      AND h.role_id IN ('township.window', 'county.window')
WHERE c.state = 'running' AND c.due_at < %(far)s
  AND NOT EXISTS (SELECT 1 FROM cases_card old
                   WHERE old.rule = v.rule AND old.clock_id = c.id AND old.due_at = c.due_at)
ORDER BY c.lapses_at, c.id
"""
_TOLD = told("v.roles", "coalesce(p.unit_id, k.holder_unit_id)", "k.accountable_unit_id",
             "k.competent_unit_id")  # fmt: skip

_OPEN = """(SELECT (k2.accountable_unit_id = ANY(%(others)s)) <> %(open)s
            FROM cases_case k2 WHERE k2.id = c.case_id)"""

_WHOLE_LATE = """EXISTS (SELECT 1 FROM cases_clock whole WHERE whole.case_id = c.case_id
  AND whole.kind IN ('promised', 'statutory', 'check') AND whole.state = 'running'
  AND whole.lapses_at <= %(at)s)"""


def due_cards(
    rules: Iterable[Rule], calendar: Calendar, at: datetime
) -> tuple[str, dict[str, Any]]:
    """SELECT with its parameters: the columns of a card, for each that is due and not issued.

    "" when no rule is about due dates.
    """
    today = local_day(at)
    usual, others = open_units(at)
    edges = [calendar.add_working_days(today, days) for days in range(1, _FURTHEST + 1)]
    params: dict[str, Any] = {
        "at": at, "today": today, "edges": edges, "open": usual, "others": others,
        "far": moment(edges[-1] + timedelta(days=1)),
    }  # fmt: skip
    parts = []
    for number, rule in enumerate(rules):
        condition = _condition(rule, f"r{number}", calendar, today, params)
        if condition:
            parts.append(condition)
    if not parts:
        return "", {}
    return _DUE.format(rules=" UNION ALL ".join(parts), told=_TOLD), params


def _condition(
    rule: Rule, name: str, calendar: Calendar, today: date, params: dict[str, Any]
) -> str:
    """The rule as one line of the sweep's statement, "" when it is not about due dates."""
    where = [f"c.kind = ANY(%({name}_kinds)s::varchar[])"]
    if rule.trigger == "due_within":
        where.append(f"c.due_at >= %(at)s AND c.due_on <= {_edge(name)}")
        params |= {f"{name}_days": rule.days or 1, f"{name}_share": rule.share or 0}
    elif rule.trigger == "due_today":
        where.append("c.due_on = %(today)s")
    elif rule.trigger == "lapsed":
        where.append("c.lapses_at <= %(at)s")
        if (rule.late_from or 1) > 1:
            where.append(f"c.due_on <= %({name}_from)s")
            params[f"{name}_from"] = late_edge(calendar, today, rule.late_from or 1)
        if rule.late_until is not None:
            where.append(f"c.due_on > %({name}_until)s")
            params[f"{name}_until"] = late_edge(calendar, today, rule.late_until + 1)
        if "step" in rule.clocks:
            where.append(f"NOT (c.kind = 'step' AND {_WHOLE_LATE})")
    else:
        return ""
    if rule.hours:
        where.append(_OPEN)
    params |= {
        f"{name}_rule": rule.code, f"{name}_level": rule.signal, f"{name}_cause": rule.name,
        f"{name}_to": list(rule.to), f"{name}_kinds": list(rule.clocks),
    }  # fmt: skip
    return (
        f"SELECT %({name}_rule)s, %({name}_level)s, %({name}_cause)s, %({name}_to)s::varchar[] "
        f"WHERE {' AND '.join(where)}"
    )


def _edge(name: str) -> str:
    """The last due day of a reminder: so many working days, or a share of the limit, ahead."""
    share = f"""(SELECT (e.entry->'limit'->>'amount')::int * %({name}_share)s / 100
      FROM cases_clockentry e
      WHERE e.case_id = c.case_id AND e.kind = c.kind AND e.run = c.run AND e.seq = 1)"""
    return f"(%(edges)s::date[])[least(greatest(%({name}_days)s, {share}), {_FURTHEST})]"
