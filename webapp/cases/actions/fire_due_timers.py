"""Sweep B: timers that move a token, fired from the ledger when they are due.

Reads due cases without locks, oldest first; each case in its own transaction under its lock,
skipping cases that somebody is working on (the next sweep comes within a minute).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection

from webapp.cases.actions.recount_clocks import recount
from webapp.cases.state import CaseState, TimerRow
from webapp.cases.stepping import move
from webapp.cases.store import lock_case, lock_case_if_due
from webapp.core.db import MOMENT, sqlstate, transaction_with_retry
from webapp.core.errors import Refused
from workflows.engine import Fire

log = logging.getLogger(__name__)

BATCH = 200
"""Cases read at once."""

_DUE = f"""
SELECT min(fires_at) AS first, case_id FROM cases_timer
WHERE state = 'ARMED' AND fires_at <= {MOMENT}
GROUP BY case_id
HAVING (min(fires_at), case_id) > (%(after)s, %(case)s)
ORDER BY first, case_id
LIMIT %(limit)s
"""


@dataclass(slots=True)
class Swept:
    """What one sweep did, in cases and timers."""

    cases: int = 0
    fired: int = 0
    passed_over: int = 0  # held by somebody, or fired by another worker meanwhile
    failed: int = 0


def fire_due_timers(limit: int = 10_000) -> Swept:
    """Fire due timers of at most `limit` cases; a case that fails does not hold up the others."""
    swept = Swept()
    after: tuple[datetime | str, int] = ("-infinity", 0)
    while swept.cases + swept.passed_over + swept.failed < limit:
        due = _due(after, min(BATCH, limit))
        if not due:
            break
        for _, case_id in due:
            _sweep(case_id, swept)
        after = due[-1]
    return swept


def _due(after: tuple[datetime | str, int], limit: int) -> list[tuple[datetime, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"after": after[0], "case": after[1], "limit": limit})
        return list(cursor.fetchall())


def _sweep(case_id: int, swept: Swept) -> None:
    try:
        fired = transaction_with_retry(lambda: fire_timers_of(case_id))
    except Refused as refusal:
        log.error("timers of case %d could not fire: %s", case_id, refusal.sentence)
        swept.failed += 1
        return
    except Exception as problem:
        if isinstance(problem, DatabaseError | InterfaceError) and not sqlstate(problem):
            raise  # the connection is gone: the next sweep begins again
        log.exception("timers of case %d could not fire", case_id)
        swept.failed += 1
        return
    if fired is None:
        swept.passed_over += 1
    else:
        swept.cases += 1
        swept.fired += fired


def fire_timers_of(case_id: int) -> int | None:
    """Fire everything of one case that is due now.

    None when somebody else holds the case, or has just fired what was due.
    """
    state = lock_case_if_due(case_id)
    if state is None:
        return None
    fired, moment = 0, state.at
    if recount(state):  # a new calendar has moved its dates: what is due is decided by them
        state = lock_case(case_id)
    while timer := _first_due(state, moment):
        move(
            state,
            Fire(timer.token),
            kind="fired",
            payload={
                "element": timer.element,
                "clock": timer.clock_kind,
                "before": timer.before,
            },
            fired=(timer.token,),
        )
        fired += 1
        state = lock_case(case_id)
    return fired


def _first_due(state: CaseState, moment: datetime) -> TimerRow | None:
    due = [t for t in state.timers if t.fires_at is not None and t.fires_at <= moment]
    return min(due, key=lambda timer: (timer.fires_at, timer.id), default=None)
