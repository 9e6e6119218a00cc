"""Plays scenarios through the engine and says where the story turns out differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows import engine
from workflows.engine import (
    ArmedTimer,
    AwaitedMessage,
    Definition,
    OpenedItem,
    OrderedEffect,
    Outcome,
    State,
)
from workflows.errors import CommandRefused, NotExecutable, NothingMatches, WorkflowError
from workflows.forms import Form, NoSample, routing_values, sample, validate
from workflows.model import Bundle
from workflows.rehearse.covering import Taken, taken
from workflows.rehearse.scenarios import Expectation, Scenario, Step
from workflows.sources.bundle import Library

TODAY = date(2026, 3, 2)
"""The day that invented answers are given on: scenarios know clocks, not dates."""
_CLOCKS = {
    "start-clock": "started",
    "end-clock": "ended",
    "stop-clock": "stopped",
    "resume-clock": "resumed",
    "extend-clock": "extended",
}
_SAID = {
    "open": "待办",
    "waits": "等待的消息",
    "timers": "计时",
    "documents": "文书",
    "started": "起算的时限",
    "ended": "结束的时限",
    "stopped": "暂停的时限",
    "resumed": "恢复的时限",
    "extended": "延长的时限",
    "handed": "移交给",
    "units": "待办的单位",
    "orders": "其他动作",
    "passed": "走过的环节",
    "status": "公开状态",
    "recorded": "记录的结果",
}
_ORDERED = ("documents", "passed")


class Differs(WorkflowError):
    """The process does something else than the scenario says."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a scenario showed. `failures` are sentences; none: the scenario holds.

    `orders`: the effects of the start and of each step that was carried out. `stopped`: where it
    failed, 0 at the start, else the number of the step, one more than there are at the end.
    """

    scenario: Scenario
    failures: tuple[str, ...]
    branches: frozenset[Taken]
    elements: frozenset[tuple[str, str]]
    result: str | None
    orders: tuple[tuple[OrderedEffect, ...], ...] = ()
    stopped: int | None = None
    why: str = ""  # the failure without its place

    @property
    def ok(self) -> bool:
        """Whether the story came out as told."""
        return not self.failures


class Rehearsal:
    """Runs scenarios of one library; definitions are prepared once."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._ready: dict[str, tuple[Bundle, Definition]] = {}

    def ready(self, key: str) -> tuple[Bundle, Definition]:
        """The bundle of a process and its definition. Raises Unreadable, NotExecutable."""
        if key not in self._ready:
            bundle = self.library.bundle(key)
            self._ready[key] = bundle, engine.prepare(bundle)
        return self._ready[key]

    def run(self, scenario: Scenario) -> Report:
        """Play one scenario to its end, or to the first difference."""
        try:
            bundle, definition = self.ready(scenario.process)
        except (NotExecutable, WorkflowError) as wrong:
            failure = f"{scenario.file}：{wrong}"
            nothing: frozenset[Any] = frozenset()
            return Report(scenario, (failure,), nothing, nothing, None, (), 0, str(wrong))
        play = _Play(scenario, bundle, definition)
        play.whole()
        return Report(
            scenario,
            tuple(play.failures),
            frozenset(play.branches),
            frozenset(play.elements),
            play.result,
            tuple(play.orders),
            play.stopped,
            play.why,
        )


def run_scenario(scenario: Scenario, library: Library) -> Report:
    """Play one scenario; for many of one library use `Rehearsal`."""
    return Rehearsal(library).run(scenario)


@dataclass(slots=True)
class _Play:
    """One run of one scenario."""

    scenario: Scenario
    bundle: Bundle
    definition: Definition
    failures: list[str] = field(default_factory=list)
    branches: set[Taken] = field(default_factory=set)
    elements: set[tuple[str, str]] = field(default_factory=set)
    performers: dict[str, set[str]] = field(default_factory=dict)
    orders: list[tuple[OrderedEffect, ...]] = field(default_factory=list)
    snapshot: bytes = b""
    result: str | None = None
    finished: bool = False
    stopped: int | None = None
    why: str = ""

    def whole(self) -> None:
        place, number = "开始", 0
        try:
            outcome = engine.start(self.definition, self.scenario.facts, self.scenario.file)
            self.take(outcome, self.scenario.start)
            for number, step in enumerate(self.scenario.steps, start=1):
                place = f"第 {number} 步"
                self.step(step)
            place, number = "结束", len(self.scenario.steps) + 1
            self.end()
        except WorkflowError as wrong:
            self.stopped, self.why = number, str(wrong)
            self.failures.append(f"{self.scenario.file}：{place}：{wrong}")

    def step(self, step: Step) -> None:
        """Carry out one step, or see that it is refused."""
        try:
            outcome = self.command(step)
        except (CommandRefused, NothingMatches) as wrong:
            if not step.refused:
                raise Differs(f"做不了：{wrong}") from wrong
            return
        if step.refused:
            raise Differs("应当做不了，实际做成了")
        self.take(outcome, step.then)

    def command(self, step: Step) -> Outcome:
        state = engine.inspect(self.definition, self.snapshot)
        match step.kind:
            case "do":
                return self.complete(step, state)
            case "lapse":
                return self.lapse(step, state)
            case "message":
                return self.deliver(step, state)
            case "return":
                return self.send_back(step, state)
        return self.advance(engine.Cancel(step.what))

    def complete(self, step: Step, state: State) -> Outcome:
        """A person fills in the form of a step and completes it."""
        item = _open(step, state)
        person = step.by or step.who
        for other in item.separate:
            if person in self.performers.get(other, ()):
                raise CommandRefused(f"{person} 办过“{other}”，不能再办“{step.what}”")
        values = self.answers(step, item)
        outcome = self.advance(engine.Complete(item.token, values))
        self.performers.setdefault(step.what, set()).add(person)
        return outcome

    def deliver(self, step: Step, state: State) -> Outcome:
        """A message arrives with what it brings; a signal for all who wait for it."""
        waiting = [one for one in state.messages if one.name == step.what and _fits(step, one)]
        first = waiting[0] if waiting else None
        if first is not None and first.signal:
            return self.advance(engine.Deliver(step.what, step.values, signal=True))
        narrowed = first is not None and (step.at or step.instance is not None)
        token = first.token if first is not None and narrowed else None
        return self.advance(engine.Deliver(step.what, step.values, token))

    def send_back(self, step: Step, state: State) -> Outcome:
        """An open step goes back to an earlier one."""
        item = _open(step, state)
        passed = {element for _process, element in self.elements}
        found = engine.preview_return(self.definition, self.snapshot, item.token, passed)
        target = next((one.target for one in found if one.target.element == step.to), None)
        if target is None:
            raise Differs(f"“{step.what}”退不到“{step.to}”")
        return self.advance(engine.Return(item.token, target))

    def answers(self, step: Step, item: OpenedItem) -> Mapping[str, Any]:
        """Routing values of the form, filled in completely and validated."""
        form = self.bundle.forms.get(item.form) if item.form else None
        if not isinstance(form, Form):
            return step.values
        unknown = [key for key in step.values if form.field(key) is None]
        if unknown:
            raise Differs(f"表单“{form.id}”没有“{unknown[0]}”这一项")
        try:
            raw = sample(
                form,
                self.scenario.file,
                today=step.day or TODAY,
                variables=item.variables,
                given=step.values,
            )
        except NoSample as wrong:
            raise CommandRefused(str(wrong)) from wrong
        checked = validate(form, raw, item.variables, today=step.day or TODAY)
        return routing_values(form, checked.values)

    def lapse(self, step: Step, state: State) -> Outcome:
        """The first timer that waits for the clock at this distance fires."""
        wanted = (step.what, step.before)
        timers = (t for t in state.timers if (t.clock, t.before) == wanted)
        timer = next((t for t in timers if _fits(step, t)), None)
        if timer is None:
            raise Differs(f"没有在等时限“{_timer(step.what, step.before)}”")
        return self.advance(engine.Fire(timer.token))

    def advance(self, command: engine.Command) -> Outcome:
        return engine.advance(self.definition, self.snapshot, command)

    def take(self, outcome: Outcome, wanted: Expectation) -> None:
        """Keep the outcome and compare it with what was wanted."""
        self.snapshot = outcome.snapshot
        self.finished, self.result = outcome.finished, outcome.result
        self.orders.append(outcome.effects)
        self.branches |= taken(self.bundle, outcome)
        self.elements |= {(place.process, place.element) for place in outcome.passed}
        if outcome.unhandled:
            raise Differs(f"没有人接住：{'、'.join(outcome.unhandled)}")
        shown = seen(outcome, engine.inspect(self.definition, self.snapshot))
        for name, texts in wanted.lists.items():
            if not _same(name, texts, shown[name]):
                raise Differs(f"{_SAID[name]}应为{_list(texts)}，实为{_list(shown[name])}")
        for name, text in wanted.words.items():
            last = shown[name][-1] if shown[name] else ""
            if text != last:
                raise Differs(f"{_SAID[name]}应为“{text}”，实为“{last}”")

    def end(self) -> None:
        if self.scenario.result is None:
            if self.finished:
                raise Differs(f"应当还没有办结，实际已经办结，结果“{self.result}”")
        elif not self.finished:
            state = engine.inspect(self.definition, self.snapshot)
            there = "、".join(one.place.element for one in state.items) or "没有"
            raise Differs(f"应当办结，实际还没有；现有待办：{there}")
        elif self.result != self.scenario.result:
            raise Differs(f"结果应为“{self.scenario.result}”，实为“{self.result}”")


def _open(step: Step, state: State) -> OpenedItem:
    """The open item that a step means, in the inbox that it names. Raises Differs."""
    found = [one for one in state.items if one.place.element == step.what]
    item = next(
        (one for one in found if step.unit in {"", one.unit} and _fits(step, one)), None
    )
    if item is None:
        there = "、".join(one.place.element for one in state.items) or "没有"
        raise Differs(f"“{step.what}”不在待办里；现有待办：{there}")
    if item.role != step.who:
        raise Differs(f"“{step.what}”应在 {step.who} 的待办里，实为 {item.role}")
    return item


def _fits(step: Step, one: OpenedItem | ArmedTimer | AwaitedMessage) -> bool:
    """Whether it stands where the step says."""
    there = step.at in {"", one.place.element}
    return there and step.instance in {None, one.place.instance}


def seen(outcome: Outcome, state: State) -> Mapping[str, tuple[str, ...]]:
    """Everything an expectation can name."""
    found: dict[str, list[str]] = {name: [] for name in _SAID}
    found["open"] = [item.role or "" for item in state.items]
    found["units"] = [item.unit for item in state.items if item.unit]
    found["waits"] = [message.name for message in state.messages]
    found["timers"] = [_timer(one.clock, one.before) for one in state.timers]
    found["passed"] = [place.element for place in outcome.passed]
    for effect in outcome.effects:
        params = {name: str(value) for name, value in effect.params.items()}
        match effect.do:
            case "issue-document" | "file-denial":
                found["documents"].append(params["document"])
            case "hand-over":
                found["handed"].append(params["to"])
            case "set-status":
                found["status"].append(params["status"])
            case "record-result":
                found["recorded"].append(params["result"])
            case clock if clock in _CLOCKS:
                found[_CLOCKS[clock]].append(params["clock"])
            case "register-commitment" | "record-opinion" | "start-case":
                found["orders"].append(effect.do)
    return {name: tuple(texts) for name, texts in found.items()}


def _same(name: str, wanted: Iterable[str], seen: Iterable[str]) -> bool:
    """Whether the lists agree: `passed` in this order with gaps, `documents` in this order."""
    if name == "passed":
        rest = iter(seen)
        return all(text in rest for text in wanted)
    if name in _ORDERED:
        return tuple(wanted) == tuple(seen)
    return Counter(wanted) == Counter(seen)


def _timer(clock: str, before: int) -> str:
    return f"{clock}-{before}" if before else clock


def _list(texts: Iterable[str]) -> str:
    return f"“{'、'.join(texts)}”"
