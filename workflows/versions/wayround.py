"""Which people's steps must be passed before something is decided, then and now.

Adding one flow past 批准 gives more power than any renamed role, and looks like a detail. So
the ways are compared by what they make unavoidable, not only one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.model import Element, Kind
from workflows.versions.changes import Change
from workflows.versions.effects import DECIDING
from workflows.versions.elements import PEOPLE
from workflows.versions.pictures import Picture
from workflows.versions.ways import Drawings
from workflows.versions.wording import called

_PASSED = PEOPLE | {Kind.CALL, Kind.SUBPROCESS}


def way_round_changes(both: Drawings) -> Iterator[Change]:
    """Steps that a decision no longer must pass (power), or must pass from now on."""
    before = _unavoidable(both.old)
    after = _unavoidable(both.new)
    back = {new: old for old, new in both.match.renamed.items()}
    for target, now in after.items():
        was = before.get(back.get(target, target))
        if was is None:
            continue
        for step in both.new.elements:
            if step not in both.old.elements and step not in back:
                continue
            held, holds = back.get(step, step) in was, step in now
            if held != holds:
                yield _change(both, step, target, holds)


def _change(both: Drawings, step: str, target: str, holds: bool) -> Change:
    passed, decided = called(both.new.elements[step]), called(both.new.elements[target])
    said = (
        f"从此必须经过{passed}才能到{decided}"
        if holds
        else f"可以不经过{passed}就到{decided}了，原来必须经过"
    )
    texts = ("不必经过", "必须经过") if holds else ("必须经过", "可以绕过")
    return Change("way-round", said, both.new.process.key, step,
                  both.new.elements[step].name, *texts, power=not holds)  # fmt: skip


def _unavoidable(drawing: Picture) -> dict[str, set[str]]:
    """What decides → the people's steps of its scope that every way to it passes."""
    found: dict[str, set[str]] = {}
    for owner in dict.fromkeys(drawing.owners.values()):
        inside = drawing.inside(owner)
        targets = [e.id for e in inside if _decides(e)]
        if not targets:
            continue
        starts = [e.id for e in inside if e.kind is Kind.START]
        reachable = _reached(drawing, starts, None)
        found |= {key: set() for key in targets if key in reachable}
        for step in (e.id for e in inside if e.kind in _PASSED):
            around = _reached(drawing, starts, step)
            for key in targets:
                if key in found and key != step and key not in around:
                    found[key].add(step)
    return found


def _decides(element: Element) -> bool:
    if element.kind is Kind.END and element.result:
        return True
    return any(
        e.do in {"record-result", "file-denial"} or e.params.get("document") in DECIDING
        for e in element.effects
    )


def _reached(drawing: Picture, starts: list[str], without: str | None) -> set[str]:
    seen: set[str] = set()
    waiting = [key for key in starts if key != without]
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        waiting += [key for key in drawing.after.get(at, ()) if key != without]
    return seen
