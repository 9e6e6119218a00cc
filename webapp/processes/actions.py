"""Publishing the process library: files become immutable versions that cases can pin.

`publish_library` is idempotent: what is already in force byte for byte stays as it is; a file
that changed gives its callers a new version; a file that went back to an earlier state puts
that earlier version in force again. Nothing of a bundle with an `error` or `unfit` finding is
published (design: versions).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Max

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.errors import Refused
from webapp.organisations.queries import Acting
from webapp.processes.models import (
    DecisionVersion,
    Process,
    ProcessVersion,
    StoredFile,
    Wording,
)
from webapp.processes.queries import PATH_TABLE
from workflows.checks import check_bundle
from workflows.errors import Unreadable
from workflows.findings import Severity
from workflows.model import Bundle
from workflows.sources.bundle import Library, read_library

PATH_FILE = "decisions/path.dmn"
WORDING_FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication changed, as keys: processes, decision tables, document codes."""

    processes: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def anything(self) -> bool:
        """Whether anything new came into force."""
        return bool(self.processes or self.decisions or self.wordings)


def publish_library(folder: Path, by: Acting | None, at: datetime) -> Published:
    """Publish every process of a library folder, its path table and its wordings.

    `by` is None for the set-up of a new installation. Raises Refused with every finding that
    forbids publication; then nothing at all is published.
    """
    bundles = _fit_bundles(folder)
    with transaction.atomic():
        processes = [key for key, read in bundles.items() if _publish(key, read, by, at)]
        path_file = folder / PATH_FILE
        decisions = _publish_decision(path_file, at) if path_file.exists() else []
        texts = _read_wordings(folder / WORDING_FOLDER)
        wordings = [code for code, text in texts.items() if _publish_wording(code, text, at)]
        changed = len(processes) + len(decisions) + len(wordings)
        total = len(bundles) + path_file.exists() + len(texts)
    return Published(tuple(processes), tuple(decisions), tuple(wordings), total - changed)


def _fit_bundles(folder: Path) -> dict[str, Bundle]:
    """Bundles of the library's own processes; shared parts travel inside their callers."""
    try:
        library = read_library(folder)
        keys = [key for key in library.keys() if _own(library, key)]  # noqa: SIM118
        bundles = {key: library.bundle(key) for key in keys}
    except Unreadable as problem:
        raise Refused(f"流程库读不出来：{problem}") from problem
    if library.unreadable:
        raise Refused("流程库读不出来：" + "；".join(library.unreadable.values()))
    findings = {
        str(finding)
        for read in bundles.values()
        for finding in check_bundle(read, publish=True)
        if finding.severity is not Severity.NOTE
    }
    if findings:
        listed = "\n".join(sorted(findings))
        raise Refused(f"流程库有{len(findings)}处问题，没有发布：\n{listed}")
    return bundles


def _own(library: Library, key: str) -> bool:
    """Whether the process stands in the library's own folder, not among the shared parts."""
    process = library.process(key)
    return process is not None and "/" not in process.file


def _publish(key: str, read: Bundle, by: Acting | None, at: datetime) -> bool:
    """Put one bundle in force; tell whether that changed anything."""
    manifest = {path: _store(content) for path, content in sorted(read.files.items())}
    file_digest = _digest_of(manifest)
    name = read.processes[read.root].name
    process, _ = Process.objects.get_or_create(key=key, defaults={"name": name})
    process = Process.objects.select_for_update().get(pk=process.pk)
    current = process.current
    if current is not None and current.file == file_digest and process.name == name:
        return False
    version = process.versions.filter(file=file_digest).first()
    if version is None:
        last = process.versions.aggregate(last=Max("number"))["last"] or 0
        version = ProcessVersion.objects.create(
            process=process,
            number=last + 1,
            meaning=read.digest,
            file=file_digest,
            manifest=manifest,
            published_at=at,
            published_by_id=by.officer_id if by else None,
        )
    process.current, process.name = version, name
    process.save(update_fields=["current", "name"])
    audit.record(
        subject=Event.Subject.PROCESS,
        subject_id=process.pk,
        kind="published",
        at=at,
        actor_id=by.officer_id if by else None,
        actor_name=by.name if by else "",
        payload={"version": version.number, "meaning": version.meaning, "file": file_digest},
    )
    return True


def _publish_decision(path_file: Path, at: datetime) -> list[str]:
    """Put the path table in force; the list of keys that changed."""
    digest = _store(path_file.read_bytes())
    versions = DecisionVersion.objects.select_for_update().filter(key=PATH_TABLE)
    current = versions.filter(in_force=True).first()
    if current is not None and current.content_id == digest:
        return []
    versions.filter(in_force=True).update(in_force=False)
    last = versions.order_by("-number").values_list("number", flat=True).first() or 0
    DecisionVersion.objects.create(
        key=PATH_TABLE, number=last + 1, content_id=digest, in_force=True, published_at=at
    )
    return [PATH_TABLE]


def _read_wordings(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Wordings by document code; one YAML file a document, named or keyed by its code."""
    texts: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise Refused(f"文书文本{path.name}读不懂：应是一份以文书编号为准的对照表。")
        code = str(content.get("code", path.stem))
        if code in texts:
            raise Refused(f"文书{code}的文本写了两份，请只保留一份。")
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


def _store(content: bytes) -> str:
    """Keep bytes once under their SHA-256; the digest."""
    digest = hashlib.sha256(content).hexdigest()
    StoredFile.objects.bulk_create(
        [StoredFile(digest=digest, content=content)], ignore_conflicts=True
    )
    return digest


def _digest_of(manifest: Mapping[str, str]) -> str:
    """SHA-256 over the paths and digests of a bundle's files."""
    lines = "".join(f"{path}\0{digest}\n" for path, digest in sorted(manifest.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
