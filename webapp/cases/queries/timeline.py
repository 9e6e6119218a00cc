"""The timeline of a case (经过): audit events as Chinese sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.cases.documents import NAMES
from webapp.cases.planning.ledger import label

STATUS_NAMES = {
    "SUBMITTED": "待收件",
    "RECEIVED": "已收件",
    "CORRECTION": "待补正",
    "NOT_REQUIRED": "不受理",
    "REFUSED_ACCEPTANCE": "不予受理",
    "ACCEPTED": "已受理",
    "ACCEPTED_TOLERANT": "容缺受理",
    "IN_REVIEW": "审查中",
    "SUSPENDED": "特别程序",
    "JOINT": "联办会办",
    "FORWARDED": "已上报",
    "DECIDING": "待决定",
    "APPROVED": "准予",
    "REFUSED": "不予",
    "DELIVERED": "已送达",
    "WITHDRAWN": "已撤回",
    "CLOSED": "已办结",
}
RESULT_NAMES = {
    "granted": "准予",
    "refused": "不予",
    "not_required": "不需要办理",
    "not_accepted": "不予受理",
    "returned": "退回",
    "withdrawn": "申请人撤回",
    "expired": "逾期未补正,终止",
    "terminated": "终止",
    "answered": "已答复",
    "guided": "已指导",
    "redirected": "已转送",
    "handled_elsewhere": "另行办理",
}
_MATERIAL_STATES = {
    "required": "未收",
    "received": "已收",
    "to_check": "待核对",
    "checked": "已核对原件",
    "defective": "不符合要求",
    "missing": "缺",
    "waived": "免提交",
}
_TOLD = {
    "applicant": "申请人",
    "township.window": "乡镇窗口",
    "village.agent": "村级代办员",
    "agent": "代办员",
}
_LEVELS = {
    "village": "村级代办员代为提交",
    "township": "在乡镇窗口提交",
    "county": "在县级窗口提交",
}
_ENTRIES = {
    "started": "起算",
    "stopped": "暂停",
    "resumed": "恢复计算",
    "extended": "延长",
    "ended": "结束",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: `what` is the main sentence, `then` what followed from it."""

    at: datetime
    who: str
    acting_as: str
    kind: str
    what: str
    then: tuple[str, ...] = ()


def lines(events: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Events (rows of the audit chain) as lines, in their own order."""
    return tuple(_line(event) for event in events)


def _line(event: Mapping[str, Any]) -> Line:
    payload: Mapping[str, Any] = event["payload"] or {}
    say = _SAY.get(event["kind"])
    return Line(
        at=event["at"],
        who=event["actor_name"],
        acting_as=event["acting_as"],
        kind=event["kind"],
        what=say(payload) if say else "作了一项记录",
        then=tuple(_then(payload)),
    )


def _opened(payload: Mapping[str, Any]) -> str:
    return f"登记申请:{_LEVELS.get(payload.get('level', ''), '提交')}"


def _completed(payload: Mapping[str, Any]) -> str:
    outcome = payload.get("outcome_label")
    return f"办完“{payload['step']}”" + (f",结论:{outcome}" if outcome else "")


def _claimed(payload: Mapping[str, Any]) -> str:
    papers = ",并签收随件材料" if payload.get("signed_for") else ""
    return f"签收“{payload['step']}”{papers}"


def _fired(payload: Mapping[str, Any]) -> str:
    name = label(payload["clock"])
    before = payload.get("before")
    return f"{name}届满前{before}个工作日" if before else f"{name}届满"


def _material(payload: Mapping[str, Any]) -> str:
    states = _MATERIAL_STATES
    return f"材料“{payload['name']}”改为{states.get(payload['to'], payload['to'])}"


_SAY: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "opened": _opened,
    "completed": _completed,
    "claimed": _claimed,
    "released": lambda payload: f"把“{payload['step']}”退回待办",
    "fired": _fired,
    "material": _material,
    "supplied": lambda payload: f"登记补交材料{len(payload['materials'])}份",
    "attached": lambda payload: "上传了附件",
    "detached": lambda payload: "删除了附件",
    "revealed": lambda payload: "查看了隐去的个人信息",
    "delivered": lambda payload: "收到其他流程的消息",
    "recounted": lambda payload: "按新的工作日日历重新计算期限",
    "withdrawn": lambda payload: "申请人撤回申请",
}


def _then(payload: Mapping[str, Any]) -> Iterable[str]:
    for code, number in payload.get("documents", ()):
        yield f"出具{NAMES.get(code, code)} {number}"
    for kind, run, entry in payload.get("clocks", ()):
        again = "再次" if run > 1 and entry == "started" else ""
        yield f"{label(kind)}{again}{_ENTRIES.get(entry, entry)}"
    status = payload.get("status")
    if status:
        yield f"办件状态:{STATUS_NAMES.get(status, status)}"
    told = {_TOLD.get(to, to) for to, _ in payload.get("told", ())}
    if told:
        yield f"告知{'、'.join(sorted(told))}"
    for step, unit, role in payload.get("opened", ()):
        yield f"交给 {unit} {role}:{step}"
    result = payload.get("result")
    if result:
        yield f"办理结果:{RESULT_NAMES.get(result, result)}"
