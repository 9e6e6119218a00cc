"""Very many cases, quickly: copies of a few that were opened by the real action.

Every table of a case is copied with new ids by INSERT … SELECT; foreign keys are not checked
meanwhile. Copies live in the pools and units of their originals, their days are spread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import psycopg
from _bare import _OF_CASE as TABLES
from _county import remark

_SPREAD = {"due_at", "lapses_at", "due_on"}


def multiply(address: str, originals: Sequence[int], until: int) -> None:
    """Copy the originals evenly until the database has `until` cases."""
    begun = time.perf_counter()
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        row = connection.execute("SELECT count(*) FROM cases_case").fetchone()
        lacking = until - (row[0] if row else 0)
        for number, original in enumerate(originals):
            many = lacking // len(originals) + (number < lacking % len(originals))
            if many > 0:
                _copy(connection, original, many)
        for table in TABLES:
            if table != "cases_casesnapshot":
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    remark(f"{until} cases after {time.perf_counter() - begun:.1f} s")


def _copy(connection: psycopg.Connection[Any], original: int, many: int) -> None:
    bases = {
        table: _one(connection, f"SELECT coalesce(max(id), 0) FROM {table}")
        for table in ("cases_case", "cases_workitem", "cases_clock")
    }
    first = bases["cases_case"]
    for table, where in TABLES.items():
        if table in {"cases_card", "core_outboxmessage"}:
            continue
        of_case = f"{where} = %(original)s"
        count = _one(connection, f"SELECT count(*) FROM {table} WHERE {of_case}", original)
        if not count:
            continue
        base = bases.get(table)
        selected = []
        names = _columns(connection, table)
        for name in names:
            selected.append(_expression(table, name, base, bases, count))
        kept = [(n, e) for n, e in zip(names, selected, strict=True) if e]
        connection.execute(
            f"INSERT INTO {table} ({', '.join(chr(34) + n + chr(34) for n, _ in kept)})"
            f" SELECT {', '.join(e for _, e in kept)}"
            f" FROM (SELECT *, row_number() OVER (ORDER BY {_key(table)}) AS place"
            f" FROM {table} WHERE {of_case}) t, generate_series(1, %(many)s) g",
            {"original": original, "many": many, "first": first},
        )


def _expression(
    table: str, name: str, base: int | None, bases: dict[str, int], count: int
) -> str:
    """What a copy has in a column; "" where the database numbers the rows itself."""
    if name in {"case_id", "subject_id"} or (table == "cases_case" and name == "id"):
        return "%(first)s + g"
    if name == "id":
        return "" if base is None else f"{base} + (g - 1) * {count} + t.place"
    if name == "item_id" and table == "cases_clock":
        return f"CASE WHEN t.item_id IS NULL THEN NULL ELSE {bases['cases_workitem']} + g END"
    if name == "item_id" and table != "cases_case":
        return "NULL" if table == "cases_submission" else f"{bases['cases_workitem']} + g"
    if table == "cases_case" and name == "number":
        return "t.number || '-' || (%(first)s + g)"
    if table == "cases_case" and name == "opening_key":
        return "NULL"
    if name in {"serial", "content"} and table == "cases_document":
        return "NULL" if name == "serial" else "'{}'::jsonb"
    if name in _SPREAD:
        return f"t.{name} + (g * 7919 %% 40 - 8) * {'1' if name == 'due_on' else 'interval {q}1 day{q}'.format(q=chr(39))}"
    return f't."{name}"'


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = 'public' ORDER BY ordinal_position",
        [table],
    )
    return [row[0] for row in rows]


def _key(table: str) -> str:
    return "case_id" if table == "cases_casesnapshot" else "id"


def _one(connection: psycopg.Connection[Any], sql: str, original: int | None = None) -> int:
    row = connection.execute(sql, {"original": original}).fetchone()
    return int(row[0]) if row else 0
