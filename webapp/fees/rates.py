"""What an item costs by its own version: rate, legal basis, how it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from webapp.catalogue.queries import ItemFacts


@dataclass(frozen=True, slots=True)
class Rate:
    """Yuan for one; 0 for nearly everything."""

    amount: Decimal
    basis: str
    standard: str


def rate_of(item: ItemFacts) -> Rate:
    """The fee of the item's guide."""
    fee = item.guide.get("fee") or {}
    amount = Decimal(str(fee.get("amount") or 0)).quantize(Decimal("0.01"))
    return Rate(amount, str(fee.get("basis") or ""), str(fee.get("note") or ""))
