"""The outbox: what must happen outside the database after a commit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """One thing to do outside, written in the transaction that decided it.

    Claimed by lease, done outside any transaction, then marked. `ordering_key` keeps messages
    of one case and channel in order; the row id is the idempotency key. `payload` carries ids,
    never personal data.
    """

    channel = models.CharField(max_length=32)
    ordering_key = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["ordering_key", "id"],
                condition=Q(sent_at=None, dead_at=None),
                name="outbox_unsent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}"
