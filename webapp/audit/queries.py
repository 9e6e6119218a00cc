"""Reading chains back, and proving that they are whole."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.audit.chain import Link, Stored, breaks
from webapp.audit.models import Event, Head


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
