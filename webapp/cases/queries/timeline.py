"""The timeline of a case (经过): audit events as Chinese sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from webapp.cases.documents import NAMES
from webapp.cases.planning.ledger import label

STATUS_NAMES = {
    "SUBMITTED": gettext_noop("待收件"),
    "RECEIVED": gettext_noop("已收件"),
    "CORRECTION": gettext_noop("待补正"),
    "NOT_REQUIRED": gettext_noop("不受理"),
    "REFUSED_ACCEPTANCE": gettext_noop("不予受理"),
    "ACCEPTED": gettext_noop("已受理"),
    "ACCEPTED_TOLERANT": gettext_noop("容缺受理"),
    "IN_REVIEW": gettext_noop("审查中"),
    "SUSPENDED": gettext_noop("特别程序"),
    "JOINT": gettext_noop("联办会办"),
    "FORWARDED": gettext_noop("已上报"),
    "DECIDING": gettext_noop("待决定"),
    "APPROVED": gettext_noop("准予"),
    "REFUSED": gettext_noop("不予"),
    "TERMINATED": gettext_noop("已终止"),
    "DELIVERED": gettext_noop("已送达"),
    "WITHDRAWN": gettext_noop("已撤回"),
    "CLOSED": gettext_noop("已办结"),
}
RESULT_NAMES = {
    "granted": gettext_noop("准予"),
    "refused": gettext_noop("不予批准"),
    "not_required": gettext_noop("不受理（无需许可）"),
    "not_accepted": gettext_noop("不予受理"),
    "returned": gettext_noop("退回"),
    "withdrawn": gettext_noop("申请人撤回"),
    "expired": gettext_noop("逾期未补齐终止"),
    "terminated": gettext_noop("终止"),
    "answered": gettext_noop("已答复"),
    "guided": gettext_noop("已指导"),
    "redirected": gettext_noop("已转送"),
    "handled_elsewhere": gettext_noop("另行办理"),
}
_MATERIAL_STATES = {
    "required": gettext_noop("未收"),
    "received": gettext_noop("已收"),
    "to_check": gettext_noop("待核对"),
    "checked": gettext_noop("已核对原件"),
    "defective": gettext_noop("不符合要求"),
    "missing": gettext_noop("缺"),
    "waived": gettext_noop("免提交"),
}
_TOLD = {
    "applicant": gettext_noop("申请人"),
    "township.window": gettext_noop("乡镇窗口"),
    "village.agent": gettext_noop("村级代办员"),
    "agent": gettext_noop("代办员"),
    "township.handler": gettext_noop("站所承办人"),
    "county.handler": gettext_noop("县级承办人"),
}
_LEVELS = {
    "village": gettext_noop("村级代办员代为提交"),
    "township": gettext_noop("在乡镇窗口提交"),
    "county": gettext_noop("在县级窗口提交"),
}
_ENTRIES = {
    "started": gettext_noop("起算"),
    "stopped": gettext_noop("暂停"),
    "resumed": gettext_noop("恢复计算"),
    "extended": gettext_noop("延长"),
    "ended": gettext_noop("结束"),
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
        what=say(payload) if say else _("作了一项记录"),
        then=tuple(_then(event["kind"], payload)),
    )


def _opened(payload: Mapping[str, Any]) -> str:
    how = _(_LEVELS.get(payload.get("level", ""), "提交"))
    return _("登记申请：{how}").format(how=how)


def _returned(payload: Mapping[str, Any]) -> str:
    return _("把“{step}”退回“{to}”").format(step=payload["step"], to=payload["to_step"])


def _completed(payload: Mapping[str, Any]) -> str:
    outcome = payload.get("outcome_label")
    words = _("办完“{step}”，结论：{outcome}") if outcome else _("办完“{step}”")
    return words.format(step=payload["step"], outcome=outcome)


def _claimed(payload: Mapping[str, Any]) -> str:
    with_papers = bool(payload.get("signed_for"))
    words = _("签收“{step}”，并签收随件材料") if with_papers else _("签收“{step}”")
    return words.format(step=payload["step"])


def _fired(payload: Mapping[str, Any]) -> str:
    name = label(payload["clock"])
    before = payload.get("before")
    if not before:
        return _("{clock}届满").format(clock=name)
    words = ngettext("{clock}届满前{n}个工作日", "{clock}届满前{n}个工作日", before)
    return words.format(clock=name, n=before)


def _material(payload: Mapping[str, Any]) -> str:
    state = _(_MATERIAL_STATES.get(payload["to"], payload["to"]))
    return _("材料“{name}”改为{state}").format(name=payload["name"], state=state)


def _supplied(payload: Mapping[str, Any]) -> str:
    n = len(payload["materials"])
    return ngettext("登记补交材料{n}份", "登记补交材料{n}份", n).format(n=n)


def _delivered(payload: Mapping[str, Any]) -> str:
    if "signal" in payload:
        return _("收到其他办件的信号“{name}”").format(name=payload["message"])
    return _("收到其他流程的消息")


def _gave_back(payload: Mapping[str, Any]) -> str:
    if payload.get("posted"):
        return _("登记邮寄退还申请人的材料")
    return _("登记申请人签收退还的材料和文书")


def _terminated(payload: Mapping[str, Any]) -> str:
    sent_back = payload.get("paper") == "D10"
    words = _("确认退回申请：{why}") if sent_back else _("确认终止办理：{why}")
    return words.format(why=payload["reason"])


def _printed(payload: Mapping[str, Any]) -> str:
    numbers = "、".join(str(number) for number in payload["documents"])
    if payload["copies"]:
        return _("打印文书：{numbers}（其中补打副本{n}份）").format(
            numbers=numbers, n=len(payload["copies"])
        )
    return _("打印文书：{numbers}").format(numbers=numbers)


def _transferred(payload: Mapping[str, Any]) -> str:
    back = bool(payload.get("back"))
    words = (
        _("退回流程“{process}”第{to}版（原第{old}版）：{why}")
        if back
        else _("换到流程“{process}”第{to}版（原第{old}版）：{why}")
    )
    return words.format(
        process=payload["process"], to=payload["to"], old=payload["from"], why=payload["reason"]
    )


def _after_transfer(payload: Mapping[str, Any]) -> Iterable[str]:
    """What the move meant at once: steps that look different, that stopped, times watched."""
    for old, new, unit, role in payload.get("changed", ()):
        if unit:
            yield _("待办“{old}”改为“{new}”，交给 {unit} {role}").format(
                old=old, new=new, unit=unit, role=role
            )
        elif old != new:
            yield _("待办“{old}”改为“{new}”").format(old=old, new=new)
        else:
            yield _("待办“{step}”的表单换成新版").format(step=new)
    for step in payload.get("closed", ()):
        yield _("停下待办“{step}”").format(step=step)
    armed, disarmed = len(payload.get("armed", ())), payload.get("disarmed", 0)
    if armed:
        yield ngettext("新设{n}个定时", "新设{n}个定时", armed).format(n=armed)
    if disarmed:
        yield ngettext("停用{n}个定时", "停用{n}个定时", disarmed).format(n=disarmed)


def _commented(payload: Mapping[str, Any]) -> str:
    names = _("、").join(payload["to_names"])
    return _("在办件上留言，@{names}").format(names=names) if names else _("在办件上留言")


_SAY: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "opened": _opened,
    "completed": _completed,
    "returned": _returned,
    "claimed": _claimed,
    "reassigned": lambda payload: _("把“{step}”转给{name}办：{why}").format(
        step=payload["step"], name=payload["to_name"], why=payload["reason"]
    ),
    "agent_changed": lambda payload: _("代办员离岗，委托人同意后改由{name}代办").format(
        name=payload["to_name"]
    ),
    "released": lambda payload: _("把“{step}”退回待办").format(step=payload["step"]),
    "fired": _fired,
    "material": _material,
    "supplied": _supplied,
    "late_request_allowed": lambda payload: _("批准新提要求“{name}”，登记差错：{why}").format(
        name=payload["name"], why=payload["reason"]
    ),
    "attached": lambda payload: _("上传了附件"),
    "detached": lambda payload: _("删除了附件"),
    "quarantined": lambda payload: ngettext(
        "查出病毒，隔离了{n}个文件，须请申请人重新交",
        "查出病毒，隔离了{n}个文件，须请申请人重新交",
        len(payload["attachments"]),
    ).format(n=len(payload["attachments"])),
    "revealed": lambda payload: _("查看了隐去的个人信息"),
    "printed": _printed,
    "paper_issued": lambda payload: _("应要求出具文书"),
    "mandate_revoked": lambda payload: _("申请人取消了代办委托：{why}").format(
        why=payload["reason"]
    ),
    "papers_received": lambda payload: _("签收移交来的材料"),
    "put_on_run": lambda payload: _("材料列入流转清单{run}").format(run=payload["run"]),
    "exported": lambda payload: _("导出了案卷"),
    "typeset": lambda payload: _("文书存成文件，校验码已记入本卷"),
    "delivered": _delivered,
    "transferred": _transferred,
    "repaired": lambda payload: (
        _("修复：让停下的指令再走一遍")
        if payload.get("repair") == "requeue"
        else _("修复：按时限账重新计算日期")
    ),
    "recounted": lambda payload: _("按新的工作日日历重新计算期限"),
    "delayed": lambda payload: _("“{step}”延期到{day}，已告知申请人").format(
        step=payload["step"], day=payload["until"]
    ),
    "card_appealed": lambda payload: _("对督办牌{rule}提出申诉").format(rule=payload["rule"]),
    "card_cancelled": lambda payload: _("申诉成立，撤销督办牌{rule}").format(
        rule=payload["rule"]
    ),
    "card_upheld": lambda payload: _("申诉不成立，维持督办牌{rule}").format(
        rule=payload["rule"]
    ),
    "urged": lambda payload: _("催办“{steps}”：{why}").format(
        steps=_("、").join(payload["steps"]), why=payload["why"]
    ),
    "supervised": lambda payload: _("督办，{day}前答复：{why}").format(
        day=payload["until"], why=payload["why"]
    ),
    "demand_answered": lambda payload: _("答复督办：{answer}").format(answer=payload["answer"]),
    "copied": lambda payload: _("抄送{name}：{why}").format(
        name=payload["to_name"], why=payload["why"]
    ),
    "copy_ended": lambda payload: _("收回给{name}的抄送").format(name=payload["to_name"]),
    "commented": _commented,
    "snoozed": lambda payload: _("“{step}”稍后处理，{day}再看；期限照常").format(
        step=payload["step"], day=payload["until"]
    ),
    "woken": lambda payload: _("“{step}”不再稍后处理").format(step=payload["step"]),
    "suspended": lambda payload: _("中止办理"),
    "resumed": lambda payload: _("恢复办理：{why}").format(why=payload["reason"]),
    "termination_proposed": lambda payload: _("提议终止办理：{why}").format(
        why=payload["reason"]
    ),
    "termination_declined": lambda payload: _("不同意终止办理：{why}").format(
        why=payload["note"]
    ),
    "terminated": _terminated,
    "withdrawn": lambda payload: _("申请人撤回申请"),
    "gave_back": _gave_back,
    "command_forwarded": lambda payload: _("撤回或者终止转给乡镇办件：{why}").format(
        why=payload["reason"]
    ),
    "command_arrived": lambda payload: _("乡镇办件已收到转去的终止提议"),
    "command_refused": lambda payload: _("乡镇办件不能撤回或者终止：{why}").format(
        why=payload["why"]
    ),
    "filing_acknowledged": lambda payload: _("县政务办审阅否定报备，已备案：{why}").format(
        why=payload["opinion"]
    ),
    "filing_queried": lambda payload: _("县政务办对否定报备提出质询：{why}").format(
        why=payload["opinion"]
    ),
    "query_answered": lambda payload: _("答复县政务办的质询：{why}").format(
        why=payload["answer"]
    ),
}


def _moved_line(kind: str, days: Sequence[str]) -> str:
    """Old and new due day; recounts of before this product kept both have the new one only."""
    if len(days) == 1:
        return _("{clock}：到期日{new}").format(clock=label(kind), new=days[0])
    words = _("{clock}：到期日由{old}改为{new}")
    return words.format(clock=label(kind), old=days[0], new=days[1])


def _then(event: str, payload: Mapping[str, Any]) -> Iterable[str]:
    if event == "transferred":
        yield from _after_transfer(payload)
    for code, number in payload.get("documents", ()):
        yield _("出具{name} {number}").format(name=_(NAMES.get(code, code)), number=number)
    for kind, run, entry in payload.get("clocks", ()):
        again = run > 1 and entry == "started"
        words = _("{clock}再次{entry}") if again else _("{clock}{entry}")
        yield words.format(clock=label(kind), entry=_(_ENTRIES.get(entry, entry)))
    for kind, _run, over_on, due_on in payload.get("runs_since", ()):
        yield _("{clock}：程序已于{over_on}结束，自次日起接着算，到期日{due_on}").format(
            clock=label(kind), over_on=over_on, due_on=due_on
        )
    for kind, _run, *days in payload.get("moved", ()):
        yield _moved_line(kind, days)
    status = payload.get("status")
    if status and event != "suspended":  # by command: no special procedure (特别程序)
        yield _("办件状态：{status}").format(status=_(STATUS_NAMES.get(status, status)))
    told = {_(_TOLD.get(to, to)) for to, _document in payload.get("told", ())}
    if told:
        yield _("须告知{whom}").format(whom=_("、").join(sorted(told)))
    for step, unit, role in payload.get("opened", ()):
        yield _("交给 {unit} {role}：{step}").format(unit=unit, role=role, step=step)
    result = payload.get("result")
    if result:
        yield _("办理结果：{result}").format(result=_(RESULT_NAMES.get(result, result)))
