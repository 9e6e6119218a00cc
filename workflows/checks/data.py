"""Data: can every expression be read, is every name set somewhere, is every answer handled?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from workflows import feel
from workflows.checks.expressions import LOOP_COUNTER, written
from workflows.checks.graph import MAX_LOOK, Graph
from workflows.checks.registry import Hit, Subject, rule
from workflows.errors import ExpressionError
from workflows.findings import Severity
from workflows.model import Element, Flow, Kind, Process, Trigger
from workflows.sources.vocabulary import labels

FACTS = frozenset(
    {
        "item_code", "item_type", "handling", "flow", "in_person", "agent", "level",
        "deemed_acceptance", "refuse_on_missing_main", "tolerance_allowed", "entrusted",
        "delivery_mode", "departments", "joint_silence_is_no_objection", "special_procedures",
        "extension_limit", "denial_confirmer",
    }
)  # fmt: skip
"""What the action layer gives every case at its start."""

# Clocks that the action layer starts by itself: with the step, the complaint, or the
# document that carries the date (D04).
BY_ACTIONS = frozenset({"step", "complaint", "supplement"})
OUTCOME = "outcome"
MAX_EXPRESSIONS = 5_000  # different ones, of one process


@rule("expression")
def expressions_parse(subject: Subject) -> Iterator[Hit]:
    """Every expression is FEEL; the finding points at the column."""
    seen: set[str] = set()
    for one in written(subject.process.scope):
        seen.add(one.text)
        if len(seen) > MAX_EXPRESSIONS:
            yield Hit(one.place, f"不同的表达式超过 {MAX_EXPRESSIONS} 个", "用决策表代替条件")
            return
        try:
            feel.parse(one.text)
        except ExpressionError as wrong:
            column = f"第 {wrong.column} 列：" if wrong.column else ""
            yield Hit(
                one.place,
                f"{one.what}“{one.text[:80]}”：{column}{wrong.sentence}",
                "改写成 FEEL",
            )


@rule("loop-counter")
def loop_counter_is_local(subject: Subject) -> Iterator[Hit]:
    """`loopCounter` is known to completion and loop conditions alone; elsewhere it is null."""
    for one in islice(written(subject.process.scope), 2 * MAX_EXPRESSIONS):
        if LOOP_COUNTER not in one.more and LOOP_COUNTER in names_of(one.text):
            yield Hit(one.place, f"{one.what}用到 loopCounter，这里没有它", "给每一项取名")


@rule("name-unknown", Severity.UNFIT, county=True, whole=True)
def names_are_set(subject: Subject) -> Iterator[Hit]:
    """A name in an expression is a routing field, a fact, a mapping or a result of a decision."""
    known = _known(subject)
    if known is None:
        return
    for one in islice(written(subject.process.scope), 2 * MAX_EXPRESSIONS):
        names = names_of(one.text)
        if one.elsewhere:
            assert isinstance(one.place, Element)  # noqa: S101 (only calls map outwards)
            called = subject.bundle.processes.get(one.place.called or "")
            inner = _set_in(called, subject) if called is not None else None
            unknown = names - inner - FACTS if inner is not None else set()
        else:
            unknown = names - known - one.more
        for name in sorted(unknown):
            yield Hit(
                one.place,
                f"{one.what}用到“{name}”，但没有哪张表单、决策或传入给出它",
                "检查名称，或把表单字段标为流转字段",
            )


@lru_cache(MAX_EXPRESSIONS)
def names_of(text: str) -> frozenset[str]:
    """The free names of an expression; none where it cannot be read."""
    try:
        return frozenset(feel.names(feel.parse(text)))
    except ExpressionError:
        return frozenset()


def _known(subject: Subject) -> frozenset[str] | None:
    """Names that exist in the process; None where a form is missing and nobody can say."""
    own = _set_in(subject.process, subject)
    if own is None:
        return None
    if subject.bundle.root == subject.process.key:
        # A shared part examined alone: its callers, who pass values in, are not here.
        return None if subject.is_shared else own | FACTS
    passed: set[str] = set()
    for caller in subject.bundle.processes.values():
        for element in caller.scope.walk():
            if element.called == subject.process.key:
                passed |= set(element.ins)
    return own | passed


def _set_in(process: Process, subject: Subject) -> frozenset[str] | None:
    """Names that the elements of a process set; for an inner one also what is passed in."""
    found = {OUTCOME}
    for element in process.scope.walk():
        own = set_by(element, subject)
        if own is None:
            return None
        found |= own
    for caller in subject.bundle.processes.values():
        for element in caller.scope.walk():
            if element.called == process.key and process is not subject.process:
                found |= set(element.ins)
    return frozenset(found)


def set_by(element: Element, subject: Subject) -> frozenset[str] | None:
    """Names that the element itself sets; None where its form is missing: nobody can say."""
    found = set(element.outs)
    if element.result_variable:
        found.add(element.result_variable)
    if element.work is not None and element.work.form:
        form = subject.bundle.forms.get(element.work.form)
        if form is None:
            return None
        found |= {field.key for field in form.fields if field.routing}
    return frozenset(found)


@rule("name-too-early", Severity.UNFIT, county=True, whole=True)
def names_are_set_before(subject: Subject) -> Iterator[Hit]:
    """IN-13: what decides the way has been answered before; a later answer comes too late."""
    known = _known(subject)
    if known is None:
        return
    passed = known - (_set_in(subject.process, subject) or frozenset())
    settled = FACTS | passed | {OUTCOME, LOOP_COUNTER}
    found: list[Hit] = []
    _ahead(subject, None, settled, found)
    yield from found


def _ahead(
    subject: Subject, around: Element | None, settled: frozenset[str], found: list[Hit]
) -> None:
    """Look at the flows of one scope; `settled` names are set before a token comes here."""
    scope = around.scope if around is not None else subject.process.scope
    assert scope is not None  # noqa: S101 (asked of sub-processes alone)
    graph = subject.graph(scope)
    setters: dict[str, list[str]] = {}
    for element in scope.elements.values():
        for name in _sets(element, subject):
            setters.setdefault(name, []).append(element.id)
    reach = {
        name: graph.reached([one for key in keys for one in graph.after(key)])
        for name, keys in setters.items()
        if name not in settled
    }
    for flow in scope.flows:
        for name in sorted(names_of(flow.condition or "") & reach.keys()):
            if flow.source not in reach[name] and flow.source not in setters[name]:
                found.append(
                    Hit(
                        flow,
                        f"条件用到“{name}”，但走到这里时还没有哪张表单给出它（IN-13）",
                        "把填写它的环节移到前面",
                    )
                )
    for element in scope.elements.values():
        if element.scope is not None:
            item = element.multi.item if element.multi is not None else None
            before = {name for name, keys in reach.items() if element.id in keys}
            _ahead(subject, element, settled | before | ({item} if item else set()), found)


def _sets(element: Element, subject: Subject) -> set[str]:
    """Names set by an element or anything drawn inside it."""
    found = set(set_by(element, subject) or ())
    inner = element.scope.elements.values() if element.scope is not None else ()
    return found.union(*(_sets(one, subject) for one in inner))


@rule("form-missing", Severity.UNFIT, county=True, whole=True)
def forms_exist(subject: Subject) -> Iterator[Hit]:
    """A step that a person does shows a form of the library."""
    said = {f.element for f in subject.bundle.findings if f.code == "form-unreadable"}
    for element in subject.process.scope.walk():
        if element.kind is not Kind.USER_TASK or element.work is None:
            continue
        form = element.work.form
        if not form:
            yield Hit(element, "这个环节没有表单，办理人没有可填的内容", 'gov:form="…"')
        elif form not in subject.bundle.forms and form not in said:
            yield Hit(element, f"表单“{form}”不存在", "选择库里的表单，或先画好它")


@rule("clock-unknown")
def timers_name_clocks(subject: Subject) -> Iterator[Hit]:
    """A timer names a kind of clock that the ledger keeps; others would never be due."""
    known = labels("Clock")
    for element in subject.process.scope.walk():
        clock = element.event.clock if element.event is not None else None
        if clock and not clock.startswith("iso:") and clock not in known:
            names = "、".join(known)
            yield Hit(element, f"没有名为“{clock}”的时限", f"可用：{names}")


@rule("clock-never-started", Severity.UNFIT, county=True, whole=True)
def timers_can_be_due(subject: Subject) -> Iterator[Hit]:
    """A timer waits for a clock that something in the bundle starts."""
    if subject.is_shared and subject.bundle.root == subject.process.key:
        return
    started = set(BY_ACTIONS)
    for process in subject.bundle.processes.values():
        for element in process.scope.walk():
            started |= {
                e.params.get("clock", "") for e in element.effects if e.do == "start-clock"
            }
    for element in subject.process.scope.walk():
        event = element.event
        if event is None or event.trigger is not Trigger.TIMER or not event.clock:
            continue
        if event.clock.startswith("iso:"):
            yield Hit(element, "固定时间不在台账里，不能向群众说明", "改用 gov:due 指明时限")
        elif event.clock not in started and event.clock in labels("Clock"):
            name = labels("Clock")[event.clock]
            yield Hit(
                element, f"没有任何环节起算“{name}”，定时永远不会到", "在起算的环节加上动作"
            )


@rule("outcome-uncovered", Severity.UNFIT, county=True, whole=True)
def outcomes_are_handled(subject: Subject) -> Iterator[Hit]:
    """Behind a form that decides, the gateway has a way for every outcome (flows.md)."""
    for _, graph in subject.scopes():
        for gateway in graph.of(Kind.EXCLUSIVE, Kind.INCLUSIVE):
            flows = graph.out[gateway.id]
            if any(OUTCOME in names_of(flow.condition or "") for flow in flows):
                yield from _coverage(gateway, flows, graph, subject)


def _coverage(
    gateway: Element, flows: list[Flow], graph: Graph, subject: Subject
) -> Iterator[Hit]:
    offered: dict[str, str] = {}
    for step in graph.people_before(gateway.id):
        if step.kind is not Kind.USER_TASK:
            return  # the outcome may come from elsewhere
        offered |= _outcomes(step, subject)
    if not offered:
        return
    default = any(flow.default for flow in flows)
    for value, label in offered.items():
        answers = [_holds(flow.condition, value) for flow in flows if flow.condition]
        if not default and not any(answer is not False for answer in answers):
            yield Hit(gateway, f"选了“{label}”就没有路可走", "画一条处理它的出线")
    for flow in flows:
        if flow.condition and all(_holds(flow.condition, v) is False for v in offered):
            yield Hit(
                flow,
                f"没有哪个选项会走“{flow.name or flow.id}”这条线",
                "检查条件里的选项值",
                None if names_of(flow.condition) == {OUTCOME} else Severity.NOTE,
            )


def _outcomes(step: Element, subject: Subject) -> Mapping[str, str]:
    form = subject.bundle.forms.get(step.work.form or "") if step.work is not None else None
    field = form.field(OUTCOME) if form is not None else None
    return {choice.value: choice.label for choice in field.choices} if field is not None else {}


def _holds(condition: str | None, outcome: str) -> bool | None:
    """Whether the condition holds for this outcome; None: other data decide too."""
    text = condition or ""
    if names_of(text) != {OUTCOME} and f'"{outcome}"' in text:
        return None
    try:
        answer: Any = feel.evaluate(text, {OUTCOME: outcome})
    except ExpressionError:
        return None
    return answer if isinstance(answer, bool) else None


@rule("choice-uncovered", Severity.UNFIT, county=True)
def one_way_is_no_choice(subject: Subject) -> Iterator[Hit]:
    """PROC-12: a gateway with one way, and that under a condition, stops the case for ever."""
    for _, graph in subject.scopes():
        for gateway in graph.of(Kind.EXCLUSIVE, Kind.INCLUSIVE):
            flows = graph.out[gateway.id]
            if len(flows) == 1 and flows[0].condition and not flows[0].default:
                yield Hit(
                    gateway,
                    f"条件“{flows[0].condition[:60]}”不成立时没有路可走，一件会停在这里",
                    "再画一条出线，或设一条默认连线",
                )


@rule("outcome-unread", Severity.UNFIT, county=True, whole=True)
def outcome_has_a_gateway(subject: Subject) -> Iterator[Hit]:
    """A form asks for an outcome because the path depends on it; something must read it."""
    for _, graph in subject.scopes():
        for step in graph.of(Kind.USER_TASK):
            outcomes = _outcomes(step, subject)
            if len(outcomes) > 1 and not _read_behind(step, graph):
                yield Hit(
                    step, "表单要选结论，但后面没有网关看它", "在后面画网关，或去掉这个字段"
                )


def _read_behind(step: Element, graph: Graph) -> bool:
    """Whether something before the next user task reads `outcome` (a call may)."""
    seen: set[str] = set()
    waiting = [step.id]
    while waiting and len(seen) < MAX_LOOK:
        at = waiting.pop()
        for flow in graph.out[at]:
            if OUTCOME in names_of(flow.condition or ""):
                return True
            target = graph.elements[flow.target]
            if any(OUTCOME in names_of(text) for text in target.ins.values()):
                return True
            params = [v for e in target.effects for v in e.params.values() if v[:1] == "="]
            if any(OUTCOME in names_of(text[1:]) for text in params):
                return True
            if target.kind is Kind.END:
                return True  # the caller may read it
            if flow.target not in seen and target.kind is not Kind.USER_TASK:
                seen.add(flow.target)
                waiting.append(flow.target)
    return False
