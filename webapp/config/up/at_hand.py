"""A running database for one command, whether or not `bianmin up` runs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from webapp.config.databases import is_embedded
from webapp.config.folders import living, private, var
from webapp.config.up import instance, roles
from webapp.config.up.embedded import Cluster
from webapp.config.up.failures import CannotStart

PATIENCE = 60.0
"""Seconds to wait for somebody else who is just starting or stopping the server."""


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Use the server that runs; start the embedded one for this command if none does."""
    with contextlib.ExitStack() as held:
        if is_embedded():
            _bring_up(Cluster(var() / "postgres"), held)
        roles.prepare()
        yield


def _bring_up(cluster: Cluster, held: contextlib.ExitStack) -> None:
    """Return when the server answers; if it was us who started it, `held` stops it."""
    deadline = time.monotonic() + PATIENCE
    while not cluster.answers():
        try:
            held.enter_context(instance.held(patience=0))
        except CannotStart:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
            continue
        log = held.enter_context((private(living() / "log") / "database.log").open("ab"))
        cluster.prepare()
        held.callback(cluster.stop, politely=True)
        cluster.start(log.fileno())
        return
