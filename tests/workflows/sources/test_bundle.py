"""Libraries and bundles: closure, missing parts, recursion, digests (design §3½)."""

from __future__ import annotations

import json

import pytest

from tests.workflows.drawings import (
    END,
    START,
    chain,
    diagram,
    file,
    flow,
    process,
    straight,
    task,
)
from workflows.errors import Unreadable
from workflows.findings import has_errors
from workflows.sources.bundle import read_bundle, read_library, read_roles
from workflows.sources.digests import file_digest

FORM = json.dumps({"type": "default", "id": "f", "components": []}).encode()


def calling(key: str, *called: str) -> bytes:
    calls = [
        task(f"c{n}", f'calledElement="{c}"', tag="callActivity") for n, c in enumerate(called)
    ]
    names = [f"c{n}" for n in range(len(called))]
    return file(process(START, *calls, END, chain("s", *names, "e"), key=key))


def test_the_closure_and_nothing_else() -> None:
    files = {
        "a.bpmn": calling("a", "b"),
        "shared/b.bpmn": calling("b", "c"),
        "shared/c.bpmn": file(process(START, task("t", 'gov:form="f"'), END, chain("s", "t", "e"), key="c")),
        "other.bpmn": calling("other", "c"),
        "forms/f.json": FORM,
        "forms/g.json": FORM,
    }  # fmt: skip
    bundle = read_bundle("a", files)
    assert list(bundle.processes) == ["a", "b", "c"]
    assert set(bundle.files) == {"a.bpmn", "shared/b.bpmn", "shared/c.bpmn", "forms/f.json"}
    assert list(bundle.forms) == ["f"]
    assert read_bundle("a", bundle.files).digest == bundle.digest


def test_missing_process_and_decision() -> None:
    rule = task("r", 'gov:decision="d" gov:resultVariable="x"', tag="businessRuleTask")
    call = task("c", 'calledElement="nowhere"', tag="callActivity")
    data = diagram(START, call, rule, END, chain("s", "c", "r", "e"))
    found = {f.code: f for f in read_bundle("p", {"p.bpmn": data}).findings}
    assert found["missing-process"].line == 5
    assert found["missing-decision"].element == "r"


def test_recursion_is_refused() -> None:
    files = {"a.bpmn": calling("a", "b"), "b.bpmn": calling("b", "a")}
    codes = [f.code for f in read_bundle("a", files).findings]
    assert codes == ["recursion", "recursion"]


def test_calling_twice_is_no_recursion() -> None:
    files = {
        "a.bpmn": calling("a", "b", "b"),
        "b.bpmn": straight(task("t"), "t").replace(b'"p"', b'"b"'),
    }
    assert not has_errors(read_bundle("a", files).findings)


def test_two_processes_of_one_key() -> None:
    files = {"a.bpmn": calling("a"), "z.bpmn": calling("a")}
    assert "duplicate-process" in {f.code for f in read_bundle("a", files).findings}


def test_unknown_root_and_unreadable_files() -> None:
    files = {"a.bpmn": b"<broken", "b.bpmn": calling("b")}
    assert read_bundle("b", files).root == "b"
    with pytest.raises(Unreadable, match="没有流程“a”.*a.bpmn"):
        read_bundle("a", files)


def test_a_folder_is_a_library(tmp_path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "a.bpmn").write_bytes(calling("a", "b"))
    (tmp_path / "shared" / "b.bpmn").write_bytes(
        straight(task("t"), "t").replace(b'"p"', b'"b"')
    )
    (tmp_path / "catalogue" / "roles.yaml").write_text("- {key: r, name: R}\n")
    library = read_library(tmp_path)
    assert library.keys() == ("a", "b")
    bundle = library.bundle("a")
    assert bundle.processes["b"].file == "shared/b.bpmn"
    assert list(bundle.roles) == ["r"]
    assert "catalogue/roles.yaml" not in bundle.files
    with pytest.raises(Unreadable):
        read_library(tmp_path / "nowhere")


@pytest.mark.parametrize("text", [b"a: [", b"just text", b"- {name: x}", b"\xff\xfe"])
def test_roles_that_are_none(text: bytes) -> None:
    with pytest.raises(Unreadable):
        read_roles(text, "roles.yaml")


# --- digests -------------------------------------------------------------------------------

BASE = [START, task("a", 'name="审查"'), task("b"), END]
FLOWS = [flow("s", "a"), flow("a", "b"), flow("b", "e")]
PICTURE = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><bpmndi:BPMNPlane bpmnElement="p">'
    '<bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="{x}" y="1" width="2" height="3"/>'
    "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
)


def digest(data: bytes) -> str:
    return read_bundle("p", {"p.bpmn": data}).digest


def test_layout_order_and_white_space_do_not_count() -> None:
    first = diagram(*BASE, *FLOWS)
    moved = file(process(*reversed(BASE), *reversed(FLOWS)), PICTURE.format(x=10))
    other = file(process(*BASE, *FLOWS), PICTURE.format(x=99)).replace(b"\n", b"\n\n  ")
    assert digest(first) == digest(moved) == digest(other)
    assert file_digest(first) != file_digest(moved)


@pytest.mark.parametrize(
    "changed",
    [
        [START, task("a", 'name="核查"'), task("b"), END],
        [START, task("a", 'name="审查" gov:limit="3 workday"'), task("b"), END],
        [START, task("a", 'name="审查"'), task("b", tag="manualTask"), END],
        [
            START,
            task("a", 'name="审查"'),
            task("b"),
            '<bpmn:endEvent id="e" gov:result="granted"/>',
        ],
    ],
)
def test_labels_limits_kinds_and_results_count(changed: list[str]) -> None:
    assert digest(diagram(*changed, *FLOWS)) != digest(diagram(*BASE, *FLOWS))


def test_the_order_of_choices_counts() -> None:
    gate = '<bpmn:exclusiveGateway id="g" default="g_e"/>'
    choices = [flow("g", "a", "x > 1"), flow("g", "b", "x > 2")]
    rest = [START, gate, task("a"), task("b"), END, flow("s", "g"), flow("g", "e"),
            flow("a", "e"), flow("b", "e")]  # fmt: skip
    assert digest(diagram(*rest, *choices)) != digest(diagram(*rest, *reversed(choices)))


def test_forms_count_but_not_their_dressing() -> None:
    def with_form(**more: object) -> str:
        form = json.dumps({"type": "default", "id": "f", "components": [], **more}).encode()
        return read_bundle("p", {"p.bpmn": straight(task("a", 'gov:form="f"')),
                                 "forms/f.json": form}).digest  # fmt: skip

    assert with_form() == with_form(exporter={"name": "x"}, schemaVersion=3)
    text = {"id": "t", "type": "text", "text": "x"}
    assert with_form() != with_form(components=[text])
