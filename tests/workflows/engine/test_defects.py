"""Each defect of stock SpiffWorkflow, shown on the library as it comes, and gone in ours.

Of tokens and events, here:

| defect | test |
|---|---|
| E1 AND-join early on the second pass | `test_e1_…` |
| E2 OR-join early on the second pass | `test_e2_…` |
| E3 silent stop at depth 1,000 | `test_e3_…` |
| E6 event sub-process changes the definition | `test_e6_…` |
| E7 reset leaves dead events behind | `test_e7_…` |
| E9 merge: last writer of every key | `test_e9_…` |
| E10 two timers behind one event gateway | `test_e10_…` |
| E14 second pass over a multi-instance | `test_e14_…` |
| E17 prediction doubles with each block | `test_e17_…` |
| E18 recursion along a chain | `test_e18_…` |
| E19 interrupting events act too late | `test_e19_…` |
| E21 implicit splits and conditional flows | `test_e21_…` |
| E22 links hang, signal ends do nothing | `test_e22_…` |

E4, E5, E8, E11, E12, E13, E15, E26, E27: `test_defects_of_storage`. E16, E20, E23, E24, E25:
`test_defects_of_reading`.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowDataException
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.util.task import TaskState

from tests.workflows.drawings import END, START, chain, diagram, flow, task
from tests.workflows.engine.stock import OPEN, Stock, ours, parse
from workflows.engine import Return, Target

ROOT = '<bpmn:message id="M" name="papers"/><bpmn:signal id="S" name="stop"/>\n'


def gate(key: str, kind: str, more: str = "") -> str:
    return task(key, more, tag=f"{kind}Gateway")


def loop(kind: str) -> bytes:
    """m → split → a, b → join → l → again? → m."""
    condition = "True" if kind == "inclusive" else None
    return diagram(
        START, gate("m", "exclusive"), gate("f", kind), gate("j", kind),
        gate("x", "exclusive", 'default="x_e"'), task("a"), task("b"), task("l"), END,
        chain("s", "m", "f"), flow("f", "a", condition), flow("f", "b", condition),
        chain("a", "j", "l", "x"), flow("b", "j"), flow("x", "e"), flow("x", "m", "again == 1"),
    )  # fmt: skip


ORDERS = [("a", "b"), ("b", "a")]


def early(kind: str) -> int:
    """After how many of the second pass's first branches the stock join has let go."""
    found = 0
    for first in ORDERS:
        for second in ORDERS:
            stock = Stock(loop(kind))
            stock.do(first[0]).do(first[1]).do("l", again=1)
            found += "l" in stock.do(second[0]).ready
    return found


def waits_for_both(data: bytes) -> None:
    for first in ORDERS:
        for second in ORDERS:
            play = ours(data).do(first[0]).do(first[1]).do("l", again=1)
            assert play.do(second[0]).open == [second[1]]
            assert play.do(second[1]).do("l", again=0).finished


def test_e1_a_parallel_join_waits_on_every_pass():
    assert early("parallel") > 0
    waits_for_both(loop("parallel"))


def test_e2_an_inclusive_join_waits_on_every_pass():
    assert early("inclusive") == 4
    waits_for_both(loop("inclusive").replace(b">True<", b">true<"))


def test_e3_a_long_loop_does_not_stop_silently():
    data = diagram(
        START, gate("m", "exclusive"), task("a"), gate("x", "exclusive", 'default="x_e"'), END,
        chain("s", "m", "a", "x"), flow("x", "e"), flow("x", "m", "again == 1"),
    )  # fmt: skip
    stock = Stock(data)
    for _ in range(600):
        if stock.ready != ["a"]:
            break
        stock.do("a", again=1)
    assert stock.ready == []
    assert stock.case.is_completed()  # says the library, and yet:
    assert stock.named("a", OPEN) or stock.named("m", OPEN) or stock.named("x", OPEN)
    play = ours(data)
    for _ in range(600):
        play.do("a", again=1)
    assert play.open == ["a"]
    assert play.do("a", again=0).finished


def handled() -> bytes:
    start = task("c", 'isInterrupting="true"', '<bpmn:messageEventDefinition messageRef="M"/>',
                 "startEvent")  # fmt: skip
    inner = start + task("h") + task("z", tag="endEvent") + chain("c", "h", "z")
    return diagram(START, task("a"), END, chain("s", "a", "e"),
                   task("v", 'triggeredByEvent="true"', inner, "subProcess"), before=ROOT)  # fmt: skip


def test_e6_an_event_sub_process_leaves_the_definition_alone():
    stock = Stock(handled())
    definition = stock.specs[1]["v"].bpmn_start_events[0].event_definition
    before = list(stock.specs[0].start.outputs)
    stock.case.send_event(BpmnEvent(definition, {}))
    stock.case.do_engine_steps()
    assert stock.specs[0].start.outputs != before
    assert "a" in stock.ready  # and it has not interrupted
    later = BpmnWorkflow(*stock.specs)
    later.do_engine_steps()
    assert later.get_next_task(spec_name="v") is not None  # the next case begins inside it
    play = ours(handled()).tell("papers")
    assert play.open == ["h"]
    other = ours(handled())
    assert other.open == ["a"]
    assert other.do("a").finished


def test_e7_going_back_leaves_no_dead_event_behind():
    due = timer("t", "PT1H").replace("intermediateCatchEvent", "boundaryEvent")
    border = due.replace('id="t"', 'id="t" attachedToRef="b" cancelActivity="false"')
    data = diagram(START, task("a"), task("b"), border, END, task("z", tag="endEvent"),
                   chain("s", "a", "b", "e"), flow("t", "z"))  # fmt: skip
    stock = Stock(data).do("a")
    first = stock.named("a", TaskState.COMPLETED)[0]
    stock.case.reset_from_task_id(first.id)
    dead = [k for k in stock.case.event_manager.tasks if k not in stock.case.tasks]
    assert dead
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute"):
        stock.case.do_engine_steps()
    play = ours(data).do("a")
    play.go(Return(play.item("b").token, Target("a")))
    assert (play.open, play.timers) == (["a"], [])
    assert play.do("a").timers == ["t"]
    assert play.do("b").finished


def test_e9_where_branches_meet_what_one_has_changed_stays():
    data = diagram(
        START, gate("f", "parallel"), gate("j", "parallel"), task("a"), task("b"), task("z"), END,
        chain("s", "f", "a", "j", "z", "e"), chain("f", "b", "j"),
    )  # fmt: skip
    facts = {"same": "0", "log": ["x"]}
    stock = Stock(data, dict(facts)).do("a", same="A", log=["x", "1", "2"]).do("b", other=1)
    (merged,) = stock.named("z")
    assert merged.data["same"] == "0"
    assert merged.data["log"] != ["x", "1", "2"]
    play = ours(data, facts).do("a", same="A", log=["x", "1", "2"]).do("b", other=1)
    assert play.data("z") == {"same": "A", "log": ["x", "1", "2"], "other": 1}


def timer(key: str, period: str) -> str:
    inner = (
        f'<bpmn:timerEventDefinition><bpmn:timeDuration>"{period}"</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition>"
    )
    return task(key, "", inner, "intermediateCatchEvent")


def test_e10_two_timers_behind_one_gateway():
    data = diagram(START, gate("g", "eventBased"), timer("t", "PT1H"), timer("u", "PT0S"), END,
                   chain("s", "g", "t", "e"), chain("g", "u", "e"))  # fmt: skip
    stock = Stock(data)
    for _ in range(5):
        stock.case.refresh_timers()
        stock.case.do_engine_steps()
    assert not stock.case.is_completed()  # PT0S is over, but never comes
    play = ours(data)
    assert play.timers == ["t", "u"]
    assert play.fire("u").finished


def test_e14_a_second_pass_over_a_multi_instance():
    several = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>depts"
        "</bpmn:loopDataInputRef>{}<bpmn:inputDataItem id='dept'/>{}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    output = "<bpmn:loopDataOutputRef>opinions</bpmn:loopDataOutputRef>"
    item = '<bpmn:outputDataItem id="opinion"/>'

    def drawn(*parts: str) -> bytes:
        return diagram(
            START, gate("m", "exclusive"), task("a", "", several.format(*parts)), task("l"),
            gate("x", "exclusive", 'default="x_e"'), END, chain("s", "m", "a", "l", "x"),
            flow("x", "e"), flow("x", "m", "again == 1"),
        )  # fmt: skip

    stock = Stock(drawn(output, item), {"depts": ["d1", "d2"]})

    while stock.ready[0].startswith("a"):
        stock.do(stock.ready[0], opinion=1)
    with pytest.raises(WorkflowDataException, match="output must be empty"):
        stock.do("l", again=1)
    play = ours(drawn("", ""), {"depts": ["d1", "d2"]})
    for _ in range(3):
        play.do("a", 0).do("a", 1).do("l", again=1)
    assert play.open == ["a", "a"]


def test_e17_parallel_blocks_in_a_row_cost_what_they_are():
    """Forty blocks in ours: `test_cost.test_forty_parallel_blocks_in_a_row`."""
    parts, last = [START], "s"
    for n in range(8):
        parts += [gate(f"f{n}", "parallel"), gate(f"j{n}", "parallel"), task(f"a{n}"),
                  task(f"b{n}"), flow(last, f"f{n}"), chain(f"f{n}", f"a{n}", f"j{n}"),
                  chain(f"f{n}", f"b{n}", f"j{n}")]  # fmt: skip
        last = f"j{n}"
    data = diagram(*parts, END, flow(last, "e"))
    assert len(Stock(data).case.tasks) > 2_000
    play = ours(data)
    assert len(play.state.items) == 2
    assert len(play.outcome.snapshot) < 150


def test_e18_a_chain_of_five_hundred():
    """Five thousand in ours: `test_cost.test_a_chain_of_five_thousand`."""
    keys = [f"t{n}" for n in range(500)]
    data = diagram(START, *map(task, keys), END, chain("s", *keys, "e"))
    with pytest.raises((RecursionError, ValidationException), match="recursion"):
        Stock(data)
    assert ours(data).do("t0").open == ["t1"]


def test_e19_an_interrupting_event_acts_before_what_it_interrupts_goes_on():
    signal = '<bpmn:signalEventDefinition signalRef="S"/>'
    inner = (
        START.replace('"s"', '"i"') + task("t", "", signal, "intermediateThrowEvent")
        + task("n", "", "", "intermediateThrowEvent") + task("z", tag="endEvent")
        + chain("i", "t", "n", "z")
    )  # fmt: skip
    data = diagram(
        START, task("p0", "", inner, "subProcess"),
        task("b", 'attachedToRef="p0"', signal, "boundaryEvent"), task("late"), END,
        chain("s", "p0", "e"), chain("b", "late"), flow("late", "e"), before=ROOT,
    )  # fmt: skip
    stock = Stock(data)
    assert stock.named("z", TaskState.COMPLETED)  # went on inside to its end
    play = ours(data)
    assert play.open == ["late"]
    assert not {"n", "z", "p0"} & set(play.passed)


def test_e21_flows_out_of_activities():
    two = diagram(START, task("a"), task("b"), task("c"), END, chain("s", "a", "b", "e"),
                  flow("a", "c", "x == 1"), flow("c", "e"))  # fmt: skip
    with pytest.raises(ValidationException, match=r"[Mm]ultiple outgoing"):
        parse(two)
    assert ours(two, {"x": 2}).do("a").open == ["b"]
    assert ours(two, {"x": 1}).do("a").open == ["b", "c"]
    lone = diagram(START, task("a"), task("b"), END, flow("s", "a"), flow("a", "b", "x == 1"),
                   flow("b", "e"))  # fmt: skip
    assert Stock(lone, {"x": 2}).do("a").ready == ["b"]  # taken, though the condition is false
    with pytest.raises(Exception, match="唯一的一条出线"):
        ours(lone, {"x": 2})


def test_e22_links_lead_on_and_signal_ends_are_heard():
    link = '<bpmn:linkEventDefinition name="L"/>'
    linked = diagram(START, task("t", "", link, "intermediateThrowEvent"),
                     task("c", "", link, "intermediateCatchEvent"), task("a"), END,
                     flow("s", "t"), chain("c", "a", "e"))  # fmt: skip
    stock = Stock(linked)
    assert stock.ready == []  # nothing is left to do, and `a` has never been reached
    assert ours(linked).open == ["a"]
    signal = '<bpmn:signalEventDefinition signalRef="S"/>'
    told = diagram(
        START, gate("f", "parallel"), task("a"), task("e1", "", signal, "endEvent"),
        task("c", "", signal, "intermediateCatchEvent"), task("b"), END,
        chain("s", "f", "a", "e1"), chain("f", "c", "b", "e"), before=ROOT,
    )  # fmt: skip
    assert Stock(told).do("a").ready == []
    assert ours(told).do("a").open == ["b"]
