"""What the outbox does for cases: notices, commands to other cases.

Named in `settings.OUTBOX_CHANNELS`. Everything here bears being done twice.
"""

from __future__ import annotations

import logging

from webapp.cases.actions.deliver_message import deliver_message
from webapp.cases.actions.examine_file import examine_file as examine
from webapp.cases.actions.forward import carry_over
from webapp.cases.actions.recount_clocks import recount_all
from webapp.cases.actions.signals import deliver_signal as let_hear
from webapp.cases.actions.signals import send_signal as send
from webapp.cases.actions.start_case import start_case as begin
from webapp.cases.actions.transfer_case import transfer_case as move_case
from webapp.cases.actions.typeset_documents import typeset_documents
from webapp.core.errors import AlreadyDone
from webapp.core.outbox import Message
from webapp.organisations import lookups

log = logging.getLogger(__name__)


def notify(message: Message) -> None:
    """Note in the log that somebody must be told; nothing leaves the house yet.

    The timeline says who must be told (须告知), never that it was done: until text messages and
    electronic service exist, the window tells the applicant and hands over the document.
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


def send_signal(message: Message) -> None:
    """Find the cases that wait for a thrown signal; each hears it by a message of its own."""
    heard = send(message.id, int(message.payload["hops"]))
    log.info("message %d: the signal is for %d other cases", message.id, heard)


def deliver_signal(message: Message) -> None:
    """Let one case hear a signal; one that is over or no longer waits is no failure."""
    payload = message.payload
    try:
        let_hear(
            int(payload["case"]),
            str(payload["signal"]),
            payload["tokens"],
            int(payload["thrown"]),
            int(payload["from"]),
            int(payload["hops"]),
        )
    except AlreadyDone:
        log.info("message %d: the case no longer waits for the signal", message.id)


def forward_command(message: Message) -> None:
    """Bring a command of a village case to the township case that it started."""
    carry_over(int(message.payload["case"]))


def start_case(message: Message) -> None:
    """Start a case from a case; done twice it finds the one that was started."""
    payload = message.payload
    try:
        begin(int(payload["case"]), str(payload["level"]), str(payload["process"]))
    except AlreadyDone:
        log.info("message %d: the case is over", message.id)


def typeset(message: Message) -> None:
    """Set the documents that a step has issued as files."""
    typeset_documents(int(message.payload["case"]))


def transfer_case(message: Message) -> None:
    """Move one case of a confirmed act to its version; one that stays says why on its line."""
    line = int(message.payload["line"])
    moved = move_case(line)
    log.info("message %d: line %d %s", message.id, line, "moved" if moved else "stays")


def recount(message: Message) -> None:
    """Due dates of so many cases, derived again after a new calendar or new hours."""
    lookups.forget()
    recount_all(message.payload["cases"])


def examine_file(message: Message) -> None:
    """Scan a file that has come in and draw its preview; a scanner that is away: again later."""
    examine(str(message.payload["sha256"]))
