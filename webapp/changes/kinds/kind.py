"""The contract of a kind of change, and the list of those that there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from webapp.core.errors import Unknown
from workflows.forms import Form

if TYPE_CHECKING:
    from webapp.changes.models import Change

Value = dict[str, Any]
"""A value in force or wanted, as JSON: everything that the kind is about."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One difference in a director's words. `grave`: power moves, limits grow, rights shrink."""

    words: str
    grave: bool = False


class Kind(ABC):
    """One kind of change. Subclasses hold no state; every method reads what it needs.

    `at_once`: takes effect with the approval (posts, calendar), otherwise on a day.
    `room`: the group in which pages list it.
    """

    key: str
    room: str = ""
    at_once: bool = False
    creates: bool = False
    """The subject does not exist before the change: there is no value in force."""

    @abstractmethod
    def name(self) -> str:
        """What is changed, in a few words: 时限."""

    @abstractmethod
    def subject_name(self, subject: str) -> str:
        """Which one: the item's name. Raises Unknown when there is none."""

    def subject_of(self, subject: str, value: Value) -> str:
        """The subject once it has a value; a kind that creates one names it here."""
        return subject

    @abstractmethod
    def current(self, subject: str) -> Value:
        """The value in force. Raises Unknown."""

    def lock(self, subject: str) -> None:  # noqa: B027 a kind without a row locks nothing
        """Lock the row that carries the value, so that changes of it follow one another."""

    @abstractmethod
    def form(self, subject: str) -> Form:
        """The questions of the page."""

    def typed(self, value: Value) -> dict[str, Any]:
        """The value as answers of the form; the same keys unless a kind says otherwise."""
        return as_typed(value)

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """The answers, checked field by field already, as a value."""
        return {**current, **answers}

    @abstractmethod
    def check(self, subject: str, value: Value, today: date) -> None:
        """Raises Invalid, addressed to fields of the form, for what law or county forbid."""

    @abstractmethod
    def difference(self, before: Value, after: Value) -> list[Line]:
        """What changes, as sentences."""

    def gaining(self, before: Value, after: Value) -> Collection[str]:
        """Keys of roles that the change gives work or decisions; they may not review it."""
        return ()

    @abstractmethod
    def apply(self, change: Change, today: date) -> None:
        """Put `change.after` in force: inside the transaction of the act, `before` is current.

        Raises Refused when it cannot be done.
        """


def as_typed(value: Row) -> dict[str, Any]:
    """A value as a browser would post it: numbers are texts, also in rows."""

    def said(one: Any) -> Any:
        if isinstance(one, Mapping):
            return as_typed(one)
        if isinstance(one, list):
            return [said(inner) for inner in one]
        return str(one) if isinstance(one, int) and not isinstance(one, bool) else one

    return {key: said(one) for key, one in value.items()}


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its key, in the order of the settings."""
    made: list[Kind] = [import_string(path)() for path in settings.CHANGE_KINDS]
    return {one.key: one for one in made}


def kind_of(key: str) -> Kind:
    """The kind of that key. Raises Unknown."""
    found = kinds().get(key)
    if found is None:
        raise Unknown("没有这一类参数。")
    return found
