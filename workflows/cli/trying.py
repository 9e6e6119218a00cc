"""`try`: walk a process in memory, asking at the terminal or by prepared answers.

What the answers say of events happens first, as soon as it is awaited; then manual tasks, and
receive tasks that the answers do not mention, complete at once; then user tasks in the order
in which they were opened. A user task without an answer left stays open.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workflows import engine
from workflows.checks import check_bundle, check_diagram
from workflows.cli.answers import Answers, read_answers
from workflows.cli.expressing import read_values
from workflows.cli.files import library_of
from workflows.cli.walking import Walk, refused, report
from workflows.errors import (
    CommandRefused,
    ExpressionError,
    NotExecutable,
    Unreadable,
    WorkflowError,
)
from workflows.findings import Finding, has_errors
from workflows.model import Kind, Process, Trigger

MAX_STEPS = 10_000


class CannotStart(WorkflowError):
    """It was not said where to start, or what was said is no start event."""


def try_process(
    file: str, key: str | None, answers: str | None, start: str | None, *, as_json: bool
) -> int:
    """Run a process; exit status 0 unless it is refused or fails."""
    library, name = library_of(Path(file))
    processes = library.reading(name).processes
    keys = [process.key for process in processes]
    if key is None and keys:
        key = _root(processes)
    if keys and key not in keys:
        raise Unreadable(f"{file}：没有流程“{key}”（有：{'、'.join(keys)}）")
    if key is None or not keys:
        return refused(
            "文件里没有可以执行的流程", check_diagram(library.reading(name)), as_json
        )
    bundle = library.bundle(key)
    findings = check_bundle(bundle)
    prepared = read_answers(answers, bundle)
    try:
        if has_errors(findings):
            raise NotExecutable("流程图有错误，不能执行")
        walk = Walk(bundle, engine.prepare(bundle))
    except NotExecutable as wrong:
        return refused(str(wrong), findings, as_json)
    return _walk(walk, prepared, start, findings, (answers is None, as_json))


def _walk(
    walk: Walk,
    answers: Answers,
    start: str | None,
    findings: tuple[Finding, ...],
    how: tuple[bool, bool],
) -> int:
    """Walk as far as it goes and report; `how`: nothing was prepared, answer as JSON."""
    asked, as_json = how
    sentence = ""
    try:
        at = _start_event(walk, answers, start)
        if asked and not as_json:
            _dialogue(walk, at)
        else:
            _automatic(walk, answers, at)
        status = "completed" if walk.state().finished else "waiting"
    except CannotStart as wrong:
        return refused(str(wrong), findings, as_json)
    except (CommandRefused, ExpressionError) as wrong:
        status, sentence = "error", str(wrong)
    report(walk, status, sentence, answers.unused(), findings, as_json=as_json)
    return 1 if status == "error" else 0


def _root(processes: tuple[Process, ...]) -> str:
    """The process that no other of the file calls, where there are several."""
    called = {e.called for p in processes for e in p.scope.walk() if e.called}
    free = [p.key for p in processes if p.key not in called]
    return free[0] if free else processes[0].key


def _start_event(walk: Walk, answers: Answers, chosen: str | None) -> str | None:
    """The start event that was chosen, or that the answers let happen; None: the plain one.

    Raises `CannotStart` where the choice is not one, or none was made and there are several.
    """
    scope = walk.bundle.processes[walk.bundle.root].scope
    starts = {e.id: e for e in scope.elements.values() if e.kind is Kind.START}
    there = "、".join(starts) or "无"
    chosen = chosen or answers.start_event
    if chosen is not None and chosen not in starts:
        raise CannotStart(f"没有开始事件“{chosen}”（有：{there}）")
    happening = [key for key, one in answers.events.items() if key in starts and one.times]
    if chosen is None and happening:
        chosen = happening[0]
    if chosen is not None:
        if chosen in happening:
            answers.events[chosen].times -= 1
        return chosen
    plain = [e for e in starts.values() if not e.event or e.event.trigger is Trigger.NONE]
    if len(plain) > 1 or (not plain and len(starts) > 1):
        raise CannotStart(
            f"有几个开始事件（{there}），每一个都单独启动流程；请用 --start 指明从哪一个开始"
        )
    return None


def _automatic(walk: Walk, answers: Answers, at: str | None) -> None:
    """Go as far as the answers lead. Raises what the engine raises."""
    walk.take(engine.start(walk.definition, answers.start, "try", at))
    for _ in range(MAX_STEPS):
        command = _next(walk, walk.state(), answers)
        if command is None:
            return
        walk.step(command)
    raise CommandRefused(f"走了 {MAX_STEPS} 步还没有结束，停下")


def _next(walk: Walk, state: engine.State, answers: Answers) -> engine.Command | None:
    """What happens next: an event of the answers, a task that waits for nobody, an answer."""
    done = walk.done
    for timer in state.timers:
        if _happens(timer.place.element, answers, done) is not None:
            return engine.Fire(timer.token)
    for message in state.messages:
        values = _happens(message.place.element, answers, done)
        if values is not None:
            return _delivered(message, values, state, answers)
    for message in state.messages:
        element = message.place.element
        unasked = (
            walk.kind(message.place) is Kind.RECEIVE_TASK and element not in answers.events
        )
        if unasked and not walk.is_arm(message.place):
            visits = answers.tasks.get(element)
            return engine.Deliver(message.name, visits.pop(0) if visits else {}, message.token)
    for item in state.items:
        if walk.kind(item.place) is Kind.MANUAL_TASK:
            visits = answers.tasks.get(item.place.element)
            return engine.Complete(item.token, visits.pop(0) if visits else {})
    for item in state.items:
        visits = answers.tasks.get(item.place.element)
        if visits:
            return engine.Complete(item.token, visits.pop(0))
    return None


def _delivered(
    message: engine.AwaitedMessage,
    values: Mapping[str, Any],
    state: engine.State,
    answers: Answers,
) -> engine.Command:
    """A message for this place; a signal for all who wait for it now, which counts for each."""
    if not message.signal:
        return engine.Deliver(message.name, values, message.token)
    heard = {m.place.element for m in state.messages if m.signal and m.name == message.name}
    for other in heard - {message.place.element}:
        if other in answers.events and answers.events[other].times:
            answers.events[other].times -= 1
    return engine.Deliver(message.name, values, signal=True)


def _happens(event: str, answers: Answers, done: set[str]) -> Mapping[str, Any] | None:
    """The values with which an event happens now; None: it does not."""
    one = answers.events.get(event)
    if one is None or one.times < 1 or not one.after <= done:
        return None
    one.times -= 1
    return one.values


def _dialogue(walk: Walk, at: str | None) -> None:
    """Ask at the terminal until the case is finished or the person stops."""
    say = sys.stdout.write
    say("开始时的流转数据（JSON，可空）> ")
    outcome = walk.take(engine.start(walk.definition, read_values(_line() or "{}"), "try", at))
    while True:
        for passed in walk.drawn(outcome):
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
        token = None if message.signal else message.token
        command = engine.Deliver(message.name, {}, token, message.signal)
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
