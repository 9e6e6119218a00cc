"""What a row of the items file must satisfy before it may become an item version.

Pure; sentences in Chinese name the item and the column. The invariants are those of
`bpmn/catalogue/items-schema.md`, as far as a wrong value would mislead somebody's case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

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


class Problem(str):
    """What is wrong, as a sentence; `at` says with which column: `materials[2].condition`."""

    __slots__ = ("at",)
    at: str

    def __new__(cls, at: str, sentence: str) -> Self:
        """A sentence about a column."""
        made = super().__new__(cls, sentence)
        made.at = at
        return made


def problems_of(row: Row) -> list[str]:
    """Everything that is wrong with an item, as sentences; empty when it may be loaded."""
    if not isinstance(row, Mapping):
        return ["事项应是一组栏目。"]
    name = f"事项{row.get('code', '（无编码）')}"
    missing = [column for column in COLUMNS if column not in row]
    if missing:
        return [f"{name}：缺少栏目{'、'.join(missing)}。"]
    return [f"{name}：{sentence}" for sentence in problems_at(row)]


def problems_at(row: Row) -> list[Problem]:
    """The same for a row that has every column, each with the column that it is about."""
    return [problem for rule in RULES for problem in rule(row)]


def _known_values(row: Row) -> Iterator[Problem]:
    for column, allowed in CHOICES.items():
        if row[column] not in allowed:
            words = f"{column}“{row[column]}”不在{'、'.join(sorted(allowed))}之中。"
            yield Problem(column, words)
    if not row["offered_at"] or not set(row["offered_at"]) <= LEVELS:
        yield Problem(
            "offered_at", "offered_at 应是 village、township、county 中的一个或几个。"
        )


def _limits(row: Row) -> Iterator[Problem]:
    for number, limit in enumerate(row["limits"]):
        at = f"limits[{number}]"
        if limit.get("clock") not in CLOCKS or limit.get("unit") not in UNITS:
            words = f"期限“{limit.get('clock')}”的种类或单位（{limit.get('unit')}）不认识。"
            yield Problem(f"{at}.clock", words)
            return
        days = limit.get("days")
        if not isinstance(days, int) or not 0 <= days <= 366:
            yield Problem(f"{at}.days", f"期限“{limit['clock']}”的天数应是0到366的整数。")
            return
    promised = _days(row, "promised")
    statutory = _days(row, "statutory")
    if len(promised) != 1:
        yield Problem("limits", "应有且只有一个承诺期限（promised）。")
    if len(statutory) > 1:
        yield Problem("limits", "法定期限（statutory）最多一个。")
    if promised and statutory and promised[0] > statutory[0]:
        yield Problem(
            _at_days(row, "promised"),
            f"承诺期限{promised[0]}日长于法定期限{statutory[0]}日。",
        )
    if row["item_type"] == "licence":
        yield from _licence(row, statutory)
    if row["flow"].startswith("escalated") and not _days(row, "handup"):
        yield Problem("limits", "上报的事项须有上报期限（handup），乡镇逾期上报要有据可查。")


def _licence(row: Row, statutory: list[int]) -> Iterator[Problem]:
    """行政许可法 Art. 32, 42, 44."""
    if not statutory:
        yield Problem("limits", "行政许可须有法定期限（行政许可法第四十二条）。")
    if any(days > 5 for days in _days(row, "check")):
        words = "行政许可的材料审查不得超过5日（行政许可法第三十二条）。"
        yield Problem(_at_days(row, "check"), words)
    if any(days > 10 for days in _days(row, "delivery")):
        words = "行政许可决定的送达不得超过10日（行政许可法第四十四条）。"
        yield Problem(_at_days(row, "delivery"), words)


def _immediate(row: Row) -> Iterator[Problem]:
    if row["handling"] != "immediate":
        return
    if row["flow"] != "local":
        yield Problem("flow", "即办件只能在受理地办结（flow 应为 local）。")
    for number, material in enumerate(row["materials"]):
        if material.get("tolerable"):
            yield Problem(f"materials[{number}].tolerable", "即办件不能容缺受理（TOL-01）。")


def _materials(row: Row) -> Iterator[Problem]:
    keys: set[str] = set()
    if not row["materials"]:
        yield Problem("materials", "至少应有一份材料。")
    for number, material in enumerate(row["materials"]):
        at = f"materials[{number}]"
        missing = [column for column in MATERIAL_COLUMNS if column not in material]
        if missing:
            words = f"材料“{material.get('name', '')}”缺少栏目{'、'.join(missing)}。"
            yield Problem(at, words)
            continue
        if material["key"] in keys:
            yield Problem(f"{at}.key", f"材料代码“{material['key']}”重复。")
        keys.add(material["key"])
        if material["role"] not in {"main", "secondary"}:
            words = f"材料“{material['name']}”应是主件（main）或副件（secondary）。"
            yield Problem(f"{at}.role", words)
        if material["tolerable"] and material["role"] != "secondary":
            yield Problem(
                f"{at}.tolerable", f"“{material['name']}”是主件，不能容缺（TOL-03）。"
            )
        if material["tolerable"] and not material["supplement_days"]:
            words = f"可容缺的“{material['name']}”须写明补齐天数。"
            yield Problem(f"{at}.supplement_days", words)
        yield from _condition(material, f"{at}.condition")


def condition_of(material: Row) -> str:
    """The condition as it is evaluated: the day is a variable, given by whoever asks."""
    return (material["condition"] or "").replace("today()", "today")


def _condition(material: Row, at: str) -> Iterator[Problem]:
    if material["condition"]:
        try:
            feel.parse(condition_of(material))
        except ExpressionError as problem:
            yield Problem(at, f"“{material['name']}”的条件读不懂：{problem}")


def _persons(row: Row) -> Iterator[Problem]:
    if row["in_person"] and not row["in_person_reason"]:
        yield Problem("in_person_reason", "须本人到场的，应写明理由。")
    if row["in_person"] and row["agent_allowed"]:
        yield Problem("agent_allowed", "须本人到场的事项不能代办（AGT-04）。")


def _process(row: Row) -> Iterator[Problem]:
    """A process of its own wins over the path table, so that it wants its reason (TYPE-12)."""
    if bool(row.get("process")) != bool(row.get("process_reason")):
        words = "事项指定流程（process）的，须写明理由（process_reason），反过来也一样。"
        yield Problem("process_reason", words)


def _departments(row: Row) -> Iterator[Problem]:
    """Joint handling asks one other department at least, and only joint handling asks."""
    rows = row.get("departments") or ()
    joint = row["flow"] in {"joint", "escalated_joint"}
    if joint and not any(one.get("role") == "opinion" for one in rows):
        yield Problem("departments", "联办事项至少应有一个提意见的部门。")
    for number, one in enumerate(rows):
        if one.get("condition"):
            try:
                feel.parse(one["condition"])
            except ExpressionError as problem:
                yield Problem(f"departments[{number}].condition", f"条件读不懂：{problem}")


def _free(row: Row) -> Iterator[Problem]:
    """Free, unless a law or an administrative regulation says so (行政许可法第五十八条; CAT-13)."""
    fee = row.get("fee") or {}
    if fee.get("amount") and not fee.get("basis"):
        words = "要收费的事项须写明收费依据（法律、行政法规的名称和条款）；没有依据的不收费。"
        yield Problem("fee.basis", words)


def _switches(row: Row) -> Iterator[Problem]:
    for name, sentence in problems_of_switches(row):
        yield Problem(f"switches.{name}", sentence)


RULES: tuple[Callable[[Row], Iterator[Problem]], ...] = (
    *(_known_values, _limits, _immediate, _materials, _persons, _process, _departments),
    *(_free, _switches),
)


def _at_days(row: Row, clock: str) -> str:
    number = next(i for i, limit in enumerate(row["limits"]) if limit["clock"] == clock)
    return f"limits[{number}].days"


def _days(row: Row, clock: str) -> list[int]:
    return [limit["days"] for limit in row["limits"] if limit["clock"] == clock]
