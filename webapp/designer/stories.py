"""A scenario (情形) read aloud: who does what, what must then be seen, and whether it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from webapp.cases.documents import NAMES
from webapp.cases.places import role_name
from webapp.cases.planning.ledger import label
from webapp.cases.queries.ahead import APPLICANTS
from webapp.cases.queries.timeline import RESULT_NAMES, STATUS_NAMES
from webapp.processes.queries.library import contents, library
from workflows.clocks import ClockKind
from workflows.errors import WorkflowError
from workflows.forms import Form
from workflows.model import Bundle
from workflows.rehearse import Expectation, Rehearsal, Report, Scenario, Step, read_scenario


@dataclass(frozen=True, slots=True)
class Line:
    """One step. `held`: None where the run did not get there; `why`: what came instead."""

    number: str
    what: str
    who: str
    answers: tuple[tuple[str, str], ...]
    expected: tuple[tuple[str, str], ...]
    held: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario as its page shows it; `problem` where it cannot be read."""

    name: str = ""
    process: str = ""
    lines: tuple[Line, ...] = ()
    held: bool = False
    problem: str = ""


def story(manifest: Mapping[str, str], path: str, content: bytes) -> Story:
    """Play a scenario on the draft and tell it step by step."""
    rehearsal = Rehearsal(library(contents(manifest)))
    try:
        scenario = read_scenario(content, path)
    except WorkflowError as wrong:
        return Story(problem=str(wrong))
    report = rehearsal.run(scenario)
    try:
        bundle: Bundle | None = rehearsal.ready(scenario.process)[0]
    except WorkflowError:
        bundle = None
    name = bundle.processes[bundle.root].name if bundle is not None else scenario.process
    lines = tuple(_lines(scenario, report, bundle))
    return Story(scenario.name, name or scenario.process, lines, report.ok)


def _lines(scenario: Scenario, report: Report, bundle: Bundle | None) -> Iterator[Line]:
    def line(
        number: int,
        what: str,
        expected: tuple[tuple[str, str], ...],
        who: str = "",
        answers: tuple[tuple[str, str], ...] = (),
    ) -> Line:
        stopped = report.stopped
        held = None if stopped is not None and number > stopped else number != stopped
        why = report.why if number == stopped else ""
        shown = str(number) if 0 < number <= len(scenario.steps) else ""
        return Line(shown, what, who, answers, expected, held, why)

    yield line(0, _("开始"), tuple(_expected(scenario.start, bundle)))
    for number, step in enumerate(scenario.steps, start=1):
        expected = tuple(_expected(step.then, bundle))
        if step.refused:
            expected = ((_("应当"), _("做不了")), *expected)
        answers = tuple(_answers(step, bundle))
        yield line(number, _what(step, bundle), expected, _who(step), answers)
    result = scenario.result
    words = _("还没有办结") if result is None else _(RESULT_NAMES.get(result, result))
    yield line(len(scenario.steps) + 1, _("最后"), ((_("结果"), words),))


def _what(step: Step, bundle: Bundle | None) -> str:
    name = _element(step.what, bundle)
    match step.kind:
        case "do":
            return name
        case "return":
            return _("把“{step}”退回“{to}”").format(step=name, to=_element(step.to, bundle))
        case "lapse":
            return _lapse(step.what, step.before)
        case "cancel":
            return _(RESULT_NAMES.get(step.what, step.what))
    who, what = APPLICANTS.get(step.what, ("", ""))
    return f"{who}{what}" if who else _("收到“{name}”").format(name=step.what)


def _who(step: Step) -> str:
    role = role_name(step.who) if step.who else ""
    return f"{role}（{step.by}）" if step.by else role


def _lapse(clock: str, before: int) -> str:
    name = _clock(clock)
    if before:
        return _("{clock}届满前{n}个工作日").format(clock=name, n=before)
    return _("{clock}届满").format(clock=name)


def _answers(step: Step, bundle: Bundle | None) -> Iterator[tuple[str, str]]:
    """Labels of questions and choices, as the form of the step has them."""
    form = _form(step.what, bundle)
    for key, value in step.values.items():
        one = form.field(key) if form is not None else None
        if one is None:
            yield key, str(value)
        elif isinstance(value, bool):
            yield one.label, _("是") if value else _("否")
        elif isinstance(value, list):
            yield one.label, "、".join(one.label_of(str(part)) for part in value)
        else:
            yield one.label, one.label_of(str(value)) if one.choices else str(value)


def _form(element: str, bundle: Bundle | None) -> Form | None:
    for process in bundle.processes.values() if bundle is not None else ():
        drawn = process.element(element)
        if bundle is not None and drawn is not None and drawn.work is not None:
            found = bundle.forms.get(drawn.work.form or "")
            return found if isinstance(found, Form) else None
    return None


def _expected(wanted: Expectation, bundle: Bundle | None) -> Iterator[tuple[str, str]]:
    """What must be seen: its heading and the names."""
    for name, texts in wanted.lists.items():
        heading, say = _heading(name, bundle)
        yield heading, "、".join(map(say, texts)) or _("没有")
    for name, text in wanted.words.items():
        names = STATUS_NAMES if name == "status" else RESULT_NAMES
        yield (_("办件状态") if name == "status" else _("记录的结果")), _(names.get(text, text))


def _heading(name: str, bundle: Bundle | None) -> tuple[str, Callable[[str], str]]:
    def element(text: str) -> str:
        return _element(text, bundle)

    headings: Mapping[str, tuple[str, Callable[[str], str]]] = {
        "open": (_("待办"), role_name),
        "waits": (_("在等"), _message),
        "timers": (_("定时"), _timer),
        "documents": (_("文书"), _document),
        "started": (_("时限起算"), _clock),
        "ended": (_("时限结束"), _clock),
        "stopped": (_("时限暂停"), _clock),
        "resumed": (_("时限恢复"), _clock),
        "extended": (_("时限延长"), _clock),
        "handed": (_("材料交给"), lambda to: to if to == "holder" else role_name(to)),
        "units": (_("待办的单位"), str),
        "orders": (_("其他动作"), str),
        "passed": (_("走过"), element),
    }
    return headings[name]


def _document(code: str) -> str:
    return _(NAMES.get(code, code))


def _message(name: str) -> str:
    who, what = APPLICANTS.get(name, ("", ""))
    return f"{who}{what}" if who else name


def _timer(text: str) -> str:
    clock, dash, before = text.rpartition("-")
    return _lapse(clock, int(before)) if dash and before.isdecimal() else _lapse(text, 0)


def _clock(kind: str) -> str:
    return label(kind) if kind in set(ClockKind) else kind


def _element(element: str, bundle: Bundle | None) -> str:
    for process in bundle.processes.values() if bundle is not None else ():
        drawn = process.element(element)
        if drawn is not None:
            return drawn.name or element
    return element
