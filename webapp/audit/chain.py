"""How one event is linked to the one before it: pure functions over values.

The digest covers the payload only through the payload's own digest, so that a payload may be
erased when its retention ends without breaking the chain (design: data).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = b"\x00" * 32


@dataclass(frozen=True, slots=True)
class Link:
    """One event as the chain sees it. `actor_id` is None when the system acted."""

    subject: str
    subject_id: int
    seq: int
    at: datetime
    kind: str
    actor_id: int | None
    actor_name: str
    acting_as: str
    payload_digest: bytes
    previous: bytes

    def digest(self) -> bytes:
        """SHA-256 over everything above, in a form that no two different links share."""
        facts = [
            self.subject,
            self.subject_id,
            self.seq,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.kind,
            self.actor_id,
            self.actor_name,
            self.acting_as,
            self.payload_digest.hex(),
            self.previous.hex(),
        ]
        return hashlib.sha256(_canonical(facts)).digest()


def payload_digest(payload: dict[str, Any]) -> bytes:
    """SHA-256 of a payload of plain values (no floats: they do not survive storage exactly)."""
    _refuse_floats(payload)
    return hashlib.sha256(_canonical(payload)).digest()


@dataclass(frozen=True, slots=True)
class Stored:
    """An event read back: its link, the digest stored with it, and its payload (None: erased)."""

    link: Link
    digest: bytes
    payload: dict[str, Any] | None


def breaks(events: Iterable[Stored], head: bytes, head_seq: int) -> list[str]:
    """Everything wrong with one chain, as sentences; empty when it is whole.

    `head` and `head_seq` are what the subject says its last event is.
    """
    wrong: list[str] = []
    previous, seq = START, 0
    for event in events:
        seq += 1
        if event.link.seq != seq:
            wrong.append(f"第{seq}条记录缺失")
            seq = event.link.seq
        elif event.link.previous != previous:
            wrong.append(f"第{seq}条记录与前一条不相接")
        if event.link.digest() != event.digest:
            wrong.append(f"第{seq}条记录被改动")
        if event.payload is not None and (
            payload_digest(event.payload) != event.link.payload_digest
        ):
            wrong.append(f"第{seq}条记录的内容被改动")
        previous = event.digest
    if seq != head_seq or previous != head:
        wrong.append(f"链尾不符：应到第{head_seq}条，现有{seq}条")
    return wrong


def _canonical(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A float in an audit payload: use a string.")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)
