"""How a case may end: with a clock behind it, a result on record, papers in the right hands."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.belonging import ACCEPTED
from workflows.checks.graph import Graph
from workflows.checks.orders import (
    NEGATIVE,
    Order,
    always_before,
    holds,
    may_miss,
    meets,
    ordered_in,
    orders,
)
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind
from workflows.sources.vocabulary import labels

RECORDED = frozenset(
    {"granted", "refused", "not_required", "not_accepted", "expired", "answered", "guided"}
)
"""Results that somebody decided; the others (withdrawn, handled elsewhere …) just are."""
_CLOCKED = frozenset({"granted", "refused", "answered"})
_DELIVERY = "delivery"
_OPEN_CLOCKS = ("statutory", "promised", "handup", "county")


def _ends(subject: Subject, results: frozenset[str]) -> Iterator[tuple[Graph, Element]]:
    """Ends of a case with one of these results."""
    if not subject.is_root:
        return
    graph = subject.graph(subject.process.scope)
    for end in graph.of(Kind.END):
        if end.result in results:
            yield graph, end


@rule("path-without-clock", Severity.UNFIT, county=True, whole=True)
def every_path_has_a_clock(subject: Subject) -> Iterator[Hit]:
    """PROC-04 限时办结制: no path leads to a result on which no clock ever ran."""
    for graph, end in _ends(subject, _CLOCKED):
        if not always_before(graph, end.id, lambda e: _clocked(e, subject)):
            name = labels("Result")[end.result or ""]
            yield Hit(
                end,
                f"有一条路没有任何时限就到了“{name}”（PROC-04）",
                "受理时起算法定和承诺时限，或给环节写 gov:limit",
            )


def _accepts(subject: Subject) -> bool:
    """Whether applications are accepted here at all; a fragment does not show all it does."""
    return bool(ordered_in(subject.bundle, subject) & set(ACCEPTED))


def _delivers(element: Element, subject: Subject) -> bool:
    proofs = (("start-clock", "delivery"), ("issue-document", "D22"), ("issue-document", "D23"))
    return element.called == _DELIVERY or holds(subject, *proofs)(element)


def _clocked(element: Element, subject: Subject) -> bool:
    """Whether a clock runs in the element, or starts with it."""
    if element.work is not None and element.work.limit is not None:
        return True
    if holds(subject, ("start-clock", "statutory"), ("start-clock", "promised"))(element):
        return True
    if any(e.do == "start-clock" for e in element.effects):
        return True
    inner = element.scope.elements.values() if element.scope is not None else ()
    if any(_clocked(one, subject) for one in inner):
        return True
    called = subject.bundle.processes.get(element.called or "")
    if called is None or called is subject.process:
        return False
    return any(e.work is not None and e.work.limit for e in called.scope.walk())


@rule("result-unrecorded", Severity.UNFIT, county=True, whole=True)
def results_are_recorded(subject: Subject) -> Iterator[Hit]:
    """PROC-12 件件有记录: the result at an end is what a decision on the way recorded."""
    ordered = ordered_in(subject.bundle, subject)
    if not any(do == "record-result" for do, _ in ordered):
        return  # nothing is recorded here at all: a fragment
    for graph, end in _ends(subject, RECORDED):
        wanted: Order = ("record-result", end.result or "")
        if not always_before(graph, end.id, holds(subject, wanted)):
            name = labels("Result")[end.result or ""]
            yield Hit(
                end,
                f"有一条路没有记录结果“{name}”就结束了（PROC-12）",
                f"作出决定时加上 record-result {end.result}",
            )


@rule("granted-undelivered", Severity.UNFIT, county=True, whole=True)
def grants_are_delivered(subject: Subject) -> Iterator[Hit]:
    """PROC-11 办结销号: what was granted reaches the applicant before the case closes."""
    if not _accepts(subject):
        return
    for graph, end in _ends(subject, frozenset({"granted"})):
        granted = holds(subject, ("record-result", "granted"))
        decided = [e.id for e in graph.elements.values() if granted(e)]
        delivered = [e.id for e in graph.elements.values() if _delivers(e, subject)]
        if end.id in graph.reached(decided, without=delivered):
            yield Hit(
                end,
                "有一条路准予以后没有送达就办结了（PROC-11）",
                "在结束之前调用 delivery（送达办结）",
            )


@rule("denial-undelivered", Severity.UNFIT, county=True, whole=True)
def refusals_are_delivered(subject: Subject) -> Iterator[Hit]:
    """DENY-03 明确答复: a negative document reaches the applicant, else it has no effect."""
    if not _accepts(subject):
        return
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            if not orders(element) & NEGATIVE:
                continue
            if may_miss(graph, element.id, lambda e: _delivers(e, subject)):
                yield Hit(
                    element,
                    "有一条路出具否定文书以后没有送达（DENY-03）",
                    "出具以后调用 delivery（送达办结）",
                )


@rule("clock-left-running", Severity.UNFIT, county=True, whole=True)
def clocks_end_with_the_case(subject: Subject) -> Iterator[Hit]:
    """PROC-09, flows.md (clocks): a case that ends leaves no clock of its own running.

    The tolerance clock is ended where the papers are complete (workflows.checks.belonging).
    """
    if not _accepts(subject):
        return
    started = ordered_in(subject.bundle, subject)
    running = [c for c in _OPEN_CLOCKS if meets(started, ("start-clock", c))]
    for graph, end in _ends(subject, _CLOCKED | {"expired"}):
        for clock in running:
            start = holds(subject, ("start-clock", clock))
            stop = holds(subject, ("end-clock", clock))
            starts = [e.id for e in graph.elements.values() if start(e) and not stop(e)]
            ended = [e.id for e in graph.elements.values() if stop(e)]
            if starts and end.id in graph.reached(starts, without=ended):
                name = labels("Clock")[clock]
                yield Hit(
                    end,
                    f"有一条路结束时“{name}”还在走（PROC-09）",
                    f"作出决定时加上 end-clock {clock}",
                )
