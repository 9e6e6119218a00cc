"""Prepared answers for `try`: read with care, and held against the drawing.

One object, in YAML or JSON:

    start: {level: township}            # routing values at the start
    start_event: Start_Online           # where to start, if there are several start events
    tasks:
      Task_Examine: [{outcome: supplement}, {outcome: accept}]   # one per visit, in order
    events:
      Event_Supplied: 1                 # how often it happens, as soon as it is awaited
      Event_CheckDue: {times: 2, after: [Task_Direct], values: {days: 3}}

`tasks` and `events` may be left out: an id of the drawing may also stand at the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from workflows.cli.files import read_bytes
from workflows.errors import Unreadable
from workflows.model import Bundle, Element, Kind, Trigger

ANSWERED = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK})
HAPPEN = frozenset({Trigger.MESSAGE, Trigger.SIGNAL, Trigger.TIMER})
MAX_TIMES = 10_000


class _Plain(yaml.SafeLoader):
    """Plain values only: an alias can stand for more than any computer holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)


@dataclass(slots=True)
class Event:
    """How often an event still happens, after what, and what it brings."""

    times: int
    after: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Answers:
    """Prepared answers: what is left of them."""

    start: dict[str, Any] = field(default_factory=dict)
    start_event: str | None = None
    tasks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)

    def unused(self) -> dict[str, int]:
        """Answers that were never asked for: element id → how many are left."""
        left = {task: len(visits) for task, visits in self.tasks.items() if visits}
        return left | {event: one.times for event, one in self.events.items() if one.times > 0}


def read_answers(file: str | None, bundle: Bundle) -> Answers:
    """Read answers for a bundle. Raises `Unreadable` naming what does not fit it."""
    if file is None:
        return Answers()
    return _Reader(file, bundle).answers(_parsed(file))


def _parsed(file: str) -> dict[str, Any]:
    try:
        said = yaml.load(read_bytes(Path(file)), _Plain)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as wrong:
        raise Unreadable(f"{file}：不是合格的 YAML 或 JSON") from wrong
    said = {} if said is None else said
    if not isinstance(said, dict):
        raise Unreadable(f"{file}：应是一个对照，写 start、tasks、events")
    return {str(key): value for key, value in said.items()}


class _Reader:
    """Knows the elements; every complaint names the file, the entry and what would fit."""

    def __init__(self, file: str, bundle: Bundle) -> None:
        self.file = file
        self.elements: dict[str, list[Element]] = {}
        for process in bundle.processes.values():
            for element in process.scope.walk():
                if element.drawn:
                    self.elements.setdefault(element.id, []).append(element)

    def answers(self, said: dict[str, Any]) -> Answers:
        answers = Answers(start=self.mapping(said.pop("start", None), "start"))
        chosen = said.pop("start_event", None)
        answers.start_event = None if chosen is None else str(chosen)
        for task, visits in self.mapping(said.pop("tasks", None), "tasks").items():
            self.task(task, visits, answers)
        for event, how in self.mapping(said.pop("events", None), "events").items():
            self.event(event, how, answers)
        for key, value in said.items():
            if self.fits(key, _is_task):
                self.task(key, value, answers)
            elif self.fits(key, _happens):
                self.event(key, value, answers)
            else:
                self.refuse(f"不认识“{key}”；应为 start、start_event、tasks、events")
        return answers

    def fits(self, key: str, wanted: Any) -> bool:
        return any(wanted(element) for element in self.elements.get(key, ()))

    def task(self, key: str, visits: object, answers: Answers) -> None:
        if not self.fits(key, _is_task):
            self.strange("tasks", key, _is_task, "等人办理的环节")
        listed = visits if isinstance(visits, list) else [visits]
        answers.tasks[key] = [
            self.mapping(visit, f"tasks 里“{key}”第 {number} 次")
            for number, visit in enumerate(listed, 1)
        ]

    def event(self, key: str, how: object, answers: Answers) -> None:
        if not self.fits(key, _happens):
            self.strange("events", key, _happens, "可以由答案触发的消息、信号或定时事件")
        place = f"events 里“{key}”"
        record: dict[str, Any] = (
            self.mapping(how, place) if isinstance(how, dict) else {"times": how}
        )
        wrong = sorted(set(record) - {"times", "after", "values"})
        if wrong:
            self.refuse(f"{place}：不认识“{wrong[0]}”；应为 times、after、values")
        times = record.get("times", 1)
        if isinstance(times, bool) or not isinstance(times, int) or not 0 <= times <= MAX_TIMES:
            self.refuse(f"{place}：应写次数（0 到 {MAX_TIMES} 的整数），或 times 和 after")
        after = record.get("after") or []
        after = [after] if isinstance(after, str) else after
        if not isinstance(after, list):
            self.refuse(f"{place}：after 应是元素标识的清单")
        for one in map(str, after):
            if one not in self.elements:
                self.refuse(f"{place}：after 里的“{one}”不是流程里的元素")
        values = self.mapping(record.get("values"), f"{place}的 values")
        answers.events[key] = Event(times, frozenset(map(str, after)), values)

    def strange(self, where: str, key: str, wanted: Any, what: str) -> None:
        if key in self.elements:
            self.refuse(f"{where} 里的“{key}”不是{what}")
        known = [one for one in self.elements if self.fits(one, wanted)]
        self.refuse(f"{where} 里的“{key}”不在流程里（有：{_some(known)}）")

    def mapping(self, value: object, place: str) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse(f"{place}：“{str(value)[:40]}”应是“名称: 值”的对照")
        return {str(key): one for key, one in value.items()}

    def refuse(self, sentence: str) -> NoReturn:
        raise Unreadable(f"{self.file}：{sentence}")


def _is_task(element: Element) -> bool:
    return element.kind in ANSWERED


def _happens(element: Element) -> bool:
    if element.kind in {Kind.END, Kind.THROW, Kind.EVENT_SUBPROCESS}:
        return False
    return element.event is not None and element.event.trigger in HAPPEN


def _some(known: Iterable[str]) -> str:
    listed = list(known)
    return "、".join(listed[:8]) + ("……" if len(listed) > 8 else "") or "无"
