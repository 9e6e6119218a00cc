"""What the outbox does for cases: notices, commands to other cases.

Named in `settings.OUTBOX_CHANNELS`. Everything here bears being done twice.
"""

from __future__ import annotations

import logging

from webapp.cases.actions.deliver_message import deliver_message
from webapp.core.errors import AlreadyDone, Refused
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
    try:
        deliver_message(int(message.payload["case"]), str(message.payload["message"]))
    except AlreadyDone:
        log.info("message %d: the case no longer waits for it", message.id)


def start_case(message: Message) -> None:
    """Start a case from a case. Not open yet: kept as a dead letter, never lost in silence."""
    raise Refused("由流程开办新办件还没有开通。")
