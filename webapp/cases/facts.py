"""The facts about an item that diagrams and forms may ask (contract: facts at start)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.catalogue.queries import ItemFacts
from webapp.catalogue.switches import defaults_of
from webapp.organisations.directory import Place as NamedUnit
from webapp.organisations.models import Level
from workflows import feel
from workflows.errors import ExpressionError

PROCEDURES: Mapping[str, str] = {
    "hearing": "听证",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
    "site_visit": "现场核查",
    "publicity": "公示",
}
"""Special procedures: the first six may stop the statutory clock (行政许可法第四十五条)."""
_NEVER_STOP = ("site_visit", "publicity")
_DAY_UNITS = {"working": "workday", "calendar": "day"}


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
        "tolerance_allowed": may_tolerate(item),
        "joint_silence_is_no_objection": item.allows("joint_silence_is_no_objection"),
        "special_procedures": special_procedures(item),
        "extension_limit": extension_limit(item),
        "entrusted": item.entrusted,
        "delivery_mode": delivery_mode,
    }


def may_tolerate(item: ItemFacts) -> bool:
    """Whether the item may be accepted with papers to come; never an immediate one (TOL-01)."""
    return item.allows("tolerance_allowed") and item.handling != "immediate"


def special_procedures(item: ItemFacts) -> list[dict[str, Any]]:
    """Every procedure that may be ordered for the item, once, in the order of `PROCEDURES`.

    Its own rows, the kinds that its law excludes from the limits, and site visit and publicity,
    which never stop the statutory clock.
    """
    own = {
        row["kind"]: row
        for row in item.guide.get("special_procedures") or ()
        if not row.get("before_filing")
    }
    excluded = set(item.switches.get("excluded_procedures") or ())
    kinds = own.keys() | excluded | set(_NEVER_STOP)
    return [_procedure(kind, own.get(kind)) for kind in PROCEDURES if kind in kinds]


def _procedure(kind: str, row: Mapping[str, Any] | None) -> dict[str, Any]:
    stops = kind not in _NEVER_STOP
    row = row or {"stops_statutory": stops, "stops_promised": stops}
    return {
        "kind": kind,
        "days": row.get("days"),
        "unit": _DAY_UNITS.get(row.get("unit") or "", "workday"),
        "stops_statutory": bool(row["stops_statutory"]) and stops,
        "stops_promised": bool(row["stops_promised"]),
    }


def extension_limit(item: ItemFacts) -> int | None:
    """Most days by which the statutory clock may be extended, once (Art. 42); None: never."""
    if "extension_rule" in item.switches:
        return int(item.switches["extension_rule"]) or None
    row = item.limit("statutory")  # versions older than the switch
    if row is not None and row.extension_days:
        return row.extension_days
    return defaults_of(item.item_type, item.handling, item.flow)["extension_rule"] or None


def departments_of(
    item: ItemFacts, scope: Mapping[str, Any], unit_of: Callable[[str], NamedUnit | None]
) -> list[dict[str, Any]]:
    """Departments to be asked about this application, in the order of the item (PROC-06).

    `scope`: what a row's FEEL condition may ask, answers as FEEL knows them; a condition that
    cannot be decided asks the department. `unit_of` finds the unit of a key for this place.
    Rows with role "decision" are the decider itself.
    """
    found = []
    for row in item.guide.get("departments") or ():
        if not _applies(row.get("condition"), scope):
            continue
        unit = unit_of(row["unit"])
        found.append(
            {
                "unit": row["unit"],
                "name": unit.name if unit else row["unit"],
                "question": row["question"],
                "days": row["days"],
                "day_unit": _DAY_UNITS.get(row.get("day_unit") or "", "workday"),
                "order": row["order"],
                "role": row["role"],
                "external": bool(row["external"])
                or (unit is not None and unit.level == Level.EXTERNAL),
            }
        )
    return found


def _applies(condition: str | None, scope: Mapping[str, Any]) -> bool:
    if not condition:
        return True
    try:
        return feel.evaluate(condition, scope) is not False
    except ExpressionError:
        return True
