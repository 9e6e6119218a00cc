"""Papers of the applicant: what is required, what has come, files, and who holds them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

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
    late_reason = models.CharField(
        max_length=300,
        blank=True,
        db_default="",
        help_text="Why it may be asked for although the one-time notice left it out.",
    )
    late_by = models.ForeignKey("accounts.Officer", models.PROTECT, null=True, related_name="+")
    late_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="casematerial_key_once"),
            models.CheckConstraint(
                condition=Q(late_reason="", late_by=None, late_at=None)
                | (Q(late_by__isnull=False, late_at__isnull=False) & ~Q(late_reason="")),
                name="casematerial_late_is_complete",
            ),
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
    """A two-sided hand-over of papers (签名交接, IN-03): given, and received when signed for.

    Without `to_pool` the papers go back to the applicant: `from_officer` gave them, `recipient`
    signed. `taken_back_at`: the case ended before anybody had signed, the giver kept them.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="custody")
    papers = models.CharField(max_length=12, help_text="materials or result")
    from_unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    from_officer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    to_pool = models.ForeignKey(
        "organisations.Pool", models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField()
    received_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True)
    recipient = models.CharField(max_length=100, blank=True, help_text="Who signed outside.")
    relation = models.CharField(max_length=100, blank=True)
    mail_number = models.CharField(max_length=60, blank=True)
    taken_back_at = models.DateTimeField(null=True)
    run = models.CharField(
        max_length=30,
        blank=True,
        db_default="",
        help_text="The run sheet (流转清单) on which it travels, AGT-06.",
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["to_pool"],
                condition=Q(received_at=None, taken_back_at=None),
                name="custody_to_sign",
            ),
            models.Index(
                fields=["from_unit"],
                condition=Q(received_at=None, taken_back_at=None),
                name="custody_on_its_way",
            ),
            models.Index(fields=["run"], condition=~Q(run=""), name="custody_run"),
        ]
        constraints = [
            models.CheckConstraint(
                # Whoever has it is a person: no signature without a name, no name without one.
                condition=Q(to_pool=None)
                | Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False),
                name="custody_signed_by_somebody",
            ),
            models.CheckConstraint(
                # Two hands: the officer who gave, the person who signed.
                condition=Q(to_pool__isnull=False)
                | Q(received_at=None, recipient="")
                | (Q(received_at__isnull=False, from_officer__isnull=False) & ~Q(recipient="")),
                name="custody_back_has_two_hands",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(received_at=None),
                name="custody_signed_or_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.papers} of {self.case_id}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has signed for it yet."""
        return self.received_at is None and self.taken_back_at is None

    @property
    def goes_back(self) -> bool:
        """Whether it waits for the applicant's signature."""
        return self.is_open and self.to_pool_id is None
