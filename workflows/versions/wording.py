"""How a director calls things: names of steps, roles, limits, documents and expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflows.model import (
    NOTHING,
    Effect,
    Element,
    Event,
    Flow,
    Kind,
    Limit,
    LimitUnit,
    Process,
    Trigger,
)
from workflows.sources.vocabulary import labels, operations

KINDS = {
    Kind.START: "开始事件",
    Kind.END: "结束事件",
    Kind.CATCH: "等待事件",
    Kind.THROW: "抛出事件",
    Kind.BOUNDARY: "边界事件",
    Kind.USER_TASK: "环节",
    Kind.MANUAL_TASK: "手工环节",
    Kind.SERVICE_TASK: "自动环节",
    Kind.SEND_TASK: "发送环节",
    Kind.RECEIVE_TASK: "接收环节",
    Kind.RULE_TASK: "决策环节",
    Kind.PLAIN_TASK: "普通环节",
    Kind.CALL: "调用",
    Kind.SUBPROCESS: "子流程",
    Kind.EVENT_SUBPROCESS: "事件子流程",
    Kind.EXCLUSIVE: "排他网关",
    Kind.PARALLEL: "并行网关",
    Kind.INCLUSIVE: "包容网关",
    Kind.EVENT_BASED: "事件网关",
}
_TRIGGERS = {
    Trigger.NONE: "无条件",
    Trigger.MESSAGE: "消息",
    Trigger.TIMER: "时限",
    Trigger.ERROR: "错误",
    Trigger.ESCALATION: "升级",
    Trigger.SIGNAL: "信号",
    Trigger.TERMINATE: "终止",
    Trigger.CONDITIONAL: "条件",
}
_MOMENTS = {"enter": "进入时", "complete": "完成时", "cancel": "取消时"}
_SHOWN = ("document", "clock", "result", "status", "template", "message", "process")
_VOCABULARIES = {
    "clock": "Clock", "result": "Result", "status": "Status", "papers": "Papers",
    "opinion": "Opinion", "level": "Level", "unit": "LimitUnit",
}  # fmt: skip
_PARAMS = {
    "days": "天数", "unit": "单位", "until": "截止", "cause": "事由", "basis": "依据",
    "document": "文书", "again": "延长", "department": "部门", "opinion": "意见",
    "level": "层级", "papers": "内容", "template": "模板", "to": "对象",
}  # fmt: skip
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_TEXT = re.compile(r'("(?:[^"\\]|\\.)*")')
_TIGHT = re.compile(r"\s*([=<>!(),\[\]{}:]+)\s*")


@dataclass(frozen=True, slots=True)
class Names:
    """Chinese names of roles and documents, where somebody has given them."""

    roles: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    documents: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def role(self, key: str | None) -> str:
        """A role as people call it."""
        return f"“{self.roles.get(key, key)}”" if key else "没有角色"

    def document(self, code: str) -> str:
        """A document with its title, where it is known."""
        title = self.documents.get(code)
        return f"《{title}》（{code}）" if title else f"文书 {code}"


def called(element: Element) -> str:
    """「审核」; an element without a name by its kind and id."""
    return f"「{element.name}」" if element.name else f"{KINDS[element.kind]} {element.id}"


def flat(text: str | None) -> str:
    """An expression without the white space that FEEL does not see; texts stay as they are."""
    parts = _TEXT.split((text or "").strip())
    return "".join(
        part if at % 2 else _TIGHT.sub(r"\1", " ".join(_edges(part)))
        for at, part in enumerate(parts)
    )


def _edges(part: str) -> list[str]:
    """Words of a stretch between texts, keeping one blank at its ends."""
    words = part.split()
    lead = [""] if part[:1].isspace() else []
    tail = [""] if part[-1:].isspace() and words else []
    return [*lead, *words, *tail]


def limit(value: Limit | None) -> str | None:
    """5 个工作日, 4 个工作小时, 7 天, 当日."""
    if value is None:
        return None
    if value.unit is LimitUnit.SAME_DAY:
        return "当日"
    unit = {"workday": "个工作日", "hour": "个工作小时", "day": "天"}[value.unit.value]
    return f"{value.amount} {unit}"


def event(value: Event | None) -> str | None:
    """What an event waits for or throws."""
    if value is None:
        return None
    if value.trigger is Trigger.TIMER:
        clock = labels("Clock").get(value.clock or "", value.clock or "")
        if clock.startswith("iso:"):
            return f"时间（{spoken_time(clock[4:])}）到"
        return f"“{clock}”到期前 {value.before} 个工作日" if value.before else f"“{clock}”到期"
    said = _TRIGGERS[value.trigger]
    if value.trigger is Trigger.CONDITIONAL:
        return f"{said}“{value.condition}”"
    return f"{said}“{value.ref}”" if value.ref else said


def spoken_time(written: str) -> str:
    """`P3DT2H` → 3 天 2 小时; what is no plain duration (a date, a cycle, FEEL) as it is."""
    found = _DURATION.fullmatch(written)
    if found is None or written.endswith("T"):
        return written
    units = ("年", "个月", "周", "天", "小时", "分钟", "秒")
    said = [f"{part} {unit}" for part, unit in zip(found.groups(), units, strict=True) if part]
    return " ".join(said) or written


def effect(value: Effect, names: Names) -> str:
    """完成时发出《准予决定书》（D19）."""
    do = operations()[value.do].label if value.do in operations() else value.do
    params = dict(value.params)
    head = ""
    for name in _SHOWN:
        if name in params and (not head or name != "document"):
            head = _param(name, params.pop(name), names)
            break
    if value.do == "hand-over" and "to" in params:
        head = f"给{names.role(params.pop('to'))}"
    if value.do == "notify" and "to" in params:
        to = params.pop("to")
        head = f"{labels('Addressee').get(to, names.role(to))}（模板 {head}）"
    if value.do == "issue-document":
        do = "发出"
    rest = "，".join(f"{_PARAMS.get(k, k)} {_param(k, v, names)}" for k, v in params.items())
    return f"{_MOMENTS.get(value.on, value.on)}{do}{head}" + (f"（{rest}）" if rest else "")


def _param(name: str, text: str, names: Names) -> str:
    if text.startswith("="):
        return f"“{text}”"
    if name == "document":
        return names.document(text)
    if name == "to":
        return names.role(text)
    vocabulary = labels(_VOCABULARIES[name]) if name in _VOCABULARIES else NOTHING
    return f"“{vocabulary.get(text, text)}”" if name in _SHOWN else vocabulary.get(text, text)


def steps(ids: Iterable[str], process: Process) -> str | None:
    """「提出承办意见」、「审核」; ids of other processes stay ids."""
    known = {e.id: e for e in process.scope.walk()}
    said = "、".join(called(known[one]) if one in known else one for one in ids)
    return said or None


def returns(targets: tuple[str, ...], process: Process) -> str:
    """Where a step may be returned to."""
    words = {"none": "不能退回", "previous": "上一环节", "any": "任一环节"}
    if len(targets) == 1 and targets[0] in words:
        return words[targets[0]]
    return steps(targets, process) or "不能退回"


def way(flow: Flow, source: Element, target: Element) -> str:
    """「审核同意？」→「批准」（“同意”）."""
    answer = f"（“{flow.name}”）" if flow.name else ""
    return f"{called(source)}→{called(target)}{answer}"


def condition(flow: Flow) -> str | None:
    """The condition as drawn; 默认 for the default flow."""
    return "默认" if flow.default else flow.condition
