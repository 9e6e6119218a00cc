"""Recording what happened to a subject that is not a case (officers, units, items …).

Cases keep the end of their chain in their own row and write their events with the step
(`webapp.cases.store`); everything else has a row in `Head`, which is the lock of its chain.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from webapp.audit.chain import Link, payload_digest
from webapp.audit.models import Event, Head


def record(
    *,
    subject: str,
    subject_id: int,
    kind: str,
    at: datetime,
    actor_id: int | None = None,
    actor_name: str = "",
    acting_as: str = "",
    payload: dict[str, Any] | None = None,
) -> Event:
    """Append one event to the chain of a subject. Call inside the transaction of the change."""
    if subject == Event.Subject.CASE:
        raise ValueError("A case's events are written by its own step.")
    Head.objects.get_or_create(subject=subject, subject_id=subject_id)
    head = Head.objects.select_for_update().get(subject=subject, subject_id=subject_id)
    content = payload or {}
    link = Link(
        subject=str(subject),
        subject_id=subject_id,
        seq=head.seq + 1,
        at=at,
        kind=kind,
        actor_id=actor_id,
        actor_name=actor_name,
        acting_as=acting_as,
        payload_digest=payload_digest(content),
        previous=bytes(head.digest),
    )
    event = Event.objects.create(**asdict(link), payload=content, digest=link.digest())
    head.seq, head.digest = event.seq, event.digest
    head.save(update_fields=["seq", "digest"])
    return event
