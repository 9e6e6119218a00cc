"""Effects: what a diagram orders, when, and with which values."""

from __future__ import annotations

from decimal import Decimal

from tests.workflows.engine.diagrams import Drawing, Play, message, straight, timer
from workflows.engine import Cancel
from workflows.model import Effect, Kind, MultiInstance

ALL = tuple(Effect(on, f"do-{on}") for on in ("enter", "complete", "cancel"))


def test_a_step_orders_on_enter_and_complete():
    drawing = Drawing().start().user("A", effects=ALL).end().line("start", "A", "end")
    play = Play(drawing)
    assert play.effects == [("A", "enter", "do-enter")]
    play.do("A")
    assert play.effects == [("A", "complete", "do-complete")]


def test_cancelling_orders_inner_first():
    sub = Drawing().start("in").user("A", effects=ALL).end("out").line("in", "A", "out")
    drawing = Drawing().start().inner("sub", sub, effects=ALL).end().end("e2")
    drawing.border("b", "sub", timer()).line("start", "sub", "end").line("b", "e2")
    play = Play(drawing)
    assert play.effects == [("sub", "enter", "do-enter"), ("A", "enter", "do-enter")]
    cancelled = [("A", "cancel", "do-cancel"), ("sub", "cancel", "do-cancel")]
    assert play.fire("b").effects == cancelled
    assert Play(drawing).go(Cancel("withdrawn")).effects == cancelled


def test_parameters_are_values():
    effects = (
        Effect("enter", "extend-clock", {"clock": "promised", "days": "=days * 2"}),
        Effect("complete", "start-clock", {"clock": "=kind"}),
    )
    drawing = straight().service("S", effects=effects)
    drawing.flows.clear()
    drawing.line("start", "S", "end")
    first, second = Play(drawing, {"days": Decimal("1.5"), "kind": "statutory"}).outcome.effects
    assert dict(first.params) == {"clock": "promised", "days": 3}
    assert dict(second.params) == {"clock": "statutory"}
    assert first.variables["kind"] == "statutory"


def test_events_and_gateways_order_when_they_happen():
    drawing = Drawing().start().add(Kind.EVENT_BASED, "g", effects=ALL).end("e1", effects=ALL)
    drawing.catch("t", timer(), effects=ALL).catch("m", message("m"), effects=ALL)
    drawing.end("e2").line("start", "g").line("g", "t", "e1").line("g", "m", "e2")
    play = Play(drawing)
    assert play.effects == [("g", "enter", "do-enter")]
    assert play.fire("t").effects == [
        ("g", "complete", "do-complete"),
        ("t", "enter", "do-enter"),
        ("t", "complete", "do-complete"),
        ("e1", "enter", "do-enter"),
        ("e1", "complete", "do-complete"),
    ]


def test_a_catching_event_orders_when_its_waiting_begins():
    drawing = Drawing().start().catch("t", timer("supplement"), effects=ALL).end()
    drawing.line("start", "t", "end")
    play = Play(drawing)
    assert play.effects == [("t", "enter", "do-enter")]
    assert play.fire("t").effects == [("t", "complete", "do-complete")]
    assert Play(drawing).go(Cancel("withdrawn")).effects == [("t", "cancel", "do-cancel")]


def test_instances_order_each_for_itself():
    multi = MultiInstance(cardinality="2", completion="true")
    drawing = Drawing().start().user("A", effects=ALL, multi=multi).end()
    play = Play(drawing.line("start", "A", "end"))
    assert [(e.place.instance, e.on) for e in play.outcome.effects] == [
        (0, "enter"),
        (1, "enter"),
    ]
    play.do("A", 0)
    assert [(e.place.instance, e.on) for e in play.outcome.effects] == [
        (0, "complete"),
        (1, "cancel"),
    ]
