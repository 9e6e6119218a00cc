"""Signals across cases (design §3, §8): thrown in one, heard by all that wait, once, by the outbox.

No transaction holds two cases: each case that hears is a step of its own.
"""

from __future__ import annotations

import shutil

import pytest

from tests.webapp.cases.reading import unsound
from tests.webapp.conftest import ROOT
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.actions.signals import MOST_HOPS
from webapp.cases.models import AwaitedMessage, Case
from webapp.core import db, outbox
from webapp.core.errors import AlreadyDone
from webapp.core.models import OutboxMessage
from webapp.processes.actions import publish_library

pytestmark = pytest.mark.django_db

ITEM = "ZR01"
SIGNAL = '<bpmn:signalEventDefinition id="{id}_signal" signalRef="{signal}"/>'
FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:gov="urn:bianmin:gov:1"
 id="Definitions_{key}" targetNamespace="urn:test">
  <bpmn:signal id="Signal_Road" name="road_open"/>
  <bpmn:signal id="Signal_Shut" name="road_shut"/>
  <bpmn:process id="{key}" name="{key}" isExecutable="true">
    <bpmn:laneSet id="Lanes"><bpmn:lane id="Lane" name="受理窗口" gov:role="township.window">
      {lane}
    </bpmn:lane></bpmn:laneSet>
    {elements}
    {flows}
  </bpmn:process>
</bpmn:definitions>
"""


def start():
    return "Start", '<bpmn:startEvent id="Start"/>'


def end(name: str):
    effect = '<gov:effect on="enter" do="set-status" status="CLOSED"/>'
    return name, (
        f'<bpmn:endEvent id="{name}" name="{name}" gov:result="answered"><bpmn:extensionElements>'
        f"{effect}</bpmn:extensionElements></bpmn:endEvent>"
    )


def task(name: str):
    work = 'gov:form="coordination-tell" gov:limit="5 workday"'
    return name, f'<bpmn:userTask id="{name}" name="{name}" {work}/>'


def throw(name: str, signal: str = "Signal_Road"):
    inside = SIGNAL.format(id=name, signal=signal)
    return name, (
        f'<bpmn:intermediateThrowEvent id="{name}" name="{name}">{inside}'
        "</bpmn:intermediateThrowEvent>"
    )


def border(name: str, host: str, signal: str = "Signal_Road"):
    """Hears a signal without interrupting its step, so that it may hear it again."""
    inside = SIGNAL.format(id=name, signal=signal)
    return name, (
        f'<bpmn:boundaryEvent id="{name}" name="{name}" attachedToRef="{host}" '
        f'cancelActivity="false">{inside}</bpmn:boundaryEvent>'
    )


def gate(name: str):
    return name, f'<bpmn:exclusiveGateway id="{name}" name="{name}"/>'


def drawn(key: str, *parts: tuple[str, str], flows: str) -> bytes:
    """A process of one lane; `flows` are lines `a > b > c` with a condition after `|`."""
    arrows = []
    for line in flows.strip().splitlines():
        path, _bar, condition = line.partition("|")
        steps = [one.strip() for one in path.split(">")]
        for source, target in zip(steps, steps[1:], strict=False):
            inside = f"<bpmn:conditionExpression>{condition.strip()}</bpmn:conditionExpression>"
            arrows.append(
                f'<bpmn:sequenceFlow id="Flow_{source}_{target}" sourceRef="{source}" '
                f'targetRef="{target}">{inside if condition else ""}</bpmn:sequenceFlow>'
            )
    lane = "".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name, _xml in parts)
    elements = "\n".join(xml for _name, xml in parts)
    return FRAME.format(key=key, lane=lane, elements=elements, flows="\n".join(arrows)).encode()


DRAWINGS = {
    "calls": drawn(
        "calls", start(), task("Ask"), throw("Throw"), task("After"), end("End"),
        flows="Start > Ask > Throw > After > End",
    ),
    "hears": drawn(
        "hears", start(), task("Wait"), border("Heard", "Wait"), task("Told"), end("End"),
        end("End_Told"),
        flows="Start > Wait > End\nHeard > Told > End_Told",
    ),
    "stops": drawn(
        "stops", start(), task("Wait"), border("Heard", "Wait"), gate("Gate"), end("End"),
        task("Up"), task("Down"), end("End_Up"), end("End_Down"),
        flows="""Start > Wait > End
            Heard > Gate
            Gate > Up | level = "county"
            Gate > Down | level = "village"
            Up > End_Up
            Down > End_Down""",
    ),
    "answers": drawn(
        "answers", start(), task("Wait"), border("Heard", "Wait"), throw("Throw", "Signal_Shut"),
        end("End"), end("End_Told"),
        flows="Start > Wait > End\nHeard > Throw > End_Told",
    ),
    "replies": drawn(
        "replies", start(), task("Wait"), border("Heard", "Wait", "Signal_Shut"), throw("Throw"),
        end("End"), end("End_Told"),
        flows="Start > Wait > End\nHeard > Throw > End_Told",
    ),
}  # fmt: skip


@pytest.fixture
def published(county, tmp_path, at):
    """The library with the drawings of this file, in force."""
    library = shutil.copytree(ROOT / "bpmn", tmp_path / "bpmn")
    for key, content in DRAWINGS.items():
        (library / f"{key}.bpmn").write_bytes(content)
    return publish_library(library, None, at)


@pytest.fixture
def opened(desk, published):
    """Opens a case of a process of this file."""
    return lambda key: desk.open(desk.reroute(ITEM, key))


def elements(case: Case) -> list[str]:
    return sorted(case.items.filter(state="OPEN").values_list("element", flat=True))


def heard(case: Case) -> list[dict]:
    events = Event.objects.filter(subject="case", subject_id=case.pk, kind="delivered")
    return list(events.order_by("seq").values_list("payload", flat=True))


def rows(channel: str):
    return OutboxMessage.objects.filter(channel=channel).order_by("id")


def again(row: OutboxMessage) -> None:
    """The worker died after the work and before it marked the row."""
    OutboxMessage.objects.filter(pk=row.pk).update(sent_at=None, leased_until=None)
    outbox.deliver()


def test_a_signal_reaches_every_case_that_waits_and_no_other(desk, opened):
    """One throw, one step in each case that waits; none in the closed one or the thrower."""
    calls, first, second, over = (
        opened("calls"),
        opened("hears"),
        opened("hears"),
        opened("hears"),
    )
    with db.pretended(desk.at):
        actions.withdraw(over.pk, desk.window, "不办了")
    another = opened("replies")  # waits for a signal of another name
    desk.complete(desk.item(calls, "Ask"))
    assert elements(calls) == ["After"]
    assert elements(first) == ["Wait"], "the throwing step touches no other case"
    (thrown,) = rows("send-signal")
    assert thrown.payload == {"signal": "road_open", "from": calls.pk, "hops": 0}

    outbox.deliver()

    assert [elements(one) for one in (first, second)] == [["Told", "Wait"]] * 2
    assert heard(first) == heard(second)
    (said,) = heard(first)
    assert (said["message"], said["signal"], said["from"]) == ("road_open", thrown.pk, calls.pk)
    assert heard(calls) == heard(over) == heard(another) == []
    assert {row.payload["case"] for row in rows("deliver-signal")} == {first.pk, second.pk}
    assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert [unsound(one) for one in (calls, first, second)] == [[], [], []]


def test_a_row_that_is_done_again_is_heard_once(desk, opened):
    """A worker may die after its work: the same throw is never heard twice, a second throw is."""
    calls, hears = opened("calls"), opened("hears")
    desk.complete(desk.item(calls, "Ask"))
    outbox.deliver()
    (row,) = rows("deliver-signal")
    again(row)
    assert len(heard(hears)) == 1
    (thrown,) = rows("send-signal")
    again(thrown)
    assert rows("deliver-signal").count() == 2, "it still waits: its border does not interrupt"
    assert elements(hears) == ["Told", "Wait"]

    desk.complete(desk.item(opened("calls"), "Ask"))
    outbox.deliver()
    assert elements(hears) == ["Told", "Told", "Wait"]
    assert len(heard(hears)) == 2


def test_nothing_happens_when_nobody_waits(desk, opened):
    """A message of the same name is no signal, and who begins to wait later has missed it."""
    calls, other = opened("calls"), opened("hears")
    AwaitedMessage.objects.filter(case=other).update(signal=False)
    desk.complete(desk.item(calls, "Ask"))
    desk.go_to("2026-03-03", 9, 40)
    late = opened("hears")
    outbox.deliver()
    assert not rows("deliver-signal").exists()
    assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert elements(other) == elements(late) == ["Wait"]


def test_a_case_that_is_over_meanwhile_is_passed_by(desk, opened):
    calls, hears = opened("calls"), opened("hears")
    desk.complete(desk.item(calls, "Ask"))
    actions.send_signal(rows("send-signal").get().pk)
    with db.pretended(desk.at):
        actions.withdraw(hears.pk, desk.window, "不办了")
    outbox.deliver()
    assert heard(hears) == []
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_no_message_brings_what_waits_for_a_signal(desk, opened):
    """A message and a signal of one name are two things."""
    hears = opened("hears")
    assert AwaitedMessage.objects.get(case=hears, over_at=None).signal
    with pytest.raises(AlreadyDone):
        actions.deliver_message(hears.pk, "road_open")
    assert elements(hears) == ["Wait"]


def test_a_case_that_cannot_go_on_is_a_dead_letter_and_the_others_hear(desk, opened):
    calls, stops, hears = opened("calls"), opened("stops"), opened("hears")
    desk.complete(desk.item(calls, "Ask"))
    for _try in range(outbox.ATTEMPTS):
        OutboxMessage.objects.filter(sent_at=None).update(leased_until=None)
        outbox.deliver()
    dead = OutboxMessage.objects.get(dead_at__isnull=False)
    assert dead.payload["case"] == stops.pk
    assert "流程走不下去" in dead.last_error
    assert elements(stops) == ["Wait"]
    assert heard(stops) == []
    assert elements(hears) == ["Told", "Wait"]


def test_drawings_that_answer_each_other_stop(desk, opened):
    """Two cases that throw what they hear would go on for ever; a person is told instead."""
    calls, pair = opened("calls"), [opened("answers"), opened("replies")]
    desk.complete(desk.item(calls, "Ask"))
    for _try in range(outbox.ATTEMPTS + 1):
        OutboxMessage.objects.filter(sent_at=None, dead_at=None).update(leased_until=None)
        outbox.deliver(1000)
    assert not OutboxMessage.objects.filter(sent_at=None, dead_at=None).exists()
    dead = OutboxMessage.objects.get(dead_at__isnull=False)
    assert (dead.channel, dead.payload["hops"]) == ("send-signal", MOST_HOPS + 1)
    assert "来回触发" in dead.last_error
    assert sum(len(heard(one)) for one in pair) == MOST_HOPS + 1
    assert [unsound(one) for one in pair] == [[], []]
