"""What the county's paths demand: TOL-09, TOL-10, PROC-06, PROC-07, 行政许可法 Art. 42."""

from __future__ import annotations

from tests.workflows.checks.test_county import (
    FORM,
    county,
    effect,
    findings,
    form,
    lane,
    of,
    orders,
)
from tests.workflows.drawings import END, START, chain, file, flow, process, task

GRANTED = '<bpmn:endEvent id="e" gov:result="granted"/>'
INTAKE = file(
    process(
        lane("i", name="I"), START, task("i", FORM), END, chain("s", "i", "e"), key="intake"
    )
)
TOLERANCE = file(
    process(lane("w", name="T"), START, task("w", FORM), END, chain("s", "w", "e"),
            key="tolerance")
)  # fmt: skip
CALLS = {"shared__intake": INTAKE, "shared__tolerance": TOLERANCE, "forms__f": form("f")}


def intake(allowed: str) -> str:
    maps = orders(f'<gov:in name="tolerance_allowed" from="{allowed}"/>')
    return task("in", 'calledElement="intake"', maps, "callActivity")


WAIT = (
    '<bpmn:subProcess id="p1"><bpmn:startEvent id="s1"/>'
    + task("t", 'calledElement="tolerance"', tag="callActivity")
    + '<bpmn:endEvent id="e1"/>'
    + chain("s1", "t", "e1")
    + "</bpmn:subProcess>"
)
CAUGHT = (
    '<bpmn:boundaryEvent id="b" attachedToRef="p1"><bpmn:errorEventDefinition/>'
    "</bpmn:boundaryEvent>"
    '<bpmn:endEvent id="x" gov:result="expired"/>' + flow("b", "x")
)


def test_tol_09_granting_waits_for_the_papers() -> None:
    bare = county(intake("tolerance_allowed"), task("a", FORM), GRANTED,
                  chain("s", "in", "a", "e"))  # fmt: skip
    (found,) = of("guard-tolerance-waits", findings(p=bare, **CALLS))
    assert found.element == "e"
    never = county(intake("false"), task("a", FORM), GRANTED, chain("s", "in", "a", "e"))
    assert not of("guard-tolerance-waits", findings(p=never, **CALLS))
    waits = county(intake("tolerance_allowed"), WAIT, CAUGHT, GRANTED,
                   chain("s", "in", "p1", "e"))  # fmt: skip
    assert not of("guard-tolerance-waits", findings(p=waits, **CALLS))


def test_tol_10_expiry_is_caught() -> None:
    loose = county(intake("tolerance_allowed"), WAIT, GRANTED, chain("s", "in", "p1", "e"))
    (found,) = of("guard-tolerance-waits", findings(p=loose, **CALLS))
    assert found.element == "p1"


MANY = "<bpmn:multiInstanceLoopCharacteristics gov:collection='departments' gov:item='department'/>"


def asking(role: str, unit: str) -> bytes:
    ask = task("ask", FORM + unit, MANY)
    return county(task("a", FORM), ask, '<bpmn:endEvent id="e" gov:result="answered"/>',
                  chain("s", "a", "ask", "e"), lanes=lane("a", "ask", role=role))  # fmt: skip


UNIT = ' gov:unit="department.unit"'


def test_proc_06_a_window_leads() -> None:
    lead = findings(p=asking("township.window", UNIT), forms__f=form("f"))
    assert not of("joint-lead", lead)
    (found,) = of("joint-lead", findings(p=asking("township.leader", UNIT), forms__f=form("f")))
    assert found.element == "ask"


def test_proc_07_departments_have_their_own_inbox() -> None:
    (found,) = of("joint-unit", findings(p=asking("township.window", ""), forms__f=form("f")))
    assert found.element == "ask"
    assert not of("joint-unit", findings(p=asking("township.window", UNIT), forms__f=form("f")))


def test_art_42_an_extension_is_approved_by_a_leader() -> None:
    extend = orders(effect("issue-document", document="D15"),
                    effect("extend-clock", clock="statutory", days="5"))  # fmt: skip
    step = task("v", "", extend, "serviceTask")
    ended = '<bpmn:endEvent id="e" gov:result="answered"/>'

    def approved(separate: str, role: str):
        data = county(task("a", FORM), task("b", FORM + separate), step, ended,
                      chain("s", "a", "b", "v", "e"), lanes=lane("a", "b", role=role))  # fmt: skip
        return of("guard-extension-approver", findings(p=data, forms__f=form("f")))

    assert approved(' gov:separate="a"', "township.leader") == []
    assert approved("", "township.leader")[0].element == "b"
    assert approved(' gov:separate="a"', "township.window")[0].element == "b"


def test_a_document_before_the_last_wait_does_not_count() -> None:
    """Art. 45: D14 belongs to the stop itself, gateways between them or not."""
    told = task("d", "", orders(effect("issue-document", document="D14")), "serviceTask")
    stop = task("v", "", orders(effect("stop-clock", clock="statutory", cause="听证")),
                "serviceTask")  # fmt: skip
    ended = '<bpmn:endEvent id="e" gov:result="answered"/>'
    gate = '<bpmn:exclusiveGateway id="g"/>'
    near = county(task("a", FORM), told, gate, stop, ended,
                  chain("s", "a", "d", "g", "v", "e"))  # fmt: skip
    assert not of("guard-clock-document", findings(p=near, forms__f=form("f")))
    far = county(told, task("a", FORM), stop, ended, chain("s", "d", "a", "v", "e"))
    assert of("guard-clock-document", findings(p=far, forms__f=form("f")))
