"""A throw-away PostgreSQL for tests and benchmarks.

`python -m webapp.config.up.scratch COMMAND...` runs a command with `TEST_DATABASE_URL` set.
A server named by `TEST_DATABASE_URL` or `DATABASE_URL` is used instead, where there is one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from webapp.config.folders import living, private
from webapp.config.up.embedded import Cluster


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Yield the address of a server whose account may make databases and roles."""
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    home = private(living() / "test")
    _clear_up(home)
    cluster = Cluster(home / f"postgres-{os.getpid()}", durable=False)
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


def main() -> int:
    """Run the command given on the command line with a scratch server."""
    with server() as url:
        environment = os.environ | {"TEST_DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
