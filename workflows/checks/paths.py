"""What the county's paths demand: tolerance that only granting waits for, a lead, an approver."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.graph import Graph
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind, Trigger

INTAKE = "intake"
TOLERANCE = "tolerance"
EXPIRED = "tolerance_expired"
DEPARTMENTS = "departments"
_NOT = frozenset({"false", "null"})
_LEGAL = frozenset({"statutory", "promised", "county"})
_APPROVERS = (".leader", ".government")


@rule("guard-tolerance-waits", Severity.UNFIT, county=True, whole=True)
def granting_waits_for_tolerance(subject: Subject) -> Iterator[Hit]:
    """TOL-09, TOL-10: where intake may tolerate, no path grants without waiting for the papers.

    The call of `tolerance` stands in the process or in a sub-process that every path to a
    granting end passes; its error is caught on the border.
    """
    graph = subject.graph(subject.process.scope)
    if not subject.is_root or not _tolerates(graph):
        return
    holders = [e for e in graph.elements.values() if _waits_for_papers(e)]
    for end in graph.of(Kind.END):
        ways = graph.reached(graph.starts(), without=[e.id for e in holders])
        if end.result == "granted" and end.id in ways:
            yield Hit(
                end,
                "有一条路不等容缺材料补齐就到了准予（TOL-09）",
                "审查与容缺补齐（tolerance）放进同一个子流程，两边汇聚以后再决定",
            )
    for holder in holders:
        borders = [graph.elements[one] for one in graph.borders.get(holder.id, ())]
        caught = {b.event.ref for b in borders if b.event and b.event.trigger is Trigger.ERROR}
        if not caught & {EXPIRED, None}:
            yield Hit(
                holder,
                "容缺逾期没有人接住，一件会中途停下（TOL-10）",
                f"在边框上画错误事件 {EXPIRED}，接到终止和报备",
            )


def _tolerates(graph: Graph) -> bool:
    return any(
        e.called == INTAKE and e.ins.get("tolerance_allowed", "false").strip() not in _NOT
        for e in graph.elements.values()
    )


def _waits_for_papers(element: Element) -> bool:
    if element.called == TOLERANCE:
        return True
    return element.scope is not None and any(
        e.called == TOLERANCE for e in element.scope.walk()
    )


@rule("joint-lead", Severity.UNFIT, county=True, whole=True)
def a_window_leads(subject: Subject) -> Iterator[Hit]:
    """PROC-06: before departments are asked, a window that leads has been named."""
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            if not subject.is_root or not _asks(element, subject):
                continue
            before = [graph.elements[one] for one in graph.reaching([element.id])]
            if not any(
                e.kind is Kind.USER_TASK and (e.role or "").endswith(".window") for e in before
            ):
                yield Hit(
                    element,
                    "征求部门意见之前没有牵头窗口（PROC-06）",
                    "在前面画一个窗口办理的环节，由它召集、汇总",
                )


@rule("joint-unit", Severity.UNFIT, county=True, whole=True)
def departments_have_their_own_inbox(subject: Subject) -> Iterator[Hit]:
    """PROC-07: each department gets the question in its own inbox, with its own limit."""
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            item = element.multi.item if element.multi is not None else None
            if not item or not _asks_departments(element) or element.called:
                continue
            inside = list(element.scope.walk()) if element.scope is not None else [element]
            own = [e for e in inside if e.work is not None and item in (e.work.unit or "")]
            if not own:
                yield Hit(
                    element,
                    "部门意见没有送到各部门自己的待办（PROC-07）",
                    f'给出具意见的环节写 gov:unit="{item}.unit"',
                )
            for step in own:
                clocks = {e.params.get("clock") for e in step.effects if e.do == "start-clock"}
                if "department" not in clocks and step.work and step.work.limit is None:
                    yield Hit(step, "部门意见没有时限（PROC-07）", "起算部门时限")


def _asks(element: Element, subject: Subject) -> bool:
    """Whether departments are asked here, or in a process that is called here."""
    called = subject.bundle.processes.get(element.called or "")
    inside = called.scope.walk() if called is not None else ()
    return _asks_departments(element) or any(_asks_departments(one) for one in inside)


def _asks_departments(element: Element) -> bool:
    several = element.multi
    return several is not None and DEPARTMENTS in (several.collection or "")


@rule("guard-extension-approver", Severity.UNFIT, county=True, whole=True)
def extensions_are_approved(subject: Subject) -> Iterator[Hit]:
    """行政许可法 Art. 42: a leader approves an extension, and not the person who asks for it."""
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            legal = {e.params.get("clock") for e in element.effects if e.do == "extend-clock"}
            if not legal & _LEGAL:
                continue
            own = element.kind is Kind.USER_TASK
            for step in [element] if own else graph.people_before(element.id):
                leads = (step.role or "").endswith(_APPROVERS)
                if step.kind is Kind.USER_TASK and not (
                    leads and step.work and step.work.separate
                ):
                    yield Hit(
                        step,
                        "延长期限没有由负责人批准，或者批准人可能就是申请人",
                        "由负责人的泳道批准，gov:separate 写上申请延期的环节",
                    )
