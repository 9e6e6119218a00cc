"""The library as a designer sees it: shelves of files with names in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Count
from django.utils.translation import gettext as _

from webapp.cases.models import Case
from webapp.processes.models import Draft, LibraryFile, Process
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.library import content_of, contents, library
from webapp.processes.queries.published import PATH_TABLE
from workflows.errors import WorkflowError
from workflows.feel.decisions import Decision
from workflows.sources.decisions import read_decisions
from workflows.sources.xml import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Row:
    """A file with its name; a process also with its version and its running cases."""

    path: str
    name: str
    by_county: bool = False
    drafts: tuple[Draft, ...] = ()
    version: int | None = None
    running: int = 0
    used_by: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key of the process that a diagram of the library's own folder holds."""
        return self.path.removesuffix(".bpmn")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of one kind."""

    key: str
    title: str
    about: str
    rows: list[Row] = field(default_factory=list)


def shelves() -> list[Shelf]:
    """Every file in force on its shelf: a fixed number of statements."""
    files = {row.path: row for row in LibraryFile.objects.order_by("path")}
    manifest = {path: row.content_id for path, row in files.items()}
    drafts = seen.drafts_by_path()
    uses = _uses(tuple(sorted(manifest.items())))
    processes = {p.key: p for p in Process.objects.select_related("current")}
    running = _running()
    found = _empty()
    for path, row in files.items():
        shelf = found.get(_place(path))
        if shelf is None:
            continue
        process = processes.get(path.removesuffix(".bpmn")) if "/" not in path else None
        shelf.rows.append(
            Row(
                path=path,
                name=uses.names.get(path) or _name(path, row.content_id),
                by_county=row.by_county,
                drafts=tuple(drafts.get(path, ())),
                version=process.current.number if process and process.current else None,
                running=running.get(process.key, 0) if process else 0,
                used_by=uses.users.get(path, ()),
            )
        )
    return [shelf for shelf in found.values() if shelf.rows]


def takeable(draft: Draft) -> list[tuple[str, list[tuple[str, str]]]]:
    """Files that a draft does not have yet, as (shelf, [(path, name), …])."""
    has = set(draft.files.values_list("path", flat=True))
    return [
        (shelf.title, [(row.path, row.name) for row in shelf.rows if row.path not in has])
        for shelf in shelves()
    ]


def _empty() -> dict[str, Shelf]:
    return {
        "": Shelf(
            "paths", _("办理路径"), _("一张图是一条办理路径，事项按办理路径表走到这里。")
        ),
        "shared": Shelf(
            "shared", _("共用部分"), _("几条路径都调用的部分；改一处，用到它的路径同时换版。")
        ),
        "decisions": Shelf("tables", _("决策表"), _("按条件得出结果的表，例如办理路径表。")),
        "forms": Shelf("forms", _("表单"), _("经办人在每个环节填写的内容。")),
        "documents": Shelf("wordings", _("文书文本"), _("文书上的文字；只有文字和占位符。")),
        "scenarios": Shelf(
            "scenarios", _("情形"), _("每次发布前都要走一遍的例子，走不通的不能发布。")
        ),
    }


def _place(path: str) -> str:
    return path.rpartition("/")[0]


def _running() -> dict[str, int]:
    rows = Case.objects.filter(is_open=True).values("process_version__process__key")
    return {
        row["process_version__process__key"]: row["n"] for row in rows.annotate(n=Count("pk"))
    }


@lru_cache(maxsize=4096)
def _name(path: str, digest: str) -> str:
    """What a file is called, in words; its own path where it cannot be read."""
    return name_of(path, content_of(digest))


def name_in(manifest: Mapping[str, str], path: str, content: bytes) -> str:
    """The same, where a form is called by the steps at which it is filled in."""
    return _uses(tuple(sorted(manifest.items()))).names.get(path) or name_of(path, content)


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


@dataclass(frozen=True, slots=True)
class _Uses:
    """Which own processes use a file, and the steps that a form is filled in at: by path."""

    users: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]


@lru_cache(maxsize=4)
def _uses(rows: tuple[tuple[str, str], ...]) -> _Uses:
    read = library(contents(dict(rows)))
    users: dict[str, dict[str, None]] = {}
    steps: dict[str, dict[str, None]] = {}
    for key in read.keys():  # noqa: SIM118
        process = read.process(key)
        if process is None:
            continue
        for element in process.scope.walk():
            if element.work is not None and element.work.form:
                steps.setdefault(f"forms/{element.work.form}.json", {})[element.name] = None
        if "/" not in process.file:
            for path in read.bundle(key).files.keys() - {process.file}:
                users.setdefault(path, {})[process.name] = None
    return _Uses(
        {path: tuple(names) for path, names in users.items()},
        {path: "、".join(names) for path, names in steps.items()},
    )
