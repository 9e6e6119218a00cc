"""People, data and statute: what a county may not publish (TOL-01, DENY-01 … DENY-05)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workflows.drawings import END, START, chain, diagram, file, flow, process, task
from workflows.checks import check_bundle
from workflows.findings import Finding, Severity
from workflows.sources.bundle import read_bundle, read_library, read_roles

ROLES = read_roles(
    b"- {key: township.window, name: W, may_own_lane: true}\n"
    b"- {key: township.leader, name: L, may_own_lane: true}\n"
    b"- {key: inspection, name: I, may_own_lane: false}\n",
    "roles.yaml",
)
LIBRARY = Path(__file__).parents[3] / "bpmn"


def lane(*keys: str, role: str = "township.window", name: str = "L") -> str:
    refs = "".join(f"<bpmn:flowNodeRef>{k}</bpmn:flowNodeRef>" for k in keys)
    return (
        f'<bpmn:laneSet id="ls{name}"><bpmn:lane id="{name}" gov:role="{role}">{refs}</bpmn:lane>'
        "</bpmn:laneSet>"
    )


def form(key: str, *outcomes: str, routing: str = "") -> bytes:
    components = []
    if outcomes:
        values = [{"label": f"选{value}", "value": value} for value in outcomes]
        components.append(
            {"id": "f1", "type": "radio", "key": "outcome", "label": "结论", "values": values,
             "properties": {"routing": "true"}}
        )  # fmt: skip
    if routing:
        components.append(
            {"id": "f2", "type": "textfield", "key": routing, "label": "值",
             "properties": {"routing": "true"}}
        )  # fmt: skip
    return json.dumps({"type": "default", "id": key, "components": components}).encode()


def effect(do: str, on: str = "complete", **params: str) -> str:
    said = " ".join(f'{k}="{v}"' for k, v in params.items())
    return f'<gov:effect on="{on}" do="{do}" {said}/>'


def orders(*effects: str) -> str:
    return f"<bpmn:extensionElements>{''.join(effects)}</bpmn:extensionElements>"


def findings(root: str = "p", **files: bytes) -> tuple[Finding, ...]:
    named = {
        name.replace("__", "/") + (".json" if name.startswith("forms__") else ".bpmn"): data
        for name, data in files.items()
    }
    return check_bundle(read_bundle(root, named, ROLES))


def of(code: str, found: tuple[Finding, ...]) -> list[Finding]:
    assert not [f for f in found if f.severity is Severity.ERROR and f.code != code], found
    return [f for f in found if f.code == code]


FORM = 'gov:form="f" gov:limit="1 workday"'
ENDED = '<bpmn:endEvent id="e" gov:result="granted"/>'


def county(*lines: str, lanes: str | None = None) -> bytes:
    held = [key for key in ("a", "b") if f'id="{key}"' in "".join(lines)]
    return diagram(lane(*held) if lanes is None else lanes, START, *lines)


GOOD = county(task("a", FORM), ENDED, chain("s", "a", "e"))


def test_the_good_example_is_good() -> None:
    assert findings(p=GOOD, forms__f=form("f")) == ()


def test_a_step_in_no_lane() -> None:
    data = county(task("a", FORM), ENDED, chain("s", "a", "e"), lanes="")
    assert of("no-role", findings(p=data, forms__f=form("f")))


@pytest.mark.parametrize("role", ["mayor", "inspection"])
def test_roles_exist_and_may_own_lanes(role: str) -> None:
    data = county(task("a", FORM), ENDED, chain("s", "a", "e"), lanes=lane("a", role=role))
    assert of("role-unknown", findings(p=data, forms__f=form("f")))


def test_addressees_exist() -> None:
    papers = orders(effect("hand-over", to="nobody", papers="result"))
    data = county(task("a", FORM, papers), ENDED, chain("s", "a", "e"))
    assert of("addressee-unknown", findings(p=data, forms__f=form("f")))


def test_separate_names_steps_that_exist() -> None:
    data = county(task("a", FORM + ' gov:separate="zz"'), ENDED, chain("s", "a", "e"))
    (found,) = of("separate-unknown", findings(p=data, forms__f=form("f")))
    assert found.line == 6


def test_forms_exist() -> None:
    assert of("form-missing", findings(p=GOOD))


def gateway(conditions: dict[str, str], default: str | None = None) -> bytes:
    tasks = [task(k, FORM) for k in conditions] + ([task(default, FORM)] if default else [])
    more = f'default="g_{default}"' if default else ""
    keys = [*conditions, *([default] if default else [])]
    return county(
        task("a", 'gov:form="decide" gov:limit="1 workday"'),
        f'<bpmn:exclusiveGateway id="g" {more}/>', *tasks, ENDED, chain("s", "a", "g"),
        *(flow("g", k, c) for k, c in conditions.items()),
        *([flow("g", default)] if default else []), *(flow(k, "e") for k in keys),
        lanes=lane("a", *keys),
    )  # fmt: skip


def test_a_gateway_covers_every_outcome() -> None:
    forms = {"forms__f": form("f"), "forms__decide": form("decide", "yes", "no", "later")}
    part = gateway({"x": 'outcome = "yes"', "y": 'outcome = "no"'})
    (found,) = of("outcome-uncovered", findings(p=part, **forms))
    assert "选later" in found.sentence
    whole = gateway({"x": 'outcome = "yes"', "y": 'outcome != "yes"'})
    assert findings(p=whole, **forms) == ()
    assert findings(p=gateway({"x": 'outcome = "yes"'}, default="y"), **forms) == ()


def test_a_way_that_no_outcome_takes() -> None:
    forms = {"forms__f": form("f"), "forms__decide": form("decide", "yes", "no")}
    data = gateway({"x": 'outcome = "yes"', "y": 'outcome = "no"', "z": 'outcome = "maybe"'})
    (found,) = of("outcome-uncovered", findings(p=data, **forms))
    assert found.element == "g_z"


def test_an_outcome_that_nothing_reads() -> None:
    data = county(task("a", 'gov:form="decide" gov:limit="1 workday"'), task("b", FORM), ENDED,
                  chain("s", "a", "b", "e"))  # fmt: skip
    forms = {"forms__f": form("f"), "forms__decide": form("decide", "yes", "no")}
    assert of("outcome-unread", findings(p=data, **forms))


def test_names_are_set_somewhere() -> None:
    data = gateway({"x": 'amount > 3 and level = "village"', "y": "amount <= 3"})
    forms = {"forms__f": form("f"), "forms__decide": form("decide")}
    assert {f.element for f in of("name-unknown", findings(p=data, **forms))} == {"g_x", "g_y"}
    forms["forms__decide"] = form("decide", routing="amount")
    assert findings(p=data, **forms) == ()


def test_mapped_names_of_a_call() -> None:
    maps = orders('<gov:in name="kind" from="level"/><gov:out name="r" from="nothing"/>')
    caller = county(task("c", 'calledElement="q"', maps, "callActivity"), ENDED,
                    chain("s", "c", "e"), lanes=lane("c"))  # fmt: skip
    called = file(
        process(lane("a", name="Q"), START, task("a", FORM),
                '<bpmn:exclusiveGateway id="g" default="g_e"/>', END, '<bpmn:endEvent id="e2"/>',
                chain("s", "a", "g"), flow("g", "e"), flow("g", "e2", "kind = 1 or level = 2"),
                key="q")
    )  # fmt: skip
    found = of("name-unknown", findings(p=caller, shared__q=called, forms__f=form("f")))
    assert [(f.element, "nothing" in f.sentence or "level" in f.sentence) for f in found] == [
        ("c", True),
        ("g_e2", True),
    ]


def test_a_timer_whose_clock_nobody_starts() -> None:
    timer = task("t", "", "<bpmn:timerEventDefinition gov:due='due(\"promised\")'/>",
                 "intermediateCatchEvent")  # fmt: skip
    data = county(task("a", FORM), timer, ENDED, chain("s", "a", "t", "e"))
    assert of("clock-never-started", findings(p=data, forms__f=form("f")))
    started = county(task("a", FORM, orders(effect("start-clock", clock="promised"))), timer,
                     ENDED, chain("s", "a", "t", "e"))  # fmt: skip
    assert findings(p=started, forms__f=form("f")) == ()


# --- statute -------------------------------------------------------------------------------


def test_tol_01_no_tolerance_on_immediate() -> None:
    commitment = orders(effect("register-commitment", until="=deadline"))
    data = county(task("a", FORM, commitment), ENDED, chain("s", "a", "e"))
    forms = {"forms__f": form("f", routing="deadline")}
    slow = findings(p=data, **forms)
    quick = findings(
        "immediate", p=data.replace(b'id="p"', b'id="immediate"'), forms__f=form("f")
    )
    assert not of("guard-tolerance-immediate", slow)
    assert of("guard-tolerance-immediate", quick)


def test_tol_01_by_a_call() -> None:
    def calling(value: str) -> tuple[Finding, ...]:
        maps = orders(f'<gov:in name="tolerance_allowed" from="{value}"/>')
        data = county(task("c", 'calledElement="q"', maps, "callActivity"), ENDED,
                      chain("s", "c", "e"), lanes=lane("c"))  # fmt: skip
        called = file(process(lane("a", name="Q"), START, task("a", FORM), END,
                              chain("s", "a", "e"), key="q"))  # fmt: skip
        return findings("immediate", p=data.replace(b'id="p"', b'id="immediate"'),
                        shared__q=called, forms__f=form("f"))  # fmt: skip

    assert of("guard-tolerance-immediate", calling("tolerance_allowed"))
    assert not of("guard-tolerance-immediate", calling("false"))


DENIAL = file(
    process(lane("Confirm", role="township.leader", name="D"), START,
            task("Confirm", FORM + ' gov:separate="a"'),
            task("v", "", orders(effect("issue-document", document="D20"),
                                 effect("file-denial", document="D24")), "serviceTask"),
            END, chain("s", "Confirm", "v", "e"), key="denial")
)  # fmt: skip
REFUSED = '<bpmn:endEvent id="e" gov:result="refused"/>'


def test_deny_02_a_refusal_passes_denial() -> None:
    forms = {"forms__f": form("f")}
    short = county(task("a", FORM), REFUSED, chain("s", "a", "e"))
    (found,) = of("guard-denial", findings(p=short, **forms))
    assert (found.element, found.severity) == ("e", Severity.UNFIT)
    call = task("c", 'calledElement="denial"', tag="callActivity")
    right = county(task("a", FORM), call, REFUSED, chain("s", "a", "c", "e"))
    assert findings(p=right, shared__denial=DENIAL, **forms) == ()
    way_round = county(task("a", FORM, "", "userTask"), '<bpmn:exclusiveGateway id="g" default="g_e"/>',
                       call, REFUSED, chain("s", "a", "g"), flow("g", "e"),
                       flow("g", "c", 'level = "x"'), flow("c", "e"))  # fmt: skip
    assert of("guard-denial", findings(p=way_round, shared__denial=DENIAL, **forms))


def test_deny_01_and_02_negative_documents() -> None:
    notice = task("v", "", orders(effect("issue-document", document="D06")), "serviceTask")
    data = county(task("a", FORM), notice, ENDED, chain("s", "a", "v", "e"))
    found = of("guard-second-person", findings(p=data, forms__f=form("f")))
    assert len(found) == 2  # nobody confirms, nobody files


def test_deny_05_the_decider_is_another_than_the_proposer() -> None:
    grant = task("v", "", orders(effect("record-result", result="granted")), "serviceTask")
    alone = county(task("a", FORM), grant, ENDED, chain("s", "a", "v", "e"))
    (found,) = of("guard-proposer-decider", findings(p=alone, forms__f=form("f")))
    assert found.element == "a"
    two = county(task("a", FORM), task("b", FORM + ' gov:separate="a"'), grant, ENDED,
                 chain("s", "a", "b", "v", "e"),
                 lanes=lane("a", "b", role="township.leader"))  # fmt: skip
    assert findings(p=two, forms__f=form("f")) == ()


def test_clocks_are_stopped_and_extended_by_a_document() -> None:
    """行政许可法 Art. 42, 45."""
    stop = effect("stop-clock", clock="statutory", cause="听证")
    bare = county(task("a", FORM, orders(stop)), ENDED, chain("s", "a", "e"))
    assert of("guard-clock-document", findings(p=bare, forms__f=form("f")))
    told = orders(effect("issue-document", document="D14"), stop)
    data = county(task("a", FORM, told), ENDED, chain("s", "a", "e"))
    assert findings(p=data, forms__f=form("f")) == ()
    extend = orders(effect("extend-clock", clock="promised", days="5"))
    data = county(task("a", FORM, extend), ENDED, chain("s", "a", "e"))
    assert of("guard-clock-document", findings(p=data, forms__f=form("f")))


def test_escalation_has_both_clocks() -> None:
    data = GOOD.replace(b'id="p"', b'id="escalated"')
    assert len(of("escalated-clocks", findings("escalated", p=data, forms__f=form("f")))) == 2


def test_every_end_of_a_case_says_its_result() -> None:
    data = county(task("a", FORM), END, chain("s", "a", "e"))
    assert of("end-result", findings(p=data, forms__f=form("f")))


def test_what_runs_beside_needs_no_result() -> None:
    border = ('<bpmn:boundaryEvent id="b" attachedToRef="a" cancelActivity="false">'
              "<bpmn:timerEventDefinition gov:due='due(\"step\")'/></bpmn:boundaryEvent>")  # fmt: skip
    data = county(task("a", FORM), border, ENDED, '<bpmn:endEvent id="e2"/>',
                  chain("s", "a", "e"), flow("b", "e2"))  # fmt: skip
    assert findings(p=data, forms__f=form("f")) == ()


def test_the_shipped_library_is_fit_to_be_published() -> None:
    library = read_library(LIBRARY)
    assert not library.unreadable
    keys = library.keys()
    assert "promised" in keys
    for key in keys:
        found = check_bundle(library.bundle(key), publish=True)
        assert [str(f) for f in found if f.severity is not Severity.NOTE] == []
