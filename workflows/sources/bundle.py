"""A folder or a set of files → bundles: a process with all that it calls, transitively.

Paths are relative to the library: `promised.bpmn`, `shared/intake.bpmn`,
`decisions/path.dmn`, `forms/accept.json`, `catalogue/roles.yaml`. The roles are the county's
data: they help checking, but are neither part of a bundle's files nor of its digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import yaml

from workflows.errors import Unreadable, WorkflowError
from workflows.findings import Finding, Severity
from workflows.forms import Form, read_form
from workflows.model import NOTHING, Bundle, Element, Process
from workflows.sources.decisions import read_decisions
from workflows.sources.diagrams import Reading, read_diagram
from workflows.sources.digests import meaning
from workflows.sources.xml import MAX_BYTES

ROLES = "catalogue/roles.yaml"
MAX_FILES = 2_000


@dataclass(slots=True)
class Library:
    """Files by relative path, read when they are first asked for and then kept.

    `unreadable` names the diagrams that could not be read, with the sentence why. Not for
    sharing between threads; the bundles it gives are immutable.
    """

    files: Mapping[str, bytes]
    roles: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    unreadable: dict[str, str] = field(default_factory=dict)
    _readings: dict[str, Reading] = field(default_factory=dict)
    _where: dict[str, str] | None = None

    def keys(self) -> tuple[str, ...]:
        """Keys of all executable processes, in order of their files."""
        return tuple(self._index())

    def reading(self, file: str) -> Reading:
        """One diagram of the library. Raises `Unreadable`."""
        if file not in self._readings:
            self._readings[file] = read_diagram(self.files[file], file)
        return self._readings[file]

    def bundle(self, key: str) -> Bundle:
        """The process `key` with its closure. Raises `Unreadable` where there is no such."""
        if key not in self._index():
            said = "；".join(self.unreadable.values())
            raise Unreadable(f"库里没有流程“{key}”" + (f"（{said}）" if said else ""))
        return _Collector(self, key).bundle()

    def process(self, key: str) -> Process | None:
        """An executable process by its key; None where the library has none."""
        file = self._index().get(key)
        if file is None:
            return None
        return next(p for p in self.reading(file).processes if p.key == key)

    def doubles(self, key: str) -> tuple[str, ...]:
        """Files in which the key is used."""
        return tuple(
            file
            for file in self._diagrams()
            if file not in self.unreadable
            and any(p.key == key for p in self.reading(file).processes)
        )

    def _diagrams(self) -> Iterator[str]:
        return (file for file in sorted(self.files) if file.endswith(".bpmn"))

    def _index(self) -> Mapping[str, str]:
        """Process key → file."""
        if self._where is None:
            self._where = {}
            for file in self._diagrams():
                try:
                    reading = self.reading(file)
                except Unreadable as wrong:
                    self.unreadable[file] = str(wrong)
                    continue
                for process in reading.processes:
                    self._where.setdefault(process.key, file)
        return self._where


def read_library(folder: Path) -> Library:
    """Read the library in `folder` (bpmn/). Raises `Unreadable` where it is not one."""
    if not folder.is_dir():
        raise Unreadable(f"{folder}：没有这个文件夹")
    files: dict[str, bytes] = {}
    for path in sorted(_paths(folder)):
        name = path.relative_to(folder).as_posix()
        if len(files) >= MAX_FILES:
            raise Unreadable(f"{folder}：文件太多，超过 {MAX_FILES} 个")
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"{name}：文件太大，超过 {MAX_BYTES // 1_000_000} MB，不予读取")
        files[name] = path.read_bytes()
    roles = read_roles(files.pop(ROLES), ROLES) if ROLES in files else NOTHING
    return Library(MappingProxyType(files), roles)


def read_bundle(
    root_key: str, files: Mapping[str, bytes], roles: Mapping[str, Any] = NOTHING
) -> Bundle:
    """The bundle of `root_key` from files by relative path. Raises `Unreadable`."""
    held = dict(files)
    written = held.pop(ROLES, None)
    if written is not None:
        roles = read_roles(written, ROLES)
    return Library(MappingProxyType(held), roles).bundle(root_key)


def read_roles(data: bytes, file: str) -> Mapping[str, Any]:
    """The roles catalogue: key → its record. Raises `Unreadable`."""
    try:
        rows = yaml.safe_load(data) if len(data) < 200_000 else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as wrong:
        raise Unreadable(f"{file}：不是合格的 YAML") from wrong
    if not isinstance(rows, list) or not all(isinstance(r, dict) and "key" in r for r in rows):
        raise Unreadable(f"{file}：应是角色的清单，每一项有 key")
    return MappingProxyType({str(row["key"]): MappingProxyType(row) for row in rows})


def _paths(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.bpmn")
    yield from folder.glob("shared/*.bpmn")
    yield from folder.glob("decisions/*.dmn")
    yield from folder.glob("forms/*.json")
    yield from folder.glob(ROLES)


class _Collector:
    """Walks the calls of one root and gathers what they need."""

    def __init__(self, library: Library, root: str) -> None:
        self.library = library
        self.root = root
        self.processes: dict[str, Process] = {}
        self.decisions: dict[str, Any] = {}
        self.forms: dict[str, Form] = {}
        self.files: dict[str, bytes] = {}
        self.findings: list[Finding] = []
        self._tables: dict[str, tuple[str, Any]] | None = None
        self._said: dict[str, tuple[Finding, ...]] = {}
        self._unreadable: list[str] = []

    def bundle(self) -> Bundle:
        """Gather, then freeze."""
        waiting = [self.root]
        while waiting:
            key = waiting.pop(0)
            if key in self.processes:
                continue
            process = self.library.process(key)
            if process is None:
                continue  # said where it is called
            self._take(process)
            waiting += [
                e.called
                for e in process.scope.walk()
                if e.called and self._callable(e, process)
            ]
        self._refuse_recursion()
        tables = sorted((f, d) for f, d in self.files.items() if f.endswith(".dmn"))
        digest = meaning(
            self.processes.values(),
            tables,
            {key: self.files[f"forms/{key}.json"] for key in self.forms},
        )
        return Bundle(
            root=self.root,
            processes=MappingProxyType(self.processes),
            decisions=MappingProxyType(self.decisions),
            forms=MappingProxyType(self.forms),
            files=MappingProxyType(self.files),
            digest=digest,
            findings=tuple(dict.fromkeys(self.findings)),
            roles=self.library.roles,
        )

    def _take(self, process: Process) -> None:
        self.processes[process.key] = process
        others = [file for file in self.library.doubles(process.key) if file != process.file]
        for file in others:
            self._say(
                "duplicate-process",
                process,
                None,
                f"流程“{process.key}”在 {file} 里也有一个",
                "给每个流程一个不同的标识",
            )
        if process.file not in self.files:
            self.files[process.file] = self.library.files[process.file]
        self.findings += self.library.reading(process.file).about(process.key)
        for element in process.scope.walk():
            if element.decision:
                self._decision(element, process)
            if element.work is not None and element.work.form:
                self._form(element, process)

    def _callable(self, element: Element, process: Process) -> bool:
        if element.called and self.library.process(element.called) is None:
            self._say(
                "missing-process",
                process,
                element,
                f"调用的流程“{element.called}”不存在",
                "选择库里的流程，或先画好它",
            )
            return False
        return True

    def _refuse_recursion(self) -> None:
        """A process that calls itself, however far round, never ends."""
        calls = {
            key: [(e, e.called) for e in p.scope.walk() if e.called in self.processes]
            for key, p in self.processes.items()
        }
        for key, called in calls.items():
            for element, target in called:
                if target and key in _reached(target, calls):
                    self._say(
                        "recursion",
                        self.processes[key],
                        element,
                        f"流程“{key}”经由“{target}”又调用自己，没有尽头",
                        "改用流程内的回路",
                    )

    def _decision(self, element: Element, process: Process) -> None:
        if self._tables is None:
            self._tables = self._read_tables()
        found = self._tables.get(element.decision or "")
        if found is None:
            why = "；".join(self._unreadable)
            self._say(
                "missing-decision",
                process,
                element,
                f"决策表“{element.decision}”不存在" + (f"（{why}）" if why else ""),
            )
            return
        file, decision = found
        self.decisions[element.decision or ""] = decision
        if file not in self.files:
            self.files[file] = self.library.files[file]
            self.findings += self._said.get(file, ())

    def _read_tables(self) -> dict[str, tuple[str, Any]]:
        """Every decision of the library by id; a file's findings count once it is used."""
        tables: dict[str, tuple[str, Any]] = {}
        for file in sorted(f for f in self.library.files if f.endswith(".dmn")):
            try:
                decisions, findings = read_decisions(self.library.files[file], file)
            except WorkflowError as wrong:
                self._unreadable.append(str(wrong))
                continue
            self._said[file] = tuple(findings)
            for decision in decisions:
                tables.setdefault(decision.id, (file, decision))
        return tables

    def _form(self, element: Element, process: Process) -> None:
        key = element.work.form if element.work is not None else None
        if key is None or key in self.forms:
            return
        file = str(PurePosixPath("forms", f"{key}.json"))
        data = self.library.files.get(file)
        if data is None:
            return  # the checks say so: executable, but nobody could fill it in
        try:
            self.forms[key] = read_form(data, file)
        except WorkflowError as wrong:
            self.findings.append(
                Finding("form-unreadable", Severity.UNFIT, file, None, key, str(wrong))
            )
            return
        self.findings += self.forms[key].findings
        self.files[file] = data

    def _say(
        self,
        code: str,
        process: Process,
        element: Element | None,
        sentence: str,
        remedy: str = "",
    ) -> None:
        line = element.line if element is not None else None
        name = element.id if element is not None else process.key
        self.findings.append(
            Finding(code, Severity.ERROR, process.file, line, name, sentence, remedy)
        )


def _reached(start: str, calls: Mapping[str, list[tuple[Element, str]]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        waiting += [target for _, target in calls.get(key, [])]
    return seen
