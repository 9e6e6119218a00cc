"""A running case on another version: what is kept, armed, asked and refused (design.md §3½)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.engine.diagrams import (
    Drawing,
    Play,
    bundle,
    message,
    straight,
    timer,
)
from workflows import engine, transfer
from workflows.engine import Place
from workflows.errors import CommandRefused, SnapshotUnreadable
from workflows.model import Effect, Event, Kind, Limit, LimitUnit, MultiInstance, Work
from workflows.transfer import Comparison, Verdict


def against(play: Play, new: Drawing, decisions=None, **called: Drawing) -> Comparison:
    definition = engine.prepare(bundle(new, **called))
    return transfer.compare(play.definition, definition, play.outcome.snapshot, decisions or {})


def moved(play: Play, new: Drawing, decisions=None, **called: Drawing) -> Play:
    """Move the case; books of tables must balance (`Play.keep_books`)."""
    definition = engine.prepare(bundle(new, **called))
    made = transfer.move(play.definition, definition, play.outcome.snapshot, decisions or {})
    play.definition, play.outcome = definition, made.outcome
    play.keep_books()
    return play


def line(*tasks: str, inside: str = "", **fields) -> Drawing:
    start, end = f"start{inside}", f"end{inside}"
    drawing = Drawing().start(start)
    for task in tasks:
        drawing.user(task, **fields.get(task, {}))
    return drawing.end(end).line(start, *tasks, end)


def bordered(event: Event | None, interrupting: bool = False, inside: str = "") -> Drawing:
    drawing = line("A", "B", inside=inside)
    if event is not None:
        drawing.border("late", "A", event, interrupting).user("more").end("e1")
        drawing.line("late", "more", "e1")
    return drawing


def tokens(play: Play) -> dict[str, str]:
    return {item.place.element: item.token for item in play.state.items}


def test_a_boundary_event_more_is_armed_and_one_less_disarmed():
    """E27: row by row the one was lost without a word, the other raised KeyError."""
    play = Play(bordered(None), {"x": 1})
    before = tokens(play)
    found = against(play, bordered(timer()))
    assert (found.verdict, found.reasons) == (Verdict.SAFE, ("将开始 1 个定时。",))
    moved(play, bordered(timer()))
    assert play.timers == ["late"]
    assert [one.place.element for one in play.outcome.armed] == ["late"]
    assert (tokens(play), play.data("A")) == (before, {"x": 1})
    moved(play, bordered(None))
    assert len(play.outcome.disarmed) == 1
    assert (tokens(play), play.timers) == (before, [])
    assert play.do("A").do("B").finished


def test_a_boundary_event_of_another_kind_or_clock_is_armed_anew():
    play = Play(bordered(timer()))
    (first,) = (one.token for one in play.state.timers)
    moved(play, bordered(timer("other")))
    (armed,) = play.outcome.armed
    assert (armed.clock, play.outcome.disarmed) == ("other", (first,))
    assert armed.token != first
    moved(play, bordered(message("m")))
    assert play.outcome.disarmed == (armed.token,)
    assert [one.name for one in play.outcome.awaited] == ["m"]
    assert play.tell("m").open == ["A", "more"]


def test_what_stays_the_same_is_neither_armed_nor_disarmed():
    play = Play(bordered(timer()))
    (first,) = (one.token for one in play.state.timers)
    new = bordered(timer(), interrupting=True)
    found = against(play, new)
    assert found.verdict is Verdict.SAFE
    moved(play, new)
    assert (play.outcome.armed, play.outcome.disarmed) == ((), ())
    assert [one.token for one in play.state.timers] == [first]
    assert play.fire("late").open == ["more"]


def test_a_timer_that_has_fired_is_not_armed_again():
    play = Play(bordered(timer())).fire("late")
    new = bordered(timer())
    new.elements["B"] = replace(new.elements["B"], name="other")
    moved(play, new)
    assert (play.timers, play.open) == ([], ["A", "more"])


def test_nothing_different_ahead_is_unaffected_and_a_change_behind_too():
    play = Play(line("A", "B", "C")).do("A")
    new = line("A", "new", "B", "C")
    assert against(play, new).verdict is Verdict.UNAFFECTED
    new.elements["C"] = replace(new.elements["C"], role="leader")
    found = against(play, new)
    assert found.verdict is Verdict.SAFE
    assert found.reasons == ("待办的环节没有变化，以后的走法有变化。",)
    assert against(play, line("A", "B", "C", "D")).verdict is Verdict.SAFE


def test_items_that_look_different_are_told():
    limit = Limit(3, LimitUnit.WORKDAY)
    play = Play(line("A"))
    definition = engine.prepare(
        bundle(line("A", A={"work": Work(limit=limit), "role": "desk"}))
    )
    made = transfer.move(play.definition, definition, play.outcome.snapshot)
    assert [(i.token, i.limit, i.role) for i in made.changed] == [
        (tokens(play)["A"], limit, "desk")
    ]
    assert made.outcome.opened == ()


def test_an_open_step_that_is_gone_is_asked_about():
    play = Play(line("A", "B", "C"), {"x": 1}).do("A")
    new = line("A", "B2", "C")
    found = against(play, new)
    assert found.verdict is Verdict.DECIDE
    assert found.reasons == ("「B」在新版里没有了。",)
    (question,) = found.questions
    assert question.place == Place("main", "B")
    assert [choice.element for choice in question.choices] == ["A", "B2", "C"]
    with pytest.raises(CommandRefused, match="「B」在新版里没有了"):
        moved(play, new)
    token = tokens(play)["B"]
    moved(play, new, {question.token: "B2"})
    assert (tokens(play), play.data("B2")) == ({"B2": token}, {"x": 1})
    assert play.outcome.opened == ()
    moved(play, line("A", "B", "C"), {token: "B"})
    assert tokens(play) == {"B": token}
    assert play.do("B").do("C").finished


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [({"case": "B"}, "有一项决定"), ({"token": "nowhere"}, "“nowhere”不是新版里")],
)
def test_decisions_that_fit_nothing_are_refused(decision, sentence):
    play = Play(line("A"))
    token = tokens(play)["A"]
    decisions = {token if key == "token" else key: value for key, value in decision.items()}
    with pytest.raises(CommandRefused, match=sentence):
        against(play, line("B"), decisions)


def test_a_step_that_became_something_else_is_asked_about():
    stop = Effect("cancel", "notify", {"who": "desk"})
    play = Play(
        Drawing().start().inner("A", line("P", inside="1")).end().line("start", "A", "end")
    )
    new = line("A", "B", A={"effects": (stop,)})
    found = against(play, new)
    assert found.reasons == ("「A」在新版里换成了别的类型。",)
    moved(play, new, {found.questions[0].token: "A"})
    assert play.open == ["A"]
    assert [(c.place.element, c.how) for c in play.outcome.closed] == [("P", "cancel")]
    assert [item.place.element for item in play.outcome.opened] == ["A"]
    back = Drawing().start().inner("A", line("P", inside="1")).user("B").end()
    found = against(play, back.line("start", "A", "B", "end"))
    moved(play, back, {found.questions[0].token: "B"})
    assert play.open == ["B"]
    automatic = Drawing().start().service("B").end().line("start", "B", "end")
    assert against(play, automatic).verdict is Verdict.STAYS


def nested(event: Event | None, inner: Drawing, **fields) -> Drawing:
    drawing = Drawing().start().user("first", "after").end()
    if fields.pop("embedded", False):
        drawing.inner("call", inner, **fields)
    else:
        drawing.call("call", "inner", **fields)
    if event is not None:
        drawing.border("outer", "call", event, False).user("extra").end("e2")
        drawing.line("outer", "extra", "e2")
    return drawing.line("start", "first", "call", "after", "end")


@pytest.mark.parametrize("embedded", [True, False])
def test_inside_a_call_or_sub_process_and_around_it(embedded):
    fields = {"embedded": True} if embedded else {}
    before = nested(None, bordered(None, inside="1"), **fields)
    called = {} if embedded else {"inner": bordered(None)}
    play = Play(before, **called).do("first").do("A", x=1)
    after = nested(message("m"), bordered(timer(), inside="1"), **fields)
    called = {} if embedded else {"inner": bordered(timer())}
    token = tokens(play)
    moved(play, after, **called)
    assert (tokens(play), play.messages, play.timers) == (token, ["outer"], [])
    assert play.item("B").place == Place("main" if embedded else "inner", "B", ("call",))
    play.do("B")
    assert play.open == ["after"]


def test_a_call_of_another_process_is_asked_about():
    play = Play(nested(None, line("P")), inner=line("P")).do("first")
    new = nested(None, line("P"))
    new.elements["call"] = replace(new.elements["call"], called="other")
    found = against(play, new, other=line("P"))
    assert found.reasons == ("「call」在新版里调用了别的流程。",)


def opinions(event: Event | None = None, **multi) -> Drawing:
    fields = {"collection": "departments", "item": "department", **multi}
    drawing = Drawing().start().user("opinion", multi=MultiInstance(**fields)).user("sum").end()
    if event is not None:
        drawing.border("late", "opinion", event, False).end("e2").line("late", "e2")
    return drawing.line("start", "opinion", "sum", "end")


@pytest.mark.parametrize("sequential", [True, False])
def test_in_a_multi_instance_what_is_done_stays_done(sequential):
    play = Play(opinions(sequential=sequential), {"departments": ["a", "b", "c"]})
    play.do("opinion", 0, a=1)
    items = {i.token: (i.place.instance, i.variables["department"]) for i in play.state.items}
    moved(play, opinions(timer(), sequential=sequential))
    assert play.timers == ["late"]
    assert items == {
        i.token: (i.place.instance, i.variables["department"]) for i in play.state.items
    }
    play.do("opinion", 1, b=1)
    moved(play, opinions(sequential=sequential))
    assert play.timers == []
    assert play.do("opinion", 2).open == ["sum"]
    assert play.data("sum") == {"departments": ["a", "b", "c"], "a": 1, "b": 1}


def test_a_multi_instance_of_another_kind_is_asked_about():
    play = Play(opinions(), {"departments": ["a", "b"]}).do("opinion", 0)
    found = against(play, opinions(sequential=True))
    assert found.reasons == ("「opinion」在新版里改变了多人办理的先后。",)
    found = against(play, line("opinion", "sum"))
    assert found.reasons == ("「opinion」在新版里改变了多人办理的方式。",)
    moved(play, line("opinion", "sum"), {found.questions[0].token: "opinion"})
    assert play.open == ["opinion"]
    assert play.do("opinion").do("sum").finished


def branches(*names: str, joined: bool = True) -> Drawing:
    drawing = Drawing().start().both("split").end().user("leader", *names)
    drawing.line("start", "split")
    if joined:
        drawing.both("join").line("join", "leader", "end")
    for name in names:
        drawing.flow("split", name)
        if joined:
            drawing.flow(name, "join")
        else:
            drawing.end(f"end{name}").line(name, f"end{name}")
    if not joined:
        del drawing.elements["leader"], drawing.elements["end"]
    return drawing


def test_what_waits_at_a_join_waits_for_the_same_branch():
    """The flows come in another order; counted by number, B's token would stand for A."""
    play = Play(branches("A", "B")).do("B")
    moved(play, branches("B", "A"))
    assert play.do("A").open == ["leader"]


def test_a_branch_that_is_walked_on_after_all_is_asked_about():
    play = Play(branches("A", "B")).do("B")
    new = branches("A", "B")
    new.flows = [f for f in new.flows if f.source != "B"]
    new.user("B2").line("B", "B2", "join")
    found = against(play, new)
    assert found.verdict is Verdict.DECIDE
    assert "等其他分支的那条分支在新版里改了走法" in found.reasons[0]
    moved(play, new, {found.questions[0].token: "B2"})
    assert play.open == ["A", "B2"]
    assert play.do("A").do("B2").open == ["leader"]


@pytest.mark.parametrize("joined", [True, False])
def test_a_branch_more_would_never_be_begun(joined):
    play = Play(branches("A", "B", joined=joined)).do("B")
    found = against(play, branches("A", "B", "C", joined=joined))
    assert found.verdict is Verdict.STAYS
    assert "split" in found.reasons[0]


def test_before_the_split_a_branch_more_is_fine():
    old, new = branches("A", "B"), branches("A", "B", "C")
    for drawing in (old, new):
        drawing.flows = [f for f in drawing.flows if f.source != "start"]
        drawing.user("first").line("start", "first", "split")
    play = Play(old)
    moved(play, new)
    assert play.do("first").open == ["A", "B", "C"]


def race(*events: tuple[str, Event]) -> Drawing:
    drawing = Drawing().start().add(Kind.EVENT_BASED, "race").xor("merge").user("after").end()
    drawing.line("start", "race")
    for name, event in events:
        drawing.catch(name, event).line("race", name, "merge")
    return drawing.line("merge", "after", "end")


def test_an_event_gateway_offers_what_the_new_version_offers():
    play = Play(race(("yes", message("yes")), ("late", timer())))
    (kept,) = (one.token for one in play.state.messages)
    moved(play, race(("no", message("no")), ("yes", message("yes"))))
    assert play.messages == ["no", "yes"]
    assert [one.place.element for one in play.outcome.awaited] == ["no"]
    assert len(play.outcome.disarmed) == 1
    assert kept in {one.token for one in play.state.messages}
    assert play.tell("no").open == ["after"]


def listening(*handlers: str, work: str = "A") -> Drawing:
    drawing = Drawing().start().user(work, "B").end().line("start", work, "B", "end")
    for key in handlers:
        inside = Drawing().user(f"do{key}").end(f"e{key}")
        inside.add(Kind.START, f"s{key}", event=message(key), interrupting=False)
        drawing.add(
            Kind.EVENT_SUBPROCESS,
            key,
            scope=inside.line(f"s{key}", f"do{key}", f"e{key}").scope(),
            interrupting=False,
        )
    return drawing


def test_a_scope_listens_for_what_the_new_version_handles():
    play = Play(listening("one", "two"))
    moved(play, listening("two", "three"))
    assert sorted(one.name for one in play.state.messages) == ["three", "two"]
    assert len(play.outcome.no_longer_awaited) == 1
    play.tell("three")
    moved(play, listening("two", "three"))
    assert play.open == ["A", "dothree"]


def test_a_case_that_is_over_stays():
    play = Play(line("A")).do("A")
    found = against(play, line("B"))
    assert (found.verdict, found.reasons) == (Verdict.STAYS, ("流程已经结束。",))


def test_a_snapshot_of_another_version_is_refused():
    play = Play(line("A"))
    other = engine.prepare(bundle(line("X")))
    with pytest.raises(SnapshotUnreadable):
        transfer.compare(other, other, play.outcome.snapshot)


def test_positions_say_where_every_token_stands():
    play = Play(
        nested(message("m"), opinions(), multi=None, ins={"departments": "departments"}),
        {"departments": ["a", "b"]},
        inner=opinions(timer()),
    ).do("first")
    found = transfer.positions(play.definition, play.outcome.snapshot)
    call = next(one for one in found if one.place.element == "call")
    loop = next(one for one in found if one.place.element == "opinion" and one.within)
    assert [(one.place.element, one.standing, one.place.instance) for one in found] == [
        ("call", "activity", None),
        ("outer", "message", None),
        ("opinion", "activity", None),
        ("late", "timer", None),
        ("opinion", "item", 0),
        ("opinion", "item", 1),
    ]
    assert {one.within for one in found} == {None, call.token}
    assert [one.under for one in found][-2:] == [loop.token, loop.token]
    assert found[-1].variables["department"] == "b"


def test_moving_says_the_same_every_time():
    play = Play(bordered(None))
    definition = engine.prepare(bundle(bordered(timer())))
    first, second = (
        transfer.move(play.definition, definition, play.outcome.snapshot) for _ in range(2)
    )
    assert first == second


def test_straight_on_after_a_move():
    play = Play(straight("A", "B"))
    assert moved(play, straight("A", "B", "C")).do("A").do("B").open == ["C"]
