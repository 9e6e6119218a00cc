"""Chains of events, one chain per subject; nothing is ever updated or deleted here."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One thing that happened to one subject, linked to the event before it.

    `digest` = SHA-256 over the previous digest, the sequence number, moment, kind, actor and
    `payload_digest`; the payload itself may be erased after its retention period without
    breaking the chain. No foreign keys: the record never interferes with live data.
    """

    class Subject(models.TextChoices):
        CASE = "case"
        OFFICER = "officer"
        UNIT = "unit"
        ITEM = "item"
        PROCESS = "process"
        DRAFT = "draft"
        CALENDAR = "calendar"
        CHANGE = "change"
        CONTACT = "contact"

    subject = models.CharField(max_length=12, choices=Subject)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, blank=True)
    acting_as = models.CharField(
        max_length=120, blank=True, help_text="Post, and 'B代A' when covering (DUTY-05)."
    )
    payload = models.JSONField(default=dict)
    payload_digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "seq"], name="event_one_per_place_in_chain"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} #{self.seq} {self.kind}"


class Head(models.Model):
    """Where a chain ends (cases keep theirs in the case row, under the case's own lock)."""

    subject = models.CharField(max_length=12, choices=Event.Subject)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=b"\x00" * 32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id"], name="head_one_per_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} @{self.seq}"


class Seal(models.Model):
    """One sealing of everything that changed since the one before it; a chain of its own.

    `root` is the Merkle root over the ends of all chains that grew, `digest` = SHA-256 over the
    previous seal's digest, number, moment, count and root. A copy of one digest outside the
    machine proves everything up to its moment. `upto` is the newest event that was looked at.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    upto = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="seal_by_day")]

    def __str__(self) -> str:
        return f"#{self.number} {self.at}"

    @property
    def hex(self) -> str:
        """The digest in groups of eight, to be read and compared by people."""
        text = bytes(self.digest).hex()
        return " ".join(text[at : at + 8] for at in range(0, 64, 8))


class SealedHead(models.Model):
    """The end of one chain as a seal saw it: a leaf of its tree."""

    seal_number = models.PositiveBigIntegerField(db_index=True)
    subject = models.CharField(max_length=12, choices=Event.Subject)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "seq"], name="sealed_once_per_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} @{self.seq}"
