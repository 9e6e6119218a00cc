"""Structure: what BPMN demands of a drawing before it can be executed exactly."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.graph import ACTIVITIES, GATEWAYS, Graph
from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Flow, Kind, Trigger

_WAITING = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.CATCH})


@rule("start")
def one_start(subject: Subject) -> Iterator[Hit]:
    """It is plain where a process or sub-process begins (BPMN 13.2).

    A process may have further starts that something triggers, beside its plain one. Several
    plain ones, or none, each start a case of their own: somebody has to choose.
    """
    for around, graph in subject.scopes():
        starts = list(graph.of(Kind.START))
        where = "子流程" if around is not None else "流程"
        if not starts:
            yield Hit(around, f"{where}没有开始事件", "画一个开始事件")
        plain = [start for start in starts if _trigger(start) is Trigger.NONE]
        if around is not None:
            for start in starts[1:]:
                yield Hit(start, f"{where}有几个开始事件，不知道从哪里开始", "只留一个开始事件")
        for start in (plain or starts)[1:] if around is None else ():
            yield Hit(
                start,
                "流程有几个同等的开始事件，每一个都单独启动流程，启动时要指明从哪一个开始",
                "只留一个普通的开始事件",
                Severity.UNFIT,
            )
        for start in starts:
            yield from _start_trigger(start, around)


def _trigger(element: Element) -> Trigger:
    return element.event.trigger if element.event is not None else Trigger.NONE


def _start_trigger(start: Element, around: Element | None) -> Iterator[Hit]:
    trigger = _trigger(start)
    if around is None:
        if trigger in {Trigger.ERROR, Trigger.ESCALATION}:
            yield Hit(start, "流程不能由错误或升级事件开始", "改用普通开始事件")
        elif trigger is not Trigger.NONE:
            yield Hit(
                start,
                "这个开始事件有触发条件；立案时按已触发处理",
                "改用普通开始事件更清楚",
                Severity.NOTE,
            )
    elif around.kind is Kind.EVENT_SUBPROCESS:
        if trigger is Trigger.NONE:
            yield Hit(start, "事件子流程的开始事件没有说明等什么", "选择消息、时限、信号等")
        elif trigger is Trigger.ERROR and not start.interrupting:
            yield Hit(start, "由错误开始的事件子流程总是中断的", "去掉“不中断”，或改用升级")
    elif trigger is not Trigger.NONE:
        yield Hit(start, "子流程只能由普通开始事件开始", "去掉触发条件")


@rule("called-start", whole=True)
def called_starts_plainly(subject: Subject) -> Iterator[Hit]:
    """A called process starts with its one plain start event (BPMN 10.3.6)."""
    for element in subject.process.scope.walk():
        called = subject.bundle.processes.get(element.called or "")
        if called is None:
            continue
        starts = [e for e in called.scope.elements.values() if e.kind is Kind.START]
        plain = sum(_trigger(start) is Trigger.NONE for start in starts)
        if plain != 1:
            said = "没有普通的开始事件" if not plain else "有几个普通的开始事件，不知道用哪一个"
            yield Hit(
                element, f"被调用的流程“{called.key}”{said}", "被调用的流程用一个普通开始事件"
            )


@rule("end", Severity.UNFIT)
def some_end(subject: Subject) -> Iterator[Hit]:
    """A process or sub-process ends where an end event says so, not just anywhere."""
    for around, graph in subject.scopes():
        if not any(graph.of(Kind.END)):
            where = "子流程" if around is not None else "流程"
            yield Hit(around, f"{where}没有结束事件", "画一个结束事件")


@rule("dead-end")
def no_dead_end(subject: Subject) -> Iterator[Hit]:
    """Every path leads on until an end event.

    A path that breaks off ends there all the same (BPMN 13.3.2), so it can be executed; a
    gateway without a way out leads nowhere.
    """
    for _, graph in subject.scopes():
        for element in graph.elements.values():
            if element.kind in {Kind.END, Kind.EVENT_SUBPROCESS} or graph.out[element.id]:
                continue
            if not element.drawn:
                continue
            severity = Severity.ERROR if element.kind in GATEWAYS else Severity.UNFIT
            yield Hit(
                element,
                "走到这里就断了，没有出线，这一路到此结束",
                "连到下一步或结束事件",
                severity,
            )


@rule("unreachable")
def all_reachable(subject: Subject) -> Iterator[Hit]:
    """Nothing is drawn that no path leads to: it would silently never happen."""
    for _, graph in subject.scopes():
        starts = graph.starts()
        roots = [*starts, *(e.id for e in graph.of(Kind.EVENT_SUBPROCESS))]
        reached = graph.reached(roots)
        for element in graph.elements.values():
            if element.id not in reached and starts and element.drawn:
                yield Hit(element, "没有路径能走到这里", "把它连进流程，或删去")


@rule("no-way-out")
def all_can_end(subject: Subject) -> Iterator[Hit]:
    """From everywhere some path leads to an end; where nobody waits, it would spin for ever."""
    for _, graph in subject.scopes():
        ends = graph.ends()
        able = graph.reaching(ends)
        caught = [
            e
            for e in graph.elements.values()
            if e.id not in able and graph.out[e.id] and e.kind is not Kind.EVENT_SUBPROCESS
        ]
        if caught:
            spins = not any(e.kind in _WAITING or e.scope is not None for e in caught)
            severity = Severity.ERROR if spins else Severity.UNFIT
            first = next((e for e in caught if e.drawn), caught[0])
            yield Hit(first, "从这里起再也走不到结束", "给回路一个出口", severity)


@rule("misplaced-flow")
def flows_fit(subject: Subject) -> Iterator[Hit]:
    """No flow enters a start or boundary event, leaves an end, touches an event sub-process."""
    for _, graph in subject.scopes():
        for flow in graph.flows:
            source, target = graph.elements[flow.source], graph.elements[flow.target]
            if target.kind is Kind.START:
                yield Hit(flow, "连线不能进入开始事件", "连到开始之后的环节")
            elif target.kind is Kind.BOUNDARY:
                yield Hit(flow, "连线不能进入边界事件", "连到环节本身")
            elif source.kind is Kind.END:
                yield Hit(flow, "结束事件之后不能再有连线", "改用中间事件")
            elif Kind.EVENT_SUBPROCESS in {source.kind, target.kind}:
                yield Hit(flow, "事件子流程不能有连线", "删去连线")


@rule("gateway-flow")
def gateways_decide(subject: Subject) -> Iterator[Hit]:
    """A gateway that chooses says when each way is taken; one that does not has no conditions."""
    for _, graph in subject.scopes():
        for gateway in graph.of(Kind.EXCLUSIVE, Kind.INCLUSIVE):
            yield from _deciding(gateway, graph.out[gateway.id])
        for gateway in graph.of(Kind.PARALLEL, Kind.EVENT_BASED):
            what = "并行网关" if gateway.kind is Kind.PARALLEL else "事件网关"
            for flow in graph.out[gateway.id]:
                if flow.condition or flow.default:
                    yield Hit(
                        flow,
                        f"{what}的出线不看条件，也没有默认连线",
                        "去掉条件，或改用排他网关",
                    )


def _deciding(gateway: Element, flows: list[Flow]) -> Iterator[Hit]:
    """A way out without condition: always taken by an inclusive gateway (BPMN 13.4.3).

    Not beside a default: the standard and the engines disagree when that one is taken then.
    """
    always = gateway.kind is Kind.INCLUSIVE and not any(flow.default for flow in flows)
    for flow in flows:
        if len(flows) < 2 or flow.condition or flow.default:
            continue
        if always:
            yield Hit(
                flow,
                f"包容网关的出线“{flow.name or flow.id}”没有条件，每次都会走",
                "写上条件；确实每次都走的，写 true",
                Severity.UNFIT,
            )
        else:
            yield Hit(
                flow,
                f"网关的出线“{flow.name or flow.id}”没有条件，也不是默认连线",
                "写上条件，或设为默认连线",
            )


@rule("event-gateway")
def event_gateways_wait(subject: Subject) -> Iterator[Hit]:
    """An event gateway leads to events alone, each entered from nowhere else (BPMN 10.6.6)."""
    for _, graph in subject.scopes():
        for gateway in graph.of(Kind.EVENT_BASED):
            yield from _event_gateway(gateway, graph)


def _event_gateway(gateway: Element, graph: Graph) -> Iterator[Hit]:
    targets = [graph.elements[flow.target] for flow in graph.out[gateway.id]]
    if len(targets) < 2:
        yield Hit(gateway, "事件网关至少要等两个事件", "再画一个事件，或去掉网关")
    kinds = set()
    for target in targets:
        if target.kind not in {Kind.CATCH, Kind.RECEIVE_TASK}:
            yield Hit(target, "事件网关之后只能是消息、时限、信号、条件事件或接收任务")
        elif len(graph.into[target.id]) > 1:
            yield Hit(target, "事件网关之后的事件不能有别的进线", "另画一个事件")
        elif graph.borders.get(target.id) or target.multi or target.loop:
            yield Hit(
                target, "事件网关之后的接收任务不能有边界事件，也不能重复", "改用中间事件"
            )
        kinds.add((target.kind, _trigger(target) is Trigger.MESSAGE))
    if (Kind.RECEIVE_TASK, True) in kinds and (Kind.CATCH, True) in kinds:
        yield Hit(gateway, "事件网关之后不能既有接收任务又有消息事件", "统一用一种")


@rule("boundary")
def boundaries_sit(subject: Subject) -> Iterator[Hit]:
    """A boundary event sits on an activity of its own scope that can bring the event about."""
    for _, graph in subject.scopes():
        for event in graph.of(Kind.BOUNDARY):
            host = graph.elements.get(event.attached_to or "")
            if host is None:
                yield Hit(event, "边界事件没有附着在同一层的环节上", "拖到环节的边上")
            elif host.kind not in ACTIVITIES:
                yield Hit(event, "边界事件只能附着在环节、调用活动或子流程上", "拖到环节的边上")
            elif _never_thrown(event, host):
                yield Hit(
                    event,
                    "这个环节不会抛出错误或升级，边界事件永远不会发生",
                    "附着在子流程或调用活动上",
                    Severity.NOTE,
                )


def _never_thrown(event: Element, host: Element) -> bool:
    return _trigger(event) in {Trigger.ERROR, Trigger.ESCALATION} and host.kind not in {
        Kind.CALL,
        Kind.SUBPROCESS,
    }


@rule("signal-unheard", Severity.NOTE, whole=True)
def signals_are_heard(subject: Subject) -> Iterator[Hit]:
    """A signal that nobody in the bundle waits for: it is for other processes, or for nobody."""
    everything = [e for p in subject.bundle.processes.values() for e in p.scope.walk()]
    heard = {e.event.ref for e in everything if e.event is not None and _hears_signal(e)}
    for element in subject.process.scope.walk():
        several = element.multi.throws if element.multi is not None else None
        thrown = element.event if element.kind in {Kind.THROW, Kind.END} else several
        if thrown is not None and thrown.trigger is Trigger.SIGNAL and thrown.ref not in heard:
            yield Hit(
                element,
                f"本流程里没有谁等信号“{thrown.ref}”：别的流程里有办件在等，才有人收到",
                "核对别的流程里接收的事件用的是同一个名称；没有的，画上或者删去",
            )


def _hears_signal(element: Element) -> bool:
    catching = element.kind in {Kind.CATCH, Kind.BOUNDARY, Kind.EVENT_SUBPROCESS}
    return catching and _trigger(element) is Trigger.SIGNAL


@rule("empty")
def something_drawn(subject: Subject) -> Iterator[Hit]:
    """A process with nothing but a start and an end orders nothing of anybody."""
    kinds = {e.kind for e in subject.process.scope.elements.values()}
    if kinds and kinds <= {Kind.START, Kind.END}:
        yield Hit(None, "流程里没有任何环节", "画上要办的事", Severity.NOTE)
