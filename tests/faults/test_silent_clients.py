"""Connections that break off in the middle of a request never stop the site for others."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time

import pytest

THREADS = 2


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "tests.faults.silent:site",
            "--worker-class", "tests.faults.silent.HastyWorker", "--workers", "1",
            "--threads", str(THREADS), "--bind", f"127.0.0.1:{number}", "--no-control-socket",
        ],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(200):
        try:
            if answer(number, 1) == b"here":
                break
        except OSError:
            time.sleep(0.1)
    yield number
    server.terminate()
    server.wait(20)


def answer(port: int, patience: float) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    connection.request("GET", "/")
    return connection.getresponse().read()


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf a scan",
    ],
)
def test_half_requests_give_their_threads_back(port, begun):
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(THREADS * 2)]
    for one in silent:
        one.sendall(begun)
    time.sleep(0.3)
    assert answer(port, 15) == b"here"
    for one in silent:
        one.close()
