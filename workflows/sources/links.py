"""Link events while a file is being read; normalisation turns them into flows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One end of a link event: throwing or catching, by name."""

    element: str
    throws: bool
    name: str
