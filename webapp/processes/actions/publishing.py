"""Putting files in force: they become immutable versions that cases can pin.

A file that changed gives every process that uses it a new version, in the same act; a file that
went back to an earlier state puts that earlier version in force again. Nothing of a bundle with
an `error` or `unfit` finding comes into force (design: versions).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.errors import Refused
from webapp.organisations.queries import Acting
from webapp.processes.models import (
    DecisionVersion,
    Draft,
    LibraryFile,
    Process,
    ProcessVersion,
    Publication,
    StoredFile,
    Wording,
)
from webapp.processes.queries.library import WORDINGS, in_force, library, own_keys
from webapp.processes.queries.published import PATH_TABLE
from workflows.checks import check_bundle
from workflows.errors import Unreadable
from workflows.findings import Severity
from workflows.model import Bundle

PATH_FILE = "decisions/path.dmn"


@dataclass(frozen=True, slots=True)
class Act:
    """Who puts files in force, when and why. `by` is None for the set-up of an installation."""

    kind: str
    by: Acting | None
    at: datetime
    reason: str = ""
    draft: Draft | None = None
    undoes: Publication | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication changed, as keys: processes, decision tables, document codes."""

    processes: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    unchanged: int = 0
    publication: Publication | None = None

    @property
    def anything(self) -> bool:
        """Whether anything new came into force."""
        return bool(self.processes or self.decisions or self.wordings)


def put_in_force(files: Mapping[str, bytes], act: Act) -> Published:
    """Make `files` the library in force, whole. Raises Refused with every finding.

    The files are read and checked before the transaction; in it, publications follow one
    another (all processes are locked), and one that no longer starts from what is in force
    when it was read is refused.
    """
    before = in_force()
    bundles = fit_bundles(files)
    texts = read_wordings(files)
    with transaction.atomic():
        _one_after_another(before)
        return _put(files, before, bundles, texts, act)


def _one_after_another(before: Mapping[str, str]) -> None:
    locked = Process.objects.select_for_update().order_by("key").values_list("pk", flat=True)
    list(locked)
    if in_force() != before:
        raise Refused("流程库刚刚有人发布了新内容，这一次没有发布。请刷新后再试。")


def _put(
    files: Mapping[str, bytes],
    before: Mapping[str, str],
    bundles: Mapping[str, Bundle],
    texts: Mapping[str, Mapping[str, Any]],
    act: Act,
) -> Published:
    after = store(files)
    versions: dict[str, list[int | None]] = {}
    for key, read in bundles.items():
        versions |= _publish(key, read, after, act)
    versions |= _retire(bundles, act)
    decisions = _publish_path_table(after, act.at)
    wordings = [code for code, text in texts.items() if _publish_wording(code, text, act.at)]
    publication = _record(before, after, versions, act)
    changed = len(versions) + len(decisions) + len(wordings)
    total = len(bundles) + (PATH_FILE in after) + len(texts)
    return Published(
        tuple(versions), tuple(decisions), tuple(wordings), total - changed, publication
    )


def _record(
    before: Mapping[str, str],
    after: Mapping[str, str],
    versions: Mapping[str, list[int | None]],
    act: Act,
) -> Publication | None:
    """Write down what changed, and make the library's rows say so; None when nothing did."""
    changed = [
        path
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
    if not changed:
        return None
    by_county = act.kind != Publication.Kind.LIBRARY
    LibraryFile.objects.filter(path__in=changed).delete()
    LibraryFile.objects.bulk_create(
        LibraryFile(path=path, content_id=after[path], by_county=by_county)
        for path in changed
        if path in after
    )
    return Publication.objects.create(
        kind=act.kind,
        at=act.at,
        by_id=act.by.officer_id if act.by else None,
        draft=act.draft,
        undoes=act.undoes,
        reason=act.reason,
        changes=[
            {"path": path, "before": before.get(path), "after": after.get(path)}
            for path in changed
        ],
        versions=dict(versions),
    )


def fit_bundles(files: Mapping[str, bytes]) -> dict[str, Bundle]:
    """Bundles of the library's own processes, fit to be published. Raises Refused."""
    read = library(files)
    try:
        bundles = {key: read.bundle(key) for key in own_keys(read)}
    except Unreadable as problem:
        raise Refused(_("流程库读不出来：{problem}").format(problem=problem)) from problem
    if read.unreadable:
        problems = "；".join(read.unreadable.values())
        raise Refused(_("流程库读不出来：{problem}").format(problem=problems))
    findings = sorted(set(_forbidding(bundles)))
    if findings:
        raise Refused(
            _("流程库有{n}处问题，没有发布：\n{listed}").format(
                n=len(findings), listed="\n".join(findings)
            )
        )
    return bundles


def _forbidding(bundles: Mapping[str, Bundle]) -> Iterator[str]:
    for bundle in bundles.values():
        for finding in check_bundle(bundle, publish=True):
            if finding.severity is not Severity.NOTE:
                yield str(finding)


def _publish(
    key: str, read: Bundle, digests: Mapping[str, str], act: Act
) -> dict[str, list[int | None]]:
    """Put one bundle in force; its version numbers before and after where that changed it."""
    manifest = {path: digests[path] for path in sorted(read.files)}
    file_digest = _digest_of(manifest)
    name = read.processes[read.root].name
    process, _new = Process.objects.get_or_create(key=key, defaults={"name": name})
    process = Process.objects.select_for_update().get(pk=process.pk)
    current = process.current
    if current is not None and current.file == file_digest and process.name == name:
        return {}
    version = process.versions.filter(file=file_digest).first()
    if version is None:
        last = process.versions.aggregate(last=Max("number"))["last"] or 0
        version = ProcessVersion.objects.create(
            process=process,
            number=last + 1,
            meaning=read.digest,
            file=file_digest,
            manifest=manifest,
            published_at=act.at,
            published_by_id=act.by.officer_id if act.by else None,
        )
    process.current, process.name = version, name
    process.save(update_fields=["current", "name"])
    payload = {"version": version.number, "meaning": version.meaning, "file": file_digest}
    _note(process, "published", payload, act)
    return {key: [current.number if current else None, version.number]}


def _retire(bundles: Mapping[str, Bundle], act: Act) -> dict[str, list[int | None]]:
    """Processes that the library no longer has open no new case; running ones go on."""
    gone = Process.objects.exclude(key__in=bundles).exclude(current=None)
    retired: dict[str, list[int | None]] = {}
    for process in gone.select_related("current"):
        number = process.current.number if process.current else None
        process.current = None
        process.save(update_fields=["current"])
        _note(process, "retired", {"version": number}, act)
        retired[process.key] = [number, None]
    return retired


def _note(process: Process, kind: str, payload: dict[str, Any], act: Act) -> None:
    audit.record(
        subject=Event.Subject.PROCESS,
        subject_id=process.pk,
        kind=kind,
        at=act.at,
        actor_id=act.by.officer_id if act.by else None,
        actor_name=act.by.name if act.by else "",
        payload=payload,
    )


def _publish_path_table(digests: Mapping[str, str], at: datetime) -> list[str]:
    """Put the path table in force; the list of keys that changed."""
    digest = digests.get(PATH_FILE)
    versions = DecisionVersion.objects.select_for_update().filter(key=PATH_TABLE)
    current = versions.filter(in_force=True).first()
    if digest is None or (current is not None and current.content_id == digest):
        return []
    versions.filter(in_force=True).update(in_force=False)
    last = versions.order_by("-number").values_list("number", flat=True).first() or 0
    DecisionVersion.objects.create(
        key=PATH_TABLE, number=last + 1, content_id=digest, in_force=True, published_at=at
    )
    return [PATH_TABLE]


def read_wordings(files: Mapping[str, bytes]) -> dict[str, Mapping[str, Any]]:
    """Wordings by document code; one YAML file a document, named or keyed by its code."""
    texts: dict[str, Mapping[str, Any]] = {}
    for path in sorted(path for path in files if path.startswith(WORDINGS)):
        name = path.rpartition("/")[2]
        try:
            content = yaml.safe_load(files[path])
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as wrong:
            raise Refused(
                _("文书文本{name}读不懂：不是合格的 YAML。").format(name=name)
            ) from wrong
        if not isinstance(content, dict):
            raise Refused(
                _("文书文本{name}读不懂：应是一份以文书编号为准的对照表。").format(name=name)
            )
        code = str(content.get("code", name.rpartition(".")[0]))
        if code in texts:
            raise Refused(_("文书{code}的文本写了两份，请只保留一份。").format(code=code))
        texts[code] = content
    return texts


def _publish_wording(code: str, content: Mapping[str, Any], at: datetime) -> bool:
    """Put one wording in force; tell whether that changed anything."""
    versions = Wording.objects.select_for_update().filter(code=code)
    current = versions.filter(in_force=True).first()
    if current is not None and current.content == content:
        return False
    versions.filter(in_force=True).update(in_force=False)
    last = versions.order_by("-number").values_list("number", flat=True).first() or 0
    Wording.objects.create(
        code=code, number=last + 1, content=content, in_force=True, published_at=at
    )
    return True


def store(files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep contents once under their SHA-256; the manifest. One statement."""
    manifest = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    rows = {digest: files[path] for path, digest in manifest.items()}
    StoredFile.objects.bulk_create(
        [StoredFile(digest=digest, content=content) for digest, content in rows.items()],
        ignore_conflicts=True,
    )
    return manifest


def _digest_of(manifest: Mapping[str, str]) -> str:
    """SHA-256 over the paths and digests of a bundle's files."""
    lines = "".join(f"{path}\0{digest}\n" for path, digest in sorted(manifest.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
