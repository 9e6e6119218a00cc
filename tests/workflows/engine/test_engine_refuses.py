"""What cannot be executed exactly is refused with a sentence that names the element."""

from __future__ import annotations

import builtins
from dataclasses import replace

import pytest

from tests.workflows.engine.diagrams import (
    Drawing,
    Play,
    bundle,
    error,
    message,
    signal,
    straight,
    timer,
    when,
)
from workflows.engine import prepare
from workflows.errors import NotExecutable
from workflows.findings import Finding, Severity
from workflows.model import Effect, Event, Flow, Kind, Loop, MultiInstance, Trigger, Work


def with_element(kind: Kind, **fields) -> Drawing:
    """start → X → end, where X is the element under test."""
    drawing = Drawing().start().add(kind, "X", **fields).end()
    return drawing.line("start", "X", "end")


def with_border(event: Event | None, interrupting: bool = True) -> Drawing:
    return straight("A").border("X", "A", event, interrupting).end("e2").line("X", "e2")


def behind_event_gateway(kind: Kind, **fields) -> Drawing:
    drawing = Drawing().start().add(Kind.EVENT_BASED, "g").add(kind, "X", **fields).end()
    return drawing.line("start", "g", "X", "end")


def two_ways(gateway: Kind, *flows: Flow) -> Drawing:
    drawing = Drawing().start().add(gateway, "X").end("e1").end("e2").line("start", "X")
    drawing.flows.extend(flows)
    return drawing


def with_handler(event: Event | None, interrupting: bool = True, name: str = "H") -> Drawing:
    inner = Drawing().start("X", event, interrupting=interrupting).end("e2").line("X", "e2")
    drawing = straight("A").handler("H", inner)
    drawing.elements["H"] = replace(drawing.elements["H"], name=name)
    return drawing


def contradictory() -> Drawing:
    drawing = with_handler(timer(), name="X")
    drawing.elements["H"] = replace(drawing.elements["H"], interrupting=False)
    return drawing


WRONG = {
    "event sub-process on a flow": with_element(
        Kind.EVENT_SUBPROCESS,
        scope=Drawing().start("s", timer()).end("z").line("s", "z").scope(),
    ),
    "event sub-process without event": with_handler(None, name="X"),
    "event sub-process for a message without name": with_handler(message("")),
    "event sub-process for a timer without clock": with_handler(Event(Trigger.TIMER)),
    "event sub-process that terminates begin": with_handler(Event(Trigger.TERMINATE)),
    "event sub-process beside an error": with_handler(error("e"), interrupting=False, name="X"),
    "event sub-process that says two things": contradictory(),
    "event sub-process with a border": with_handler(timer())
    .border("X2", "H", timer())
    .end("e3")
    .line("X2", "e3"),
    "broken condition of an event": with_element(Kind.CATCH, event=when("1 +")),
    "condition that is empty": with_element(Kind.CATCH, event=when("")),
    "catch without event": with_element(Kind.CATCH),
    "catch an error": with_element(Kind.CATCH, event=error("e")),
    "message without name": with_element(Kind.CATCH, event=message("")),
    "signal without name": with_border(signal("")),
    "timer without clock": with_element(Kind.CATCH, event=Event(Trigger.TIMER)),
    "receive without message": with_element(Kind.RECEIVE_TASK),
    "event on a user task": with_element(Kind.USER_TASK, event=message("m")),
    "throw a timer": with_element(Kind.THROW, event=timer()),
    "throw an error on the way": with_element(Kind.THROW, event=error("e")),
    "message that repeats": with_element(
        Kind.CATCH, event=Event(Trigger.MESSAGE, "m", repeats=2)
    ),
    "timer that interrupts and repeats": with_border(
        Event(Trigger.TIMER, clock="c", repeats=-1)
    ),
    "border without event": with_border(None),
    "error that does not interrupt": with_border(error("e"), interrupting=False),
    "border on a gateway": with_element(Kind.PARALLEL)
    .border("b", "X", timer())
    .end("e2")
    .line("b", "e2"),
    "border on nothing": straight("A")
    .border("X", "nowhere", timer())
    .end("e2")
    .line("X", "e2"),
    "attached task": with_element(Kind.USER_TASK, attached_to="start"),
    "loop on an event": with_element(Kind.THROW, loop=Loop(maximum=1)),
    "loop without bound": with_element(Kind.USER_TASK, loop=Loop()),
    "loop with a negative count": with_element(Kind.USER_TASK, loop=Loop(maximum=-1)),
    "loop twice": with_element(
        Kind.USER_TASK, loop=Loop(maximum=1), multi=MultiInstance(cardinality="1")
    ),
    "behavior without event": with_element(
        Kind.USER_TASK, multi=MultiInstance(cardinality="1", behavior="One")
    ),
    "behavior with a timer": with_element(
        Kind.USER_TASK, multi=MultiInstance(cardinality="1", behavior="One", throws=timer())
    ),
    "complex behavior": with_element(
        Kind.USER_TASK,
        multi=MultiInstance(cardinality="1", behavior="Complex", throws=signal("s")),
    ),
    "instances without number": with_element(Kind.USER_TASK, multi=MultiInstance()),
    "instances with both": with_element(
        Kind.USER_TASK, multi=MultiInstance(cardinality="1", collection="x")
    ),
    "unknown process": with_element(Kind.CALL, called="nothing"),
    "empty sub-process": with_element(Kind.SUBPROCESS),
    "unknown decision": with_element(Kind.RULE_TASK, decision="d", result_variable="x"),
    "task behind event gateway": behind_event_gateway(Kind.USER_TASK),
    "looping receive behind event gateway": behind_event_gateway(
        Kind.RECEIVE_TASK, event=message("m"), loop=Loop(maximum=2)
    ),
    "condition out of a task": straight("A", "X").flow("X", "end", when="x = 1"),
    "two ways out of a task": straight("A", "X").end("e2").flow("X", "e2"),
    "condition out of a parallel gateway": two_ways(
        Kind.PARALLEL, Flow("f", "X", "e1", condition="x"), Flow("g", "X", "e2")
    ),
    "choice without condition": two_ways(
        Kind.EXCLUSIVE, Flow("f", "X", "e1"), Flow("g", "X", "e2", default=True)
    ),
    "two defaults": two_ways(
        Kind.EXCLUSIVE,
        Flow("f", "X", "e1", default=True),
        Flow("g", "X", "e2", default=True),
    ),
    "way out of an end": Drawing().start().end("X").user("B").line("start", "X", "B"),
    "way into a start": straight("A").line("A", "start"),
    "unreachable": straight("A").user("X"),
    "flow to nowhere": straight("A").flow("A", "nowhere"),
    "broken condition": two_ways(
        Kind.EXCLUSIVE,
        Flow("f", "X", "e1", condition="1 +"),
        Flow("g", "X", "e2", default=True),
    ),
    "broken effect": with_element(
        Kind.SERVICE_TASK, effects=(Effect("enter", "extend-clock", {"days": "=1 +"}),)
    ),
    "broken unit": with_element(Kind.USER_TASK, work=Work(unit="(")),
    "broken collection": with_element(Kind.USER_TASK, multi=MultiInstance(collection="(")),
    "no start": Drawing().user("X").end().line("X", "end"),
    "inner start with event": Drawing()
    .start()
    .inner("sub", Drawing().start("X", message("m")).end("e2").line("X", "e2"))
    .end()
    .line("start", "sub", "end"),
    "same id inside": Drawing()
    .start()
    .inner("X", Drawing().start("X2").user("start").end("e2").line("X2", "start", "e2"))
    .end()
    .line("start", "X", "end"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused(name):
    with pytest.raises(NotExecutable) as refusal:
        prepare(bundle(WRONG[name]))
    sentence = str(refusal.value)
    assert any("一" <= letter <= "鿿" for letter in sentence), sentence
    if not {"flow to nowhere", "no start", "inner start with event"} & {name}:
        assert any(place in sentence for place in ("X", "b", "start", "「f」")), sentence


def test_a_rule_task_without_a_result_and_a_call_without_a_plain_start():
    drawing = with_element(Kind.RULE_TASK, decision="d")
    with pytest.raises(NotExecutable, match="变量"):
        prepare(bundle(drawing, {"d": object()}))
    called = Drawing().start("s", message("m")).end("e").line("s", "e")
    with pytest.raises(NotExecutable, match="无触发的开始事件"):
        prepare(bundle(with_element(Kind.CALL, called="part"), part=called))
    called = straight("A").start("also").line("also", "A")
    with pytest.raises(NotExecutable, match="无触发的开始事件"):
        prepare(bundle(with_element(Kind.CALL, called="part"), part=called))


def test_a_bundle_with_errors_found_by_reading_is_not_run():
    """Design §3: never run what you do not understand."""
    good = bundle(straight("A"))
    prepare(good)
    for severity in Severity:
        found = Finding("x", severity, "main.bpmn", 3, "A", "多实例的 behavior 不支持")
        if severity is Severity.ERROR:
            with pytest.raises(NotExecutable, match="behavior"):
                prepare(replace(good, findings=(found,)))
        else:
            prepare(replace(good, findings=(found,)))


def test_nothing_reaches_eval_or_exec(monkeypatch):
    """Engine study §6: a condition of the stock library ran `__import__('os').system(...)`."""
    calls: list[str] = []
    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, lambda *_args, **_more: calls.append("called"))
    multi = MultiInstance(collection="[1, 2]", item="i", completion="completed > 5")
    for text in ("x > 1", "__import__('os').system('x')", "().__class__", "open('x') = 1"):
        drawing = Drawing().start().user("A", multi=multi).service("L", loop=Loop("x > 9"))
        drawing.xor("X").end("e1").end("e2").line("start", "A", "L", "X")
        drawing.flow("X", "e1", when=text).flow("X", "e2", default=True)
        try:
            play = Play(drawing, {"x": 1})
        except NotExecutable:
            continue
        assert play.do("A", 0).do("A", 1).passed[-1] == "e2"
    assert calls == []
