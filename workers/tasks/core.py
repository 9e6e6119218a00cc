"""Jobs of `webapp.core`."""

from __future__ import annotations

from webapp.core.jobs import Job
from webapp.core.outbox import deliver
from workers.app import app

BATCH = 100
"""Messages in one run; what is left waits for the next nudge, five seconds later."""


@app.task(name=Job.DELIVER_OUTBOX.value)
def deliver_outbox(**_from_newer_callers: object) -> None:
    """Do what transactions have ordered outside the database. Safe to run twice at once."""
    deliver(BATCH)
