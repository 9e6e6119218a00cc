"""No cost explosion: what the stock library cannot finish is done in bounded time and size."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from tests.workflows.engine.diagrams import Drawing, Play, bundle, straight
from workflows import engine
from workflows.model import MultiInstance


def loop() -> Drawing:
    drawing = Drawing().start().xor("m").both("s", "j").user("A", "B", "L").xor("x").end()
    drawing.line("start", "m", "s").line("s", "A", "j").line("s", "B", "j", "L", "x")
    return drawing.flow("x", "m", when="again").flow("x", "end", default=True)


@pytest.mark.parametrize("passes", [300, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_loop_stays_as_small_and_quick_as_on_its_first_pass(passes):
    """E1, E3: the stock library stops silently 1,000 tasks down and grows with every pass."""
    play = Play(loop())
    sizes, spans = [], []
    for turn in range(passes):
        begun = time.perf_counter()
        play.do("A", a=turn).do("B").do("L", again=True)
        spans.append(time.perf_counter() - begun)
        sizes.append(len(play.outcome.snapshot))
        assert play.open == ["A", "B"]
    assert max(sizes) - min(sizes) <= 24  # only the running numbers grow
    early, late = sorted(spans[:100])[50], sorted(spans[-100:])[50]
    assert late < early * 3
    assert play.do("A").do("B").do("L", again=False).finished


def test_forty_parallel_blocks_in_a_row():
    """E17: prediction makes 2**40 tasks of this."""
    drawing = Drawing().start()
    previous = "start"
    for block in range(40):
        split, join, a, b = (f"{name}{block}" for name in ("s", "j", "a", "b"))
        drawing.both(split, join).user(a, b).line(previous, split)
        drawing.line(split, a, join).line(split, b, join)
        previous = join
    drawing.end().line(previous, "end")
    tracemalloc.start()
    play = Play(drawing)
    for block in range(40):
        play.do(f"b{block}").do(f"a{block}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert play.finished
    assert peak < 20_000_000


def test_a_chain_of_five_thousand():
    """E18: the stock library raises RecursionError at 500."""
    tasks = [f"t{number}" for number in range(5000)]
    drawing = Drawing().start().service(*tasks).user("last").end()
    drawing.line("start", *tasks, "last", "end")
    play = Play(drawing)
    assert len(play.passed) == 5001
    assert play.open == ["last"]
    assert len(play.outcome.snapshot) < 100
    waiting = Play(straight(*tasks))
    for task in tasks[:20]:
        waiting.do(task)
    assert waiting.open == ["t20"]


def nested(levels: int) -> Drawing:
    drawing = Drawing().start("s0").user("A").end("e0").line("s0", "A", "e0")
    for level in range(1, levels + 1):
        around = Drawing().start(f"s{level}").inner(f"sub{level}", drawing).end(f"e{level}")
        drawing = around.line(f"s{level}", f"sub{level}", f"e{level}")
    return drawing


@pytest.mark.parametrize("levels", [20, 90])
def test_nesting(levels):
    play = Play(nested(levels))
    assert len(play.item("A").place.path) == levels
    assert play.do("A").finished


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.soak)])
def test_many_instances(count, sequential):
    multi = MultiInstance(sequential, cardinality=str(count), item="i")
    drawing = Drawing().start().user("A", multi=multi).end().line("start", "A", "end")
    play = Play(drawing, {"x": "y" * 100})
    size = len(play.outcome.snapshot)
    assert size < 300 + count * 14
    for index in range(count):
        play.do("A", index, answer=index)
    assert play.finished


def test_many_branches():
    tasks = [f"t{number}" for number in range(500)]
    drawing = Drawing().start().both("split", "join").user(*tasks).end().line("start", "split")
    for task in tasks:
        drawing.line("split", task, "join")
    drawing.line("join", "end")
    definition = engine.prepare(bundle(drawing))
    play = Play(definition, {"x": "y" * 200})
    assert len(play.outcome.snapshot) < 6_000
    for number, task in enumerate(tasks[:50]):
        play.do(task, **{f"v{number}": number})
    assert len(play.open) == 450
    assert len(play.outcome.snapshot) < 8_000
