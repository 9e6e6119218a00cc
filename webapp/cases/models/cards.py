"""Reminders and cards of electronic supervision, and what became of them (domain §4.4)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from webapp.cases.models.case import Case
from webapp.cases.models.clocks import Clock


class Card(models.Model):
    """A reminder or card that supervision issued: once per rule, clock and due date (R01 …).

    `officer` had the matter in hand when it happened (null: nobody had signed for it), in a post
    of `pool`; `told` are the pools of those named by the rule. A card without a clock (R07, R11)
    is issued once per `key`. It is never deleted: a mistaken one is cancelled with its appeal.
    """

    class Level(models.TextChoices):
        REMINDER = "reminder"
        WARNING = "warning"
        YELLOW = "yellow"
        RED = "red"
        TALK = "talk"

    class State(models.TextChoices):
        ISSUED = "ISSUED"
        CANCELLED = "CANCELLED"

    case = models.ForeignKey(Case, models.PROTECT, related_name="cards")
    rule = models.CharField(max_length=4)
    level = models.CharField(max_length=8, choices=Level)
    state = models.CharField(max_length=9, choices=State, default=State.ISSUED)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, related_name="cards")
    due_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - null: by clock
    cause = models.CharField(max_length=80, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    pool = models.ForeignKey("organisations.Pool", models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey("accounts.Officer", models.PROTECT, null=True, related_name="+")
    told = ArrayField(models.IntegerField(), default=list, help_text="Pools that are told.")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "clock", "due_at"], name="card_once"),
            models.CheckConstraint(
                condition=Q(key__isnull=False) | Q(clock__isnull=False, due_at__isnull=False),
                name="card_has_identity",
            ),
        ]
        indexes = [
            models.Index(fields=["officer", "-issued_at"], name="card_of_officer"),
            models.Index(fields=["pool", "-issued_at"], name="card_of_pool"),
            models.Index(fields=["unit", "-issued_at"], name="card_of_unit"),
            models.Index(
                fields=["-issued_at"],
                condition=Q(level__in=["yellow", "red", "talk"]),
                name="card_serious",
            ),
            GinIndex(
                fields=["told"],
                condition=~Q(level="reminder"),
                name="card_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} for {self.case_id}"


class CardAppeal(models.Model):
    """申诉: the person says that a card is mistaken; another person decides (domain §4.4)."""

    class Ground(models.TextChoices):
        SYSTEM = "system"
        FORCE_MAJEURE = "force_majeure"
        OTHER = "other"

    class State(models.TextChoices):
        OPEN = "OPEN"
        GRANTED = "GRANTED"  # the card is cancelled
        DECLINED = "DECLINED"

    card = models.OneToOneField(Card, models.PROTECT, related_name="appeal")
    ground = models.CharField(max_length=14, choices=Ground)
    reason = models.TextField()
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPEN", decided_by=None, decided_at=None)
                | (~Q(state="OPEN") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="cardappeal_decided_has_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("by")),
                name="cardappeal_two_people",
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(state="OPEN"), name="appeal_open")]

    def __str__(self) -> str:
        return f"appeal of card {self.card_id}"
