"""Loops: does something that happens inside decide whether the case goes round again?"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.data import OUTCOME, names_of, set_by
from workflows.checks.graph import Graph
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind, Process, Trigger

_WAITS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.CATCH, Kind.CALL})


@rule("endless-loop", Severity.UNFIT)
def loops_wait(subject: Subject) -> Iterator[Hit]:
    """PROC-12: a loop in which nobody does anything and nothing is awaited never changes its
    data, so what went round once goes round for ever."""
    for _, graph in subject.scopes():
        for loop in _loops(graph):
            if not any(
                graph.elements[key].kind in _WAITS or _inner(graph, key) for key in loop
            ):
                yield Hit(
                    _first(graph, loop),
                    "这个回路里没有人办理，也不等任何时限或消息，会一直转下去（PROC-12）",
                    "在回路里放一个环节或等待事件，或去掉回头的连线",
                )


@rule("loop-unleavable", Severity.UNFIT, county=True, whole=True)
def loops_can_be_left(subject: Subject) -> Iterator[Hit]:
    """PROC-04: whether a case leaves a loop depends on something that is answered inside it."""
    if subject.is_shared and subject.bundle.root == subject.process.key:
        return  # its callers pass values in
    for _, graph in subject.scopes():
        for loop in _loops(graph):
            if _answered_outside(subject, graph, loop):
                yield Hit(
                    _first(graph, loop),
                    "出不出这个回路，由回路外面的数据决定，里面的人改变不了（PROC-04）",
                    "让回路里的环节给出结论，由出口的条件看它，或加一个时限",
                )


@rule("condition-unchangeable", Severity.UNFIT)
def conditions_can_change(subject: Subject) -> Iterator[Hit]:
    """A condition is waited for while something else goes on that can make it true: where
    nothing runs beside, a condition that does not hold at once never will."""
    if _something_beside(subject.process):
        return
    for _, graph in subject.scopes():
        for event in graph.of(Kind.CATCH, Kind.BOUNDARY):
            if event.event is None or event.event.trigger is not Trigger.CONDITIONAL:
                continue
            host = graph.elements.get(event.attached_to or "")
            inside = host is not None and host.scope is not None
            raced = any(
                graph.elements[flow.source].kind is Kind.EVENT_BASED
                for flow in graph.into[event.id]
            )
            if not inside and not raced:
                yield Hit(
                    event,
                    "等的时候没有别的环节在办，谁也改变不了这个条件：到这里时不成立，就一直等下去",
                    "让改变条件的环节与它并行，或改用消息、时限",
                )


def _something_beside(process: Process) -> bool:
    """Whether two things of a process can be under way at once."""
    return any(
        e.kind is Kind.EVENT_SUBPROCESS
        or (e.kind is Kind.BOUNDARY and not e.interrupting)
        or (e.kind in {Kind.PARALLEL, Kind.INCLUSIVE})
        or (e.multi is not None and not e.multi.sequential)
        for e in process.scope.walk()
    )


def _answered_outside(subject: Subject, graph: Graph, loop: frozenset[str]) -> bool:
    """Whether every exit is a condition over names that nothing inside the loop sets."""
    asked: set[str] = set()
    for key in loop:
        if graph.borders.get(key):
            return False  # an event leads out, or runs beside
        leaving = [flow for flow in graph.out[key] if flow.target not in loop]
        if leaving and graph.elements[key].kind is not Kind.EXCLUSIVE:
            return False
        if leaving:
            conditions = [flow.condition or "" for flow in graph.out[key]]
            asked = asked.union(*(names_of(text) for text in conditions))
    given: set[str] = set()
    for key in loop:
        element = graph.elements[key]
        inside = set_by(element, subject)
        if inside is None or element.scope is not None:
            return False
        given |= inside
        if element.kind is Kind.USER_TASK and _asks_outcome(element, subject):
            given.add(OUTCOME)
        if element.kind in {Kind.CATCH, Kind.RECEIVE_TASK, Kind.CALL}:
            return False  # what arrives may carry values
    return bool(asked) and not asked & given


def _asks_outcome(element: Element, subject: Subject) -> bool:
    form = subject.bundle.forms.get(element.work.form or "") if element.work else None
    return form is None or form.field(OUTCOME) is not None


def _inner(graph: Graph, key: str) -> bool:
    return graph.elements[key].scope is not None


def _first(graph: Graph, loop: frozenset[str]) -> Element:
    inside = [e for e in graph.elements.values() if e.id in loop]
    return next((e for e in inside if e.drawn), inside[0])


def _loops(graph: Graph) -> list[frozenset[str]]:
    """Strongly connected parts of more than one element, or that lead to themselves; once."""
    kept = graph.memo.get("loops")
    if isinstance(kept, list):
        return kept
    found = [
        part
        for part in _parts(graph)
        if len(part) > 1 or any(key in graph.following(key) for key in part)
    ]
    graph.memo["loops"] = found
    return found


def _parts(graph: Graph) -> Iterator[frozenset[str]]:
    """Kosaraju, without recursion: order by finishing time, then collect backwards."""
    order: list[str] = []
    seen: set[str] = set()
    for start in graph.elements:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(list(graph.after(start))))]
        while stack:
            key, following = stack[-1]
            step = next((one for one in following if one not in seen), None)
            if step is None:
                order.append(key)
                stack.pop()
            else:
                seen.add(step)
                stack.append((step, iter(list(graph.after(step)))))
    placed: set[str] = set()
    for key in reversed(order):
        if key in placed:
            continue
        part: set[str] = set()
        waiting = [key]
        while waiting:
            at = waiting.pop()
            if at not in placed:
                placed.add(at)
                part.add(at)
                waiting += [one for one in graph.before(at) if one not in placed]
        yield frozenset(part)
