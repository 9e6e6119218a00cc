"""A scope as a graph, indexed once: rules must stay linear on five thousand elements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from workflows.model import Element, Flow, Kind, Scope, Trigger

MAX_LOOK = 200
ACTIVITIES = frozenset(
    {
        Kind.USER_TASK, Kind.MANUAL_TASK, Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.RECEIVE_TASK,
        Kind.RULE_TASK, Kind.PLAIN_TASK, Kind.CALL, Kind.SUBPROCESS,
    }
)  # fmt: skip
GATEWAYS = frozenset({Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED})


class Graph:
    """Flows by source and target; boundary events count as reachable from their host."""

    def __init__(self, scope: Scope) -> None:
        self.elements = scope.elements
        self.flows = scope.flows
        self.out: dict[str, list[Flow]] = {key: [] for key in scope.elements}
        self.into: dict[str, list[Flow]] = {key: [] for key in scope.elements}
        self.borders: dict[str, list[str]] = {}
        self.flow: dict[str, Flow] = {flow.id: flow for flow in scope.flows}
        self.memo: dict[str, object] = {}
        for flow in scope.flows:
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)
        for element in scope.elements.values():
            if element.attached_to in scope.elements:
                self.borders.setdefault(str(element.attached_to), []).append(element.id)

    def of(self, *kinds: Kind) -> Iterator[Element]:
        """Elements of these kinds, in drawing order."""
        return (e for e in self.elements.values() if e.kind in kinds)

    def after(self, key: str) -> Iterator[str]:
        """Elements that a token may come to next, boundary events included."""
        yield from (flow.target for flow in self.out[key])
        yield from self.borders.get(key, ())

    def following(self, key: str) -> Iterator[str]:
        """Elements that a token goes to when nothing interrupts it."""
        return (flow.target for flow in self.out[key])

    def beside(self) -> list[str]:
        """Non-interrupting boundary events: what they start runs beside and ends no case."""
        return [e.id for e in self.of(Kind.BOUNDARY) if not e.interrupting]

    def throws(self, element: Element) -> bool:
        """Whether an end hands over to whoever catches its error or escalation."""
        trigger = element.event.trigger if element.event is not None else Trigger.NONE
        return trigger in {Trigger.ERROR, Trigger.ESCALATION}

    def before(self, key: str) -> Iterator[str]:
        """Elements that a token may come from; for a boundary event its host."""
        yield from (flow.source for flow in self.into[key])
        host = self.elements[key].attached_to
        if host in self.elements:
            yield str(host)

    def reached(self, starts: Iterable[str], without: Iterable[str] = ()) -> set[str]:
        """Everything reachable from `starts` without passing an element of `without`."""
        return _spread(starts, self.after, without)

    def reaching(self, ends: Iterable[str], without: Iterable[str] = ()) -> set[str]:
        """Everything from which one of `ends` can be reached."""
        return _spread(ends, self.before, without)

    def starts(self) -> list[str]:
        """Ids of the start events."""
        return [e.id for e in self.of(Kind.START)]

    def ends(self) -> list[str]:
        """Ids of what a path can end at: end events, and whatever nothing leads on from."""
        beside = Kind.EVENT_SUBPROCESS
        return [
            e.id
            for e in self.elements.values()
            if e.kind is Kind.END or (not self.out[e.id] and e.kind is not beside)
        ]

    def people_before(self, key: str) -> list[Element]:
        """The nearest user tasks upstream, and calls, which are as far as one can see.

        Looks at no more than `MAX_LOOK` elements.
        """
        found: dict[str, Element] = {}
        seen: set[str] = set()
        waiting = list(self.before(key))
        while waiting and len(seen) < MAX_LOOK:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            element = self.elements[at]
            if element.kind in {Kind.USER_TASK, Kind.CALL, Kind.SUBPROCESS}:
                found[at] = element
            else:
                waiting += self.before(at)
        return list(found.values())

    def at_once_before(self, key: str) -> set[str]:
        """The element and what leads to it, as far back as the nearest wait or inner scope.

        Looks at no more than `MAX_LOOK` elements.
        """
        found = {key}
        waiting = list(self.before(key))
        while waiting and len(found) < MAX_LOOK:
            at = waiting.pop()
            if at in found:
                continue
            found.add(at)
            element = self.elements[at]
            if not (element.waits or element.scope is not None or element.called):
                waiting += self.before(at)
        return found


def _spread(
    starts: Iterable[str], step: Callable[[str], Iterator[str]], without: Iterable[str]
) -> set[str]:
    seen: set[str] = set()
    closed = frozenset(without)
    waiting = [key for key in starts if key not in closed]
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        waiting += [one for one in step(key) if one not in seen and one not in closed]
    return seen
