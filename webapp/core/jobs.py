"""Jobs by name: how webapp asks for later work without knowing who does it.

The only module of webapp that imports Celery.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from celery import Celery
from django.db import transaction


class Job(StrEnum):
    """What a worker can be asked to do. The part before the dot decides the queue."""

    FIRE_DUE_TIMERS = "cases.fire_due_timers"
    ISSUE_CARDS = "cases.issue_cards"
    RECOUNT_CLOCKS = "cases.recount_clocks"
    SWEEP_UPLOADS = "cases.sweep_uploads"
    CHECK_INVARIANT = "cases.check_invariant"
    SEND_DIGESTS = "inboxes.send_digests"
    PUBLISH_DUE_DRAFTS = "processes.publish_due_drafts"
    TAKE_EFFECT = "changes.take_effect"
    CHASE_REFERRALS = "contacts.chase_referrals"
    SEAL = "audit.seal"
    DELIVER_OUTBOX = "core.deliver_outbox"


@cache
def _producer() -> Celery:
    producer = Celery("bianmin", set_as_current=False)
    producer.config_from_object("django.conf:settings", namespace="CELERY")
    return producer


def enqueue(job: Job, **kwargs: str | int) -> None:
    """Nudge a worker once the current transaction has committed.

    Arguments are ids, never personal data. The nudge may be lost, and a broker that is away
    neither delays nor fails the request: the row it is about is the truth, and a sweep of
    `workers.schedule` finds every row that was not served.
    """

    def nudge() -> None:
        _producer().send_task(job.value, kwargs=kwargs, ignore_result=True)

    transaction.on_commit(nudge, robust=True)
