"""Both brokers carry a job to a real worker; losing the broker loses nothing but time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest
from django.db import transaction

from tests.setup.conftest import free_port, wait_for
from webapp.config.folders import ROOT
from webapp.config.up.run import QUEUES
from webapp.core import jobs
from webapp.core.jobs import Job, enqueue

SEND = (
    "from webapp.core.jobs import _producer\n"
    "_producer().send_task('core.probe', kwargs={{'file': {file!r}}})"
)


@pytest.fixture(params=["files", "redis"])
def broker(request, tmp_path):
    """The setting for one kind of broker."""
    if request.param == "files":
        yield {}
        return
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server (Debian: apt install redis-server)")
    port = free_port()
    process = subprocess.Popen(
        [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path],
        stdout=subprocess.DEVNULL,
    )
    yield {"CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0"}
    process.terminate()
    process.wait(10)


def test_a_job_reaches_a_real_worker(place, broker, tmp_path, test_server):
    place.extra = {**broker, "DATABASE_URL": os.environ["TEST_DATABASE_URL"]}
    log = (tmp_path / "worker.log").open("wb")
    worker = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "workers.app", "worker", "-I",
            "tests.setup.probe", "--pool", "threads", "--concurrency", "2", "-Q", QUEUES,
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
        cwd=ROOT, env=place.environment, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        mark = tmp_path / "mark"
        place.python(SEND.format(file=str(mark)))
        reached = wait_for(mark.exists, 30)
        assert reached, (tmp_path / "worker.log").read_text()
    finally:
        worker.terminate()
        worker.wait(30)
        log.close()


@pytest.fixture
def dead_broker(settings):
    """A producer whose broker does not exist."""
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    jobs._producer.cache_clear()
    yield
    jobs._producer.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_neither_fails_nor_holds_up_a_request(dead_broker):
    began = time.monotonic()
    with transaction.atomic():
        enqueue(Job.DELIVER_OUTBOX)
    assert time.monotonic() - began < 5


@pytest.mark.django_db(transaction=True)
def test_nothing_is_asked_for_when_the_transaction_fails(settings, tmp_path):
    for folder in ("messages", "control"):
        (tmp_path / folder).mkdir()
    settings.CELERY_BROKER_URL = "filesystem://localhost"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
    }
    jobs._producer.cache_clear()
    try:
        with transaction.atomic():
            enqueue(Job.DELIVER_OUTBOX)
            transaction.set_rollback(True)
        assert list((tmp_path / "messages").iterdir()) == []
        with transaction.atomic():
            enqueue(Job.DELIVER_OUTBOX)
            assert list((tmp_path / "messages").iterdir()) == []
        assert [file.name.split(".", 1)[1] for file in (tmp_path / "messages").iterdir()] == [
            "bianmin.core.msg"
        ]
    finally:
        jobs._producer.cache_clear()
