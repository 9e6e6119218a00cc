"""A case on its way in memory, and what is said of it at the end (`try`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows import engine
from workflows.cli.jsons import plain
from workflows.findings import Finding
from workflows.model import Bundle, Element, Kind, Process

WORDS = {"completed": "已走完", "waiting": "在等待", "error": "出错停下"}


@dataclass(slots=True)
class Walk:
    """A case on its way through a definition; all commands go through `step`."""

    bundle: Bundle
    definition: engine.Definition
    snapshot: bytes = b""
    trace: list[str] = field(default_factory=list)
    effects: list[engine.OrderedEffect] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    unhandled: list[str] = field(default_factory=list)
    left: Mapping[str, Any] | None = None  # the data of a finished case
    result: str | None = None
    done: set[str] = field(default_factory=set)
    _elements: dict[str, dict[str, Element]] = field(default_factory=dict)

    def take(self, outcome: engine.Outcome) -> engine.Outcome:
        """Remember what a step has brought."""
        self.snapshot = outcome.snapshot
        for passed in self.drawn(outcome):
            self.trace.append(passed.element)
            self.done.add(passed.element)
            element = self.element(passed)
            if element is not None and element.kind is Kind.END:
                self.ends.append(passed.element)
        self.effects += outcome.effects
        self.unhandled += outcome.unhandled
        if outcome.finished:
            self.left = outcome.variables
        self.result = outcome.result or self.result
        return outcome

    def drawn(self, outcome: engine.Outcome) -> Iterator[engine.Place]:
        """What was passed in a step, without what reading has inserted."""
        for passed in outcome.passed:
            element = self.element(passed)
            if element is None or element.drawn:
                yield passed

    def process(self, place: engine.Place) -> Process:
        """The process in which a place lies."""
        return self.bundle.processes[place.process]

    def element(self, place: engine.Place) -> Element | None:
        """What stands at a place."""
        if place.process not in self._elements:
            walked = self.process(place).scope.walk()
            self._elements[place.process] = {element.id: element for element in walked}
        return self._elements[place.process].get(place.element)

    def kind(self, place: engine.Place) -> Kind | None:
        """What kind of thing stands at a place."""
        element = self.element(place)
        return element.kind if element is not None else None

    def is_arm(self, place: engine.Place) -> bool:
        """Whether an event gateway leads to the place."""
        process = self.process(place)
        within = [process.scope, *(e.scope for e in process.scope.walk() if e.scope)]
        scope = next(one for one in within if place.element in one.elements)
        sources = [scope.elements[flow.source] for flow in scope.incoming(place.element)]
        return any(source.kind is Kind.EVENT_BASED for source in sources)

    def step(self, command: engine.Command) -> engine.Outcome:
        """Advance by one command. Raises what the engine raises."""
        return self.take(engine.advance(self.definition, self.snapshot, command))

    def state(self) -> engine.State:
        """What the case waits for."""
        if not self.snapshot:
            return engine.State()
        return engine.inspect(self.definition, self.snapshot)

    def data(self) -> Mapping[str, Any]:
        """The routing values, now or when it finished."""
        if self.left is not None or not self.snapshot:
            return self.left or {}
        return engine.variables(self.definition, self.snapshot)


def refused(sentence: str, findings: tuple[Finding, ...], as_json: bool) -> int:
    """Say why nothing was run; the exit status."""
    if as_json:
        said = nothing() | {"status": "refused", "sentence": sentence}
        _write_json(said, findings)
        return 1
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"{sentence}\n")
    return 1


def nothing() -> dict[str, Any]:
    """Every key of the answer, with nothing in it."""
    lists = ("trace", "open", "timers", "messages", "effects", "ends", "unhandled")
    return {"status": "", **{key: [] for key in lists}, "result": None, "data": {}}


def report(
    walk: Walk,
    status: str,
    sentence: str,
    unused: Mapping[str, int],
    findings: tuple[Finding, ...],
    *,
    as_json: bool,
) -> None:
    """Print where the case has come to, in words or as JSON."""
    said = nothing() | _said(walk, status)
    if sentence:
        said["sentence"] = sentence
    if unused:
        said["unused"] = dict(unused)
    if as_json:
        _write_json(said, findings)
        return
    say = sys.stdout.write
    say(f"{WORDS[status]}；经过：{' → '.join(walk.trace)}\n")
    for line in _lines(said):
        say(line + "\n")


def _said(walk: Walk, status: str) -> dict[str, Any]:
    state = walk.state()
    return {
        "status": status,
        "trace": walk.trace,
        "open": [
            {"element": i.place.element, "name": i.name, "role": i.role,
             "process": i.place.process}
            for i in state.items
        ],
        "timers": [
            {"element": t.place.element, "clock": t.clock, "before": t.before}
            for t in state.timers
        ],
        "messages": [
            {"element": m.place.element, "message": m.name, "signal": m.signal}
            for m in state.messages
        ],
        "effects": [
            {"element": e.place.element, "on": e.on, "do": e.do,
             "params": plain(dict(e.params))}
            for e in walk.effects
        ],
        "ends": walk.ends,
        "unhandled": walk.unhandled,
        "result": walk.result,
        "data": plain(dict(walk.data())),
    }  # fmt: skip


def _lines(said: Mapping[str, Any]) -> Iterator[str]:
    if "sentence" in said:
        yield f"出错：{said['sentence']}"
    for item in said["open"]:
        yield f"待办 {item['element']} {item['name']}（{item['role'] or '没有角色'}）"
    for timer in said["timers"]:
        yield f"定时 {timer['element']}（{timer['clock']}）"
    for message in said["messages"]:
        what = "信号" if message["signal"] else "消息"
        yield f"等待{what} {message['element']}（{message['message']}）"
    for effect in said["effects"]:
        yield f"动作 {effect['element']} {effect['do']} {_json(effect['params'])}"
    if said["ends"]:
        yield f"到达结束：{'、'.join(said['ends'])}"
    for code in said["unhandled"]:
        yield f"没有人接住：{code or '（没有代码）'}"
    if said["result"]:
        yield f"结果：{said['result']}"
    yield f"流转数据：{_json(said['data'])}"
    for element, times in said.get("unused", {}).items():
        yield f"没有用上的答案：{element}（{times} 次）"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write_json(said: dict[str, Any], findings: tuple[Finding, ...]) -> None:
    said["findings"] = [
        {"severity": f.severity.value, "code": f.code, "file": f.file, "line": f.line,
         "element": f.element, "sentence": f.sentence, "remedy": f.remedy}
        for f in findings
    ]  # fmt: skip
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
