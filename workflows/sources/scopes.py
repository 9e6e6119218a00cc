"""Flow nodes and sequence flows of a process or sub-process → `model.Scope`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from lxml import etree

from workflows.model import NOTHING, Element, Event, Flow, Kind, Scope, Trigger
from workflows.sources.activities import (
    read_called,
    read_decision,
    read_effects,
    read_loop,
    read_mappings,
    read_work,
    refuse_quantities,
)
from workflows.sources.events import message_name, read_event, unnamed_message
from workflows.sources.foreign import foreign, role_of, survey_foreign, to_condition
from workflows.sources.lanes import read_lanes
from workflows.sources.links import Link
from workflows.sources.normalise import normalise
from workflows.sources.remarks import line_of
from workflows.sources.sheet import (
    REFUSED,
    Sheet,
    bpmn_children,
    first,
    gov,
    local,
    words,
)

MAX_NESTING = 40

_KINDS = {
    "startEvent": Kind.START,
    "endEvent": Kind.END,
    "intermediateCatchEvent": Kind.CATCH,
    "intermediateThrowEvent": Kind.THROW,
    "boundaryEvent": Kind.BOUNDARY,
    "task": Kind.PLAIN_TASK,
    "userTask": Kind.USER_TASK,
    "manualTask": Kind.MANUAL_TASK,
    "serviceTask": Kind.SERVICE_TASK,
    "sendTask": Kind.SEND_TASK,
    "receiveTask": Kind.RECEIVE_TASK,
    "businessRuleTask": Kind.RULE_TASK,
    "callActivity": Kind.CALL,
    "subProcess": Kind.SUBPROCESS,
    "transaction": Kind.SUBPROCESS,
    "exclusiveGateway": Kind.EXCLUSIVE,
    "parallelGateway": Kind.PARALLEL,
    "inclusiveGateway": Kind.INCLUSIVE,
    "eventBasedGateway": Kind.EVENT_BASED,
}
EVENTS = frozenset({Kind.START, Kind.END, Kind.CATCH, Kind.THROW, Kind.BOUNDARY})
GATEWAYS = frozenset({Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED})
_SILENT = words(
    """documentation extensionElements laneSet incoming outgoing ioSpecification property
    dataObject dataObjectReference dataStoreReference textAnnotation association group
    auditing monitoring categoryValueRef supports sequenceFlow performer potentialOwner
    humanPerformer resourceRole multiInstanceLoopCharacteristics standardLoopCharacteristics
    dataInputAssociation dataOutputAssociation"""
)
_NODE_CHILDREN = _SILENT | words(
    """dataInput dataOutput inputSet outputSet rendering eventDefinitionRef
    messageEventDefinition timerEventDefinition errorEventDefinition
    escalationEventDefinition signalEventDefinition terminateEventDefinition
    conditionalEventDefinition linkEventDefinition compensateEventDefinition
    cancelEventDefinition"""
)


@dataclass(slots=True)
class Draft:
    """One scope while it is being read."""

    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)


def read_scope(
    container: etree._Element, sheet: Sheet, around: Element | None = None, depth: int = 0
) -> Scope:
    """Everything directly inside a process or sub-process, normalised."""
    draft = Draft()
    if depth > MAX_NESTING:
        sheet.remarks.error("too-deep", container, f"子流程嵌套超过 {MAX_NESTING} 层")
        return Scope(NOTHING, ())
    for child in bpmn_children(container):
        name = local(child)
        if name in _KINDS:
            _add(_node(child, _KINDS[name], draft, sheet, around, depth), child, draft, sheet)
        elif name in REFUSED:
            sheet.remarks.error("refused", child, REFUSED[name])
            placeholder = _base(child, Kind.PLAIN_TASK, sheet, around)
            _add(placeholder, child, draft, sheet)
        elif name not in _SILENT:
            sheet.remarks.error("unknown-element", child, f"不认识的元素“{name}”，不能执行")
    for child in bpmn_children(container, "sequenceFlow"):
        _flow(child, draft, sheet)
    _mark_defaults(container, draft, sheet)
    begins = container.get("triggeredByEvent") not in {"true", "1"}
    begins = begins and (around is not None or bool(draft.elements))
    elements, flows = normalise(
        draft.elements,
        draft.flows,
        draft.links,
        sheet.remarks,
        start=_implicit(container, sheet, around) if begins else None,
    )
    return Scope(MappingProxyType(elements), tuple(flows))


def _implicit(container: etree._Element, sheet: Sheet, around: Element | None) -> Element:
    """The start event that stands for one that was not drawn."""
    own = f"{container.get('id', '')}.start"
    drawn = _base(container, Kind.START, sheet, around)
    return replace(drawn, id=own, name="", drawn=False, event=Event())


def _add(element: Element, node: etree._Element, draft: Draft, sheet: Sheet) -> None:
    if not element.id:
        sheet.remarks.error("no-id", node, "这个元素没有标识", "给它一个 id")
        return
    default = node.get("default")
    if default:
        draft.defaults[element.id] = default
    draft.elements.setdefault(element.id, element)  # doubles are said by the survey


def _base(
    node: etree._Element, kind: Kind, sheet: Sheet, around: Element | None, **more: Any
) -> Element:
    own = node.get("id", "")
    seat = sheet.seats.get(own)
    lane: str | None = None
    role: str | None = None
    if seat is not None:
        lane, role = (seat.lane, seat.role)
    elif around is not None:
        lane, role = around.lane, around.role
    return Element(
        id=own, kind=kind, name=_clean(node.get("name")), line=line_of(node), lane=lane,
        role=role, **more,
    )  # fmt: skip


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())


def _node(
    node: etree._Element,
    kind: Kind,
    draft: Draft,
    sheet: Sheet,
    around: Element | None,
    depth: int,
) -> Element:
    survey_foreign(node, sheet)
    element = _base(node, kind, sheet, around, effects=read_effects(node, sheet))
    if kind is Kind.SUBPROCESS:
        return _subprocess(element, node, sheet, depth)
    for child in bpmn_children(node):
        if local(child) not in _NODE_CHILDREN:
            sheet.remarks.error("unknown-element", child, f"不认识的内容“{local(child)}”")
    if kind in EVENTS:
        return _event(element, node, draft, sheet)
    if kind is Kind.EVENT_BASED:
        return _event_gateway(element, node, sheet)
    if kind in GATEWAYS:
        return element
    return _activity(element, node, sheet)


def _event(element: Element, node: etree._Element, draft: Draft, sheet: Sheet) -> Element:
    event = read_event(node, sheet)
    if isinstance(event, Link):
        draft.links.append(event)
        return replace(element, kind=Kind.THROW, event=Event())
    element = replace(element, event=event)
    if element.kind is Kind.END:
        return replace(element, result=gov(node, "result"))
    if element.kind is Kind.START:
        return replace(element, interrupting=node.get("isInterrupting") not in {"false", "0"})
    if element.kind is Kind.BOUNDARY:
        cancel = node.get("cancelActivity") or foreign(node, "cancelActivity") or "true"
        interrupting = cancel not in {"false", "0"}
        if event.trigger is Trigger.ERROR and not interrupting:
            sheet.remarks.error("boundary", node, "错误边界事件总是中断的", "改用升级事件")
        if not node.get("attachedToRef"):
            sheet.remarks.error("boundary", node, "边界事件没有附着在环节上")
        return replace(
            element, attached_to=node.get("attachedToRef"), interrupting=interrupting
        )
    return element


def _event_gateway(element: Element, node: etree._Element, sheet: Sheet) -> Element:
    if node.get("eventGatewayType") == "Parallel" or node.get("instantiate") in {"true", "1"}:
        sheet.remarks.error(
            "event-gateway", node, "只支持流程中间的排他式事件网关", "去掉并行或启动标记"
        )
    return element


def _activity(element: Element, node: etree._Element, sheet: Sheet) -> Element:
    refuse_quantities(node, sheet)
    multi, loop = read_loop(node, sheet)
    element = replace(element, multi=multi, loop=loop)
    kind = element.kind
    if kind in {Kind.USER_TASK, Kind.MANUAL_TASK}:
        role = role_of(node, sheet)
        element = replace(element, role=element.role or role)
    if kind is Kind.USER_TASK:
        return replace(element, work=read_work(node, sheet))
    if kind is Kind.CALL:
        ins, outs = read_mappings(node, sheet)
        return replace(element, called=read_called(node, sheet), ins=ins, outs=outs)
    if kind is Kind.RULE_TASK:
        decision, variable = read_decision(node, sheet)
        if decision is None:
            return replace(element, kind=Kind.PLAIN_TASK)
        return replace(element, decision=decision, result_variable=variable)
    if kind in {Kind.SEND_TASK, Kind.RECEIVE_TASK}:
        return _messaging(element, node, sheet)
    if foreign(node, "resultVariable") is not None:
        sheet.remarks.error(
            "foreign-data", node, "程序算出的变量在本系统中不会产生", "用业务规则任务或表单字段"
        )
    return element


def _messaging(element: Element, node: etree._Element, sheet: Sheet) -> Element:
    name = message_name(node, sheet)
    receives = element.kind is Kind.RECEIVE_TASK
    if name is None and not node.get("messageRef"):
        event = unnamed_message(node, receives, sheet)
        element = replace(element, event=event if receives else None)
    else:
        element = replace(element, event=Event(Trigger.MESSAGE, ref=name))
    if node.get("instantiate") in {"true", "1"}:
        sheet.remarks.error("instantiate", node, "接收任务不能用来启动流程", "用开始事件")
    return element


def _subprocess(element: Element, node: etree._Element, sheet: Sheet, depth: int) -> Element:
    refuse_quantities(node, sheet)
    if local(node) == "transaction":
        sheet.remarks.note(
            "transaction",
            node,
            "事务里没有取消和补偿时，与普通子流程一样执行",
            "画成子流程更清楚",
        )
    multi, loop = read_loop(node, sheet)
    read_lanes(node, sheet)
    scope = read_scope(node, sheet, element, depth + 1)
    if node.get("triggeredByEvent") not in {"true", "1"}:
        return replace(element, multi=multi, loop=loop, scope=scope)
    if multi is not None or loop is not None:
        sheet.remarks.error("loop", node, "事件子流程不能是多实例或循环")
    start = next((e for e in scope.elements.values() if e.kind is Kind.START), None)
    return replace(
        element,
        kind=Kind.EVENT_SUBPROCESS,
        scope=scope,
        event=start.event if start is not None else None,
        interrupting=start.interrupting if start is not None else True,
    )


def _flow(node: etree._Element, draft: Draft, sheet: Sheet) -> None:
    survey_foreign(node, sheet)
    source, target = node.get("sourceRef", ""), node.get("targetRef", "")
    for end, what in ((source, "起点"), (target, "终点")):
        if end in draft.elements:
            continue
        if end in sheet.elements:
            sheet.remarks.error(
                "crossing",
                node,
                f"连线的{what}“{end}”不在同一层",
                "连线不能穿过子流程或泳池的边界",
            )
        else:
            sheet.remarks.error("dangling", node, f"连线的{what}“{end}”不存在", "重新连线")
        return
    expression = first(node, "conditionExpression")
    condition = to_condition(expression, sheet)
    draft.flows.append(
        Flow(
            id=node.get("id") or f"{source}->{target}",
            source=source,
            target=target,
            name=_clean(node.get("name")),
            condition=condition,
            line=line_of(node),
        )
    )


def _mark_defaults(container: etree._Element, draft: Draft, sheet: Sheet) -> None:
    """`default` of gateways and activities → the flow; a condition on it does not count."""
    if not draft.defaults:
        return
    leaving = {flow.id: flow.source for flow in draft.flows}
    nodes = {child.get("id"): child for child in bpmn_children(container)}
    for element, default in draft.defaults.items():
        node = nodes[element]
        if leaving.get(default) != element:
            sheet.remarks.error(
                "dangling", node, f"默认连线“{default}”不从这里出发", "重新选择默认连线"
            )
    for at, flow in enumerate(draft.flows):
        if draft.defaults.get(flow.source) != flow.id:
            continue
        if flow.condition is not None:
            sheet.remarks.note(
                "default-condition", nodes.get(flow.id, container), "默认连线上的条件不起作用"
            )
        draft.flows[at] = replace(flow, default=True, condition=None)
