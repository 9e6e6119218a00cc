"""Words for the placeholders of documents, and how a wording is filled with them.

A sentence, clause or bracket none of whose placeholders is known is left out (没有内容的段不印);
in one that is partly known the rest stays a blank to be filled by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from webapp.cases.documents import DENIALS, NAMES, SERIES
from webapp.cases.facts import PROCEDURES
from webapp.cases.places import UnitFacts, division_name, office_name, unit_facts
from webapp.cases.planning.guidance import words_of_item
from webapp.cases.planning.limits import limit_of
from webapp.cases.planning.step import Order, Step
from webapp.organisations.queries import village_station
from workflows.calendars import CHINA, local_day
from workflows.clocks import explain, limit_text
from workflows.model import Limit, LimitUnit

BLANK = "____"
DELIVERY_MODES = {
    "window": "窗口领取",
    "post": "邮寄",
    "electronic": "电子送达",
    "village_agent": "代办员送达",
}
_PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*\}")
_BRACKET = re.compile(r"（[^（）]*）")
_SENTENCE = re.compile(r"[^。；]+[。；]?")
_COVERED = str.maketrans("{}。；，", "\ue000\ue001\ue002\ue003\ue004")
_UNCOVERED = {to: sign for sign, to in _COVERED.items()}
_DECISIONS = ("D19", "D20", "D06", "D07", "D25", "D10")
_CLOCKS = (
    *("check", "statutory", "promised", "supplement", "delivery", "county", "handup"),
    *("tolerance", "publicity"),
)

_EXPLAINED = frozenset({"statutory", "promised"})
"""Limits whose calculation the applicant may read on her paper (为什么是这一天)."""


def fill(text: str, words: Mapping[str, str]) -> str:
    """Put words for placeholders; "" when nothing of a text with placeholders is known.

    What somebody typed is text: its braces and full stops are no wording.
    """
    text = _BRACKET.sub(lambda found: _if_known(found.group(0), words), text)
    filled = "".join(_if_known(part, words) for part in _SENTENCE.findall(text))
    return filled.translate(_UNCOVERED).strip()


def _if_known(part: str, words: Mapping[str, str]) -> str:
    names = _PLACEHOLDER.findall(part)
    if not names:
        return part
    if not any(words.get(name) for name in names):
        return ""
    end = part[-1] if part[-1] in "。；" else ""
    clauses = [c for c in part.removesuffix(end).split("，") if _says_something(c, words)]
    whole = "，".join(clauses) + end
    return _PLACEHOLDER.sub(
        lambda found: (words.get(found.group(1)) or BLANK).translate(_COVERED), whole
    )


def _says_something(clause: str, words: Mapping[str, str]) -> bool:
    names = _PLACEHOLDER.findall(clause)
    return not names or any(words.get(name) for name in names)


def number_mark(code: str) -> str:
    """Stands for the number of a document of the same step until it is taken."""
    return f"⟦{code}⟧"


def known_words(step: Step, organ: UnitFacts) -> dict[str, str]:
    """Every placeholder that a wording may use, as text. Answers of forms come first."""
    state, item = step.state, step.setting.item
    window = unit_facts(state.accountable_unit_id)
    words = {**step.setting.papers.words, **step.setting.spoken}
    words |= {
        "applicant": state.applicant_name,
        "applicant_masked": posted_name(state.applicant_name),
        "item": item.name,
        "item_code": item.code,
        "case_number": state.number,
        "organ": organ.name,
        "competent_organ_name": unit_facts(state.competent_unit_id).name,
        "place": window.name,
        "window": "综合窗口",
        "address": window.address,
        "phone": window.phone,
        "supervision_phone": window.supervision_phone,
        "officer": step.setting.actor.name if step.setting.actor.id else "",
        "village": division_name(state.village_id) if state.village_id else "",
        "today": day_words(local_day(step.at)),
        "received_on": day_of(state.received_at),
        "received_at": minute_of(state.received_at),
        "accepted_on": day_of(step.case.accepted_at),
        "decided_on": day_of(step.case.decided_at or step.at),
        "acceptance_basis": _acceptance(step),
        "delivery_mode": DELIVERY_MODES.get(step.case.delivery_mode, step.case.delivery_mode),
        "reconsideration_organ": office_name("government") or "本级人民政府",
        "county_office": office_name("service_office"),
        "court": "有管辖权的人民法院",
        "applicant_address": words.get("residence_address", ""),
    }
    words.setdefault("facts", words.get("findings", ""))
    words["tolerance_bar"] = _bar(step)
    words |= words_of_item(item)
    words["agent_unit"] = _station(step)
    _add_dates(step, words)
    _add_numbers(step, words)
    return words


def _station(step: Step) -> str:
    """The agent's station, for a case that one has filed."""
    village = step.state.village_id
    station = village_station(village) if step.state.agent_id and village else None
    return unit_facts(station).name if station else ""


def _bar(step: Step) -> str:
    """How long the commitment bars another one if it is broken (TOL-06); "" for not at all."""
    held = step.changes.commitment or step.state.commitment
    days = held.bars_days if held is not None else 0
    if not days:
        return ""
    return f"{days}天" if days % 365 else f"{days // 365}年"


def _acceptance(step: Step) -> str:
    if step.case.deemed_accepted:
        return "审查期限届满未告知补正，自收到申请材料之日起依法视为受理"
    completed = step.setting.completed
    if completed and completed.outcome == "corrected":
        return "当场更正后齐全"
    return "经补正后齐全" if step.case.supplemented else "申请时即齐全"


def _add_dates(step: Step, words: dict[str, str]) -> None:
    for kind in _CLOCKS:
        run = step.ledger.current(kind)
        if run and run.reading.due_on:
            words[f"{kind}_due_on"] = day_words(run.reading.due_on)
            if kind in _EXPLAINED:
                lines = explain(run.entries, step.ledger.calendar, step.ledger.hours)
                words[f"{kind}_why"] = "；".join(line.removesuffix("。") for line in lines)
        limit = limit_of(step.setting.item, kind)
        if limit:
            words[f"{kind}_limit"] = limit_text(limit)


def words_of_order(step: Step, order: Order) -> dict[str, str]:
    """Words that depend on where a document is ordered: its department, the procedure."""
    variables = order.variables
    words = {
        "procedure_name": PROCEDURES.get(str(variables.get("procedure") or ""), ""),
        "procedure_clocks": _clocks_of_procedure(variables),
        "approver": step.setting.actor.name,
        "lead_window": f"{unit_facts(step.state.accountable_unit_id).name}综合窗口",
    }
    days = variables.get("procedure_days")
    if days is not None:
        unit = LimitUnit(str(variables.get("procedure_unit") or LimitUnit.WORKDAY))
        words["procedure_days"] = limit_text(Limit(int(days), unit))
    for kind in ("statutory", "promised"):
        run = step.ledger.current(kind)
        if run and run.reading.due_on:
            words["extended_due_on"] = day_words(run.reading.due_on)
        extension = run.reading.history.extension if run else None
        if extension:
            words["extended_by"] = limit_text(extension.limit)
    department = variables.get("department")
    if isinstance(department, Mapping):
        words["department_name"] = str(department.get("name") or "")
        words["department_question"] = str(department.get("question") or "")
        run = step.ledger.of_item(None, step.hosted(order.place))
        if run and run.reading.due_on:
            words["department_due_on"] = day_words(run.reading.due_on)
    known = {name: text for name, text in words.items() if text}
    return {**known, **order.words}


def _clocks_of_procedure(variables: Mapping[str, Any]) -> str:
    """What a special procedure does to the time limits, as the applicant reads it (Art. 45)."""
    rules = variables.get("special_procedures")
    kind = variables.get("procedure")
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, Mapping) and rule.get("kind") == kind:
            stopped = [
                words
                for switch, words in (
                    ("stops_statutory", "法定办结时限"),
                    ("stops_promised", "承诺办结时限"),
                )
                if rule.get(switch) is True
            ]
            if not stopped:
                return "这段时间照常计入办理时限。"
            return f"{'、'.join(stopped)}从今天起暂停计算，程序结束的次日起接着算。"
    return ""


def _add_numbers(step: Step, words: dict[str, str]) -> None:
    """Numbers of earlier papers, marks for those of this step."""
    numbers = {code: number for code, (number, _) in step.setting.papers.numbers.items()}
    for document in step.changes.documents:
        fresh = number_mark(document.code) if document.code in SERIES else document.number
        numbers[document.code] = fresh
    served = next((code for code in _DECISIONS if code in numbers), "")
    denied = next((code for code in _DECISIONS if code in numbers and code in DENIALS), "")
    for name, code in (("served", served), ("denial", denied)):
        if code:
            words[f"{name}_document"] = NAMES[code]
            words[f"{name}_number"] = numbers[code]


def posted_name(name: str) -> str:
    """A name as it may hang on a wall (D28): 王某某; an organisation's stays whole."""
    person = len(name) <= 4 or "·" in name
    return name[:1] + "某" * min(max(len(name) - 1, 1), 2) if person else name


def day_words(day: date) -> str:
    """2026年11月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_of(moment: datetime | None) -> str:
    """The Chinese day of a moment, "" for none."""
    return "" if moment is None else day_words(local_day(moment))


def minute_of(moment: datetime) -> str:
    """2026年11月24日9时30分."""
    local = moment.astimezone(CHINA)
    return f"{day_of(moment)}{local.hour}时{local.minute:02d}分"


def texts(value: Any) -> list[str]:
    """One text or many as a list."""
    if value is None:
        return []
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
