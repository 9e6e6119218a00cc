"""What the outbox does for cases: notices, commands to other cases.

Named in `settings.OUTBOX_CHANNELS`. Everything here bears being done twice.
"""

from __future__ import annotations

import logging

from webapp.cases.actions.deliver_message import deliver_message
from webapp.cases.actions.start_case import start_case as begin
from webapp.core.errors import AlreadyDone
from webapp.core.outbox import Message

log = logging.getLogger(__name__)


def notify(message: Message) -> None:
    """Keep a notice: the case page shows it from the row itself; nothing leaves the house yet.

    Text messages and electronic service come with the portal; until then a notice that says who
    must be told is what the window reads out or prints.
    """
    log.info("notice %s for case %s", message.payload["template"], message.payload["case"])


def case_command(message: Message) -> None:
    """Deliver a message of another process to a case; one that no longer waits is no failure."""
    payload = message.payload
    try:
        deliver_message(
            int(payload["case"]), str(payload["message"]), payload.get("values") or {}
        )
    except AlreadyDone:
        log.info("message %d: the case no longer waits for it", message.id)


def start_case(message: Message) -> None:
    """Start a case from a case; done twice it finds the one that was started."""
    payload = message.payload
    try:
        begin(int(payload["case"]), str(payload["level"]), str(payload["process"]))
    except AlreadyDone:
        log.info("message %d: the case is over", message.id)
