"""What the editor of diagrams offers in its lists: roles, forms, documents, clocks, parts.

Everything comes from where it is true: `gov.json`, the county's roles, the files of the draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from webapp.designer.shelves import form_names, name_of
from webapp.processes.queries.library import DIAGRAMS, FORMS, contents, library, roles
from workflows.errors import WorkflowError
from workflows.forms import Form, read_form
from workflows.sources.bundle import Library
from workflows.sources.decisions import read_decisions
from workflows.sources.vocabulary import descriptor

Choice = dict[str, Any]
Pairs = tuple[tuple[str, str], ...]


def of_diagrams(manifest: Mapping[str, str]) -> dict[str, Any]:
    """Lists for the editor of diagrams."""
    return {
        "descriptor": dict(descriptor()),
        "roles": [
            {"value": role["key"], "label": role["name"], "level": role["level"]}
            for role in roles().values()
            if role["may_own_lane"]
        ],
        **_of_files(tuple(sorted(manifest.items()))),
    }


@lru_cache(maxsize=8)
def _of_files(rows: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    files = contents(dict(rows))
    read = library(files)
    return {
        "forms": list(_forms(files, form_names(rows))),
        "documents": list(_documents(files)),
        "decisions": list(_decisions(files)),
        "processes": list(_processes(read)),
        "calls": _calls(read),
    }


def _forms(files: Mapping[str, bytes], names: Mapping[str, str]) -> Iterator[Choice]:
    """Forms, called by the steps at which they are filled in."""
    for path in sorted(p for p in files if p.startswith("forms/") and p.endswith(FORMS)):
        key = path.removeprefix("forms/").removesuffix(FORMS)
        try:
            form = read_form(files[path], path)
        except WorkflowError:
            continue
        label = f"{names[path]}（{key}）" if path in names else key
        yield {"value": key, "label": label, "path": path, "fields": list(_fields(form))}


def _fields(form: Form) -> Iterator[Choice]:
    """Fields that reach the engine, with their choices: what a condition may ask."""
    for field in form.fields:
        if field.key == "outcome" or field.routing:
            options = [{"value": o.value, "label": o.label} for o in field.choices]
            yield {"key": field.key, "label": field.label, "options": options}


def _documents(files: Mapping[str, bytes]) -> Iterator[Choice]:
    for path in sorted(p for p in files if p.startswith("documents/")):
        code = path.removeprefix("documents/").removesuffix(".yaml")
        yield {"value": code, "label": f"{code} {name_of(path, files[path])}"}


def _decisions(files: Mapping[str, bytes]) -> Iterator[Choice]:
    for path in sorted(p for p in files if p.startswith("decisions/")):
        try:
            found = read_decisions(files[path], path)[0]
        except WorkflowError:
            continue
        for decision in found:
            yield {"value": decision.id, "label": decision.name or decision.id}


def _processes(read: Library) -> Iterator[Choice]:
    """What a call activity may call: shared parts first."""
    found = []
    for key in read.keys():  # noqa: SIM118
        process = read.process(key)
        if process is not None and process.file.endswith(DIAGRAMS):
            shared = process.file.startswith("shared/")
            found.append((not shared, {"value": key, "label": process.name, "shared": shared}))
    yield from (choice for _own, choice in sorted(found, key=lambda one: one[0]))


def _calls(read: Library) -> dict[str, dict[str, list[dict[str, str]]]]:
    """How each part is called most often in the library: what is given to it, and got back."""
    seen: dict[str, Counter[tuple[Pairs, Pairs]]] = {}
    for key in read.keys():  # noqa: SIM118
        process = read.process(key)
        for element in process.scope.walk() if process is not None else ():
            if element.called:
                way = tuple(element.ins.items()), tuple(element.outs.items())
                seen.setdefault(element.called, Counter())[way] += 1
    found = {}
    for called, ways in seen.items():
        ins, outs = ways.most_common(1)[0][0]
        found[called] = {"in": _pairs(ins), "out": _pairs(outs)}
    return found


def _pairs(rows: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "from": source} for name, source in rows]
