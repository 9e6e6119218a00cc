"""Derive the due dates of a case again: after a new calendar or new opening hours."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.cases.models import Clock
from webapp.cases.planning.setting import LEDGER, Papers
from webapp.cases.state import CaseState
from webapp.cases.stepping import carry_out, ledger_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from workflows.engine import Outcome


def recount_clocks(case_id: int) -> bool:
    """Materialise the dates of one case from its entries and the calendar in force.

    Case, items, clocks and timers move together, with an audit event; tells whether anything
    moved. Entries are never touched (design: clocks). Raises Unknown or Refused.
    """
    return transaction_with_retry(lambda: _recount(lock_case(case_id)))


def cases_with_clocks() -> Iterator[int]:
    """Cases that a new calendar may move, oldest first."""
    running = Clock.objects.exclude(state=Clock.State.ENDED).order_by("case_id")
    yield from running.values_list("case_id", flat=True).distinct().iterator()


def _recount(state: CaseState) -> bool:
    moved = ledger_of(state).changed_rows()
    if not moved:
        return False
    carry_out(
        state,
        Outcome(snapshot=state.snapshot),
        LEDGER,
        kind="recounted",
        payload={
            "calendar": state.calendar[0] if state.calendar else 0,
            "moved": [[row.kind, row.run, str(row.due_on)] for row in moved],
        },
        papers=Papers(),
    )
    return True
