"""Clocks along the way: what is stopped goes on, what is waited for runs, what is over ends."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.belonging import clocked, document
from workflows.checks.graph import Graph
from workflows.checks.orders import (
    Test,
    always_before,
    holds,
    may_miss,
    meets,
    ordered_by,
    ordered_in,
)
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind, Trigger
from workflows.sources.vocabulary import labels


def _name(clock: str) -> str:
    return labels("Clock").get(clock, clock)


@rule("clock-never-resumed", Severity.UNFIT, county=True, whole=True)
def stopped_clocks_go_on(subject: Subject) -> Iterator[Hit]:
    """行政许可法 Art. 45: what is stopped for a procedure goes on after it, or is ended."""
    started = ordered_in(subject.bundle, subject)
    for around, graph in subject.scopes():
        for element in graph.elements.values():
            for effect in element.effects:
                clock = effect.params.get("clock", "")
                known = meets(started, clocked("start", clock))  # else a fragment
                if effect.do != "stop-clock" or not known:
                    continue
                going = holds(subject, clocked("resume", clock), clocked("end", clock))
                if _forgotten(subject, around, graph, element, going):
                    yield Hit(
                        element,
                        f"“{_name(clock)}”停了以后，有一条路不再恢复（行政许可法第四十五条）",
                        f"程序完毕后加上 resume-clock {clock}",
                    )


def _forgotten(
    subject: Subject, around: Element | None, graph: Graph, element: Element, good: Test
) -> bool:
    """Whether some way from the element to the end of everything passes nothing good."""
    if not may_miss(graph, element.id, good):
        return False
    if around is None:
        return True
    outer, scope = subject.outside(around)
    return any(
        _forgotten(subject, outer, scope, scope.elements[one], good)
        for one in scope.following(around.id)
    )


@rule("clock-not-stopped", Severity.UNFIT, county=True, whole=True)
def what_goes_on_was_stopped(subject: Subject) -> Iterator[Hit]:
    """行政许可法 Art. 45: a clock goes on that something on the way has stopped."""
    stopped = ordered_in(subject.bundle, subject)
    own = ordered_by(subject.process.key, subject)
    for element in subject.process.scope.walk():
        for effect in element.effects:
            clock = effect.params.get("clock", "")
            where = own if clock in {"statutory", "promised", "county"} else stopped
            if effect.do == "resume-clock" and not meets(where, clocked("stop", clock)):
                yield Hit(
                    element,
                    f"恢复的“{_name(clock)}”没有停过（行政许可法第四十五条）",
                    f"特别程序开始时加上 stop-clock {clock}",
                )


@rule("own-clock", Severity.UNFIT, county=True)
def steps_end_their_own_clock(subject: Subject) -> Iterator[Hit]:
    """PROC-07: a step that starts a clock of its own ends it, done or called off."""
    for element in subject.process.scope.walk():
        if element.kind is not Kind.USER_TASK:
            continue
        on = {
            (e.do, e.on, e.params.get("clock", ""))
            for e in element.effects
            if e.do.endswith("-clock")
        }
        for do, moment, clock in sorted(on):
            if (do, moment) != ("start-clock", "enter"):
                continue
            for how, said in (("complete", "办完"), ("cancel", "取消")):
                if ("end-clock", how, clock) not in on:
                    yield Hit(
                        element,
                        f"环节{said}时没有终结自己的“{_name(clock)}”（PROC-07）",
                        f'加上 on="{how}" 的 end-clock {clock}',
                    )


@rule("clock-not-running", Severity.UNFIT, county=True, whole=True)
def what_is_waited_for_runs(subject: Subject) -> Iterator[Hit]:
    """IN-10, TYPE-04: on every way to a timer its clock has started, else it is never due."""
    if subject.is_shared and subject.bundle.root == subject.process.key:
        return  # its callers are not in this bundle
    for around, graph in subject.scopes():
        for element in graph.of(Kind.BOUNDARY, Kind.CATCH):
            event = element.event
            if around is not None or event is None or event.trigger is not Trigger.TIMER:
                continue
            clock = event.clock or ""
            if _starters(subject, clock) != [subject.process.key]:
                continue  # started by a caller too, or by an action
            if not always_before(graph, element.id, holds(subject, clocked("start", clock))):
                yield Hit(
                    element,
                    f"有一条路走到这里时“{_name(clock)}”还没有起算，永远不会到期（IN-10）",
                    f"在前面加上 start-clock {clock}",
                )


def _starters(subject: Subject, clock: str) -> list[str]:
    """Processes of the bundle that start a clock themselves."""
    return [
        key
        for key, process in subject.bundle.processes.items()
        if any(_orders(e, "start-clock", clock) for e in process.scope.walk())
    ]


@rule("supplement-left-open", Severity.UNFIT, county=True, whole=True)
def supplements_are_closed(subject: Subject) -> Iterator[Hit]:
    """TYPE-04: the supplement's clock is over before the papers are examined again."""
    for _, graph in subject.scopes():
        started = [
            e for e in graph.elements.values() if _orders(e, "start-clock", "supplement")
        ]
        ended = [e.id for e in graph.elements.values() if _orders(e, "end-clock", "supplement")]
        for element in started:
            open_at = graph.reached(graph.after(element.id), without=ended)
            again = [
                graph.elements[key]
                for key in sorted(open_at)
                if _orders(graph.elements[key], "start-clock", "check")
            ]
            for one in again:
                yield Hit(
                    one,
                    "重新审查材料时“补正期限”还在走（TYPE-04）",
                    "收到补交材料时加上 end-clock supplement",
                )


def _orders(element: Element, do: str, clock: str) -> bool:
    return any(e.do == do and e.params.get("clock") == clock for e in element.effects)


@rule("delivery-unproved", Severity.UNFIT, county=True, whole=True)
def deliveries_are_proved(subject: Subject) -> Iterator[Hit]:
    """PROC-11 办结销号: a delivery that began is over when lawful proof (D22, D23) is there."""
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            if not _orders(element, "start-clock", "delivery"):
                continue
            proof = holds(subject, document("D22"), document("D23"))
            if may_miss(graph, element.id, proof):
                yield Hit(element, "有一条路没有送达回证（D22）就结束了（PROC-11）", "出具 D22")
            over = holds(subject, clocked("end", "delivery"))
            if may_miss(graph, element.id, over):
                yield Hit(
                    element,
                    "有一条路结束时“送达期限”还在走（PROC-11）",
                    "送达以后加上 end-clock delivery",
                )


@rule("tolerance-left-running", Severity.UNFIT, county=True, whole=True)
def tolerance_ends_with_the_papers(subject: Subject) -> Iterator[Hit]:
    """TOL-09: where the papers are waited for, their clock ends when all are in."""
    graph = subject.graph(subject.process.scope)
    waits = any(
        e.event is not None
        and e.event.trigger is Trigger.TIMER
        and e.event.clock == "tolerance"
        for e in subject.process.scope.walk()
    )
    if not waits:
        return
    main = graph.reached(graph.starts(), without=graph.beside())
    for end in (e for e in graph.of(Kind.END) if e.id in main):
        over = holds(subject, clocked("end", "tolerance"))
        if not graph.throws(end) and not always_before(graph, end.id, over):
            yield Hit(
                end,
                "材料补齐以后“容缺补齐期限”还在走（TOL-09）",
                "补齐时加上 end-clock tolerance",
            )
