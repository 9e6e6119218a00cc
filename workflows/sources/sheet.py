"""What the whole file says, gathered once before its processes are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflows.errors import Unreadable
from workflows.sources.remarks import Remarks
from workflows.sources.vocabulary import BPMN, GOV, attributes, children, fits


def words(text: str) -> frozenset[str]:
    """A set of names written as a line of words."""
    return frozenset(text.split())


XSI = "http://www.w3.org/2001/XMLSchema-instance"
FOREIGN: Mapping[str, str] = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://camunda.org/bpmn": "camunda",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
}
MAX_DRAWN = 30_000
MAX_CONDITIONS = 5_000
_IN_BPMN = "{" + BPMN + "}"
PICTURE = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.w3.org/XML/1998/namespace",
        XSI,
    }
)
_FLOW_NODES = words(
    """startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent task
    userTask manualTask serviceTask sendTask receiveTask businessRuleTask callActivity subProcess transaction
    exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway"""
)
REFUSED: Mapping[str, str] = {
    "scriptTask": "脚本任务会在服务器上运行程序，一律不执行；请改用业务规则任务或表单字段",
    "complexGateway": "复杂网关暂不支持；请改用排他、并行或包容网关",
    "adHocSubProcess": "即席子流程暂不支持；请画出环节的先后次序",
    "choreographyTask": "编排任务不能执行",
    "subChoreography": "编排任务不能执行",
    "callChoreography": "编排任务不能执行",
}


@dataclass(frozen=True, slots=True)
class Seat:
    """The lane of an element: innermost lane id and the role that holds there."""

    lane: str
    role: str | None


@dataclass(slots=True)
class Sheet:
    """One file: shared declarations by id, and where findings go.

    `errors` and `escalations` map ids to codes, `messages` and `signals` to names.
    """

    file: str
    remarks: Remarks
    messages: dict[str, str] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    escalations: dict[str, str] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    elements: set[str] = field(default_factory=set)
    data_names: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, etree._Element] = field(default_factory=dict)  # of events, by id
    pools: dict[str, str] = field(default_factory=dict)  # process id → name of its pool
    uses_gov: bool = False


def local(node: etree._Element) -> str:
    """Local name of an element of BPMN; "" for elements of other namespaces."""
    tag = str(node.tag) if isinstance(node.tag, str) else ""
    return tag[len(_IN_BPMN) :] if tag.startswith(_IN_BPMN) else ""


def bpmn_children(node: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Direct children of BPMN with one of these local names (all of BPMN without names)."""
    for child in node:
        name = local(child)
        if name and (not names or name in names):
            yield child


def first(node: etree._Element, name: str) -> etree._Element | None:
    """The first direct BPMN child of this local name."""
    return next(bpmn_children(node, name), None)


def text_of(node: etree._Element | None) -> str:
    """Text of an element without the white space around it; "" for none."""
    return "" if node is None else "".join(str(part) for part in node.itertext()).strip()


def gov(node: etree._Element, name: str) -> str | None:
    """A `gov:` attribute, stripped; None where it is absent or empty."""
    value = node.get("{" + GOV + "}" + name)
    return value.strip() or None if value is not None else None


def extensions(node: etree._Element) -> Iterator[etree._Element]:
    """Children of the element's extensionElements, of whatever namespace."""
    for box in bpmn_children(node, "extensionElements"):
        yield from (child for child in box if isinstance(child.tag, str))


def survey(root: etree._Element, remarks: Remarks) -> Sheet:
    """Gather declarations, check ids for doubles, and check every use of `gov:`.

    Raises `Unreadable` where the drawing is larger than anybody draws.
    """
    sheet = Sheet(remarks.file, remarks)
    seen: set[str] = set()
    drawn = conditions = 0
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        name = local(node)
        drawn += name in _FLOW_NODES or name == "sequenceFlow"
        conditions += name == "conditionExpression"
        if drawn > MAX_DRAWN:
            raise Unreadable(f"{sheet.file}：环节和连线超过 {MAX_DRAWN} 个，不予读取")
        if conditions > MAX_CONDITIONS:
            raise Unreadable(f"{sheet.file}：条件超过 {MAX_CONDITIONS} 个，不予读取")
        if name:
            _note_id(node, name, seen, sheet)
            _declare(node, name, sheet)
            _attributes(node, name, sheet)
        else:
            _other(node, sheet)
    return sheet


def _note_id(node: etree._Element, name: str, seen: set[str], sheet: Sheet) -> None:
    own = node.get("id")
    if own is None:
        return
    if own in seen:
        sheet.remarks.error(
            "duplicate-id",
            node,
            f"标识“{own}”在文件里出现了不止一次",
            "给每个元素一个不同的标识",
        )
    seen.add(own)
    if name in _FLOW_NODES or name in REFUSED:
        sheet.elements.add(own)


def _declare(node: etree._Element, name: str, sheet: Sheet) -> None:
    own = node.get("id")
    if name == "participant":
        shown = (node.get("processRef") or "").rpartition(":")[2]
        sheet.pools.setdefault(shown, node.get("name") or "")
    if own is None:
        return
    if name in {"dataInput", "dataObject", "dataObjectReference"}:
        sheet.data_names[own] = node.get("name") or ""
    elif name.endswith("EventDefinition"):
        sheet.definitions[own] = node
    elif name in {"message", "signal", "error", "escalation"}:
        _declare_event(node, name, own, sheet)


def _declare_event(node: etree._Element, name: str, own: str, sheet: Sheet) -> None:
    """Messages and signals are known by name, errors and escalations by code."""
    said = node.get("errorCode") or node.get("escalationCode") or node.get("name") or own
    if name in {"message", "signal"}:
        said = node.get("name") or own
    if "${" in said or "#{" in said or said.startswith("="):
        sheet.remarks.error(
            "name-expression", node, f"名称“{said}”是表达式，不执行", "写明固定的名称或代码"
        )
    tables = {
        "message": sheet.messages,
        "signal": sheet.signals,
        "error": sheet.errors,
        "escalation": sheet.escalations,
    }
    tables[name][own] = said


def _attributes(node: etree._Element, name: str, sheet: Sheet) -> None:
    for raw, value in node.attrib.items():
        key = str(raw)
        if not key.startswith("{"):
            continue
        namespace, attribute = key[1:].split("}", 1)
        if namespace == GOV:
            sheet.uses_gov = True
            grammar = attributes(name).get(attribute)
            if grammar is None:
                sheet.remarks.error(
                    "gov-misplaced",
                    node,
                    f"这里不能写 gov:{attribute}",
                    "允许：" + "、".join(f"gov:{a}" for a in attributes(name))
                    if attributes(name)
                    else "删去该属性",
                )
            elif (why := fits(grammar, str(value))) is not None:
                sheet.remarks.error("gov-value", node, f"gov:{attribute}：{why}")
        elif namespace not in PICTURE and namespace not in FOREIGN:
            shown = next((p for p, u in node.nsmap.items() if u == namespace), None)
            sheet.remarks.unused(f"{shown or namespace}:{attribute}", node)


def _other(node: etree._Element, sheet: Sheet) -> None:
    """An element outside BPMN: ours is checked, strangers in extensions are mentioned once."""
    namespace, name = _split(node)
    if namespace == GOV:
        sheet.uses_gov = True
        _ours(node, name, sheet)
        return
    parent = node.getparent()
    if parent is None or local(parent) == "" or namespace in PICTURE or namespace in FOREIGN:
        return
    if local(parent) == "extensionElements":
        sheet.remarks.unused(f"{node.prefix or namespace}:{name}", node)
    else:
        sheet.remarks.error("unknown-element", node, f"不认识的元素“{name}”，不能执行")


def _split(node: etree._Element) -> tuple[str, str]:
    tag = str(node.tag)
    if not tag.startswith("{"):
        return "", tag
    namespace, name = tag[1:].split("}", 1)
    return namespace, name


def _ours(node: etree._Element, name: str, sheet: Sheet) -> None:
    known = children(name)
    box = node.getparent()
    host = box.getparent() if box is not None and local(box) == "extensionElements" else None
    if known is None:
        sheet.remarks.error("gov-unknown", node, f"没有 gov:{name} 这种元素", "见 gov: 语法")
        return
    good = host is not None and (
        local(host) == "callActivity" if name in {"in", "out"} else local(host) in _FLOW_NODES
    )
    if not good:
        where = "调用活动" if name in {"in", "out"} else "流程元素"
        sheet.remarks.error(
            "gov-misplaced", node, f"gov:{name} 只能写在{where}的 extensionElements 里"
        )
    for key in node.attrib:
        if str(key) not in known:
            sheet.remarks.error("gov-misplaced", node, f"gov:{name} 没有属性 {key!s}")
