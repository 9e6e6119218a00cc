"""Numbers as people and browsers send them: in addresses, hidden inputs and buttons."""

from __future__ import annotations

DIGITS = 18
"""At most so many: they fit into a column of the database, and are read in no time."""


def whole(text: str | None, digits: int = DIGITS) -> int | None:
    """The number that ASCII digits write, at most `digits` of them; None for anything else."""
    if text and len(text) <= digits and text.isascii() and text.isdigit():
        return int(text)
    return None
