"""The sweeps under fire: real Celery workers, one of them killed, clerks on the same cases.

Months of downtime are caught up; every effect happens exactly once, and nobody deadlocks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from tests.address import database_url
from tests.webapp.cases.desk import Desk, day
from webapp.audit.models import Event
from webapp.cases import actions, queries
from webapp.cases.models import Card, Case, Clock, Timer
from webapp.config.folders import ROOT
from webapp.config.up.run import QUEUES
from webapp.core import db
from webapp.core.jobs import Job

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 24
SEND = (
    "from webapp.core.jobs import _producer\n"
    "_producer().send_task({job!r}, ignore_result=True)\n"
)


def environment(tmp_path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "webapp.config.settings",
        "FIELD_KEY": settings.FIELD_KEY,
        "BIANMIN_VAR": str(tmp_path / "var"),
    }


def start_worker(tmp_path, number) -> subprocess.Popen[bytes]:
    log = (tmp_path / f"worker{number}.log").open("wb")
    return subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "workers.app", "worker",
            "--pool", "threads", "--concurrency", "2", "-Q", QUEUES, "-n", f"w{number}@test",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
        cwd=ROOT, env=environment(tmp_path), stdout=log, stderr=log,
    )  # fmt: skip


def send(tmp_path, job: Job) -> None:
    subprocess.run(
        [sys.executable, "-c", SEND.format(job=job.value)],
        cwd=ROOT, env={**environment(tmp_path)}, check=True, timeout=60,
    )  # fmt: skip


def due_timers() -> int:
    return Timer.objects.filter(state="ARMED", fires_at__lte=db.now()).count()


def wait_until(done, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.3)
    return False


def opened_long_ago(county) -> list[Case]:
    """Cases whose check ran out in March: a licence is deemed accepted (Art. 32)."""
    desk = Desk(county, day("2026-03-03"))
    return [desk.open("ZR01", key=f"sweep-{n}") for n in range(CASES)]


def test_two_workers_one_killed_and_two_clerks(county, tmp_path):
    (tmp_path / "var").mkdir(mode=0o700)
    cases = opened_long_ago(county)
    clerks = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.clerk", str(seed)],
            cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE,
            stderr=(tmp_path / f"clerk{seed}.log").open("wb"),
        )
        for seed in (1, 2)
    ]  # fmt: skip
    for clerk in clerks:
        clerk.stdout.readline()
    workers = [start_worker(tmp_path, n) for n in (1, 2)]
    try:
        began = due_timers()
        assert began >= CASES
        assert wait_until(lambda: due_timers() < began, 90), logs(tmp_path)
        workers[0].send_signal(signal.SIGKILL)
        workers[0].wait(30)
        workers.append(start_worker(tmp_path, 3))
        send(tmp_path, Job.FIRE_DUE_TIMERS)
        assert wait_until(lambda: due_timers() == 0, 120), logs(tmp_path)
        send(tmp_path, Job.ISSUE_CARDS)
        send(tmp_path, Job.ISSUE_CARDS)
        late = Card.objects.filter(rule="R05")
        assert wait_until(lambda: late.values("case").distinct().count() == CASES, 60)
        assert all(clerk.poll() is None for clerk in clerks), logs(tmp_path)
    finally:
        for process in [*clerks, *workers]:
            process.kill()
            process.wait(30)
    wait_until_gone()
    assert "deadlock" not in logs(tmp_path)
    for case in cases:
        case.refresh_from_db()
        assert case.deemed_accepted
        assert queries.broken_chain(case.pk) == []
        fired = Event.objects.filter(subject="case", subject_id=case.pk, kind="fired")
        elements = [event.payload["element"] for event in fired]
        assert elements.count("Event_CheckDue") == 1, "exactly once"
        assert Card.objects.filter(case=case, rule="R06").count() == 1
        statutory = Clock.objects.get(case=case, kind="statutory")
        assert Card.objects.filter(clock=statutory, rule="R05").count() == 1
    assert queries.gaps_in_numbers() == []
    assert queries.broken_invariants() == []


def test_a_clock_that_jumps_back_and_forth_fires_and_warns_once(county):
    """NTP, a restored snapshot, a wrong battery: only the database's moment counts."""
    case = opened_long_ago(county)[0]
    fires = Timer.objects.get(case=case, element="Event_CheckDue").fires_at
    swept = 0
    for jump in (-2, 1, -30, 2, 0, 3):
        with db.pretended(fires + timedelta(days=jump)):
            swept += actions.fire_due_timers().fired
            actions.issue_cards()
    assert swept >= 1
    fired = Event.objects.filter(subject="case", subject_id=case.pk, kind="fired")
    moments = list(fired.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments), "a case's history never turns round"
    assert Card.objects.filter(case=case, rule="R06").count() == 1
    assert queries.broken_chain(case.pk) == []


def test_what_fell_due_first_is_caught_up_first(county):
    """A week without a worker: oldest first, so that nobody's right waits behind a newer one."""
    desk = Desk(county, day("2026-03-03"))
    order = []
    for text in ("2026-03-05", "2026-03-03", "2026-03-04"):
        desk.go_to(text)
        order.append((text, desk.open("ZR01", key=f"late-{text}").pk))
    with db.pretended(day("2026-03-20")):
        actions.fire_due_timers()
    fired = Event.objects.filter(subject="case", kind="fired").order_by("id")
    first_seen = list(dict.fromkeys(fired.values_list("subject_id", flat=True)))
    assert first_seen == [pk for _text, pk in sorted(order)]


def logs(tmp_path) -> str:
    return "\n".join(
        file.read_text(errors="replace")[-3000:] for file in sorted(tmp_path.glob("*.log"))
    )


def wait_until_gone() -> None:
    """The server may still be rolling back for the dead clients."""

    def gone() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return cursor.fetchone()[0] == 0

    assert wait_until(gone, 20)
