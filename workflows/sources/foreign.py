"""Attributes of other engines (camunda, zeebe, flowable, activiti): converted or said.

What means the same here is converted with a note; what concerns who works or what other
programs do is `unfit`; what would change the data or the path is an `error`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from workflows.model import Limit, LimitUnit
from workflows.sources import juel
from workflows.sources.altering import refuse_altering
from workflows.sources.sheet import FOREIGN, Sheet, extensions, local, text_of, words

_CODE = frozenset({"class", "delegateExpression", "expression", "type", "topic", "jobType"})
_CONVERTED = words(
    """formKey formRef assignee candidateGroups candidateUsers dueDate collection
    elementVariable decisionRef resultVariable mapDecisionResult"""
)
_CODE_CHILDREN = words(
    """executionListener taskListener executionListeners taskListeners connector field
    taskDefinition failedJobRetryTimeCycle eventListener serviceTaskOperator"""
)
_DATA_CHILDREN = words("inputOutput ioMapping")
_READ_CHILDREN = words(
    """in out formDefinition assignmentDefinition calledElement calledDecision
    loopCharacteristics userTask"""
)
_INWARD = words("task userTask manualTask serviceTask sendTask receiveTask")
_CATCH_VARIABLES = words("errorCodeVariable errorMessageVariable escalationCodeVariable")
_CONDITION_FILTERS = words("variableName variableEvents")
_LANGUAGES = re.compile(r"feel|juel|xpath|/dmn/", re.IGNORECASE)
_PROGRAMS = re.compile(r"mvel|groovy|python|ruby|script|java(?!types)", re.IGNORECASE)
_PYTHON = re.compile(r"(?<![\w.])(?:True|False|None)(?!\w)")
_STRINGS = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_PLAIN = re.compile(r"[^${}#=]+")
_DAYS = re.compile(r"P(\d{1,3})D")


def foreign(node: etree._Element, *names: str) -> str | None:
    """The first attribute of that local name in a known foreign namespace."""
    for namespace in FOREIGN:
        for name in names:
            value = node.get("{" + namespace + "}" + name)
            if value is not None and value.strip():
                return value.strip()
    return None


def foreign_children(node: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Extension elements of these local names in a known foreign namespace."""
    for child in extensions(node):
        namespace, _, name = str(child.tag)[1:].rpartition("}")
        if namespace in FOREIGN and (not names or name in names):
            yield child


def to_feel(text: str, node: etree._Element, sheet: Sheet) -> str | None:
    """An expression as FEEL: FEEL as it is, `=…` of Zeebe, simple JUEL; None: refused.

    `x == True` of SpiffWorkflow would compare with a variable that nobody sets.
    """
    said = text.strip()
    strange = _PYTHON.search(_STRINGS.sub("", said))
    if strange is not None:
        sheet.remarks.error(
            "language",
            node,
            f"“{strange.group()}”是 Python 的写法，这里会当作没有值的变量，不执行",
            "写 true、false 或 null",
        )
        return None
    if said.startswith("=") and not said.startswith("=="):
        return said[1:].strip() or None
    if juel.is_juel(said) or juel.looks_like_juel(said):
        converted = juel.to_feel(said)
        if converted is None:
            sheet.remarks.error(
                "juel",
                node,
                f"这个表达式转换不了：{said[:80]}",
                '改写成 FEEL，例如 结果 = "同意" and 天数 > 3',
            )
            return None
        sheet.remarks.note("juel-converted", node, f"表达式已换成 FEEL：{converted}")
        return converted
    return said or None


def to_condition(node: etree._Element | None, sheet: Sheet) -> str | None:
    """A condition element as FEEL; None where it is absent, empty or refused (then said)."""
    if node is None:
        return None
    language = node.get("language")
    if language and not _LANGUAGES.search(language):
        sheet.remarks.error(
            "language", node, f"条件使用了不执行的语言“{language}”", "改写成 FEEL"
        )
        return None
    text = text_of(node)
    spoken = node.getroottree().getroot().get("expressionLanguage") or ""
    if text and not language and not juel.is_juel(text) and _PROGRAMS.search(spoken):
        sheet.remarks.error(
            "language", node, f"文件的条件用“{spoken}”写成，不执行", "改写成 FEEL"
        )
        return None
    if foreign(node, "resource") is not None:
        sheet.remarks.error("language", node, "条件写在外部文件里，不执行", "改写成 FEEL")
        return None
    return to_feel(text, node, sheet) if text else None


def role_of(node: etree._Element, sheet: Sheet) -> str | None:
    """A role from candidate groups or resource roles of other tools, where it is plain."""
    groups = foreign(node, "candidateGroups")
    people = foreign(node, "assignee", "candidateUsers")
    for child in foreign_children(node, "assignmentDefinition"):
        groups = groups or child.get("candidateGroups")
        people = people or child.get("assignee") or child.get("candidateUsers")
    if people is not None:
        sheet.remarks.unfit(
            "assignee", node, f"指定了个人“{people}”；本系统按泳道的角色分派", "放进相应的泳道"
        )
    if groups is None:
        groups = _resource(node)
    if groups is None:
        return None
    if _PLAIN.fullmatch(groups) and "," not in groups:
        sheet.remarks.note("role-converted", node, f"候选组“{groups}”作为承办角色")
        return groups.strip()
    sheet.remarks.unfit(
        "role-unclear", node, f"候选组“{groups}”不能换成一个角色", "放进相应的泳道"
    )
    return None


def _resource(node: etree._Element) -> str | None:
    for child in node:
        if local(child) in {"potentialOwner", "humanPerformer", "performer", "resourceRole"}:
            return text_of(child) or child.get("name") or "?"
    return None


def form_of(node: etree._Element, sheet: Sheet) -> str | None:
    """A form key of another tool, without its `embedded:` or `camunda-forms:` dressing."""
    key = foreign(node, "formKey", "formRef")
    for child in foreign_children(node, "formDefinition"):
        key = (
            key or child.get("formKey") or child.get("formId") or child.get("externalReference")
        )
    if key is None:
        return None
    if not _PLAIN.fullmatch(key):
        sheet.remarks.unfit("form-unclear", node, f"表单“{key}”是表达式", "写明表单标识")
        return None
    name = key.rpartition(":")[2].rpartition("/")[2].partition(".")[0]
    sheet.remarks.note("form-converted", node, f"表单“{key}”作为“{name}”")
    return name or None


def limit_of(node: etree._Element, sheet: Sheet) -> Limit | None:
    """A due date of another tool: whole days are calendar days, anything else is said."""
    due = foreign(node, "dueDate")
    if due is None:
        return None
    days = _DAYS.fullmatch(due)
    if days is not None and int(days.group(1)) > 0:
        sheet.remarks.note("limit-converted", node, f"期限“{due}”作为 {days.group(1)} 个自然日")
        return Limit(int(days.group(1)), LimitUnit.DAY)
    sheet.remarks.unfit("limit-unclear", node, f"期限“{due}”换算不了", "写 gov:limit")
    return None


def survey_definition(definition: etree._Element, event: etree._Element, sheet: Sheet) -> None:
    """Say what of an event definition's foreign attributes does not act here."""
    refuse_altering(definition, event, sheet)
    for key in definition.attrib:
        namespace, _, name = str(key)[1:].rpartition("}")
        if namespace not in FOREIGN:
            continue
        shown = f"{FOREIGN[namespace]}:{name}"
        if name in _CATCH_VARIABLES:
            sheet.remarks.error(
                "foreign-data", event, f"{shown} 存入的变量在本系统中不会产生", "删去它"
            )
        elif name in _CONDITION_FILTERS:
            sheet.remarks.unfit(
                "condition-filter", event, f"{shown} 不起作用：任何变量变化时都重新判断条件"
            )
        elif name in _CODE:
            sheet.remarks.unfit(
                "foreign-code", event, f"{shown} 指向的程序不执行", "用 gov:effect"
            )
        else:
            sheet.remarks.unused(shown, event)


def keeps_inputs(node: etree._Element) -> bool:
    """Whether what is put into an element stays there: a task that computes nothing here."""
    repeated = any(local(child).endswith("LoopCharacteristics") for child in node)
    return local(node) in _INWARD and not repeated


def _moved(child: etree._Element, node: etree._Element, shown: str, sheet: Sheet) -> None:
    """A mapping of data: what only goes into a task changes nothing; what comes out would."""
    names = {str(one.tag).rpartition("}")[2] for one in child}
    if names and names <= {"inputParameter", "input"} and keeps_inputs(node):
        sheet.remarks.unfit(
            "foreign-input", child, f"{shown} 送进任务的数据不起作用", "用表单字段"
        )
    else:
        sheet.remarks.error(
            "foreign-data", child, f"{shown} 搬运数据，不执行", "用 gov:in、gov:out 或表单字段"
        )


def survey_foreign(node: etree._Element, sheet: Sheet) -> None:
    """Say what of an element's foreign attributes and extensions does not act here."""
    refuse_altering(node, node, sheet)
    for key in node.attrib:
        namespace, _, name = str(key)[1:].rpartition("}")
        if namespace not in FOREIGN or name in _CONVERTED:
            continue
        shown = f"{FOREIGN[namespace]}:{name}"
        if name == "cancelActivity":
            continue
        if name in _CODE:
            sheet.remarks.unfit(
                "foreign-code",
                node,
                f"{shown} 指向的程序不执行；经过时什么也不做",
                "用 gov:effect",
            )
        else:
            sheet.remarks.unused(shown, node)
    for child in foreign_children(node):
        namespace, _, name = str(child.tag)[1:].rpartition("}")
        shown = f"{FOREIGN[namespace]}:{name}"
        if name in _DATA_CHILDREN:
            _moved(child, node, shown, sheet)
        elif name in _CODE_CHILDREN:
            sheet.remarks.unfit(
                "foreign-code", child, f"{shown} 指向的程序不执行", "用 gov:effect"
            )
        elif name not in _READ_CHILDREN:
            sheet.remarks.unused(shown, child)
