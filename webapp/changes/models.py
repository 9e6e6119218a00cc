"""A change of a parameter on its way: one row from the first letter typed to its day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Change(models.Model):
    """A proposed change of one thing that the county sets for itself.

    `kind` names what is changed and by which rules (`changes.kinds`), `subject` which one of
    its kind ("MZ01"). `before` is the value in force when the change was begun, `after` the
    value wanted, whole; `typed` are the answers of the form as they stand there, also while
    they are wrong. `effective_on` null: at once when approved. `version` counts the saves.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        REJECTED = "rejected"  # back with its author, who may mend it
        APPROVED = "approved"  # waits for its day
        IN_FORCE = "in_force"
        WITHDRAWN = "withdrawn"  # by its author
        CANCELLED = "cancelled"  # after it was approved, before its day

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, blank=True)
    subject_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    typed = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    effective_on = models.DateField(null=True)
    author = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    remark = models.TextField(blank=True, help_text="Why it was rejected or cancelled.")
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["effective_on"], condition=Q(state="approved"), name="change_waiting"
            ),
            models.Index(fields=["kind", "subject", "-id"], name="change_of_subject"),
            models.Index(fields=["state", "-id"], name="change_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("author")),
                name="change_reviewer_is_another",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state="approved"),
                name="change_one_waits_for_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.subject}"
