"""Numbered papers issued to somebody (文书), filings of negative acts, proof of delivery."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from webapp.cases.documents import NAMES
from webapp.cases.models.case import Case


class Document(models.Model):
    """One issued document. `content` is frozen: title, paragraphs, lists, basis, remedy.

    `serial` is gap-free per organ, code and year for the types that design §8 lists, else null
    and `number` comes from a sequence. `sha256` names the typeset file (`webapp.cases.files`);
    it is empty until a worker has set it.
    """

    class State(models.TextChoices):
        ISSUED = "ISSUED"
        VOID = "VOID"

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    code = models.CharField(max_length=4)
    organ = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=60)
    content = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.ISSUED)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    sha256 = models.CharField(max_length=64, blank=True, db_default="")
    printed_at = models.DateTimeField(null=True)
    """When the original left the printer; every later print is a marked copy."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "code", "year", "serial"],
                condition=Q(serial__isnull=False),
                name="document_serial_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["issued_at"],
                condition=Q(printed_at=None, state="ISSUED"),
                name="document_to_print",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class NumberSeries(models.Model):
    """The last number taken of a gap-free series; locked last in every transaction."""

    organ = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    code = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organ", "code", "year"], name="series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organ_id} {self.code} {self.year}"


class DenialFiling(models.Model):
    """Filing of a negative act with the county office (否定报备 D24, DENY-01, DENY-02)."""

    class State(models.TextChoices):
        FILED = "FILED"
        ACKNOWLEDGED = "ACKNOWLEDGED"
        QUERIED = "QUERIED"

    case = models.ForeignKey(Case, models.PROTECT, related_name="denial_filings")
    document_code = models.CharField(max_length=4, help_text="D06, D07, D10, D20 or D25")
    number = models.CharField(max_length=60)
    proposer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    confirmer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField()
    basis = models.TextField()
    filed_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.FILED)
    answered_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                # DENY-02: nobody refuses alone.
                condition=Q(proposer=None)
                | Q(confirmer=None)
                | ~Q(proposer=models.F("confirmer")),
                name="denialfiling_two_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def document_name(self) -> str:
        """The paper that refuses or ends, by its name."""
        return gettext(NAMES.get(self.document_code, self.document_code))


class Delivery(models.Model):
    """Lawful service of the result: way, recipient and proof (D22; PROC-11, PROC-12)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="deliveries")
    way = models.CharField(max_length=16)
    recipient = models.CharField(max_length=100)
    relation = models.CharField(max_length=40, blank=True)
    mail_number = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=300, blank=True)
    served_at = models.DateTimeField()
    served_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.way} of {self.case_id}"
