"""The library in force, file by file, and what a draft makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from webapp.organisations.models import Role
from webapp.processes.models import Draft, LibraryFile, StoredFile
from workflows.sources.bundle import Library

DIAGRAMS, DECISIONS, FORMS = ".bpmn", ".dmn", ".json"
WORDINGS, SCENARIOS = "documents/", "scenarios/"

MOST_KEPT = 1_000
_kept: dict[str, bytes] = {}

Manifest = Mapping[str, str]
"""Library path → digest of its content."""


def in_force() -> dict[str, str]:
    """The manifest of the library in force: one statement."""
    return dict(LibraryFile.objects.values_list("path", "content_id"))


def with_draft(draft: Draft) -> dict[str, str]:
    """The manifest as it would be with a draft in force: two statements."""
    manifest = in_force()
    for path, content in draft.files.values_list("path", "content_id"):
        if content is None:
            manifest.pop(path, None)
        else:
            manifest[path] = content
    return manifest


def contents(manifest: Manifest) -> dict[str, bytes]:
    """The bytes of every file of a manifest: at most one statement, for those not kept here."""
    kept = {digest: _kept[digest] for digest in set(manifest.values()) if digest in _kept}
    missing = set(manifest.values()) - kept.keys()
    if missing:
        rows = StoredFile.objects.filter(pk__in=missing).values_list("digest", "content")
        kept |= {digest: bytes(content) for digest, content in rows}
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        _kept.update(kept)
    return {path: kept[digest] for path, digest in manifest.items()}


def content_of(digest: str) -> bytes:
    """The bytes under a digest."""
    return bytes(StoredFile.objects.values_list("content", flat=True).get(pk=digest))


def library(files: Mapping[str, bytes]) -> Library:
    """Files as the checks read them; the roles are those of the county."""
    read = {p: c for p, c in files.items() if p.endswith((DIAGRAMS, DECISIONS, FORMS))}
    return Library(MappingProxyType(read), roles())


def roles() -> Mapping[str, Any]:
    """The county's roles as the checks know them: key → record."""
    return MappingProxyType(
        {
            role.key: MappingProxyType(
                {
                    "key": role.key,
                    "name": role.name,
                    "level": role.level,
                    "may_own_lane": role.may_own_lane,
                }
            )
            for role in Role.objects.order_by("order", "key")
        }
    )


def own_keys(read: Library) -> list[str]:
    """Processes that stand in the library's own folder; shared parts travel inside them."""
    return [key for key in read.keys() if _own(read, key)]  # noqa: SIM118


def _own(read: Library, key: str) -> bool:
    process = read.process(key)
    return process is not None and "/" not in process.file
