"""A throw-away PostgreSQL for tests and benchmarks.

A server named by `TEST_DATABASE_URL` or `DATABASE_URL` is used instead, where there is one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from webapp.config.folders import living, private
from webapp.config.up.embedded import Cluster


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Yield the address of a server whose account may make databases and roles.

    `durable`: an own server waits for the disk at each commit, as the product's does.
    """
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    home = private(living() / "test")
    _clear_up(home)
    cluster = Cluster(home / f"postgres-{os.getpid()}", durable=durable)
    cluster.prepare()
    with open(home / "database.log", "ab") as log:
        cluster.start(log.fileno())
    try:
        yield cluster.url("postgres")
    finally:
        cluster.stop()
        shutil.rmtree(cluster.data, ignore_errors=True)


def _clear_up(home: Path) -> None:
    """Remove what runs that were killed have left."""
    for old in home.glob("postgres-*"):
        number = old.name.split("-")[1].split(".")[0]
        if not (number.isdigit() and Path(f"/proc/{number}").exists()):
            shutil.rmtree(old, ignore_errors=True)
