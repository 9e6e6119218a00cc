"""Reading chains back, and proving that they are whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.utils import timezone

from webapp.audit.chain import START, Link, Stored, breaks
from webapp.audit.models import Event, Head, Seal, SealedHead
from webapp.audit.tree import Leaf, root, seal_digest


def events_of(subject: str, subject_id: int) -> list[Event]:
    """The events of one subject, oldest first."""
    return list(Event.objects.filter(subject=subject, subject_id=subject_id).order_by("seq"))


def broken_links(
    subject: str, subject_id: int, head: bytes | memoryview, head_seq: int
) -> list[str]:
    """What is wrong with one chain, given what its subject says the end is."""
    return breaks(
        (_stored(event) for event in events_of(subject, subject_id)), bytes(head), head_seq
    )


def broken_heads() -> Iterator[str]:
    """Check every chain whose end stands in `Head`; cases are checked by `webapp.cases`."""
    for head in Head.objects.order_by("subject", "subject_id").iterator():
        for sentence in broken_links(head.subject, head.subject_id, head.digest, head.seq):
            yield f"{head.subject} {head.subject_id}: {sentence}"


_LOST = """
SELECT s.subject, s.subject_id, s.seq, s.seal_number
  FROM audit_sealedhead s
  LEFT JOIN audit_event e
    ON e.subject = s.subject AND e.subject_id = s.subject_id AND e.seq = s.seq
 WHERE e.id IS NULL OR e.digest <> s.digest
 ORDER BY s.seal_number, s.subject, s.subject_id LIMIT 1000
"""


def broken_seals() -> Iterator[str]:
    """Prove the chain of seals, and that every event that was ever sealed last is still there.

    A whole case that was removed with its events is found here, by the seal that saw it.
    """
    previous, number = START, 0
    for one in Seal.objects.order_by("number").iterator():
        number += 1
        if one.number != number:
            yield f"封存缺少第{number}号"
            number = one.number
        elif bytes(one.previous) != previous:
            yield f"第{number}号封存与前一号不相接"
        said = seal_digest(bytes(one.previous), one.number, one.at, one.count, bytes(one.root))
        if said != bytes(one.digest):
            yield f"第{number}号封存被改动"
        leaves = leaves_of(number)
        if len(leaves) != one.count or root(leaves) != bytes(one.root):
            yield f"第{number}号封存的明细被改动"
        previous = bytes(one.digest)
    with connection.cursor() as cursor:
        cursor.execute(_LOST)
        for subject, subject_id, seq, sealed in cursor.fetchall():
            yield f"{subject} {subject_id}: 第{sealed}号封存过的第{seq}条记录已不在或者被改动"


def leaves_of(number: int) -> list[Leaf]:
    """What a seal has sealed, in the order of its tree."""
    found = [
        Leaf(one.subject, one.subject_id, one.seq, bytes(one.digest))
        for one in SealedHead.objects.filter(seal_number=number)
    ]
    return sorted(found, key=lambda leaf: (leaf.subject, leaf.subject_id))


def sealed_upto(subject: str, subject_id: int) -> tuple[int, Seal] | None:
    """Up to which event a chain is sealed, and by which seal: two statements."""
    last = (
        SealedHead.objects.filter(subject=subject, subject_id=subject_id)
        .order_by("-seq")
        .first()
    )
    return (last.seq, Seal.objects.get(number=last.seal_number)) if last else None


def last_seals_by_day(days: int = 60) -> list[tuple[date, Seal]]:
    """The last seal of each day, newest first: what leaves the machine on paper."""
    newest = Seal.objects.raw(
        """
SELECT DISTINCT ON ((at AT TIME ZONE 'Asia/Shanghai')::date) *
  FROM audit_seal ORDER BY (at AT TIME ZONE 'Asia/Shanghai')::date DESC, number DESC LIMIT %s
""",
        [days],
    )
    return [(timezone.localdate(one.at), one) for one in newest]


def _stored(event: Event) -> Stored:
    link = Link(
        subject=event.subject,
        subject_id=event.subject_id,
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        acting_as=event.acting_as,
        payload_digest=bytes(event.payload_digest),
        previous=bytes(event.previous),
    )
    return Stored(link=link, digest=bytes(event.digest), payload=event.payload)
