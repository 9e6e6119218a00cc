"""Papers: who has them, what goes with them, what must be written before the next act."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.belonging import ACCEPTED, clocked, document
from workflows.checks.graph import Graph
from workflows.checks.orders import (
    Test,
    always_before,
    holds,
    meets,
    ordered_by,
    ordered_in,
    orders,
    together,
)
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind, Process, Trigger

_ARRIVALS = frozenset({"materials_supplied", "paper_arrived"})
_RECEIVE = (".handler", "county.window")  # roles that work on papers not their own


@rule("commitment-signed", Severity.UNFIT, county=True, whole=True)
def commitments_are_signed(subject: Subject) -> Iterator[Hit]:
    """TOL-07: the first commitment of a case is a paper that the applicant signs (D09)."""
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            first = [
                e for e in element.effects
                if e.do == "register-commitment" and e.params.get("again") != "true"
            ]  # fmt: skip
            if first and not together(graph, element.id, holds(subject, document("D09"))):
                yield Hit(
                    element,
                    "登记容缺承诺没有申请人签署的承诺书（D09，TOL-07）",
                    "同时发出 D09，由申请人签署",
                )


@rule("procedure-unrecorded", Severity.UNFIT, county=True, whole=True)
def procedures_are_recorded(subject: Subject) -> Iterator[Hit]:
    """TYPE-08: before a clock goes on, what the procedure found is on paper (D13)."""
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            resumed = {e.params.get("clock") for e in element.effects if e.do == "resume-clock"}
            record = holds(subject, document("D13"), document("D16"), document("D28"))
            if resumed & {"statutory", "promised"} and not always_before(
                graph, element.id, record
            ):
                yield Hit(
                    element,
                    "特别程序没有记录（D13）就恢复了时限（TYPE-08）",
                    "先由承办人记录，出具 D13",
                )


@rule("hand-up-letter", Severity.UNFIT, county=True, whole=True)
def papers_go_up_with_a_letter(subject: Subject) -> Iterator[Hit]:
    """PROC-08, PROC-09: what goes up to the county goes with D18 and under the hand-up clock."""
    if subject.is_shared:
        return
    for around, graph in subject.scopes():
        for element in graph.elements.values():
            if not _goes_up(element):
                continue
            if not always_before(graph, element.id, holds(subject, document("D18"))):
                yield Hit(element, "材料上报县里没有上报函（D18，PROC-08）", "先签发 D18")
            if not _before_anywhere(subject, around, graph, element):
                yield Hit(
                    element,
                    "上报之前没有起算“上报时限”（PROC-09）",
                    "受理以后加上 start-clock handup",
                )


def _goes_up(element: Element) -> bool:
    """Whether the applicant's papers leave for the county's window here, or their letter does."""
    up = any(
        e.do == "hand-over"
        and e.params.get("to") == "county.window"
        and e.params.get("papers") == "materials"
        for e in element.effects
    )
    return up or document("D18") in orders(element)


def _before_anywhere(
    subject: Subject, around: Element | None, graph: Graph, element: Element
) -> bool:
    """Whether the hand-up clock has started on every way here, seen from each scope around."""
    good = holds(subject, clocked("start", "handup"))
    if always_before(graph, element.id, lambda e: e is not element and good(e)):
        return True
    if around is None:
        return False
    outer, scope = subject.outside(around)
    return _before_anywhere(subject, outer, scope, around)


@rule("agent-in-person", Severity.UNFIT, county=True, whole=True)
def nobody_stands_in_where_the_law_forbids(subject: Subject) -> Iterator[Hit]:
    """AGT-04: an agent files a case only where the applicant need not come in person."""
    for _, graph in subject.scopes():
        filing = [e for e in graph.elements.values() if _orders_case(e)]
        if not filing or not any(
            (e.role or "").startswith("village.") for e in graph.of(Kind.USER_TASK)
        ):
            continue
        unasked = _unasked(graph)
        for element in filing:
            if element.id in unasked:
                yield Hit(
                    element,
                    "代办之前没有看事项是否必须本人办理（AGT-04）",
                    "在前面的条件里写 in_person != true",
                )


def _orders_case(element: Element) -> bool:
    return any(e.do == "start-case" for e in element.effects)


def _unasked(graph: Graph) -> set[str]:
    """Elements to which a way leads that does not ask whether the applicant must come."""
    seen: set[str] = set()
    waiting = graph.starts()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        waiting += [f.target for f in graph.out[at] if "in_person" not in (f.condition or "")]
        waiting += graph.borders.get(at, ())
    return seen


@rule("named-document", Severity.UNFIT, county=True, whole=True)
def named_documents_exist(subject: Subject) -> Iterator[Hit]:
    """IN-02, IN-03: papers that go with a document go with one that somebody issues."""
    if subject.is_shared and subject.bundle.root == subject.process.key:
        return  # its callers may issue it
    issued = ordered_in(subject.bundle, subject)
    for element in subject.process.scope.walk():
        for effect in element.effects:
            code = effect.params.get("document", "")
            if effect.do not in {"hand-over", "stop-clock"} or not code or code[:1] == "=":
                continue
            if not meets(issued, document(code)):
                yield Hit(
                    element,
                    f"写了随 {code} 办理，但没有哪个环节出具它（IN-02）",
                    f"在前面加上动作 issue-document {code}",
                )


@rule("papers-not-handed", Severity.UNFIT, county=True, whole=True)
def papers_are_handed_over(subject: Subject) -> Iterator[Hit]:
    """IN-03 签名交接: who works on an application has signed for its papers."""
    if not subject.is_root or not ordered_in(subject.bundle, subject) & set(ACCEPTED):
        return
    own = {"county.window"} if not _from_township(subject.process) else set()
    for around, graph in subject.scopes():
        for element in graph.elements.values():
            for role in sorted(_works(element, subject) - own):
                given = holds(subject, ("hand-over", role))
                if not _given(subject, around, graph, element, given):
                    name = subject.bundle.roles.get(role, {}).get("name", role)
                    yield Hit(
                        element,
                        f"没有把材料移交给“{name}”就要他办理（IN-03）",
                        f"在前面加上动作 hand-over，对象 {role}",
                    )


def _from_township(process: Process) -> bool:
    """Whether the case begins in a township; else the county's window has taken the papers in."""
    return any((e.role or "").startswith("township.") for e in process.scope.walk())


def _works(element: Element, subject: Subject) -> set[str]:
    """Roles that begin to work on the papers in the element."""
    if element.kind is Kind.USER_TASK and not element.multi:
        return {r for r in [element.role or ""] if r.endswith(_RECEIVE)}
    called = subject.bundle.processes.get(element.called or "")
    if called is None or not meets(
        ordered_by(called.key, subject), ("record-result", "granted")
    ):
        return set()
    return {role for role in _first_roles(called) if role.endswith(_RECEIVE)}


def _first_roles(process: Process) -> set[str]:
    graph = Graph(process.scope)
    people = [e.id for e in graph.of(Kind.USER_TASK)]
    reached = graph.reached(graph.starts(), without=people)
    first = {f.target for key in reached for f in graph.out[key]} & set(people)
    return {graph.elements[key].role or "" for key in first}


def _given(
    subject: Subject, around: Element | None, graph: Graph, element: Element, good: Test
) -> bool:
    """Whether something that leads here hands over, in this scope or those around."""
    if any(good(graph.elements[key]) for key in graph.reaching([element.id])):
        return True
    if around is None:
        return False
    outer, scope = subject.outside(around)
    return _given(subject, outer, scope, around, good)


@rule("result-not-returned", Severity.UNFIT, county=True, whole=True)
def results_come_back_to_the_window(subject: Subject) -> Iterator[Hit]:
    """PROC-03: what was decided behind comes back to the centre, which delivers it."""
    if not subject.is_root:
        return
    graph = subject.graph(subject.process.scope)
    given = [
        e.id
        for e in graph.elements.values()
        if any(f.do == "hand-over" and f.params.get("papers") == "result" for f in e.effects)
    ]
    decided = [
        e.id for e in graph.of(Kind.CALL)
        if meets(ordered_by(e.called or "", subject), ("record-result", "granted"))
    ]  # fmt: skip
    if not decided:
        return
    away = graph.reached(decided, without=given)
    for call in graph.of(Kind.CALL):
        if call.called == "delivery" and call.id in away:
            yield Hit(
                call,
                "有一条路没有把办理结果交回窗口就送达（PROC-03）",
                '决定以后加上 hand-over，papers="result"',
            )


@rule("joint-letter", Severity.UNFIT, county=True, whole=True)
def departments_get_a_letter(subject: Subject) -> Iterator[Hit]:
    """PROC-07: each department is asked in writing (D17)."""
    for around, graph in subject.scopes():
        for element in graph.elements.values():
            several = element.multi
            if several is None or "departments" not in (several.collection or ""):
                continue
            asked = holds(subject, document("D17"))
            known = asked(element) or _given(subject, around, graph, element, asked)
            if not known and meets(
                ordered_in(subject.bundle, subject), clocked("start", "promised")
            ):
                yield Hit(element, "征求部门意见没有征求意见函（D17，PROC-07）", "先出具 D17")


@rule("opinion-unrecorded", Severity.UNFIT, county=True, whole=True)
def decisions_have_their_opinions(subject: Subject) -> Iterator[Hit]:
    """TYPE-03, IN-13: a decision that several people took has their opinions on paper (D12)."""
    for _, graph in subject.scopes():
        several = sum(1 for e in graph.of(Kind.USER_TASK) if e.work and e.work.separate) > 1
        if not several:
            continue
        opinion = holds(subject, document("D12"))
        decided = [e for e in graph.elements.values() if document("D19") in orders(e)]
        decided += [e for e in graph.of(Kind.END) if e.result == "refused"]
        for element in decided:
            end = element.kind is Kind.END
            if not (
                always_before(graph, element.id, opinion)
                if end
                else together(graph, element.id, opinion)
            ):
                yield Hit(
                    element,
                    "作出决定没有形成审核意见（D12，TYPE-03）",
                    "决定时加上动作 issue-document D12",
                )


@rule("hearing-notice", Severity.UNFIT, county=True, whole=True)
def hearings_are_announced(subject: Subject) -> Iterator[Hit]:
    """行政许可法 Art. 48: a hearing is announced in writing (D16)."""
    for _, graph in subject.scopes():
        for flow in graph.flows:
            if (flow.condition or "").replace(" ", "") != 'procedure="hearing"':
                continue
            target = graph.elements[flow.target]
            notice = holds(subject, document("D16"))
            if target.kind in {
                Kind.SERVICE_TASK,
                Kind.USER_TASK,
                Kind.EXCLUSIVE,
            } and not together(graph, target.id, notice):
                yield Hit(
                    flow, "举行听证没有听证告知（D16，行政许可法第四十八条）", "先出具 D16"
                )


@rule("receipt-missing", Severity.UNFIT, county=True, whole=True)
def arrivals_get_a_receipt(subject: Subject) -> Iterator[Hit]:
    """IN-10 回执: whoever brings papers gets a receipt (D02)."""
    for _, graph in subject.scopes():
        for event in graph.of(Kind.CATCH):
            what = event.event
            if what is None or what.trigger is not Trigger.MESSAGE or what.ref not in _ARRIVALS:
                continue
            if not together(graph, event.id, holds(subject, document("D02"))):
                yield Hit(
                    event, "收到补交材料没有出具回执（D02，IN-10）", "加上 issue-document D02"
                )


@rule("visitor-notice", Severity.UNFIT, county=True, whole=True)
def visitors_get_the_notice(subject: Subject) -> Iterator[Hit]:
    """IN-07, IN-08: whoever the village answers or guides without a case gets the notice (D03)."""
    ends = {("record-result", "answered"), ("record-result", "guided")}
    for _, graph in subject.scopes():
        for step in graph.of(Kind.USER_TASK):
            if not (step.role or "").startswith("village.") or not orders(step) & ends:
                continue
            if not together(graph, step.id, holds(subject, document("D03"))):
                yield Hit(
                    step,
                    "群众没有拿到一次性告知单（D03，IN-07）",
                    "加上动作 issue-document D03",
                )
