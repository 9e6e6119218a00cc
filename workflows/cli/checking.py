"""`check`: findings of diagrams, decisions, forms and scenarios, alone or as a library."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workflows.checks import check_bundle, check_diagram, check_signals
from workflows.cli.files import library_of, read_bytes
from workflows.errors import Unreadable
from workflows.findings import Finding, Severity, has_errors
from workflows.forms import read_form
from workflows.sources.bundle import Library, read_library
from workflows.sources.decisions import read_decisions
from workflows.sources.diagrams import Reading

YAML = frozenset({".yaml", ".yml"})


@dataclass(slots=True)
class Report:
    """What was found, by file as named at the command; `strict` files fail on `unfit` too."""

    found: dict[str, dict[Finding, None]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    strict: set[str] = field(default_factory=set)
    unreadable: bool = False
    place: Callable[[str], str] = str  # name in the library → as the files were named

    def add(self, file: str, *findings: Finding) -> None:
        """Put findings under a file (each once); a file without any is listed too."""
        self.found.setdefault(self.place(file), {})
        for finding in findings:
            placed = replace(finding, file=self.place(finding.file))
            self.found.setdefault(placed.file, {}).setdefault(placed)

    def refuse(self, file: str, wrong: Unreadable) -> None:
        """A file that could not be read."""
        self.unreadable = True
        self.add(file, Finding("unreadable", Severity.ERROR, file, None, "", str(wrong)))

    def learn(self, reading: Reading) -> None:
        """Remember the names of elements, and whether the file speaks `gov:`."""
        for process in reading.processes:
            file = self.place(process.file)
            self.names[file, process.key] = process.name
            for element in process.scope.walk():
                self.names[file, element.id] = element.name
            if process.uses_gov:
                self.strict.add(file)

    def status(self, publish: bool) -> int:
        """The exit status of the command."""
        if self.unreadable:
            return 2
        for file, findings in self.found.items():
            if has_errors(findings):
                return 1
            unfit = any(f.severity is Severity.UNFIT for f in findings)
            if unfit and (publish or file in self.strict):
                return 1
        return 0


def check(files: list[str], *, publish: bool, as_json: bool) -> int:
    """Check files and folders; print findings as lines or as JSON."""
    report = Report()
    for name in files:
        path = Path(name)
        try:
            if path.is_dir():
                _folder(path, name, report, publish)
            else:
                _file(path, name, report, publish)
        except Unreadable as wrong:
            report.refuse(name, wrong)
    _print(report, as_json)
    return report.status(publish)


def _file(path: Path, name: str, report: Report, publish: bool) -> None:
    if path.suffix == ".json":
        report.add(name, *read_form(read_bytes(path), name).findings)
    elif path.suffix == ".dmn":
        report.add(name, *read_decisions(read_bytes(path), name)[1])
    elif path.suffix in YAML:
        from workflows.rehearse.referring import References, read_scenario  # only when asked

        scenario = read_scenario(read_bytes(path), name)
        home = path.resolve().parent.parent
        known = References(read_library(home)) if (home / "forms").is_dir() else None
        report.add(name, *(known.check(scenario) if known is not None else ()))
    else:
        library, inside = library_of(path)
        around = name.removesuffix(inside) if name.endswith(inside) else None
        report.place = (lambda file: around + file) if around is not None else (
            lambda file: name if file == inside else file
        )  # fmt: skip
        _diagram(library, inside, report, publish)
        report.place = str


def _diagram(library: Library, file: str, report: Report, publish: bool) -> None:
    """One diagram: its processes with all that they call."""
    reading = library.reading(file)
    report.learn(reading)
    report.add(file)
    if not reading.processes:
        report.add(file, *check_diagram(reading, publish=publish))
    for process in reading.processes:
        bundle = library.bundle(process.key)
        for other in bundle.files:
            if other.endswith(".bpmn"):
                report.learn(library.reading(other))
        report.add(file, *check_bundle(bundle, publish=publish))


def _folder(folder: Path, name: str, report: Report, publish: bool) -> None:
    """A library: every diagram, the decisions and forms that no diagram uses, the scenarios."""
    library = read_library(folder)
    report.place = lambda file: (folder / file).as_posix()
    for file in sorted(library.files):
        try:
            if file.endswith(".bpmn"):
                _diagram(library, file, report, publish)
            elif file.endswith(".dmn"):
                report.add(file, *read_decisions(library.files[file], file)[1])
            else:
                report.add(file, *read_form(library.files[file], file).findings)
        except Unreadable as wrong:
            report.refuse(file, wrong)
    processes = [p for p in map(library.process, library.keys()) if p is not None]
    for finding in check_signals(processes):
        report.add(finding.file, finding)
    _scenarios(folder, library, report)
    report.place = str
    if not library.files:
        raise Unreadable(f"{name}：文件夹里没有流程图")


def _scenarios(folder: Path, library: Library, report: Report) -> None:
    """The scenarios of a library: do they speak of what is drawn?"""
    paths = [p for p in sorted(folder.glob("scenarios/*")) if p.suffix in YAML]
    if not paths:
        return
    from workflows.rehearse.referring import References, read_scenario  # only when asked

    references = References(library)
    for path in paths:
        file = path.relative_to(folder).as_posix()
        try:
            report.add(file, *references.check(read_scenario(read_bytes(path), file)))
        except Unreadable as wrong:
            report.refuse(file, wrong)


def _print(report: Report, as_json: bool) -> None:
    if as_json:
        files = [
            {"file": file, "findings": [_json(f, report) for f in findings]}
            for file, findings in report.found.items()
        ]
        sys.stdout.write(json.dumps({"files": files}, ensure_ascii=False, indent=1) + "\n")
        return
    for line in _lines(report):
        sys.stdout.write(line + "\n")


def _lines(report: Report) -> Iterator[str]:
    words = {Severity.ERROR: "错误", Severity.UNFIT: "不宜发布", Severity.NOTE: "提示"}
    counts = dict.fromkeys(Severity, 0)
    for findings in report.found.values():
        for finding in findings:
            counts[finding.severity] += 1
            yield f"{words[finding.severity]} {finding}"
    said = "，".join(f"{words[s]} {n} 条" for s, n in counts.items() if n)
    yield f"检查了 {len(report.found)} 个文件：{said or '没有问题'}"


def _json(finding: Finding, report: Report) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "line": finding.line,
        "column": None,
        "element": finding.element,
        "name": report.names.get((finding.file, finding.element), ""),
        "sentence": finding.sentence,
        "remedy": finding.remedy,
    }
