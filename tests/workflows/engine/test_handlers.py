"""Event sub-processes (E6; BPMN 2.0.2, 10.3.5 and 13.5.4), saved and restored at every step."""

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
    when,
)
from workflows.engine import Complete, Deliver
from workflows.errors import CommandRefused, NoSuchToken
from workflows.model import Effect, Event, MultiInstance


def handler(event: Event, interrupting: bool = True, task: str = "H") -> Drawing:
    """caught → H → handled."""
    drawing = Drawing().start(f"{task}_caught", event, interrupting=interrupting)
    return drawing.user(task).end(f"{task}_end").line(f"{task}_caught", task, f"{task}_end")


def listening(event: Event, interrupting: bool = True) -> Drawing:
    return straight("A", "B").handler("sub", handler(event, interrupting))


TRIGGERS = {
    "timer": (timer(), lambda play: play.fire("H_caught")),
    "message": (message("m"), lambda play: play.tell("m", x=1)),
    "signal": (signal("s"), lambda play: play.signal("s", x=1)),
}


@pytest.mark.parametrize("how", TRIGGERS)
def test_an_interrupting_one_takes_over_the_process(how):
    event, happen = TRIGGERS[how]
    play = Play(listening(event), {"x": 0})
    item = play.item("A").token
    assert play.timers + play.messages == ["H_caught"]
    happen(play)
    assert play.open == ["H"]
    assert play.timers + play.messages == []
    assert play.passed == ["H_caught"]
    assert [(c.token, c.how) for c in play.outcome.closed] == [(item, "cancel")]
    assert play.item("H").place.path == ("sub",)
    with pytest.raises(NoSuchToken):
        play.go(Complete(item))
    assert play.do("H").finished
    assert play.passed == ["H", "H_end", "sub"]


@pytest.mark.parametrize("how", ["message", "signal"])
def test_one_that_does_not_interrupt_comes_as_often_as_it_is_called(how):
    event, happen = TRIGGERS[how]
    play = Play(listening(event, interrupting=False))
    happen(play)
    happen(play)
    assert play.open == ["A", "H", "H"]
    assert play.messages == ["H_caught"]
    play.do("A").do("B")
    assert not play.finished  # what was begun beside it goes on
    assert play.messages == ["H_caught"]
    happen(play)
    for _ in range(3):
        assert not play.finished
        play.do("H")
    assert play.finished


def test_a_timer_that_does_not_interrupt_starts_once():
    play = Play(listening(timer(), interrupting=False)).fire("H_caught")
    assert play.open == ["A", "H"]
    assert play.timers == []
    assert play.do("A").do("H").do("B").finished


def test_who_only_listens_keeps_nobody_waiting():
    play = Play(listening(message("m")))
    waiting = play.outcome.awaited[0].token
    assert play.do("A").outcome.no_longer_awaited == ()
    assert play.do("B").finished
    assert play.outcome.no_longer_awaited == (waiting,)
    with pytest.raises(CommandRefused):
        play.go(Deliver("m"))


def test_the_place_of_what_is_awaited_is_the_start_event_inside():
    (awaited,) = Play(listening(message("m"))).outcome.awaited
    assert (awaited.place.element, awaited.place.path) == ("H_caught", ("sub",))
    (armed,) = Play(listening(timer("check", 1))).outcome.armed
    assert (armed.place.element, armed.clock, armed.before) == ("H_caught", "check", 1)


def test_it_sees_what_all_branches_have_written_and_gives_back_what_it_writes():
    drawing = Drawing().start().both("split", "join").user("A", "B", "C", "Z").end()
    drawing.line("start", "split").line("split", "A", "B", "join").line("split", "C", "join")
    drawing.line("join", "Z", "end").handler("sub", handler(message("m"), interrupting=False))
    play = Play(drawing, {"x": 0}).do("A", a=1).tell("m", m=2)
    assert play.data("H") == {"x": 0, "a": 1, "m": 2}
    assert play.data("C") == {"x": 0}
    assert play.do("C", c=3).do("B", x=4).data("Z") == {"x": 4, "a": 1, "c": 3}
    play.do("H", h=5)
    assert play.data("Z") == {"x": 4, "a": 1, "c": 3}  # as for any branch that runs beside


def test_what_the_interrupted_branches_wrote_goes_on_after_the_scope():
    inner = Drawing().start("in").both("split").user("A", "B").end("out")
    inner.line("in", "split").line("split", "A", "out").line("split", "B", "out")
    inner.handler("sub", handler(message("m")))
    drawing = Drawing().start().inner("S", inner).user("Z").end().line("start", "S", "Z", "end")
    play = Play(drawing).do("A", a=1, outcome="yes").tell("m", m=2).do("H", h=3, outcome="no")
    assert play.data("Z") == {"a": 1, "m": 2, "h": 3}
    assert play.do("Z").finished


def in_scope(inner: Drawing, called: bool, **fields) -> tuple[Drawing, dict[str, Drawing]]:
    """start → S (sub-process or call) → Z → end."""
    drawing = Drawing().start().user("Z").end()
    if called:
        return drawing.call("S", "part", **fields).line("start", "S", "Z", "end"), {
            "part": inner
        }
    return drawing.inner("S", inner, **fields).line("start", "S", "Z", "end"), {}


def thrower(event: Event, caught: Event, interrupting: bool = True) -> Drawing:
    """in → A → thrown end, beside B; an event sub-process that catches."""
    drawing = Drawing().start("in").both("split").user("A", "B").end("thrown", event)
    drawing.end("out").line("in", "split").line("split", "A", "thrown")
    return drawing.line("split", "B", "out").handler("sub", handler(caught, interrupting))


@pytest.mark.parametrize("called", [False, True])
@pytest.mark.parametrize("code", ["bad", None])
def test_an_error_is_handled_where_it_is_thrown(called, code):
    main, parts = in_scope(thrower(error("bad"), error(code)), called)
    main.border("b", "S", error("bad")).end("e2").line("b", "e2")
    play = Play(main, **parts).do("A")
    assert play.open == ["H"]
    assert play.outcome.unhandled == ()
    play.do("H")
    assert play.open == ["Z"]  # the scope completes as if nothing had happened
    assert play.do("Z").finished


def test_an_error_at_the_top_is_handled_there():
    play = Play(thrower(error("bad"), error("bad"))).do("A")
    assert play.open == ["H"]
    assert not play.finished
    assert play.do("H").finished


def test_another_error_passes_by():
    main, parts = in_scope(thrower(error("bad"), error("other")), called=False)
    main.border("b", "S", error("bad")).user("late").end("e2").line("b", "late", "e2")
    assert Play(main, **parts).do("A").open == ["late"]


@pytest.mark.parametrize("called", [False, True])
def test_an_error_of_an_inner_scope_is_handled_around_it(called):
    inner = (
        Drawing().start("in").user("A").end("thrown", error("bad")).line("in", "A", "thrown")
    )
    main, parts = in_scope(inner, called)
    main.handler("sub", handler(error(None)))
    play = Play(main, **parts).do("A", a=1)
    assert play.open == ["H"]
    assert play.data("H") == ({} if called else {"a": 1})
    assert play.do("H").finished


def test_an_escalation_that_does_not_interrupt_lets_both_go_on():
    main, parts = in_scope(thrower(escalation("up"), escalation("up"), False), called=False)
    main.border("b", "S", escalation("up")).end("e2").line("b", "e2")
    play = Play(main, **parts).do("A", a=1)
    assert play.open == ["B", "H"]
    assert play.data("H") == {"a": 1}
    assert play.do("B").open == ["H"]
    assert play.do("H").open == ["Z"]


def test_an_interrupting_escalation_stops_who_threw_it():
    inner = Drawing().start("in").user("A", "after").throw("t", escalation("up")).end("out")
    inner.line("in", "A", "t", "after", "out").handler("sub", handler(escalation(None)))
    main, parts = in_scope(inner, called=True)
    play = Play(main, **parts).do("A")
    assert play.open == ["H"]
    assert play.do("H").open == ["Z"]


def test_it_does_not_catch_what_it_throws_itself():
    again = Drawing().start("c", escalation("up"), interrupting=False).user("H")
    again.end("more", escalation("up")).line("c", "H", "more")
    inner = Drawing().start("in").user("A", "B").throw("t", escalation("up")).end("out")
    inner.line("in", "A", "t", "B", "out").handler("sub", again)
    main, _ = in_scope(inner, called=False)
    main.border("b", "S", escalation("up"), False).user("far").end("e2").line("b", "far", "e2")
    play = Play(main).do("A")
    assert play.open == ["B", "H"]
    assert play.do("H").open == ["B", "far"]


def test_an_error_in_one_that_interrupts_goes_to_the_scope_around():
    start = Drawing().start("c", message("m")).user("X").end("thrown", error("bad"))
    inner = straight("A").handler("sub", start.line("c", "X", "thrown"))
    inner.handler("other", handler(error("bad")))
    main = Drawing().start("s").inner("S", inner).user("Z").end("e").line("s", "S", "Z", "e")
    main.border("b", "S", error("bad")).user("late").end("e2").line("b", "late", "e2")
    play = Play(main).tell("m").do("X")
    assert play.open == ["late"]


def test_an_error_in_one_that_runs_beside_is_handled_by_its_neighbour():
    start = Drawing().start("c", message("m"), interrupting=False).user("X")
    start.end("thrown", error("bad")).line("c", "X", "thrown")
    main = straight("A").handler("sub", start).handler("other", handler(error("bad")))
    play = Play(main).tell("m").do("X")
    assert play.open == ["H"]
    assert play.do("H").finished


def test_nothing_else_starts_once_one_has_interrupted():
    main = listening(message("m")).handler("second", handler(message("n"), True, "G"))
    main.handler("third", handler(error(None), True, "E"))
    play = Play(main).tell("m")
    assert play.messages == []
    assert play.open == ["H"]


def test_one_that_interrupts_also_ends_those_that_run_beside():
    main = listening(message("m")).handler("second", handler(message("n"), False, "G"))
    play = Play(main).tell("n").tell("n")
    assert play.open == ["A", "G", "G"]
    assert play.tell("m").open == ["H"]


def test_nested_ones_listen_while_their_own_scope_runs():
    inner = handler(message("m"), interrupting=False)
    inner.handler("deep", handler(message("n"), True, "D"))
    play = Play(straight("A").handler("sub", inner))
    assert play.messages == ["H_caught"]
    play.tell("m").tell("m")
    assert play.messages == ["D_caught", "D_caught", "H_caught"]
    token = play.state.messages[-1].token
    play.tell("n", token=token)
    assert play.open == ["A", "D", "H"]
    assert play.do("D").do("A").open == ["H"]
    assert play.do("H").finished


def test_terminate_inside_ends_only_the_event_sub_process():
    start = Drawing().start("c", message("m"), interrupting=False).both("f").user("X", "Y")
    start.end("stop", TERMINATE).end("out").line("c", "f").line("f", "X", "stop")
    play = Play(straight("A").handler("sub", start.line("f", "Y", "out"))).tell("m")
    assert play.open == ["A", "X", "Y"]
    assert play.do("X").open == ["A"]
    assert play.do("A").finished


def test_terminate_beside_ends_it_too():
    drawing = Drawing().start().user("A").end("stop", TERMINATE).line("start", "A", "stop")
    play = Play(drawing.handler("sub", handler(message("m"), interrupting=False))).tell("m")
    assert play.do("A").finished


def test_each_instance_of_a_multi_instance_listens_for_itself():
    inner = Drawing().start("in").user("A").end("out").line("in", "A", "out")
    inner.handler("sub", handler(message("m")))
    multi = MultiInstance(collection="xs", item="x")
    main, _ = in_scope(inner, called=False, multi=multi)
    play = Play(main, {"xs": ["a", "b"]})
    assert len(play.messages) == 2
    second = next(m for m in play.state.messages if m.place.instance == 1)
    play.tell("m", token=second.token)
    assert play.open == ["A", "H"]
    assert play.item("H").place.instance == 1
    assert play.data("H")["x"] == "b"
    assert play.do("H").do("A").open == ["Z"]


def test_its_effects_are_ordered_when_it_starts_ends_and_is_cancelled():
    effects = tuple(Effect(on, "notify", {}) for on in ("enter", "complete", "cancel"))
    main = listening(message("m"), interrupting=False)
    element = main.elements.pop("sub")
    main.add(element.kind, "sub", scope=element.scope, event=element.event, interrupting=False,
             effects=effects)  # fmt: skip
    play = Play(main)
    assert play.effects == []
    assert play.tell("m").effects == [("sub", "enter", "notify")]
    assert play.do("H").effects == [("sub", "complete", "notify")]
    play.tell("m").go_cancel()
    assert play.effects == [("sub", "cancel", "notify")]


def test_a_signal_thrown_inside_starts_it_before_the_thrower_goes_on():
    drawing = Drawing().start().user("A", "B").throw("t", signal("s")).end()
    drawing.line("start", "A", "t", "B", "end").handler("sub", handler(signal("s")))
    play = Play(drawing).do("A")
    assert play.open == ["H"]
    assert play.do("H").finished


def test_the_definition_is_not_changed_by_running(monkeypatch):
    """E6: Spiff adds the sub-process to the shared spec, so that later cases start inside it."""
    first = Play(listening(message("m"))).tell("m")
    second = Play(first.definition, seed="case-2")
    assert second.open == ["A"]
    assert second.do("A").do("B").finished


def test_listening_costs_nothing_in_the_snapshot():
    def size(drawing: Drawing) -> list[int]:
        play = Play(drawing, {f"v{number}": number for number in range(50)})
        found = [len(play.outcome.snapshot)]
        for task in ("A", "B"):
            play.do(task, **{f"w_{task}_{number}": number for number in range(50)})
            found.append(len(play.outcome.snapshot))
        return found

    with_it = straight("A", "B", "C").handler("sub", handler(when("x > 1"), False))
    plain = size(straight("A", "B", "C"))
    assert all(more - less < 40 for more, less in zip(size(with_it), plain, strict=True))
