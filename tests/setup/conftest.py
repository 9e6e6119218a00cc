"""A place of its own for each test of set-up, and the whole product running in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from webapp.config.folders import ROOT

_NOT_INHERITED = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "DEMO", "BIND", "PORT",
    "BIANMIN_VAR", "BIANMIN_SWITCH_ROLE", "BIANMIN_DATABASE_ROLE", "BIANMIN_FOLLOW_PARENT",
    "ALLOWED_HOSTS", "SECRET_KEY", "FIELD_KEY", "DJANGO_ALLOW_ASYNC_UNSAFE",
)  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Place:
    """A folder like `var/`, and the commands of `bianmin` run on it."""

    var: Path
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        clean = {key: text for key, text in os.environ.items() if key not in _NOT_INHERITED}
        own = {"BIANMIN_VAR": str(self.var), "PORT": str(self.port), "HTTPS": "0"}
        return clean | own | self.extra

    def run(self, *arguments: str, timeout: float = 90) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "webapp.config.cli", *arguments],
            cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def python(self, code: str) -> str:
        """Run Python with Django set up, as the application; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            cwd=ROOT, env=self.environment | {"DJANGO_SETTINGS_MODULE": "webapp.config.settings"},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


class Up:
    """`bianmin up`, running."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.lines: list[str] = []
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webapp.config.cli", "up"],
            cwd=ROOT, env=place.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    def wait_until_running(self, seconds: float = 60) -> Up:
        deadline = time.monotonic() + seconds
        while "✓" not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < deadline, self.printed
            time.sleep(0.05)
        return self

    def status(self) -> int:
        """What /health/ answers; 0 when nobody does."""
        address = f"http://127.0.0.1:{self.place.port}/health/"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def children(self) -> list[int]:
        """Every process below this one, however deep."""
        found, look = [], [self.process.pid]
        while look:
            parent = look.pop()
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{parent}/task").iterdir():
                    below = [int(pid) for pid in (task / "children").read_text().split()]
                    found += below
                    look += below
        return found

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 40) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(seconds)
        self._reader.join(5)
        return status


def alive(pids: list[int]) -> list[int]:
    """Those that still run (a zombie does not)."""
    left = []
    for pid in pids:
        with contextlib.suppress(OSError):
            if "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text():
                left.append(pid)
    return left


def wait_for(condition, seconds: float = 20) -> bool:
    """Whether `condition()` becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return bool(condition())


@pytest.fixture
def place():
    folder = Path(tempfile.mkdtemp(prefix="bm-"))
    yield Place(folder / "var")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def lasting_place():
    """One place for the tests of a module, which use it one after the other."""
    folder = Path(tempfile.mkdtemp(prefix="bm-"))
    yield Place(folder / "var")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def up(request):
    """Start the product in a place; it is stopped after the test whatever happens."""
    started: list[Up] = []

    def start(place: Place) -> Up:
        started.append(Up(place))
        return started[-1]

    yield start
    for one in started:
        below = one.children()
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait(10)
        wait_for(lambda below=below: not alive(below), 15)
