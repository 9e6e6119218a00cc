"""A decision table of a draft, asked with supposed values: what it says, and which rules hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from webapp.designer.supposed import meant
from workflows.errors import ExpressionError, WorkflowError
from workflows.feel.decisions import Decision, decide, rules_that_hold, table_of
from workflows.feel.evaluating import Expression
from workflows.feel.tables import HitPolicy, Input, Rule, Table
from workflows.sources.decisions import read_decisions
from workflows.sources.tables import listed_values

Pairs = Mapping[str, Sequence[str]]
VALUE = "value:"
"""Prefix of the controls: `value:handling`."""


@dataclass(frozen=True, slots=True)
class Question:
    """A variable that the tables need. `choices`: (FEEL, words) where the table lists values."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    is_text: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What one decision says. `sentence`: which rules hold, or why there is no result."""

    name: str
    sentence: str
    results: tuple[tuple[str, str], ...] = ()
    rules: tuple[int, ...] = ()
    problem: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """The questions of a file and what its decisions say to the values typed."""

    questions: tuple[Question, ...]
    decided: tuple[Decided, ...]
    unreadable: str = ""

    @property
    def signature(self) -> str:
        """Another one when other questions are asked."""
        return json.dumps([(one.name, one.label, one.choices) for one in self.questions])


def trial(content: bytes, path: str, pairs: Pairs) -> Trial:
    """Ask every decision of a file."""
    try:
        decisions, _findings = read_decisions(content, path)
    except WorkflowError as wrong:
        return Trial((), (), str(wrong))
    questions = tuple(
        replace(one, typed=(pairs.get(VALUE + one.name) or [""])[-1])
        for one in _questions(decisions)
    )
    values = {one.name: meant(one.typed, text=one.is_text) for one in questions}
    return Trial(questions, tuple(_decided(one, values) for one in decisions))


def _questions(decisions: Sequence[Decision]) -> Iterator[Question]:
    """One for each variable, in the order of the columns; results of others are not asked."""
    own = {one.variable for one in decisions}
    found: dict[str, Question] = {}
    for decision in decisions:
        table = table_of(decision)
        for column in table.inputs if table else ():
            name = column.expression.text.strip()
            if name in column.expression.names:
                found.setdefault(name, _about(name, column))
        for name in _names(decision, table):
            found.setdefault(name, Question(name, name))
    yield from (one for name, one in found.items() if name not in own)


def _names(decision: Decision, table: Table | None) -> list[str]:
    found = {one.name for one in decision.inputs if not one.within}
    if isinstance(decision.logic, Expression):
        found |= decision.logic.names
    if table is not None:
        for column in table.inputs:
            found |= column.expression.names
        for rule in table.rules:
            found.update(*(cell.names for cell in rule.conditions))
            found.update(*(cell.names for cell in rule.results))
    known = {one.name for one in decision.knowledge} | {"?"}
    known |= {one.variable for one in decision.required}
    return sorted(found - known)


def _about(name: str, column: Input) -> Question:
    kind = column.type.kind if column.type is not None else ""
    listed: tuple[Any, ...] = listed_values(column.allowed.text) if column.allowed else ()
    if kind == "boolean" and not listed:
        listed = (True, False)
    plain = [one for one in listed if isinstance(one, str | bool) or one is None]
    if len(plain) != len(listed):
        plain = []  # ranges and numbers are typed
    choices = tuple((_feel(one), _said(one)) for one in plain)
    return Question(name, column.label, choices, kind == "string")


def _feel(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _decided(decision: Decision, values: Mapping[str, Any]) -> Decided:
    name = decision.name or decision.id
    rules: tuple[Rule, ...] = ()
    try:
        rules = rules_that_hold(decision, values)
        value = decide(decision, values)
    except ExpressionError as wrong:
        numbers = tuple(rule.number for rule in rules)
        return Decided(name, f"{wrong.sentence}。", rules=numbers, problem=True)
    table = table_of(decision)
    numbers = tuple(rule.number for rule in rules)
    sentence = _which(table, numbers) if table else ""
    typed = any(one is not None for one in values.values())
    problem = typed and table is not None and not numbers and value is None
    return Decided(name, sentence, tuple(_results(table, value, name)), numbers, problem)


def _which(table: Table, numbers: tuple[int, ...]) -> str:
    if not numbers and any(one.default is not None for one in table.outputs):
        return _("没有一条规则成立，用的是默认值。")
    if not numbers:
        return _("没有一条规则成立，这张表没有答案。")
    listed = "、".join(map(str, numbers))
    if len(numbers) == 1:
        return _("第 %(n)s 条规则成立。") % {"n": listed}
    how = {
        HitPolicy.FIRST: _("取最前面的一条"),
        HitPolicy.ANY: _("它们的结果相同"),
        HitPolicy.PRIORITY: _("取最优先的结果"),
    }.get(table.policy, _("结果合在一起"))
    return _("第 %(n)s 条规则同时成立，%(how)s。") % {"n": listed, "how": how}


def _results(table: Table | None, value: Any, name: str) -> Iterator[tuple[str, str]]:
    outputs = table.outputs if table else ()
    if len(outputs) > 1 and isinstance(value, Mapping):
        for one in outputs:
            yield one.label or one.name, _said(value.get(one.name))
    else:
        label = (outputs[0].label or outputs[0].name) if len(outputs) == 1 else name
        yield label, _said(value)


def _said(value: Any) -> str:
    match value:
        case None:
            return _("空")
        case bool():
            return _("是") if value else _("否")
        case list():
            return "、".join(map(_said, value)) or _("空")
        case dict():
            return "，".join(f"{key}={_said(one)}" for key, one in value.items())
        case str():
            return f'"{value}"'  # as the table writes it
    return str(value)
