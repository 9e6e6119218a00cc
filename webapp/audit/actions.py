"""Recording what happened to a subject that is not a case (officers, units, items …).

Cases keep the end of their chain in their own row and write their events with the step
(`webapp.cases.store`); everything else has a row in `Head`, which is the lock of its chain.
What is recorded is sealed each minute.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from webapp.audit.chain import START, Link, payload_digest
from webapp.audit.models import Event, Head, Seal, SealedHead
from webapp.audit.tree import Leaf, root, seal_digest


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


_MARGIN = 10_000
"""Events before the newest one of the last seal that are looked at again: those may have been
committed later by a transaction that had taken its number earlier."""

_GREW = """
WITH fresh AS (
  SELECT subject, subject_id, max(seq) AS seq, max(id) AS newest
    FROM audit_event WHERE id > %(since)s GROUP BY subject, subject_id)
SELECT f.subject, f.subject_id, f.seq, e.digest, f.newest
  FROM fresh f
  JOIN audit_event e ON e.subject = f.subject AND e.subject_id = f.subject_id AND e.seq = f.seq
 WHERE NOT EXISTS (SELECT 1 FROM audit_sealedhead s
                    WHERE s.subject = f.subject AND s.subject_id = f.subject_id
                      AND s.seq >= f.seq)
 ORDER BY f.subject COLLATE "C", f.subject_id
"""


def seal(at: datetime) -> Seal | None:
    """Seal the ends of all chains that grew since the last seal; None when nothing happened.

    One seal at a time: whoever comes second waits and finds nothing left. Nothing waits for it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit seal'))")
        last = Seal.objects.order_by("-number").first()
        cursor.execute(_GREW, {"since": last.upto - _MARGIN if last else 0})
        rows = cursor.fetchall()
        if not rows:
            return None
        leaves = [Leaf(row[0], row[1], row[2], bytes(row[3])) for row in rows]
        number = last.number + 1 if last else 1
        previous, top = bytes(last.digest) if last else START, root(leaves)
        SealedHead.objects.bulk_create(
            [SealedHead(seal_number=number, **asdict(leaf)) for leaf in leaves], 1000
        )
        return Seal.objects.create(
            number=number,
            at=at,
            count=len(leaves),
            root=top,
            previous=previous,
            digest=seal_digest(previous, number, at, len(leaves), top),
            upto=max(row[4] for row in rows),
        )
