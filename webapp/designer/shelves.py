"""The library as a designer sees it: shelves of files with names in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from webapp.processes.queries.library import contents, library
from webapp.processes.queries.published import PATH_TABLE
from workflows.errors import WorkflowError
from workflows.feel.decisions import Decision
from workflows.sources.decisions import read_decisions
from workflows.sources.xml import MAX_BYTES

PLACES = {
    "": "paths",
    "shared": "shared",
    "decisions": "tables",
    "forms": "forms",
    "documents": "wordings",
    "scenarios": "scenarios",
}
"""Folder of the library → kind of its files, in the order of the page."""


def kinds() -> dict[str, tuple[str, str]]:
    """Each kind with its name and what it is for."""
    return {
        "paths": (_("办理路径"), _("一张图是一条办理路径，事项按办理路径表走到这里。")),
        "shared": (
            _("共用部分"),
            _("几条路径都调用的部分；改一处，用到它的路径同时换版。"),
        ),
        "tables": (_("决策表"), _("按条件得出结果的表，例如办理路径表。")),
        "forms": (_("表单"), _("经办人在每个环节填写的内容。")),
        "wordings": (_("文书文本"), _("文书上的文字；只有文字和占位符。")),
        "scenarios": (_("情形"), _("每次发布前都要走一遍的例子，走不通的不能发布。")),
    }


def name_in(manifest: Mapping[str, str], path: str, content: bytes) -> str:
    """The same, where a form is called by the steps at which it is filled in."""
    return form_names(tuple(sorted(manifest.items()))).get(path) or name_of(path, content)


def name_of(path: str, content: bytes) -> str:
    """The name that a file gives itself, else its path."""
    try:
        return _own_name(path, content) or path
    except (WorkflowError, ValueError, UnicodeDecodeError):
        return path


def _own_name(path: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        return path
    if path.endswith(".bpmn"):
        processes = library({path: content}).reading(path).processes
        return "、".join(process.name for process in processes)
    if path.endswith(".dmn"):
        decisions: list[Decision] = list(read_decisions(content, path)[0])
        names = [d.name or d.id for d in decisions]
        return _("办理路径表") if any(d.id == PATH_TABLE for d in decisions) else names[0]
    if path.endswith(".json"):
        return ""
    return _line_of(content, "title") or _line_of(content, "name")


def _line_of(content: bytes, key: str) -> str:
    for line in content.decode("utf-8").splitlines():
        if line.startswith(f"{key}:"):
            return line.partition(":")[2].strip().strip("\"'")
    return ""


@lru_cache(maxsize=4)
def form_names(rows: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The steps that each form is filled in at, by its path."""
    read = library(contents(dict(rows)))
    steps: dict[str, dict[str, None]] = {}
    for key in read.keys():  # noqa: SIM118
        process = read.process(key)
        for element in process.scope.walk() if process is not None else ():
            if element.work is not None and element.work.form:
                steps.setdefault(f"forms/{element.work.form}.json", {})[element.name] = None
    return {path: "、".join(names) for path, names in steps.items()}
