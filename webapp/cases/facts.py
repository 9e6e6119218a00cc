"""The facts about an item that diagrams and forms may ask (contract: facts at start)."""

from __future__ import annotations

from typing import Any

from webapp.catalogue.queries import ItemFacts


def facts_of(item: ItemFacts, *, delivery_mode: str) -> dict[str, Any]:
    """Facts that do not depend on where and by whom the case was filed."""
    return {
        "item_code": item.code,
        "item_type": item.item_type,
        "handling": item.handling,
        "flow": item.flow,
        "in_person": item.in_person,
        "deemed_acceptance": item.allows("deemed_acceptance"),
        "refuse_on_missing_main": item.allows("refuse_on_missing_main")
        and item.item_type != "licence",
        "tolerance_allowed": item.allows("tolerance_allowed"),
        "entrusted": item.entrusted,
        "delivery_mode": delivery_mode,
    }
