"""A process laid flat for comparing: drawn elements of all scopes, and the ways between them.

What only merges is not there: an exclusive gateway with one way out says nothing, whether it
was drawn or inserted by the reader. Ways out of an inserted split start at the drawn element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workflows.model import Element, Flow, Kind, Process, Scope


@dataclass(frozen=True, slots=True)
class Way:
    """A sequence flow between two drawn elements (ids); `rank`: its place in the drawing."""

    flow: Flow
    source: str
    target: str
    rank: int


@dataclass(slots=True)
class Picture:
    """Elements by id, the sub-process around each ("" outside), and all ways."""

    process: Process
    elements: dict[str, Element] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    after: dict[str, list[str]] = field(default_factory=dict)
    before: dict[str, list[str]] = field(default_factory=dict)

    def inside(self, owner: str) -> list[Element]:
        """The drawn elements of one scope, in drawing order."""
        return [e for key, e in self.elements.items() if self.owners[key] == owner]

    def through(self, source: str, target: str, middle: Iterable[str]) -> bool:
        """Whether a way leads from `source` to `target` over elements of `middle` alone."""
        allowed = set(middle)
        seen: set[str] = set()
        waiting = [one for one in self.after.get(source, ()) if one in allowed]
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            following = self.after.get(at, ())
            if target in following:
                return True
            waiting += [one for one in following if one in allowed]
        return False


def picture(process: Process) -> Picture:
    """Lay a process flat."""
    found = Picture(process)
    for owner, scope in _scopes(process.scope, ""):
        hidden = _merges(scope)
        for element in scope.elements.values():
            if element.drawn and element.id not in hidden:
                found.elements[element.id] = element
                found.owners[element.id] = owner
        found.ways += _ways(scope, hidden)
    for way in found.ways:
        found.after.setdefault(way.source, []).append(way.target)
        found.before.setdefault(way.target, []).append(way.source)
    for element in found.elements.values():
        if element.attached_to:
            found.after.setdefault(element.attached_to, []).append(element.id)
            found.before.setdefault(element.id, []).append(element.attached_to)
    return found


def _scopes(scope: Scope, owner: str) -> Iterator[tuple[str, Scope]]:
    yield owner, scope
    for element in scope.elements.values():
        if element.scope is not None:
            yield from _scopes(element.scope, element.id)


def _merges(scope: Scope) -> dict[str, str]:
    """Gateways that only merge → where they lead."""
    leaving: dict[str, list[Flow]] = {}
    for flow in scope.flows:
        leaving.setdefault(flow.source, []).append(flow)
    found = {}
    for element in scope.elements.values():
        out = leaving.get(element.id, [])
        merges = element.kind is Kind.EXCLUSIVE and len(out) == 1 and not element.effects
        if merges and not out[0].condition:
            found[element.id] = out[0].target
    return found


def _ways(scope: Scope, merges: dict[str, str]) -> Iterator[Way]:
    splits = {
        flow.target: flow.source
        for flow in scope.flows
        if not scope.elements[flow.target].drawn and flow.target not in merges
    }
    for rank, flow in enumerate(scope.flows):
        if flow.source in merges or flow.target in splits:
            continue
        target = flow.target
        passed = set()
        while target in merges and target not in passed:
            passed.add(target)
            target = merges[target]
        target = splits.get(target, target)
        yield Way(flow, splits.get(flow.source, flow.source), target, rank)
