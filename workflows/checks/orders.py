"""What an element orders, and what everything inside it orders: what statute rules ask about.

An order is an operation with the one parameter that the law looks at: ("issue-document",
"D19"), ("start-clock", "statutory"), ("record-result", "granted"). `SEPARATED` stands for a
step that another than the proposer must do, `BASIS` for a form that asks for the legal basis. A value that FEEL computes is `ANY`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from workflows.checks.graph import Graph
from workflows.checks.registry import Subject
from workflows.model import Bundle, Element, Kind

Order = tuple[str, str]
Test = Callable[[Element], bool]
ANY = "*"
DENIAL = "denial"
SEPARATED: Order = ("step", "separated")
PERSON: Order = ("step", "person")
_TEXTS = re.compile(r'"([^"\\]*)"')
NEGATIVE = frozenset(("issue-document", d) for d in ("D06", "D07", "D10", "D20", "D25"))
"""Documents that say no; D25 is the organ's own end of a case."""
BASIS: Order = ("form", "legal_basis")
_MAIN = {
    "issue-document": "document", "file-denial": "document", "record-result": "result",
    "hand-over": "to", "send-message": "message", "set-status": "status",
}  # fmt: skip


def orders(element: Element) -> frozenset[Order]:
    """What the element itself orders."""
    found: set[Order] = set()
    for effect in element.effects:
        name = "clock" if effect.do.endswith("-clock") else _MAIN.get(effect.do)
        value = effect.params.get(name, "") if name else ""
        found |= {(effect.do, one) for one in _values(value)}
    if element.kind in {Kind.USER_TASK, Kind.MANUAL_TASK}:
        found.add(PERSON)
        if element.work is not None and element.work.separate:
            found.add(SEPARATED)
    return frozenset(found)


def _values(text: str) -> tuple[str, ...]:
    """The value, or each text that a computed one names; `ANY` where it names none."""
    return tuple(_TEXTS.findall(text)) or (ANY,) if text.startswith("=") else (text,)


def within(element: Element, subject: Subject) -> frozenset[Order]:
    """What the element, its inner scope and the processes that it calls may order."""
    found = orders(element)
    form = subject.bundle.forms.get(element.work.form or "") if element.work else None
    if form is not None and form.field(BASIS[1]) is not None:
        found |= {BASIS}
    if element.scope is not None:
        found = found.union(*(within(e, subject) for e in element.scope.elements.values()))
    if element.called:
        found |= ordered_by(element.called, subject)
    return found


def ordered_by(key: str, subject: Subject) -> frozenset[Order]:
    """What a process of the bundle may order, calls included; asked once per bundle."""
    kept = subject.shared.get(key)
    if kept is None:
        process = subject.bundle.processes.get(key)
        subject.shared[key] = frozenset()  # a process that calls itself adds nothing
        elements = process.scope.elements.values() if process is not None else ()
        kept = frozenset[Order]().union(*(within(e, subject) for e in elements))
        if key == DENIAL:
            kept -= {SEPARATED}  # who confirms one refusal has not looked at another
        subject.shared[key] = kept
    return kept


def ordered_in(bundle: Bundle, subject: Subject) -> frozenset[Order]:
    """What anything in the bundle orders."""
    return frozenset[Order]().union(*(ordered_by(key, subject) for key in bundle.processes))


def meets(held: Iterable[Order], wanted: Order) -> bool:
    """Whether the wanted order is among those held; a computed value may be the wanted one."""
    return any(
        do == wanted[0] and (wanted[1] in {ANY, value} or value == ANY) for do, value in held
    )


def holds(subject: Subject, *wanted: Order) -> Test:
    """A test of elements: does it, or anything inside it, order one of these?"""
    return partial(_holds, subject, wanted)


def _holds(subject: Subject, wanted: tuple[Order, ...], element: Element) -> bool:
    held = within(element, subject)
    return any(meets(held, one) for one in wanted)


def always_before(graph: Graph, key: str, good: Test) -> bool:
    """Whether every way from a start to the element passes a good one (itself counts)."""
    closed = [e.id for e in graph.elements.values() if good(e)]
    return key in closed or key not in graph.reached(graph.starts(), without=closed)


def may_miss(graph: Graph, key: str, good: Test) -> bool:
    """Whether a token can come from the element to an end without passing a good one.

    A parallel gateway sends tokens all its ways: one good way is enough. An end that throws an
    error is not asked: whoever catches it goes on. Nor is what runs beside.
    """
    beside = set(graph.beside())
    missing = {
        e.id for e in graph.of(Kind.END) if not graph.throws(e) and not good(e)
    }  # elements from which an end is reached without a good one, growing
    waiting = list(missing)
    while waiting:
        at = waiting.pop()
        for one in graph.before(at):
            element = graph.elements[one]
            if one in missing or at in beside or good(element):
                continue
            every = element.kind is Kind.PARALLEL
            if not every or all(target in missing for target in graph.following(one)):
                missing.add(one)
                waiting.append(one)
    return key in missing


def together(graph: Graph, key: str, good: Test) -> bool:
    """Whether a good element belongs to the same stretch: on every way up to the last wait
    before the element, or on every way down to the next wait behind it."""
    if good(graph.elements[key]):
        return True
    return _stretch(graph, key, good, graph.before, Kind.START) or _stretch(
        graph, key, good, graph.following, Kind.END
    )


def _stretch(
    graph: Graph,
    key: str,
    good: Test,
    step: Callable[[str], Iterable[str]],
    border: Kind,
) -> bool:
    seen: set[str] = set()
    waiting = list(step(key))
    if not waiting:
        return False
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        element = graph.elements[at]
        if good(element):
            continue
        if element.kind is border or stops(element):
            return False
        following = list(step(at))
        if not following:
            return False
        waiting += following
    return True


def stops(element: Element) -> bool:
    """Whether a token may rest here: in a step, an event, a call or an inner scope."""
    waits = element.waits or element.kind in {Kind.BOUNDARY, Kind.EVENT_BASED}
    return waits or element.scope is not None or element.called is not None
