"""Questions of the forms of changes, in short: `workflows.forms` draws and checks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from workflows.forms import Choice, Field, FieldKind, Form, Group, Part


def form(key: str, *parts: Part) -> Form:
    """A form of these parts."""
    return Form(key.replace(".", "_"), parts)


def group(label: str, *parts: Part) -> Group:
    """Questions under one heading."""
    return Group(label, parts)


def text(
    key: str, label: str, *, most: int = 200, must: bool = False, about: str = "",
    hide: str = "", pattern: str | None = None,
) -> Field:  # fmt: skip
    """One line."""
    return Field(
        key, label, FieldKind.TEXT, "textfield", about, must, max_length=most,
        hide_if=_hide(hide), pattern=pattern,
    )  # fmt: skip


def area(
    key: str, label: str, *, most: int = 1000, must: bool = False, about: str = ""
) -> Field:
    """Several lines."""
    return Field(key, label, FieldKind.TEXT, "textarea", about, must, max_length=most)


def number(
    key: str, label: str, least: int, most: int, *, must: bool = False, about: str = "",
    hide: str = "",
) -> Field:  # fmt: skip
    """A whole number."""
    return Field(
        key, label, FieldKind.NUMBER, "number", about, must,
        minimum=Decimal(least), maximum=Decimal(most), hide_if=_hide(hide),
    )  # fmt: skip


def choice(
    key: str, label: str, choices: Mapping[str, str], *, must: bool = True, about: str = "",
    hide: str = "",
) -> Field:  # fmt: skip
    """One of several."""
    return Field(
        key, label, FieldKind.CHOICE, "select", about, must, choices=_choices(choices),
        hide_if=_hide(hide),
    )  # fmt: skip


def choices(
    key: str, label: str, offered: Mapping[str, str], *, must: bool = False, about: str = ""
) -> Field:
    """Some of several."""
    return Field(
        key, label, FieldKind.CHOICES, "checklist", about, must, choices=_choices(offered)
    )


def tick(key: str, label: str, *, about: str = "", hide: str = "") -> Field:
    """Yes or no."""
    return Field(key, label, FieldKind.BOOL, "checkbox", about, hide_if=_hide(hide))


def rows(
    key: str, label: str, fields: Iterable[Field], *, least: int = 0, most: int = 50,
    about: str = "",
) -> Field:  # fmt: skip
    """A list of rows."""
    return Field(
        key, label, FieldKind.ROWS, "dynamiclist", about, least > 0, fields=tuple(fields),
        min_rows=least, max_rows=most,
    )  # fmt: skip


def _choices(offered: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in offered.items())


def _hide(condition: str) -> tuple[str, ...]:
    return (condition,) if condition else ()
