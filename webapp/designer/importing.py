"""What became of an imported file, in three lists: converted, not supported, left as a remark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.processes.queries.library import DECISIONS, DIAGRAMS, FORMS
from workflows.findings import Finding, Severity
from workflows.forms import read_form
from workflows.sources.decisions import read_decisions
from workflows.sources.diagrams import read_diagram


@dataclass(frozen=True, slots=True)
class Told:
    """Findings of the reading: what cannot run, what cannot be published, what was converted."""

    refused: tuple[Finding, ...]
    open: tuple[Finding, ...]
    converted: tuple[Finding, ...]


def told(content: bytes, path: str) -> Told:
    """The three lists for a file that was readable when it was imported."""
    found = tuple(_read(content, path))
    return Told(
        *(
            tuple(one for one in found if one.severity is severity)
            for severity in (Severity.ERROR, Severity.UNFIT, Severity.NOTE)
        )
    )


def _read(content: bytes, path: str) -> Iterable[Finding]:
    if path.endswith(DIAGRAMS):
        return read_diagram(content, path).findings
    if path.endswith(DECISIONS):
        return read_decisions(content, path)[1]
    if path.endswith(FORMS):
        return read_form(content, path).findings
    return ()
