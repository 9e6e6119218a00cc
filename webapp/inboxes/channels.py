"""What the outbox does for the handler's surface: the digest of the day."""

from __future__ import annotations

from webapp.core.outbox import Message
from webapp.inboxes.digest import send_digest


def digest(message: Message) -> None:
    """Send the digest of a day to one officer."""
    send_digest(int(message.payload["officer"]), str(message.payload["day"]))
