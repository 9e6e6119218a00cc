"""制度体检: what the rules of the county and the law demand of a drawing.

Codes that begin with `guard-` cannot be waived by a designer (design §11): they keep him from
drawing himself, or anybody, power that the rules do not give. All are `unfit`, asked of
processes that speak `gov:` and of everything to be published.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.graph import Graph
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Bundle, Element, Kind, Process, Trigger
from workflows.sources.vocabulary import labels

DENIAL = "denial"
NEGATIVE = frozenset({"refused", "not_accepted", "expired"})
NEGATIVE_DOCUMENTS = frozenset({"D06", "D07", "D10", "D20", "D25"})
_DECISIONS = frozenset({"D19", "D20"})
_LEGAL = frozenset({"check", "statutory", "promised", "county"})  # the applicant's clocks
_STOPS = frozenset({"D04", "D14"})


def _effects(element: Element, do: str, param: str) -> set[str]:
    return {e.params.get(param, "") for e in element.effects if e.do == do}


def _has(process: Process, do: str) -> bool:
    return any(e.do == do for element in process.scope.walk() for e in element.effects)


def is_immediate(process: Process) -> bool:
    """Whether the process is the immediate path (即办), or a county's copy of it."""
    return process.key.startswith("immediate") or "即办" in process.name


@rule("guard-tolerance-immediate", Severity.UNFIT, county=True, whole=True)
def no_tolerance_on_immediate(subject: Subject) -> Iterator[Hit]:
    """TOL-01: 容缺受理, 即办件除外."""
    if not is_immediate(subject.process):
        return
    for element in subject.process.scope.walk():
        clocks = _effects(element, "start-clock", "clock")
        orders = any(e.do == "register-commitment" for e in element.effects)
        if element.called == "tolerance" or orders or "tolerance" in clocks:
            yield Hit(element, "即办件不得容缺受理（TOL-01）", "删去容缺的分支")
        elif element.ins.get("tolerance_allowed", "false").strip() not in {"false", "null"}:
            yield Hit(
                element,
                "即办件不得容缺受理（TOL-01）：调用时允许了容缺",
                '传入 tolerance_allowed 的取值写 "false"',
            )


@rule("guard-denial", Severity.UNFIT, county=True, whole=True)
def refusal_passes_denial(subject: Subject) -> Iterator[Hit]:
    """DENY-02, DENY-03: no path leads to a refusal but through 否定确认与报备.

    What is caught on a border is asked on its own: what went before was about something else.
    """
    if not subject.is_root:
        return
    graph = subject.graph(subject.process.scope)
    for end in graph.of(Kind.END):
        if end.result not in NEGATIVE:
            continue
        guards = [
            e.id for e in graph.of(Kind.CALL) if denies(e.called, subject.bundle, end.result)
        ]
        caught = [e.id for e in graph.of(Kind.BOUNDARY) if e.interrupting]
        if end.id in graph.reached([*graph.starts(), *caught], without=guards):
            name = labels("Result")[end.result]
            yield Hit(
                end,
                f"有一条路不经“否定确认与报备”就到了“{name}”（DENY-02）",
                "在结果之前调用 denial",
            )


def denies(called: str | None, bundle: Bundle, result: str) -> bool:
    """Whether a called process is the denial, or reaches `result` only through it.

    A process without an end of that result does not vouch for it.
    """
    if called == DENIAL:
        return True
    process = bundle.processes.get(called or "")
    if process is None:
        return False
    graph = Graph(process.scope)
    ends = [e.id for e in graph.of(Kind.END) if e.result == result]
    guards = [e.id for e in graph.of(Kind.CALL) if e.called == DENIAL]
    return bool(ends) and not (set(ends) & graph.reached(graph.starts(), without=guards))


@rule("guard-second-person", Severity.UNFIT, county=True, whole=True)
def negative_documents_need_two(subject: Subject) -> Iterator[Hit]:
    """DENY-02: a negative document is issued after a second person agreed, and is filed.

    A process that issues one holds a step with `separate`, unless a caller vouches that the
    decision was taken by separated people before (`confirmed`).
    """
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            issued = _effects(element, "issue-document", "document") & NEGATIVE_DOCUMENTS
            if not issued:
                continue
            second = [
                e
                for e in subject.process.scope.walk()
                if e.work is not None and e.work.separate
            ]
            if not second:
                yield Hit(
                    element,
                    f"出具{'、'.join(sorted(issued))}之前没有第二个人确认（DENY-02）",
                    "由另一人确认：gov:separate 写上提出的环节",
                )
            if not _has(subject.process, "file-denial"):
                yield Hit(
                    element,
                    f"出具{'、'.join(sorted(issued))}之后没有报备（DENY-01）",
                    "加上动作 file-denial",
                )


@rule("guard-proposer-decider", Severity.UNFIT, county=True, whole=True)
def decider_is_another(subject: Subject) -> Iterator[Hit]:
    """DENY-02, DENY-05: who decides has not proposed; on the immediate path one person may."""
    if is_immediate(subject.process):
        return
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            grants = _effects(element, "record-result", "result") & {"granted"}
            issued = _effects(element, "issue-document", "document") & _DECISIONS
            if not (grants or "D19" in issued):
                continue
            deciders = (
                [element] if element.kind is Kind.USER_TASK else graph.people_before(element.id)
            )
            for step in deciders:
                if step.kind is Kind.USER_TASK and not (step.work and step.work.separate):
                    yield Hit(
                        step,
                        "作出决定的人没有与提出的人分开（不相容岗位）",
                        "gov:separate 写上提出意见的环节",
                    )


@rule("guard-clock-document", Severity.UNFIT, county=True)
def clocks_move_by_document(subject: Subject) -> Iterator[Hit]:
    """行政许可法 Art. 42, 45: a clock is stopped or extended only by a document (D14, D15)."""
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            issued: set[str] = set()
            for at in graph.at_once_before(element.id):
                issued |= _effects(graph.elements[at], "issue-document", "document")
            orders = {e.do for e in element.effects if e.params.get("clock") in _LEGAL}
            if "stop-clock" in orders and not issued & _STOPS:
                yield Hit(element, "暂停时限没有文书（D14 或 D04）", "同时发出告知期限的文书")
            if "extend-clock" in orders and "D15" not in issued:
                yield Hit(element, "延长时限没有文书（D15）", "同时发出延期告知书")


@rule("escalated-clocks", Severity.UNFIT, county=True, whole=True)
def escalation_has_its_clocks(subject: Subject) -> Iterator[Hit]:
    """PROC-09: on the escalated path township and county clocks both run."""
    if not subject.is_root or not subject.process.key.startswith("escalated"):
        return
    started: set[str] = set()
    for process in subject.bundle.processes.values():
        for element in process.scope.walk():
            started |= _effects(element, "start-clock", "clock")
    for clock in ("handup", "county"):
        if clock not in started:
            yield Hit(
                None,
                f"上报路径没有起算“{labels('Clock')[clock]}”（PROC-09）",
                "加上 start-clock",
            )


@rule("end-result", Severity.UNFIT, county=True, whole=True)
def ends_say_the_result(subject: Subject) -> Iterator[Hit]:
    """Every end of a case carries a result of the closed list (flows.md).

    Ends of what runs beside (behind a non-interrupting event) end no case.
    """
    if not subject.is_root:
        return
    graph = subject.graph(subject.process.scope)
    main = graph.reached(graph.starts(), without=graph.beside())
    for end in graph.of(Kind.END):
        trigger = end.event.trigger if end.event is not None else Trigger.NONE
        thrown = trigger in {Trigger.ERROR, Trigger.ESCALATION}
        if end.id in main and not end.result and not thrown:
            yield Hit(end, "结束事件没有写办理结果", 'gov:result="granted" 等')


@rule("no-limit", Severity.NOTE, county=True)
def steps_have_limits(subject: Subject) -> Iterator[Hit]:
    """限时办结制: a step without a limit, or a clock of its own, never becomes urgent."""
    for element in subject.process.scope.walk():
        own = any(e.do == "start-clock" and e.on == "enter" for e in element.effects)
        limit = element.work.limit if element.work else None
        if element.kind is Kind.USER_TASK and limit is None and not own:
            yield Hit(element, "这个环节没有办理时限", 'gov:limit="3 workday" 等')
