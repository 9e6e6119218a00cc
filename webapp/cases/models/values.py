"""What people typed: drafts, submissions, opinions; sensitive values apart and encrypted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from webapp.cases.models.case import Case
from webapp.cases.models.work import WorkItem


class Submission(models.Model):
    """One completed form. Sensitive fields hold {"sensitive": id of SensitiveValue}.

    `filled_on`: the version whose form it was, where the case has moved to another one since;
    null: the version that the case runs on.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="submissions")
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, related_name="submissions")
    form = models.CharField(max_length=80)
    values = models.JSONField()
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    filled_on = models.ForeignKey(
        "processes.ProcessVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"{self.form} of {self.case_id}"


class SensitiveValue(models.Model):
    """An identity number, telephone, bank card …: ciphertext, and a keyed hash for look-up."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="sensitive_values")
    field = models.CharField(max_length=120)
    ciphertext = models.BinaryField()
    keyed_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["keyed_hash"], name="sensitive_hash")]

    def __str__(self) -> str:
        return f"{self.field} of {self.case_id}"


class Draft(models.Model):
    """What an officer typed and has not submitted, valid or not. `place` names the form."""

    officer = models.ForeignKey("accounts.Officer", models.CASCADE, related_name="drafts")
    item = models.ForeignKey(WorkItem, models.CASCADE, null=True, related_name="drafts")
    place = models.CharField(max_length=80, blank=True, help_text="e.g. register:MZ01")
    ciphertext = models.BinaryField(help_text="Typed values may be sensitive.")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "item"],
                condition=Q(item__isnull=False),
                name="draft_one_per_item",
            ),
            models.UniqueConstraint(
                fields=["officer", "place"],
                condition=Q(item=None),
                name="draft_one_per_place",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.officer_id}"


class Opinion(models.Model):
    """An explicit opinion of a step (D12): who, as what, for or against, in words.

    `unit` is whose opinion it is; `officer` who wrote it down: null for the silence of a
    department that an item counts as no objection (R13), where there is no `item` either.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, related_name="opinions")
    step_name = models.CharField(max_length=80)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    officer = models.ForeignKey("accounts.Officer", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=40, blank=True)
    outcome_label = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    basis = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.step_name} by {self.officer_id}"
