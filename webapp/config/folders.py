"""Where things lie on the disk. Pure paths: nothing is created by importing this."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: the folder that holds `webapp/`, `bpmn/` and `requirements/`."""

FRONTEND = ROOT / "webapp" / "frontend" / "dist"
"""What Vite builds: `app/*.js`, `app/*.css` (never committed)."""


def var() -> Path:
    """The folder of everything that lives: database, attachments, keys, logs.

    `BIANMIN_VAR` names another one than `var/` in the checkout.
    """
    named = os.environ.get("BIANMIN_VAR")
    return Path(named).absolute() if named else ROOT / "var"


def private(folder: Path) -> Path:
    """Make `folder` so that only this account can open it, and return it.

    An existing folder keeps its mode: a wider one was somebody's decision (see `embedded`).
    """
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def living() -> Path:
    """`var()` itself, made private on first use."""
    return private(var())
