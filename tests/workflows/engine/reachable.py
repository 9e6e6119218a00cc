"""Every marking at which a scope can come to rest, found by trying everything (BPMN 13).

Independent of the engine and of its blocks: a marking is a bag of flow ids (a token waits at
a join) and `@` element ids (an activity or event under way). Choices are free; a boundary
event that does not interrupt may happen once for each time its activity begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations

from tests.workflows.engine.oracle import WAITING, Overflow
from workflows.model import Element, Flow, Kind, Scope, Trigger

Marking = frozenset[tuple[str, int]]
MOST_TOKENS = 14
MOST_MARKINGS = 6_000


def frozen(bag: Counter[str]) -> Marking:
    return frozenset((key, count) for key, count in bag.items() if count > 0)


class Explorer:
    """The rest markings of one scope; those of what is inside activities do not matter."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.out = {key: scope.outgoing(key) for key in scope.elements}
        self.into = {key: scope.incoming(key) for key in scope.elements}
        self.borders = {key: scope.boundaries(key) for key in scope.elements}
        self.flow = {flow.id: flow for flow in scope.flows}
        self.reaches: dict[tuple[str, str], frozenset[str]] = {}

    def explore(self) -> set[Marking]:
        """Raises Overflow where there are too many to try."""
        start = next(e for e in self.scope.elements.values() if e.kind is Kind.START)
        first = frozen(Counter(flow.id for flow in self.out[start.id]))
        found: set[Marking] = set()
        seen = {first}
        todo = [first]
        while todo:
            marking = todo.pop()
            if sum(count for _, count in marking) > MOST_TOKENS or len(seen) > MOST_MARKINGS:
                raise Overflow
            bag = Counter(dict(marking))
            moved = self.moves(bag)
            if moved is None:
                found.add(marking)
                moved = list(self.happenings(bag))
            for one in moved:
                after = frozen(one)
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return found

    def moves(self, bag: Counter[str]) -> list[Counter[str]] | None:
        """What the first element that can move by itself may do; None at rest."""
        held = {self.flow[key].target for key in bag if key in self.flow and bag[key]}
        last: list[str] = []
        for key in sorted(held):
            element = self.scope.elements[key]
            filled = [flow for flow in self.into[key] if bag[flow.id]]
            if element.kind is Kind.PARALLEL:
                if len(filled) == len(self.into[key]):
                    return list(self.fire(element, bag, filled))
            elif element.kind is Kind.INCLUSIVE and len(self.into[key]) > 1:
                last.append(key)
            else:
                return list(self.fire(element, bag, filled[:1]))
        for key in last:
            filled = [flow for flow in self.into[key] if bag[flow.id]]
            if not self.may_still_come(key, bag, {flow.id for flow in filled}):
                return list(self.fire(self.scope.elements[key], bag, filled))
        return None

    def fire(
        self, element: Element, bag: Counter[str], taken: list[Flow]
    ) -> Iterator[Counter[str]]:
        rest = bag.copy()
        rest.subtract(flow.id for flow in taken)
        trigger = element.event.trigger if element.event else Trigger.NONE
        if element.kind in WAITING:
            begun = [b.id for b in self.borders[element.id] if not b.interrupting]
            yield rest + Counter([f"@{element.id}", *(f"!{b}" for b in begun)])
        elif element.kind is Kind.END:
            ends = trigger in {Trigger.ERROR, Trigger.TERMINATE}
            yield Counter() if ends else rest
        else:
            for ways in self.ways(element):
                yield rest + Counter(ways)

    def ways(self, element: Element) -> Iterator[tuple[str, ...]]:
        ids = [flow.id for flow in self.out[element.id]]
        if element.kind is Kind.EXCLUSIVE:
            yield from ((one,) for one in ids)
        elif element.kind is Kind.INCLUSIVE:
            chosen = [flow.id for flow in self.out[element.id] if not flow.default]
            sizes = range(1, len(chosen) + 1)
            yield from chain.from_iterable(combinations(chosen, size) for size in sizes)
            yield from ((flow.id,) for flow in self.out[element.id] if flow.default)
        else:
            yield tuple(ids)

    def happenings(self, bag: Counter[str]) -> Iterator[Counter[str]]:
        """An activity or event under way ends, or something happens on its border."""
        for key in [key for key in bag if key.startswith("@") and bag[key]]:
            element = self.scope.elements[key[1:]]
            armed = [f"!{b.id}" for b in self.borders[element.id] if not b.interrupting]
            gone = bag - Counter([key, *armed])
            if element.kind is Kind.EVENT_BASED:
                for flow in self.out[element.id]:
                    yield gone + Counter(onward.id for onward in self.out[flow.target])
                continue
            yield gone + Counter(flow.id for flow in self.out[element.id])
            for border in self.borders[element.id]:
                onward = Counter(flow.id for flow in self.out[border.id])
                if border.interrupting:
                    yield gone + onward
                elif bag[f"!{border.id}"]:
                    yield bag - Counter([f"!{border.id}"]) + onward

    def may_still_come(self, join: str, bag: Counter[str], full: set[str]) -> bool:
        for key in [key for key in bag if bag[key] and not key.startswith("!")]:
            if key in self.flow and self.flow[key].target == join:
                continue
            reached = self.reach(key, join)
            if reached and not reached & full:
                return True
        return False

    def reach(self, key: str, join: str) -> frozenset[str]:
        """The flows by which a token may come to the join."""
        if (key, join) not in self.reaches:
            flows = [self.flow[key]] if key in self.flow else self.leaving(key[1:])
            seen: set[str] = set()
            found: set[str] = set()
            while flows:
                flow = flows.pop()
                if flow.target == join:
                    found.add(flow.id)
                elif flow.id not in seen:
                    seen.add(flow.id)
                    flows += self.leaving(flow.target)
            self.reaches[key, join] = frozenset(found)
        return self.reaches[key, join]

    def leaving(self, key: str) -> list[Flow]:
        found = list(self.out[key])
        for border in self.borders[key]:
            found += self.out[border.id]
        return found


def without_arms(markings: set[Marking]) -> set[Marking]:
    """Forget which boundary events have happened already."""
    return {frozenset((k, n) for k, n in one if not k.startswith("!")) for one in markings}
