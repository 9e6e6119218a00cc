"""Jobs of `webapp.processes`."""

from __future__ import annotations

from webapp.core import db
from webapp.core.jobs import Job
from webapp.processes import actions
from workers.app import app


@app.task(name=Job.PUBLISH_DUE_DRAFTS.value)
def publish_due_drafts(**_from_newer_callers: object) -> None:
    """Put in force what was approved for today. Safe to run twice at once."""
    actions.publish_due_drafts(db.now())
