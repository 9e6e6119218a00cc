"""What a village agent has on her one page: to deliver, waiting in the township, to supplement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from webapp.cases.values import masked, open_value
from webapp.core import db
from webapp.core.crypto import Undecipherable
from webapp.organisations.queries import Acting

MOST = 50
PHONE = "application.applicant_phone"


@dataclass(frozen=True, slots=True)
class Errand:
    """One case of the agent. `phone` is masked; `due_at` is the item's or the case's."""

    case_id: int
    number: str
    item_name: str
    applicant_name: str
    phone: str
    step: str
    holder: str
    since: datetime | None
    due_at: datetime | None
    item_id: int | None


@dataclass(frozen=True, slots=True)
class Round:
    """The day of a village agent."""

    to_do: tuple[Errand, ...] = field(default=())
    to_supplement: tuple[Errand, ...] = field(default=())
    waiting: tuple[Errand, ...] = field(default=())


_CASES = """
WITH hers AS (
  SELECT id FROM cases_case WHERE is_open AND agent_id = %(me)s
  UNION
  SELECT case_id FROM cases_workitem WHERE state = 'OPEN' AND pool_id = ANY(%(pools)s)
)
SELECT c.id AS case_id, c.number, v.name AS item_name, c.applicant_name,
  coalesce(i.name, '') AS step, coalesce(u.name, '') AS holder, c.holder_since AS since,
  coalesce(i.due_at, c.due_at) AS due_at, i.id AS item_id,
  EXISTS (SELECT 1 FROM cases_awaitedmessage m WHERE m.case_id = c.id
            AND m.name = 'materials_supplied' AND m.over_at IS NULL) AS asks_for_papers,
  p.ciphertext
FROM hers
JOIN cases_case c ON c.id = hers.id
JOIN catalogue_itemversion v ON v.id = c.item_version_id
LEFT JOIN organisations_unit u ON u.id = c.holder_unit_id
LEFT JOIN LATERAL (SELECT i.id, i.name, i.due_at FROM cases_workitem i
  WHERE i.case_id = c.id AND i.state = 'OPEN' AND i.pool_id = ANY(%(pools)s)
  ORDER BY i.due_at, i.id LIMIT 1) i ON true
LEFT JOIN LATERAL (SELECT s.ciphertext FROM cases_sensitivevalue s
  WHERE s.case_id = c.id AND s.field = %(phone)s ORDER BY s.id DESC LIMIT 1) p ON true
WHERE i.id IS NOT NULL OR NOT EXISTS (
  SELECT 1 FROM cases_case s WHERE s.parent_id = c.id AND s.is_open)
ORDER BY due_at, c.id LIMIT %(most)s
"""


def village_round(by: Acting) -> Round:
    """Her open cases, and what is still hers to do in ended ones: one statement.

    Most urgent first. While a visit only waits for the case that it has started, that case
    stands for both. In an ended case the papers may still have to go back to the villager.
    """
    pools = [held.pool_id for held in by.held if held.role == "village.agent"]
    rows = db.rows(_CASES, {"pools": pools, "me": by.officer_id, "phone": PHONE, "most": MOST})
    found = [(row, _errand(row)) for row in rows]
    return Round(
        to_do=tuple(one for _row, one in found if one.item_id is not None),
        to_supplement=tuple(
            one for row, one in found if one.item_id is None and row["asks_for_papers"]
        ),
        waiting=tuple(
            one for row, one in found if one.item_id is None and not row["asks_for_papers"]
        ),
    )


def _errand(row: Mapping[str, Any]) -> Errand:
    kept = {key: row[key] for key in Errand.__dataclass_fields__ if key != "phone"}
    return Errand(**kept, phone=_phone(row["case_id"], row["ciphertext"]))


def _phone(case_id: int, ciphertext: bytes | None) -> str:
    if ciphertext is None:
        return ""
    try:
        return masked(open_value(case_id, PHONE, bytes(ciphertext)))
    except Undecipherable:
        return ""
