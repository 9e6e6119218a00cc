"""A diagram of a draft beside the one in force: what to mark on which, and in which words.

A change is marked where it stands: on the new drawing what is new, on the old one what is gone,
on both what is another now. Layout alone is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from webapp.processes.models import Draft, DraftFile
from webapp.processes.queries.difference import difference
from webapp.processes.queries.library import content_of, in_force, library, with_draft
from workflows.errors import WorkflowError
from workflows.model import Process, Scope
from workflows.versions import Change
from workflows.versions.wording import KINDS


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawing: the keys of its processes, everything drawn, and names of what has one."""

    keys: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both drawings with their marks: id → added, removed or changed; `power`: ids in red.

    `elements`: (id, name) of everything that a remark can be about.
    """

    before: str | None
    after: str | None
    changes: tuple[Change, ...]
    marks_before: Mapping[str, str]
    marks_after: Mapping[str, str]
    power: tuple[str, ...]
    elements: tuple[tuple[str, str], ...]


def side_by_side(draft: Draft, file: DraftFile) -> SideBySide:
    """Compare one diagram of a draft with the library in force."""
    now = in_force()
    before, after = now.get(file.path), file.content_id
    old = drawn(file.path, before) if before else Drawn()
    new = drawn(file.path, after) if after else Drawn()
    found = difference(now, with_draft(draft))
    changes = tuple(one for one in found if one.process in old.keys | new.keys)
    marks_before: dict[str, str] = {}
    marks_after: dict[str, str] = {}
    for change in changes:
        was = change.before if change.kind == "id" and change.before else change.element
        in_old, in_new = was in old.ids, change.element in new.ids
        if in_new:
            marks_after.setdefault(change.element, "changed" if in_old else "added")
        if in_old:
            marks_before.setdefault(was, "changed" if in_new else "removed")
    names = dict(old.names) | dict(new.names)
    return SideBySide(
        before,
        after,
        changes,
        marks_before,
        marks_after,
        tuple(dict.fromkeys(one.element for one in changes if one.power and one.element)),
        tuple((key, names[key]) for key in dict.fromkeys([*dict(new.names), *dict(old.names)])),
    )


def element_name(manifest: Mapping[str, str], path: str, element: str) -> str:
    """What an element of a file is called, its id where it has no name or is gone."""
    digest = manifest.get(path)
    if digest is None or not path.endswith(".bpmn"):
        return element
    return dict(drawn(path, digest).names).get(element, element)


@lru_cache(maxsize=256)
def drawn(path: str, digest: str) -> Drawn:
    """What a stored drawing holds; nothing where it cannot be read."""
    try:
        processes = library({path: content_of(digest)}).reading(path).processes
    except WorkflowError:
        return Drawn()
    ids: set[str] = set()
    names: dict[str, str] = {}
    for process in processes:
        ids |= set(_ids(process))
        for element in process.scope.walk():
            if element.drawn:
                names[element.id] = element.name or f"{KINDS[element.kind]} {element.id}"
    return Drawn(frozenset(p.key for p in processes), frozenset(ids), tuple(names.items()))


def _ids(process: Process) -> Iterator[str]:
    yield from process.lanes
    for element in process.scope.walk():
        yield element.id
        if element.scope is not None:
            yield from _flows(element.scope)
    yield from _flows(process.scope)


def _flows(scope: Scope) -> Iterator[str]:
    return (flow.id for flow in scope.flows)
