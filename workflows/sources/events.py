"""Event definitions → `model.Event`: names and codes resolved, timers turned into clocks."""

from __future__ import annotations

import re

from lxml import etree

from workflows.model import Event, Trigger
from workflows.sources import juel
from workflows.sources.foreign import foreign, survey_definition, to_condition
from workflows.sources.links import Link
from workflows.sources.sheet import Sheet, bpmn_children, first, gov, local, text_of
from workflows.sources.vocabulary import read_due

_TRIGGERS = {
    "messageEventDefinition": Trigger.MESSAGE,
    "timerEventDefinition": Trigger.TIMER,
    "errorEventDefinition": Trigger.ERROR,
    "escalationEventDefinition": Trigger.ESCALATION,
    "signalEventDefinition": Trigger.SIGNAL,
    "terminateEventDefinition": Trigger.TERMINATE,
    "conditionalEventDefinition": Trigger.CONDITIONAL,
    "linkEventDefinition": None,
}
_REFUSED = {
    "compensateEventDefinition": "补偿事件暂不支持",
    "cancelEventDefinition": "取消事件只用于事务子流程，暂不支持",
}
_FITS: dict[str, frozenset[Trigger | None]] = {
    "startEvent": frozenset(_TRIGGERS.values()) - {None, Trigger.TERMINATE} | {Trigger.NONE},
    "endEvent": frozenset(
        {
            Trigger.NONE, Trigger.MESSAGE, Trigger.ERROR, Trigger.ESCALATION, Trigger.SIGNAL,
            Trigger.TERMINATE,
        }
    ),
    "intermediateCatchEvent": frozenset(
        {Trigger.MESSAGE, Trigger.TIMER, Trigger.SIGNAL, Trigger.CONDITIONAL, None}
    ),
    "intermediateThrowEvent": frozenset(
        {Trigger.NONE, Trigger.MESSAGE, Trigger.ESCALATION, Trigger.SIGNAL, None}
    ),
    "boundaryEvent": frozenset(
        {
            Trigger.MESSAGE, Trigger.TIMER, Trigger.ERROR, Trigger.ESCALATION, Trigger.SIGNAL,
            Trigger.CONDITIONAL,
        }
    ),
}  # fmt: skip
_CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
)
_CYCLE = re.compile(
    r"R(\d{0,4})/(?:[0-9][0-9T:.Z+-]{7,40}/)?"
    r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
)
_CRON = re.compile(r"[0-9*/,-]+ [0-9*/,-]+ [0-9*/,-]+ [0-9*/,?LW#A-Z -]{3,40}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")


def read_event(node: etree._Element, sheet: Sheet) -> Event | Link:
    """The event of a start, end, intermediate or boundary event; `NONE` where it has none."""
    kind = local(node)
    definitions = [c for c in bpmn_children(node) if _defines(local(c))]
    for reference in bpmn_children(node, "eventDefinitionRef"):
        defined = event_definition(text_of(reference), node, sheet)
        definitions += [] if defined is None else [defined]
    if len(definitions) > 1:
        sheet.remarks.error(
            "several-triggers", node, "一个事件有多个触发条件，暂不支持", "拆成几个事件"
        )
    if not definitions:
        if kind in {"intermediateCatchEvent", "boundaryEvent"}:
            sheet.remarks.error(
                "event-undefined", node, "没有说明等什么事件", "选择消息、时限、信号等类型"
            )
        elif kind == "startEvent":
            _stray_due(node, sheet)
        return Event()
    definition = definitions[0]
    name = local(definition)
    survey_definition(definition, node, sheet)
    if name in _REFUSED:
        sheet.remarks.error("event-refused", node, _REFUSED[name], "改用消息或错误事件")
        return Event()
    trigger = _TRIGGERS[name]
    if trigger not in _FITS[kind]:
        sheet.remarks.error("event-misplaced", node, "这种事件不能放在这个位置")
        return Event()
    if trigger is not Trigger.TIMER:
        _stray_due(node, sheet)
    if trigger is None:
        return _link(node, definition, kind, sheet)
    return _triggered(node, definition, trigger, kind in _CATCHING, sheet)


def message_name(node: etree._Element, sheet: Sheet) -> str | None:
    """Name of the message that a send or receive task or message event refers to."""
    return _resolve(node, "messageRef", sheet.messages, "消息", sheet)


def event_definition(
    reference: str, node: etree._Element, sheet: Sheet
) -> etree._Element | None:
    """The event definition of that id, which may stand outside the process."""
    local_name = reference.rpartition(":")[2]
    found = sheet.definitions.get(reference, sheet.definitions.get(local_name))
    if found is None:
        sheet.remarks.error(
            "dangling", node, f"引用的事件定义“{reference}”不存在", "在文件里定义这个事件"
        )
    return found


def thrown_by_instances(
    several: etree._Element, behavior: str, activity: etree._Element, sheet: Sheet
) -> Event | None:
    """What the instances of a multi-instance throw with behavior `One` or `None`."""
    if behavior == "All":
        return None
    if behavior not in {"One", "None"}:
        sheet.remarks.error(
            "loop", activity, f"多实例的 behavior “{behavior}”暂不支持", "用 All、One 或 None"
        )
        return None
    reference = several.get(f"{behavior.lower()}BehaviorEventRef")
    if not reference:
        sheet.remarks.error(
            "loop",
            activity,
            f"多实例的 behavior “{behavior}”没有说明抛出什么事件",
            f"写明 {behavior.lower()}BehaviorEventRef",
        )
        return None
    definition = event_definition(reference, activity, sheet)
    if definition is None:
        return None
    trigger = _TRIGGERS.get(local(definition))
    if trigger not in {Trigger.SIGNAL, Trigger.MESSAGE, Trigger.ESCALATION}:
        sheet.remarks.error("loop", activity, "多实例只能抛出信号、消息或升级", "换一种事件")
        return None
    thrown = _triggered(activity, definition, trigger, False, sheet)
    if thrown.ref is None:
        sheet.remarks.error(
            "event-undefined", activity, "多实例抛出的事件没有名称或代码", "写明名称或代码"
        )
        return None
    return thrown


def _defines(name: str) -> bool:
    return name in _TRIGGERS or name in _REFUSED


def _triggered(
    node: etree._Element,
    definition: etree._Element,
    trigger: Trigger,
    catching: bool,
    sheet: Sheet,
) -> Event:
    if trigger is Trigger.TIMER:
        clock, before = _timer(node, definition, sheet)
        return Event(trigger, clock=clock, before=before, repeats=_repeats(node, definition))
    if trigger is Trigger.CONDITIONAL:
        condition = to_condition(first(definition, "condition"), sheet)
        if condition is None:
            sheet.remarks.error("event-undefined", node, "条件事件没有写条件")
        return Event(trigger, condition=condition)
    if trigger is Trigger.TERMINATE:
        return Event(trigger)
    if trigger is Trigger.MESSAGE:
        ref = message_name(definition, sheet)
    elif trigger is Trigger.SIGNAL:
        ref = _resolve(definition, "signalRef", sheet.signals, "信号", sheet)
    elif trigger is Trigger.ERROR:
        ref = _resolve(definition, "errorRef", sheet.errors, "错误", sheet)
    else:
        ref = _resolve(definition, "escalationRef", sheet.escalations, "升级", sheet)
    if ref is not None or _refers(definition):
        return Event(trigger, ref=ref)
    if trigger is Trigger.MESSAGE:
        return unnamed_message(node, catching, sheet)
    if trigger is Trigger.SIGNAL:
        sheet.remarks.error("event-undefined", node, "没有说明是哪一个信号", "选择或新建一个")
    elif not catching:
        what = "错误" if trigger is Trigger.ERROR else "升级"
        sheet.remarks.note(
            "no-code", node, f"抛出的{what}没有代码，只有不限代码的{what}事件接得住", "写明代码"
        )
    return Event(trigger)


def unnamed_message(node: etree._Element, catching: bool, sheet: Sheet) -> Event:
    """A message that the drawing does not name: awaited at this place alone, or not sent."""
    own = node.get("id", "")
    if not catching:
        sheet.remarks.unfit(
            "no-message", node, "没有指明发送什么消息，经过时不发送", "选择或新建一个消息"
        )
        return Event()
    sheet.remarks.unfit(
        "no-message",
        node,
        f"没有指明等什么消息，按只属于这一处的消息“{own}”处理",
        "选择或新建一个消息",
    )
    return Event(Trigger.MESSAGE, ref=own or None)


def _refers(definition: etree._Element) -> bool:
    return any(str(key).endswith("Ref") and value for key, value in definition.attrib.items())


def _resolve(
    node: etree._Element, attribute: str, known: dict[str, str], what: str, sheet: Sheet
) -> str | None:
    """Follow a reference by id; a prefix of the target namespace is left off."""
    reference = node.get(attribute)
    if not reference:
        return None
    for candidate in (reference, reference.rpartition(":")[2]):
        if candidate in known:
            return known[candidate]
    sheet.remarks.error(
        "dangling", node, f"引用的{what}“{reference}”不存在", f"在文件里定义这个{what}"
    )
    return None


def _link(
    node: etree._Element, definition: etree._Element, kind: str, sheet: Sheet
) -> Event | Link:
    name = definition.get("name") or ""
    if not name:
        sheet.remarks.error("event-undefined", node, "链接事件没有名称", "两端写同一个名称")
        return Event()
    return Link(node.get("id", ""), kind == "intermediateThrowEvent", name)


def _stray_due(node: etree._Element, sheet: Sheet) -> None:
    if gov(node, "due") is not None:
        sheet.remarks.error("gov-misplaced", node, "gov:due 只能写在定时事件上")


def _timer(
    node: etree._Element, definition: etree._Element, sheet: Sheet
) -> tuple[str | None, int]:
    """`gov:due` where there is one, else the ISO period of another tool as a named clock."""
    drawn = [
        child
        for child in bpmn_children(definition, "timeDuration", "timeDate", "timeCycle")
        if text_of(child)
    ]
    due = gov(definition, "due") or gov(node, "due")
    if due is not None:
        if drawn:
            sheet.remarks.error(
                "timer-twice", node, "既写了 gov:due，又写了固定时间", "只留一种写法"
            )
        found = read_due(due)
        return found or (None, 0)  # the grammar of gov: has spoken already
    if len(drawn) != 1:
        sheet.remarks.error(
            "timer-undefined", node, "定时事件没有写明时限", "gov:due=\"due('supplement')\""
        )
        return None, 0
    return _foreign_timer(node, drawn[0], sheet), 0


def _starts_process(node: etree._Element) -> bool:
    around = node.getparent()
    return local(node) == "startEvent" and around is not None and local(around) == "process"


def _cycle(said: str) -> int | None:
    """How often a repeating interval or cron line fires, -1 for ever; None: not readable."""
    if _CRON.fullmatch(said):
        return -1
    found = _CYCLE.fullmatch(said)
    if found is None:
        return None
    times = found.group(1)
    return int(times) if times and int(times) > 0 else (-1 if not times else None)


def _repeats(node: etree._Element, definition: etree._Element) -> int:
    """How often a drawn cycle fires where it may fire again: where it does not interrupt."""
    written = first(definition, "timeCycle")
    cancels = node.get("cancelActivity") or foreign(node, "cancelActivity")
    goes_on = {cancels, node.get("isInterrupting")} & {"false", "0"}
    if written is None or not goes_on or _starts_process(node):
        return 0
    times = _cycle(_said(written)) or 0
    return 0 if times == 1 else times


def _said(written: etree._Element) -> str:
    return text_of(written).strip("\"'").removeprefix("=").strip().strip("\"'")


def _computed(written: etree._Element) -> bool:
    """Whether a time is computed by an expression, which only a cycle must not be."""
    text = text_of(written)
    computed = juel.is_juel(text) or (
        text.startswith("=") and not _DURATION.fullmatch(_said(written))
    )
    return computed and local(written) != "timeCycle"


def _foreign_timer(node: etree._Element, written: etree._Element, sheet: Sheet) -> str | None:
    """An ISO 8601 period or date of another tool as a clock of that name."""
    said = _said(written)
    if _computed(written):
        sheet.remarks.unfit(
            "timer-expression",
            node,
            f"时间由表达式“{said[:60]}”算出，台账不能计日；试走时由人触发",
            "改用 gov:due 指明是哪一种时限",
        )
        return f"iso:{said}"
    if local(written) == "timeCycle":
        if local(node) == "intermediateCatchEvent":
            sheet.remarks.error(
                "timer-cycle", node, "中间的定时事件只等一次，不能循环", "改为一次性的时限"
            )
        elif not _starts_process(node) and _cycle(said) is None:
            sheet.remarks.error(
                "timer-unknown",
                node,
                f"看不懂的循环时间“{said[:60]}”",
                "写成 R3/PT10H（三次，每隔十小时）或 R/P1D（一直重复）",
            )
            return None
    elif not (_DURATION.fullmatch(said) or _DATE.fullmatch(said)):
        sheet.remarks.error(
            "timer-unknown",
            node,
            f"看不懂的时间“{said[:60]}”",
            "写 gov:due，或 ISO 8601 的时长、日期",
        )
        return None
    sheet.remarks.note(
        "timer-foreign",
        node,
        f"固定时间“{said}”作为名为“iso:{said}”的时限，由台账计日",
        "改用 gov:due 指明是哪一种时限",
    )
    return f"iso:{said}"
