"""Joins in loops, tokens per incoming flow, and how data of branches become one."""

from __future__ import annotations

import itertools

import pytest

from tests.workflows.engine.diagrams import Drawing, Play, timer
from workflows.errors import ExpressionError
from workflows.model import Kind

ORDERS = list(itertools.permutations("ABC"))


def review_loop(gateway: Kind) -> Drawing:
    """apply → split → A, B, C → join → leader → again? → apply."""
    drawing = Drawing().start().xor("merge").user("apply", "A", "B", "C", "leader")
    drawing.add(gateway, "split").add(gateway, "join").xor("choice").end()
    drawing.line("start", "merge", "apply", "split")
    for task in "ABC":
        drawing.flow("split", task, when="true" if gateway is Kind.INCLUSIVE else None)
        drawing.flow(task, "join")
    drawing.line("join", "leader", "choice")
    drawing.flow("choice", "merge", when="again")
    return drawing.flow("choice", "end", default=True)


@pytest.mark.parametrize("gateway", [Kind.PARALLEL, Kind.INCLUSIVE])
def test_a_join_in_a_loop_waits_for_all_in_every_pass(gateway):
    """E1, E2: 3 passes, all 216 arrival orders, saved and restored after every step."""
    definition = Play(review_loop(gateway)).definition
    for orders in itertools.product(ORDERS, repeat=3):
        play = Play(definition)
        for turn, order in enumerate(orders):
            play.do("apply", again=turn < 2)
            for count, task in enumerate(order, 1):
                play.do(task, **{f"{task}{turn}": count})
                assert ("leader" in play.open) == (count == 3), (orders, turn, task)
            assert play.data("leader").keys() >= {f"{t}{turn}" for t in "ABC"}
            play.do("leader")
        assert play.finished


def test_excess_tokens_on_one_flow_queue_for_the_next_time():
    """BPMN 13.4.1: one token of each flow is taken; the others stay (Spiff merges them)."""
    drawing = Drawing().start().both("split", "join").xor("merge").user("A", "B", "C", "after")
    drawing.end().line("start", "split")
    for task in "ABC":
        drawing.line("split", task)
    drawing.line("A", "merge").line("B", "merge").line("merge", "join", "after", "end")
    drawing.line("C", "join")
    play = Play(drawing)
    play.do("A", a=1).do("B", b=1)
    assert play.open == ["C"]
    play.do("C", c=1)
    assert play.open == ["after"]
    assert play.data("after") == {"a": 1, "c": 1}
    play.do("after")
    assert not play.finished  # the token of B still waits at the join, as the drawing says
    assert play.open == []


def test_a_token_on_each_of_two_flows_from_the_same_node():
    drawing = Drawing().start().both("split", "join").end()
    drawing.line("start", "split").line("split", "join").line("split", "join", "end")
    assert Play(drawing).passed == ["start", "split", "join", "end"]


def test_what_a_branch_changed_wins_over_what_another_left():
    """E9: no last-writer-wins of untouched values; lists are taken whole."""
    drawing = Drawing().start().both("split", "join").user("A", "B", "after").end()
    drawing.line("start", "split").line("split", "A", "join").line("split", "B", "join")
    drawing.line("join", "after", "end")
    facts = {"same": "0", "log": ["x"], "kept": 1}
    for first, second in (("A", "B"), ("B", "A")):
        play = Play(drawing, facts)
        for task in (first, second):
            values = {"A": {"same": "A", "log": ["x", "A1", "A2"]}, "B": {"other": 2}}[task]
            play.do(task, **values)
        assert play.data("after") == {
            "same": "A",
            "log": ["x", "A1", "A2"],
            "kept": 1,
            "other": 2,
        }


def test_of_two_changes_the_later_one_wins():
    drawing = Drawing().start().both("split", "join").user("A", "B", "after").end()
    drawing.line("start", "split").line("split", "A", "join").line("split", "B", "join")
    drawing.line("join", "after", "end")
    assert Play(drawing, {"v": 0}).do("A", v="A").do("B", v="B").data("after")["v"] == "B"
    assert Play(drawing, {"v": 0}).do("B", v="B").do("A", v="A").data("after")["v"] == "A"


def test_outcome_is_local_to_its_token():
    """flows.md: cleared when the next user task opens, never merged at a join."""
    drawing = Drawing().start().user("A", "B", "after").both("split", "join").xor("choice")
    drawing.end().end("wrong").line("start", "A", "choice")
    drawing.flow("choice", "split", when='outcome = "go"').flow("choice", "wrong", default=True)
    drawing.line("split", "join").line("split", "B", "join", "after", "end")
    play = Play(drawing).do("A", outcome="go", kept=1)
    assert play.open == ["B"]
    assert play.data("B") == {"kept": 1}
    play.do("B", outcome="other")
    assert play.data("after") == {"kept": 1}


def inclusive(when_b: str = "b") -> Drawing:
    drawing = Drawing().start().some("split", "join").user("A", "B", "C", "after").end()
    drawing.line("start", "split").flow("split", "A", when="a").flow("split", "B", when=when_b)
    drawing.flow("split", "C", default=True)
    for task in "ABC":
        drawing.line(task, "join")
    return drawing.line("join", "after", "end")


@pytest.mark.parametrize(
    ("facts", "opened"),
    [
        ({"a": True, "b": True}, ["A", "B"]),
        ({"a": True, "b": False}, ["A"]),
        ({"a": False, "b": False}, ["C"]),
    ],
)
def test_inclusive_gateways_open_and_await_what_is_true(facts, opened):
    play = Play(inclusive(), facts)
    assert play.open == opened
    for count, task in enumerate(opened, 1):
        play.do(task)
        assert play.open == (["after"] if count == len(opened) else opened[count:])
    assert play.do("after").finished


def test_a_flow_without_condition_out_of_an_inclusive_gateway_is_always_taken():
    """As every engine has it (BPMN 13.4.3); it was refused."""
    drawing = Drawing().start().some("split", "join").user("A", "B", "after").end()
    drawing.line("start", "split").line("split", "A", "join", "after", "end")
    drawing.flow("split", "B", when="b").line("B", "join")
    assert Play(drawing, {"b": False}).do("A").open == ["after"]
    assert Play(drawing, {"b": True}).do("A").open == ["B"]


@pytest.mark.parametrize("kind", ["some", "xor"])
@pytest.mark.parametrize(
    ("condition", "facts"),
    [("a", {"a": None}), ("a > 3", {}), ("a = 3", {"a": "3"}), ("a", {"a": "true"})],
)
def test_a_condition_that_is_neither_true_nor_false_is_no_reason_for_the_default(
    kind: str, condition: str, facts: dict[str, object]
):
    """Camunda, Flowable and Zeebe stop there; the default flow was taken without a word."""
    drawing = getattr(Drawing().start(), kind)("split").user("A", "B").end()
    drawing.line("start", "split").flow("split", "A", when=condition)
    drawing.flow("split", "B", default=True).line("A", "end").line("B", "end")
    with pytest.raises(ExpressionError, match="应得出是或否"):
        Play(drawing, facts)


def test_an_inclusive_join_goes_on_when_the_other_branch_leaves_for_good():
    """The branch that could still arrive turns away: the join is asked again (E2)."""
    drawing = Drawing().start().some("split", "join").user("A", "B", "after").xor("away")
    drawing.end().end("elsewhere").line("start", "split")
    drawing.flow("split", "A", when="true").flow("split", "B", when="true")
    drawing.line("A", "join", "after", "end").line("B", "away")
    drawing.flow("away", "join", when="come").flow("away", "elsewhere", default=True)
    play = Play(drawing).do("A")
    assert play.open == ["B"]
    assert play.do("B", come=False).open == ["after"]
    assert play.do("after").finished


def test_an_inclusive_join_does_not_wait_for_what_is_behind_it():
    drawing = Drawing().start().both("split").some("join").user("A", "B", "late", "after")
    drawing.end().end("end2").line("start", "split").line("split", "A", "join")
    drawing.line("split", "B", "join").line("split", "late", "end2").line(
        "join", "after", "end"
    )
    play = Play(drawing).do("A").do("B")
    assert play.open == ["after", "late"]


def test_an_inclusive_join_counts_a_boundary_event_as_a_way_to_it():
    drawing = Drawing().start().both("split").some("join").user("A", "B", "after").end()
    drawing.end("normal").border("late", "B", timer()).line("start", "split")
    drawing.line("split", "A", "join").line("split", "B", "normal").line("late", "join")
    drawing.line("join", "after", "end")
    play = Play(drawing).do("A")
    assert play.open == ["B"]
    assert play.fire("late").open == ["after"]


def test_a_gateway_behind_a_join_sees_no_outcome_of_either_branch():
    drawing = Drawing().start().both("split", "join").user("A", "B").xor("choice")
    drawing.end("none").end("some").line("start", "split").line("split", "A", "join")
    drawing.line("split", "B", "join", "choice")
    drawing.flow("choice", "none", when="outcome = null").flow("choice", "some", default=True)
    assert Play(drawing).do("A", outcome="a").do("B", outcome="b").passed[-1] == "none"


def test_an_inclusive_join_looks_at_an_activity_with_its_border_as_one():
    """B may still come by the filled flow, so its border's empty flow is not waited for."""
    drawing = Drawing().start().both("split").some("join").user("A", "B", "after").xor("m")
    drawing.border("late", "B", timer()).end().line("start", "split").line("split", "A", "m")
    drawing.line("split", "B", "m", "join").line("late", "join").line("join", "after", "end")
    assert Play(drawing).do("A").open == ["B", "after"]
