"""Scenarios (情形) read from YAML: who does what, and what must then be the case.

A file holds one scenario (flows: scenarios):

    name: 补正后准予
    process: promised              # key of the root process
    requirements: [TYPE-04]        # what it proves
    facts: {level: township, ...}  # routing variables at the start
    start: {open: [township.window], documents: [D02]}
    steps:
    - do: Task_Examine             # a person completes a step ...
      who: township.window         # ... from the inbox of this role
      by: 张敏                     # this person; without it, one person a role
      unit: county_tax             # where several units do the same step: this one's item
      values: {outcome: supplement}  # answers; the other questions get invented answers
      then: {waits: [materials_supplied], documents: [D04]}
    - return: Task_Check           # sent back ...
      to: Task_Propose             # ... to this earlier step
      who: township.reviewer
    - message: materials_supplied  # something arrives; `values` are what it brings
    - lapse: delivery              # a clock runs out ...
      before: 2                    # ... or comes this many working days near
    - cancel: withdrawn            # withdrawal or termination, with its result
    - do: Task_Check
      refused: true                # must not be possible
    result: granted                # of the ended case; absent: the case is still open

Where it matters a step also says `day: 2026-03-02` (on which the answers are given), `instance:
1` (which of several, from 0) and, for a message, `at: Event_Supplied` (where it is waited for).

An expectation (`start`, `then`) names only what it wants to see: `open` roles of all open items,
`waits` messages, `timers` clocks (`delivery-2`: two working days before), `documents` issued,
clocks that `started`, `ended`, `stopped`, `resumed`, `extended`, `handed` roles that papers went
to, `units` of open items that a diagram sends to a unit, `orders` of other operations
(`register-commitment`, `record-opinion`, `start-case`), `passed` elements in this order, `status`
the public status, `recorded` the result of the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

import yaml

from workflows.errors import Unreadable
from workflows.model import NOTHING

MAX_BYTES = 200_000
LISTS = (
    "open", "waits", "timers", "documents", "started", "ended", "stopped", "resumed",
    "extended", "handed", "units", "orders", "passed",
)  # fmt: skip
WORDS = ("status", "recorded")
KINDS = ("do", "message", "lapse", "cancel", "return")
_STEP = frozenset(
    {*KINDS, "who", "by", "unit", "values", "before", "refused", "then"}
    | {"to", "at", "day", "instance"}
)
_SCENARIO = frozenset({"name", "process", "requirements", "facts", "start", "steps", "result"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be seen after a command. Only what is named is compared."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    words: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Step:
    """One command. `kind` is one of `KINDS`, `what` its object.

    `to`: the step that a return goes back to. `at`: the element where a message is waited for.
    `instance`: which of several instances. `day`: the day of the answers, None: any.
    """

    kind: str
    what: str
    who: str = ""
    by: str = ""
    unit: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    before: int = 0
    refused: bool = False
    then: Expectation = field(default_factory=Expectation)
    to: str = ""
    at: str = ""
    day: date | None = None
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story that a process must tell."""

    file: str
    name: str
    process: str
    requirements: tuple[str, ...]
    facts: Mapping[str, Any]
    start: Expectation
    steps: tuple[Step, ...]
    result: str | None


def read_scenario(data: bytes, file: str) -> Scenario:
    """Read a scenario. Raises Unreadable with the step and the reason in Chinese."""
    try:
        written = yaml.safe_load(data) if len(data) <= MAX_BYTES else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as wrong:
        raise Unreadable(f"{file}：不是合格的 YAML") from wrong
    return _Reader(file).scenario(written)


class _Reader:
    """Checks shapes; every complaint names the file and the step."""

    def __init__(self, file: str) -> None:
        self.place = file
        self.file = file

    def scenario(self, written: object) -> Scenario:
        record = self.mapping(written, "情形")
        self.known(record, _SCENARIO)
        for name in ("name", "process"):
            if not isinstance(record.get(name), str):
                self.refuse(f"缺少 {name}")
        steps = []
        for number, one in enumerate(self.sequence(record.get("steps", []), "steps"), start=1):
            self.place = f"{self.file}：第 {number} 步"
            steps.append(self.step(one))
        self.place = self.file
        result = record.get("result")
        return Scenario(
            file=self.file,
            name=record["name"],
            process=record["process"],
            requirements=self.texts(record.get("requirements", []), "requirements"),
            facts=self.mapping(record.get("facts", {}), "facts"),
            start=self.expectation(record.get("start", {})),
            steps=tuple(steps),
            result=None if result is None else str(result),
        )

    def step(self, written: object) -> Step:
        record = self.mapping(written, "步骤")
        self.known(record, _STEP)
        kinds = [kind for kind in KINDS if kind in record]
        if len(kinds) != 1:
            self.refuse(f"每一步只写一个动作：{'、'.join(KINDS)}")
        before = record.get("before", 0)
        if isinstance(before, bool) or not isinstance(before, int) or before < 0:
            self.refuse("before 是工作日数")
        return Step(
            kind=kinds[0],
            what=str(record[kinds[0]]),
            who=str(record.get("who", "")),
            by=str(record.get("by", "")),
            unit=str(record.get("unit", "")),
            values=self.mapping(record.get("values", {}), "values"),
            before=before,
            refused=record.get("refused") is True,
            then=self.expectation(record.get("then", {})),
            to=str(record.get("to", "")),
            at=str(record.get("at", "")),
            day=self.day(record.get("day")),
            instance=self.number(record.get("instance")),
        )

    def day(self, written: object) -> date | None:
        try:
            return None if written is None else date.fromisoformat(str(written))
        except ValueError:
            return self.refuse("day 是日期，例如 2026-03-02")

    def number(self, written: object) -> int | None:
        if written is None:
            return None
        if isinstance(written, bool) or not isinstance(written, int) or written < 0:
            self.refuse("instance 是从 0 数起的序号")
        return written

    def expectation(self, written: object) -> Expectation:
        record = self.mapping(written, "预期")
        self.known(record, frozenset({*LISTS, *WORDS}))
        return Expectation(
            {name: self.texts(record[name], name) for name in LISTS if name in record},
            {name: str(record[name]) for name in WORDS if name in record},
        )

    def mapping(self, written: object, what: str) -> Mapping[str, Any]:
        if not isinstance(written, Mapping) or not all(isinstance(k, str) for k in written):
            self.refuse(f"{what}应是“名称: 值”的对照")
        return written

    def sequence(self, written: object, what: str) -> list[Any]:
        if not isinstance(written, list):
            self.refuse(f"{what} 应是清单")
        return written

    def texts(self, written: object, what: str) -> tuple[str, ...]:
        return tuple(str(one) for one in self.sequence(written, what))

    def known(self, record: Mapping[str, Any], names: frozenset[str]) -> None:
        unknown = sorted(set(record) - names)
        if unknown:
            self.refuse(f"不认识“{unknown[0]}”")

    def refuse(self, sentence: str) -> NoReturn:
        raise Unreadable(f"{self.place}：{sentence}")
