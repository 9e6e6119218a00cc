"""Doing what committed transactions have ordered outside the database.

A message is leased in one short transaction, done outside of any, then marked. Messages with the
same ordering key are done one after another: a later one waits for an earlier one that is unsent.
A worker that dies leaves its lease to run out; so everything a channel does must bear doing twice
(the message id is the idempotency key). What fails too often is dead and waits for a person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from webapp.core.models import OutboxMessage

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
ATTEMPTS = 8
"""Tries before a message is dead; pauses double from 5 seconds to about ten minutes."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel is given. `id` is the idempotency key; `payload` holds ids only."""

    id: int
    channel: str
    ordering_key: str
    payload: Mapping[str, Any]


Channel = Callable[[Message], None]

_LEASE = """
UPDATE core_outboxmessage SET
  leased_until = clock_timestamp() + make_interval(secs => %(lease)s), attempts = attempts + 1
WHERE id IN (
  SELECT m.id FROM core_outboxmessage m
  WHERE m.sent_at IS NULL AND m.dead_at IS NULL
    AND (m.leased_until IS NULL OR m.leased_until < clock_timestamp())
    AND NOT EXISTS (
      SELECT 1 FROM core_outboxmessage earlier
      WHERE earlier.ordering_key = m.ordering_key AND earlier.id < m.id
        AND earlier.sent_at IS NULL AND earlier.dead_at IS NULL)
  ORDER BY m.id LIMIT %(limit)s
  FOR UPDATE SKIP LOCKED)
RETURNING id, channel, ordering_key, payload, attempts
"""
_SENT = """
UPDATE core_outboxmessage SET sent_at = clock_timestamp(), leased_until = NULL, last_error = ''
WHERE id = %(id)s
"""
_FAILED = """
UPDATE core_outboxmessage SET last_error = %(error)s,
  leased_until = clock_timestamp() + make_interval(secs => %(pause)s),
  dead_at = CASE WHEN %(dead)s THEN clock_timestamp() END
WHERE id = %(id)s
"""


def deliver(limit: int = 100, channels: Mapping[str, Channel] | None = None) -> int:
    """Do up to `limit` messages; gives how many succeeded. Several workers may run at once.

    `channels` default to the dotted names in `settings.OUTBOX_CHANNELS`.
    """
    by_name = channels if channels is not None else _configured()
    taken = done = 0
    while taken < limit and (batch := _lease(limit - taken)):
        taken += len(batch)
        done += sum(
            _do(message, by_name.get(message.channel), tries) for message, tries in batch
        )
    return done


def _lease(limit: int) -> list[tuple[Message, int]]:
    """The first unsent message of each ordering key, with the number of this try."""
    found = OutboxMessage.objects.raw(_LEASE, {"lease": LEASE_SECONDS, "limit": limit})
    return [(Message(m.pk, m.channel, m.ordering_key, m.payload), m.attempts) for m in found]


def retry(message_id: int) -> bool:
    """Give a dead message another round (the button of the dead-letter list)."""
    rows = OutboxMessage.objects.filter(pk=message_id, dead_at__isnull=False)
    return bool(rows.update(dead_at=None, leased_until=None, attempts=0))


def _do(message: Message, channel: Channel | None, attempts: int) -> bool:
    try:
        if channel is None:
            raise LookupError(f"no channel {message.channel}")
        channel(message)
    except Exception as error:  # noqa: BLE001 - whatever a channel raises is kept with the message
        log.warning(
            "message %d on %s failed: %s", message.id, message.channel, type(error).__name__
        )
        _run(
            _FAILED,
            id=message.id,
            error=f"{type(error).__name__}: {error}"[:500],
            pause=5 * 2 ** min(attempts, 7),
            dead=attempts >= ATTEMPTS,
        )
        return False
    _run(_SENT, id=message.id)
    return True


def _run(sql: str, **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _configured() -> dict[str, Channel]:
    names: Mapping[str, str] = settings.OUTBOX_CHANNELS
    return {name: import_string(dotted) for name, dotted in names.items()}
