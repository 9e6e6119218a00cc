"""Jobs of `webapp.changes`."""

from __future__ import annotations

from webapp.changes import actions
from webapp.core import db
from webapp.core.jobs import Job
from workers.app import app


@app.task(name=Job.TAKE_EFFECT.value)
def take_effect(**_from_newer_callers: object) -> None:
    """Put in force the changes of parameters that were approved for today. Safe to run twice."""
    actions.take_effect(db.now())
