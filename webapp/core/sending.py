"""Handing a message to a channel: mail, or the gateway for text messages.

The addresses of both are URLs in the manner of apprise, which knows SMTP servers, web hooks and
a hundred services (WeCom, DingTalk, SMS providers) under one function; so a county changes its
provider with a setting and we keep no protocol of anybody. It is loaded by workers, on use.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from django.conf import settings

log = logging.getLogger(__name__)


class NotTaken(Exception):
    """The channel did not take the message; the outbox tries again."""


def send(channel: str, to: str, title: str, text: str, key: str) -> None:
    """Send a text to one address or telephone. Raises NotTaken.

    `key` goes along for gateways that know one message twice (header Idempotency-Key). Nothing
    of the text, and no address, reaches the log.
    """
    from apprise import Apprise, NotifyFormat

    base = settings.NOTIFY.get(channel, "")
    if not base:
        raise NotTaken(f"channel {channel} is not set up")
    more = {"to": to} if channel == "mail" else {":phone": to, "+Idempotency-Key": key}
    url = f"{base}{'&' if '?' in base else '?'}{urlencode(more)}"
    one = Apprise()
    if not one.add(url):
        raise NotTaken(f"the address of channel {channel} is not understood")
    if not one.notify(body=text, title=title[:60], body_format=NotifyFormat.TEXT):
        raise NotTaken(f"channel {channel} did not take the message")
