"""How often an organ says no: denials per decided or refused application, by unit and item.

DENY-01, DENY-03: read beside the register; the negative acts are those that were filed (D06, D07,
D10, D20, D25), each case once, and the whole is every case that ended in the span.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from webapp.core import db

_RATES = """
WITH ended AS (
  SELECT c.id, c.accountable_unit_id, c.item_version_id,
         EXISTS (SELECT 1 FROM cases_denialfiling f WHERE f.case_id = c.id) AS denied,
         EXISTS (SELECT 1 FROM cases_denialfiling f
                  WHERE f.case_id = c.id AND f.state = 'QUERIED') AS queried
    FROM cases_case c
   WHERE c.closed_at >= %(since)s AND c.closed_at < %(until)s
     AND c.result NOT IN ('guided', 'redirected', 'handled_elsewhere'))
SELECT {name} AS name, count(*) AS ended, count(*) FILTER (WHERE e.denied) AS denied,
       count(*) FILTER (WHERE e.queried) AS queried
  FROM ended e {join}
 GROUP BY {name} HAVING count(*) FILTER (WHERE e.denied) > 0
 ORDER BY count(*) FILTER (WHERE e.denied)::numeric / count(*) DESC, {name}
"""
_BY_UNIT = _RATES.format(
    name="u.name", join="JOIN organisations_unit u ON u.id = e.accountable_unit_id"
)
_BY_ITEM = _RATES.format(
    name="v.name", join="JOIN catalogue_itemversion v ON v.id = e.item_version_id"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Cases that ended, how many of them by a negative act, how many of those were queried."""

    name: str
    ended: int
    denied: int
    queried: int

    @property
    def percent(self) -> Decimal:
        """Denied of ended, in percent with one decimal."""
        share = Decimal(100 * self.denied) / self.ended
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def denial_rates(since: datetime, until: datetime) -> tuple[list[Rate], list[Rate]]:
    """By unit and by item, the highest first; two statements. What was never denied is left out."""
    wanted = {"since": since, "until": until}
    units, items = db.rows(_BY_UNIT, wanted), db.rows(_BY_ITEM, wanted)
    return [Rate(**row) for row in units], [Rate(**row) for row in items]
