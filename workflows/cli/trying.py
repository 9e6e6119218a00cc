"""`try`: walk a process in memory, asking at the terminal or by prepared answers.

Answers (YAML or JSON):

    start: {level: township}            # routing values at the start
    tasks:
      Task_Examine: [{outcome: supplement}, {outcome: accept}]   # one per visit
    events:
      Event_Supplied: 1                 # how often it happens, as soon as it is awaited
      Event_CheckDue: {times: 1, after: [Task_Direct]}

Manual tasks complete at once. A user task without an answer left stays open.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workflows import engine
from workflows.checks import check_bundle
from workflows.cli.files import library_of, read_bytes
from workflows.cli.jsons import plain
from workflows.cli.values import read_values
from workflows.errors import CommandRefused, ExpressionError, NotExecutable, Unreadable
from workflows.findings import Finding, has_errors
from workflows.model import Bundle, Kind, Process

MAX_STEPS = 10_000


@dataclass(slots=True)
class Answers:
    """Prepared answers: what is left of them."""

    start: dict[str, Any] = field(default_factory=dict)
    tasks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)


@dataclass(slots=True)
class Walk:
    """A case on its way through a definition; all commands go through `step`."""

    bundle: Bundle
    definition: engine.Definition
    snapshot: bytes = b""
    trace: list[str] = field(default_factory=list)
    effects: list[engine.OrderedEffect] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    result: str | None = None

    def take(self, outcome: engine.Outcome) -> engine.Outcome:
        """Remember what a step has brought."""
        self.snapshot = outcome.snapshot
        for passed in outcome.passed:
            self.trace.append(passed.element)
            element = self.process(passed).element(passed.element)
            if element is not None and element.kind is Kind.END:
                self.ends.append(passed.element)
        self.effects += outcome.effects
        for effect in outcome.effects:
            self.data.update(effect.variables)
        for item in outcome.opened:
            self.data.update(item.variables)
        self.result = outcome.result or self.result
        return outcome

    def process(self, place: engine.Place) -> Process:
        """The process in which a place lies."""
        return self.bundle.processes[place.process]

    def kind(self, place: engine.Place) -> Kind | None:
        """What stands at a place."""
        element = self.process(place).element(place.element)
        return element.kind if element is not None else None

    def step(self, command: engine.Command) -> engine.Outcome:
        """Advance by one command. Raises what the engine raises."""
        return self.take(engine.advance(self.definition, self.snapshot, command))

    def state(self) -> engine.State:
        """What the case waits for."""
        return engine.inspect(self.definition, self.snapshot)


def try_process(file: str, key: str | None, answers: str | None, *, as_json: bool) -> int:
    """Run a process; exit status 0 unless it is refused or fails."""
    library, name = library_of(Path(file))
    processes = library.reading(name).processes
    keys = [process.key for process in processes]
    if key is None and keys:
        key = _root(processes)
    if key not in keys:
        raise Unreadable(f"{file}：没有流程“{key or ''}”（有：{'、'.join(keys) or '无'}）")
    bundle = library.bundle(key)
    findings = check_bundle(bundle)
    try:
        if has_errors(findings):
            raise NotExecutable("流程图有错误，不能执行")
        walk = Walk(bundle, engine.prepare(bundle))
    except NotExecutable as wrong:
        return _refused(wrong, findings, as_json)
    status = "error"
    try:
        if answers is not None or as_json:
            _automatic(walk, _read_answers(answers))
        else:
            _dialogue(walk)
        status = "completed" if walk.state().finished else "waiting"
    except (CommandRefused, ExpressionError) as wrong:
        sys.stderr.write(f"{wrong}\n")
    _report(walk, status, findings, as_json)
    return 1 if status == "error" else 0


def _root(processes: tuple[Process, ...]) -> str:
    """The process that no other of the file calls, where there are several."""
    called = {e.called for p in processes for e in p.scope.walk() if e.called}
    free = [p.key for p in processes if p.key not in called]
    return free[0] if free else processes[0].key


def _read_answers(file: str | None) -> Answers:
    """Read prepared answers. Raises `Unreadable`."""
    if file is None:
        return Answers()
    try:
        said = yaml.safe_load(read_bytes(Path(file)))
    except (yaml.YAMLError, RecursionError, ValueError) as wrong:
        raise Unreadable(f"{file}：不是合格的 YAML 或 JSON") from wrong
    said = {} if said is None else said
    if not isinstance(said, dict):
        raise Unreadable(f"{file}：应有 start、tasks、events")
    answers = Answers(start=_mapping(said.get("start"), file))
    for task, visits in _mapping(said.get("tasks"), file).items():
        listed = visits if isinstance(visits, list) else [visits]
        answers.tasks[task] = [_mapping(visit, file) for visit in listed]
    for event, how in _mapping(said.get("events"), file).items():
        times, after = (
            (how.get("times", 1), how.get("after", [])) if isinstance(how, dict) else (how, [])
        )
        if not isinstance(times, int) or not isinstance(after, list):
            raise Unreadable(f"{file}：事件“{event}”应写次数，或 times 和 after")
        answers.events[event] = (times, frozenset(map(str, after)))
    return answers


def _mapping(value: object, file: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{file}：“{value}”应是名称和值")
    return {str(key): one for key, one in value.items()}


def _automatic(walk: Walk, answers: Answers) -> None:
    """Go as far as the answers lead. Raises what the engine raises."""
    walk.data.update(answers.start)
    walk.take(engine.start(walk.definition, answers.start, "try"))
    for _ in range(MAX_STEPS):
        command = _next(walk, walk.state(), answers)
        if command is None:
            return
        if isinstance(command, engine.Complete):
            walk.data.update(command.values)
        walk.step(command)
    raise CommandRefused(f"走了 {MAX_STEPS} 步还没有结束，停下")


def _next(walk: Walk, state: engine.State, answers: Answers) -> engine.Command | None:
    done = frozenset(walk.trace)
    for timer in state.timers:
        if _happens(timer.place.element, answers, done):
            return engine.Fire(timer.token)
    for message in state.messages:
        if _happens(message.place.element, answers, done):
            return engine.Deliver(message.name, {}, message.token, message.signal)
    for item in state.items:
        visits = answers.tasks.get(item.place.element, [])
        if visits:
            return engine.Complete(item.token, visits.pop(0))
        if walk.kind(item.place) is Kind.MANUAL_TASK:
            return engine.Complete(item.token, {})
    return None


def _happens(event: str, answers: Answers, done: frozenset[str]) -> bool:
    times, after = answers.events.get(event, (0, frozenset()))
    if times < 1 or not after <= done:
        return False
    answers.events[event] = (times - 1, after)
    return True


def _dialogue(walk: Walk) -> None:
    """Ask at the terminal until the case is finished or the person stops."""
    say = sys.stdout.write
    say("开始时的流转数据（JSON，可空）> ")
    outcome = walk.take(engine.start(walk.definition, read_values(_line() or "{}"), "try"))
    while True:
        for passed in outcome.passed:
            say(f"  经过 {passed.element}\n")
        for effect in outcome.effects:
            say(f"  动作 {effect.do} {dict(effect.params)}\n")
        choices = _choices(walk.state())
        if not choices:
            say(f"流程结束，结果：{walk.result or '（没有写明）'}\n")
            return
        for number, (label, _) in enumerate(choices, 1):
            say(f"[{number}] {label}\n")
        say('选一项，后面可写填写的值，如 1 {"outcome": "accept"}；空行停止> ')
        chosen = _line()
        if not chosen:
            return
        digits, _, values = chosen.partition(" ")
        if not digits.isdecimal() or not 1 <= int(digits) <= len(choices):
            say("没有这一项\n")
            continue
        try:
            outcome = walk.step(_with(choices[int(digits) - 1][1], values))
        except (CommandRefused, ExpressionError, Unreadable) as wrong:
            say(f"{wrong}\n")


def _line() -> str:
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def _choices(state: engine.State) -> list[tuple[str, engine.Command]]:
    found: list[tuple[str, engine.Command]] = []
    for item in state.items:
        who = f"（{item.role}）" if item.role else ""
        found.append(
            (f"办理 {item.name or item.place.element}{who}", engine.Complete(item.token))
        )
    for timer in state.timers:
        found.append((f"到期 {timer.place.element}（{timer.clock}）", engine.Fire(timer.token)))
    for message in state.messages:
        command = engine.Deliver(message.name, {}, message.token, message.signal)
        found.append((f"收到 {message.name}", command))
    return found


def _with(command: engine.Command, text: str) -> engine.Command:
    """The command with the values that the person wrote."""
    values: Mapping[str, Any] = read_values(text) if text.strip() else {}
    if isinstance(command, engine.Complete):
        return engine.Complete(command.token, values)
    if isinstance(command, engine.Deliver):
        return engine.Deliver(command.name, values, command.token, command.signal)
    return command


def _refused(wrong: NotExecutable, findings: tuple[Finding, ...], as_json: bool) -> int:
    if as_json:
        _write_json({"status": "refused", "sentence": str(wrong)}, findings)
    else:
        for finding in findings:
            sys.stdout.write(f"{finding}\n")
        sys.stdout.write(f"{wrong}\n")
    return 1


def _report(walk: Walk, status: str, findings: tuple[Finding, ...], as_json: bool) -> None:
    state = walk.state() if walk.snapshot else engine.State()
    opened = [
        {"element": i.place.element, "name": i.name, "role": i.role, "process": i.place.process}
        for i in state.items
    ]
    timers = [
        {"element": t.place.element, "clock": t.clock, "before": t.before} for t in state.timers
    ]
    messages = [{"element": m.place.element, "message": m.name} for m in state.messages]
    effects = [
        {"element": e.place.element, "on": e.on, "do": e.do, "params": plain(dict(e.params))}
        for e in walk.effects
    ]
    if as_json:
        said = {
            "status": status,
            "trace": walk.trace,
            "open": opened,
            "timers": timers,
            "messages": messages,
            "effects": effects,
            "ends": walk.ends,
            "result": walk.result,
            "data": plain(walk.data),
        }
        _write_json(said, findings)
        return
    words = {"completed": "已走完", "waiting": "在等待", "error": "出错停下"}
    say = sys.stdout.write
    say(f"{words[status]}；经过：{' → '.join(walk.trace)}\n")
    for item in opened:
        say(f"待办 {item['element']} {item['name']}（{item['role'] or '没有角色'}）\n")
    for timer in timers:
        say(f"定时 {timer['element']}（{timer['clock']}）\n")
    for message in messages:
        say(f"等待消息 {message['element']}（{message['message']}）\n")
    if walk.result:
        say(f"结果：{walk.result}\n")


def _write_json(said: dict[str, Any], findings: tuple[Finding, ...]) -> None:
    said["findings"] = [
        {"severity": f.severity.value, "code": f.code, "line": f.line, "element": f.element,
         "sentence": f.sentence, "remedy": f.remedy}
        for f in findings
    ]  # fmt: skip
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
