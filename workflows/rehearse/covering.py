"""Which flows out of gateways an outcome has taken: what scenarios have shown to work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.engine import Outcome, Place
from workflows.model import Bundle, Element, Flow, Kind, Process, Scope

CHOOSING = (Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.EVENT_BASED, Kind.PARALLEL)
Taken = tuple[str, str]  # process key, flow id


def branches(process: Process) -> Iterator[Taken]:
    """Every flow out of a gateway that has several: each must be shown by a scenario."""
    for scope in _scopes(process.scope):
        for element in scope.elements.values():
            flows = scope.outgoing(element.id)
            if element.kind in CHOOSING and len(flows) > 1:
                yield from ((process.key, flow.id) for flow in flows)


def taken(bundle: Bundle, outcome: Outcome) -> frozenset[Taken]:
    """Flows out of gateways that were taken in this outcome."""
    found: set[Taken] = set()
    reached = [
        *outcome.passed,
        *(item.place for item in outcome.opened),
        *(message.place for message in outcome.awaited),
        *(timer.place for timer in outcome.armed),
    ]
    for index, place in enumerate(reached):
        element, scope = _find(bundle, place)
        if element is not None and element.kind in CHOOSING:
            flows = _followed(element, scope, place, reached[index + 1 :])
            found |= {(place.process, flow.id) for flow in flows}
        elif element is not None and element.kind is Kind.CATCH:
            found |= {
                (place.process, flow.id)
                for flow in scope.incoming(element.id)
                if scope.elements[flow.source].kind is Kind.EVENT_BASED
                and place in outcome.passed
            }
    return frozenset(found)


def _followed(
    gateway: Element, scope: Scope, place: Place, later: Sequence[Place]
) -> Iterator[Flow]:
    """The flows taken: all of a parallel gateway, the first target reached of a choosing one.

    Beside a parallel gateway, places of other branches may come in between.
    """
    flows = scope.outgoing(gateway.id)
    if gateway.kind is Kind.EVENT_BASED:
        return
    if gateway.kind is not Kind.EXCLUSIVE:
        names = {_at(place, other) for other in later}
        yield from (f for f in flows if gateway.kind is Kind.PARALLEL or f.target in names)
        return
    targets = {flow.target: flow for flow in flows}
    beside = any(e.kind in (Kind.PARALLEL, Kind.INCLUSIVE) for e in scope.elements.values())
    for other in later:
        name = _at(place, other)
        if name in targets:
            yield targets[name]
        if name in targets or (name is not None and not beside):
            return


def _at(place: Place, other: Place) -> str | None:
    """The element of `place`'s own scope in which `other` lies; None where it is elsewhere."""
    depth = len(place.path)
    if other.path[:depth] != place.path:
        return None
    if len(other.path) > depth:
        return other.path[depth]
    return other.element if other.process == place.process else None


def _find(bundle: Bundle, place: Place) -> tuple[Element | None, Scope]:
    process = bundle.processes[place.process]
    for scope in _scopes(process.scope):
        if place.element in scope.elements:
            return scope.elements[place.element], scope
    return None, process.scope


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for element in scope.elements.values():
        if element.scope is not None:
            yield from _scopes(element.scope)
