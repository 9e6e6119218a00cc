"""Enquiries and their referrals. The contact's row is the lock of its referrals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Contact(models.Model):
    """One enquiry (首问): who asked what, who was asked first, what became of it (DUTY-01, N1).

    `first_officer` stays for ever; `holder_pool` is the post that owes the answer now and
    changes when a referral is taken. Telephone and identity number are ciphertexts bound to this
    row, each with a keyed hash for look-up, like the sensitive values of a case. `is_visit`
    counts in 跑动次数 (PROC-15): somebody came to the counter for it.
    """

    class Channel(models.TextChoices):
        COUNTER = "counter"
        PHONE = "phone"
        VISIT = "visit"  # the officer went to them

    class State(models.TextChoices):
        OPEN = "OPEN"
        REFERRED = "REFERRED"  # named person has not taken it yet
        ANSWERED = "ANSWERED"
        CASE = "CASE"  # registered as a case

    number = models.CharField(max_length=40, unique=True)
    channel = models.CharField(max_length=8, choices=Channel)
    is_visit = models.BooleanField()
    name = models.CharField(max_length=60)
    phone = models.BinaryField(default=b"")
    phone_hash = models.CharField(max_length=64, blank=True)
    identity = models.BinaryField(default=b"")
    identity_hash = models.CharField(max_length=64, blank=True)
    question = models.TextField()
    item = models.ForeignKey(
        "catalogue.ServiceItem", models.PROTECT, null=True, related_name="+"
    )
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="contacts")
    first_officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    acting_as = models.CharField(max_length=120, help_text="Her post, B代A when she covered.")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    holder_pool = models.ForeignKey("organisations.Pool", models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    closed_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="contacts")
    key = models.CharField(
        max_length=80, unique=True, help_text="Officer and filling-in: a double click is one."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["OPEN", "REFERRED"], closed_at=None)
                | Q(state__in=["ANSWERED", "CASE"], closed_at__isnull=False),
                name="contact_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="ANSWERED") | ~Q(answer=""), name="contact_answer_in_words"
            ),
            models.CheckConstraint(
                condition=~Q(state="CASE") | Q(case__isnull=False), name="contact_keeps_case"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-at"], name="contact_by_unit"),
            models.Index(
                fields=["holder_pool"],
                condition=Q(state__in=["OPEN", "REFERRED"]),
                name="contact_open_by_post",
            ),
            models.Index(fields=["phone_hash"], name="contact_phone"),
        ]

    def __str__(self) -> str:
        return self.number


class Referral(models.Model):
    """An enquiry sent to a named person of a named post, who must take it (IN-01, DUTY-02).

    `due_at` and `escalates_at` lie inside the opening hours of the receiving unit. Whoever does
    the post's work may take it (B代A); `to_officer` is the person who was named to the applicant.
    """

    class State(models.TextChoices):
        OPEN = "OPEN"
        TAKEN = "TAKEN"
        RETURNED = "RETURNED"  # not theirs: back to whoever referred it, with a reason

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="referrals")
    from_officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    from_pool = models.ForeignKey("organisations.Pool", models.PROTECT, related_name="+")
    to_pool = models.ForeignKey("organisations.Pool", models.PROTECT, related_name="referrals")
    to_officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalates_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(state="OPEN"), name="referral_one_open"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("at"), escalates_at__gte=F("due_at")),
                name="referral_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(to_pool=F("from_pool")), name="referral_to_another_post"
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_pool", "due_at"],
                condition=Q(state="OPEN"),
                name="referral_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} to {self.to_pool_id} ({self.state})"
