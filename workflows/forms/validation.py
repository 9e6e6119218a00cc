"""Check a filled form: JSON-safe values and, per field, one plain Chinese sentence.

Expressions see the other answers of the form, the variables of the case and `today` (a date;
nothing here reads a clock). Questions that are hidden are dropped and count as unanswered in
every expression; computed ones are worked out, whatever was sent for them. Rows of a dynamic
list see their own answers first. An error of a row is addressed `members[2].id_number`,
counting from 0; its sentence says 第3行.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from workflows import feel
from workflows.errors import ExpressionError
from workflows.forms.answers import (
    AnswerRefused,
    feel_value,
    is_empty,
    read_answer,
    stored_value,
    warning,
)
from workflows.forms.fields import Field, FieldKind, Form
from workflows.model import NOTHING

_ROW_NAME = re.compile(r"(\w{1,64})\[(\d{1,4})\]\.(\w{1,64})", re.ASCII)
CHOOSING = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.DATE)


@dataclass(frozen=True, slots=True)
class Validation:
    """What came of it. `values` holds every visible field; wrong answers are None there.

    `errors` and `warnings`: address of the field → sentence. Warnings do not refuse.
    """

    values: Mapping[str, Any]
    errors: Mapping[str, str]
    warnings: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the form can be taken."""
        return not self.errors


def validate(
    form: Form, raw: Mapping[str, Any], variables: Mapping[str, Any] = NOTHING, *, today: date
) -> Validation:
    """Check the answers `raw` (JSON values or texts of an HTML form)."""
    record = _Record(form.fields, raw, {**variables, "today": today}, today)
    record.settle()
    record.judge()
    return Validation(record.values(), record.errors, record.warnings)


def routing_values(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that reach the engine: fields marked routing, as FEEL values.

    Numbers come as int or Decimal, dates as date; hidden fields as None, so that a condition
    over them is defined.
    """
    found: dict[str, Any] = {}
    for one in form.fields:
        if one.routing and not one.sensitive:
            value = values.get(one.key)
            whole = isinstance(value, int)
            found[one.key] = value if whole else feel_value(one, value)
    return found


def visible(
    form: Form, raw: Mapping[str, Any], variables: Mapping[str, Any] = NOTHING, *, today: date
) -> dict[str, Any]:
    """For drawing a form: value of every visible field, computed ones included."""
    record = _Record(form.fields, raw, {**variables, "today": today}, today)
    record.settle()
    return record.values()


def from_pairs(form: Form, pairs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Answers of a posted HTML form: names are keys, in rows `members[0].name`.

    Row numbers may have gaps (a row was removed in the browser); the order counts.
    """
    raw: dict[str, Any] = {}
    fields = {one.key: one for one in form.fields}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for name, texts in pairs.items():
        place = _ROW_NAME.fullmatch(name)
        if place:
            key, number, inner = place[1], int(place[2]), place[3]
            target = rows.setdefault(key, {}).setdefault(number, {})
            one = next((f for f in _row_fields(fields.get(key)) if f.key == inner), None)
        else:
            inner, target, one = name, raw, fields.get(name)
        if one is not None and one.kind is not FieldKind.ROWS:
            several = one.kind is FieldKind.CHOICES
            target[inner] = list(texts) if several else (texts[-1] if texts else "")
    for key, numbered in rows.items():
        if key in fields:
            raw[key] = [numbered[number] for number in sorted(numbered)]
    return raw


def _row_fields(one: Field | None) -> Iterable[Field]:
    return one.fields if one is not None else ()


@lru_cache(2048)
def _parsed(text: str) -> feel.Expression:
    return feel.parse(text)


@lru_cache(2048)
def _names(text: str) -> frozenset[str]:
    return feel.names(_parsed(text))


@dataclass(slots=True)
class _Record:
    """One level of answers: the form itself, or one row of a dynamic list."""

    fields: tuple[Field, ...]
    raw: Mapping[str, Any]
    variables: Mapping[str, Any]
    today: date
    prefix: str = ""
    said: str = ""  # 第3行
    stored: dict[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Read the answers, compute and hide until nothing changes any more."""
        for one in self.fields:
            self.stored[one.key] = self.read(one)
        computed = [one for one in self.fields if one.computed]
        typed = {one.key: self.stored[one.key] for one in computed if one.enterable}
        for _ in range(len(self.fields) + 2):
            before = dict(self.stored), self.hidden
            scope = self.scope()
            for one in computed:
                answer = stored_value(one, self.ask(one.computed, scope), self.today)
                if answer is None and one.enterable:
                    answer = typed[one.key]
                elif one.enterable:
                    self.refused.pop(one.key, None)
                self.stored[one.key] = answer
                scope[one.key] = feel_value(one, answer)
            self.hidden = frozenset(
                one.key
                for one in self.fields
                if any(self.ask(text, scope) is True for text in one.hide_if)
            )
            if (self.stored, self.hidden) == before:
                break

    def read(self, one: Field) -> Any:
        if one.computed and not one.enterable:
            return None
        raw = self.raw.get(one.key)
        if one.kind is FieldKind.ROWS:
            return self.read_rows(one, raw)
        if is_empty(raw) and one.readonly and one.default is not None:
            raw = one.default
        document = self.raw.get(one.format_from) if one.format_from else None
        try:
            return read_answer(one, raw, self.today, str(document) if document else None)
        except AnswerRefused as problem:
            self.refused[one.key] = str(problem)
            return None

    def read_rows(self, one: Field, raw: Any) -> list[dict[str, Any]]:
        """First reading of the rows, for expressions over the whole list."""
        found = []
        for answers in _filled(one, raw):
            row = _Record(one.fields, answers, self.variables, self.today)
            row.settle()
            found.append(row.values())
        return found

    def scope(self) -> dict[str, Any]:
        """Everything an expression sees."""
        answers = {
            one.key: None if one.key in self.hidden else feel_value(one, self.stored[one.key])
            for one in self.fields
        }
        return {**self.variables, **answers}

    def ask(self, text: str | None, scope: Mapping[str, Any]) -> Any:
        """Value of an expression; an expression that cannot be worked out is null."""
        if text is None:
            return None
        try:
            return feel.evaluate(_parsed(text), scope)
        except ExpressionError:
            return None

    def values(self) -> dict[str, Any]:
        """Stored values of the visible fields."""
        return {
            one.key: self.stored[one.key] for one in self.fields if one.key not in self.hidden
        }

    def judge(self) -> None:
        """Collect errors and warnings of the visible fields."""
        scope = self.scope()
        for one in self.fields:
            if one.key in self.hidden:
                continue
            problem = self.refused.get(one.key)
            if one.kind is FieldKind.ROWS:
                problem = self.judge_rows(one, scope)
            problem = problem or self.missing(one, scope) or self.withheld(one, scope)
            problem = problem or self.unchecked(one, scope)
            address = self.prefix + one.key
            if problem:
                self.errors[address] = f"{self.said}{problem}"
            doubt = warning(one, self.stored[one.key])
            if doubt and not problem:
                self.warnings[address] = f"{self.said}“{one.label}”:{doubt}"

    def judge_rows(self, one: Field, scope: Mapping[str, Any]) -> str | None:
        filled = _filled(one, self.raw.get(one.key))
        required = one.required or self.ask(one.required_if, scope) is True
        least = max(one.min_rows, 1) if required else 0
        if len(filled) < least:
            return f"“{one.label}”至少填写{least}行。"
        if len(filled) > one.max_rows:
            return f"“{one.label}”最多填写{one.max_rows}行，现在有{len(filled)}行。"
        stored = []
        for number, answers in enumerate(filled):
            address, said = f"{one.key}[{number}].", f"“{one.label}”第{number + 1}行："
            row = _Record(one.fields, answers, scope, self.today, address, said)
            row.settle()
            row.judge()
            self.errors |= row.errors
            self.warnings |= row.warnings
            stored.append(row.values())
        self.stored[one.key] = stored
        return None

    def missing(self, one: Field, scope: Mapping[str, Any]) -> str | None:
        if one.kind is FieldKind.ROWS:
            return None
        value = self.stored[one.key]
        if value is not None and value is not False and value != []:  # 0 is an answer
            return None
        if not one.required and self.ask(one.required_if, scope) is not True:
            return None
        if one.kind is FieldKind.BOOL:
            return f"请勾选“{one.label}”。"
        if one.computed and not one.enterable:
            return f"“{one.label}”算不出来，请核对它所依据的内容。"
        return f"请{'选择' if one.kind in CHOOSING else '填写'}“{one.label}”。"

    def withheld(self, one: Field, scope: Mapping[str, Any]) -> str | None:
        """A choice that is not on offer for this case."""
        stored = self.stored[one.key]
        chosen = stored if isinstance(stored, list) else [stored]
        for choice in one.choices:
            if choice.value in chosen and self.ask(choice.hide_if, scope) is True:
                return f"这件申请不能选“{choice.label}”，请重新选择“{one.label}”。"
        return None

    def unchecked(self, one: Field, scope: Mapping[str, Any]) -> str | None:
        """The check of a field. What cannot be judged because an answer is missing passes."""
        if one.check is None or self.stored[one.key] in (None, []):
            return None
        answer = self.ask(one.check, scope)
        if answer is True:
            return None
        unanswered = [n for n in _names(one.check) if n in scope and scope[n] is None]
        if answer is None and unanswered:
            return None
        return one.check_message or f"“{one.label}”与其他内容不相符，请核对。"


def _filled(one: Field, raw: Any) -> list[Mapping[str, Any]]:
    """Rows in which something was answered; never more than can be refused politely."""
    rows = raw if isinstance(raw, list | tuple) else []
    found = []
    for row in rows[: one.max_rows * 2 + 2]:
        if isinstance(row, Mapping) and not all(is_empty(row.get(f.key)) for f in one.fields):
            found.append(row)
    return found
