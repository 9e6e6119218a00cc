"""Transactions: one per action, retried when PostgreSQL asks for it; the clock is the database's.

Nothing here knows what an action does. The functions passed in must be repeatable: they read what
they need inside the transaction and do nothing outside the database.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.pq import Format
from psycopg.rows import dict_row

T = TypeVar("T")

ATTEMPTS = 5
_RETRY = {
    "40P01",  # deadlock detected
    "40001",  # serialization failure
    "55P03",  # lock not available
}


def transaction_with_retry(work: Callable[[], T], *, attempts: int = ATTEMPTS) -> T:
    """Run `work` in one transaction; run it again when the database says so.

    At most `attempts` times, with a growing random pause (5 ms … 160 ms). Inside somebody else's
    transaction there is nothing to retry here: the error goes to the one who opened it.
    """
    if connection.in_atomic_block:
        return work()
    for attempt in range(1, attempts + 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if attempt == attempts or sqlstate(error) not in _RETRY:
                raise
            time.sleep(random.uniform(0.5, 1.0) * 0.005 * 2**attempt)  # noqa: S311
    raise AssertionError("unreachable")  # pragma: no cover


def sqlstate(error: BaseException) -> str:
    """The five characters with which PostgreSQL names an error, "" if it did not."""
    return getattr(error.__cause__, "sqlstate", None) or ""


MOMENT = (
    "coalesce(nullif(current_setting('bianmin.moment', true), '')::timestamptz, "
    "clock_timestamp())"
)
"""SQL for the moment of an action: the database's clock, unless `pretended` stands in for it."""


def now() -> datetime:
    """The database's clock, read once per action and passed down from there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {MOMENT}")
        moment: datetime = cursor.fetchone()[0]
    return moment


@contextmanager
def pretended(at: datetime) -> Iterator[Callable[[datetime], None]]:
    """Let actions on this connection happen at `at`: for example cases and tests only.

    Gives a function that moves the pretended clock on. Nothing that a request can reach calls
    this. Blocks may follow one another, not nest.
    """

    def move_to(moment: datetime | None) -> None:
        with connection.cursor() as cursor:
            text = moment.isoformat() if moment else ""
            cursor.execute("SELECT set_config('bianmin.moment', %s, false)", [text])

    move_to(at)
    try:
        yield move_to
    finally:
        if not connection.needs_rollback:
            move_to(None)


class _Preparing(psycopg.Cursor[Any]):
    """Sends parameters apart from the text and lets the server keep the plan of the text.

    psycopg prepares nothing while a connection's threshold is None, which is Django's choice
    for everything else on the connection.
    """

    def execute(self, query: Any, params: Any = None, **_options: Any) -> _Preparing:
        """Run a statement; the first time on this connection it is prepared."""
        usual = self.connection.prepare_threshold
        self.connection.prepare_threshold = 0
        try:
            return super().execute(query, params, prepare=True)
        finally:
            self.connection.prepare_threshold = usual


def prepared() -> CursorWrapper:
    """A cursor for the few long statements of the daily path, inside Django's transaction.

    Planning a statement over twenty tables costs the server more than executing it; a prepared
    one is planned once per connection. For texts that repeat: never put a value into one.
    While Django logs statements with their values, its usual cursor takes the place.
    """
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = _Preparing(connection.connection)
    return connection.make_cursor(cursor)


def rows(sql: str, params: Any = None) -> list[dict[str, Any]]:
    """Run one statement and give its rows as dicts keyed by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.description is None:
            return []
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def prepared_rows(sql: str, params: Any = None) -> list[dict[str, Any]]:
    """The same with a prepared statement; not for JSON columns, which would come parsed."""
    if connection.queries_logged:
        return rows(sql, params)
    connection.ensure_connection()
    cursor: Any = _Preparing(connection.connection, row_factory=dict_row)
    cursor.format = Format.BINARY  # moments need not be read from text
    with connection.make_cursor(cursor) as made:
        made.execute(sql, params)
        found: list[dict[str, Any]] = made.fetchall()
        return found
