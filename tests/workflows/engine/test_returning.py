"""Return to an earlier step (退回): what it stops, what it leaves alone, what it refuses."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams import Drawing, Play, error, message, straight, timer
from workflows import engine
from workflows.engine import Place, Return, ReturnTarget, Target
from workflows.errors import CommandRefused, NoSuchToken
from workflows.model import Effect, MultiInstance, Work


def targets(play: Play, element: str, passed=None) -> dict[str, ReturnTarget]:
    token = play.item(element).token
    found = engine.preview_return(play.definition, play.outcome.snapshot, token, passed)
    return {one.target.element: one for one in found}


def back(play: Play, element: str, target: str) -> Play:
    """Return, and see to it that what was said beforehand is what happens."""
    said = targets(play, element)[target]
    token = play.item(element).token
    timers, messages = set(play.timers), set(play.messages)
    if said.refusal is not None:
        with pytest.raises(CommandRefused, match=said.refusal):
            play.go(Return(token, said.target))
        return play
    assert {t.place.element for t in said.timers} <= timers
    assert {m.place.element for m in said.messages} <= messages
    play.go(Return(token, said.target))
    closed = {(c.token, c.how) for c in play.outcome.closed}
    assert closed == {(token, "return"), *((i.token, "cancel") for i in said.items)}
    assert set(play.outcome.disarmed) == {t.token for t in said.timers}
    assert set(play.outcome.no_longer_awaited) == {m.token for m in said.messages}
    kept = {item.token for item in said.stays}
    assert kept <= {item.token for item in play.state.items}
    return play


def review() -> Drawing:
    """apply → split → (A1 → A2 ∥ B1 → split2 → (C ∥ D) → join2 → B2) → join → leader."""
    drawing = Drawing().start().user("apply", "A1", "A2", "B1", "C", "D", "B2", "leader").end()
    drawing.both("split", "join", "split2", "join2").line("start", "apply", "split", "A1", "A2")
    drawing.line("A2", "join", "leader", "end").line("split", "B1", "split2", "C", "join2")
    return drawing.line("split2", "D", "join2", "B2", "join")


def test_a_target_in_the_same_branch_leaves_the_others_alone():
    play = Play(review()).do("apply").do("A1", x=1).do("B1")
    c, d = play.item("C").token, play.item("D").token
    assert [item.place.element for item in targets(play, "A2")["A1"].stays] == ["C", "D"]
    back(play, "A2", "A1")
    assert play.open == ["A1", "C", "D"]
    assert (play.item("C").token, play.item("D").token) == (c, d)
    assert play.data("A1") == {"x": 1}
    assert (
        targets(play, "C")["A1"].refusal
        == "环节「A1」在并行的另一条分支上，与这一环节没有先后。"
    )
    play.do("A1").do("A2").do("C").do("D").do("B2")
    assert play.open == ["leader"]


def test_a_target_before_the_split_stops_every_branch_of_it_wherever_it_stands():
    """Also those that wait at the join, or have passed an inner join."""
    play = Play(review()).do("apply").do("A1").do("A2", a=1).do("B1").do("C", c=1)
    said = targets(play, "D")
    assert said["apply"].waiting == (Place("main", "join"), Place("main", "join2"))
    assert said["B1"].waiting == (Place("main", "join2"),)
    back(play, "D", "apply")
    assert play.open == ["apply"]
    assert play.data("apply") == {"a": 1, "c": 1}
    play.do("apply").do("A1").do("A2").do("B1").do("C").do("D")
    assert play.open == ["B2"]
    back(play, "B2", "B1")
    assert play.open == ["B1"]
    play.do("B1").do("C").do("D").do("B2")
    assert play.open == ["leader"]


def test_into_a_block_that_is_over_the_other_branches_stay_done():
    play = Play(review()).do("apply").do("A1").do("A2").do("B1").do("C").do("D").do("B2")
    assert targets(play, "leader")["C"].kept == (
        Place("main", "join"),
        Place("main", "join2"),
    )
    back(play, "leader", "C")
    assert play.open == ["C"]
    play.do("C", again=True)
    assert play.open == ["B2"]
    assert play.do("B2").do("leader").finished


@pytest.mark.parametrize("chosen", ["AB", "BC", "ABC"])
def test_an_inclusive_join_waits_for_what_goes_on(chosen):
    drawing = Drawing().start().user("apply", "A", "A2", "B", "C", "leader").end()
    drawing.some("split", "join").line("start", "apply", "split")
    for task in "ABC":
        drawing.flow("split", task, when=f'contains(chosen, "{task}")')
    drawing.line("A", "A2", "join", "leader", "end").line("B", "join").line("C", "join")
    play = Play(drawing, {"chosen": chosen}).do("apply").do("B")
    first = chosen.replace("B", "")[0]
    if first == "A":
        play.do("A")
        back(play, "A2", "A")
        play.do("A").do("A2")
        if "C" in chosen:
            play.do("C")
    else:
        back(play, "C", "apply")
        assert play.open == ["apply"]
        play.do("apply").do("C").do("B")
    assert play.open == ["leader"]
    back(play, "leader", "B")
    assert play.open == ["B"]
    assert play.do("B").open == ["leader"]


def called(multi: MultiInstance | None = None) -> Drawing:
    """apply → call(P → Q) → after."""
    drawing = Drawing().start().user("apply", "after").end()
    drawing.call("call", "inner", multi=multi, ins={"x": "x"})
    drawing.border("late", "call", timer()).line("late", "after")
    drawing.flows.pop()
    drawing.end("stop").line("late", "stop")
    return drawing.line("start", "apply", "call", "after", "end")


def test_out_of_a_call_everything_inside_is_cancelled():
    play = Play(called(), {"x": 1}, inner=straight("P", "Q")).do("apply").do("P", x=2)
    said = targets(play, "Q")
    assert said["P"].place == Place("inner", "P", ("call",))
    assert said["P"].left == ()
    assert [one.place.element for one in said["apply"].left] == ["call"]
    assert said["after"].refusal == "环节「after」不在这一环节之前。"
    back(play, "Q", "apply")
    assert (play.open, play.timers) == (["apply"], [])
    assert play.data("apply") == {"x": 1}
    assert play.do("apply").open == ["P"]
    assert play.timers == ["late"]


def test_inside_one_of_several_calls_the_others_go_on():
    multi = MultiInstance(cardinality="3", item="i")
    play = Play(called(multi), {"x": 1}, inner=straight("P", "Q")).do("apply").do("P", 1)
    back(play, "Q", "P")
    assert play.open == ["P", "P", "P"]
    play.do("P", 1).do("Q", 1).do("P", 2)
    (left, *_) = targets(play, "Q")["apply"].left
    assert (left.done, left.total) == (1, 3)
    back(play, "Q", "apply")
    assert play.open == ["apply"]
    assert play.do("apply").open == ["P", "P", "P"]


@pytest.mark.parametrize("sequential", [True, False])
def test_leaving_a_multi_instance_begins_it_anew(sequential):
    multi = MultiInstance(sequential, "departments", item="department")
    drawing = Drawing().start().user("ask").user("opinion", multi=multi).user("sum").end()
    drawing.line("start", "ask", "opinion", "sum", "end")
    play = (
        Play(drawing, {"departments": ["a", "b", "c"]}).do("ask").do("opinion", 0, outcome="ok")
    )
    assert [item.place.instance for item in targets(play, "opinion")["ask"].items] == (
        [] if sequential else [2]
    )
    assert "opinion" not in targets(play, "opinion")
    back(play, "opinion", "ask")
    assert play.data("ask") == {"departments": ["a", "b", "c"]}
    play.do("ask")
    for number in range(3):
        play.do("opinion", number)
    back(play, "sum", "opinion")
    assert play.open == (["opinion"] if sequential else ["opinion"] * 3)
    assert play.data("opinion", 0)["department"] == "a"


def test_the_outcome_is_cleared_effects_run_and_the_border_is_armed_anew():
    effect = Effect("cancel", "notify", {"who": "desk"})
    begun = Effect("enter", "set-status", {"status": "again"})
    drawing = Drawing().start().user("A", effects=(begun,)).user("B", effects=(effect,)).end()
    drawing.user("C").border("late", "A", timer(), False).border("news", "A", message("m"))
    drawing.end("e2").line("late", "C", "e2").line("news", "B")
    drawing.flows.pop()
    drawing.end("e3").line("news", "e3").line("start", "A", "B", "end")
    play = Play(drawing).do("A", outcome="agree", said=1)
    assert play.data("B") == {"said": 1}
    back(play, "B", "A")
    assert play.effects == [("B", "cancel", "notify"), ("A", "enter", "set-status")]
    assert play.outcome.passed == ()
    assert (play.timers, play.messages) == (["late"], ["news"])
    play.fire("late").do("A", outcome="agree").do("B")
    assert play.open == ["C"]


def test_what_was_started_beside_stops_only_with_the_step_that_started_it():
    drawing = Drawing().start().user("first", "A", "B", "extra", "more").end("end", None)
    drawing.border("late", "A", timer(), False).end("e2").line("late", "extra", "more", "e2")
    drawing.line("start", "first", "A", "B", "end")
    play = Play(drawing).do("first").fire("late").do("A")
    assert [item.place.element for item in targets(play, "B")["first"].items] == ["extra"]
    assert "另外引出" in targets(play, "extra")["first"].refusal
    assert targets(play, "extra")["more"].refusal == "环节「more」不在这一环节之前。"
    play.do("extra")
    back(play, "more", "extra")
    assert play.open == ["B", "extra"]
    back(play, "B", "first")
    assert play.open == ["first"]


def test_beside_a_step_that_is_over_the_side_goes_on():
    drawing = Drawing().start().user("A", "B", "C", "extra").end()
    drawing.border("late", "A", timer(), False).end("e2").line("late", "extra", "e2")
    drawing.line("start", "A", "B", "C", "end")
    play = Play(drawing).fire("late").do("A").do("B")
    back(play, "C", "B")
    assert play.open == ["B", "extra"]


def test_only_what_has_been_passed_is_offered():
    drawing = Drawing().start().xor("choice", "merge").user("A", "B", "C").end()
    drawing.line("start", "choice").flow("choice", "A", when="x").flow(
        "choice", "B", default=True
    )
    drawing.line("A", "merge").line("B", "merge", "C", "end")
    play = Play(drawing, {"x": True}).do("A")
    assert targets(play, "C").keys() == {"A", "B"}
    assert targets(play, "C", {"A"}).keys() == {"A"}
    assert targets(play, "C", set()) == {}


def test_in_a_loop_the_branches_of_this_pass_are_meant():
    drawing = review()
    drawing.flows = [f for f in drawing.flows if f.source not in {"leader", "start"}]
    drawing.xor("merge", "choice").line("start", "merge", "apply").line(
        "leader", "choice", "end"
    )
    drawing.flows = [f for f in drawing.flows if f.target != "apply" or f.source == "merge"]
    drawing.flow("choice", "merge", when="again")
    drawing.flows = [
        f
        if (f.source, f.target) != ("choice", "end")
        else type(f)("d", *f_ends(f), default=True)
        for f in drawing.flows
    ]
    play = Play(drawing, {"again": True})
    for _ in range(2):
        play.do("apply").do("A1").do("A2").do("B1").do("C").do("D").do("B2").do("leader")
    play.do("apply").do("A1").do("A2").do("B1")
    back(play, "C", "B1")
    assert play.open == ["B1"]
    play.do("B1").do("D").do("C").do("B2")
    assert play.open == ["leader"]


def test_a_return_is_no_way_to_skip_what_was_sent_back():
    """The leader has sent it back: from there nobody "returns" forward to the leader."""
    drawing = Drawing().start().xor("merge", "choice").user("apply", "check", "leader").end()
    drawing.line("start", "merge", "apply", "check", "leader", "choice")
    drawing.flow("choice", "merge", when="again").flow("choice", "end", default=True)
    play = Play(drawing, {"again": True}).do("apply").do("check").do("leader")
    for later in ("check", "leader"):
        assert targets(play, "apply")[later].refusal == f"环节「{later}」不在这一环节之前。"
    play.do("apply")
    assert targets(play, "check")["leader"].refusal is not None
    back(play, "check", "apply")
    assert play.open == ["apply"]


def f_ends(flow) -> tuple[str, str]:
    return flow.source, flow.target


def test_where_branches_do_not_meet_in_one_place_it_is_refused_by_name():
    """split → A → merge, split → B → merge: everything after it happens twice."""
    drawing = Drawing().start().user("first", "A", "B", "C", "D").both("split").xor("merge")
    drawing.end().line("start", "first", "split", "A", "merge", "C", "D", "end")
    drawing.line("split", "B", "merge")
    play = Play(drawing).do("first").do("A").do("C")
    assert "同时有几处在走" in targets(play, "D")["C"].refusal
    assert "同时有几处在走" in targets(play, "B")["first"].refusal
    assert "交错" in targets(play, "D")["A"].refusal
    loose = Drawing().start().user("A", "B", "C").both("split").xor("merge").end()
    loose.line("start", "merge", "A", "split", "B", "merge").line("split", "C", "end")
    play = Play(loose).do("A")
    assert targets(play, "B")["A"].refusal.startswith("「split」分出的分支没有在同一处汇合")
    back(play, "B", "A")
    assert play.open == ["B", "C"]


def test_strangers_are_refused():
    play = Play(straight("A", "B"), {"x": 1}).do("A")
    token = play.item("B").token
    for target in (Target("A", ("call",)), Target("end"), Target("nowhere")):
        with pytest.raises(CommandRefused, match="不是这一环节所在流程里的环节"):
            play.go(Return(token, target))
    with pytest.raises(CommandRefused, match="已经在环节「B」"):
        play.go(Return(token, Target("B")))
    for stranger in ("x-1", play.outcome.snapshot[:3].decode("latin-1")):
        with pytest.raises(NoSuchToken):
            play.go(Return(stranger, Target("A")))
        with pytest.raises(NoSuchToken):
            engine.preview_return(play.definition, play.outcome.snapshot, stranger)
    play.do("B")
    with pytest.raises(CommandRefused, match="已经结束"):
        play.go(Return(token, Target("A")))


def test_a_whole_run_undone_has_no_result_yet():
    """A branch that has ended with a result is walked again, and may end otherwise."""
    drawing = Drawing().start().user("A", "B", "C").both("split").end("yes", result="granted")
    drawing.end("no").line("start", "A", "split", "B", "yes").line("split", "C", "no")
    play = Play(drawing).do("A").do("B")
    back(play, "C", "A")
    play.go(engine.Complete(play.item("A").token)).do("C")
    assert play.open == ["B"]
    assert play.do("B").outcome.result == "granted"


def test_a_return_says_the_same_every_time():
    first, second = (back(Play(review()).do("apply").do("A1"), "A2", "apply") for _ in range(2))
    assert first.outcome == second.outcome


def test_an_error_after_a_return_still_finds_its_catcher():
    inner = (
        Drawing().start("s").user("P", "Q").end("bad", error("E")).line("s", "P", "Q", "bad")
    )
    drawing = Drawing().start().inner("sub", inner).border("caught", "sub", error("E"))
    drawing.user("mend").end().line("start", "sub", "end").end("e2").line(
        "caught", "mend", "e2"
    )
    play = Play(drawing).do("P")
    back(play, "Q", "P").do("P").do("Q")
    assert play.open == ["mend"]


def test_a_step_with_work_says_its_role():
    drawing = Drawing().start().user("A", role="window", work=Work(form="f")).user("B").end()
    play = Play(drawing.line("start", "A", "B", "end")).do("A")
    said = targets(play, "B")["A"]
    assert (said.name, said.role, said.target) == ("A", "window", Target("A"))
