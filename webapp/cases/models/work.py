"""What a case waits for: people, messages; and which elements it has passed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from webapp.cases.models.case import Case


class WorkItem(models.Model):
    """A step of a case that waits for a person (待办).

    `due_at` is the close of business of the last day (display, order); null while paused or
    without a limit. `closed_as` tells the post, and "B代A" when B covered (DUTY-05).
    """

    class State(models.TextChoices):
        OPEN = "OPEN"
        DONE = "DONE"
        CANCELLED = "CANCELLED"

    case = models.ForeignKey(Case, models.PROTECT, related_name="items")
    token = models.CharField(max_length=40, help_text="The engine's id for this occurrence.")
    process_key = models.CharField(max_length=60)
    element = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    pool = models.ForeignKey("organisations.Pool", models.PROTECT, related_name="+")
    form = models.CharField(max_length=80, blank=True)
    separate = ArrayField(models.CharField(max_length=80), default=list)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    claimed_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    closed_for = models.ForeignKey(
        "accounts.Officer",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The absent A whom B replaced: she counts as having done it, too (DENY-02).",
    )
    closed_as = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="workitem_token_once"),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="workitem_claim_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", closed_at=None)
                | Q(state__in=["DONE", "CANCELLED"], closed_at__isnull=False),
                name="workitem_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(closed_by__isnull=False),
                name="workitem_done_has_performer",
            ),
        ]
        indexes = [
            # The inbox: open items of one pool, most urgent first (design: who gets the work).
            # Covers the claimer, so that pages and band counts need no table rows.
            models.Index(
                fields=["pool", "due_at", "id"],
                include=["claimed_by"],
                condition=Q(state="OPEN"),
                name="workitem_inbox",
            ),
            # The same in the order of arrival, for those who work 先到先办.
            models.Index(
                fields=["pool", "opened_at", "id"],
                condition=Q(state="OPEN"),
                name="workitem_arrival",
            ),
            models.Index(
                fields=["claimed_by", "due_at", "id"],
                condition=Q(state="OPEN"),
                name="workitem_mine",
            ),
            models.Index(
                fields=["closed_by", "-closed_at"],
                condition=Q(state="DONE"),
                name="workitem_done_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.case_id} ({self.state})"


class AwaitedMessage(models.Model):
    """The engine waits for a message of this name (e.g. `materials_supplied`), or a signal.

    A message is sent to one case; a signal is for every case that waits for its name.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="awaited")
    token = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    signal = models.BooleanField(default=False, db_default=False)
    element = models.CharField(max_length=80)
    since = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="awaited_token_once"),
        ]
        indexes = [
            models.Index(
                fields=["name"],
                condition=Q(signal=True, over_at=None),
                name="awaited_signal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.case_id}"


class Passage(models.Model):
    """The case has passed this element: what the diagram paints as done."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="passages", db_index=False)
    process_key = models.CharField(max_length=60)
    element = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case"], name="passage_case")]

    def __str__(self) -> str:
        return f"{self.process_key}/{self.element}"
