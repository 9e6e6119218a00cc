"""The shipped diagrams, forms and wordings are fit to be published and belong together."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.library.shelf import FOLDER, library
from workflows.checks import check_bundle
from workflows.forms import Form, Words
from workflows.model import Kind

KEYS = library().keys()
WORDINGS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((FOLDER / "documents").glob("*.yaml"))
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NEGATIVE = {
    "not_required", "not_competent", "refuse_acceptance", "terminate", "refuse", "return",
    "send_back", "query", "failed", "reject", "disagree", "go_on",
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_no_finding(key: str) -> None:
    assert [str(finding) for finding in check_bundle(library().bundle(key), publish=True)] == []


def test_the_paths_and_shared_parts_are_there() -> None:
    assert set(KEYS) == {
        "immediate", "promised", "joint", "escalated", "escalated-joint", "county", "county-joint",
        "coordination", "village", "intake", "tolerance", "special", "extension", "consultation",
        "county-consultation", "decision", "county-decision", "denial", "delivery",
    }  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_every_element_explains_itself(key: str) -> None:
    """Steps have a Chinese name and say why they are there; splitting gateways ask."""
    process = library().process(key)
    raw = library().files[process.file].decode()
    for element in process.scope.walk():
        splits = len(process.scope.outgoing(element.id)) > 1
        if element.kind in (Kind.USER_TASK, Kind.SERVICE_TASK, Kind.CALL) or splits:
            if element.kind is not Kind.PARALLEL:
                assert re.search("[一-鿿]", element.name), element.id
            if element.kind is Kind.EXCLUSIVE:
                assert element.name.endswith("？"), element.id
        if element.kind in (Kind.USER_TASK, Kind.SERVICE_TASK, Kind.CALL):
            assert re.search(rf'id="{element.id}"[^>]*>\s*<bpmn:documentation>\S', raw), (
                f"{element.id} has no documentation"
            )


@pytest.mark.parametrize("key", KEYS)
def test_every_step_has_a_form_a_role_and_a_limit(key: str) -> None:
    bundle = library().bundle(key)
    for element in bundle.processes[key].scope.walk():
        if element.kind is Kind.USER_TASK:
            assert element.role in library().roles
            assert element.work.form in bundle.forms, element.id
            own = any(e.do == "start-clock" and e.on == "enter" for e in element.effects)
            assert (element.work.limit is None) == own, element.id


def test_denials_need_a_second_person() -> None:
    """DENY-02: whoever proposes may not confirm; every proposing step exists."""
    confirm = library().process("denial").element("Task_Confirm")
    steps = {e.id for key in KEYS for e in library().process(key).scope.walk()}
    assert set(confirm.work.separate) == {"Task_Examine", "Task_Overdue", "Task_HandleNow"}
    assert set(confirm.work.separate) <= steps
    for key in ("decision", "county-decision"):
        approve = library().process(key).element("Task_Approve")
        assert approve.work.separate == ("Task_Propose", "Task_Check")


def _forms() -> dict[str, Form]:
    return {name: form for key in KEYS for name, form in library().bundle(key).forms.items()}


def test_every_form_file_is_used() -> None:
    assert {path.stem for path in (FOLDER / "forms").glob("*.json")} == set(_forms())


@pytest.mark.parametrize("form", _forms().values(), ids=_forms())
def test_forms_ask_what_the_law_wants(form: Form) -> None:
    """Opinions in words (D12); a negative outcome wants its reason (DENY-01, DENY-03)."""
    assert form.findings == ()
    for one in form.fields:
        assert re.search("[一-鿿]", one.label)
        assert not (one.routing and one.sensitive)
    opinion = form.field("opinion")
    assert opinion is None or (opinion.required and (opinion.min_length or 0) >= 5)
    outcome = form.field("outcome")
    for choice in outcome.choices if outcome else ():
        if choice.value in NEGATIVE:
            wanted = [one for one in form.fields if one.hide_if and one.required]
            said = [one for one in wanted if any(f'"{choice.value}"' in h for h in one.hide_if)]
            bound = form.id == "decision-approve"  # the reason stands in the proposal
            assert said or (bound and choice.value == "refuse"), choice.value


@pytest.mark.parametrize("form", _forms().values(), ids=_forms())
def test_forms_say_what_follows(form: Form) -> None:
    """A step whose choice issues a document says so before the button is pressed (pages)."""
    wanted = {
        "intake-examine": 4, "immediate-handle": 2, "decision-approve": 2, "hand-up": 1,
        "review": 4, "county-review": 4, "joint-consolidate": 4, "county-consolidate": 4,
        "tolerance-decide": 2, "extension-approve": 1, "village-register": 1,
    }  # fmt: skip
    texts = " ".join(part.text for part in form.parts if isinstance(part, Words))
    assert texts.count("后**") >= wanted.get(form.id, 0)


def test_every_document_that_is_ordered_has_its_wording() -> None:
    ordered = set()
    for key in KEYS:
        for element in library().process(key).scope.walk():
            for effect in element.effects:
                ordered |= set(re.findall(r"D\d\d", effect.params.get("document", "")))
    by_command = {"D25W", "D14S", "D14R"}  # withdrawn, suspended, taken up: never drawn
    by_command |= {"D10"}  # sent back as a whole
    by_command |= {
        "D01",
        "D26",
        "D27",
        "D29",
    }  # asked for at the counter, or bound with the volume
    assert ordered == set(WORDINGS) - by_command


@pytest.mark.parametrize("code", WORDINGS)
def test_wordings_are_complete(code: str) -> None:
    wording = WORDINGS[code]
    assert wording["code"] == code
    assert wording["organ"] in {"competent", "township"}
    assert wording["numbering"] in {"gap_free", "sequence"}
    assert wording["seal"] in {"acceptance", "organ", "none"}
    assert wording["copies"]["count"] >= 1
    assert wording["title"]
    assert wording["paragraphs"]
    adverse = code in {"D06", "D10", "D20", "D25"}
    assert (wording["remedy"] is not None) == adverse
    if adverse:  # domain 1.6: a missing clause is a defect, so nobody may remove it
        assert wording["remedy"]["removable"] is False
        assert "行政复议" in wording["remedy"]["text"]
        assert "行政诉讼" in wording["remedy"]["text"]
        text = "".join(wording["paragraphs"])
        assert "{reason}" in text
        assert "{legal_basis}" in text


@pytest.mark.parametrize("code", WORDINGS)
def test_the_licensing_law_is_cited_for_licences_only(code: str) -> None:
    """行政许可法第二条: it binds licences; what every item prints does not cite it."""
    assert "行政许可法" not in "".join(WORDINGS[code]["basis"])
    for text in WORDINGS[code]["paragraphs"]:  # D14S: printed where a licence's clocks go on
        assert "行政许可法" not in text or "{clocks_going_on}" in text


@pytest.mark.parametrize("code", WORDINGS)
def test_placeholders_are_defined(code: str) -> None:
    """Each is in docs/wording.md or a question of a form."""
    said = (FOLDER.parent / "docs/wording.md").read_text("utf-8")
    known = set(re.findall(r"`(\w+)`", said))
    questions = {one.key for form in _forms().values() for one in form.fields}
    used = set(PLACEHOLDER.findall(json.dumps(WORDINGS[code], ensure_ascii=False)))
    assert used <= known | questions


def test_numbers_without_gaps_are_those_of_the_design() -> None:
    """Design §8: gap-free per organ, type and year; suspensions are served like D14."""
    gap_free = {
        code for code, wording in WORDINGS.items() if wording["numbering"] == "gap_free"
    }
    assert gap_free == {
        "D04", "D05", "D06", "D07", "D08", "D10", "D14", "D15", "D18", "D19", "D20", "D25",
        "D14S", "D14R",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("county", "township"), [("county", "promised"), ("county-joint", "joint")]
)
def test_the_counter_of_the_county_works_as_that_of_a_township(
    county: str, township: str
) -> None:
    """CAT-18: the same steps, flows and conditions; other people, the county's own decision."""
    ours, theirs = library().process(county), library().process(township)
    assert [
        (e.id, e.kind, e.work, e.called and e.called.replace("county-", ""))
        for e in ours.scope.walk()
    ] == [(e.id, e.kind, e.work, e.called) for e in theirs.scope.walk()]
    for mine, other in zip(ours.scope.walk(), theirs.scope.walk(), strict=True):
        assert mine.role == (other.role or "").replace("township.", "county.") or not other.role
    flows = re.compile(r"<bpmn:sequenceFlow .*?(?:/>|</bpmn:sequenceFlow>)", re.DOTALL)
    drawn = [flows.findall(library().files[one.file].decode()) for one in (ours, theirs)]
    assert len(drawn[0]) > 30
    assert drawn[0] == drawn[1]
