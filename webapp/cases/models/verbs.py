"""What people ask of each other about a case, beside its drawn steps: 催办、督办、抄送、沟通 …"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from webapp.cases.models.case import Case
from webapp.cases.models.work import WorkItem


class Urge(models.Model):
    """Somebody who waits for the case asks those who have it to go on (催办)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="urges")
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"urge of {self.case_id}"


class Demand(models.Model):
    """A leader or the county office wants an answer by a day (督办)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="demands")
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=300)
    answer_by = models.DateField(help_text="Last day for the answer; the case's clocks go on.")
    answer = models.CharField(max_length=600, blank=True)
    answered_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="demand_answer_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"demand of {self.case_id}"


class Copy(models.Model):
    """A named person may read exactly this case while it runs (抄送)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="copies")
    officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="copies")
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True, help_text="Withdrawn.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "case"],
                condition=Q(ended_at=None),
                name="copy_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.officer_id}"


class Remark(models.Model):
    """A word among colleagues about a case (沟通): never on a paper, never to the applicant."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="remarks")
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    mentioned = ArrayField(models.BigIntegerField(), default=list, help_text="Officers' ids.")

    def __str__(self) -> str:
        return f"remark on {self.case_id}"


class Snooze(models.Model):
    """She does not want to see this item in her own list before a day (稍后处理)."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="snoozes")
    officer = models.ForeignKey(
        "accounts.Officer", models.CASCADE, related_name="+", db_index=False
    )
    until = models.DateField(help_text="The day on which it is in the list again.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "item"], name="snooze_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} until {self.until}"
