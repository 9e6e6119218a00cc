"""What other engines let an attribute do to path or data, which reading passed over.

Examined with the test diagrams of Flowable, Activiti, Camunda, Zeebe and SpiffWorkflow: a skipped
task, a task that waits to be triggered, a decision called as a service, a result stored by a
program, an end that stops all instances, a script beside a task and variables handed to a called
process all at once were accepted, said to be without effect and run otherwise than there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from workflows.sources.sheet import FOREIGN, Sheet, extensions, words

_FORM = "用业务规则任务或表单字段"
_SKIPS = "{} 会按条件跳过这一处，不执行"
_STORES = "{} 存入的变量在本系统中不会产生"
_PATH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "skipExpression": (_SKIPS, "画出网关"),
        "triggerable": ("{} 要等程序触发才往下走，不执行", "改用接收任务"),
        "terminateAll": ("{} 会连同上层流程一起停下，不执行", "用错误事件逐层结束"),
        "terminateMultiInstance": ("{} 会停下多实例的所有份，不执行", "写多实例的完成条件"),
        "inheritVariables": ("{} 会传递全部变量，不执行", "用 gov:in 逐个写明"),
    }
)
_STORED = words(
    """resultVariableName ruleVariablesInput taskIdVariableName errorVariableName
    processInstanceIdVariableName caseInstanceIdVariableName elementIndexVariable
    variableMappingClass variableMappingDelegateExpression"""
)
_COMPUTING_TYPES = words("dmn case")
_CHILDREN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "preScript": ("{} 是脚本，会改变变量，不执行", _FORM),
        "postScript": ("{} 是脚本，会改变变量，不执行", _FORM),
        "calledDecisionId": ("{} 没有写明结果存入哪个变量，不执行", 'gov:decision="…"'),
        "variableAggregation": ("{} 汇总各份的变量，不执行", "意见由各环节的表单记录"),
    }
)
_ON = frozenset({"true", "1"})


def refuse_altering(node: etree._Element, place: etree._Element, sheet: Sheet) -> None:
    """Refuse what changes path or data; `place` is the element that a finding names."""
    for sentence, remedy in (*_attributes(node), *_children(node)):
        sheet.remarks.error("foreign-data", place, sentence, remedy)


def _attributes(node: etree._Element) -> Iterator[tuple[str, str]]:
    for key, written in node.attrib.items():
        namespace, _, name = str(key)[1:].rpartition("}")
        value = str(written).strip()
        if namespace not in FOREIGN or not value:
            continue
        shown = f"{FOREIGN[namespace]}:{name}"
        if name in _PATH and (value in _ON or name == "skipExpression"):
            sentence, remedy = _PATH[name]
            yield sentence.format(shown), remedy
        elif name in _STORED:
            yield _STORES.format(shown), _FORM
        elif name == "type" and value in _COMPUTING_TYPES:
            yield f"{shown}=“{value}”会算出变量，不执行", 'gov:decision="…"'


def _children(node: etree._Element) -> Iterator[tuple[str, str]]:
    for child in extensions(node):
        namespace, _, name = str(child.tag)[1:].rpartition("}")
        if namespace not in FOREIGN:
            continue
        shown = f"{FOREIGN[namespace]}:{name}"
        if name in _CHILDREN:
            sentence, remedy = _CHILDREN[name]
            yield sentence.format(shown), remedy
        elif name == "serviceTaskOperator" and child.get("resultVariable"):
            yield _STORES.format(shown), _FORM
        elif name == "calledElement":
            yield from _zeebe_call(child, shown)


def _zeebe_call(child: etree._Element, shown: str) -> Iterator[tuple[str, str]]:
    """Zeebe hands all variables to a called process and back unless it is told not to."""
    ways = ("propagateAllParentVariables", "传入"), ("propagateAllChildVariables", "传回")
    for name, way in ways:
        if child.get(name, "true").strip() != "false":
            yield (
                f"{shown} 没有写 {name}=“false”，会{way}全部变量，不执行",
                "写上 false，再用 gov:in、gov:out 逐个写明",
            )
