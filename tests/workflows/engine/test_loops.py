"""Multi-instance and standard loops."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams import (
    Drawing,
    Play,
    bundle,
    error,
    escalation,
    message,
    signal,
    timer,
)
from workflows import engine
from workflows.engine import Complete
from workflows.errors import CommandRefused
from workflows.model import Event, Kind, Loop, MultiInstance, Work


def opinions(multi: MultiInstance, **fields) -> Drawing:
    drawing = Drawing().start().user("opinion", multi=multi, **fields).user("after").end()
    return drawing.line("start", "opinion", "after", "end")


DEPARTMENTS = {"departments": ["d1", "d2", "d3"]}


def parallel(completion: str | None = None, **fields) -> MultiInstance:
    return MultiInstance(collection="departments", item="department", completion=completion)


def test_parallel_instances_over_a_collection():
    drawing = opinions(parallel(), work=Work(form="opinion", unit="department"))
    play = Play(drawing, DEPARTMENTS)
    items = play.state.items
    assert [(i.place.instance, i.unit, i.variables["department"]) for i in items] == [
        (0, "d1", "d1"),
        (1, "d2", "d2"),
        (2, "d3", "d3"),
    ]
    play.do("opinion", 2, c=1).do("opinion", 0, a=1)
    assert play.open == ["opinion"]
    play.do("opinion", 1, b=1, outcome="agree")
    assert play.data("after") == {**DEPARTMENTS, "a": 1, "b": 1, "c": 1}
    assert [place.instance for place in play.outcome.passed] == [1]


def test_sequential_instances():
    drawing = opinions(MultiInstance(True, "departments", None, "department"))
    play = Play(drawing, DEPARTMENTS)
    for index, department in enumerate(DEPARTMENTS["departments"]):
        (item,) = play.state.items
        assert (item.place.instance, item.variables["department"]) == (index, department)
        assert len(play.outcome.opened) == 1
        play.do("opinion", **{department: 1})
    assert play.data("after") == {**DEPARTMENTS, "d1": 1, "d2": 1, "d3": 1}


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_cancels_the_rest(sequential):
    multi = MultiInstance(
        sequential, "departments", None, "department", completion="veto or completed >= 2"
    )
    play = Play(opinions(multi), DEPARTMENTS)
    others = [item.token for item in play.state.items if item.place.instance != 0]
    play.do("opinion", 0, veto=True)
    assert play.open == ["after"]
    assert [c.token for c in play.outcome.closed if c.how == "cancel"] == others
    play = Play(opinions(multi), DEPARTMENTS).do("opinion", 0).do("opinion", 1)
    assert play.open == ["after"]


def test_cardinality_and_its_errors():
    drawing = opinions(MultiInstance(cardinality="n", item="i"))
    play = Play(drawing, {"n": 2})
    assert [item.variables["i"] for item in play.state.items] == [0, 1]
    assert Play(drawing, {"n": 0}).passed == ["start", "opinion"]
    assert Play(drawing, {"n": 0}).open == ["after"]
    for wrong in (-1, 1.5, "two", None, True, 100_000):
        with pytest.raises(CommandRefused, match="「opinion」"):
            Play(drawing, {"n": wrong})
    with pytest.raises(CommandRefused, match="不是列表"):
        Play(opinions(parallel()), {"departments": None})


@pytest.mark.parametrize("sequential", [True, False])
def test_state_restored_on_a_freshly_built_definition_goes_on(sequential):
    """E5: in the stock library such a case hangs after all its instances are done."""
    drawing = opinions(MultiInstance(sequential, "departments", None, "department"))
    outcome = Play(drawing, DEPARTMENTS).outcome
    for _ in range(3):
        definition = engine.prepare(bundle(drawing))
        item = engine.inspect(definition, outcome.snapshot).items[0]
        outcome = engine.advance(definition, outcome.snapshot, Complete(item.token))
    assert [item.place.element for item in outcome.opened] == ["after"]


def test_a_second_pass_over_a_multi_instance_works():
    """E14: the stock library raises because the output is not empty."""
    drawing = Drawing().start().xor("m").user("opinion", multi=parallel()).user("lead").xor("x")
    drawing.end().line("start", "m", "opinion", "lead", "x").flow("x", "m", when="again")
    drawing.flow("x", "end", default=True)
    play = Play(drawing, DEPARTMENTS)
    for turn in (1, 2, 3):
        for index in range(3):
            play.do("opinion", index, **{f"o{index}": turn})
        play.do("lead", again=turn < 3)
    assert play.finished


@pytest.mark.parametrize("interrupting", [True, False])
def test_the_border_of_a_multi_instance_belongs_to_all_instances(interrupting):
    drawing = opinions(parallel()).border("late", "opinion", timer("department"), interrupting)
    drawing.user("chase").end("e2").line("late", "chase", "e2")
    play = Play(drawing, DEPARTMENTS)
    assert play.timers == ["late"]
    play.do("opinion", 1, b=2).fire("late")
    assert play.open == (["chase"] if interrupting else ["chase", "opinion", "opinion"])
    assert play.data("chase") == {**DEPARTMENTS, "b": 2}


def test_an_error_in_one_instance_ends_all():
    sub = Drawing().start("in").user("A").xor("x").end("good").end("bad", event=error("veto"))
    sub.line("in", "A", "x").flow("x", "bad", when="no").flow("x", "good", default=True)
    drawing = Drawing().start().inner("sub", sub, multi=parallel()).user("B").end().end("e2")
    drawing.border("caught", "sub", error("veto")).line("start", "sub", "end")
    drawing.line("caught", "B", "e2")
    play = Play(drawing, DEPARTMENTS).do("A", 0, no=False)
    assert [i.place.instance for i in play.state.items] == [1, 2]
    play.do("A", 1, no=True)
    assert play.open == ["B"]
    assert "department" not in play.data("B")
    play = Play(drawing, DEPARTMENTS)
    for index in range(3):
        play.do("A", index, no=False)
    assert play.finished


def test_receive_and_call_inside_a_multi_instance():
    part = Drawing().start("in").user("A").end("out").line("in", "A", "out")
    drawing = (
        Drawing()
        .start()
        .call("call", "part", multi=parallel(), ins={"d": "department"}, outs={"last": "d"})
    )
    drawing.add(Kind.RECEIVE_TASK, "wait", event=message("m"), multi=parallel())
    drawing.end().line("start", "call", "wait", "end")
    play = Play(drawing, DEPARTMENTS, part=part)
    assert [i.variables["d"] for i in play.state.items] == ["d1", "d2", "d3"]
    for index in (2, 1, 0):
        play.do("A", index)
    tokens = [waiting.token for waiting in play.state.messages]
    assert len(tokens) == 3
    for token in tokens:
        play.tell("m", token=token)
    assert play.finished


def test_standard_loops():
    def loop(**fields) -> Drawing:
        drawing = Drawing().start().user("A", loop=Loop(**fields)).user("after").end()
        return drawing.line("start", "A", "after", "end")

    play = Play(loop(condition='outcome = "again"')).do("A", outcome="again", n=1)
    assert play.open == ["A"]
    assert play.do("A", outcome="enough").open == ["after"]
    assert play.data("after") == {"n": 1}
    play = Play(loop(maximum=2)).do("A").do("A")
    assert play.open == ["after"]
    assert Play(loop(condition="false", test_before=True)).open == ["after"]
    assert Play(loop(condition="more", test_before=True), {"more": True}).open == ["A"]
    play = Play(loop(condition="true", maximum=1)).do("A")
    assert play.open == ["after"]


def test_a_loop_that_nothing_stops_is_stopped():
    drawing = Drawing().start().service("A", loop=Loop(condition="true")).end()
    with pytest.raises(CommandRefused, match="不停地循环"):
        Play(drawing.line("start", "A", "end"))
    around = Drawing().start().xor("m").service("A").line("start", "m", "A", "m")
    with pytest.raises(CommandRefused, match="不停地循环"):
        Play(around)


def test_a_completion_condition_stops_instances_that_pass_by_themselves():
    multi = MultiInstance(cardinality="3", completion="completed >= 2")
    drawing = Drawing().start().service("A", multi=multi).end().line("start", "A", "end")
    play = Play(drawing)
    assert [place.instance for place in play.outcome.passed if place.element == "A"] == [0, 1]
    assert play.finished


def thrown(behavior: str, event: Event, caught: Event, interrupting: bool = True) -> Drawing:
    """A × 3 throws `event`; its boundary catches and goes to `told`."""
    multi = MultiInstance(cardinality="3", behavior=behavior, throws=event)
    drawing = Drawing().start().user("A", multi=multi).user("Z", "told").end().end("e2")
    drawing.line("start", "A", "Z", "end").border("b", "A", caught, interrupting)
    return drawing.line("b", "told", "e2")


SAME = [signal("done"), escalation("done")]


@pytest.mark.parametrize("event", SAME)
def test_behavior_none_throws_when_each_instance_ends(event):
    """BPMN 10.3.8: `None`: at each instance; the flow goes on after the last."""
    play = Play(thrown("None", event, event, interrupting=False))
    assert play.do("A", 0, x=0).open == ["A", "A", "told"]
    assert play.do("A", 1, x=1).open == ["A", "told", "told"]
    assert play.do("A", 2, x=2).open == ["Z", "told", "told", "told"]
    assert sorted(i.variables["x"] for i in play.state.items if i.name == "told") == [0, 1, 2]


@pytest.mark.parametrize("event", SAME)
def test_behavior_one_throws_when_the_first_instance_ends(event):
    play = Play(thrown("One", event, event, interrupting=False))
    assert play.do("A", 2).open == ["A", "A", "told"]
    assert play.do("A", 0).do("A", 1).open == ["Z", "told"]


@pytest.mark.parametrize("event", SAME)
def test_what_the_first_instance_throws_may_end_the_rest(event):
    play = Play(thrown("One", event, event))
    assert play.do("A", 1, x=7).open == ["told"]
    assert play.data("told") == {"x": 7}
    assert play.do("told").finished


def test_an_escalation_that_the_border_does_not_take_goes_outwards():
    play = Play(thrown("One", escalation("done"), signal("done")))
    assert play.do("A", 0).open == ["A", "A"]
    assert play.outcome.unhandled == ("done",)


def test_a_message_of_an_instance_that_nobody_waits_for_is_sent():
    play = Play(thrown("One", message("done"), signal("done")))
    play.do("A", 0)
    assert [(e.do, e.params["message"]) for e in play.outcome.effects] == [
        ("send-message", "done")
    ]
