"""What a row of the items file must satisfy before it may become an item version.

Pure; sentences in Chinese name the item and the column. The invariants are those of
`bpmn/catalogue/items-schema.md`, as far as a wrong value would mislead somebody's case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from webapp.catalogue.switches import problems_of_switches
from workflows import feel
from workflows.errors import ExpressionError

Row = Mapping[str, Any]

CHOICES: Mapping[str, frozenset[str]] = {
    "item_type": frozenset(
        [
            "licence",
            "benefit",
            "confirmation",
            "reward",
            "adjudication",
            "levy",
            "other_power",
            "public_service",
        ]
    ),
    "handling": frozenset({"immediate", "promised"}),
    "flow": frozenset({"local", "joint", "escalated", "escalated_joint"}),
}
LEVELS = frozenset({"village", "township", "county"})
UNITS = frozenset({"working", "calendar", "same_day"})
CLOCKS = frozenset(
    [
        "statutory",
        "promised",
        "handup",
        "county",
        "department",
        "step",
        "publicity",
        "check",
        "delivery",
    ]
)
COLUMNS = (
    *("code", "name", "item_type", "handling", "flow", "enabled", "competent"),
    *("entrusted_to_township", "offered_at", "agent_allowed", "in_person", "in_person_reason"),
    *("category", "limits", "switches", "materials", "fields"),
)
MATERIAL_COLUMNS = (
    *("key", "name", "role", "tolerable", "supplement_days", "form", "copies"),
    *("source", "shared_exempt", "condition", "note"),
)


def problems_of(row: Row) -> list[str]:
    """Everything that is wrong with an item, as sentences; empty when it may be loaded."""
    if not isinstance(row, Mapping):
        return ["事项应是一组栏目。"]
    name = f"事项{row.get('code', '（无编码）')}"
    missing = [column for column in COLUMNS if column not in row]
    if missing:
        return [f"{name}：缺少栏目{'、'.join(missing)}。"]
    return [f"{name}：{sentence}" for rule in RULES for sentence in rule(row)]


def _known_values(row: Row) -> Iterator[str]:
    for column, allowed in CHOICES.items():
        if row[column] not in allowed:
            yield f"{column}“{row[column]}”不在{'、'.join(sorted(allowed))}之中。"
    if not row["offered_at"] or not set(row["offered_at"]) <= LEVELS:
        yield "offered_at 应是 village、township、county 中的一个或几个。"


def _limits(row: Row) -> Iterator[str]:
    for limit in row["limits"]:
        if limit.get("clock") not in CLOCKS or limit.get("unit") not in UNITS:
            yield f"期限“{limit.get('clock')}”的种类或单位（{limit.get('unit')}）不认识。"
            return
        days = limit.get("days")
        if not isinstance(days, int) or not 0 <= days <= 366:
            yield f"期限“{limit['clock']}”的天数应是0到366的整数。"
            return
    promised = _days(row, "promised")
    statutory = _days(row, "statutory")
    if len(promised) != 1:
        yield "应有且只有一个承诺期限（promised）。"
    if len(statutory) > 1:
        yield "法定期限（statutory）最多一个。"
    if promised and statutory and promised[0] > statutory[0]:
        yield f"承诺期限{promised[0]}日长于法定期限{statutory[0]}日。"
    if row["item_type"] == "licence":
        yield from _licence(row, statutory)


def _licence(row: Row, statutory: list[int]) -> Iterator[str]:
    """行政许可法 Art. 32, 42, 44."""
    if not statutory:
        yield "行政许可须有法定期限（行政许可法第四十二条）。"
    if any(days > 5 for days in _days(row, "check")):
        yield "行政许可的材料审查不得超过5日（行政许可法第三十二条）。"
    if any(days > 10 for days in _days(row, "delivery")):
        yield "行政许可决定的送达不得超过10日（行政许可法第四十四条）。"


def _immediate(row: Row) -> Iterator[str]:
    if row["handling"] != "immediate":
        return
    if row["flow"] != "local":
        yield "即办件只能在受理地办结（flow 应为 local）。"
    if any(material.get("tolerable") for material in row["materials"]):
        yield "即办件不能容缺受理（TOL-01）。"


def _materials(row: Row) -> Iterator[str]:
    keys: set[str] = set()
    if not row["materials"]:
        yield "至少应有一份材料。"
    for material in row["materials"]:
        missing = [column for column in MATERIAL_COLUMNS if column not in material]
        if missing:
            yield f"材料“{material.get('name', '')}”缺少栏目{'、'.join(missing)}。"
            continue
        if material["key"] in keys:
            yield f"材料代码“{material['key']}”重复。"
        keys.add(material["key"])
        if material["role"] not in {"main", "secondary"}:
            yield f"材料“{material['name']}”应是主件（main）或副件（secondary）。"
        if material["tolerable"] and material["role"] != "secondary":
            yield f"“{material['name']}”是主件，不能容缺（TOL-03）。"
        if material["tolerable"] and not material["supplement_days"]:
            yield f"可容缺的“{material['name']}”须写明补齐天数。"
        yield from _condition(material)


def condition_of(material: Row) -> str:
    """The condition as it is evaluated: the day is a variable, given by whoever asks."""
    return (material["condition"] or "").replace("today()", "today")


def _condition(material: Row) -> Iterator[str]:
    if material["condition"]:
        try:
            feel.parse(condition_of(material))
        except ExpressionError as problem:
            yield f"“{material['name']}”的条件读不懂：{problem}"


def _persons(row: Row) -> Iterator[str]:
    if row["in_person"] and not row["in_person_reason"]:
        yield "须本人到场的，应写明理由。"
    if row["in_person"] and row["agent_allowed"]:
        yield "须本人到场的事项不能代办（AGT-04）。"


def _process(row: Row) -> Iterator[str]:
    """A process of its own wins over the path table, so that it wants its reason (TYPE-12)."""
    if bool(row.get("process")) != bool(row.get("process_reason")):
        yield "事项指定流程（process）的，须写明理由（process_reason），反过来也一样。"


def _free(row: Row) -> Iterator[str]:
    fee = row.get("fee") or {}
    if fee.get("amount"):
        yield "便民服务事项不收费（AGT-05）。"


RULES: tuple[Callable[[Row], Iterator[str]], ...] = (
    *(_known_values, _limits, _immediate, _materials, _persons, _process, _free),
    problems_of_switches,
)


def _days(row: Row, clock: str) -> list[int]:
    return [limit["days"] for limit in row["limits"] if limit["clock"] == clock]
