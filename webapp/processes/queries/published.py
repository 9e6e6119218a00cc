"""Published processes as the case layer needs them: definitions, forms, wording, pictures.

Versions are immutable, so what was parsed from one is kept per process (a bounded number, most
recently used first) and shared by all threads. What is *current* is asked of the database each
time: a published change is in force for the next case everywhere (design: versions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from webapp.core.errors import Refused, Unknown
from webapp.processes.models import (
    DecisionVersion,
    Process,
    ProcessVersion,
    StoredFile,
    Wording,
)
from workflows.engine import Definition, prepare
from workflows.errors import ExpressionError
from workflows.feel.decisions import Decision, decide
from workflows.forms import Form
from workflows.model import Bundle, LimitUnit
from workflows.sources.bundle import read_bundle
from workflows.sources.decisions import read_decisions

PATH_TABLE = "path"
DECISIONS = ("decision", "county-decision")
"""Processes in which a case is decided; a path calls one of them."""


@dataclass(frozen=True, slots=True)
class WordingInForce:
    """The wording of a document type and the number of its version."""

    code: str
    number: int
    content: Mapping[str, Any]


@lru_cache(maxsize=256)
def bundle(version_id: int) -> Bundle:
    """Read a published version back from its stored files. Raises Unknown."""
    found = ProcessVersion.objects.filter(pk=version_id).values_list("process__key", "manifest")
    row = found.first()
    if row is None:
        raise Unknown("没有这个流程版本。")
    key, manifest = row
    stored = dict(
        StoredFile.objects.filter(pk__in=set(manifest.values())).values_list(
            "digest", "content"
        )
    )
    return read_bundle(key, {path: bytes(stored[digest]) for path, digest in manifest.items()})


@lru_cache(maxsize=256)
def definition(version_id: int) -> Definition:
    """The engine's prepared form of a version; immutable, shared by all threads."""
    return prepare(bundle(version_id))


@lru_cache(maxsize=1024)
def number_of(version_id: int) -> int:
    """The number of a published version, by which people call it."""
    return ProcessVersion.objects.values_list("number", flat=True).get(pk=version_id)


@dataclass(frozen=True, slots=True)
class Edition:
    """A published version as people call it; `current`: the number in force, None if retired."""

    process: str
    number: int
    current: int | None


def edition(version_id: int) -> Edition:
    """The version that a case runs on, beside the one in force: one statement."""
    row = ProcessVersion.objects.select_related("process__current").get(pk=version_id)
    now = row.process.current
    return Edition(row.process.name, row.number, now.number if now else None)


def current_version_id(key: str) -> int:
    """Id of the version in force for the next case. Raises Refused when none is published."""
    found = Process.objects.filter(key=key).values_list("current_id", flat=True).first()
    if found is None:
        raise Refused(
            _("流程“{key}”还没有发布，不能开办。请县政务办发布该流程。").format(key=key)
        )
    return found


def choose(*, handling: str, flow: str, level: str, process_key: str = "") -> str:
    """Choose the process for a new case (办理路径): the item's own, else by the path table.

    `level` is where the application is filed: village, township or county. Raises Refused when
    the table gives no answer.
    """
    if process_key:
        return process_key
    table = _path_table(_path_digest())
    try:
        key = decide(table, {"handling": handling, "flow": flow, "level": level})
    except ExpressionError as problem:
        raise Refused(
            _("办理路径表不能给出流程：{problem}。请县政务办改正。").format(problem=problem)
        ) from problem
    if not isinstance(key, str) or not key:
        raise Refused("办理路径表没有适用于该事项的流程。请县政务办补全办理路径表。")
    return key


def chooser() -> Callable[[str, str, str, str], str]:
    """A function of handling, flow, level and own process: the key, "" where no path leads on.

    For lists: one statement for the table in force, however often it is asked.
    """
    try:
        table = _path_table(_path_digest())
    except Refused:
        return lambda _handling, _flow, _level, process_key: process_key

    def key(handling: str, flow: str, level: str, process_key: str) -> str:
        if process_key:
            return process_key
        try:
            found = decide(table, {"handling": handling, "flow": flow, "level": level})
        except ExpressionError:
            return ""
        return found if isinstance(found, str) else ""

    return key


def leads_on(*, handling: str, flow: str, level: str, process_key: str = "") -> bool:
    """Whether an item can be opened at a level: a path leads on and its process is in force."""
    try:
        key = choose(handling=handling, flow=flow, level=level, process_key=process_key)
        current_version_id(key)
    except Refused:
        return False
    return True


def _path_digest() -> str:
    found = DecisionVersion.objects.filter(key=PATH_TABLE, in_force=True)
    digest = found.values_list("content_id", flat=True).first()
    if digest is None:
        raise Refused("还没有发布办理路径表，不能确定办理流程。请县政务办发布。")
    return digest


@lru_cache(maxsize=8)
def _path_table(digest: str) -> Decision:
    content = bytes(StoredFile.objects.values_list("content", flat=True).get(pk=digest))
    decisions, _findings = read_decisions(content, "decisions/path.dmn")
    return next(d for d in decisions if d.id == PATH_TABLE)


def form(version_id: int, form_id: str) -> Form:
    """A form of a published version. Raises Unknown."""
    try:
        found: Form = bundle(version_id).forms[form_id]
    except KeyError:
        raise Unknown(_("流程中没有表单“{form}”。").format(form=form_id)) from None
    return found


def diagram(version_id: int, process_key: str) -> bytes:
    """The BPMN file of a process of the version, as drawn. Raises Unknown."""
    read = bundle(version_id)
    process = read.processes.get(process_key)
    if process is None or process.file not in read.files:
        raise Unknown("没有这张流程图。")
    return read.files[process.file]


@lru_cache(maxsize=256)
def decision_days(version_id: int) -> int:
    """Working days that the steps of a version's decision have together (承办、审核、批准)."""
    return decision_days_in(bundle(version_id))


def decision_days_in(read: Bundle) -> int:
    """The same of a bundle that is not published yet."""
    decision = next((read.processes[key] for key in DECISIONS if key in read.processes), None)
    if decision is None:
        return 0
    limits = [e.work.limit for e in decision.scope.walk() if e.work and e.work.limit]
    return sum(one.amount for one in limits if one.unit is LimitUnit.WORKDAY)


def wording(code: str) -> WordingInForce:
    """The wording of a document type in force. Raises Refused when none is published."""
    return wordings({code})[code]


def wordings(codes: set[str]) -> dict[str, WordingInForce]:
    """The wordings in force of several document types: one statement. Raises Refused."""
    rows = Wording.objects.filter(code__in=codes, in_force=True)
    found = {row.code: _in_force(row) for row in rows}
    _check_complete(codes, found)
    return found


def wordings_of(in_force: Mapping[str, int], codes: set[str]) -> dict[str, WordingInForce]:
    """The same where the ids of the rows in force are known already. Raises Refused."""
    _check_complete(codes, in_force)
    return {code: _wording(in_force[code]) for code in sorted(codes)}


def _check_complete(codes: set[str], found: Mapping[str, object]) -> None:
    missing = sorted(codes - found.keys())
    if missing:
        raise Refused(
            _("文书{codes}没有生效的文本，不能出具。请县政务办发布文书文本。").format(
                codes="、".join(missing)
            )
        )


@lru_cache(maxsize=256)
def _wording(wording_id: int) -> WordingInForce:
    return _in_force(Wording.objects.get(pk=wording_id))


def _in_force(row: Wording) -> WordingInForce:
    return WordingInForce(row.code, row.number, MappingProxyType(row.content))
