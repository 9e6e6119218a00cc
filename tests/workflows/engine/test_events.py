"""Boundary, catching and throwing events; event-based gateways."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams import (
    TERMINATE,
    Drawing,
    Play,
    error,
    escalation,
    message,
    signal,
    straight,
    timer,
)
from workflows.engine import Complete, Deliver, Fire
from workflows.errors import CommandRefused, NoSuchToken
from workflows.model import Event, Kind, MultiInstance


def with_border(event: Event, interrupting: bool = True) -> Drawing:
    drawing = straight("A").user("late").end("late_end")
    return drawing.border("b", "A", event, interrupting).line("b", "late", "late_end")


def test_an_interrupting_timer_fires_only_by_command():
    """E26: nothing in the engine reads a clock."""
    play = Play(with_border(timer("supplement", 2)))
    (armed,) = play.outcome.armed
    assert (armed.clock, armed.before, armed.place.element) == ("supplement", 2, "b")
    item = play.item("A").token
    play.fire("b")
    assert play.passed == ["b"]
    assert play.open == ["late"]
    assert [(c.token, c.how) for c in play.outcome.closed] == [(item, "cancel")]
    assert play.outcome.disarmed == (armed.token,)
    with pytest.raises(NoSuchToken):
        play.go(Complete(item))
    with pytest.raises(NoSuchToken):
        play.go(Fire(armed.token))
    assert play.do("late").finished


def test_completion_disarms():
    play = Play(with_border(timer()))
    armed = play.outcome.armed[0].token
    assert play.do("A").outcome.disarmed == (armed,)
    assert play.finished


def test_a_timer_that_does_not_interrupt_fires_once():
    play = Play(with_border(timer(), interrupting=False)).fire("b")
    assert play.open == ["A", "late"]
    assert play.timers == []
    assert not play.do("A").finished
    assert play.do("late").finished


def test_a_message_that_does_not_interrupt_comes_again():
    play = Play(with_border(message("ask"), interrupting=False))
    waiting = play.outcome.awaited[0].token
    play.tell("ask", n=1).tell("ask", n=2)
    assert play.open == ["A", "late", "late"]
    assert play.outcome.no_longer_awaited == ()
    assert [item.variables["n"] for item in play.state.items if item.name == "late"] == [1, 2]
    assert play.do("A").outcome.no_longer_awaited == (waiting,)
    assert not play.do("late").finished
    assert play.do("late").finished


def test_an_interrupting_message_brings_its_values():
    play = Play(with_border(message("papers"))).tell("papers", count=3)
    assert play.open == ["late"]
    assert play.data("late") == {"count": 3}


def test_nobody_waits_for_this():
    play = Play(with_border(message("papers")))
    with pytest.raises(CommandRefused, match="没有环节在等"):
        play.tell("other")
    with pytest.raises(NoSuchToken):
        play.tell("papers", token="nothing")
    with pytest.raises(NoSuchToken):
        play.go(Complete(play.outcome.awaited[0].token))


def test_a_message_is_for_one_place():
    drawing = Drawing().start().both("split", "join").catch("m1", message("m"))
    drawing.catch("m2", message("m")).end().line("start", "split")
    drawing.line("split", "m1", "join").line("split", "m2", "join", "end")
    play = Play(drawing)
    with pytest.raises(CommandRefused, match="有 2 处在等"):
        play.tell("m")
    first, second = (waiting.token for waiting in play.outcome.awaited)
    play.tell("m", token=second)
    assert [w.token for w in play.state.messages] == [first]
    assert play.tell("m").finished


def test_a_signal_is_for_all():
    drawing = Drawing().start().both("split", "join").catch("s1", signal("s"))
    drawing.catch("s2", signal("s")).end().line("start", "split")
    drawing.line("split", "s1", "join").line("split", "s2", "join", "end")
    play = Play(drawing)
    with pytest.raises(CommandRefused):
        play.tell("s")  # a message of that name is another thing
    assert play.signal("s").finished


@pytest.mark.parametrize("kind", [Kind.END, Kind.THROW])
def test_a_thrown_signal_reaches_who_waits_in_the_case(kind):
    """E22: a signal end does nothing in the stock library."""
    drawing = Drawing().start().both("split").user("A", "B").end().end("e2")
    drawing.add(kind, "shout", event=signal("s")).border("hear", "B", signal("s"))
    drawing.line("start", "split").line("split", "A", "shout").line("split", "B", "end")
    drawing.line("hear", "e2")
    if kind is Kind.THROW:
        drawing.end("e3").line("shout", "e3")
    play = Play(drawing).do("A")
    assert "hear" in play.passed
    assert play.finished
    assert [(one.name, one.place.element) for one in play.outcome.signals] == [("s", "shout")]


def test_every_throw_is_told_for_the_other_cases_and_hearing_is_no_throw():
    """BPMN: a signal is for all; also where nobody in the case waits, once for each throw."""
    loop = MultiInstance(cardinality="2", sequential=True)
    inner = Drawing().start("in").throw("shout", signal("s")).end("out")
    inner.line("in", "shout", "out")
    drawing = Drawing().start().user("A").inner("sub", inner, multi=loop).user("B").end()
    drawing.line("start", "A", "sub", "B", "end").border("hear", "B", signal("s"), False)
    drawing.user("C").end("e2").line("hear", "C", "e2")
    play = Play(drawing).do("A")
    thrown = play.outcome.signals
    assert [(one.name, one.place.path, one.place.instance) for one in thrown] == [
        ("s", ("sub",), 0),
        ("s", ("sub",), 1),
    ]
    play.signal("s")
    assert play.open == ["B", "C"]
    assert play.outcome.signals == ()


def test_an_event_gateway_with_two_timers_and_a_message():
    """E10: two timers behind one gateway never fire in the stock library."""
    drawing = Drawing().start().add(Kind.EVENT_BASED, "first").end()
    drawing.catch("soon", timer("supplement", 1)).catch("late", timer("supplement"))
    drawing.catch("papers", message("papers")).user("remind", "close", "examine").xor("m")
    drawing.line("start", "first")
    for event, task in (("soon", "remind"), ("late", "close"), ("papers", "examine")):
        drawing.line("first", event, task, "m")
    drawing.line("m", "end")
    definition = Play(drawing).definition
    for event, task in (("soon", "remind"), ("late", "close")):
        play = Play(definition)
        assert [(t.clock, t.before) for t in play.outcome.armed] == [
            ("supplement", 1),
            ("supplement", 0),
        ]
        play.fire(event)
        assert (play.open, play.timers, play.messages) == ([task], [], [])
        assert play.passed == ["first", event]
        assert play.do(task).finished
    play = Play(definition).tell("papers", n=1)
    assert (play.open, play.timers, play.messages) == (["examine"], [], [])
    assert len(play.outcome.disarmed) == 2


def inside(inner: Drawing, *borders: tuple[str, Event, bool]) -> Drawing:
    drawing = Drawing().start().inner("sub", inner).user("normal").end()
    drawing.line("start", "sub", "normal", "end")
    for name, event, interrupting in borders:
        drawing.border(name, "sub", event, interrupting).user(f"after_{name}")
        drawing.end(f"end_{name}").line(name, f"after_{name}", f"end_{name}")
    return drawing


def failing(event: Event, kind: Kind = Kind.END) -> Drawing:
    """Two branches; completing A throws."""
    drawing = Drawing().start("in").both("split").user("A", "B").add(kind, "throw", event=event)
    drawing.end("out").line("in", "split").line("split", "A", "throw").line("split", "B", "out")
    if kind is Kind.THROW:
        drawing.end("on").line("throw", "on")
    return drawing


def test_an_error_interrupts_and_takes_what_was_written():
    play = Play(inside(failing(error("refused")), ("caught", error("refused"), True)))
    play.do("A", reason="ineligible")
    assert play.open == ["after_caught"]
    assert play.data("after_caught") == {"reason": "ineligible"}
    assert play.passed == ["A", "throw", "caught"]


def test_an_error_finds_its_own_code_before_any():
    inner = failing(error("e1"))
    play = Play(inside(inner, ("any", error(None), True), ("own", error("e1"), True)))
    assert play.do("A").open == ["after_own"]
    play = Play(inside(inner, ("any", error(None), True), ("other", error("e2"), True)))
    assert play.do("A").open == ["after_any"]


def test_an_error_travels_outwards_through_call_and_scope():
    middle = inside(failing(error("deep")), ("no", error("other"), True))
    outer = Drawing().start().call("call", "middle").user("normal", "saved").end().end("e2")
    outer.border("caught", "call", error("deep")).line("start", "call", "normal", "end")
    outer.line("caught", "saved", "e2")
    play = Play(outer, {"x": 1}, middle=middle).do("A", secret=1)
    assert play.open == ["saved"]
    assert play.data("saved") == {"x": 1}  # nothing of a called process passes


def test_an_uncaught_error_ends_the_case():
    play = Play(inside(failing(error("boom"))))
    play.do("A")
    assert play.finished
    assert play.outcome.unhandled == ("boom",)
    assert {closed.how for closed in play.outcome.closed} == {"complete", "cancel"}
    assert play.open == []


@pytest.mark.parametrize("kind", [Kind.END, Kind.THROW])
def test_an_escalation_that_does_not_interrupt(kind):
    play = Play(inside(failing(escalation("up"), kind), ("told", escalation("up"), False)))
    play.do("A")
    assert play.open == ["B", "after_told"]
    assert play.do("B").open == ["after_told", "normal"]


def test_an_escalation_that_interrupts():
    inner = failing(escalation("up"), Kind.THROW)
    play = Play(inside(inner, ("told", escalation(None), True))).do("A")
    assert play.open == ["after_told"]
    assert play.passed == ["A", "throw", "told"]


def test_an_uncaught_escalation_is_reported_and_nothing_else():
    play = Play(inside(failing(escalation("up")))).do("A")
    assert play.outcome.unhandled == ("up",)
    assert play.open == ["B"]


def test_terminate_ends_its_scope_only():
    inner = failing(TERMINATE)
    play = Play(inside(inner)).do("A", x=1)
    assert play.open == ["normal"]
    assert play.data("normal") == {"x": 1}
    play = Play(inner)
    assert play.do("A").finished
    assert play.outcome.result is None


def test_an_outer_event_acts_before_inner_scopes_step_on():
    """E19: the signal thrown outside cancels the sub-process before its own steps run out."""
    inner = Drawing().start("in").service("s1", "s2", "s3").end("out")
    inner.line("in", "s1", "s2", "s3", "out")
    drawing = Drawing().start().both("split").inner("sub", inner).user("after").service("work")
    drawing.throw("shout", signal("stop")).border("stop", "sub", signal("stop"))
    drawing.end("e1").end("e2").end("e3").line("start", "split")
    drawing.line("split", "sub", "e1").line("split", "work", "shout", "e2")
    drawing.line("stop", "after", "e3")
    play = Play(drawing)
    assert play.open == ["after"]
    assert "s3" not in play.passed
    assert "sub" not in play.passed


def test_a_message_thrown_is_for_who_waits_else_for_the_world():
    drawing = Drawing().start().both("split").catch("wait", message("m")).user("A")
    drawing.throw("send", message("m")).end().end("e2").line("start", "split")
    drawing.line("split", "wait", "end").line("split", "A", "send", "e2")
    play = Play(drawing).do("A")
    assert play.finished
    assert play.outcome.effects == ()
    lonely = Drawing().start().throw("send", message("m")).end().line("start", "send", "end")
    (effect,) = Play(lonely).outcome.effects
    assert (effect.do, dict(effect.params)) == ("send-message", {"message": "m"})


def test_a_receive_task_with_a_timer():
    drawing = Drawing().start().add(Kind.RECEIVE_TASK, "wait", event=message("m"))
    drawing.border("late", "wait", timer()).user("chase").end().end("e2")
    drawing.line("start", "wait", "end").line("late", "chase", "e2")
    assert Play(drawing).tell("m").finished
    assert Play(drawing).fire("late").open == ["chase"]


def test_start_events():
    drawing = Drawing().start("plain").start("told", event=message("m")).user("A").xor("x")
    drawing.end().line("plain", "x").line("told", "x", "A", "end")
    from workflows import engine

    play = Play(drawing)
    assert play.passed == ["plain", "x"]
    other = engine.start(play.definition, {}, "s", at="told")
    assert [place.element for place in other.passed] == ["told", "x"]
    with pytest.raises(CommandRefused):
        engine.start(play.definition, {}, "s", at="nowhere")


def test_a_finished_case_refuses_commands():
    play = Play(straight("A"))
    token = play.item("A").token
    play.do("A")
    with pytest.raises(NoSuchToken):
        play.go(Complete(token))
    with pytest.raises(CommandRefused):
        play.go(Deliver("m"))


def test_terminate_keeps_what_the_other_branches_wrote():
    sub = Drawing().start("in").both("split").user("A", "B", "C").end("stop", event=TERMINATE)
    sub.end("out").line("in", "split").line("split", "A", "stop").line("split", "B", "C", "out")
    play = Play(inside(sub)).do("B", b=1).do("A", a=1)
    assert [c.place.element for c in play.outcome.closed] == ["A", "C"]
    assert play.data("normal") == {"a": 1, "b": 1}
