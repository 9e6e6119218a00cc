"""The web server's worker: gunicorn's threads, which here never wait for a silent client for good.

Without this, every connection that breaks off in the middle of a request (a village network, a
telephone that leaves the hall) keeps a thread for ever; eight of them stop the site.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class ImpatientWorker(ThreadWorker):  # type: ignore[misc]
    """`gthread` with a limit on every wait for the network.

    The limit is the kernel's, not Python's: gunicorn sets its sockets to blocking again.
    """

    patience = 20
    """Seconds without a single byte after which a client is given up, in either direction."""

    def handle(self, conn: Any) -> Any:
        """Serve the next request of a connection."""
        limit = struct.pack("ll", self.patience, 0)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, limit)
        return super().handle(conn)
