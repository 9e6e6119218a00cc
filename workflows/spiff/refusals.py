"""The second line of defence: what is drawn but cannot be executed exactly is refused in words.

`workflows.checks` tells designers the same earlier and better; here nothing gets past.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.errors import NotExecutable
from workflows.findings import Severity
from workflows.model import (
    Bundle,
    Element,
    Event,
    Flow,
    Kind,
    MultiInstance,
    Process,
    Scope,
    Trigger,
)

MAX_NESTING = 100
MAX_INCLUSIVE = 500  # inclusive joins in one scope: each looks at every node
WAITING_TASKS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK})
ACTIVITIES = WAITING_TASKS | {
    Kind.SERVICE_TASK,
    Kind.SEND_TASK,
    Kind.RULE_TASK,
    Kind.PLAIN_TASK,
    Kind.CALL,
    Kind.SUBPROCESS,
}
GATEWAYS = frozenset({Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED})
TRIGGERS: Mapping[Kind, frozenset[Trigger]] = {
    Kind.CATCH: frozenset(
        {Trigger.MESSAGE, Trigger.TIMER, Trigger.SIGNAL, Trigger.CONDITIONAL}
    ),
    Kind.THROW: frozenset({Trigger.NONE, Trigger.MESSAGE, Trigger.ESCALATION, Trigger.SIGNAL}),
    Kind.END: frozenset(Trigger) - {Trigger.TIMER, Trigger.CONDITIONAL},
    Kind.BOUNDARY: frozenset(
        {
            Trigger.MESSAGE,
            Trigger.TIMER,
            Trigger.ERROR,
            Trigger.ESCALATION,
            Trigger.SIGNAL,
            Trigger.CONDITIONAL,
        }
    ),
    Kind.RECEIVE_TASK: frozenset({Trigger.MESSAGE}),
    Kind.SEND_TASK: frozenset({Trigger.NONE, Trigger.MESSAGE}),
}
BEHAVIORS = frozenset({"All", "One", "None"})
THROWN_BY_INSTANCES = frozenset({Trigger.SIGNAL, Trigger.MESSAGE, Trigger.ESCALATION})
NAMED = frozenset({Trigger.MESSAGE, Trigger.SIGNAL})


def examine(bundle: Bundle) -> None:
    """Refuse what cannot be executed exactly. Raises NotExecutable naming the element."""
    for finding in bundle.findings:
        if finding.severity is Severity.ERROR:
            raise NotExecutable(f"{finding.file}（{finding.element}）：{finding.sentence}")
    if bundle.root not in bundle.processes:
        raise NotExecutable(f"流程包里没有主流程「{bundle.root}」。")
    for process in bundle.processes.values():
        todo: list[tuple[Scope, int, Element | None]] = [(process.scope, 0, None)]
        seen: set[str] = set()
        while todo:
            scope, depth, around = todo.pop()
            if depth > MAX_NESTING:
                raise NotExecutable(
                    f"流程「{process.name}」的子流程嵌套超过 {MAX_NESTING} 层。"
                )
            _scope(bundle, process, scope, around)
            for element in scope.elements.values():
                if element.id in seen:
                    raise _no(process, element, "标识重复")
                seen.add(element.id)
                if element.scope is not None:
                    todo.append((element.scope, depth + 1, element))


def _no(process: Process, element: Element, why: str) -> NotExecutable:
    return NotExecutable(
        f"流程「{process.name or process.key}」的「{element.name or element.id}」"
        f"（{element.id}）：{why}。"
    )


def _scope(bundle: Bundle, process: Process, scope: Scope, around: Element | None) -> None:
    incoming: dict[str, int] = {}
    leaving: dict[str, list[Flow]] = {}
    for flow in scope.flows:
        for end in (flow.source, flow.target):
            if end not in scope.elements:
                raise NotExecutable(f"流向「{flow.id}」连接了不存在的「{end}」。")
        incoming[flow.target] = incoming.get(flow.target, 0) + 1
        leaving.setdefault(flow.source, []).append(flow)
        source = scope.elements[flow.source]
        chooses = source.kind in {Kind.EXCLUSIVE, Kind.INCLUSIVE}
        if (flow.condition is not None or flow.default) and not chooses:
            raise _no(process, source, "只有排他网关和相容网关的流出可以带条件或为默认")
    joins = [
        e
        for e in scope.elements.values()
        if e.kind is Kind.INCLUSIVE and incoming.get(e.id, 0) > 1
    ]
    if len(joins) > MAX_INCLUSIVE:
        raise _no(process, joins[-1], f"相容汇聚超过 {MAX_INCLUSIVE} 处")
    _starts(process, scope, around)
    for element in scope.elements.values():
        flows = leaving.get(element.id, [])
        _element(bundle, process, scope, element)
        _degree(process, element, incoming.get(element.id, 0), len(flows))
        if element.kind is Kind.EXCLUSIVE:
            _exclusive(process, element, flows)
        elif element.kind is Kind.EVENT_BASED:
            _event_based(process, scope, element, flows, incoming)


def _starts(process: Process, scope: Scope, around: Element | None) -> None:
    starts = [e for e in scope.elements.values() if e.kind is Kind.START]
    plain = [e for e in starts if _trigger(e) is Trigger.NONE]
    if around is not None and around.kind is Kind.EVENT_SUBPROCESS:
        if len(starts) != 1 or plain:
            raise _no(process, around, "事件子流程须有且只有一个带触发条件的开始事件")
        if _trigger(starts[0]) is Trigger.TERMINATE:
            raise _no(process, starts[0], "终止不能触发事件子流程")
        _event_details(process, starts[0], starts[0].event)
        if around.interrupting != starts[0].interrupting:
            raise _no(process, around, "是否中断与开始事件不一致")
        if _trigger(starts[0]) is Trigger.ERROR and not around.interrupting:
            raise _no(process, around, "由错误开始的事件子流程必须中断")
    elif around is not None and (len(starts) != 1 or not plain):
        raise NotExecutable(
            f"流程「{process.name or process.key}」的子流程须有且只有一个无触发的开始事件。"
        )
    elif not starts:
        raise NotExecutable(f"流程「{process.name or process.key}」没有开始事件。")


def _trigger(element: Element) -> Trigger:
    return element.event.trigger if element.event is not None else Trigger.NONE


def _degree(process: Process, element: Element, incoming: int, outgoing: int) -> None:
    if element.kind in {Kind.START, Kind.BOUNDARY, Kind.EVENT_SUBPROCESS}:
        if incoming:
            raise _no(process, element, "不能有流入")
        if outgoing and element.kind is Kind.EVENT_SUBPROCESS:
            raise _no(process, element, "事件子流程不能有流出")
    elif not incoming:
        raise _no(process, element, "没有流入，永远不会执行")
    if element.kind is Kind.END and outgoing:
        raise _no(process, element, "结束事件不能有流出")
    if outgoing > 1 and element.kind not in GATEWAYS:
        raise _no(process, element, "有多条流出，应先归为网关")


def _element(bundle: Bundle, process: Process, scope: Scope, element: Element) -> None:
    _event(process, element)
    _attachment(process, scope, element)
    _repetition(process, element)
    if element.kind is Kind.CALL:
        _call(bundle, process, element)
    elif element.kind in {Kind.SUBPROCESS, Kind.EVENT_SUBPROCESS} and element.scope is None:
        raise _no(process, element, "子流程没有内容")
    elif element.kind is Kind.RULE_TASK:
        if element.decision not in bundle.decisions:
            raise _no(process, element, f"找不到决策「{element.decision}」")
        if not element.result_variable:
            raise _no(process, element, "没有写明决策结果存入哪个变量")


def _call(bundle: Bundle, process: Process, element: Element) -> None:
    called = bundle.processes.get(element.called or "")
    if called is None:
        raise _no(process, element, f"找不到被调用的流程「{element.called}」")
    starts = [e for e in called.scope.elements.values() if e.kind is Kind.START]
    if sum(_trigger(e) is Trigger.NONE for e in starts) != 1:
        raise _no(process, element, "被调用的流程须有且只有一个无触发的开始事件")


def _event(process: Process, element: Element) -> None:
    trigger, event = _trigger(element), element.event
    allowed = TRIGGERS.get(element.kind)
    if allowed is not None and trigger not in allowed:
        raise _no(process, element, f"此处的「{trigger}」事件还不能执行")
    if element.kind in {Kind.START, Kind.EVENT_SUBPROCESS}:
        return  # the start event of an event sub-process is examined with its scope
    if allowed is None and trigger is not Trigger.NONE:
        raise _no(process, element, "此类元素不能带事件")
    _event_details(process, element, event)


def _event_details(process: Process, element: Element, event: Event | None) -> None:
    if event is None:
        return
    trigger = event.trigger
    if trigger in NAMED and not event.ref:
        raise _no(process, element, "消息或信号没有名称")
    if trigger is Trigger.TIMER and not event.clock:
        raise _no(process, element, "定时器没有指明时限（gov:due）")
    if trigger is Trigger.CONDITIONAL and not event.condition:
        raise _no(process, element, "条件事件没有条件")
    if event.repeats and (trigger is not Trigger.TIMER or element.interrupting):
        raise _no(process, element, "只有不中断的定时器可以重复")


def _attachment(process: Process, scope: Scope, element: Element) -> None:
    if element.kind is not Kind.BOUNDARY:
        if element.attached_to is not None:
            raise _no(process, element, "只有边界事件可以附在环节上")
        return
    activity = scope.elements.get(element.attached_to or "")
    if activity is None or activity.kind not in ACTIVITIES:
        raise _no(process, element, "边界事件没有附在环节上")
    if _trigger(element) is Trigger.ERROR and not element.interrupting:
        raise _no(process, element, "错误边界事件必须中断环节")


def _repetition(process: Process, element: Element) -> None:
    multi, loop = element.multi, element.loop
    if multi is None and loop is None:
        return
    if element.kind not in ACTIVITIES or (multi is not None and loop is not None):
        raise _no(process, element, "此处不能重复执行")
    if multi is not None:
        _behavior(process, element, multi)
        if (multi.collection is None) == (multi.cardinality is None):
            raise _no(process, element, "多实例须且只须写明集合或个数之一")
    if loop is not None:
        if loop.condition is None and loop.maximum is None:
            raise _no(process, element, "循环既没有条件也没有次数")
        if loop.maximum is not None and loop.maximum < 0:
            raise _no(process, element, "循环次数不能为负")


def _behavior(process: Process, element: Element, multi: MultiInstance) -> None:
    if multi.behavior not in BEHAVIORS:
        raise _no(process, element, f"不能执行多实例的 behavior={multi.behavior}")
    if (multi.behavior == "All") != (multi.throws is None):
        raise _no(process, element, "多实例的 behavior 与它抛出的事件不相配")
    thrown = multi.throws
    if thrown is not None and (thrown.trigger not in THROWN_BY_INSTANCES or not thrown.ref):
        raise _no(process, element, "多实例只能抛出有名称的信号、消息或有代码的升级")


def _exclusive(process: Process, element: Element, flows: list[Flow]) -> None:
    if len(flows) > 1 and any(f.condition is None and not f.default for f in flows):
        raise _no(process, element, "流出多于一条时，每条都须有条件或为默认")
    if sum(flow.default for flow in flows) > 1:
        raise _no(process, element, "默认流向多于一条")


def _event_based(
    process: Process,
    scope: Scope,
    element: Element,
    flows: list[Flow],
    incoming: Mapping[str, int],
) -> None:
    if not flows:
        raise _no(process, element, "事件网关没有流出")
    for flow in flows:
        target = scope.elements[flow.target]
        if target.kind not in {Kind.CATCH, Kind.RECEIVE_TASK}:
            raise _no(process, target, "事件网关之后只能是捕获事件或接收任务")
        if incoming.get(target.id) != 1:
            raise _no(process, target, "事件网关之后的事件只能有这一条流入")
        if scope.boundaries(target.id) or target.multi or target.loop:
            raise _no(process, target, "事件网关之后的接收任务不能带边界事件或重复执行")
