"""Two bundles side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.model import NOTHING, Bundle, Process
from workflows.versions.changes import Change, ordered
from workflows.versions.forms import form_changes
from workflows.versions.papers import paper_changes
from workflows.versions.processes import process_changes
from workflows.versions.tables import decision_changes
from workflows.versions.wording import Names


def compare(
    old: Bundle,
    new: Bundle,
    documents: Mapping[str, str] = NOTHING,
    papers: tuple[Mapping[str, bytes], Mapping[str, bytes]] = (NOTHING, NOTHING),
) -> tuple[Change, ...]:
    """Every difference in meaning, changes of power first; none where there is none.

    `documents`: titles of documents by code, for the sentences. `papers`: files of wordings
    and scenarios by name, old and new. Raises `Unreadable` for one that cannot be read.
    """
    names = Names(_role_names(old) | _role_names(new), documents)
    return ordered([*_changes(old, new, names), *paper_changes(*papers)])


def _changes(old: Bundle, new: Bundle, names: Names) -> Iterator[Change]:
    for before, after in _paired(old.processes, new.processes):
        if before is not None and after is not None:
            yield from process_changes(before, after, names)
        else:
            yield _whole(before, after)
    yield from decision_changes(old.decisions, new.decisions)
    yield from form_changes(old.forms, new.forms)


def _paired(
    old: Mapping[str, Process], new: Mapping[str, Process]
) -> Iterator[tuple[Process | None, Process | None]]:
    """Processes by key; one alone on either side is the same under another key."""
    if len(old) == len(new) == 1:
        yield next(iter(old.values())), next(iter(new.values()))
        return
    for key in [*old, *(one for one in new if one not in old)]:
        yield old.get(key), new.get(key)


def _whole(before: Process | None, after: Process | None) -> Change:
    one = after or before
    assert one is not None  # noqa: S101 (one of them is there)
    said = f"{'新增' if before is None else '删去'}流程“{one.name or one.key}”"
    kind = "process-added" if before is None else "process-removed"
    return Change(kind, said, one.key, "", one.name, power=True)


def _role_names(bundle: Bundle) -> dict[str, str]:
    return {key: str(role.get("name", key)) for key, role in bundle.roles.items()}
