"""Pinning a case to another version: what a step never changes, in one statement."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.cases.state import Item
from webapp.cases.store.write import as_json
from webapp.core.db import prepared

_REPIN = """
WITH version AS (
  UPDATE cases_case SET process_version_id = %(target)s WHERE id = %(case_id)s),
answers AS (
  UPDATE cases_submission SET filled_on_id = %(source)s
  WHERE case_id = %(case_id)s AND filled_on_id IS NULL AND item_id IS NOT NULL)
UPDATE cases_workitem SET process_key = r.process_key, element = r.element, name = r.name,
  pool_id = r.pool_id, form = r.form, separate = r.separate, claimed_by_id = r.claimed_by,
  claimed_at = r.claimed_at
FROM jsonb_to_recordset(%(items)s) AS r(
  id bigint, process_key text, element text, name text, pool_id bigint, form text,
  separate text[], claimed_by bigint, claimed_at timestamptz)
WHERE cases_workitem.id = r.id AND cases_workitem.case_id = %(case_id)s
"""


def repin(case_id: int, source: int, target: int, items: Sequence[Item]) -> None:
    """Let a locked case run on the version `target`, with its open items as drawn there.

    Answers given so far are marked with the version `source` whose forms asked for them; the
    application itself belongs to the item, not to the process.
    """
    with prepared() as cursor:
        cursor.execute(
            _REPIN,
            {"case_id": case_id, "source": source, "target": target, "items": as_json(items)},
        )
