"""The bill of a case, its reduction, its receipt. Amounts are yuan as decimals, never floats."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Bill(models.Model):
    """What one case costs; a case without a bill costs nothing (CAT-13, N26).

    `amount` is the item's rate times `quantity`; `basis` and `standard` are frozen from the
    version of the item that the case runs on. `reduced` is what two persons have taken off.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="bill")
    quantity = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    reduced = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    basis = models.TextField()
    standard = models.TextField(blank=True)
    made_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_above_zero"),
            models.CheckConstraint(condition=~Q(basis=""), name="bill_has_basis"),
            models.CheckConstraint(
                condition=Q(reduced__gte=0, reduced__lte=F("amount")),
                name="bill_reduced_within",
            ),
        ]

    def __str__(self) -> str:
        return f"bill of {self.case_id}"


class Reduction(models.Model):
    """A reduction or waiver (减免): proposed by one person with a reason, decided by another."""

    class State(models.TextChoices):
        OPEN = "OPEN"
        AGREED = "AGREED"
        DECLINED = "DECLINED"

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="reductions")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    reason = models.TextField()
    basis = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    proposed_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bill"], condition=Q(state="OPEN"), name="reduction_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="reduction_two_persons",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="reduction_above_zero"),
        ]

    def __str__(self) -> str:
        return f"reduction of {self.bill_id}"


class Receipt(models.Model):
    """Proof of a payment; `serial` is gap-free per unit and year. No payment gateway: a record."""

    bill = models.OneToOneField(Bill, models.PROTECT, related_name="receipt")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    payer = models.CharField(max_length=100)
    received_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "serial"], name="receipt_once"),
        ]
        indexes = [models.Index(fields=["unit", "received_at"], name="receipt_by_month")]

    def __str__(self) -> str:
        return self.number
