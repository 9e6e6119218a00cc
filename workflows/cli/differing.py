"""`diff`: what two versions of files or libraries mean differently, in sentences.

Exit status 0: the same meaning; 1: there are changes; 2: something cannot be read.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workflows.cli.files import read_bytes
from workflows.errors import Unreadable
from workflows.model import NOTHING, Bundle
from workflows.sources.bundle import (
    MAX_FILES,
    ROLES,
    Library,
    read_library,
    read_roles,
)
from workflows.versions import Change, compare, everything

PAPERS = frozenset({".yaml", ".yml"})
_ROOMS = ("documents", "scenarios")
_SOME = "yaml"  # the name of a single file on both sides
_TITLE = re.compile(r"^title:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)


def diff(old: str, new: str, *, as_json: bool) -> int:
    """Compare two files of one kind, or two folders; print the changes."""
    paths = Path(old), Path(new)
    if paths[0].is_dir() != paths[1].is_dir():
        raise Unreadable("要么比较两个文件，要么比较两个文件夹")
    before, after = (_contents(path) for path in paths)
    papers = _papers(paths[0]), _papers(paths[1])
    changes = compare(before, after, _titles(paths), papers)
    if as_json:
        said = {"changes": [_json(change) for change in changes]}
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    else:
        _print(changes)
    return 1 if changes else 0


def _contents(path: Path) -> Bundle:
    """Everything in a folder, or in one file. Raises `Unreadable`."""
    if path.is_dir():
        library = read_library(path)
        if not library.files:
            raise Unreadable(f"{path}：文件夹里没有流程图、决策表或表单")
        return everything(library)
    if path.suffix in PAPERS:
        return everything(Library({}))
    if path.suffix in {".dmn", ".json"}:
        return everything(Library({path.name: read_bytes(path)}))
    name = path.name if path.suffix == ".bpmn" else f"{path.name}.bpmn"
    return everything(Library({name: read_bytes(path)}, _roles_near(path)))


def _papers(path: Path) -> Mapping[str, bytes]:
    """Wordings and scenarios of a library by name, or the one that the file is."""
    if not path.is_dir():
        return {_SOME: read_bytes(path)} if path.suffix in PAPERS else NOTHING
    found = [one for room in _ROOMS for one in sorted(path.glob(f"{room}/*"))]
    if len(found) > MAX_FILES:
        raise Unreadable(f"{path}：文书文本和情形超过 {MAX_FILES} 个")
    return {
        one.relative_to(path).as_posix(): read_bytes(one)
        for one in found
        if one.suffix in PAPERS
    }


def _homes(path: Path) -> tuple[Path, ...]:
    """Folders in which the library of a path may lie."""
    return (path,) if path.is_dir() else (path.resolve().parent, path.resolve().parent.parent)


def _roles_near(path: Path) -> Mapping[str, Any]:
    """Names of roles, where the file lies in a library; they only serve the sentences."""
    for home in _homes(path):
        if (home / ROLES).is_file():
            return read_roles(read_bytes(home / ROLES), ROLES)
    return NOTHING


def _titles(paths: tuple[Path, Path]) -> Mapping[str, str]:
    """Titles of documents by code, from the wordings of the library; where there are none,
    the code has to do. Found by their line: reading whole wordings would take longer than
    comparing.
    """
    found: dict[str, str] = {}
    for home in (home for path in paths for home in _homes(path)):
        for file in sorted(home.glob("documents/D*.yaml")):
            title = _TITLE.search(read_bytes(file).decode(errors="replace"))
            if title is not None:
                found[file.stem] = title[1].strip("\"' ")
    return MappingProxyType(found)


def _json(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "power": change.power,
        "process": change.process,
        "element": change.element,
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "gains": list(change.gains),
        "sentence": change.sentence,
    }


def _print(changes: tuple[Change, ...]) -> None:
    say = sys.stdout.write
    power = [change for change in changes if change.power]
    other = [change for change in changes if not change.power]
    for title, some in (("权责的变化", power), ("其他变化", other)):
        if some:
            say(f"{title}（{len(some)} 处）\n")
        for change in some:
            say(f"  {change.process}：{change.sentence}\n")
    if not changes:
        say("意思没有变化\n")
