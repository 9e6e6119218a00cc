"""A form of a draft as handlers will see it, tried without storing anything.

The server's own rendering and its own validation (`core.form_pages`, `workflows.forms`): what
is seen here is what a handler sees. Facts of a case that the form asks about are supposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.cases.spoken import text_of
from webapp.core.form_pages import ShownForm, change_rows, show_form, without_empty_rows
from webapp.designer.supposed import meant
from workflows import feel
from workflows.errors import ExpressionError
from workflows.findings import Finding, Severity
from workflows.forms import (
    Field,
    Form,
    Group,
    Words,
    from_pairs,
    read_form,
    routing_values,
    validate,
)

Pairs = Mapping[str, Sequence[str]]
FACT = "fact:"
"""Prefix of the controls for supposed facts: no question of a form can have such a key."""
TRY = "try"
_VALUE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Preview:
    """The form as drawn, the supposed facts, and what came of trying it.

    `taken`: None before it was tried, then whether it can be taken. `given`: what the process
    would get to know: key, label and value in words.
    """

    form: ShownForm
    facts: tuple[tuple[str, str], ...]
    unusable: tuple[Finding, ...]
    taken: bool | None = None
    given: tuple[tuple[str, str, str], ...] = ()


def preview(content: bytes, path: str, pairs: Pairs, today: date) -> Preview:
    """Draw a form with what was typed. Raises Unreadable when the file is no form."""
    form = read_form(content, path)
    unusable = tuple(one for one in form.findings if one.severity is Severity.ERROR)
    facts = tuple((name, _last(pairs, FACT + name)) for name in asked_of_the_case(form))
    supposed = {name: meant(text) for name, text in facts}
    raw = from_pairs(form, pairs)
    order = _last(pairs, "do")
    if change_rows(form, raw, order) or order != TRY:
        return Preview(show_form(form, raw, supposed, today=today), facts, unusable)
    raw = without_empty_rows(form, raw)
    checked = validate(form, raw, supposed, today=today)
    shown = show_form(
        form, raw, supposed, today=today, errors=checked.errors, warnings=checked.warnings
    )
    given = _given(form, checked.values) if checked.ok else ()
    return Preview(shown, facts, unusable, checked.ok, tuple(given))


def asked_of_the_case(form: Form) -> tuple[str, ...]:
    """Names in the form's expressions and texts that are no questions of it."""
    own = {"today"}
    for one in form.fields:
        own |= {one.key, *(inner.key for inner in one.fields)}
    found: set[str] = set()
    for text in _expressions(form.parts):
        try:
            found |= feel.names(text)
        except ExpressionError:
            continue
    for part in _walk(form.parts):
        if isinstance(part, Words):
            found |= set(_VALUE.findall(part.text))
    return tuple(sorted(found - own))


def _given(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in routing_values(form, values):
        one = form.field(key)
        if one is not None:
            value = values.get(key)
            yield key, one.label, "" if value is None else text_of(one, value)


def _expressions(parts: Iterable[Any]) -> Iterator[str]:
    for part in _walk(parts):
        yield from part.hide_if
        if isinstance(part, Field):
            for one in (part, *part.fields):
                yield from (t for t in (one.required_if, one.computed, one.check) if t)
                yield from (choice.hide_if for choice in one.choices if choice.hide_if)
                yield from one.hide_if


def _walk(parts: Iterable[Any]) -> Iterator[Any]:
    for part in parts:
        yield part
        if isinstance(part, Group):
            yield from _walk(part.parts)


def _last(pairs: Pairs, name: str) -> str:
    return (pairs.get(name) or [""])[-1]
