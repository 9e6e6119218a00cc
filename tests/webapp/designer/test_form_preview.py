"""A form of a draft is tried as handlers will see it, and nothing is stored (issue: designer)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from webapp.designer.previewing import preview
from workflows.errors import Unreadable

TODAY = date(2026, 3, 3)


def form(*components) -> bytes:
    """A form file with these components."""
    schema = {"type": "default", "id": "trial", "schemaVersion": 18, "components": components}
    return json.dumps(schema).encode()


OUTCOME = {
    "type": "radio",
    "key": "outcome",
    "label": "结果",
    "id": "Field_outcome",
    "validate": {"required": True},
    "values": [{"label": "同意", "value": "agree"}, {"label": "退回", "value": "return"}],
    "properties": {"routing": "true"},
}
REASON = {
    "type": "textarea",
    "key": "reason",
    "label": "退回理由",
    "id": "Field_reason",
    "conditional": {"hide": '=outcome != "return"'},
    "validate": {"required": True, "minLength": 5},
}
NUMBER = {
    "type": "textfield",
    "key": "id_number",
    "label": "证件号码",
    "id": "Field_number",
    "conditional": {"hide": "=entrusted != true"},
    "properties": {"sensitive": "true", "format": "id_card"},
}
WORDS = {"type": "text", "text": "还有{{days}}个工作日。", "id": "Text_days"}
FILE = form(OUTCOME, REASON, NUMBER, WORDS)


def tried(**typed: str):
    pairs = {name.replace("__", ":"): [value] for name, value in typed.items()}
    return preview(FILE, "forms/trial.json", pairs, TODAY)


def test_before_it_is_tried_nothing_is_wrong():
    shown = tried()
    assert shown.taken is None
    assert shown.form.problems == ()


def test_the_handlers_own_sentences_stand_at_their_questions():
    shown = tried(do="try", outcome="return", reason="不行")
    errors = {one.field.key: one.error for one in shown.form.fields if one.error}
    assert shown.taken is False
    assert errors == {"reason": "“退回理由”至少5个字，现在有2个字。"}
    assert shown.given == ()


def test_what_can_be_taken_says_what_the_process_gets():
    """Only routing fields reach the process; personal data never do (design: data)."""
    shown = tried(do="try", outcome="agree", fact__entrusted="true", id_number="")
    assert shown.taken is True
    assert shown.given == (("outcome", "结果", "同意"),)


def test_facts_of_the_case_are_asked_for_and_count():
    shown = tried()
    assert shown.facts == (("days", ""), ("entrusted", ""))
    hidden = {one.field.key: one.hidden for one in shown.form.fields}
    assert hidden["id_number"]
    supposed = tried(do="try", outcome="agree", fact__entrusted="true", id_number="123")
    assert not {one.field.key: one.hidden for one in supposed.form.fields}["id_number"]
    assert supposed.taken is False
    words = tried(fact__days="7").form.parts[-1]
    assert words.runs == (("还有7个工作日。", False),)


def test_a_form_that_cannot_be_read_says_so():
    with pytest.raises(Unreadable, match="JSON"):
        preview(b"{", "forms/trial.json", {}, TODAY)
