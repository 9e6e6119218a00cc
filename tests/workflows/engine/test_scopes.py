"""Sub-processes, call activities, rule tasks and the data that pass between them."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams import (
    Drawing,
    Play,
    bundle,
    error,
    message,
    straight,
    timer,
)
from workflows import engine, feel
from workflows.engine import Cancel, Place
from workflows.errors import CommandRefused, ExpressionError, NothingMatches
from workflows.feel.decisions import Decision
from workflows.model import Kind


def inner(*tasks: str) -> Drawing:
    drawing = Drawing().start("in").user(*tasks).end("out")
    return drawing.line("in", *tasks, "out")


def test_an_embedded_sub_process_shares_the_variables_around_it():
    drawing = Drawing().start().inner("sub", inner("A")).user("B").end()
    drawing.line("start", "sub", "B", "end")
    play = Play(drawing, {"x": 1})
    assert play.item("A").place == Place("main", "A", ("sub",))
    assert play.data("A") == {"x": 1}
    play.do("A", y=2)
    assert play.passed == ["A", "out", "sub"]
    assert play.data("B") == {"x": 1, "y": 2}


def test_a_call_passes_only_what_is_named():
    called = straight("A").end(result="granted")
    main = Drawing().start().user("B").end()
    main.call(
        "call", "part", ins={"n": "x + 1"}, outs={"got": "y", "how": "result", "o": "outcome"}
    )
    main.line("start", "call", "B", "end")
    play = Play(main, {"x": 1, "hidden": True}, part=called)
    assert play.item("A").place == Place("part", "A", ("call",))
    assert play.data("A") == {"n": 2}
    play.do("A", y=5, z=6, outcome="yes")
    assert play.data("B") == {"x": 1, "hidden": True, "got": 5, "how": "granted", "o": "yes"}
    assert play.outcome.result is None
    play.do("B")
    assert play.finished
    assert play.outcome.result is None  # results of called processes are not the case's


def test_calls_nest_and_interrupt():
    deep = straight("A")
    middle = Drawing().start().call("low", "deep").end().line("start", "low", "end")
    main = Drawing().start().call("high", "middle").user("late").end().end("e2")
    main.border("b", "high", timer("county")).line("start", "high", "end")
    main.line("b", "late", "e2")
    play = Play(main, deep=deep, middle=middle)
    assert play.item("A").place == Place("deep", "A", ("high", "low"))
    token = play.item("A").token
    play.fire("b")
    assert play.open == ["late"]
    assert [(c.token, c.how) for c in play.outcome.closed] == [(token, "cancel")]
    play = Play(play.definition).do("A")
    assert play.finished
    assert play.passed == ["A", "end", "low", "end", "high", "end"]


def test_an_interrupting_event_keeps_what_open_branches_wrote():
    sub = Drawing().start("in").both("split", "join").user("A", "B", "C").end("out")
    sub.line("in", "split").line("split", "A", "C", "join").line("split", "B", "join", "out")
    drawing = Drawing().start().inner("sub", sub).border("b", "sub", message("stop"))
    drawing.user("after").end().end("e2").line("start", "sub", "end").line("b", "after", "e2")
    play = Play(drawing, {"x": 0}).do("A", a=1, outcome="o").do("B", b=1, outcome="p")
    play.tell("stop", m=1)
    assert play.data("after") == {"x": 0, "a": 1, "b": 1, "m": 1}


def test_the_result_is_that_of_the_root_process():
    drawing = Drawing().start().user("A").xor("x").end("yes", result="granted")
    drawing.end("no", result="refused").line("start", "A", "x")
    drawing.flow("x", "yes", when='outcome = "yes"').flow("x", "no", default=True)
    assert Play(drawing).do("A", outcome="yes").outcome.result == "granted"
    assert Play(drawing).do("A").outcome.result == "refused"
    cancelled = Play(drawing)
    token = cancelled.item("A").token
    cancelled.go(Cancel("withdrawn"))
    assert cancelled.finished
    assert cancelled.outcome.result == "withdrawn"
    assert [(c.token, c.how) for c in cancelled.outcome.closed] == [(token, "cancel")]
    assert cancelled.state.finished


def test_nothing_matches_is_said_and_undone():
    drawing = Drawing().start().user("A").xor("x").end("e1").end("e2").line("start", "A", "x")
    drawing.flow("x", "e1", when="v = 1").flow("x", "e2", when="v = 2")
    play = Play(drawing)
    before = play.outcome.snapshot
    with pytest.raises(NothingMatches, match="「x」"):
        play.do("A", v=3)
    assert play.outcome.snapshot == before
    assert play.do("A", v=2).passed == ["A", "x", "e2"]


def test_a_condition_that_cannot_be_computed_names_its_place():
    drawing = Drawing().start().user("A").xor("x").end("e1").end("e2").line("start", "A", "x")
    drawing.flow("x", "e1", when="for i in 1..1000000 return i")
    drawing.flow("x", "e2", default=True)
    with pytest.raises(ExpressionError, match="流向"):
        Play(drawing).do("A")


def test_a_rule_task_decides():
    """E24: decisions are evaluated by our own FEEL."""
    decision = Decision(
        id="tier",
        name="tier",
        variable="tier",
        logic=feel.parse('if n > 3 then "many" else "few"'),
    )
    drawing = (
        Drawing().start().add(Kind.RULE_TASK, "rule", decision="tier", result_variable="tier")
    )
    drawing.user("A").end().line("start", "rule", "A", "end")
    play = Play(bundle(drawing, {"tier": decision}), {"n": 5})
    assert play.data("A") == {"n": 5, "tier": "many"}


def test_a_process_that_calls_itself_for_ever_is_stopped():
    main = Drawing().start().call("again", "main").end().line("start", "again", "end")
    definition = engine.prepare(bundle(main))
    with pytest.raises(CommandRefused, match="层"):
        engine.start(definition, {}, "s")


def test_a_process_may_call_itself_while_a_condition_holds():
    main = Drawing().start().xor("x").call("again", "main", ins={"n": "n - 1"}).user("A").end()
    main.xor("m").line("start", "x").flow("x", "again", when="n > 0")
    main.flow("x", "A", default=True).line("again", "m").line("A", "m", "end")
    play = Play(main, {"n": 3})
    assert play.item("A").place.path == ("again", "again", "again")
    assert play.do("A").finished


def test_an_error_in_one_scope_leaves_its_sibling_alone():
    failing = (
        Drawing().start("in").user("A").end("bad", event=error("e")).line("in", "A", "bad")
    )
    drawing = Drawing().start().both("split").inner("sub", failing).user("B", "C")
    drawing.border("caught", "sub", error("e")).end("e1").end("e2").end("e3")
    drawing.line("start", "split").line("split", "sub", "e1").line("split", "B", "e2")
    drawing.line("caught", "C", "e3")
    play = Play(drawing).do("A")
    assert play.open == ["B", "C"]


def test_the_default_flow_is_taken_only_when_nothing_is_true_wherever_it_is_drawn():
    drawing = Drawing().start().xor("x").end("other").end("one").end("two").line("start", "x")
    drawing.flow("x", "other", default=True).flow("x", "one", when="v >= 1")
    drawing.flow("x", "two", when="v >= 2")
    assert [Play(drawing, {"v": v}).passed[-1] for v in (0, 1, 2)] == ["other", "one", "one"]
    with pytest.raises(ExpressionError, match="空值"):  # a missing variable is not a "no"
        Play(drawing)


def test_an_uncaught_error_leaves_no_result_of_another_branch():
    drawing = Drawing().start().both("split").user("A", "B").end("good", result="granted")
    drawing.end("bad", event=error("e"), result="terminated").line("start", "split")
    drawing.line("split", "A", "good").line("split", "B", "bad")
    play = Play(drawing).do("A").do("B")
    assert (play.finished, play.outcome.result) == (True, "terminated")
    assert play.outcome.unhandled == ("e",)
