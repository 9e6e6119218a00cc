"""A wording is shown as it will be printed; what is wrong in it is said at its line."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client

from webapp.designer import papers
from webapp.processes import actions
from webapp.processes.placeholders import GROUPS
from webapp.processes.queries.findings import findings
from webapp.processes.queries.library import in_force, with_draft
from webapp.processes.wordings import findings_of_wording
from workflows.findings import Severity

LIBRARY = Path("bpmn")
FORMS = {f"forms/{one.name}": one.read_bytes() for one in (LIBRARY / "forms").glob("*.json")}
WORDINGS = sorted((LIBRARY / "documents").glob("*.yaml"))
D05 = (LIBRARY / "documents/D05.yaml").read_text("utf-8")
D20 = (LIBRARY / "documents/D20.yaml").read_text("utf-8")


def wrong(text: str) -> list[tuple[int | None, str]]:
    found = findings_of_wording("documents/D05.yaml", text.encode(), FORMS)
    return [(one.line, one.sentence) for one in found]


@pytest.mark.parametrize("path", WORDINGS, ids=lambda path: path.stem)
def test_the_product_s_own_wordings_are_without_fault(path):
    assert wrong(path.read_text("utf-8")) == []


def test_an_unknown_placeholder_is_told_at_its_line_with_the_likely_one():
    text = D05.replace("{case_number}", "{case_numbr}")
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "case_numbr" in one)
    (found,) = findings_of_wording("documents/D05.yaml", text.encode(), FORMS)
    assert (found.line, found.severity) == (line, Severity.UNFIT)
    assert "{case_number}" in found.remedy


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('title: "受理通知书"', 'title: "受理通知书', "写法不对"),
        ('title: "受理通知书"', "title: [1, 2]", "“title”应是一句话"),
        ("seal: acceptance", "seal: gold", "不能写“gold”"),
        ("source: received", "source: everything", "没有“everything”这张表"),
        ("copies:", "copis:", "没有“copis”这一项"),
        ("{item}（", "{ite m}（", "不是占位符"),
        ("basis: []", "basis: {a: 1}", "“basis”应是"),
        ("lists:", "lists: &a\nbasis_licence: *a\nx:", "不能用 YAML 的引用"),
    ],
)
def test_what_cannot_be_printed_is_said(old, new, sentence):
    assert old in D05
    assert any(sentence in said for _line, said in wrong(D05.replace(old, new, 1)))


def test_an_adverse_decision_keeps_its_remedy_and_its_reasons():
    gone = D20.replace("{reason}", "").replace("remedy:", "other:", 1)
    said = " ".join(one.sentence for one in findings_of_wording("d", gone.encode(), FORMS))
    assert "{reason}" in said


def page(text: str) -> str:
    manifest = {}
    found = papers.shown(
        "documents/D05.yaml", text.encode(), manifest, datetime(2026, 3, 3, tzinfo=UTC)
    )
    return render_to_string("designer/parts/wording_page.html", {"shown": found})


def test_the_preview_is_the_printed_page_with_an_invented_case():
    said = page(D05)
    assert 'class="paper"' in said
    assert "王桂兰" in said
    assert "受理的材料" in said
    assert "{" not in said.partition('class="paper"')[2]


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "{% load x %}", "#read(1)", "$x$"]
)
def test_markup_and_code_are_printed_as_they_are_typed(typed):
    said = page(D05.replace("依法需要听证", typed, 1))
    assert "<script>" not in said
    assert escape(typed) in said


def test_a_fault_in_a_wording_keeps_a_draft_from_being_published(county):
    designer = county.acting("county_service_office", "county.designer")
    draft = actions.begin_draft(designer, "改文书", "试一试")
    file = actions.take_file(draft.pk, designer, "documents/D05.yaml")
    text = D05.replace("{item}", "{itme}")
    actions.save_file(draft.pk, designer, "documents/D05.yaml", text.encode(), file.version)
    found = findings(with_draft(draft), frozenset({"documents/D05.yaml"}))
    assert [one.code for one in found] == ["wording"]


def test_the_list_of_placeholders_holds_what_the_product_and_the_forms_know(county):
    groups = papers.placeholders(in_force())
    names = [one.name for group in groups for one in group.placeholders]
    assert len(names) == len(set(names))
    assert {one.name for group in GROUPS for one in group.placeholders} <= set(names)


def test_what_is_typed_is_shown_without_being_saved(county):
    designer = county.acting("county_service_office", "county.designer")
    draft = actions.begin_draft(designer, "改文书", "试一试")
    file = actions.take_file(draft.pk, designer, "documents/D05.yaml")
    client = Client()
    client.force_login(county.officer("county_service_office", "county.designer"))
    answer = client.post(
        f"/designer/drafts/{draft.pk}/wording/documents/D05.yaml",
        {"text": D05.replace("受理通知书", "受理决定书")},
    )
    assert "受理决定书" in answer.content.decode()
    file.refresh_from_db()
    assert file.version == 0
