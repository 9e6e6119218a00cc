"""The embedded PostgreSQL by itself (tried.md)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from webapp.config.folders import ROOT
from webapp.config.up.embedded import LONGEST_SOCKET_FOLDER, Cluster, socket_folder
from webapp.config.up.failures import CannotStart


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="bm-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def clusters():
    """Make clusters that are stopped after the test."""
    made: list[Cluster] = []

    def start(data: Path) -> Cluster:
        cluster = Cluster(data)
        made.append(cluster)
        cluster.prepare()
        cluster.start(subprocess.DEVNULL)
        return cluster

    yield start
    for cluster in made:
        cluster.stop()


def test_committed_rows_survive_kill_9_of_the_server(folder, clusters):
    first = clusters(folder / "postgres")
    with first.connect("postgres") as server:
        server.execute("CREATE TABLE kept (n int)")
        server.execute("INSERT INTO kept VALUES (7)")
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(5)

    again = clusters(folder / "postgres")
    with again.connect("postgres") as server:
        assert server.execute("SELECT n FROM kept").fetchone() == (7,)
        assert server.execute("SHOW fsync").fetchone() == ("on",)
        assert server.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_second_start_is_quick(folder, clusters):
    clusters(folder / "postgres").stop()
    began = time.monotonic()
    clusters(folder / "postgres")
    assert time.monotonic() - began < 5


def test_the_server_ends_when_its_parent_is_killed(folder):
    code = (
        "import sys, time, subprocess; from pathlib import Path;"
        "from webapp.config.up.embedded import Cluster;"
        "c = Cluster(Path(sys.argv[1])); c.prepare(); c.start(subprocess.DEVNULL);"
        "print(c.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "postgres")],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    server = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 15
    while Path(f"/proc/{server}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{server}").exists()


def test_it_cannot_be_reached_over_the_network(folder, clusters):
    with clusters(folder / "postgres").connect("postgres") as server:
        assert server.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_long_path_gets_a_short_private_socket_folder(folder, clusters):
    data = folder / ("深" * 40) / "postgres"
    cluster = clusters(data)
    assert cluster.socket != data
    assert len(os.fsencode(cluster.socket)) <= LONGEST_SOCKET_FOLDER
    assert cluster.socket.stat().st_mode & 0o077 == 0
    assert socket_folder(data) == cluster.socket
    cluster.connect("postgres").close()
    cluster.stop()
    shutil.rmtree(cluster.socket)


def test_a_socket_folder_that_is_a_link_is_refused(folder):
    data = folder / ("长" * 40) / "postgres"
    trap = socket_folder(data)
    trap.symlink_to(folder)
    try:
        with pytest.raises(CannotStart, match="属于别人"):
            Cluster(data).prepare()
    finally:
        trap.unlink()


def test_data_of_another_version_is_refused_with_a_way_out(folder):
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match="restore"):
        Cluster(folder / "postgres").prepare()


def test_a_number_of_a_foreign_process_is_not_taken_for_a_server(folder, clusters):
    """A stale postmaster.pid may name a process that has nothing to do with us."""
    clusters(folder / "postgres").stop()
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    Cluster(folder / "postgres").stop_leftover()  # must not send us a signal
    (folder / "postgres" / "postmaster.pid").unlink()
    clusters(folder / "postgres").connect("postgres").close()


def test_an_interrupted_first_start_is_begun_anew(folder, clusters):
    half = folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with clusters(folder / "postgres").connect("postgres") as server:
        assert isinstance(server, psycopg.Connection)
    assert not half.exists()
