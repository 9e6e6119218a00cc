"""Soundness: does every join get its tokens, does anything happen twice?

A small exploration of where tokens can stand, per scope. Choices are taken to be free, so it
may warn of a combination that the data never bring about. BPMN's gateways are free-choice:
it is enough to try all alternatives of one enabled element at a time (a persistent set), so
parallel branches do not multiply. Bounded by `MAX_WORK`; beyond it says nothing more.
Non-interrupting boundary events are left out: what they start runs beside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from workflows.checks.graph import Graph
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind, Trigger

MAX_WORK = 200_000  # tokens and elements looked at in one scope
MAX_BRANCHES = 6  # of an inclusive split, tried in every combination

Marking = tuple[tuple[str, int], ...]  # flow id → tokens, sorted


@dataclass(slots=True)
class _Found:
    """What the exploration saw."""

    stuck: dict[str, None] = field(default_factory=dict)
    doubled: dict[str, None] = field(default_factory=dict)
    ended: bool = False
    complete: bool = True
    work: int = 0


@rule("deadlock", Severity.UNFIT)
def joins_get_tokens(subject: Subject) -> Iterator[Hit]:
    """A parallel join behind an exclusive split waits for ever; where always, it is an error."""
    for _, graph in subject.scopes():
        found = _explore(graph)
        for key in found.stuck:
            never = found.complete and not found.ended
            yield Hit(
                graph.elements[key],
                "汇聚在这里等不齐：有的分支不会走到，流程会停住" if not never
                else "汇聚在这里永远等不齐，流程走不到结束",
                "分开与汇合用同一种网关",
                Severity.ERROR if never else None,
            )  # fmt: skip


@rule("doubled", Severity.UNFIT)
def nothing_happens_twice(subject: Subject) -> Iterator[Hit]:
    """Parallel branches that meet without a parallel join make all that follows happen twice."""
    for _, graph in subject.scopes():
        for key in _explore(graph).doubled:
            yield Hit(
                graph.elements[key],
                "并行的分支在这里没有汇聚，后面的环节会重复出现",
                "用并行网关汇聚分支",
            )


def _explore(graph: Graph) -> _Found:
    """Explore once per graph; both rules ask."""
    found = graph.memo.get("explored")
    if not isinstance(found, _Found):
        found = graph.memo["explored"] = _walk(graph)
    return found


def _walk(graph: Graph) -> _Found:
    found = _Found()
    order = _order(graph)
    seen = {
        _sorted(Counter(flow.id for flow in graph.out[start.id]))
        for start in graph.of(Kind.START)
    } - {()}
    if not seen or len(graph.flow) != len(graph.flows):
        return found
    waiting = list(seen)
    while waiting:
        marking = waiting.pop()
        found.work += len(marking) + 1
        if found.work > MAX_WORK:
            found.complete = False
            break
        for following in _next(marking, graph, order, found):
            if following in seen:
                continue
            seen.add(following)
            waiting.append(following)
    return found


def _order(graph: Graph) -> dict[str, int]:
    """Distance from the start: what is behind moves first, so that tokens meet."""
    order: dict[str, int] = {}
    level = graph.starts()
    depth = 0
    while level:
        following = []
        for key in level:
            if key not in order:
                order[key] = depth
                following += [n for n in graph.after(key) if n not in order]
        level, depth = following, depth + 1
    return order


def _next(
    marking: Marking, graph: Graph, order: dict[str, int], found: _Found
) -> Iterator[Marking]:
    if not marking:
        found.ended = True
        return
    tokens = dict(marking)
    held = sorted(
        {graph.flow[key].target for key in tokens}, key=lambda key: (order.get(key, 0), key)
    )
    for key in held:
        element = graph.elements[key]
        if element.kind is not Kind.INCLUSIVE or len(graph.into[key]) < 2:
            taken = _taken(element, tokens, graph)
            if taken is not None:
                yield from _fire(element, tokens, taken, graph, found)
                return
    for key in held:
        taken = _inclusive(graph.elements[key], tokens, graph, found)
        if taken is not None:
            yield from _fire(graph.elements[key], tokens, taken, graph, found)
            return
    for key in held:
        if graph.elements[key].kind in {Kind.PARALLEL, Kind.INCLUSIVE}:
            found.stuck[key] = None


def _taken(element: Element, tokens: dict[str, int], graph: Graph) -> tuple[str, ...] | None:
    """Flows from which the element takes a token when it runs; None: it cannot yet."""
    filled = tuple(key for key in tokens if graph.flow[key].target == element.id)
    if element.kind is Kind.PARALLEL:
        return filled if len(filled) == len(graph.into[element.id]) else None
    return filled[:1] or None


def _inclusive(
    element: Element, tokens: dict[str, int], graph: Graph, found: _Found
) -> tuple[str, ...] | None:
    """An inclusive join goes on when no token elsewhere can still come to an empty entry."""
    if element.kind is not Kind.INCLUSIVE:
        return None
    entering = graph.into[element.id]
    found.work += len(graph.elements)
    empty = [flow.source for flow in entering if not tokens.get(flow.id)]
    upstream = graph.reaching(empty, without=[element.id])
    targets = {graph.flow[key].target for key, count in tokens.items() if count}
    if (targets - {element.id}) & upstream:
        return None
    return tuple(flow.id for flow in entering if tokens.get(flow.id))


def _fire(
    element: Element,
    tokens: dict[str, int],
    taken: tuple[str, ...],
    graph: Graph,
    found: _Found,
) -> Iterator[Marking]:
    left = Counter(tokens)
    left.subtract(taken)
    trigger = element.event.trigger if element.event is not None else Trigger.NONE
    if element.kind is Kind.END and trigger in {Trigger.TERMINATE, Trigger.ERROR}:
        yield ()
        return
    for leaving in _ways(element, graph):
        after = left.copy()
        after.update(leaving)
        doubled = [flow for flow in leaving if after[flow] > 1]
        if any(graph.elements[graph.flow[f].target].kind is not Kind.END for f in doubled):
            found.doubled[element.id] = None
            continue  # from here on everything is double: one finding is enough
        for flow in doubled:
            after[flow] = 1  # several tokens may end in one place
        yield _sorted(after)


def _ways(element: Element, graph: Graph) -> Iterator[tuple[str, ...]]:
    """Every set of flows on which the element may put a token."""
    leaving = tuple(flow.id for flow in graph.out[element.id])
    if element.kind in {Kind.EXCLUSIVE, Kind.EVENT_BASED}:
        yield from ((flow,) for flow in leaving)
    elif element.kind is Kind.INCLUSIVE and 1 < len(leaving) <= MAX_BRANCHES:
        for size in range(1, len(leaving) + 1):
            yield from combinations(leaving, size)
    elif element.kind is Kind.INCLUSIVE and leaving:
        yield from ((flow,) for flow in leaving)
        yield leaving
    else:
        yield leaving
    for border in graph.borders.get(element.id, ()):
        event = graph.elements[border]
        if event.interrupting:
            yield tuple(flow.id for flow in graph.out[border])


def _sorted(tokens: Counter[str]) -> Marking:
    return tuple(sorted((flow, count) for flow, count in tokens.items() if count > 0))
