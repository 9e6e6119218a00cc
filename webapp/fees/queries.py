"""The bill of a case, and the ledger of a unit and month with its sums."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from webapp.fees.models import Bill, Receipt


@dataclass(frozen=True, slots=True)
class Sums:
    """Yuan received and taken off in a span."""

    received: Decimal
    reduced: Decimal


def bill_of(case_id: int) -> Bill | None:
    """The bill of a case with its receipt: one statement."""
    rows = Bill.objects.filter(case=case_id).select_related("receipt__received_by", "made_by")
    return rows.first()


def ledger(
    since: datetime, until: datetime, unit_ids: Collection[int] | None
) -> tuple[QuerySet[Receipt], Sums]:
    """Receipts of a span in the order of their numbers, with sums; None: the county."""
    rows = Receipt.objects.filter(received_at__gte=since, received_at__lt=until)
    if unit_ids is not None:
        rows = rows.filter(unit__in=unit_ids)
    found = rows.aggregate(received=Sum("amount"), reduced=Sum("bill__reduced"))
    sums = Sums(found["received"] or Decimal(0), found["reduced"] or Decimal(0))
    listed = rows.select_related("unit", "received_by", "bill__case__item_version").order_by(
        "unit__name", "year", "serial"
    )
    return listed, sums
