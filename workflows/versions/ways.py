"""Ways between elements: new, gone, led elsewhere, another condition, another default."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from workflows.model import Kind
from workflows.versions.changes import Change
from workflows.versions.exclusion import never_both
from workflows.versions.matching import Match
from workflows.versions.pictures import Picture, Way
from workflows.versions.wording import called, flat


@dataclass(frozen=True, slots=True)
class Drawings:
    """Both drawings of a process and which element is which."""

    old: Picture
    new: Picture
    match: Match

    def source(self, way: Way) -> str:
        """Where an old way starts, as the new drawing names it."""
        return self.match.renamed.get(way.source, way.source)

    def target(self, way: Way) -> str:
        """Where an old way leads, as the new drawing names it."""
        return self.match.renamed.get(way.target, way.target)


def way_changes(both: Drawings) -> Iterator[Change]:
    """Every difference of the ways that the new and gone elements do not already explain."""
    pairs, gone, new = _paired(both)
    for old, now in pairs:
        yield from _led_elsewhere(both, old, now)
        yield from _texts(both, old, now)
    for way in gone:
        if not _explained(both, way, way_is_old=True):
            yield _change(
                both, "flow-removed", way, f"删去连线：{_said(both.old, way)}", both.old
            )
    for way in new:
        if not _explained(both, way, way_is_old=False):
            yield _change(
                both, "flow-added", way, f"新增连线：{_said(both.new, way)}", both.new
            )
    yield from _choices(both)


def _paired(both: Drawings) -> tuple[list[tuple[Way, Way]], list[Way], list[Way]]:
    """Ways by id; then, since ids of ways mean nothing, by their ends and condition."""
    after = {way.flow.id: way for way in both.new.ways}
    pairs, gone = [], []
    for way in both.old.ways:
        found = after.get(way.flow.id)
        if found is not None and both.source(way) == found.source:
            pairs.append((way, after.pop(way.flow.id)))
        else:
            gone.append(way)
    by_ends: dict[tuple[str, str], list[Way]] = defaultdict(list)
    for way in after.values():
        by_ends[way.source, way.target].append(way)
    left = []
    for way in gone:
        there = by_ends[both.source(way), both.target(way)]
        same = [one for one in there if flat(one.flow.condition) == flat(way.flow.condition)]
        if there:
            chosen = (same or there)[0]
            there.remove(chosen)
            pairs.append((way, chosen))
        else:
            left.append(way)
    return pairs, left, [way for ways in by_ends.values() for way in ways]


def _explained(both: Drawings, way: Way, *, way_is_old: bool) -> bool:
    """A way to or from what is new or gone, or one that something new now stands in."""
    if way_is_old:
        if {way.source, way.target} & set(both.match.gone):
            return True
        return both.new.through(both.source(way), both.target(way), both.match.new)
    if {way.source, way.target} & set(both.match.new):
        return True
    back = {new: old for old, new in both.match.renamed.items()}
    source, target = back.get(way.source, way.source), back.get(way.target, way.target)
    return both.old.through(source, target, both.match.gone)


def _led_elsewhere(both: Drawings, old: Way, now: Way) -> Iterator[Change]:
    before, after = both.target(old), now.target
    if before == after:
        return
    stands_in = both.new.through(now.source, before, both.match.new)
    if after in both.match.new and stands_in:
        return
    if old.target in both.match.gone and both.old.through(
        old.source, _old_id(both, after), both.match.gone
    ):
        return
    source = both.new.elements[now.source]
    was, goes = called(both.old.elements[old.target]), called(both.new.elements[after])
    answer = f"走“{now.flow.name}”" if now.flow.name else ""
    said = f"{called(source)}{answer}原来到{was}，现在到{goes}"
    yield Change(
        "flow-target", said, both.new.process.key, now.flow.id, now.flow.name, was, goes
    )


def _old_id(both: Drawings, key: str) -> str:
    return next((old for old, new in both.match.renamed.items() if new == key), key)


def _texts(both: Drawings, old: Way, now: Way) -> Iterator[Change]:
    was, goes = old.flow.condition, now.flow.condition
    where = f"{_said(both.new, now)}的条件"
    if flat(was) != flat(goes):
        if was and goes:
            said = f"{where}由“{was}”改为“{goes}”"
        else:
            said = f"{where}新写为“{goes}”" if goes else f"{where}去掉了（原来“{was}”）"
        yield _change(both, "condition", now, said, both.new, was, goes)
    if old.flow.name != now.flow.name:
        ends = _said(both.new, now)
        said = f"{ends}的文字由“{old.flow.name}”改为“{now.flow.name}”"
        yield _change(both, "flow-name", now, said, both.new, old.flow.name, now.flow.name)


def _said(drawing: Picture, way: Way) -> str:
    source, target = drawing.elements[way.source], drawing.elements[way.target]
    answer = f"（“{way.flow.name}”）" if way.flow.name else ""
    return f"{called(source)}→{called(target)}{answer}"


def _change(
    both: Drawings,
    kind: str,
    way: Way,
    said: str,
    drawing: Picture,
    was: str | None = None,
    now: str | None = None,
) -> Change:
    if kind == "flow-removed":
        was = _said(drawing, way)
    elif kind == "flow-added":
        now = _said(drawing, way)
        if way.flow.condition:
            said += f"，条件 {way.flow.condition}"
    return Change(kind, said, both.new.process.key, way.flow.id, way.flow.name, was, now)


def _choices(both: Drawings) -> Iterator[Change]:
    """The default way of an element, and the order in which its conditions are asked."""
    before, after = _leaving(both.old), _leaving(both.new)
    for old_id, new_id in both.match.pairs:
        was, now = before.get(old_id, []), after.get(new_id, [])
        defaults = [
            next((both.target(w) for w in was if w.flow.default), None),
            next((w.target for w in now if w.flow.default), None),
        ]
        element = both.new.elements[new_id]
        if defaults[0] != defaults[1] and (was and now):
            texts = [_target(both, one) for one in defaults]
            said = f"{called(element)}的默认走向由{texts[0] or '没有'}改为{texts[1] or '没有'}"
            yield Change("default-flow", said, both.new.process.key, new_id, element.name,
                         texts[0], texts[1])  # fmt: skip
        if element.kind is Kind.EXCLUSIVE:
            yield from _order(both, new_id, was, now)


def _target(both: Drawings, key: str | None) -> str | None:
    if key is None:
        return None
    element = both.new.elements.get(key) or both.old.elements.get(key)
    return called(element) if element is not None else key


def _leaving(drawing: Picture) -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = defaultdict(list)
    for way in drawing.ways:
        found[way.source].append(way)
    return found


def _order(both: Drawings, key: str, was: list[Way], now: list[Way]) -> Iterator[Change]:
    """The first true condition wins: an order counts where two can be true together."""
    rank = {(both.target(w), flat(w.flow.condition)): w.rank for w in was if w.flow.condition}
    asked = [w for w in now if w.flow.condition]
    for at, first in enumerate(asked):
        for second in asked[at + 1 :]:
            ranks = [rank.get((w.target, flat(w.flow.condition))) for w in (first, second)]
            if None in ranks or ranks[0] < ranks[1]:  # type: ignore[operator]  # asked above
                continue
            if never_both(first.flow.condition or "", second.flow.condition or ""):
                continue
            element = both.new.elements[key]
            texts = [w.flow.name or str(w.flow.condition) for w in (second, first)]
            said = f"{called(element)}先看“{texts[1]}”再看“{texts[0]}”，原来相反"
            yield Change("flow-order", said, both.new.process.key, key, element.name,
                         "、".join(texts), "、".join(reversed(texts)))  # fmt: skip
            return
