"""The locking read of a case: one statement, everything a step needs.

Under READ COMMITTED a `SELECT … FOR UPDATE` that had to wait gives the locked row as it is now,
but every other table as it was when the statement began. Each action under the case's lock adds
an audit event, so `audit_seq` counts all changes: when the locked row's count differs from the
one that the statement saw at its beginning, the read is repeated (now under the lock, so once).

The moment of an action is the database's clock, but never before the case's last event: a clock
that is set back must not turn a case's history round.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from webapp.cases.state import (
    CaseState,
    ClockRow,
    Done,
    Handed,
    Item,
    Promised,
    Termination,
    TimerRow,
    Undertaking,
    Waiting,
)
from webapp.core.db import MOMENT, prepared
from webapp.core.errors import Unknown

T = TypeVar("T")

_CASE_COLUMNS = [
    "id",
    "number",
    "item_version_id",
    "process_version_id",
    "applicant_name",
    "village_id",
    "received_at_unit_id",
    "accountable_unit_id",
    "competent_unit_id",
    "registered_by_id",
    "agent_id",
    "parent_id",
    "delivery_mode",
    "status",
    "suspended_from",
    "result",
    "deemed_accepted",
    "supplemented",
    "is_open",
    "opened_at",
    "received_at",
    "accepted_at",
    "decided_at",
    "closed_at",
    "holder_unit_id",
    "holder_role",
    "holder_officer_id",
    "holder_since",
    "due_at",
    "statutory_due_at",
    "promised_due_at",
    "version",
    "audit_seq",
    "audit_head",
]

_READ = f"""
WITH locked AS (SELECT * FROM cases_case WHERE id = {{which}} {{how}})
SELECT greatest({MOMENT},
    (SELECT e.at FROM audit_event e WHERE e.subject = 'case' AND e.subject_id = locked.id
      AND e.seq = locked.audit_seq)) AS at,
  (SELECT seen.audit_seq FROM cases_case seen WHERE seen.id = locked.id) AS seen_seq,
  (SELECT jsonb_build_array(id, covers_from, covers_to)
     FROM catalogue_calendar WHERE in_force) AS calendar,
  (SELECT state FROM cases_casesnapshot WHERE case_id = locked.id) AS snapshot,
  (SELECT jsonb_agg(jsonb_build_object(
      'id', i.id, 'token', i.token, 'process_key', i.process_key, 'element', i.element,
      'name', i.name, 'pool_id', i.pool_id, 'form', i.form, 'separate', i.separate,
      'claimed_by', i.claimed_by_id, 'claimed_at', i.claimed_at, 'opened_at', i.opened_at,
      'due_at', i.due_at, 'lapses_at', i.lapses_at) ORDER BY i.id)
     FROM cases_workitem i WHERE i.case_id = locked.id AND i.state = 'OPEN') AS items,
  (SELECT jsonb_agg(jsonb_build_object(
      'id', i.id, 'token', i.token, 'process_key', i.process_key, 'element', i.element,
      'name', i.name, 'pool_id', i.pool_id, 'by', i.closed_by_id, 'by_name', o.name,
      'replaced', i.closed_for_id,
      'at', i.closed_at, 'outcome', i.outcome, 'separate', i.separate) ORDER BY i.closed_at, i.id)
     FROM cases_workitem i JOIN accounts_officer o ON o.id = i.closed_by_id
    WHERE i.case_id = locked.id AND i.state = 'DONE') AS done,
  (SELECT jsonb_agg(jsonb_build_object(
      'id', c.id, 'kind', c.kind, 'run', c.run, 'item_id', c.item_id, 'state', c.state,
      'started_at', c.started_at, 'due_at', c.due_at, 'lapses_at', c.lapses_at,
      'ended_at', c.ended_at, 'entries', CASE
        WHEN c.state = 'ended' AND NOT (c.kind = 'check' AND c.run = 1) THEN '[]'::jsonb ELSE
        (SELECT jsonb_agg(e.entry ORDER BY e.seq) FROM cases_clockentry e
          WHERE e.case_id = c.case_id AND e.kind = c.kind AND e.run = c.run) END)
      ORDER BY c.id)
     FROM cases_clock c WHERE c.case_id = locked.id) AS clocks,
  (SELECT jsonb_agg(jsonb_build_object(
      'id', t.id, 'token', t.token, 'element', t.element, 'clock_kind', t.clock_kind,
      'host', t.host, 'before', t.before, 'fires_at', t.fires_at) ORDER BY t.id)
     FROM cases_timer t WHERE t.case_id = locked.id AND t.state = 'ARMED') AS timers,
  (SELECT jsonb_agg(jsonb_build_object(
      'token', m.token, 'name', m.name, 'signal', m.signal) ORDER BY m.id)
     FROM cases_awaitedmessage m WHERE m.case_id = locked.id AND m.over_at IS NULL) AS awaited,
  (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'to_pool_id', p.to_pool_id,
      'papers', p.papers) ORDER BY p.id)
     FROM cases_custody p WHERE p.case_id = locked.id AND p.received_at IS NULL
      AND p.taken_back_at IS NULL) AS handed,
  (SELECT (array_agg(CASE WHEN p.received_at IS NULL THEN p.from_unit_id ELSE o.unit_id END
      ORDER BY p.received_at IS NULL,
        CASE WHEN p.received_at IS NULL THEN p.id ELSE -p.id END))[1]
     FROM cases_custody p LEFT JOIN organisations_pool o ON o.id = p.to_pool_id
    WHERE p.case_id = locked.id AND p.papers = 'materials' AND p.taken_back_at IS NULL)
    AS papers_unit_id,
  (SELECT jsonb_build_object('id', u.id, 'until', u.until, 'extended', u.extended,
      'bars_days', u.bars_days, 'papers',
      (SELECT jsonb_agg(jsonb_build_object('key', m.key, 'name', m.name, 'state', m.state,
          'form', m.form, 'due_on', p.due_on, 'came_at', p.came_at) ORDER BY m."order")
         FROM cases_commitmentpaper p JOIN cases_casematerial m ON m.id = p.material_id
        WHERE p.commitment_id = u.id))
     FROM cases_commitment u WHERE u.case_id = locked.id AND u.state = 'OPEN') AS commitment,
  (SELECT jsonb_build_object('id', q.id, 'reason', q.reason, 'basis', q.basis,
      'proposed_by', q.proposed_by_id, 'proposed_by_name', o.name, 'proposed_at', q.proposed_at,
      'proposed_for', q.proposed_for_id, 'refile', q.refile)
     FROM cases_proposal q JOIN accounts_officer o ON o.id = q.proposed_by_id
    WHERE q.case_id = locked.id AND q.state = 'OPEN') AS proposal,
  {", ".join(f"locked.{column}" for column in _CASE_COLUMNS)}
FROM locked
"""

_JSON = {"calendar", "items", "done", "clocks", "timers", "awaited", "handed"} | {
    "commitment",
    "proposal",
}
_WAIT = "FOR UPDATE"
_DUE_AND_FREE = f"""
AND EXISTS (SELECT 1 FROM cases_timer
  WHERE case_id = %(key)s AND state = 'ARMED' AND fires_at <= {MOMENT})
FOR UPDATE SKIP LOCKED"""
_BY_ID = "%(key)s"
_BY_ITEM = "(SELECT case_id FROM cases_workitem WHERE id = %(key)s)"
_BY_NUMBER = "(SELECT id FROM cases_case WHERE number = %(key)s)"


def lock_case(case_id: int) -> CaseState:
    """Lock a case and read it. Raises Unknown."""
    return _lock(_BY_ID, case_id)


def lock_by_item(item_id: int) -> CaseState:
    """Lock the case of a work item and read it. Raises Unknown."""
    return _lock(_BY_ITEM, item_id)


def lock_by_number(number: str) -> CaseState:
    """Lock a case by its number and read it. Raises Unknown."""
    return _lock(_BY_NUMBER, number)


def lock_case_if_due(case_id: int) -> CaseState | None:
    """Lock a case with a due timer that nobody else is working on, or give None.

    Sweeps yield to people, and to each other: what another worker has just fired is not due.
    """
    return _read(_BY_ID, case_id, _DUE_AND_FREE)


def _lock(which: str, key: int | str) -> CaseState:
    state = _read(which, key, _WAIT)
    if state is None:
        raise Unknown("没有这个办件。")
    return state


def _read(which: str, key: int | str, how: str) -> CaseState | None:
    sql = _READ.format(which=which, how=how)
    row = _one(sql, key)
    if row is not None and row["seen_seq"] != row["audit_seq"]:
        row = _one(sql, key)
    return None if row is None else _state(row)


def _one(sql: str, key: int | str) -> dict[str, Any] | None:
    with prepared() as cursor:
        cursor.execute(sql, {"key": key})
        row = cursor.fetchone()
        if row is None or cursor.description is None:
            return None
        names = [column.name for column in cursor.description]
    return {
        name: json.loads(value) if name in _JSON and value is not None else value
        for name, value in zip(names, row, strict=True)
    }


def _state(row: dict[str, Any]) -> CaseState:
    return CaseState(
        at=row["at"],
        calendar=_calendar(row["calendar"]),
        snapshot=bytes(row["snapshot"] or b""),
        items=tuple(_item(Item, part) for part in row["items"] or ()),
        done=tuple(_item(Done, part) for part in row["done"] or ()),
        clocks=tuple(_clock(part) for part in row["clocks"] or ()),
        timers=tuple(_plain(TimerRow, part) for part in row["timers"] or ()),
        awaited=tuple(Waiting(**part) for part in row["awaited"] or ()),
        handed=tuple(Handed(**part) for part in row["handed"] or ()),
        papers_unit_id=row["papers_unit_id"],
        audit_head=bytes(row["audit_head"]),
        commitment=_commitment(row["commitment"]),
        proposal=_plain(Termination, row["proposal"]) if row["proposal"] else None,
        **_columns(row),
    )


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {column: row[column] for column in _CASE_COLUMNS if column != "audit_head"}


def _commitment(stored: dict[str, Any] | None) -> Undertaking | None:
    if stored is None:
        return None
    papers = tuple(_plain(Promised, part) for part in stored["papers"] or ())
    return Undertaking(
        stored["id"],
        date.fromisoformat(stored["until"]),
        stored["extended"],
        papers,
        stored["bars_days"],
    )


def _calendar(stored: list[Any] | None) -> tuple[int, date, date] | None:
    if stored is None:
        return None
    number, first, last = stored
    return number, date.fromisoformat(first), date.fromisoformat(last)


def _plain(kind: type[T], part: dict[str, Any]) -> T:
    return kind(**{name: _value(name, value) for name, value in part.items()})


def _item(kind: type[T], part: dict[str, Any]) -> T:
    return _plain(kind, {**part, "separate": tuple(part["separate"])})


def _clock(part: dict[str, Any]) -> ClockRow:
    row = _plain(ClockRow, part)
    return replace(row, entries=tuple(row.entries))


def _value(name: str, value: Any) -> Any:
    if value is not None and (name == "at" or name.endswith("_at")):
        return datetime.fromisoformat(value)
    if value is not None and name == "due_on":
        return date.fromisoformat(value)
    return value
