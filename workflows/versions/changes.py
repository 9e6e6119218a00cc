"""One difference: what it is about, whether it moves power, and the sentence for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

POWER = (
    "role", "separate", "second-person", "way-round", "result", "clock", "limit", "unit",
    "step-added", "step-removed", "kind", "document-organ", "document-seal", "document-basis",
    "document-basis_licence", "document-remedy", "document-signatures", "document-added",
    "document-removed",
)  # fmt: skip
"""Kinds in which power moves, the gravest first; other kinds follow in drawing order."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference of one place between two versions.

    `kind` says what changed ("limit", "role", "flow-added" …); `process` and `element` where:
    ids of the new version, of the old one where the thing is gone. A decision table or form
    stands in `process` as its own id. `before` and `after` are texts for people, None where
    there was or is nothing. `power`: somebody may now do more, or fewer people look.
    `gains`: keys of the roles that get work or say by it (author ≠ reviewer ≠ these).
    """

    kind: str
    sentence: str
    process: str
    element: str = ""
    name: str = ""
    before: str | None = None
    after: str | None = None
    power: bool = False
    gains: tuple[str, ...] = ()


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes of power first, by gravity; the rest as they were found."""
    return tuple(sorted(dict.fromkeys(changes), key=_rank))


def _rank(change: Change) -> int:
    if not change.power:
        return len(POWER) + 1
    return POWER.index(change.kind) if change.kind in POWER else len(POWER)
