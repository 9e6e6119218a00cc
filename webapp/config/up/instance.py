"""One running instance for each `var/`: a lock that the kernel frees when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from typing import IO

from webapp.config.folders import living, private
from webapp.config.up.failures import CannotStart

PATIENCE = 15.0
"""Seconds to wait for an earlier instance that is just stopping."""


class Instance:
    """The lock, and a note in it about who holds it."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def note(self, **facts: str | int) -> None:
        """Tell others who we are and what we do (`state`: starting, running, stopping)."""
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), **facts}, self._file)
        self._file.flush()


def running() -> dict[str, str | int] | None:
    """What the running instance says of itself; None when none runs."""
    path = private(living() / "run") / "up.lock"
    with open(path, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file)
    return None


@contextlib.contextmanager
def held(patience: float = PATIENCE) -> Iterator[Instance]:
    """Hold the lock; wait a little for a holder that is on its way out, then refuse."""
    path = private(living() / "run") / "up.lock"
    deadline = time.monotonic() + patience
    with open(path, "a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                other = _read(file)
                settled = other.get("state") == "running" and time.monotonic() > deadline - (
                    patience - 2
                )
                if settled or time.monotonic() > deadline:
                    raise CannotStart(_refusal(other)) from None
                time.sleep(0.2)
        instance = Instance(file)
        instance.note(state="starting")
        yield instance
        instance.note(state="stopped")


def _read(file: IO[str]) -> dict[str, str | int]:
    file.seek(0)
    try:
        facts = json.load(file)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _refusal(other: dict[str, str | int]) -> str:
    address = f"，地址 {other['address']}" if "address" in other else ""
    return (
        f"本目录的系统已经在运行（进程 {other.get('pid', '?')}{address}）。"
        "要重新启动，请先在那个窗口按 Ctrl-C。"
    )
