"""Jobs of `webapp.contacts`."""

from __future__ import annotations

from webapp.contacts import actions
from webapp.core import db
from webapp.core.jobs import Job
from workers.app import app


@app.task(name=Job.CHASE_REFERRALS.value)
def chase_referrals(**_from_newer_callers: object) -> None:
    """Remind of referrals that nobody took, then tell the heads. Safe to run twice at once."""
    actions.chase_referrals(db.now())
