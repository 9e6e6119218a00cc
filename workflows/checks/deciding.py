"""Who decides: a person, another than the proposer, of the competent level, never a timer.

Guards (design §11): nobody may draw himself, or anybody, a power that the rules do not give.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.belonging import ACCEPTED
from workflows.checks.graph import Graph
from workflows.checks.orders import (
    BASIS,
    DENIAL,
    NEGATIVE,
    PERSON,
    SEPARATED,
    holds,
    may_miss,
    meets,
    ordered_in,
    orders,
    stops,
    within,
)
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind, Trigger
from workflows.sources.vocabulary import labels

OUTCOME = "outcome"
CONFIRMED = "confirmed"
_WEIGHED = frozenset({"granted", "refused"})
_NOT = frozenset({"false", "null", ""})
_LOW = (".window", ".head_window", ".section_head", ".handler", ".agent")  # they propose
_RETURNS = ("return", "send_back", "reject", "back")
_NEVER = ("applicant", "village.", "county.office")


@rule("guard-result-undecided", Severity.UNFIT, county=True, whole=True)
def a_person_decides(subject: Subject) -> Iterator[Hit]:
    """No result outside a decision step (design §11, DENY-05): no approval by silence or timer."""
    for around, graph in subject.scopes():
        for element in graph.elements.values():
            results = [e for e in element.effects if e.do == "record-result"]
            if not results:
                continue
            early = element.kind is Kind.USER_TASK and any(e.on == "enter" for e in results)
            how = "在人作出决定之前" if early else _undecided(subject, around, graph, element)
            if how:
                name = labels("Result").get(results[0].params.get("result", ""), "结果")
                yield Hit(
                    element,
                    f"{how}就记录了结果“{name}”，没有人作决定（DENY-05）",
                    "结果由办理人作出决定之后记录",
                )


def _undecided(
    subject: Subject, around: Element | None, graph: Graph, element: Element
) -> str | None:
    """How a token comes to the element with no person deciding on the way; None: it cannot."""
    if element.kind is Kind.USER_TASK:
        return None
    seen: set[str] = set()
    waiting = [element.id]
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        one = graph.elements[at]
        if at != element.id and meets(within(one, subject), PERSON):
            continue
        if _on_time(one):
            return "时限一到"
        if one.kind is Kind.START and around is None and not subject.is_shared:
            return "一开始"
        waiting += graph.before(at)
    return None


def _on_time(element: Element) -> bool:
    timed = element.event is not None and element.event.trigger is Trigger.TIMER
    return timed and element.kind in {Kind.BOUNDARY, Kind.CATCH}


@rule("decision-form", Severity.UNFIT, county=True, whole=True)
def deciders_choose(subject: Subject) -> Iterator[Hit]:
    """DENY-03: who grants or refuses says so: the form of the step asks for the outcome."""
    if not ordered_in(subject.bundle, subject) & set(ACCEPTED):
        return
    for step, results in _deciders(subject, _WEIGHED):
        form = subject.bundle.forms.get(step.work.form or "") if step.work else None
        field = form.field(OUTCOME) if form is not None else None
        if form is not None and (field is None or len(field.choices) < 2):
            yield Hit(
                step,
                f"作出“{'、'.join(results)}”的环节没有让人选择结论（DENY-03）",
                "表单里放一个结论字段（outcome），至少两个选项",
            )


@rule("guard-competence", Severity.UNFIT, county=True, whole=True)
def deciders_are_competent(subject: Subject) -> Iterator[Hit]:
    """DENY-05 不准违反权限: the decision is taken at the level and by the rank that may take it."""
    key = subject.bundle.root
    immediate = key.startswith("immediate") or "即办" in subject.process.name
    escalated = key.startswith("escalated")
    for step, _ in _deciders(subject, frozenset({"granted"})):
        role = step.role or ""
        if not role:
            continue
        if step.work is not None and step.work.unit:
            yield Hit(
                step,
                "作出决定的单位由图里的表达式指定，不是事项的实施主体（DENY-05）",
                "删去 gov:unit：由事项的实施主体决定",
            )
        if (role.endswith(_LOW) and not immediate) or role.startswith(_NEVER):
            yield Hit(
                step,
                f"“{_name(subject, role)}”无权作出准予的决定（DENY-05）",
                "移到负责人的泳道",
            )
        elif escalated and not role.startswith("county."):
            yield Hit(
                step,
                f"上报件由县里决定，“{_name(subject, role)}”不能代为决定（DENY-05）",
                "移到县级负责人的泳道",
            )


def _name(subject: Subject, role: str) -> str:
    return str(subject.bundle.roles.get(role, {}).get("name", role))


def _deciders(
    subject: Subject, wanted: frozenset[str]
) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """The people's steps nearest before a recorded result, each once."""
    said: set[str] = set()
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            results = tuple(
                labels("Result")[value]
                for do, value in sorted(orders(element))
                if do == "record-result" and value in wanted
            )
            if not results:
                continue
            own = element.kind is Kind.USER_TASK
            for step in [element] if own else graph.people_before(element.id):
                if step.kind is Kind.USER_TASK and step.id not in said:
                    said.add(step.id)
                    yield step, results


@rule("guard-confirmed", Severity.UNFIT, county=True, whole=True)
def confirmation_was_given(subject: Subject) -> Iterator[Hit]:
    """DENY-02: a call that says a refusal is confirmed comes after a second person agreed."""
    for around, graph in subject.scopes():
        for call in graph.of(Kind.CALL):
            if call.called != DENIAL or call.ins.get(CONFIRMED, "false").strip() in _NOT:
                continue
            if _reached_alone(subject, graph, call.id) and not _vouched(subject, around):
                yield Hit(
                    call,
                    "否定说是已经确认，但前面没有第二个人审核（DENY-02）",
                    "confirmed 传入 false，或在前面由另一人审核（gov:separate）",
                )


def _reached_alone(subject: Subject, graph: Graph, key: str) -> bool:
    """Whether a way leads to the element on which nobody is kept apart from the proposer."""
    closed = {e.id for e in graph.elements.values() if meets(within(e, subject), SEPARATED)}
    thrown = [e.id for e in graph.of(Kind.BOUNDARY) if _thrown_alone(subject, graph, e)]
    return key in graph.reached([*graph.starts(), *thrown], without=closed - {key})


def _thrown_alone(subject: Subject, graph: Graph, border: Element) -> bool:
    """Whether an error caught here may have been thrown by one person alone."""
    event, host = border.event, graph.elements.get(border.attached_to or "")
    if event is None or event.trigger is not Trigger.ERROR or host is None:
        return False
    for scope in _inside(host, subject, set()):
        ends = [e for e in scope.of(Kind.END) if scope.throws(e)]
        for end in ends:
            same = event.ref is None or (end.event is not None and end.event.ref == event.ref)
            if same and _reached_alone(subject, scope, end.id):
                return True
    return False


def _inside(element: Element, subject: Subject, seen: set[str]) -> Iterator[Graph]:
    """The scope of an element, of what it calls, and of everything inside these."""
    called = subject.bundle.processes.get(element.called or "")
    if called is not None and called.key not in seen:
        seen.add(called.key)
        scopes = [called.scope]
    else:
        scopes = [element.scope] if element.scope is not None else []
    for scope in scopes:
        yield subject.graph(scope)
        for one in scope.elements.values():
            yield from _inside(one, subject, seen)


def _vouched(subject: Subject, around: Element | None) -> bool:
    """Whether the steps before the sub-process around already kept two people apart."""
    if around is None:
        return False
    outer, graph = subject.outside(around)
    return not _reached_alone(subject, graph, around.id) or _vouched(subject, outer)


@rule("guard-denial-alone", Severity.UNFIT, county=True, whole=True)
def nobody_refuses_alone(subject: Subject) -> Iterator[Hit]:
    """DENY-01, DENY-02: on every way to a negative document a second person has agreed, and on
    every way from it the act is filed. A way that asks `confirmed` was vouched for by a caller.
    """
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            if not orders(element) & NEGATIVE:
                continue
            if not _someone_agreed(subject, graph, element.id):
                yield Hit(
                    element,
                    "有一条路没有第二个人确认就出具了否定文书（DENY-02）",
                    "每条路都经过另一人的确认（gov:separate）",
                )
            filed = holds(subject, ("file-denial", "*"))
            if may_miss(graph, element.id, filed):
                yield Hit(
                    element,
                    "有一条路出具否定文书以后没有报备（DENY-01）",
                    "每条路都经过动作 file-denial",
                )


def _someone_agreed(subject: Subject, graph: Graph, key: str) -> bool:
    seen: set[str] = set()
    waiting = graph.starts()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        if meets(within(graph.elements[at], subject), SEPARATED):
            continue
        if at == key:
            return False
        waiting += [f.target for f in graph.out[at] if not _asks_confirmed(f.condition)]
        waiting += graph.borders.get(at, ())
    return True


def _asks_confirmed(condition: str | None) -> bool:
    return (condition or "").replace(" ", "") == f"{CONFIRMED}=true"


@rule("basis-missing", Severity.UNFIT, county=True, whole=True)
def refusals_name_their_basis(subject: Subject) -> Iterator[Hit]:
    """DENY-01: who proposes a negative act is asked for the law that it rests on."""
    if not ordered_in(subject.bundle, subject) & set(ACCEPTED):
        return
    for _, graph in subject.scopes():
        for call in graph.of(Kind.CALL):
            if call.called != DENIAL or DENIAL not in subject.bundle.processes:
                continue
            for one in _proposers(graph, call.id):
                if not meets(within(one, subject), BASIS):
                    yield Hit(
                        one,
                        "提请否定的表单没有填写法律依据的字段（DENY-01）",
                        "表单里加上必填字段 legal_basis",
                    )


def _proposers(graph: Graph, key: str) -> list[Element]:
    """The nearest people before an element who may be asked something, each once."""
    found = graph.people_before(key)
    return [one for one in found if one.kind is not Kind.CALL or one.called != DENIAL]


@rule("separate-behind", Severity.UNFIT, county=True, whole=True)
def the_kept_apart_came_before(subject: Subject) -> Iterator[Hit]:
    """DENY-02: a step is kept apart from one that comes before it; apart from a later one, the
    same person may do both."""
    own = {e.id for e in subject.process.scope.walk()}
    for around, graph in subject.scopes():
        for step in graph.of(Kind.USER_TASK):
            named = set(step.work.separate) & own if step.work is not None else set()
            if not named or named != set(step.work.separate if step.work else ()):
                continue  # steps of callers are before by nature
            if not _comes_before(subject, around, graph, step.id, named):
                yield Hit(
                    step,
                    "不相容环节都在它之后，起不到两人把关的作用（DENY-02）",
                    "gov:separate 写上前面提出意见的环节",
                )


def _comes_before(
    subject: Subject, around: Element | None, graph: Graph, key: str, named: set[str]
) -> bool:
    """Whether one of the named may come before, in this scope or those around, inner steps
    included. Stops at the first found: the named are mostly near."""
    seen = {key}
    waiting = list(graph.before(key))
    while waiting:
        at = waiting.pop()
        if at in named:
            return True
        if at in seen:
            continue
        seen.add(at)
        inner = graph.elements[at].scope
        if inner is not None and any(e.id in named for e in inner.walk()):
            return True
        waiting += graph.before(at)
    if around is None:
        return False
    return _comes_before(subject, *subject.outside(around), around.id, named)


@rule("guard-reviewer", Severity.UNFIT, county=True, whole=True)
def reviewers_are_others(subject: Subject) -> Iterator[Hit]:
    """DENY-02 不相容岗位: who may send a proposal back to its author is not the author."""
    for _, graph in subject.scopes():
        for step in graph.of(Kind.USER_TASK):
            kept = set(step.work.separate) if step.work is not None else set()
            for author in graph.people_before(step.id):
                if author.kind is not Kind.USER_TASK or author.id in kept | {step.id}:
                    continue
                if _sent_back(graph, step, author):
                    yield Hit(
                        step,
                        f"审核“{author.name or author.id}”的人没有与办理它的人分开（DENY-02）",
                        f'gov:separate="{author.id}"',
                    )


def _sent_back(graph: Graph, step: Element, author: Element) -> bool:
    """Whether an answer of the step leads straight back to the author."""
    for gateway in (graph.elements[key] for key in graph.following(step.id)):
        for flow in graph.out[gateway.id] if gateway.kind is Kind.EXCLUSIVE else ():
            if any(f'"{word}"' in (flow.condition or "") for word in _RETURNS):
                people = [e.id for e in graph.elements.values() if stops(e)]
                ahead = graph.reached([flow.target], without=set(people) - {author.id})
                if author.id in ahead:
                    return True
    return False
