"""Signals of a whole library: thrown where nobody hears, awaited where nobody throws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.findings import Finding, Severity
from workflows.model import Element, Kind, Process, Trigger

_HEARS = frozenset({Kind.START, Kind.CATCH, Kind.BOUNDARY})


def check_signals(processes: Iterable[Process]) -> tuple[Finding, ...]:
    """Compare the names of signals across processes: a note for each that has no other end."""
    thrown: dict[str, list[tuple[Process, Element]]] = {}
    heard: dict[str, list[tuple[Process, Element]]] = {}
    for process in processes:
        for element in process.scope.walk():
            for name, table in _names(element, thrown, heard):
                table.setdefault(name, []).append((process, element))
    lonely = [
        *_lonely(
            thrown, heard, "库里没有哪个流程等信号“{}”，抛出以后没有人收到", "画上接收的事件"
        ),
        *_lonely(
            heard, thrown, "库里没有哪个流程抛出信号“{}”，这里只能等外面发来", "画上抛出的事件"
        ),
    ]
    return tuple(sorted(lonely, key=lambda f: (f.file, f.line or 0, f.element)))


_Table = dict[str, list[tuple[Process, Element]]]


def _names(element: Element, thrown: _Table, heard: _Table) -> Iterator[tuple[str, _Table]]:
    event = element.event
    if event is not None and event.trigger is Trigger.SIGNAL and event.ref:
        if element.kind in _HEARS:
            yield event.ref, heard
        elif element.kind in {Kind.THROW, Kind.END}:
            yield event.ref, thrown
    told = element.multi.throws if element.multi is not None else None
    if told is not None and told.trigger is Trigger.SIGNAL and told.ref:
        yield told.ref, thrown


def _lonely(one: _Table, other: _Table, sentence: str, remedy: str) -> Iterator[Finding]:
    remedy = f"核对两边用的是同一个名称；没有的，{remedy}，或者删去"
    for name, places in one.items():
        for process, element in places if name not in other else ():
            yield Finding(
                "signal-lonely", Severity.NOTE, process.file, element.line, element.id,
                sentence.format(name), remedy,
            )  # fmt: skip
