"""What a form asks: frozen values read from form-js JSON, the same for steps and items.

A form is drawn once and used twice: the server renders it and the server validates it. The
engine sees only the values of fields marked `routing`, which may never be sensitive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from workflows.findings import Finding


class FieldKind(StrEnum):
    """What a field's value is; the JSON-safe form in which it is stored stands behind it."""

    TEXT = "text"  # str
    NUMBER = "number"  # int without decimals, else str with fixed decimals ("1200.00")
    CHOICE = "choice"  # str
    CHOICES = "choices"  # list of str
    BOOL = "bool"  # bool
    DATE = "date"  # str, ISO 8601
    ROWS = "rows"  # list of dict


class Format(StrEnum):
    """What a text must look like (domain, section 6, validators)."""

    ID_CARD = "id_card"
    USCC = "uscc"
    PHONE = "phone"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    CN_NAME = "cn_name"
    POSTCODE = "postcode"
    PASSPORT = "passport"
    MONEY = "money"  # a number with two decimals
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be chosen. `hide_if`: FEEL over the case; true: not on offer."""

    value: str
    label: str
    hide_if: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    `widget` is the form-js component. Expressions are FEEL without the leading `=`.
    `hide_if`: own condition and those of the groups around; any true one hides the field.
    `computed` fields are read-only; with `enterable` a person may answer where the expression
    gives null. `format_from` names the choice field whose value is the format (document type
    and number). `decimals` is for numbers. `choices_source` names a list kept elsewhere.
    `unique`: the action layer looks for the same value in other cases.
    """

    key: str
    label: str
    kind: FieldKind
    widget: str
    help: str = ""
    required: bool = False
    required_if: str | None = None
    hide_if: tuple[str, ...] = ()
    readonly: bool = False
    default: object = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    choices: tuple[Choice, ...] = ()
    choices_source: str | None = None
    format: Format | None = None
    format_from: str | None = None
    not_future: bool = False
    routing: bool = False
    sensitive: bool = False
    unique: bool = False
    computed: str | None = None
    enterable: bool = False
    check: str | None = None
    check_message: str = ""
    fields: tuple[Field, ...] = ()
    min_rows: int = 0
    max_rows: int = 50

    def label_of(self, value: str) -> str:
        """The label of a chosen value; the value itself when it is no longer offered."""
        return next((c.label for c in self.choices if c.value == value), value)


@dataclass(frozen=True, slots=True)
class Words:
    """Text between the questions (Markdown subset of form-js); shown as plain paragraphs."""

    text: str
    hide_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one heading."""

    label: str
    parts: tuple[Part, ...]
    hide_if: tuple[str, ...] = ()


Part = Field | Group | Words


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `parts` is the layout; `fields` all questions, flat and in order.

    `findings` says what cannot be used; a form with errors among them must not be run.
    """

    id: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every question, groups opened; questions of rows stay inside their field."""
        return tuple(_flat(self.parts))

    def field(self, key: str) -> Field | None:
        """The question with that key."""
        return next((f for f in self.fields if f.key == key), None)


def _flat(parts: tuple[Part, ...]) -> Iterator[Field]:
    for part in parts:
        if isinstance(part, Field):
            yield part
        elif isinstance(part, Group):
            yield from _flat(part.parts)
