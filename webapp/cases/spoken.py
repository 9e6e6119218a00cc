"""Answers of forms as people read them: labels of choices, Chinese days, no secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.cases.planning.words import day_words
from webapp.cases.values import is_sensitive
from workflows.forms import Field, FieldKind, Form, Format


def spoken(form: Form, values: Mapping[str, Any]) -> dict[str, str]:
    """Text of every answer; sensitive ones, lists of rows and empty ones are left out."""
    found = {}
    for one in form.fields:
        value = values.get(one.key)
        if value in (None, "", []) or is_sensitive(one):
            continue
        text = text_of(one, value)
        if text:
            found[one.key] = text
    return found


def told(form: Form, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text of every answer in the order of the form, rows too; secrets are left out."""
    found = []
    for one in form.fields:
        value = values.get(one.key)
        if value in (None, "", []) or (isinstance(value, dict) and "sensitive" in value):
            continue
        if one.kind is not FieldKind.ROWS:
            found.append((one.label, text_of(one, value)))
            continue
        for row in value:
            parts = [
                f"{part.label}：{text_of(part, row[part.key])}"
                for part in one.fields
                if row.get(part.key) not in (None, "", []) and not is_sensitive(part)
            ]
            found.append((one.label, "；".join(parts)))
    return found


def text_of(one: Field, value: Any) -> str:
    """One answer as text."""
    match one.kind:
        case FieldKind.CHOICE:
            return one.label_of(str(value))
        case FieldKind.CHOICES:
            return "、".join(one.label_of(str(part)) for part in value)
        case FieldKind.BOOL:
            return "是" if value else "否"
        case FieldKind.DATE:
            return day_words(date.fromisoformat(str(value)))
        case FieldKind.ROWS:
            return ""
        case FieldKind.NUMBER:
            return _number_words(one, str(value))
    return str(value)


def _number_words(one: Field, text: str) -> str:
    """As somebody would write it: `120`, not `120.000000`; money keeps its cents."""
    if one.format is Format.MONEY or "." not in text:
        return text
    return text.rstrip("0").rstrip(".")
