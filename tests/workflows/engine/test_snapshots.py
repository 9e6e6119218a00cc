"""Snapshots: what they keep, how they fail, and that the same input gives the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.engine.diagrams import Drawing, Play, bundle, message, straight, timer
from tests.workflows.engine.test_joins import review_loop
from workflows import engine
from workflows.engine import Complete
from workflows.errors import CommandRefused, SnapshotUnreadable
from workflows.feel.values import Months, Range
from workflows.model import Kind

ROOT = Path(__file__).parents[3]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_user_keys_and_types_come_back_as_they_went_in():
    """E11: `typename` and our own mark are ordinary keys; types stay."""
    facts = {
        "typename": "nope",
        "odd": {"typename": "timedelta", "days": 1},
        "mark": {"$": ["number", "1"], "x": {"$": 1}},
        "number": Decimal("10.50"),
        "big": 2**80,
        "day": date(2026, 2, 28),
        "moment": datetime(2026, 1, 1, 8, tzinfo=SHANGHAI),
        "instant": datetime(2026, 1, 1, 8, 0, 0, 5, tzinfo=UTC),
        "clock": time(8, 30),
        "length": timedelta(days=-1, microseconds=3),
        "months": Months(14),
        "range": Range(Decimal(1), date(2026, 1, 1), True, False),
        "list": [1, [2.5, None, True], {"$": "deep", "x": Decimal(1)}],
        "空格 中文": "值",
    }
    play = Play(straight("A", "B"), facts)
    play.do("A", more=facts)
    found = play.data("B")
    assert found == {**facts, "more": facts}
    assert found["moment"].tzinfo is not None
    assert str(found["moment"]) == str(facts["moment"])
    assert {k: type(v) for k, v in found.items() if k != "more"} == {
        k: type(v) for k, v in facts.items()
    }


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
    | st.dates()
    | st.timedeltas(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["$", "typename", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(json_values)
def test_any_value_survives(value):
    play = Play(straight("A", "B"), {"v": value})
    assert play.data("A")["v"] == value
    assert type(play.data("A")["v"]) is type(value)
    play.do("A", v=value, w=1)
    assert play.data("B")["v"] == value


@pytest.mark.parametrize(
    "value", [object(), float("nan"), "\ud800", {1: 2}, {"a": {object()}}, b"x"]
)
def test_what_no_expression_can_hold_is_refused(value):
    with pytest.raises(CommandRefused):
        Play(straight("A"), {"v": value})


def test_the_caller_keeps_his_values_to_himself():
    """E15: nested values are not shared with the engine."""
    nested = {"amount": {"v": 1}}
    play = Play(straight("A", "B"), {"form": nested})
    nested["amount"]["v"] = 999
    seen = play.data("A")["form"]
    assert seen == {"amount": {"v": 1}}
    seen["amount"]["v"] = 5
    assert play.do("A").data("B")["form"] == {"amount": {"v": 1}}


def test_a_damaged_foreign_or_old_snapshot_is_refused():
    play = Play(straight("A"), {"x": 1})
    good = play.outcome.snapshot
    other = engine.prepare(bundle(straight("A", "B")))
    with pytest.raises(SnapshotUnreadable, match="另一个版本"):
        engine.inspect(other, good)
    for bad in (b"", b"{}", good[:2], good[:-3], good + b"x", b"B\x02" + good[2:]):
        with pytest.raises(SnapshotUnreadable):
            engine.inspect(play.definition, bad)
    for at in range(8, len(good)):
        broken = good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :]
        with pytest.raises(SnapshotUnreadable):
            engine.inspect(play.definition, broken)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        ["p", 1, 1, 0, None, [[9, 0, None, 0, []]]],
        ["p", 1, 1, 0, None, [[0, 7, None, 0, []]]],
        ["p", 1, 1, 0, None, [[0, 0, None, 0, [[1, 99, 16]]]]],
        ["p", 1, 1, 0, None, [[0, 0, None, 0, [[1, 1, 16, 5]]]]],
        ["p", 1, 1, 0, None, [[0, 0, None, 0, [[1, 1, 16, 0, 0, 0, [{"x": 1}]]]]]],
        ["p", 1, 1, 0, None, [[0, 0, None, 0, [[1, 1, 16, 0, 0, 0, [{}, ["x"]]]]]]],
        ["p", 1, 1, 0, None, [[0, 0, None, 0, [["1", 1, 16]]]]],
    ],
)
def test_a_snapshot_with_wrong_content_is_refused(content):
    play = Play(straight("A"))
    head = play.outcome.snapshot[:8]
    with pytest.raises(SnapshotUnreadable):
        engine.inspect(play.definition, head + zlib.compress(orjson.dumps(content)))


def test_a_snapshot_is_opaque_bytes_and_survives_any_order_of_rows():
    """E4: the stock state is JSON whose loss of key order loses data; ours is not."""
    play = Play(review_loop(Kind.PARALLEL), {"x": 1}).do("apply", y=2)
    assert play.outcome.snapshot[:2] == b"B\x01"
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(play.outcome.snapshot)
    for task in "BAC":
        assert play.data(task) == {"x": 1, "y": 2}
        play.do(task)


def wide() -> Drawing:
    sub = Drawing().start("in").both("s1", "j1").user("A", "B").end("out")
    sub.line("in", "s1").line("s1", "A", "j1").line("s1", "B", "j1", "out")
    drawing = Drawing().start().both("split", "join").inner("sub", sub).user("C", "late")
    drawing.border("b1", "sub", timer("promised", 1), interrupting=False).end().end("e2")
    drawing.border("b2", "C", message("m"), interrupting=False).line("start", "split")
    drawing.line("split", "sub", "join").line("split", "C", "join", "end")
    drawing.xor("m").line("b1", "m").line("b2", "m").line("m", "late", "e2")
    return drawing


def transcript(play: Play) -> list[bytes]:
    """Play a fixed script; give every snapshot and a text of every outcome."""
    seen = [play.outcome.snapshot, repr(play.outcome).encode()]

    def note() -> None:
        seen.extend([play.outcome.snapshot, repr(play.outcome).encode()])

    for act in (
        lambda: play.do("A", a={"z": 1, "b": [1]}),
        lambda: play.fire("b1"),
        lambda: play.tell("m", x=1),
        lambda: play.do("C", c=1),
        lambda: play.do("late"),
        lambda: play.do("B"),
        lambda: play.do("late"),
    ):
        act()
        note()
    assert play.finished
    return seen


def test_same_input_same_bytes_in_any_process():
    """E26: two processes with different hash seeds and nothing else in common."""
    script = (
        "import hashlib, sys\n"
        "from tests.workflows.engine.diagrams import Play\n"
        "from tests.workflows.engine.test_snapshots import transcript, wide\n"
        "seen = transcript(Play(wide(), {'f': 1, 'g': 'x'}))\n"
        "sys.stdout.write(hashlib.sha256(b'|'.join(seen)).hexdigest())\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "42")
    }
    assert len(found) == 1


def test_tokens_are_stable_and_tell_cases_apart():
    one, same, other = (Play(wide(), seed=seed) for seed in ("1", "1", "2"))
    assert one.outcome == same.outcome
    tokens = {item.token for item in one.state.items}
    assert tokens.isdisjoint({item.token for item in other.state.items})
    before = one.item("C").token
    assert one.do("A").item("C").token == before
    assert all(len(token) <= 14 for token in tokens)


def test_one_definition_serves_many_threads():
    """E5, E12: shared definition, every step saved and restored, switching as often as can be."""
    definition = engine.prepare(bundle(wide()))
    expected = transcript(Play(definition, {"n": 0}, seed="s"))
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(5):
            if transcript(Play(definition, {"n": 0}, seed="s")) != expected:
                wrong.append(number)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


def test_an_exception_leaves_the_snapshot_usable():
    play = Play(wide())
    snapshot = play.outcome.snapshot
    token = play.item("A").token
    with pytest.raises(CommandRefused):
        engine.advance(play.definition, snapshot, Complete(token, {"bad": object()}))
    assert engine.advance(play.definition, snapshot, Complete(token)).snapshot != snapshot


def test_a_snapshot_outlives_a_change_of_layout():
    """Design §3½: a layout change keeps the version; elements then come in another order."""
    drawing = wide()
    play = Play(drawing).do("A", a=1)
    moved = Drawing()
    moved.elements = dict(reversed(drawing.elements.items()))
    moved.flows = list(drawing.flows)
    again = Play(moved)
    again.outcome, again.books = play.outcome, play.books
    assert again.open == play.open == ["B", "C"]
    assert again.do("B").do("C").finished
