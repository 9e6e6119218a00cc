"""What the outbox does for officers: messages besides the page."""

from __future__ import annotations

from webapp.core.outbox import Message
from webapp.organisations.reaching import tell_outside


def tell(message: Message) -> None:
    """Send a notice by the channels that its officer has chosen."""
    tell_outside(int(message.payload["notice"]))
