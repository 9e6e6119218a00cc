"""Derive the due dates of cases again: after a new calendar or new opening hours.

Publishing orders the work as rows of the outbox, so many cases in each: a worker that dies leaves
its lease to run out, and what was counted already is found unmoved. Until a case's turn comes
nothing happens by its old dates: the sweeps wait (cards) or count first (timers), and a step
counts by the calendar in force in any case. Each move stands in the chain of its case.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection, transaction

from webapp.cases.models import Clock
from webapp.cases.planning.setting import LEDGER, Papers
from webapp.cases.state import CaseState
from webapp.cases.stepping import carry_out, ledger_of
from webapp.cases.store import lock_case
from webapp.catalogue.models import Calendar
from webapp.core.db import now, transaction_with_retry
from webapp.core.errors import Refused
from webapp.core.jobs import Job, enqueue
from workflows.engine import Outcome

log = logging.getLogger(__name__)

CHANNEL = "recount"
TOGETHER = 100
"""Cases of one message of the outbox: a second or two of work."""
WAIT_FOR_HOURS = 40
"""Seconds until new opening hours are known to every process (`organisations.lookups`)."""

_ORDER = """
INSERT INTO core_outboxmessage (channel, ordering_key, payload, created_at, attempts,
  leased_until, last_error)
SELECT %(channel)s, 'recount:' || gen_random_uuid(), jsonb_build_object('cases', part.cases),
  %(at)s, 0, CASE WHEN %(wait)s > 0 THEN clock_timestamp() + make_interval(secs => %(wait)s) END, ''
FROM (
  SELECT array_agg(one.case_id ORDER BY one.case_id) AS cases
  FROM (SELECT c.case_id, row_number() OVER (ORDER BY c.case_id) AS place
        FROM (SELECT DISTINCT clock.case_id FROM cases_clock clock
              JOIN cases_case k ON k.id = clock.case_id
              WHERE clock.state <> 'ended'
                AND (%(unit)s::bigint IS NULL OR k.accountable_unit_id = %(unit)s)) c) one
  GROUP BY (one.place - 1) / %(together)s
) part
ORDER BY part.cases[1]
"""


def recount_clocks(case_id: int) -> bool:
    """Materialise the dates of one case from its entries and the calendar in force.

    Case, items, clocks and timers move together, with an audit event; tells whether anything
    moved. Entries are never touched (design: clocks). Raises Unknown or Refused.
    """
    return transaction_with_retry(lambda: recount(lock_case(case_id)))


def cases_with_clocks() -> Iterator[int]:
    """Cases that a new calendar may move, oldest first."""
    running = Clock.objects.exclude(state=Clock.State.ENDED).order_by("case_id")
    yield from running.values_list("case_id", flat=True).distinct().iterator()


def recount(state: CaseState) -> bool:
    """The same for a locked case, inside its transaction."""
    ledger = ledger_of(state)
    if not ledger.changed_rows():
        return False
    carry_out(
        state,
        Outcome(snapshot=state.snapshot),
        LEDGER,
        kind="recounted",
        payload={},
        papers=Papers(),
    )
    return True


def order_recount(at: datetime, unit_id: int | None = None, *, wait: int = 0) -> int:
    """Order the recount of every case with clocks (of one unit): how many messages.

    Inside the transaction that publishes; `wait` seconds before the first is done.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ORDER,
            {
                "channel": CHANNEL, "at": at, "unit": unit_id, "wait": wait,
                "together": TOGETHER,
            },
        )  # fmt: skip
        ordered = int(cursor.rowcount)
    Calendar.objects.filter(in_force=True, recount_ordered_at=None).update(
        recount_ordered_at=at
    )
    enqueue(Job.DELIVER_OUTBOX)
    return ordered


def order_due_recount() -> int:
    """Order the recount after a calendar that came in another way (load_county --update)."""
    with transaction.atomic():
        fresh = Calendar.objects.select_for_update(skip_locked=True).filter(
            in_force=True, recount_ordered_at=None
        )
        return order_recount(now()) if fresh.first() else 0


def recount_all(case_ids: Iterable[int]) -> int:
    """Recount these, each in its own transaction: how many moved.

    One that cannot be recounted does not hold up the others. Raises the last refusal then.
    """
    moved, failed = 0, None
    for case_id in case_ids:
        try:
            moved += recount_clocks(case_id)
        except Refused as refusal:
            log.error("case %d could not be recounted: %s", case_id, refusal)
            failed = refusal
    if failed is not None:
        raise failed
    return moved


def is_recounting() -> bool:
    """Whether some cases still have dates of an older calendar: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM core_outboxmessage WHERE channel = %s "
            "AND sent_at IS NULL AND dead_at IS NULL) OR EXISTS (SELECT 1 FROM "
            "catalogue_calendar WHERE in_force AND recount_ordered_at IS NULL)",
            [CHANNEL],
        )
        return bool(cursor.fetchone()[0])
