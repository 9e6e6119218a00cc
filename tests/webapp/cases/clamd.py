"""The other side of ClamAV's protocol: a small server that knows one virus."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VIRUS = b"X5O!P%@AP-this-is-the-test-virus"


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        order = self._until_nul()
        if order == b"zPING":
            self.request.sendall(b"PONG\0")
        elif order == b"zINSTREAM":
            self.server.scanned.append(self._stream())
            self.request.sendall(self.server.verdict(self.server.scanned[-1]))

    def _until_nul(self) -> bytes:
        got = b""
        while not got.endswith(b"\0"):
            got += self.request.recv(1)
        return got[:-1]

    def _stream(self) -> bytes:
        whole = b""
        while length := struct.unpack(">I", self._exactly(4))[0]:
            whole += self._exactly(length)
        return whole

    def _exactly(self, length: int) -> bytes:
        got = b""
        while len(got) < length:
            got += self.request.recv(length - len(got))
        return got


def _verdict(content: bytes) -> bytes:
    return b"stream: Test.Virus FOUND\0" if VIRUS in content else b"stream: OK\0"


@contextmanager
def running(place: Path | None = None, verdict=_verdict) -> Iterator[tuple[str, list[bytes]]]:
    """A scanner on a free port, or a unix socket; gives its address and what it was sent."""
    if place is None:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler)
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(place), _Handler)
        address = f"unix:{place}"
    server.scanned, server.verdict = [], verdict
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    worker.start()
    try:
        yield address, server.scanned
    finally:
        server.shutdown()
        worker.join()
        server.server_close()
