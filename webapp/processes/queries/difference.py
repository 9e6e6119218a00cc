"""What a draft changes, in sentences: meaning only, changes of power first (design §11)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from webapp.processes.queries.library import SCENARIOS, WORDINGS, Manifest, contents, library
from workflows.errors import Unreadable
from workflows.versions import Change, compare, everything


@dataclass(frozen=True, slots=True)
class TextChange:
    """Lines of a wording or a scenario that are gone (`-`) or new (`+`)."""

    path: str
    lines: tuple[str, ...]


def difference(before: Manifest, after: Manifest) -> tuple[Change, ...]:
    """Every difference of meaning between two libraries; () where one cannot be read."""
    return _difference(_diagrams(before), _diagrams(after))


def text_changes(before: Manifest, after: Manifest) -> list[TextChange]:
    """Wordings and scenarios that read differently, line by line."""
    paths = [
        path
        for path in sorted(before.keys() | after.keys())
        if path.startswith((WORDINGS, SCENARIOS)) and before.get(path) != after.get(path)
    ]
    old = contents({path: before[path] for path in paths if path in before})
    new = contents({path: after[path] for path in paths if path in after})
    return [TextChange(path, _lines(old.get(path, b""), new.get(path, b""))) for path in paths]


def roles_that_gain(changes: tuple[Change, ...]) -> frozenset[str]:
    """Roles to which the change gives work, decisions or less control."""
    return frozenset(role for change in changes for role in change.gains)


def _lines(old: bytes, new: bytes) -> tuple[str, ...]:
    rows = difflib.unified_diff(
        old.decode("utf-8", "replace").splitlines(),
        new.decode("utf-8", "replace").splitlines(),
        lineterm="",
        n=0,
    )
    return tuple(row for row in rows if not row.startswith(("---", "+++", "@@")))


def _diagrams(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted((p, d) for p, d in manifest.items() if not p.startswith((WORDINGS, SCENARIOS)))
    )


@lru_cache(maxsize=32)
def _difference(
    before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]
) -> tuple[Change, ...]:
    try:
        old, new = library(_files(before)), library(_files(after))
        return compare(everything(old), everything(new))
    except Unreadable:
        return ()


def _files(rows: tuple[tuple[str, str], ...]) -> Mapping[str, bytes]:
    return contents(dict(rows))
