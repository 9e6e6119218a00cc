"""The `gov:` grammar as Python values, read from `gov.json`, which is its only source.

`gov.json` is a moddle descriptor: the designer's page hands the same file to bpmn-js. The
keys `label`, `grammar`, `requires`, `allows` are ours; moddle passes over them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from workflows.model import Limit, LimitUnit

GOV = "urn:bianmin:gov:1"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

_LIMIT = re.compile(r"(\d{1,4})\s+(workday|hour|day)")
_DUE = re.compile(r"""due\(\s*["']([a-z_]{1,40})["']\s*\)""")
_BEFORE = re.compile(r"""before\(\s*["']([a-z_]{1,40})["']\s*,\s*(\d{1,3})\s*\)""")
_NAME = re.compile(r"[^\W\d][\w.-]{0,99}")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DOCUMENT = re.compile(r"D(0[1-9]|[12]\d)")


@dataclass(frozen=True, slots=True)
class Operation:
    """One effect of the closed catalogue: what it must and may carry."""

    name: str
    label: str
    requires: tuple[str, ...]
    allows: tuple[str, ...]


@cache
def descriptor() -> Mapping[str, Any]:
    """The moddle descriptor itself."""
    text = files("workflows.sources").joinpath("gov.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return MappingProxyType(loaded)


@cache
def labels(enumeration: str) -> Mapping[str, str]:
    """Values of an enumeration with their Chinese names, in order."""
    for one in descriptor()["enumerations"]:
        if one["name"] == enumeration:
            return MappingProxyType({v["name"]: v["label"] for v in one["literalValues"]})
    raise KeyError(enumeration)


@cache
def ranks() -> Mapping[str, tuple[str, ...]]:
    """Parameters that say who does a step: the roles that each may name, lowest rank first.

    Whatever a case carries under such a name, no other role ever gets the step (DENY-02).
    """
    parameters = next(e for e in descriptor()["enumerations"] if e["name"] == "Rank")
    return MappingProxyType(
        {v["name"]: tuple(v["allows"]) for v in parameters["literalValues"]}
    )


@cache
def operations() -> Mapping[str, Operation]:
    """The closed catalogue of effects (design: effects)."""
    catalogue = next(e for e in descriptor()["enumerations"] if e["name"] == "Operation")
    return MappingProxyType(
        {
            v["name"]: Operation(
                v["name"], v["label"], tuple(v["requires"]), tuple(v.get("allows", ()))
            )
            for v in catalogue["literalValues"]
        }
    )


@cache
def attributes(bpmn_type: str) -> Mapping[str, str]:
    """`gov:` attributes of a BPMN element, name → grammar; `bpmn_type` as in `userTask`."""
    wanted = "bpmn:" + bpmn_type[:1].upper() + bpmn_type[1:]
    return MappingProxyType(
        {
            p["name"]: p["grammar"]
            for one in descriptor()["types"]
            if wanted in one.get("extends", ())
            for p in one["properties"]
        }
    )


@cache
def children(tag: str) -> Mapping[str, str] | None:
    """Attributes of a `gov:` child element (`effect`, `in`, `out`); None: there is no such."""
    for one in descriptor()["types"]:
        if "superClass" in one and one["name"][:1].lower() + one["name"][1:] == tag:
            return MappingProxyType({p["name"]: p["grammar"] for p in one["properties"]})
    return None


def read_limit(text: str) -> Limit | None:
    """`5 workday`, `4 hour`, `7 day` or `same_day`; None where it is none of these."""
    if text.strip() == LimitUnit.SAME_DAY:
        return Limit(0, LimitUnit.SAME_DAY)
    found = _LIMIT.fullmatch(text.strip())
    if found is None or int(found.group(1)) == 0:
        return None
    return Limit(int(found.group(1)), LimitUnit(found.group(2)))


def read_due(text: str) -> tuple[str, int] | None:
    """`due("supplement")` → (clock, 0); `before("promised", 1)` → (clock, working days)."""
    found = _DUE.fullmatch(text.strip())
    if found is not None:
        return found.group(1), 0
    found = _BEFORE.fullmatch(text.strip())
    return (found.group(1), int(found.group(2))) if found else None


def fits(grammar: str, text: str) -> str | None:
    """Why `text` does not fit a grammar of gov.json, as a Chinese sentence; None: it fits."""
    text = text.strip()
    if grammar in {"name", "role"}:
        return None if _NAME.fullmatch(text) else f"“{text}”不是名称"
    if grammar == "document":
        return None if _DOCUMENT.fullmatch(text) else f"没有编号为“{text}”的文书（D01–D29）"
    if grammar == "count":
        return None if text.isdigit() and 0 < int(text) < 1000 else f"“{text}”不是天数"
    if grammar == "date":
        return None if _DATE.fullmatch(text) else f"“{text}”不是日期（如 2026-03-31）"
    if grammar == "boolean":
        return None if text in {"true", "false"} else f"“{text}”应为 true 或 false"
    if grammar == "limit":
        good = read_limit(text) is not None
        return None if good else f"“{text}”不是时限（如 5 workday、4 hour、7 day、same_day）"
    if grammar == "due":
        good = read_due(text) is not None
        return None if good else f'“{text}”应写成 due("时限") 或 before("时限", 天数)'
    if grammar in {"ids", "returns"}:
        good = all(_NAME.fullmatch(part) for part in text.split()) and bool(text)
        return None if good else f"“{text}”应为以空格分隔的元素标识"
    if grammar in {"feel", "text"}:
        return None if text else "没有填写"
    known = labels(grammar)
    return None if text in known else f"“{text}”不在清单内（{'、'.join(known)}）"
