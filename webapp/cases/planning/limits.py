"""How long a clock runs: the item's limits, and the law's where the item may not be silent.

Units of the catalogue (working, calendar, same_day) become the ledger's. Sources: domain §1.4.
"""

from __future__ import annotations

import re

from webapp.catalogue.queries import ItemFacts, ItemLimit
from workflows.model import Limit, LimitUnit

_UNITS = {
    "working": LimitUnit.WORKDAY,
    "calendar": LimitUnit.DAY,
    "same_day": LimitUnit.SAME_DAY,
    "hour": LimitUnit.HOUR,
}
_DEFAULTS = {
    "check": Limit(5, LimitUnit.WORKDAY),  # 行政许可法第三十二条第四项
    "supplement": Limit(15, LimitUnit.WORKDAY),  # county rule, printed on D04
    "delivery": Limit(10, LimitUnit.WORKDAY),  # 行政许可法第四十四条
}
_LICENCE_STATUTORY = Limit(20, LimitUnit.WORKDAY)  # 行政许可法第四十二条


def limit_of(item: ItemFacts, kind: str) -> Limit | None:
    """The limit of a clock kind for this item; None: no days are known, the clock never runs."""
    row = item.limit(kind)
    if kind == "delivery" and (row is None or row.unit == "working"):
        days = item.switches.get("delivery_days")
        if days:
            return Limit(int(days), LimitUnit.WORKDAY)
    if row is not None:
        return to_limit(row)
    if kind == "statutory" and item.item_type == "licence":
        return _LICENCE_STATUTORY
    return _DEFAULTS.get(kind)


def to_limit(row: ItemLimit) -> Limit:
    """A limit of the catalogue as the ledger counts it."""
    unit = _UNITS[row.unit]
    if row.days == 0 or unit is LimitUnit.SAME_DAY:
        return Limit(0, LimitUnit.SAME_DAY)
    return Limit(row.days, unit)


_CHINESE = re.compile("[\u4e00-\u9fff]")
LICENSING = "行政许可法"
"""Binds licences only; elsewhere it is followed by analogy."""
_BASES = {
    "check": "行政许可法第三十二条第四项",
    "statutory": "行政许可法第四十二条",
    "promised": "办事指南公布的承诺办结时限",
    "handup": "办事指南公布的上报时限",
    "county": "办事指南公布的县级办理时限",
    "supplement": "补正告知书载明",
    "delivery": "行政许可法第四十四条",
}


def basis_of(item: ItemFacts, kind: str) -> str:
    """Where the limit comes from, for the explanation of the clock."""
    row = item.limit(kind)
    if row is not None and _CHINESE.search(row.source):
        return row.source
    if row is not None and kind == "statutory":
        return "办事指南公布的法定办结时限"
    basis = _BASES.get(kind, "事项规定")
    if basis.startswith(LICENSING) and item.item_type != "licence":
        return f"参照{basis}"
    return basis


def restarts_check(item: ItemFacts) -> bool:
    """Whether the check begins anew when the supplement comes (flows: item switches)."""
    return bool(item.switches.get("check_clock_restarts_after_supplement", True))


def counts_from_application(item: ItemFacts, kind: str) -> bool:
    """Whether the law counts from the application, not from acceptance (社会保险经办条例)."""
    row = item.limit(kind)
    return row is not None and row.starts == "application"
