"""What applicants promise and officers propose about a case beside its drawn steps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from webapp.cases.models.case import Case
from webapp.cases.models.materials import CaseMaterial


class Commitment(models.Model):
    """A signed undertaking to bring open papers later (容缺受理承诺 D09; TOL-04 … TOL-07).

    `digest` is the SHA-256 of the undertaking as issued. A broken one keeps the applicant from
    another tolerance for `bars_days` (TOL-06: the county's parameter when it was signed).
    """

    class State(models.TextChoices):
        OPEN = "OPEN"
        KEPT = "KEPT"  # everything has come and is in order
        BROKEN = "BROKEN"  # the deadline passed and the case was ended for it
        DROPPED = "DROPPED"  # the case ended otherwise: refused, withdrawn

    case = models.ForeignKey(Case, models.PROTECT, related_name="commitments")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    until = models.DateField()
    extended = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    registered_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    registered_at = models.DateTimeField()
    bars_days = models.PositiveIntegerField(default=365)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="OPEN"), name="commitment_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", closed_at=None)
                | (~Q(state="OPEN") & Q(closed_at__isnull=False)),
                name="commitment_closed_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"commitment of {self.case_id} ({self.state})"


class CommitmentPaper(models.Model):
    """One open paper of a commitment with its own deadline (TOL-05)."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="papers")
    material = models.ForeignKey(CaseMaterial, models.PROTECT, related_name="+")
    due_on = models.DateField()
    came_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "material"], name="commitmentpaper_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material_id} until {self.due_on}"


class Proposal(models.Model):
    """Ending a case on the organ's own motion (终止办理): proposed by one, confirmed by another.

    Not drawn: allowed at any step until the decision (flows: commands). DENY-02: two persons.
    """

    class State(models.TextChoices):
        OPEN = "OPEN"
        AGREED = "AGREED"
        DECLINED = "DECLINED"
        VOID = "VOID"  # the case ended before anybody confirmed

    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    reason = models.TextField()
    basis = models.TextField()
    refile = models.CharField(
        max_length=300,
        blank=True,
        db_default="",
        help_text="Given: the case is sent back (退回件, D10), and whether it may be filed again.",
    )
    proposed_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(
        "accounts.Officer",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The absent A whom the proposer replaced.",
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="OPEN"), name="proposal_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"termination of {self.case_id} ({self.state})"


class ForwardedCommand(models.Model):
    """A command that a village case passes on to the township case which it has started.

    No transaction holds two cases, so the outbox carries it over; the answer is kept here, for
    the agent to read. Once the township has decided nothing else happens.
    """

    class State(models.TextChoices):
        OPEN = "OPEN"
        DONE = "DONE"
        REFUSED = "REFUSED"

    case = models.ForeignKey(Case, models.PROTECT, related_name="forwarded")
    verb = models.CharField(max_length=10, help_text="withdraw or terminate")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    reason = models.TextField()
    basis = models.TextField(blank=True)
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, help_text="Why the township case refused.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="OPEN"), name="forwardedcommand_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} for what {self.case_id} started ({self.state})"
