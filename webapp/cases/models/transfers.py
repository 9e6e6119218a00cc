"""Moving running cases to another version of their process (在办件换版), on record."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from webapp.cases.models.case import Case


class Transfer(models.Model):
    """One reasoned act: somebody proposes it, another person confirms it (design §3½).

    `undoes`: the act whose moves this one takes back, in the reviewer's one act.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED"
        APPROVED = "APPROVED"
        DECLINED = "DECLINED"

    process = models.ForeignKey("processes.Process", models.PROTECT, related_name="+")
    target = models.ForeignKey("processes.ProcessVersion", models.PROTECT, related_name="+")
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("proposed_by"))
                | Q(undoes__isnull=False)
                | Q(state="DECLINED"),  # whoever proposed it may take it back
                name="transfer_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"transfer #{self.pk} ({self.state})"


class TransferLine(models.Model):
    """One case of the act and what became of it.

    `target`: the version it shall run on. `decisions`: where an open step goes on, element by
    place (`transferring.place_key`). `back`: what a way back needs, by token of a moved item:
    the place where it went on, and the element it came from. `source`: what it ran on before.
    `pools`: by id of an item that went to another post, the pool in which it waited before.
    """

    class State(models.TextChoices):
        WAITING = "WAITING"
        MOVED = "MOVED"
        STAYED = "STAYED"
        DROPPED = "DROPPED"  # the act was declined

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, related_name="transfers")
    target = models.ForeignKey("processes.ProcessVersion", models.PROTECT, related_name="+")
    source = models.ForeignKey(
        "processes.ProcessVersion", models.PROTECT, null=True, related_name="+"
    )
    decisions = models.JSONField(default=dict)
    back = models.JSONField(default=dict)
    pools = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    words = models.TextField(blank=True, help_text="What happened, or why the case stays.")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "case"], name="transferline_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="WAITING"), name="transferline_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} in transfer {self.transfer_id} ({self.state})"
