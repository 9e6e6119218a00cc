"""Jobs of `webapp.cases`."""

from __future__ import annotations

import logging

from webapp.cases import actions, queries
from webapp.core.jobs import Job
from workers.app import app

log = logging.getLogger(__name__)


@app.task(name=Job.FIRE_DUE_TIMERS.value)
def fire_due_timers(**_from_newer_callers: object) -> None:
    """Sweep B: every due timer moves its case, oldest first. Safe to run twice at once."""
    actions.fire_due_timers()


@app.task(name=Job.ISSUE_CARDS.value)
def issue_cards(**_from_newer_callers: object) -> None:
    """Sweep A: reminders and cards of clocks, set-based, and notices to those they are about."""
    actions.issue_cards()
    actions.tell_cards()


@app.task(name=Job.RECOUNT_CLOCKS.value)
def recount_clocks(**_from_newer_callers: object) -> None:
    """After a calendar that came from a file: order what the outbox then does."""
    actions.order_due_recount()


@app.task(name=Job.SWEEP_UPLOADS.value)
def sweep_uploads(**_from_newer_callers: object) -> None:
    """Forget uploads that nobody went on with, and bytes that nothing names any more."""
    actions.sweep_uploads()


@app.task(name=Job.CHECK_INVARIANT.value)
def check_invariant(**_from_newer_callers: object) -> None:
    """Look for cases that nobody is responsible for or that wait for nothing (design.md §8)."""
    broken = queries.broken_invariants()
    if broken:
        log.error("%d cases break the invariant: %s", len(broken), list(broken)[:20])
