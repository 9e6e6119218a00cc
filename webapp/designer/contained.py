"""What the files of the library say by themselves: names, words, and what they refer to.

Read once for each content and kept by its digest, so that a list or a search reads nothing again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.designer import shelves
from webapp.processes.queries.library import DECISIONS, DIAGRAMS, contents
from workflows.errors import WorkflowError
from workflows.model import Process
from workflows.sources.decisions import read_decisions
from workflows.sources.diagrams import read_diagram

MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """What one file says: keys of its processes, what it defines and refers to, its words.

    References are written `process:promised`, `decision:opinion`, or as a path. `steps` maps the
    path of a form to the names of the steps that fill it in.
    """

    name: str
    keys: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    refers: frozenset[str] = frozenset()
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


_said: dict[tuple[str, str], Said] = {}


def read(manifest: Mapping[str, str]) -> dict[str, Said]:
    """What each file of a manifest says: one statement, for contents not read before."""
    missing = {p: d for p, d in manifest.items() if (p, d) not in _said}
    if missing:
        if len(_said) + len(missing) > MOST_KEPT:
            _said.clear()
            missing = dict(manifest)
        for path, content in contents(missing).items():
            _said[path, missing[path]] = _say(path, content)
    return {path: _said[path, digest] for path, digest in manifest.items()}


def _say(path: str, content: bytes) -> Said:
    name = shelves.name_of(path, content)
    words = tuple(dict.fromkeys(_words(path, content)))
    if path.endswith(DECISIONS):
        return Said(name, defines=tuple(_decisions(path, content)), words=words)
    if not path.endswith(DIAGRAMS):
        return Said(name, words=words)
    try:
        processes = read_diagram(content, path).processes
    except WorkflowError:
        return Said(name, words=words)
    steps: dict[str, dict[str, None]] = {}
    refers: set[str] = set()
    for process in processes:
        for form, step in _asks(process):
            steps.setdefault(form, {})[step] = None
        refers |= set(_references(process))
    keys = tuple(process.key for process in processes)
    defines = tuple(f"process:{key}" for key in keys)
    return Said(
        name, keys, defines, frozenset(refers), {f: tuple(n) for f, n in steps.items()}, words
    )


def _decisions(path: str, content: bytes) -> list[str]:
    try:
        return [f"decision:{one.id}" for one in read_decisions(content, path)[0]]
    except WorkflowError:
        return []


def _asks(process: Process) -> Iterator[tuple[str, str]]:
    for element in process.scope.walk():
        if element.work is not None and element.work.form:
            yield f"forms/{element.work.form}.json", element.name


def _references(process: Process) -> Iterator[str]:
    for element in process.scope.walk():
        if element.work is not None and element.work.form:
            yield f"forms/{element.work.form}.json"
        if element.called:
            yield f"process:{element.called}"
        if element.decision:
            yield f"decision:{element.decision}"
        for effect in element.effects:
            if "document" in effect.params:
                yield f"documents/{effect.params['document']}.yaml"


_SHOWN = re.compile(r'\b(?:name|label)="([^"]+)"|>([^<>]*[^\s<>][^<>]*)<')
_NAMED = ("label", "title", "text", "description", "value", "name")


def _words(path: str, content: bytes) -> Iterator[str]:
    """The words of a file that people read: names, labels, texts; no ids."""
    text = content.decode("utf-8", "replace")
    if path.endswith(".json"):
        try:
            yield from _labels(json.loads(text))
        except (ValueError, RecursionError):
            return
    elif path.endswith((".bpmn", ".dmn")):
        for attribute, inner in _SHOWN.findall(text):
            yield (attribute or inner).strip()
    else:
        yield from (line.strip() for line in text.splitlines() if line.strip())


def _labels(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str):
                if key in _NAMED and value.strip():
                    yield value.strip()
            else:
                yield from _labels(value)
    elif isinstance(part, list):
        for one in part:
            yield from _labels(one)


def names_of_forms(said: Mapping[str, Said]) -> dict[str, str]:
    """A form is called by the steps at which it is filled in."""
    found: dict[str, dict[str, None]] = {}
    for one in said.values():
        for form, steps in one.steps.items():
            found.setdefault(form, {}).update(dict.fromkeys(steps))
    return {form: "、".join(steps) for form, steps in found.items()}


def users(said: Mapping[str, Said]) -> dict[str, dict[str, None]]:
    """Names of the paths that use a file, also through the parts that they call."""
    where = {name: path for path, one in said.items() for name in one.defines}
    found: dict[str, dict[str, None]] = {}
    for path, one in said.items():
        if not one.keys or "/" in path:
            continue
        reached, look = {path}, [path]
        while look:
            for reference in said[look.pop()].refers:
                target = where.get(reference, reference)
                if target in said and target not in reached:
                    reached.add(target)
                    look.append(target)
        for target in reached - {path}:
            found.setdefault(target, {})[one.name] = None
    return found
