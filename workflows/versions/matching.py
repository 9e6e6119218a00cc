"""Which element of the new drawing is which of the old one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from workflows.model import Element
from workflows.versions.pictures import Picture


@dataclass(frozen=True, slots=True)
class Match:
    """`pairs`: (old id, new id); `renamed` those whose id changed; the rest is new or gone."""

    pairs: tuple[tuple[str, str], ...]
    renamed: dict[str, str]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    def ids(self, old: Iterable[str]) -> tuple[str, ...]:
        """Ids of the old drawing as the new one writes them."""
        return tuple(self.renamed.get(one, one) for one in old)


def match(old: Picture, new: Picture) -> Match:
    """Pair by id; what is left, only where it is obviously the same under another id."""
    gone = [key for key in old.elements if key not in new.elements]
    added = [key for key in new.elements if key not in old.elements]
    renamed = _renamed(old, new, gone, added)
    back = {value: key for key, value in renamed.items()}
    pairs = [
        (back.get(key, key), key) for key in new.elements if key in old.elements or key in back
    ]
    return Match(
        tuple(pairs),
        renamed,
        tuple(key for key in gone if key not in renamed),
        tuple(key for key in added if key not in back),
    )


def _renamed(old: Picture, new: Picture, gone: list[str], added: list[str]) -> dict[str, str]:
    before = _by_look(old, gone)
    after = _by_look(new, added)
    return {
        ids[0]: after[look][0]
        for look, ids in before.items()
        if len(ids) == 1 and len(after.get(look, ())) == 1
    }


def _by_look(drawing: Picture, ids: Iterable[str]) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = {}
    for key in ids:
        found.setdefault(_look(drawing.elements[key], drawing), []).append(key)
    return found


def _look(element: Element, drawing: Picture) -> Hashable:
    """Everything about an element but its id; one without a name is known by its ways."""
    work = element.work and replace(element.work, separate=(), returns=())
    around: Hashable = None
    if not element.name:
        around = (
            tuple(sorted(drawing.before.get(element.id, ()))),
            tuple(sorted(drawing.after.get(element.id, ()))),
        )
    return (
        element.kind, element.name, element.role, repr(work), repr(element.event),
        repr([(e.on, e.do, sorted(e.params.items())) for e in element.effects]),
        element.called, element.decision, element.result, repr(element.multi),
        repr(element.loop), element.attached_to, around,
    )  # fmt: skip
