"""Drafts as their pages show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from webapp.core.errors import Unknown
from webapp.processes.models import Draft, DraftFile, Publication
from webapp.processes.queries.library import in_force

OPEN = (Draft.State.EDITING, Draft.State.SUBMITTED, Draft.State.APPROVED)
SHOWN = 5
"""Drafts that a list names beside a file."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A file of a draft: what happens to it, and whether somebody published it meanwhile."""

    file: DraftFile
    how: str  # added, removed, changed, same
    overtaken: bool


def draft(draft_id: int) -> Draft:
    """A draft with its people. Raises Unknown."""
    found = Draft.objects.select_related("author", "reviewer").filter(pk=draft_id).first()
    if found is None:
        raise Unknown("没有这份草案。")
    return found


def open_drafts(words: str = "") -> QuerySet[Draft]:
    """Drafts on their way, newest first, with the number of their files: one statement.

    `words`: only those with these words in their title.
    """
    rows = Draft.objects.filter(state__in=OPEN).select_related("author", "reviewer")
    if words.strip():
        rows = rows.filter(title__icontains=words.strip())
    return rows.annotate(file_count=Count("files")).order_by("-created_at")


def drafted_paths() -> frozenset[str]:
    """Paths of the files that open drafts hold: one statement."""
    rows = DraftFile.objects.filter(draft__state__in=OPEN).values_list("path", flat=True)
    return frozenset(rows.distinct())


def drafts_by_path(paths: Collection[str]) -> dict[str, list[Draft]]:
    """Open drafts by each of these files that they hold, the newest few: one statement."""
    found: dict[str, list[Draft]] = {}
    rows = DraftFile.objects.filter(draft__state__in=OPEN, path__in=paths)
    rows = rows.select_related("draft__author")
    rank = Window(RowNumber(), partition_by=F("path"), order_by=F("draft__created_at").desc())
    for file in rows.annotate(rank=rank).filter(rank__lte=SHOWN).order_by("path", "rank"):
        found.setdefault(file.path, []).append(file.draft)
    return found


def changed_paths(draft: Draft) -> frozenset[str]:
    """Paths of the files that a draft really changes: one statement."""
    rows = draft.files.filter(
        ~Q(content=F("base")) | Q(base=None, content__isnull=False) | Q(content=None)
    )
    return frozenset(rows.values_list("path", flat=True))


def files(draft: Draft) -> list[Changed]:
    """The files of a draft in order of their paths: two statements."""
    now = in_force()
    return [
        Changed(file, _how(file), now.get(file.path) != file.base_id)
        for file in draft.files.select_related("edited_by").order_by("path")
    ]


def _how(file: DraftFile) -> str:
    if file.content_id is None:
        return "removed"
    if file.base_id is None:
        return "added"
    return "same" if file.content_id == file.base_id else "changed"


def file(draft: Draft, path: str) -> DraftFile:
    """One file of a draft. Raises Unknown."""
    found = draft.files.select_related("edited_by").filter(path=path).first()
    if found is None:
        raise Unknown("草案里没有这个文件。")
    return found


def publications() -> QuerySet[Publication]:
    """What came into force, newest first."""
    return Publication.objects.select_related("by", "draft__author", "undoes").order_by("-pk")
