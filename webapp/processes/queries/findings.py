"""What is wrong with a library that is not in force yet: findings and scenarios.

Pure work over files, kept by digest: the same draft is checked once, however often it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from webapp.processes.wordings import findings_of_wording
from workflows.checks import check_bundle
from workflows.errors import Unreadable, WorkflowError
from workflows.findings import Finding, Severity
from workflows.forms import read_form
from workflows.rehearse import Rehearsal, read_scenario
from workflows.sources.bundle import Library
from workflows.sources.decisions import read_decisions


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
            found = read_decisions(files[path], path)[1]
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
    for path in sorted(changed & files.keys()):
        found |= dict.fromkeys(_findings_of_file(rows, path))
    try:
        for key in touched(read, changed):
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
