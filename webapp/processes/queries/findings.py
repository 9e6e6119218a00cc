"""What is wrong with a library that is not in force yet: findings and scenarios.

Pure work over files, kept by digest: the same draft is checked once, however often it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from webapp.processes.queries.library import (
    DECISIONS,
    DIAGRAMS,
    FORMS,
    SCENARIOS,
    WORDINGS,
    contents,
    library,
    own_keys,
)
from webapp.processes.queries.published import PATH_TABLE
from webapp.processes.wordings import findings_of_wording
from workflows.checks import check_bundle
from workflows.errors import Unreadable, WorkflowError
from workflows.feel.decisions import Decision
from workflows.feel.tables import Table
from workflows.findings import Finding, Severity
from workflows.forms import read_form
from workflows.rehearse import Rehearsal, read_scenario
from workflows.sources.bundle import Library
from workflows.sources.decisions import read_decisions

PATH_FILE = f"decisions/{PATH_TABLE}.dmn"


@dataclass(frozen=True, slots=True)
class Told:
    """A scenario and how it came out: no failures, it holds."""

    file: str
    name: str
    process: str
    failures: tuple[str, ...]


def findings_of_file(manifest: Mapping[str, str], path: str) -> tuple[Finding, ...]:
    """What is wrong in one file, as the rest of the manifest stands: errors first."""
    return _findings_of_file(tuple(sorted(manifest.items())), path)


def findings(manifest: Mapping[str, str], changed: frozenset[str]) -> tuple[Finding, ...]:
    """What forbids or advises against publishing files: those of every process they touch."""
    return _findings(tuple(sorted(manifest.items())), changed)


def scenarios(manifest: Mapping[str, str], changed: frozenset[str]) -> tuple[Told, ...]:
    """Every scenario of the processes that use a changed file, played."""
    return _scenarios(tuple(sorted(manifest.items())), changed)


def touched(read: Library, changed: frozenset[str]) -> list[str]:
    """Keys of the library's own processes that use one of the files."""
    found = []
    for key in own_keys(read):
        if changed & read.bundle(key).files.keys():
            found.append(key)
    return found


@lru_cache(maxsize=64)
def _findings_of_file(rows: tuple[tuple[str, str], ...], path: str) -> tuple[Finding, ...]:
    files = contents(dict(rows))
    if path not in files:
        return ()
    found: Iterable[Finding] = ()
    try:
        if path.endswith(FORMS):
            found = read_form(files[path], path).findings
        elif path.endswith(DECISIONS):
            decisions, told = read_decisions(files[path], path)
            found = [*told, *_nowhere(decisions, path, files)]
        elif path.endswith(DIAGRAMS):
            found = _of_diagram(library(files), path)
        elif path.startswith(WORDINGS):
            forms = {p: c for p, c in files.items() if p.endswith(FORMS)}
            found = findings_of_wording(path, files[path], forms)
        elif path.startswith(SCENARIOS):
            read_scenario(files[path], path)
    except Unreadable as wrong:
        found = (_unreadable(path, wrong),)
    return _ordered(found)


def _nowhere(
    decisions: Sequence[Decision], path: str, files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Rows of the path table that lead to a process which the library does not have."""
    read = library(files)
    for one in decisions:
        if one.id != PATH_TABLE or not isinstance(one.logic, Table):
            continue
        keys = set(own_keys(read))
        for rule in one.logic.rules:
            key = rule.results[0].text.strip().strip('"') if rule.results else ""
            if key not in keys:
                yield Finding(
                    "path-nowhere",
                    Severity.UNFIT,
                    path,
                    rule.line,
                    one.id,
                    f"第 {rule.number} 条规则走到“{key}”，流程库里没有这条办理路径。",
                    f"可以写：{'、'.join(sorted(keys))}。",
                )


def _of_diagram(read: Library, path: str) -> list[Finding]:
    found: dict[Finding, None] = {}
    for process in read.reading(path).processes:
        found |= dict.fromkeys(check_bundle(read.bundle(process.key), publish=True))
    return [finding for finding in found if finding.file == path]


@lru_cache(maxsize=16)
def _findings(
    rows: tuple[tuple[str, str], ...], changed: frozenset[str]
) -> tuple[Finding, ...]:
    files = contents(dict(rows))
    read = library(files)
    found: dict[Finding, None] = {}
    gone = {path for path in changed - files.keys() if path.endswith(DIAGRAMS)}
    for path in sorted(
        changed & files.keys() | ({PATH_FILE} & files.keys() if gone else set())
    ):
        found |= dict.fromkeys(_findings_of_file(rows, path))
    try:  # whoever called what is gone does not hold it any more: all are asked
        for key in own_keys(read) if gone else touched(read, changed):
            found |= dict.fromkeys(check_bundle(read.bundle(key), publish=True))
    except Unreadable as wrong:
        found.setdefault(_unreadable("", wrong))
    for path, sentence in read.unreadable.items():
        found.setdefault(_unreadable(path, sentence))
    return _ordered(found)


@lru_cache(maxsize=16)
def _scenarios(rows: tuple[tuple[str, str], ...], changed: frozenset[str]) -> tuple[Told, ...]:
    files = contents(dict(rows))
    read = library(files)
    try:
        keys = set(touched(read, changed))
        keys |= {key for key in read.keys() if read.bundle(key).files.keys() & changed}  # noqa: SIM118
    except Unreadable as wrong:
        return (Told("", "", "", (str(wrong),)),)
    rehearsal = Rehearsal(read)
    told = []
    for path in sorted(path for path in files if path.startswith(SCENARIOS)):
        try:
            scenario = read_scenario(files[path], path)
        except WorkflowError as wrong:
            told.append(Told(path, path, "", (str(wrong),)))
            continue
        if scenario.process in keys or path in changed:
            failures = rehearsal.run(scenario).failures
            told.append(Told(path, scenario.name, scenario.process, failures))
    return tuple(told)


def _unreadable(path: str, wrong: object) -> Finding:
    return Finding("unreadable", Severity.ERROR, path, None, "", str(wrong))


_RANK = {Severity.ERROR: 0, Severity.UNFIT: 1, Severity.NOTE: 2}


def _ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    unique = list(dict.fromkeys(found))
    return tuple(sorted(unique, key=lambda one: (_RANK[one.severity], one.file, one.line or 0)))
