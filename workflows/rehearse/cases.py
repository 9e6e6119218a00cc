"""Past cases (以往办件) read from JSON lines: what was known at the start, and what was done.

One case a line:

    {"case": "2026-0007", "process": "promised", "facts": {"level": "township"},
     "opened": "2026-03-02T09:10:00+08:00", "result": "granted",
     "steps": [
       {"do": "Task_Examine", "values": {"outcome": "accept"}, "at": "2026-03-02T09:40:00+08:00"},
       {"do": "Task_Opinion", "unit": "county_tax", "values": {…}, "at": "…"},
       {"lapse": "check", "before": 0, "at": "…"},
       {"message": "materials_supplied", "values": {}, "at": "…"},
       {"return": "Task_Approve", "to": "Task_Propose", "at": "…"},
       {"cancel": "withdrawn", "at": "…"}]}

`do` is a step that a person completed with these routing values; `lapse` a clock that came due
(or `before` working days near); `message` something that arrived; `return` a step sent back to
another; `cancel` a withdrawal or
termination with its result. Values are as forms store them
(dates as text, amounts with decimals as text). `at` is when it happened, ISO 8601 with offset; `unit` tells several
open items of one step apart. `result` is absent while the case is open. Case numbers, routing
values and times are all there is: no names, no texts, nothing personal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.errors import Unreadable
from workflows.model import NOTHING

KINDS = ("do", "lapse", "message", "return", "cancel")
MAX_LINE = 500_000
MAX_STEPS = 5_000
_CASE = frozenset({"case", "process", "facts", "opened", "result", "steps"})
_STEP = frozenset({*KINDS, "values", "at", "unit", "before", "to"})


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that happened. `kind` is one of `KINDS`, `what` its object."""

    kind: str
    what: str
    at: datetime
    values: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    unit: str = ""
    before: int = 0
    to: str = ""


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case as it was handled. `result` None: it is still open."""

    number: str
    process: str
    facts: Mapping[str, Any]
    opened: datetime
    steps: tuple[Done, ...]
    result: str | None = None


def read_cases(lines: Iterable[str], file: str) -> Iterator[PastCase]:
    """Every case of the lines, one at a time. Raises Unreadable naming the line."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _case(line, f"{file}：第 {number} 行")


def _case(line: str, place: str) -> PastCase:
    if len(line) > MAX_LINE:
        raise Unreadable(f"{place}：太长")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable(f"{place}：不是合格的 JSON") from wrong
    record = _mapping(said, _CASE, place)
    steps = record.get("steps", [])
    if not isinstance(steps, list) or len(steps) > MAX_STEPS:
        raise Unreadable(f"{place}：steps 应是清单")
    for name in ("case", "process"):
        if not isinstance(record.get(name), str):
            raise Unreadable(f"{place}：缺少 {name}")
    result = record.get("result")
    return PastCase(
        number=record["case"],
        process=record["process"],
        facts=_mapping(record.get("facts", {}), None, place),
        opened=_moment(record.get("opened"), place),
        steps=tuple(
            _step(one, f"{place}，第 {at} 步") for at, one in enumerate(steps, start=1)
        ),
        result=str(result) if result is not None else None,
    )


def _step(said: object, place: str) -> Done:
    record = _mapping(said, _STEP, place)
    kinds = [kind for kind in KINDS if kind in record]
    if len(kinds) != 1:
        raise Unreadable(f"{place}：只写一个：{'、'.join(KINDS)}")
    before = record.get("before", 0)
    if isinstance(before, bool) or not isinstance(before, int) or before < 0:
        raise Unreadable(f"{place}：before 是工作日数")
    return Done(
        kind=kinds[0],
        what=str(record[kinds[0]]),
        at=_moment(record.get("at"), place),
        values=_mapping(record.get("values", {}), None, place),
        unit=str(record.get("unit", "")),
        before=before,
        to=str(record.get("to", "")),
    )


def _mapping(said: object, known: frozenset[str] | None, place: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise Unreadable(f"{place}：应是“名称: 值”的对照")
    unknown = sorted(set(said) - known) if known is not None else []
    if unknown:
        raise Unreadable(f"{place}：不认识“{unknown[0]}”")
    return said


def _moment(said: object, place: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError as wrong:
        raise Unreadable(
            f"{place}：“{said}”不是时间（如 2026-03-02T09:40:00+08:00）"
        ) from wrong
    if found.tzinfo is None:
        raise Unreadable(f"{place}：时间“{said}”没有写时区")
    return found
