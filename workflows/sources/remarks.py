"""Where the readers of one file put what they find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lxml import etree

from workflows.findings import Finding, Severity

MAX_FINDINGS = 500


def line_of(node: etree._Element) -> int | None:
    """1-based source line of an element, None where it has none."""
    line: Any = node.sourceline
    return int(line) if line is not None else None


class Remarks:
    """Collects findings about one file; stops collecting (not reading) at a sane number."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.process: str | None = None  # key of the process that is being read
        self._owners: dict[Finding, str] = {}
        self._findings: list[Finding] = []
        self._left_off = 0
        self._unused: Counter[str] = Counter()
        self._first: dict[str, tuple[int | None, str]] = {}

    def error(self, code: str, node: etree._Element, sentence: str, remedy: str = "") -> None:
        """The diagram cannot be executed exactly because of `node`."""
        self.add(code, Severity.ERROR, node, sentence, remedy)

    def unfit(self, code: str, node: etree._Element, sentence: str, remedy: str = "") -> None:
        """Executable, but something drawn at `node` does not reach the county's work."""
        self.add(code, Severity.UNFIT, node, sentence, remedy)

    def note(self, code: str, node: etree._Element, sentence: str, remedy: str = "") -> None:
        """Worth telling the designer."""
        self.add(code, Severity.NOTE, node, sentence, remedy)

    def add(
        self, code: str, severity: Severity, node: etree._Element, sentence: str, remedy: str
    ) -> None:
        """Record one finding at `node` (its own id, or that of the nearest element around)."""
        self.at(code, severity, line_of(node), owner(node), sentence, remedy)

    def at(
        self,
        code: str,
        severity: Severity,
        line: int | None,
        element: str,
        sentence: str,
        remedy: str = "",
    ) -> None:
        """Record one finding at a place that is known by line and id."""
        if len(self._findings) >= MAX_FINDINGS and severity is not Severity.ERROR:
            self._left_off += 1
            return
        if len(self._findings) >= 2 * MAX_FINDINGS:
            self._left_off += 1
            return
        found = Finding(code, severity, self.file, line, element, sentence, remedy)
        self._findings.append(found)
        if self.process is not None:
            self._owners.setdefault(found, self.process)

    def unused(self, what: str, node: etree._Element) -> None:
        """Count something foreign without effect; one note for all of its kind."""
        self._unused[what] += 1
        self._first.setdefault(what, (line_of(node), owner(node)))

    def owners(self) -> Mapping[Finding, str]:
        """Which process a finding is about; those about the whole file are absent."""
        return MappingProxyType(self._owners)

    def collected(self) -> tuple[Finding, ...]:
        """Everything found, errors first within the order of the file."""
        found = list(self._findings)
        for what, times in self._unused.items():
            line, element = self._first[what]
            sentence = f"“{what}”在本系统中不起作用（共 {times} 处）"
            found.append(
                Finding("foreign-unused", Severity.NOTE, self.file, line, element, sentence)
            )
        if self._left_off:
            sentence = f"问题太多，另有 {self._left_off} 条没有列出"
            found.append(Finding("too-many", Severity.NOTE, self.file, None, "", sentence))
        return tuple(found)


def owner(node: etree._Element) -> str:
    """Id of the element, or of the nearest one around it that has an id."""
    at: etree._Element | None = node
    while at is not None:
        found = at.get("id")
        if found:
            return str(found)
        at = at.getparent()
    return ""
