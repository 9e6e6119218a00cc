"""Conditional events (BPMN 2.0.2, 10.5.5): they happen when the condition becomes true."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams import Drawing, Play, message, straight, timer, when
from workflows.errors import ExpressionError
from workflows.model import Kind, MultiInstance


def beside(wait: str = "x > 1") -> Drawing:
    """A, B, C in a row beside a catching event that waits for `wait`."""
    drawing = Drawing().start().both("split").user("A", "B", "C", "W").end().end("e2")
    drawing.catch("c", when(wait)).line("start", "split").line("split", "A", "B", "C", "end")
    return drawing.line("split", "c", "W", "e2")


def test_it_waits_until_another_branch_makes_it_true():
    play = Play(beside(), {"x": 0})
    assert play.open == ["A"]
    assert play.messages == play.timers == []
    assert play.do("A", x=1).open == ["B"]
    assert play.do("B", x=2, y=3).open == ["C", "W"]
    assert play.data("W") == {"x": 2, "y": 3}  # what was seen goes on
    assert play.do("W").do("C").finished


def test_it_is_passed_at_once_where_it_is_true_already():
    play = Play(beside(), {"x": 5})
    assert play.open == ["A", "W"]


def test_what_is_missing_is_not_true():
    """E22: Spiff raises when a variable is missing."""
    play = Play(beside("missing = true"))
    assert play.open == ["A"]
    assert play.do("A", missing=True).open == ["B", "W"]


def test_a_condition_that_cannot_be_computed_says_where():
    play = Play(beside('date(x) > date("2026-01-01")'), {"x": "2025-01-01"})
    assert play.open == ["A"]
    assert play.do("A", x="2026-05-05").open == ["B", "W"]
    with pytest.raises(ExpressionError, match="c"):
        Play(beside("for i in 1..100000, j in 1..100000 return 1"))


def with_border(interrupting: bool) -> Drawing:
    drawing = Drawing().start().both("split").user("A", "B", "C", "D", "late").end().end("e2")
    drawing.end("e3").line("start", "split").line("split", "A", "B", "C", "end")
    drawing.line("split", "D", "e2").border("b", "D", when("x > 1"), interrupting)
    return drawing.line("b", "late", "e3")


def test_an_interrupting_boundary_takes_the_place_of_the_step():
    play = Play(with_border(True), {"x": 0})
    assert play.do("A", x=2).open == ["B", "late"]
    assert play.data("late") == {"x": 2}
    assert sorted((c.place.element, c.how) for c in play.outcome.closed) == [
        ("A", "complete"),
        ("D", "cancel"),
    ]


def test_a_boundary_that_does_not_interrupt_happens_at_each_rising_edge():
    play = Play(with_border(False), {"x": 0})
    assert play.do("A", x=2).open == ["B", "D", "late"]
    assert play.do("late", x=3).open == ["B", "D"]  # still true: not again
    assert play.do("B", x=0).open == ["C", "D"]
    assert play.do("C", x=9).open == ["D", "late"]
    assert play.do("D").do("late").finished


def test_what_the_step_itself_brings_comes_too_late_for_its_own_boundary():
    drawing = straight("A").user("late").end("e2").border("b", "A", when("x > 1"))
    drawing.line("b", "late", "e2")
    assert Play(drawing, {"x": 0}).do("A", x=2).finished


def test_a_boundary_on_a_sub_process_sees_what_is_written_inside():
    inner = Drawing().start("in").user("A", "B").end("out").line("in", "A", "B", "out")
    drawing = Drawing().start().inner("S", inner).user("late").end().end("e2")
    drawing.line("start", "S", "end").border("b", "S", when("x > 1")).line("b", "late", "e2")
    play = Play(drawing, {"x": 0}).do("A", x=2)
    assert play.open == ["late"]
    assert play.data("late") == {"x": 2}


@pytest.mark.parametrize("interrupting", [True, False])
def test_it_starts_an_event_sub_process(interrupting):
    inner = Drawing().start("c", when('level = "high"'), interrupting=interrupting).user("H")
    drawing = straight("A", "B", "C").handler("sub", inner.end("e2").line("c", "H", "e2"))
    play = Play(drawing, {"level": "low"})
    assert play.do("A", level="high").open == (["H"] if interrupting else ["B", "H"])
    if not interrupting:
        assert play.do("B", level="low").open == ["C", "H"]
        assert play.do("H", level="high").open == ["C", "H"]  # also by its own writing
        assert not play.do("C").finished
    assert play.do("H").finished


def test_an_event_gateway_takes_the_condition_that_comes_first():
    drawing = Drawing().start().both("split").add(Kind.EVENT_BASED, "g").user("A", "B")
    drawing.catch("c", when("x = 1")).catch("t", timer()).catch("m", message("m"))
    drawing.xor("merge").end().end("e2").line("start", "split", "A", "end")
    drawing.line("split", "g", "c", "B", "merge").line("g", "t", "merge")
    drawing.line("g", "m", "merge", "e2")
    play = Play(drawing)
    assert (play.timers, play.messages) == (["t"], ["m"])
    play.do("A", x=1)
    assert play.open == ["B"]
    assert (play.timers, play.messages) == ([], [])
    assert play.passed == ["A", "g", "end", "c"]


def test_nothing_of_a_called_process_is_seen():
    part = Drawing().start("in").user("A").end("out").line("in", "A", "out")
    drawing = Drawing().start().both("split").call("S", "part", outs={"x": "y"}).user("W")
    drawing.catch("c", when("x = 1")).end().end("e2").catch("d", when("y = 1")).end("e3")
    drawing.line("start", "split").line("split", "S", "end").line("split", "c", "W", "e2")
    drawing.line("split", "d", "e3")
    play = Play(drawing, part=part).do("A", y=1)
    assert play.open == ["W"]
    assert not play.do("W").finished  # d waits for a y that never comes


def test_each_instance_sees_its_own_item():
    inner = Drawing().start("in").user("A").end("out").line("in", "A", "out")
    inner.handler(
        "sub", Drawing().start("c", when("x = y")).user("H").end("o2").line("c", "H", "o2")
    )
    multi = MultiInstance(collection="xs", item="x")
    drawing = Drawing().start().both("split").inner("S", inner, multi=multi).user("B", "C")
    drawing.end().end("e2").line("start", "split").line("split", "S", "end")
    drawing.line("split", "B", "C", "e2")
    play = Play(drawing, {"xs": [1, 2], "y": 0}).do("B", y=2)
    assert play.open == ["A", "C", "H"]
    assert play.item("H").place.instance == 1


def test_a_condition_between_two_writes_of_one_step_is_seen():
    """The view is looked at after every move, not only when the case has come to rest."""
    part = Drawing().start("in").service("s").end("out").line("in", "s", "out")
    drawing = Drawing().start().both("split").user("A", "W").catch("c", when("x = 1"))
    drawing.call("up", "part", outs={"x": "1"}).call("down", "part", outs={"x": "0"})
    drawing.end().end("e2").line("start", "split").line("split", "A", "up", "down", "end")
    drawing.line("split", "c", "W", "e2")
    play = Play(drawing, part=part).do("A")
    assert play.open == ["W"]
    assert play.data("W") == {"x": 1}
