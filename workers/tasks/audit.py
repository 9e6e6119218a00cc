"""Jobs of `webapp.audit`."""

from __future__ import annotations

from webapp.audit import actions
from webapp.core import db
from webapp.core.jobs import Job
from workers.app import app


@app.task(name=Job.SEAL.value)
def seal(**_from_newer_callers: object) -> None:
    """Seal what was recorded since the last time. Safe to run twice at once."""
    actions.seal(db.now())
