"""Figures of first contact for heads and the county: by unit and month (DUTY-02, REP-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp.core import db
from workflows.calendars import local_day, moment

_FIGURES = """
SELECT u.id AS unit_id, u.name AS unit, count(*) AS contacts,
       count(*) FILTER (WHERE c.state = 'ANSWERED') AS answered,
       count(*) FILTER (WHERE c.state = 'CASE') AS cases,
       count(*) FILTER (WHERE c.state IN ('OPEN', 'REFERRED')) AS open,
       count(*) FILTER (WHERE c.is_visit) AS visits,
       count(*) FILTER (WHERE r.sent > 0) AS referred,
       coalesce(sum(r.late), 0)::int AS late
  FROM contacts_contact c JOIN organisations_unit u ON u.id = c.unit_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS sent,
           count(*) FILTER (WHERE coalesce(f.answered_at, %(at)s) > f.due_at) AS late
      FROM contacts_referral f WHERE f.contact_id = c.id) r ON true
 WHERE c.at >= %(since)s AND c.at < %(until)s AND (%(all)s OR c.unit_id = ANY(%(units)s))
 GROUP BY u.id, u.name ORDER BY count(*) DESC, u.name
"""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit in one month. `late`: referrals taken, or still waiting, after their moment."""

    unit_id: int
    unit: str
    contacts: int
    answered: int
    cases: int
    open: int
    visits: int
    referred: int
    late: int


def month_of(text: str, at: datetime) -> date:
    """The first day of a month written 2026-03; this month for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return local_day(at).replace(day=1)


def span_of(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month and that of the next."""
    following = (month + timedelta(days=32)).replace(day=1)
    return moment(month), moment(following)


def figures(month: date, at: datetime, unit_ids: frozenset[int] | None) -> list[UnitFigures]:
    """What came to each unit first; None: every unit of the county. One statement."""
    since, until = span_of(month)
    wanted = {
        "since": since,
        "until": until,
        "at": at,
        "all": unit_ids is None,
        "units": sorted(unit_ids or ()),
    }
    return [UnitFigures(**row) for row in db.rows(_FIGURES, wanted)]
