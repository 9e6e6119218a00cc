"""Merkle trees over the ends of chains, and how one seal is linked to the next: pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Leaf:
    """The end of one chain."""

    subject: str
    subject_id: int
    seq: int
    digest: bytes

    def hash(self) -> bytes:
        """Leaves and nodes begin differently: one is never taken for the other."""
        facts = [self.subject, self.subject_id, self.seq, self.digest.hex()]
        return hashlib.sha256(b"\x00" + json.dumps(facts).encode()).digest()


def root(leaves: Sequence[Leaf]) -> bytes:
    """The Merkle root of leaves in their order; at least one. A lonely node goes up as it is."""
    level = [leaf.hash() for leaf in leaves]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0]
            for pair in pairs
        ]
    return level[0]


def seal_digest(previous: bytes, number: int, at: datetime, count: int, top: bytes) -> bytes:
    """SHA-256 over everything that a seal says."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    facts = [previous.hex(), number, moment, count, top.hex()]
    return hashlib.sha256(json.dumps(facts).encode()).digest()
