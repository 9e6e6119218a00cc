"""Which sequence flows a step went along: what a rehearsal counts on the drawing."""

from __future__ import annotations

from tests.workflows.engine.diagrams import Drawing, Play, message, timer
from workflows.model import Kind


def ids(drawing: Drawing, *pairs: tuple[str, str]) -> list[str]:
    named = {(flow.source, flow.target): flow.id for flow in drawing.flows}
    return [named[pair] for pair in pairs]


def taken(play: Play) -> list[str]:
    return [flow for _process, flow in play.outcome.taken]


def test_a_choice_takes_one_way_and_a_loop_takes_it_again():
    drawing = Drawing().start().user("A").xor("g").end().line("start", "A", "g")
    drawing.flow("g", "A", "again = true").flow("g", "end", default=True)
    play = Play(drawing)
    assert taken(play) == ids(drawing, ("start", "A"))
    assert taken(play.do("A", again=True)) == ids(drawing, ("A", "g"), ("g", "A"))
    assert taken(play.do("A", again=False)) == ids(drawing, ("A", "g"), ("g", "end"))


def test_a_split_takes_every_way_and_a_join_is_left_once():
    drawing = Drawing().start().each(Kind.PARALLEL, ("s", "j")).user("A", "B").end()
    drawing.line("start", "s", "A", "j").line("s", "B", "j", "end")
    play = Play(drawing)
    assert taken(play) == ids(drawing, ("start", "s"), ("s", "A"), ("s", "B"))
    assert taken(play.do("B")) == ids(drawing, ("B", "j"))
    assert taken(play.do("A")) == ids(drawing, ("A", "j"), ("j", "end"))


def test_an_event_gateway_takes_only_the_way_of_the_first_event():
    drawing = Drawing().start().add(Kind.EVENT_BASED, "g").end("e1").end("e2")
    drawing.catch("t", timer()).catch("m", message("m"))
    drawing.line("start", "g").line("g", "t", "e1").line("g", "m", "e2")
    play = Play(drawing)
    assert taken(play) == ids(drawing, ("start", "g"))
    assert taken(play.tell("m")) == ids(drawing, ("g", "m"), ("m", "e2"))
