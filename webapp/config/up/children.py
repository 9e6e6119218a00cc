"""The processes that `bianmin up` runs, and what it does when one of them ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from webapp.config.up.embedded import die_with_parent
from webapp.config.up.failures import CannotStart

LONG_ENOUGH = 60.0
"""Seconds after which a process counts as running well: its failures are forgotten."""
MOST_FAILURES = 5
_SHOWN = 25


class LogFile:
    """What a process prints, kept in a file that never grows beyond 5 × 5 MB."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last: deque[str] = deque(maxlen=_SHOWN)
        self._file = RotatingFileHandler(
            path, maxBytes=5_000_000, backupCount=4, encoding="utf-8", errors="replace"
        )
        self._file.setFormatter(logging.Formatter("%(message)s"))

    def follow(self, stream: IO[bytes]) -> threading.Thread:
        """Copy lines from `stream` until it ends, in a thread of its own."""
        thread = threading.Thread(target=self._copy, args=(stream,), daemon=True)
        thread.start()
        return thread

    def _copy(self, stream: IO[bytes]) -> None:
        with stream:
            for raw in stream:
                line = raw.decode("utf-8", "replace").rstrip("\n")
                self.last.append(line)
                self._file.emit(logging.makeLogRecord({"msg": line}))

    def tail(self) -> str:
        """The last lines, for the person who has to find out why."""
        return "\n".join(f"    {line}" for line in self.last)


@dataclass
class Child:
    """One process under supervision.

    `stop_with` asks it to end; after `patience` seconds its whole group is killed. `popen`
    adds to the usual arguments of Popen. `ready` waits until it works (the database).
    """

    name: str
    command: Sequence[str]
    log: LogFile
    stop_with: signal.Signals = signal.SIGTERM
    patience: float = 20.0
    popen: dict[str, Any] | None = None
    ready: Callable[[Callable[[], int | None]], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it; what it prints goes to its log."""
        usual: dict[str, Any] = {
            "start_new_session": True,  # ctrl-C reaches us alone: we stop it in order
            "stdin": subprocess.DEVNULL,
            "preexec_fn": die_with_parent(self.stop_with),
        }
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **(usual | (self.popen or {})),
        )
        if self.process.stdout is not None:
            self.log.follow(self.process.stdout)
        self.started = time.monotonic()

    def ended(self) -> int | None:
        """The exit status, or None while it runs."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        """Ask it to end, wait, then end its whole group."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_with)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process = None


class Supervisor:
    """Keeps children running until told to stop; starts them in order, stops them backwards."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self.say = say
        self._stop = threading.Event()

    def request_stop(self) -> None:
        """End `watch` soon (from a signal handler)."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked to stop."""
        return self._stop.is_set()

    def add(self, child: Child) -> None:
        """Start a child, wait until it is ready if it knows how, and watch over it."""
        self.children.append(child)
        self._bring_up(child)

    def _bring_up(self, child: Child) -> None:
        deadline = time.monotonic() + 30
        while not self.stopping:
            child.start()
            if child.ready is None or child.ready(child.ended):
                return
            if time.monotonic() > deadline:
                raise CannotStart(self._obituary(child, "启动不成功"))
            time.sleep(0.5)

    def watch(self) -> None:
        """Restart what ends by itself, with growing pauses; raise when one will not stay up."""
        while not self._stop.wait(0.3):
            for child in self.children:
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            if child.ended() is None:
                if now - child.started > LONG_ENOUGH:
                    child.failures = 0
                return
            child.failures += 1
            if child.failures > MOST_FAILURES:
                raise CannotStart(self._obituary(child, f"连续 {child.failures} 次意外退出"))
            pause = 2.0 ** (child.failures - 1) - 1
            child.again_at = now + pause
            self.say(f"! {child.name} 意外退出（{child.ended()}），{pause:.0f} 秒后重新启动。")
            child.stop()
        elif now >= child.again_at:
            self._bring_up(child)

    def _obituary(self, child: Child, what: str) -> str:
        return (
            f"{child.name} {what}。最后的输出（全文见 {child.log.path}）：\n{child.log.tail()}"
        )

    def stop_all(self) -> None:
        """Stop everything, last started first."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
