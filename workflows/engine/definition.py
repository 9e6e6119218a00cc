"""A bundle made ready to run."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.model import Bundle
from workflows.spiff.program import Program


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """Immutable; shared by all threads of a process, cached by `digest`."""

    root: str
    digest: str
    program: Program


def prepare(bundle: Bundle) -> Definition:
    """Compile a bundle. Raises NotExecutable naming the element that cannot be executed."""
    return Definition(bundle.root, bundle.digest, Program(bundle))
