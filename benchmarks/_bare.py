"""The floor: the rows that a step really wrote, written again by nothing but psycopg.

While a case is played through the actions, its rows are read before and after each step: what
is new, what has changed, what has gone. `replay` then writes exactly such rows for another case
that was opened alike: one transaction with the row lock, one statement for all new rows of a
table, one for each changed or removed row, a gap-free number taken where one was taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

Row = dict[str, Any]
Rows = dict[str, dict[int, Row]]

_OF_CASE = {
    "cases_casesnapshot": "case_id",
    "cases_workitem": "case_id",
    "cases_clock": "case_id",
    "cases_clockentry": "case_id",
    "cases_timer": "case_id",
    "cases_awaitedmessage": "case_id",
    "cases_submission": "case_id",
    "cases_sensitivevalue": "case_id",
    "cases_opinion": "case_id",
    "cases_passage": "case_id",
    "cases_custody": "case_id",
    "cases_casematerial": "case_id",
    "cases_delivery": "case_id",
    "cases_card": "case_id",
    "cases_denialfiling": "case_id",
    "cases_document": "case_id",
    "audit_event": "subject = 'case' AND subject_id",
    "core_outboxmessage": "(payload->>'case')::bigint",
    "cases_case": "id",
}
"""In the order of writing: what is referred to comes first."""
_REFERS = {"item_id": "cases_workitem", "clock_id": "cases_clock"}


@dataclass(slots=True)
class Written:
    """What one step wrote, by table in the order above; `old` ids are the played case's."""

    new: dict[str, list[Row]] = field(default_factory=dict)
    changed: list[tuple[str, int, Row]] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows."""
        return sum(map(len, self.new.values())) + len(self.changed) + len(self.gone)


def read(connection: psycopg.Connection[Any], case_id: int) -> Rows:
    """Every row of a case."""
    found: Rows = {}
    for table, where in _OF_CASE.items():
        key = _key_of(table)
        rows = connection.execute(
            f"SELECT {key}, to_jsonb(t) FROM {table} t WHERE {where} = %s", [case_id]
        ).fetchall()
        found[table] = dict(rows)
    return found


def difference(before: Rows, after: Rows) -> Written:
    """What was written between two readings."""
    written = Written()
    for table in _OF_CASE:
        old, now = before[table], after[table]
        new = [row for key, row in now.items() if key not in old]
        if new:
            written.new[table] = new
        for key, row in now.items():
            changed = {
                name: value
                for name, value in row.items()
                if key in old and old[key][name] != value
            }
            if changed:
                written.changed.append((table, key, changed))
        written.gone += [(table, key) for key in old if key not in now]
    return written


class Replay:
    """Writes recorded steps for another case of the same kind."""

    def __init__(self, connection: psycopg.Connection[Any], played: int, own: int) -> None:
        self.connection = connection
        self.played = played
        self.own = own
        self.ids: dict[tuple[str, int], int] = {}
        self.numbers: dict[int, int] = {}
        self._match_first_rows()

    def _match_first_rows(self) -> None:
        """Both cases were opened alike: their first rows stand in the same order."""
        old, own = read(self.connection, self.played), read(self.connection, self.own)
        self.connection.commit()
        for table in _OF_CASE:
            for mine, theirs in zip(sorted(own[table]), sorted(old[table]), strict=False):
                self.ids[table, theirs] = mine
        self.ids["cases_case", self.played] = self.own

    def prepare(self, written: Written) -> Callable[[], None]:
        """Make the values ready; the function returned writes them in one transaction."""
        inserts = [self._insert(table, rows) for table, rows in written.new.items() if rows]
        updates = [self._update(*one) for one in written.changed]
        deletes = [
            (f"DELETE FROM {table} WHERE {_key_of(table)} = %s", [self.ids[table, key]])
            for table, key in written.gone
        ]

        def run() -> None:
            with self.connection.transaction(), self.connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [self.own])
                cursor.fetchone()
                for sql, parameters in [*updates, *deletes]:
                    cursor.execute(sql, parameters)
                for insert in inserts:
                    insert(cursor)

        return run

    def _insert(self, table: str, rows: Sequence[Row]) -> Callable[[Any], None]:
        key = _key_of(table)
        types = _types(self.connection, table)
        names = [name for name in types if name != key or key == "case_id"]
        line = "(" + ", ".join(["%s"] * len(names)) + ")"
        columns = ", ".join(f'"{name}"' for name in names)
        sql = (
            f"INSERT INTO {table} ({columns}) VALUES {', '.join([line] * len(rows))}"
            f" RETURNING {key}"
        )
        refers = [name for name in names if name in _REFERS]
        values = [
            {name: self._value(types[name], name, row[name]) for name in names} for row in rows
        ]

        def insert(cursor: Any) -> None:
            for value in values:
                for name in refers:
                    if value[name] is not None:
                        value[name] = self.ids.get((_REFERS[name], value[name]), value[name])
            if table == "cases_document":
                self._take_numbers(cursor, values)
            cursor.execute(sql, [value[name] for value in values for name in names])
            for (number,), row in zip(cursor.fetchall(), rows, strict=True):
                self.ids[table, row[key]] = number

        return insert

    def _take_numbers(self, cursor: Any, values: Sequence[Row]) -> None:
        for value in values:
            if value["serial"] is not None:
                cursor.execute(
                    "UPDATE cases_numberseries SET last = last + 1"
                    " WHERE organ_id = %s AND code = %s AND year = %s RETURNING last",
                    [value["organ_id"], value["code"], value["year"]],
                )
                value["serial"] = cursor.fetchone()[0]

    def _update(self, table: str, key: int, changed: Row) -> tuple[str, list[Any]]:
        types = _types(self.connection, table)
        assignments = ", ".join(f'"{name}" = %s' for name in changed)
        values = [self._value(types[name], name, value) for name, value in changed.items()]
        sql = f"UPDATE {table} SET {assignments} WHERE {_key_of(table)} = %s"
        return sql, [*values, self.ids[table, key]]

    def _value(self, kind: str, name: str, value: Any) -> Any:
        if value is None:
            return None
        if name in {"case_id", "subject_id"}:
            return self.own
        if kind == "jsonb":
            return Jsonb(value)
        if kind == "bytea":
            return bytes.fromhex(value[2:])
        return value


def _key_of(table: str) -> str:
    return "case_id" if table == "cases_casesnapshot" else "id"


@lru_cache
def _types(connection: psycopg.Connection[Any], table: str) -> dict[str, str]:
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_name = %s ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return dict(rows)
