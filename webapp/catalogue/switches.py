"""The switches of an item: what the county may decide about it, with defaults (flows: switches).

A switch belongs to an item version, so that a change holds for the next case and never for a
running one (CAT-05). Two switches are columns of the version: `in_person`, `agent_allowed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.sources.vocabulary import ranks

Row = Mapping[str, Any]

LICENCE_EXTENSION: Mapping[str, int] = {"joint": 15, "escalated_joint": 15}
"""行政许可法第四十二条第二款: several departments; a single organ has ten days."""
USUAL_DELIVERY = 10
"""行政许可法第四十四条, by analogy for every other item."""


def defaults_of(item_type: str, handling: str, flow: str) -> dict[str, Any]:
    """What each switch says where the item says nothing.

    `extension_rule`: working days of the one extension, 0 for none. `delivery_days`: working days
    to the lawful service. 行政许可法 binds licences only.
    """
    licence = item_type == "licence"
    return {
        "deemed_acceptance": licence,  # 行政许可法第三十二条第四项
        "extension_rule": LICENCE_EXTENSION.get(flow, 10) if licence else 0,
        "delivery_days": USUAL_DELIVERY,
        "excluded_procedures": [],
        "tolerance_allowed": False,
        "refuse_on_missing_main": False,  # TYPE-11: a county may switch it on, never for licences
        "check_clock_restarts_after_supplement": True,
        "joint_silence_is_no_objection": False,  # no approval by silence (design: decisions)
        "denial_confirmer": "",  # as the county's parameter says
    }


def switches_of(row: Row) -> dict[str, Any]:
    """The switches of a row of the items file: its own, its limits', else the defaults."""
    found = defaults_of(row["item_type"], row["handling"], row["flow"])
    for limit in row["limits"]:
        if limit["clock"] == "statutory" and limit.get("extension_days"):
            found["extension_rule"] = limit["extension_days"]
        if limit["clock"] == "delivery" and limit["unit"] == "working":
            found["delivery_days"] = limit["days"]
    return found | dict(row["switches"])


def problems_of_switches(row: Row) -> Iterator[tuple[str, str]]:
    """Switches that nobody knows, or that the law forbids for the item: (name, sentence)."""
    known = defaults_of(row["item_type"], row["handling"], row["flow"])
    for name in row["switches"]:
        if name not in known:
            yield name, f"没有叫“{name}”的开关。"
    found = {**known, **row["switches"]}
    licence = row["item_type"] == "licence"
    if found["deemed_acceptance"] and not licence:
        words = "只有行政许可可以视为受理（行政许可法第三十二条第四项）。"
        yield "deemed_acceptance", words
    if found["refuse_on_missing_main"] and licence:
        words = "行政许可缺主件只能补正，不能不予受理（行政许可法第三十二条）。"
        yield "refuse_on_missing_main", words
    if found["tolerance_allowed"] and row["handling"] == "immediate":
        yield "tolerance_allowed", "即办件不能容缺受理（TOL-01）。"
    if found["denial_confirmer"] not in ("", *ranks()["denial_confirmer"]):
        yield "denial_confirmer", "否定只能由清单里的岗位确认，不能低于窗口负责人（DENY-02）。"
    if licence and found["delivery_days"] > USUAL_DELIVERY:
        words = "行政许可决定的送达不得超过10日（行政许可法第四十四条）。"
        yield "delivery_days", words
