"""Take back a step just completed (拿回); cancel one branch."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflows.engine.diagrams import TERMINATE, Drawing, Play, message, straight, timer
from tests.workflows.engine.oracle import Overflow
from tests.workflows.engine.test_return_property import Roomy, finish
from tests.workflows.engine.test_returning import called, review
from workflows import engine
from workflows.engine import CancelBranch, Complete, Deliver, Fire, State, TakeBack
from workflows.errors import CommandRefused
from workflows.model import Effect, Kind, Loop, MultiInstance

TOUCHED = "后面的环节已经有人办理或有了变化，不能拿回。"


def done(play: Play, element: str, instance: int | None = None, **values) -> TakeBack:
    """Complete a step; give the command that takes it back."""
    item = play.item(element, instance)
    play.go(Complete(item.token, values))
    return TakeBack(item.place, tuple(one.token for one in play.outcome.opened))


def said(play: Play, back: TakeBack) -> str | None:
    return engine.preview_take_back(play.definition, play.outcome.snapshot, back).refusal


def take(play: Play, back: TakeBack) -> Play:
    preview = engine.preview_take_back(play.definition, play.outcome.snapshot, back)
    assert preview.refusal is None
    play.go(back)
    assert {c.token for c in play.outcome.closed} == {item.token for item in preview.items}
    assert {c.how for c in play.outcome.closed} <= {"cancel"}
    return play


def test_what_followed_is_gone_and_the_step_is_open_again():
    cancelled = Effect("cancel", "notify", {"who": "desk"})
    drawing = Drawing().start().user("A").user("B", effects=(cancelled,)).end()
    drawing.border("late", "B", timer()).end("e2").line("late", "e2")
    play = Play(drawing.line("start", "A", "B", "end"), {"x": 1})
    first = play.item("A").token
    back = done(play, "A", outcome="agree", y=2)
    assert play.timers == ["late"]
    take(play, back)
    assert (play.open, play.timers, play.data("A")) == (["A"], [], {"x": 1, "y": 2})
    assert play.effects == [("B", "cancel", "notify")]
    assert play.item("A").token != first
    assert play.do("A").do("B").finished


def test_not_once_the_next_one_has_acted():
    play = Play(straight("A", "B", "C"))
    back = done(play, "A")
    play.do("B")
    assert said(play, back) == TOUCHED
    with pytest.raises(CommandRefused, match=TOUCHED):
        play.go(back)
    play.do("C")
    assert said(play, back) is not None
    with pytest.raises(CommandRefused, match="已经结束"):
        play.go(back)


def test_from_the_join_where_it_waits_while_the_others_go_on():
    play = Play(review()).do("apply").do("A1")
    back = done(play, "A2")
    assert back.following == ()
    b1 = play.item("B1").token
    take(play, back)
    assert play.open == ["A2", "B1"]
    assert play.item("B1").token == b1
    back = done(play, "A2")
    play.do("B1")
    take(play, back)
    assert play.open == ["A2", "C", "D"]


def test_from_behind_the_join_that_it_released():
    play = Play(review()).do("apply").do("A1").do("B1").do("C").do("D").do("B2")
    back = done(play, "A2")
    assert play.open == ["leader"]
    take(play, back)
    assert play.open == ["A2"]
    assert play.do("A2").open == ["leader"]


def test_from_before_a_split_only_while_no_branch_has_moved():
    play = Play(review())
    back = done(play, "apply")
    assert len(back.following) == 2
    take(play, back)
    assert play.open == ["apply"]
    back = done(play, "apply")
    play.do("B1")
    assert said(play, back) == TOUCHED


def test_an_ended_branch_opens_again():
    drawing = Drawing().start().both("split").user("A", "B").end("a").end("b")
    drawing.line("start", "split", "A", "a").line("split", "B", "b")
    play = Play(drawing)
    back = done(play, "A", x=1)
    take(play, back)
    assert play.open == ["A", "B"]
    assert play.data("A") == {"x": 1}
    assert play.do("B").do("A").finished


def test_inside_one_of_several_calls_and_not_out_of_one():
    multi = MultiInstance(cardinality="2", item="i")
    play = Play(called(multi), {"x": 1}, inner=straight("P", "Q")).do("apply")
    back = done(play, "P", 1)
    take(play, back)
    assert sorted(item.place.instance for item in play.state.items) == [0, 1]
    play.do("P", 1).do("P", 0)
    back = done(play, "Q", 1)
    assert said(play, back) == "分不清这一环节是哪一份的，或者那一份已经办完，不能拿回。"
    play.do("Q", 0)
    assert said(play, back) == "这一环节所在的子流程已经办完，不能拿回。"


def opinions(sequential: bool) -> Play:
    multi = MultiInstance(sequential, "departments", item="department")
    drawing = Drawing().start().user("opinion", multi=multi).user("sum").end()
    drawing.line("start", "opinion", "sum", "end")
    return Play(drawing, {"departments": ["a", "b", "c"]})


@pytest.mark.parametrize("sequential", [True, False])
def test_one_opinion_of_several(sequential):
    play = opinions(sequential)
    back = done(play, "opinion", 0, said="yes", outcome="ok")
    take(play, back)
    assert sorted(i.place.instance for i in play.state.items) == (
        [0] if sequential else [0, 1, 2]
    )
    assert play.data("opinion", 0) == {
        "departments": ["a", "b", "c"],
        "department": "a",
        "said": "yes",
    }
    for number in range(3):
        assert "sum" not in play.open
        back = done(play, "opinion", number)
    assert play.open == ["sum"]
    assert "已经全部办完" in said(play, back)


def test_one_round_of_a_loop():
    drawing = Drawing().start().user("A", loop=Loop(condition="more")).user("B").end()
    play = Play(drawing.line("start", "A", "B", "end"), {"more": True})
    back = done(play, "A")
    take(play, back)
    assert [item.place.instance for item in play.state.items] == [0]
    play.do("A")
    assert [item.place.instance for item in play.state.items] == [1]
    assert said(play, back) == TOUCHED
    assert play.do("A", more=False).open == ["B"]


def test_not_with_what_a_boundary_event_has_opened_since():
    drawing = Drawing().start().user("A", "B", "extra").end().end("e2")
    drawing.border("late", "B", timer(), False).line("late", "extra", "e2")
    play = Play(drawing.line("start", "A", "B", "end"))
    back = done(play, "A")
    play.fire("late")
    assert said(play, back) == TOUCHED


def shape(state: State) -> Counter:
    """What waits, by place."""
    return Counter(
        [("item", item.place) for item in state.items]
        + [("timer", one.place) for one in state.timers]
        + [("message", one.place) for one in state.messages]
    )


def act(play: Play, dice: random.Random) -> None:
    """Let something happen elsewhere."""
    state = play.state
    k = {"k": dice.randint(0, 11), "n": 0}
    happenings = [Complete(item.token, k) for item in state.items]
    happenings += [Fire(one.token) for one in state.timers]
    happenings += [Deliver(m.name, {}, m.token, signal=m.signal) for m in state.messages]
    if happenings:
        play.go(dice.choice(happenings))


def rehearse(seed: int) -> Counter:
    dice = random.Random(seed)
    builder = Roomy(dice)
    drawing = builder.process(dice.randint(2, 5))
    play = Play(drawing, {"k": dice.randint(0, 11), "n": 0}, **builder.called)
    told: Counter = Counter()
    for _ in range(14):
        state = play.state
        if not state.items:
            act(play, dice)
            continue
        before, item = shape(state), dice.choice(state.items)
        play.go(Complete(item.token, {"k": dice.randint(0, 11), "n": 0}))
        back = TakeBack(item.place, tuple(one.token for one in play.outcome.opened))
        refusal = said(play, back)
        told[refusal or "done"] += 1
        if refusal is None and dice.random() < 0.8:
            closed = len(play.outcome.closed)
            take(play, back)
            assert closed > 1 or shape(play.state) == before, item.place
        elif play.finished:
            break
        elif dice.random() < 0.5:
            act(play, dice)
    assert finish(play, dice)
    return told


def test_taking_back_undoes_a_step_wherever_it_is_possible():
    """The same places wait again as before it was completed, and the case still ends."""
    told: Counter = Counter()

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(st.integers(0, 2**32))
    def sample(seed: int) -> None:
        try:
            told.update(rehearse(seed))
        except Overflow:
            assume(False)

    sample()
    assert told["done"] > 50


@pytest.mark.parametrize("gateway", [Kind.PARALLEL, Kind.INCLUSIVE])
def test_a_cancelled_branch_is_not_waited_for(gateway):
    drawing = Drawing().start().user("A", "A2", "B", "C", "leader").end()
    drawing.add(gateway, "split").add(gateway, "join").line("start", "split")
    for task in "ABC":
        drawing.flow("split", task, when="true" if gateway is Kind.INCLUSIVE else None)
    drawing.line("A", "A2", "join", "leader", "end").line("B", "join").line("C", "join")
    play = Play(drawing).do("B", b=1)
    token = play.do("A", a=1).item("A2").token
    preview = engine.preview_cancel_branch(play.definition, play.outcome.snapshot, token)
    assert preview.place is not None
    assert preview.place.element == "split"
    assert [item.place.element for item in preview.items] == ["A2"]
    assert [item.place.element for item in preview.stays] == ["C"]
    play.go(CancelBranch(token))
    assert play.open == ["C"]
    play.go(CancelBranch(play.item("C").token))
    assert play.open == ["leader"]
    assert play.data("leader") == {"a": 1, "b": 1}


@pytest.mark.parametrize("sequential", [True, False])
def test_a_department_is_not_asked_after_all(sequential):
    play = opinions(sequential)
    play.do("opinion", 0)
    play.go(CancelBranch(play.item("opinion", 1).token))
    assert [item.place.instance for item in play.state.items] == [2]
    play.go(CancelBranch(play.item("opinion", 2).token))
    assert play.open == ["sum"]


def test_a_branch_of_a_call_is_the_whole_call():
    multi = MultiInstance(cardinality="2", item="i")
    play = Play(called(multi), {"x": 1}, inner=straight("P", "Q")).do("apply").do("P", 0)
    play.go(CancelBranch(play.item("Q").token))
    assert play.open == ["P"]
    assert play.do("P").do("Q").open == ["after"]


def test_what_is_no_branch_or_the_last_one_is_not_cancelled():
    play = Play(straight("A", "B"))
    token = play.item("A").token
    preview = engine.preview_cancel_branch(play.definition, play.outcome.snapshot, token)
    assert preview.refusal == "这一环节不在并行的分支里，没有分支可以取消。"
    with pytest.raises(CommandRefused, match="没有分支可以取消"):
        play.go(CancelBranch(token))
    drawing = Drawing().start().both("split").user("A", "B").end("a").end("b", TERMINATE)
    drawing.line("start", "split", "A", "a").line("split", "B", "b")
    play = Play(drawing).do("A")
    with pytest.raises(CommandRefused, match="请用终止"):
        play.go(CancelBranch(play.item("B").token))


def test_what_was_started_beside_is_a_branch_of_its_own():
    drawing = Drawing().start().user("A", "extra", "B").end().end("e2")
    drawing.border("news", "A", message("m"), False).line("news", "extra", "e2")
    play = Play(drawing.line("start", "A", "B", "end")).tell("m").tell("m")
    assert play.open == ["A", "extra", "extra"]
    play.go(CancelBranch(play.item("extra").token))
    assert play.open == ["A", "extra"]
    assert play.do("A").do("B").do("extra").finished
