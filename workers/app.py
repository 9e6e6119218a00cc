"""The Celery application: `celery -A workers.app worker` and `celery -A workers.app beat`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

from webapp.core.jobs import Job
from workers.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")

app = Celery(
    "bianmin",
    include=[
        f"workers.tasks.{room}"
        for room in ("core", "audit", "cases", "contacts", "processes", "changes", "inboxes")
    ],
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE


@worker_ready.connect
def sweep_at_start(**_signal: Any) -> None:
    """Look at once for what fell due while no worker ran."""
    for job in (
        Job.FIRE_DUE_TIMERS,
        Job.DELIVER_OUTBOX,
        Job.PUBLISH_DUE_DRAFTS,
        Job.TAKE_EFFECT,
    ):
        app.send_task(job.value)
