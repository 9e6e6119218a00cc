"""A real Celery worker beside the browser, with a broker and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tests.address import database_url
from webapp.config.folders import ROOT
from webapp.config.up.run import QUEUES


class Worker:
    """Started when a journey needs what is due to happen; `until` waits for it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "worker.log"
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Worker:
        """Start it; it looks at once for what fell due while no worker ran."""
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "BIANMIN_VAR": str(self.folder / "var"),
            "DJANGO_SETTINGS_MODULE": "webapp.config.settings",
            "FIELD_KEY": settings.FIELD_KEY,
            "SECRET_KEY": settings.SECRET_KEY,
        }
        command = [sys.executable, "-m", "celery", "-A", "workers.app", "worker"]
        command += ["--pool", "threads", "--concurrency", "2", "-Q", QUEUES]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        return self

    def until(self, done: Callable[[], bool], seconds: float = 40) -> None:
        """Wait for what the worker has to do."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.1)

    def stop(self) -> None:
        """Let it finish what it does, then end."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
