"""What a check says about a file: one sentence, one place, one remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is (design: diagrams)."""

    ERROR = "error"  # cannot be executed exactly
    UNFIT = "unfit"  # executable, but not fit to be published in a county
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect: `sentence` in Chinese for the designer, `remedy` says how to mend it.

    `line` is 1-based; None where the source has no lines. `element` is the BPMN id, or ""
    for the file as a whole.
    """

    code: str
    severity: Severity
    file: str
    line: int | None
    element: str
    sentence: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line or 1}: {self.element or '-'}"
        mend = f" ({self.remedy})" if self.remedy else ""
        return f"{place}: {self.code}: {self.sentence}{mend}"


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any finding forbids execution."""
    return any(finding.severity is Severity.ERROR for finding in findings)
