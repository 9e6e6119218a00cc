"""The guide of an item in words, and the badges of an item (CAT-06)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from webapp.catalogue.queries import ItemFacts, ItemLimit

HANDLING: dict[str, str | Promise] = {
    "immediate": gettext_lazy("即办"),
    "promised": gettext_lazy("承诺"),
}
FLOWS: dict[str, str | Promise] = {
    "joint": gettext_lazy("联办"),
    "escalated": gettext_lazy("上报"),
    "escalated_joint": gettext_lazy("上报联办"),
}
AT_THE_COUNTY = {"escalated": "", "escalated_joint": "joint"}
"""Filed at the county hall, nothing is sent up."""
BETWEEN_LEVELS = frozenset({"handup", "county"})
"""Clocks of a case that goes from the township to the county."""
OWN_PATHS: dict[str, str | Promise] = {"coordination": gettext_lazy("协调答复")}
CLOCKS: tuple[tuple[str, str | Promise], ...] = (
    ("check", gettext_lazy("材料审查")),
    ("promised", gettext_lazy("承诺办结")),
    ("statutory", gettext_lazy("法定时限")),
    ("handup", gettext_lazy("乡镇上报")),
    ("county", gettext_lazy("县级办理")),
    ("delivery", gettext_lazy("送达")),
)
LEVELS: dict[str, str | Promise] = {
    "village": gettext_lazy("村便民服务站"),
    "township": gettext_lazy("乡镇便民服务中心"),
    "county": gettext_lazy("县政务服务大厅"),
}
_LIMIT = re.compile(r"(\d+)\s*(WD|working days?|calendar days?|days?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GuideStep:
    """Who does what until when, as the catalogue tells the public."""

    actor: str
    limit: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What the counter tells an applicant about an item."""

    badges: tuple[str, ...]
    limits: tuple[tuple[str, str], ...]
    basis: tuple[str, ...]
    steps: tuple[GuideStep, ...]
    where: str
    fee: str
    granted: str
    refused: str
    organ: str


def guide_of(item: ItemFacts, level: str = "") -> Guide:
    """The guide of one version of an item, as it is taken at a level."""
    result = item.guide.get("result") or {}
    return Guide(
        badges=badges(item.handling, item.flow, level, item.process_key),
        limits=tuple(_limits(item, level)),
        basis=tuple(_basis(row) for row in item.guide.get("legal_basis") or ()),
        steps=tuple(_step(row) for row in item.guide.get("steps") or ()),
        where=_("、").join(str(LEVELS.get(level, level)) for level in item.offered_at),
        fee=_fee(item.guide.get("fee") or {}),
        granted=str(result.get("granted") or ""),
        refused=str(result.get("refused") or ""),
        organ=item.competent_name,
    )


def badges(handling: str, flow: str, level: str = "", process_key: str = "") -> tuple[str, ...]:
    """即办 / 承诺, and 上报 / 联办 / 协调答复 where the window's level does not decide alone."""
    if level == "county":
        flow = AT_THE_COUNTY.get(flow, flow)
    named = [HANDLING.get(handling), OWN_PATHS.get(process_key) or FLOWS.get(flow)]
    return tuple(str(name) for name in named if name)


def limit_words(days: int | None, unit: str) -> str:
    """20个工作日, 7日, 当日, or nothing."""
    if unit == "same_day":
        return _("当日")
    if not days:
        return ""
    if unit == "working":
        return ngettext("%(days)d个工作日", "%(days)d个工作日", days) % {"days": days}
    return ngettext("%(days)d日", "%(days)d日", days) % {"days": days}


def _limits(item: ItemFacts, level: str) -> list[tuple[str, str]]:
    found = []
    for clock, label in CLOCKS:
        limit = item.limit(clock)
        if level == "county" and clock in BETWEEN_LEVELS:
            continue
        if limit is not None:
            found.append((str(label), _limit(limit)))
    return found


def _limit(limit: ItemLimit) -> str:
    words = limit_words(limit.days, limit.unit)
    if limit.extension_days:
        words += _("（可延长%(days)d）") % {"days": limit.extension_days}
    return words


def _basis(row: dict[str, Any]) -> str:
    return f"《{row.get('title')}》{row.get('article') or ''}"


def _step(row: dict[str, Any]) -> GuideStep:
    text = str(row.get("limit") or "")
    if text == "same day":
        return GuideStep(str(row.get("actor") or ""), limit_words(0, "same_day"))
    found = _LIMIT.search(text)
    if found is None:
        return GuideStep(str(row.get("actor") or ""), "")
    working = found[2].lower() == "wd" or found[2].lower().startswith("working")
    unit = "working" if working else "calendar"
    return GuideStep(str(row.get("actor") or ""), limit_words(int(found[1]), unit))


def _fee(fee: dict[str, Any]) -> str:
    amount = fee.get("amount")
    return _("不收费") if not amount else _("%(amount)s元") % {"amount": amount}
