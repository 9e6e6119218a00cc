"""Refusals: sentences for the person who asked, never codes alone."""

from __future__ import annotations

from django.utils.translation import gettext


class Refused(Exception):
    """An action was not carried out; the message is a full sentence for the user.

    `rule` names the requirement or law article, where one decides. Constant sentences are
    collected by `bianmin makemessages`; one with values in it is translated where it is made.
    """

    def __init__(self, sentence: str, *, rule: str = "", field: str = "") -> None:
        super().__init__(sentence)
        self.rule = rule
        self.field = field

    @property
    def sentence(self) -> str:
        """The sentence in the language of whoever reads it."""
        return gettext(str(self))


class AlreadyDone(Refused):
    """The same thing was done before (double click, retry, a colleague): nothing to repair."""


class NotYours(Refused):
    """The person may know of the thing, but may not do this to it."""


class Unknown(Refused):
    """The thing does not exist for this person: shown as 404, never as 403."""


class Invalid(Refused):
    """Values typed into a form are wrong: `errors` maps field keys to sentences."""

    def __init__(self, errors: dict[str, str], sentence: str = "") -> None:
        super().__init__(sentence or "；".join(errors.values()))
        self.errors = errors
