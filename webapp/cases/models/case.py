"""The case (办件): one application on its way. Its row is the lock of everything below it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Status(models.TextChoices):
    """Where a case stands by law (domain §1.7)."""

    SUBMITTED = "SUBMITTED"
    RECEIVED = "RECEIVED"
    CORRECTION = "CORRECTION"
    NOT_REQUIRED = "NOT_REQUIRED"
    REFUSED_ACCEPTANCE = "REFUSED_ACCEPTANCE"
    ACCEPTED = "ACCEPTED"
    ACCEPTED_TOLERANT = "ACCEPTED_TOLERANT"
    IN_REVIEW = "IN_REVIEW"
    SUSPENDED = "SUSPENDED"
    JOINT = "JOINT"
    FORWARDED = "FORWARDED"
    DECIDING = "DECIDING"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    TERMINATED = "TERMINATED"
    DELIVERED = "DELIVERED"
    WITHDRAWN = "WITHDRAWN"
    CLOSED = "CLOSED"


class Result(models.TextChoices):
    """How a case ended (closed list, flows: results)."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOT_REQUIRED = "not_required"
    NOT_ACCEPTED = "not_accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    ANSWERED = "answered"
    GUIDED = "guided"
    REDIRECTED = "redirected"
    HANDLED_ELSEWHERE = "handled_elsewhere"


class Case(models.Model):
    """One application. `item_version` and `process_version` are pinned when it opens.

    `received_at_unit` took the papers; `accountable_unit` answers for it until delivery
    (上报事项负责办理); `competent_unit` has the power and its name stands on the documents.
    The baton (`holder_*`) says who has it now. `due_at` is the earliest running main clock.
    """

    number = models.CharField(max_length=40, unique=True)
    item_version = models.ForeignKey("catalogue.ItemVersion", models.PROTECT, related_name="+")
    process_version = models.ForeignKey(
        "processes.ProcessVersion", models.PROTECT, related_name="cases"
    )
    applicant_name = models.CharField(max_length=100)
    village = models.ForeignKey(
        "organisations.Division", models.PROTECT, null=True, related_name="+"
    )
    received_at_unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    accountable_unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, related_name="accountable_cases"
    )
    competent_unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    registered_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        "accounts.Officer",
        models.PROTECT,
        null=True,
        related_name="agency_cases",
        help_text="The village agent who filed it on a mandate (代办).",
    )
    delivery_mode = models.CharField(max_length=16)
    status = models.CharField(max_length=20, choices=Status, default=Status.SUBMITTED)
    result = models.CharField(max_length=20, choices=Result, blank=True)
    suspended_from = models.CharField(
        max_length=20, blank=True, help_text="Status to return to while suspended by command."
    )
    deemed_accepted = models.BooleanField(default=False)
    supplemented = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    holder_unit = models.ForeignKey(
        "organisations.Unit", models.PROTECT, null=True, related_name="+"
    )
    holder_role = models.CharField(max_length=40, blank=True)
    holder_officer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    holder_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    statutory_due_at = models.DateTimeField(null=True)
    promised_due_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0, help_text="Counts the steps.")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="started",
        help_text="The case that started this one (代为办理: village → township).",
    )
    opening_key = models.CharField(  # noqa: DJ001 - many cases may have none
        max_length=120,
        null=True,
        unique=True,
        help_text="Officer and key of the request that opened it: a double click opens one case.",
    )
    audit_seq = models.PositiveIntegerField(default=0)
    audit_head = models.BinaryField(max_length=32, default=b"\x00" * 32)
    search_grams = ArrayField(
        models.CharField(max_length=16),
        default=list,
        help_text="Keyed hashes of one- and two-character grams of the name.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at=None)
                | Q(is_open=False, closed_at__isnull=False),
                name="case_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(is_open=True) | ~Q(result=""), name="case_closed_has_result"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_grams"], name="case_search"),
            models.Index(fields=["accountable_unit", "-id"], name="case_of_unit"),
            models.Index(fields=["village", "-id"], name="case_of_village"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseSnapshot(models.Model):
    """The engine's state of a case: opaque bytes, apart from the narrow indexed case row."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="snapshot")
    state = models.BinaryField()

    def __str__(self) -> str:
        return f"snapshot of {self.case_id}"


class Mandate(models.Model):
    """The applicant's mandate to an agent (代办委托书 D21, AGT-01): free of charge, revocable."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="mandate")
    principal_name = models.CharField(max_length=100)
    agent = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40, help_text="Why an agent: AGT-03.")
    powers = ArrayField(models.CharField(max_length=20), default=list)
    signed_on = models.DateField()
    witness = models.CharField(max_length=60, blank=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mandate of {self.case_id}"
