"""Secrets: taken from the environment, or made once and kept in `var/secrets` (0600).

There is no default value anywhere, so none can be forgotten in production.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from webapp.config.folders import living, private


def signing_key() -> str:
    """Make a key for signing cookies and links: 64 random characters."""
    return secrets.token_urlsafe(48)


def field_key() -> str:
    """Make a Fernet key: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def folder() -> Path:
    """Where made secrets lie. Not part of a backup: keep a copy of it apart (see `backup`)."""
    return private(living() / "secrets")


def secret(name: str, make: Callable[[], str]) -> str:
    """Return the secret called `name`: environment first, then file, else made now.

    Several processes may ask at the same time on the first run; all get the same value, since
    a finished file is linked into place and the first link wins.
    """
    given = os.environ.get(name)
    if given:
        return given
    file = folder() / name.lower()
    if not file.exists():
        draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(make())
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()
