"""`bianmin up`: starts, recovers, refuses, and leaves nothing behind (issue "Set-up")."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.setup.conftest import alive, wait_for


def _named(pids, word):
    return [pid for pid in pids if word in Path(f"/proc/{pid}/cmdline").read_text()]


def test_it_starts_from_nothing_and_ctrl_c_leaves_no_process(lasting_place, up):
    running = up(lasting_place).wait_until_running()
    assert running.status() == 200
    assert f"http://127.0.0.1:{lasting_place.port}/" in running.printed
    below = running.children()
    assert _named(below, "gunicorn")
    assert len(_named(below, "celery")) == 2

    assert running.end(signal.SIGINT) == 0
    assert alive(below) == []
    assert running.status() == 0
    assert {"web.log", "worker.log", "beat.log", "database.log"} <= {
        file.name for file in (lasting_place.var / "log").iterdir()
    }


def test_nobody_else_may_look_into_var(lasting_place, up):
    up(lasting_place).wait_until_running()
    assert lasting_place.var.stat().st_mode & 0o007 == 0
    assert (lasting_place.var / "secrets").stat().st_mode & 0o077 == 0
    assert all(
        file.stat().st_mode & 0o077 == 0 for file in (lasting_place.var / "secrets").iterdir()
    )


def test_a_second_start_takes_seconds_and_a_second_instance_is_refused(lasting_place, up):
    running = up(lasting_place).wait_until_running()
    assert time.monotonic() - running.began < 15

    second = up(lasting_place)
    assert second.process.wait(30) == 1
    assert wait_for(lambda: "已经在运行" in second.printed, 5)
    assert str(running.process.pid) in second.printed
    assert running.status() == 200


def test_killed_with_9_and_started_again_it_recovers(lasting_place, up):
    first = up(lasting_place).wait_until_running()
    below = first.children()
    first.end(signal.SIGKILL)
    second = up(lasting_place).wait_until_running()
    assert second.status() == 200
    assert wait_for(lambda: alive(below) == [])  # the old worker may still finish a job
    assert second.end() == 0


def test_a_killed_database_comes_back_and_the_site_with_it(lasting_place, up):
    running = up(lasting_place).wait_until_running()
    postmaster = int((lasting_place.var / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert wait_for(lambda: "数据库 意外退出" in running.printed)
    assert wait_for(lambda: running.status() == 200, 30)
    assert running.end() == 0


def test_a_killed_web_server_and_worker_are_started_again(lasting_place, up):
    running = up(lasting_place).wait_until_running()
    direct = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    below = [int(pid) for pid in direct.read_text().split()]
    for pid in (*_named(below, "gunicorn"), *_named(below, "workers.app\0worker")):
        os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: "网站 意外退出" in running.printed)
    assert wait_for(lambda: "后台任务 意外退出" in running.printed)
    assert wait_for(lambda: running.status() == 200, 30)
    assert running.end() == 0


def test_a_taken_port_is_told_with_another_one(lasting_place, up):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", lasting_place.port))
        taken.listen()
        running = up(lasting_place)
        assert running.process.wait(60) == 1
    assert wait_for(lambda: f"make run PORT={lasting_place.port + 1}" in running.printed, 5)


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.7"])
def test_no_demo_accounts_on_an_open_address(place, bind):
    """design.md §11: any BIND but loopback refuses to start while demo accounts exist."""
    place.extra = {"DEMO": "1", "BIND": bind}
    done = place.run("up")
    assert done.returncode == 1
    assert "演示账号" in done.stdout
    assert not (place.var / "postgres").exists()


def test_demo_accounts_left_in_the_database_count_too(lasting_place):
    assert lasting_place.run("migrate", "-v0").returncode == 0
    done = lasting_place.run("shell", "-c", _DEMO_OFFICER)
    assert done.returncode == 0, done.stderr
    lasting_place.extra = {"BIND": "0.0.0.0", "ALLOWED_HOSTS": "example.test"}
    try:
        done = lasting_place.run("up")
    finally:
        lasting_place.extra = {}
    assert done.returncode == 1
    assert "演示账号" in done.stdout


_DEMO_OFFICER = (
    "from webapp.accounts.models import Officer;"
    "o = Officer.objects.create_officer('demo', '演示', 'long enough to sign in');"
    "Officer.objects.filter(pk=o.pk).update(is_demo=True)"
)


def test_a_wrong_port_is_a_sentence(place):
    place.extra = {"PORT": "eighty"}
    done = place.run("up")
    assert done.returncode == 1
    assert "PORT=eighty" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
