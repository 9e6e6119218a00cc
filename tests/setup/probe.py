"""A job for the tests of brokers: writes a file, so that the test sees that it ran."""

from __future__ import annotations

from pathlib import Path

from workers.app import app


@app.task(name="core.probe")
def probe(*, file: str) -> None:
    """Leave a mark."""
    Path(file).write_text("done")
