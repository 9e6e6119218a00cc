"""What is done again and again, and how often."""

from __future__ import annotations

from typing import Any

from webapp.core.jobs import Job


def every(seconds: int, job: Job) -> dict[str, Any]:
    """One entry of the schedule.

    A nudge that waited longer than its interval is dropped: the next one does its work.
    """
    return {"task": job.value, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE = {
    job.value: every(seconds, job)
    for job, seconds in {
        Job.DELIVER_OUTBOX: 5,
        Job.FIRE_DUE_TIMERS: 60,
        Job.ISSUE_CARDS: 60,
        Job.RECOUNT_CLOCKS: 60,
        Job.PUBLISH_DUE_DRAFTS: 60,
        Job.TAKE_EFFECT: 60,
        Job.CHASE_REFERRALS: 60,
        Job.SEAL: 60,
        Job.SEND_DIGESTS: 300,
        Job.CHECK_INVARIANT: 3600,
        Job.SWEEP_UPLOADS: 3600,
    }.items()
}
