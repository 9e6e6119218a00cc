"""Where a case stands, as a badge says it: words from the cases room, tones for the eye."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases.queries import RESULT_NAMES, STATUS_NAMES

_TONES = {
    "APPROVED": "green",
    "DELIVERED": "green",
    "CORRECTION": "amber",
    "REFUSED": "red",
    "REFUSED_ACCEPTANCE": "red",
    "TERMINATED": "red",
    "CLOSED": "",
}


def status_words(status: str) -> str:
    """The public status of a case (domain §1.7)."""
    return _(STATUS_NAMES.get(status, status))


def status_tone(status: str) -> str:
    """Colour of the status badge: green, amber, red, blue or none."""
    return _TONES.get(status, "blue")


def result_words(result: str) -> str:
    """How a case ended; "" while it runs."""
    return _(RESULT_NAMES.get(result, result)) if result else ""
