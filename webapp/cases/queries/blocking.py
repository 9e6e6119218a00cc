"""What holds cases up: open promises, departments that have not answered, the applicant.

For the column of the inbox and of the case lists: one statement for a whole page of cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.core import db

ASKED = ("Task_Opinion", "Task_External")
"""Steps at which a department answers."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """`papers` promised and open · `answered` of `asked` departments · what else waits."""

    papers: int = 0
    answered: int = 0
    asked: int = 0
    applicant: bool = False
    suspended: bool = False
    termination: bool = False


_BLOCKS = """
SELECT c.id,
  (SELECT count(*) FROM cases_commitment u
     JOIN cases_commitmentpaper p ON p.commitment_id = u.id
     JOIN cases_casematerial m ON m.id = p.material_id
    WHERE u.case_id = c.id AND u.state = 'OPEN'
      AND m.state NOT IN ('received', 'checked', 'waived')) AS papers,
  (SELECT count(*) FILTER (WHERE i.state = 'DONE' AND i.outcome <> 'supplement')
     FROM cases_workitem i WHERE i.case_id = c.id AND i.element = ANY(%(asked)s)) AS answered,
  (SELECT count(*) FILTER (WHERE i.state = 'OPEN')
     FROM cases_workitem i WHERE i.case_id = c.id AND i.element = ANY(%(asked)s)) AS waiting,
  EXISTS (SELECT 1 FROM cases_awaitedmessage m WHERE m.case_id = c.id
     AND m.over_at IS NULL AND m.name = 'materials_supplied') AS applicant,
  c.suspended_from <> '' AS suspended,
  EXISTS (SELECT 1 FROM cases_proposal q
     WHERE q.case_id = c.id AND q.state = 'OPEN') AS termination
FROM cases_case c WHERE c.id = ANY(%(cases)s) AND c.is_open
"""


def blocking(case_ids: Iterable[int]) -> dict[int, Blocks]:
    """What holds up each of these cases; cases that nothing holds up are left out."""
    ids = sorted(set(case_ids))
    if not ids:
        return {}
    found = {}
    for row in db.rows(_BLOCKS, {"cases": ids, "asked": list(ASKED)}):
        waiting = row["waiting"]
        blocks = Blocks(
            papers=row["papers"],
            answered=row["answered"] if waiting else 0,
            asked=row["answered"] + waiting if waiting else 0,
            applicant=row["applicant"],
            suspended=row["suspended"],
            termination=row["termination"],
        )
        if blocks != Blocks():
            found[row["id"]] = blocks
    return found
