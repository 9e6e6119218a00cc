"""ClamAV, asked over its own protocol (INSTREAM): whether a file holds what it knows as harmful.

The scanner is another program on this or another machine; `settings.CLAMAV` says where it listens.
It is asked outside of any transaction. One that is away or answers nonsense is no verdict: the
outbox asks again.
"""

from __future__ import annotations

import re
import socket
import struct
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SECONDS = 60
"""How long the scanner may think about one file; the outbox leases a message as long."""
_PIECE = 64 * 1024
_LONGEST = 4096
_FOUND = re.compile(r"^(?:stream: )?(?P<name>.+) FOUND$")


class ScannerAway(Exception):
    """No verdict: the scanner did not answer, or could not read the file."""


def scan(path: Path, address: str) -> str:
    """The name of what was found in a file, "" when it is clean. Raises ScannerAway."""
    try:
        with closing(_connected(address)) as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(_PIECE):
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
    except OSError as error:
        raise ScannerAway(f"{type(error).__name__}: {error}") from error
    if answer in {"stream: OK", "OK"}:
        return ""
    found = _FOUND.match(answer)
    if found is None:
        raise ScannerAway(f"answered {answer[:100]!r}")
    return found["name"][:200]


def answers(address: str) -> bool:
    """Whether a scanner is there (PING)."""
    try:
        with closing(_connected(address, seconds=3)) as line:
            line.sendall(b"zPING\0")
            return _answer(line) == "PONG"
    except OSError:
        return False


def _connected(address: str, seconds: int = SECONDS) -> socket.socket:
    kind, place = parsed(address)
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(str(place))
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection(place, timeout=seconds)  # type: ignore[arg-type]


def parsed(address: str) -> tuple[str, str | tuple[str, int]]:
    """`tcp` with host and port, or `unix` with a path. Raises ImproperlyConfigured."""
    if address.startswith("unix:"):
        return "unix", "/" + address.removeprefix("unix:").lstrip("/")
    try:
        found = urlsplit(address)
        host, port = found.hostname, found.port
    except ValueError:
        host, port = None, None
    if not address.startswith("tcp://") or not host:
        raise ImproperlyConfigured(
            f"CLAMAV={address!r}: tcp://host:3310 or unix:/run/clamav/clamd.ctl"
        )
    return "tcp", (host, port or 3310)


def _answer(line: socket.socket) -> str:
    got = b""
    while b"\0" not in got and len(got) < _LONGEST:
        piece = line.recv(_LONGEST)
        if not piece:
            break
        got += piece
    return got.partition(b"\0")[0].decode("utf-8", "replace").strip()
