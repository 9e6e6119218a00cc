"""Jobs of `webapp.inboxes`."""

from __future__ import annotations

from webapp.core.jobs import Job
from webapp.inboxes.digest import order_digests
from workers.app import app


@app.task(name=Job.SEND_DIGESTS.value)
def send_digests(**_from_newer_callers: object) -> None:
    """Order the digest mails of a working day, each once. Safe to run twice at once."""
    order_digests()
