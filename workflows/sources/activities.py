"""What activities carry: work, effects, mappings, several instances, loops, decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from lxml import etree

from workflows.model import NOTHING, Effect, Loop, MultiInstance, Work
from workflows.sources import juel
from workflows.sources.altering import refuse_altering
from workflows.sources.events import thrown_by_instances
from workflows.sources.foreign import (
    foreign,
    foreign_children,
    form_of,
    keeps_inputs,
    limit_of,
    to_condition,
    to_feel,
)
from workflows.sources.sheet import (
    Sheet,
    bpmn_children,
    extensions,
    first,
    gov,
    local,
    text_of,
)
from workflows.sources.vocabulary import GOV, children, fits, operations, read_limit

_INTEGER = re.compile(r"[+-]?\d{1,9}")
MAX_INSTANCES = 1_000


def read_work(node: etree._Element, sheet: Sheet) -> Work:
    """Form, limit, separation and so on of a user task."""
    limit = gov(node, "limit")
    return Work(
        form=gov(node, "form") or form_of(node, sheet),
        limit=read_limit(limit) if limit else limit_of(node, sheet),
        separate=tuple((gov(node, "separate") or "").split()),
        returns=tuple((gov(node, "returns") or "none").split()),
        batch=gov(node, "batch") == "true",
        unit=gov(node, "unit"),
        rank=gov(node, "rank"),
    )


def read_effects(node: etree._Element, sheet: Sheet) -> tuple[Effect, ...]:
    """The effects that an element orders, typed by gov.json; wrong ones are findings."""
    found = []
    for child in extensions(node):
        if child.tag != "{" + GOV + "}effect":
            continue
        params = {
            str(k): str(v).strip() for k, v in child.attrib.items() if k not in {"on", "do"}
        }
        on, do = child.get("on", ""), child.get("do", "")
        wrong = _wrong_effect(on, do, params)
        for sentence in wrong:
            sheet.remarks.error("effect", child, sentence, "见动作清单")
        if not wrong:
            found.append(Effect(on, do, MappingProxyType(params)))
    return tuple(found)


def _wrong_effect(on: str, do: str, params: Mapping[str, str]) -> list[str]:
    grammars = children("effect") or NOTHING
    operation = operations().get(do)
    if operation is None:
        return [f"没有名为“{do}”的动作"]
    wrong = []
    why = fits(grammars["on"], on)
    if why is not None:
        wrong.append(f"{operation.label}的时机 on：{why}")
    for name in operation.requires:
        if not params.get(name):
            wrong.append(f"动作“{operation.label}”缺少 {name}")
    for name, value in params.items():
        if name not in operation.requires and name not in operation.allows:
            wrong.append(f"动作“{operation.label}”没有 {name} 这一项")
        elif value and not value.startswith("="):
            why = fits(grammars[name], value)
            if why is not None:
                wrong.append(f"动作“{operation.label}”的 {name}：{why}")
    return wrong


def read_mappings(
    node: etree._Element, sheet: Sheet
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """`gov:in` and `gov:out` of a call activity (name → FEEL), and those of other tools."""
    ins: dict[str, str] = {}
    outs: dict[str, str] = {}
    for child in extensions(node):
        namespace, _, tag = str(child.tag)[1:].rpartition("}")
        if namespace != GOV or tag not in {"in", "out"}:
            continue
        name, source = (child.get("name") or "").strip(), (child.get("from") or "").strip()
        table = ins if tag == "in" else outs
        if not name or not source:
            sheet.remarks.error("mapping", child, f"gov:{tag} 要写 name 和 from")
        elif name in table:
            sheet.remarks.error("mapping", child, f"“{name}”在 gov:{tag} 里写了两次")
        else:
            table[name] = source
    for child in foreign_children(node, "in", "out"):
        table = ins if str(child.tag).endswith("}in") else outs
        _foreign_mapping(child, table, sheet)
    return MappingProxyType(ins), MappingProxyType(outs)


def _foreign_mapping(child: etree._Element, table: dict[str, str], sheet: Sheet) -> None:
    if child.get("businessKey") is not None and child.get("target") is None:
        sheet.remarks.note("mapping-unused", child, "businessKey 不传递；办件号由系统管理")
        return
    target, source = child.get("target"), child.get("source")
    if source is None and child.get("sourceExpression") is not None:
        source = to_feel(child.get("sourceExpression", ""), child, sheet)
    if child.get("variables") is not None or not target or not source:
        sheet.remarks.error(
            "mapping", child, "只能逐个传递变量，不能全部传递", "写明每一个变量的名称"
        )
        return
    sheet.remarks.note("mapping-converted", child, f"传递“{source}”作为“{target}”")
    table[target] = source


def read_loop(node: etree._Element, sheet: Sheet) -> tuple[MultiInstance | None, Loop | None]:
    """Multi-instance or standard loop of an activity."""
    several = first(node, "multiInstanceLoopCharacteristics")
    loop = first(node, "standardLoopCharacteristics")
    if several is not None and loop is not None:
        sheet.remarks.error("loop", node, "既是多实例又是循环，只能选一种")
    if several is not None:
        refuse_altering(several, node, sheet)
        return _several(several, sheet), None
    return None, _standard(loop, sheet) if loop is not None else None


def _several(node: etree._Element, sheet: Sheet) -> MultiInstance:
    cardinality = to_condition(first(node, "loopCardinality"), sheet)
    collection, item = _collection(node, sheet)
    if first(node, "loopCardinality") is None and collection is None:
        sheet.remarks.error("loop", node, "多实例没有说明办几次", "写明次数或逐项办理的清单")
    if cardinality is not None and collection is not None:
        sheet.remarks.error("loop", node, "多实例既写了次数又写了清单", "只留一种")
    fixed = cardinality is not None and _INTEGER.fullmatch(cardinality) is not None
    if fixed and not 0 <= int(cardinality or 0) <= MAX_INSTANCES:
        sheet.remarks.error("loop", node, f"次数“{cardinality}”应在 0 到 {MAX_INSTANCES} 之间")
    behavior = node.get("behavior") or "All"
    activity = node.getparent()
    thrown = thrown_by_instances(node, behavior, node if activity is None else activity, sheet)
    for name in ("loopDataOutputRef", "outputDataItem", "complexBehaviorDefinition"):
        if first(node, name) is not None:
            sheet.remarks.error(
                "loop-output", node, "多实例的汇总输出不执行", "意见由各环节的表单记录"
            )
    completion = to_condition(first(node, "completionCondition"), sheet)
    if node.get("isSequential") in {"true", "1"} and juel.counts_active(completion or ""):
        sheet.remarks.error(
            "loop",
            node,
            "依次办理时“正在办理的份数”各引擎算法不同，不执行",
            "用 completed 和 total",
        )
    return MultiInstance(
        sequential=node.get("isSequential") in {"true", "1"},
        collection=collection,
        cardinality=cardinality,
        item=item,
        completion=juel.counters(completion) if completion else None,
        behavior=behavior if thrown is not None else "All",
        throws=thrown,
    )


def _collection(node: etree._Element, sheet: Sheet) -> tuple[str | None, str | None]:
    """Standard BPMN first, then `gov:`, then what other tools write."""
    reference = text_of(first(node, "loopDataInputRef"))
    collection = _data_name(reference, sheet) if reference else gov(node, "collection")
    data_item = first(node, "inputDataItem")
    item = gov(node, "item")
    if data_item is not None:
        item = data_item.get("name") or data_item.get("id") or item
    if collection is None:
        written = foreign(node, "collection")
        for child in foreign_children(node, "loopCharacteristics"):
            written = written or child.get("inputCollection")
            item = item or child.get("inputElement")
            if child.get("outputCollection"):
                sheet.remarks.error("loop-output", node, "多实例的汇总输出不执行")
        if written is not None:
            collection = to_feel(written, node, sheet)
            sheet.remarks.note("loop-converted", node, f"逐项办理的清单：{collection}")
    return collection, item or foreign(node, "elementVariable")


def _data_name(reference: str, sheet: Sheet) -> str:
    """`loopDataInputRef` names a data input or object by id; its name is the variable."""
    name = sheet.data_names.get(reference, "")
    return name if name.isidentifier() else reference


def _standard(node: etree._Element, sheet: Sheet) -> Loop:
    condition = to_condition(first(node, "loopCondition"), sheet)
    maximum: int | None = None
    text = node.get("loopMaximum")
    if text is not None:
        if not _INTEGER.fullmatch(text.strip()) or int(text) < 1:
            sheet.remarks.error("loop", node, f"循环次数上限“{text}”应是正整数")
        else:
            maximum = int(text)
    if condition is None and text is None:
        sheet.remarks.error("loop", node, "循环没有条件也没有上限", "写明循环条件或上限")
    return Loop(condition, node.get("testBefore") in {"true", "1"}, maximum)


def read_decision(node: etree._Element, sheet: Sheet) -> tuple[str | None, str | None]:
    """Decision and result variable of a business rule task."""
    decision, variable = gov(node, "decision"), gov(node, "resultVariable")
    if decision is None:
        decision = foreign(node, "decisionRef")
        variable = variable or foreign(node, "resultVariable")
        for child in foreign_children(node, "calledDecision"):
            decision = decision or child.get("decisionId")
            variable = variable or child.get("resultVariable")
        if decision is not None:
            sheet.remarks.note("decision-converted", node, f"调用决策表“{decision}”")
    if decision is None and variable is not None:
        sheet.remarks.error(
            "no-decision",
            node,
            "业务规则任务没有指明决策表，结果却要存入变量",
            'gov:decision="…"',
        )
    elif decision is None:
        sheet.remarks.unfit(
            "no-decision", node, "业务规则任务没有指明决策表，经过时什么也不算",
            'gov:decision="…"',
        )  # fmt: skip
    elif variable is None:
        sheet.remarks.error(
            "no-decision", node, "没有写明决策结果存入哪个变量", 'gov:resultVariable="…"'
        )
    elif "$" in decision or decision.startswith("="):
        sheet.remarks.error("no-decision", node, f"决策表“{decision}”是表达式", "写明标识")
    return decision, variable


def read_called(node: etree._Element, sheet: Sheet) -> str | None:
    """Process id that a call activity calls, without a namespace prefix."""
    called = node.get("calledElement")
    for child in foreign_children(node, "calledElement"):
        called = called or child.get("processId")
    if not called or not called.strip():
        sheet.remarks.error("no-called", node, "调用活动没有指明流程", 'calledElement="…"')
        return None
    called = called.strip()
    if "$" in called or called.startswith("="):
        sheet.remarks.error("no-called", node, f"“{called}”是表达式", "写明流程标识")
        return None
    return called.rpartition(":")[2]


def refuse_quantities(node: etree._Element, sheet: Sheet) -> None:
    """Token quantities other than 1 and compensation markers are not executed."""
    for name in ("startQuantity", "completionQuantity"):
        if (node.get(name) or "1").strip() != "1":
            sheet.remarks.error("quantity", node, f"{name} 只能是 1", "用并行分支或多实例")
    if node.get("isForCompensation") in {"true", "1"}:
        sheet.remarks.error("compensation", node, "补偿活动暂不支持", "画成普通的分支")
    for box in bpmn_children(node, "dataInputAssociation", "dataOutputAssociation"):
        if not any(True for _ in bpmn_children(box, "assignment", "transformation")):
            continue
        if local(box) == "dataInputAssociation" and keeps_inputs(node):
            sheet.remarks.unfit(
                "data-input", box, "数据关联送进任务的数据不起作用", "用表单字段"
            )
        else:
            sheet.remarks.error(
                "data-mapping", box, "数据关联里的赋值不执行", "用 gov:in、gov:out 或表单字段"
            )
