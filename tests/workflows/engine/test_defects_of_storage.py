"""Defects of stock SpiffWorkflow in what it keeps: shown on the library, and gone in ours.

| defect | test |
|---|---|
| E4 state loses data when a store reorders keys | `test_e4_…` |
| E5 instances are not merged in another process | `test_e5_…` |
| E8 migration restarts timers and drops drafts | `test_e8_…` |
| E11 a key `typename` in data makes a case unreadable | `test_e11_…` |
| E12 the serializer is not thread-safe | `test_e12_…` |
| E13 its own migration of old state fails | `test_e13_…` |
| E15 later steps rewrite the data of earlier ones | `test_e15_…` |
| E26 other ids at each start, timers read the clock | `test_e26_…` |
| E27 a new boundary event on an open step | `test_e27_…` |
"""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.util.diff import diff_workflow, migrate_workflow
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from tests.workflows.drawings import END, START, chain, diagram, flow, task
from tests.workflows.engine.stock import OPEN, Stock, ours, parse, saved, serializer
from workflows import engine
from workflows.errors import SnapshotUnreadable

LINE = diagram(START, task("a"), task("b"), task("c"), END, chain("s", "a", "b", "c", "e"))


def as_jsonb(value: Any) -> Any:
    """PostgreSQL's jsonb keeps the keys of an object by length, then by bytes."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: as_jsonb(value[key]) for key in keys}
    return [as_jsonb(one) for one in value] if isinstance(value, list) else value


def test_e4_no_data_are_lost_on_the_way_through_a_store():
    lost = 0
    for number in range(20):  # ids are random, so is their order
        stock = Stock(LINE).do("a", a=number).do("b", b=1)
        back = serializer().deserialize_json(json.dumps(as_jsonb(saved(stock))))
        (open_task,) = back.get_tasks(state=TaskState.READY, manual=True)
        lost += open_task.data != {"a": number, "b": 1}
    assert lost > 0
    play = ours(LINE).do("a", a=7).do("b", b=1)  # bytes: a store has nothing to reorder
    assert isinstance(play.outcome.snapshot, bytes)
    assert play.data("c") == {"a": 7, "b": 1}


SEVERAL = diagram(
    START,
    task(
        "a",
        "",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>xs</bpmn:loopDataInputRef>"
        "<bpmn:inputDataItem id='x'/></bpmn:multiInstanceLoopCharacteristics>",
    ),
    task("z"),
    END,
    chain("s", "a", "z", "e"),
)


def test_e5_a_case_goes_on_in_a_process_that_has_never_run_it():
    """The callback that merges instances is connected by the first run of a definition."""
    used, fresh = Stock(SEVERAL, {"xs": [1, 2]}).specs[0], parse(SEVERAL)[0]
    child = "a [child]"
    assert used.task_specs[child].completed_event.n_subscribers() == 1
    assert fresh.task_specs[child].completed_event.n_subscribers() == 0
    begun = ours(SEVERAL, {"xs": [1, 2]}).do("a", 0)
    other = ours(SEVERAL, {"xs": []}).definition  # compiled anew, as in another process
    token = begun.item("a").token
    after = engine.advance(other, begun.outcome.snapshot, engine.Complete(token))
    assert [item.place.element for item in after.opened] == ["z"]


def timed(more: str = "", last: str = "z") -> bytes:
    period = '<bpmn:timerEventDefinition><bpmn:timeDuration>"{}"</bpmn:timeDuration></bpmn:timerEventDefinition>'
    return diagram(
        START, task("a"), task("t", 'attachedToRef="a" cancelActivity="false"',
                        period.format("P10D"), "boundaryEvent"),
        task(last), END, task("e2", tag="endEvent"), more,
        chain("s", "a", last, "e"), flow("t", "e2"),
    )  # fmt: skip


def migrated(stock: Stock, data: bytes) -> None:
    registry = BpmnWorkflowSerializer.configure(SPIFF_CONFIG)
    specs = parse(data)
    difference, _ = diff_workflow(registry, stock.case, *specs)
    migrate_workflow(difference, stock.case, specs[0])


def test_e8_another_version_never_takes_over_by_itself():
    stock = Stock(timed())
    (waiting,) = stock.named("t", OPEN)
    waiting.internal_data["event_value"] = "2026-11-24T00:00:00+00:00"
    (step,) = stock.named("a")
    step.data["draft"] = "typed"
    migrated(stock, timed(last="y"))
    stock.case.do_engine_steps()
    (waiting,), (step,) = stock.named("t", OPEN), stock.named("a")
    assert waiting.internal_data.get("event_value") != "2026-11-24T00:00:00+00:00"
    assert "draft" not in step.data
    play, other = ours(timed()), ours(timed(last="y")).definition
    with pytest.raises(SnapshotUnreadable, match="另一个版本"):
        engine.advance(other, play.outcome.snapshot, engine.Complete(play.item("a").token))
    assert play.do("a").open == ["z"]  # what was refused has changed nothing


def test_e11_any_name_may_be_a_variable():
    stock = Stock(LINE).do("a", record={"typename": "nope"})
    text = serializer().serialize_json(stock.case)
    with pytest.raises(TypeError):
        serializer().deserialize_json(text)
    play = ours(LINE).do("a", record={"typename": "nope"}, typename="timedelta")
    assert play.do("b").data("c") == {"record": {"typename": "nope"}, "typename": "timedelta"}


class Unheard:
    """A value that the library does not know: the encoder given to it writes it."""


def test_e12_threads_do_not_disturb_each_other():
    inside, looked = threading.Event(), threading.Event()

    class Slow(json.JSONEncoder):
        def default(self, value: Any) -> str:
            inside.set()  # one thread is in the middle of writing its case
            looked.wait(10)
            return "slow"

    registry = BpmnWorkflowSerializer.configure(SPIFF_CONFIG)
    shared = BpmnWorkflowSerializer(registry, json_encoder_cls=Slow)
    stock = Stock(LINE)
    stock.case.data["when"] = timedelta(days=1)
    alone = _types(shared.to_dict(stock.case))
    other = threading.Thread(
        target=shared.serialize_json, args=(Stock(LINE).do("a", x=Unheard()).case,)
    )
    other.start()
    assert inside.wait(10)
    beside = _types(shared.to_dict(stock.case))
    looked.set()
    other.join()
    assert beside != alone  # the same case, written in another way
    definition = ours(LINE).definition
    outcomes: set[bytes] = set()

    def start() -> None:
        for _ in range(50):
            outcomes.add(engine.start(definition, {"x": ["y"] * 50}, "seed").snapshot)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 1


def _types(value: Any) -> Any:
    """The shape of a value: names of its types."""
    if isinstance(value, dict):
        return {str(k): _types(v) for k, v in value.items() if k != "last_state_change"}
    if isinstance(value, list | tuple):
        return [type(value).__name__, *(_types(one) for one in value)]
    return type(value).__name__


def test_e13_state_of_an_old_format_is_refused_in_words():
    inner = (
        START.replace('"s"', '"i"')
        + task("x")
        + task("z", tag="endEvent")
        + chain("i", "x", "z")
    )
    data = diagram(START, task("sub", "", inner, "subProcess"), END, chain("s", "sub", "e"))
    old = saved(Stock(data))
    old["serializer_version"] = "1.4"
    with pytest.raises(NameError):
        serializer().deserialize_json(json.dumps(old))
    play = ours(data)
    unknown = play.outcome.snapshot[:1] + b"\x00" + play.outcome.snapshot[2:]
    with pytest.raises(SnapshotUnreadable, match="格式不认识"):
        engine.inspect(play.definition, unknown)


def test_e15_what_was_is_not_rewritten():
    stock = Stock(LINE).do("a", form={"fee": {"amount": 1}})
    stock.named("b")[0].data["form"]["fee"]["amount"] = 999
    (first,) = stock.named("a", TaskState.COMPLETED)
    assert first.data["form"]["fee"]["amount"] == 999
    play = ours(LINE).do("a", form={"amount": 1})
    before = play.outcome
    written = {"amount": 5}
    play.do("b", form=written)
    written["amount"] = 999
    assert play.data("c") == {"form": {"amount": 5}}
    old = engine.inspect(play.definition, before.snapshot)
    assert old.items[0].variables["form"] == {"amount": 1}


def test_e26_the_same_start_is_the_same_case_and_no_timer_fires_by_itself():
    data = timed().replace(b"P10D", b"PT0.2S").replace(b' cancelActivity="false"', b"")
    one, two = Stock(data), Stock(data)
    assert set(one.case.tasks).isdisjoint(two.case.tasks)
    time.sleep(0.3)
    one.case.refresh_timers()
    one.case.do_engine_steps()
    assert one.ready == []  # the library has looked at the clock
    first, second = ours(data), ours(data)
    assert first.outcome.snapshot == second.outcome.snapshot
    time.sleep(0.3)
    assert (first.open, first.timers) == (["a"], ["t"])
    assert first.fire("t").open == []


def test_e27_the_identity_of_an_open_step_survives_saving_and_a_new_border_is_never_lost():
    """Moving cases to another version goes by positions; by itself none is taken over."""
    plain = diagram(START, task("a"), task("z"), END, chain("s", "a", "z", "e"))
    stock = Stock(plain)
    migrated(stock, timed())
    stock.case.do_engine_steps()
    assert stock.ready == ["a"]
    assert stock.named("t", OPEN) == []  # no error, and the timer never comes
    play = ours(plain)
    token = play.item("a").token
    for _ in range(3):
        play.outcome = engine.advance(
            play.definition, ours(plain).outcome.snapshot, engine.Complete(token)
        )
        assert play.open == ["z"]
    bordered = ours(timed())
    with pytest.raises(SnapshotUnreadable, match="另一个版本"):
        engine.inspect(bordered.definition, ours(plain).outcome.snapshot)
