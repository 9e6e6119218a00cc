"""Killed at any moment, nothing is lost and nothing is half done.

A process that works cases is sent SIGKILL at random moments and started again, until every case
is closed. After each kill, and at the end, the hourly invariant holds for every case, audit
chains are whole, numbers have no gaps, and snapshot and rows agree about what the case waits for.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from tests.address import database_url
from webapp.cases import queries
from webapp.cases.models import Case, WorkItem
from webapp.processes.queries import definition
from workflows.engine import inspect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("cases", "kills"), [(20, 8), pytest.param(200, 120, marks=pytest.mark.soak)]
)
def test_a_process_killed_again_and_again_leaves_every_case_whole(county, cases, kills):
    chance = random.Random(cases)
    killed = 0
    for _ in range(kills * 3):
        worker = _start(1, cases)
        if killed < kills:
            _wait_for_work(worker)
            time.sleep(chance.uniform(0.0, 0.8))
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
                killed += 1
        output, _ = worker.communicate(timeout=300)
        assert worker.returncode in {0, -signal.SIGKILL}, "the worker failed by itself"
        _wait_until_gone()
        _everything_is_whole()
        if "all done" in output:
            break
    else:
        raise AssertionError("the cases were never finished")
    assert killed >= min(kills, 3)
    assert Case.objects.count() == cases
    assert not Case.objects.filter(is_open=True).exists()


def _start(first: int, last: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "webapp.config.settings",
        "FIELD_KEY": _field_key(),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.shift", str(first), str(last)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def _field_key() -> str:
    return settings.FIELD_KEY


def _wait_for_work(worker: subprocess.Popen[str]) -> None:
    """Until it has begun its first action (starting up takes seconds)."""
    assert worker.stdout is not None
    worker.stdout.readline()


def _wait_until_gone() -> None:
    """The server may still be rolling back for the dead client."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)
    raise AssertionError("a killed client is still connected")


def _everything_is_whole() -> None:
    assert queries.broken_invariants() == []
    assert queries.gaps_in_numbers() == []
    for case in Case.objects.select_related("snapshot"):
        assert queries.broken_chain(case.pk) == []
        state = inspect(definition(case.process_version_id), bytes(case.snapshot.state))
        drawn = WorkItem.objects.filter(case=case, state="OPEN").exclude(process_key="")
        rows = drawn.values_list("token", flat=True)  # what is owed after the end is not drawn
        assert {item.token for item in state.items} == set(rows)
        armed = case.timers.filter(state="ARMED").values_list("token", flat=True)
        assert {timer.token for timer in state.timers} == set(armed)
        waiting = case.awaited.filter(over_at=None).values_list("token", flat=True)
        assert {message.token for message in state.messages} == set(waiting)
        assert state.finished is not case.is_open
