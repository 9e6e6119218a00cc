"""Papers of the applicant: what is required, what has come, files, and who holds them."""

from __future__ import annotations

from django.db import models

from webapp.cases.models.case import Case


class CaseMaterial(models.Model):
    """One line of the case's checklist, copied from the item version when the case opens."""

    class State(models.TextChoices):
        REQUIRED = "required"  # 未收
        RECEIVED = "received"  # 已收
        TO_CHECK = "to_check"  # 待核对
        CHECKED = "checked"  # 已核对原件
        DEFECTIVE = "defective"  # 不符合要求
        MISSING = "missing"  # 缺
        WAIVED = "waived"  # 免提交

    case = models.ForeignKey(Case, models.PROTECT, related_name="materials")
    order = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=10)
    needed = models.BooleanField(default=True, help_text="Its condition holds for this form.")
    form = models.CharField(max_length=20)
    copies = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.REQUIRED)
    defect = models.CharField(max_length=300, blank=True, help_text="What is wrong.")
    remedy = models.CharField(max_length=300, blank=True, help_text="How to mend it.")
    noticed = models.BooleanField(default=False, help_text="Named in the one-time notice D04.")
    changed_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="casematerial_key_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A file of a case. The type was decided by content; the name on disk is its hash."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    material = models.ForeignKey(
        CaseMaterial, models.PROTECT, null=True, related_name="attachments"
    )
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Custody(models.Model):
    """A two-sided hand-over of papers (签名交接, IN-03): given, and received when signed for."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="custody")
    papers = models.CharField(max_length=12, help_text="materials or result")
    from_unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    from_officer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    to_pool = models.ForeignKey("organisations.Pool", models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    received_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.papers} of {self.case_id}"
