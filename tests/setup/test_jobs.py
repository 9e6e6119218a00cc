"""Every job has somebody who does it, and a queue to which the workers of `up` listen."""

from __future__ import annotations

import pytest

from webapp.config.up.run import QUEUES
from webapp.core.jobs import Job
from workers.app import app


@pytest.mark.parametrize("job", Job)
def test_a_job_is_known_and_listened_for(job):
    app.loader.import_default_modules()
    assert job.value in app.tasks
    queue = app.amqp.router.route({}, job.value)["queue"]
    assert getattr(queue, "name", queue) in QUEUES.split(",")
