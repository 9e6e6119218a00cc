"""DMN decisions as frozen values, and how they decide (DMN 1.4, chapters 6 and 8).

`workflows.sources.decisions` reads them from files; here is no XML. A decision is a table or
a literal expression; decisions that it requires come first and are known to it by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.comparing import same
from workflows.feel.evaluating import Expression, UnaryTests, evaluate, test
from workflows.feel.limits import Meter

MAX_REQUIRED = 30  # levels of decisions that require decisions


class HitPolicy(StrEnum):
    """What it means that several rules of a table hold."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


class Aggregation(StrEnum):
    """What COLLECT makes of the results."""

    LIST = "LIST"
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions: what is tested, and which values the table expects at all."""

    label: str
    expression: Expression
    allowed: UnaryTests | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `ranking` lists its values from the highest priority down."""

    name: str
    label: str = ""
    ranking: tuple[Any, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row. `number` is 1-based, as the table editor shows it; `line` is that of the file."""

    number: int
    conditions: tuple[UnaryTests, ...]
    results: tuple[Expression, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    policy: HitPolicy
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    aggregation: Aggregation = Aggregation.LIST


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision by its id; `variable` is the name under which others know its value."""

    id: str
    name: str
    variable: str
    logic: Table | Expression
    required: tuple[Decision, ...] = ()
    line: int | None = None


class RulesDisagree(ExpressionError):
    """Several rules hold where the hit policy allows only one answer; `rules` are numbers."""

    def __init__(self, sentence: str, rules: Sequence[int]) -> None:
        super().__init__(sentence)
        self.rules = tuple(rules)


class InputNotAllowed(ExpressionError):
    """An input has a value that the table does not list among its allowed ones."""


def decide(decision: Decision, variables: Mapping[str, object]) -> Any:
    """What the decision says for `variables`: a value, a dict for several outputs, a list
    for policies with several hits, None where no rule holds and there is no default.

    Raises RulesDisagree, InputNotAllowed, or ExpressionError from an expression.
    """
    return _decide(decision, variables, {}, 0)


def _decide(
    decision: Decision, variables: Mapping[str, object], known: dict[str, Any], depth: int
) -> Any:
    if depth > MAX_REQUIRED:
        raise ExpressionError(f"决策相互依赖超过 {MAX_REQUIRED} 层")
    if decision.id in known:
        return known[decision.id]
    if decision.required:
        variables = dict(variables)
        for required in decision.required:
            variables[required.variable] = _decide(required, variables, known, depth + 1)
    if isinstance(decision.logic, Table):
        value = _decide_table(decision, decision.logic, variables)
    else:
        value = evaluate(decision.logic, variables)
    known[decision.id] = value
    return value


def _decide_table(decision: Decision, table: Table, variables: Mapping[str, object]) -> Any:
    values = [_input_value(decision, column, variables) for column in table.inputs]
    hits = []
    for rule in table.rules:
        pairs = zip(rule.conditions, values, strict=True)
        if all(test(condition, value, variables) for condition, value in pairs):
            hits.append(rule)
            if table.policy is HitPolicy.FIRST:
                break
    if not hits:
        return _without_hit(table, variables)
    if table.policy is HitPolicy.UNIQUE and len(hits) > 1:
        raise _disagreement(decision, "要求只有一条规则成立", hits)
    results = [_result(table, rule, variables) for rule in hits]
    return _combine(decision, table, hits, results)


def _input_value(decision: Decision, column: Input, variables: Mapping[str, object]) -> Any:
    value = evaluate(column.expression, variables)
    if value is None or column.allowed is None or test(column.allowed, value, variables):
        return value
    raise InputNotAllowed(
        f"决策“{decision.name}”：输入“{column.label}”的值 {value!s:.60} 不在允许的范围内"
    )


def _result(table: Table, rule: Rule, variables: Mapping[str, object]) -> tuple[Any, ...]:
    return tuple(evaluate(result, variables) for result in rule.results)


def _without_hit(table: Table, variables: Mapping[str, object]) -> Any:
    defaults = tuple(
        None if output.default is None else evaluate(output.default, variables)
        for output in table.outputs
    )
    if any(output.default is not None for output in table.outputs):
        return _shaped(table, defaults)
    if table.aggregation is Aggregation.COUNT:
        return 0
    several = {HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT}
    return [] if table.policy in several and table.aggregation is Aggregation.LIST else None


def _shaped(table: Table, result: tuple[Any, ...]) -> Any:
    """One output is its value, several are a context."""
    if len(table.outputs) == 1:
        return result[0]
    return {output.name: value for output, value in zip(table.outputs, result, strict=True)}


def _combine(
    decision: Decision, table: Table, hits: list[Rule], results: list[tuple[Any, ...]]
) -> Any:
    match table.policy:
        case HitPolicy.UNIQUE | HitPolicy.FIRST:
            return _shaped(table, results[0])
        case HitPolicy.ANY:
            if any(not same(list(results[0]), list(other), Meter()) for other in results):
                raise _disagreement(decision, "要求同时成立的规则结果相同", hits)
            return _shaped(table, results[0])
        case HitPolicy.PRIORITY:
            return _shaped(table, min(results, key=lambda result: _rank(table, result)))
        case HitPolicy.OUTPUT_ORDER:
            ranked = sorted(results, key=lambda result: _rank(table, result))
            return [_shaped(table, result) for result in ranked]
        case HitPolicy.RULE_ORDER:
            return [_shaped(table, result) for result in results]
    return _collect(table, results)


def _rank(table: Table, result: tuple[Any, ...]) -> tuple[int, ...]:
    """Places of the outputs in their lists of values; unlisted values come last."""
    meter = Meter()
    places = []
    for output, value in zip(table.outputs, result, strict=True):
        listed = [at for at, one in enumerate(output.ranking) if same(one, value, meter)]
        places.append(listed[0] if listed else len(output.ranking))
    return tuple(places)


_FUNCTIONS = {Aggregation.SUM: "sum", Aggregation.MIN: "min", Aggregation.MAX: "max"}


def _collect(table: Table, results: list[tuple[Any, ...]]) -> Any:
    values = [_shaped(table, result) for result in results]
    if table.aggregation is Aggregation.LIST:
        return values
    if table.aggregation is Aggregation.COUNT:
        return len(values)
    return evaluate(f"{_FUNCTIONS[table.aggregation]}(results)", {"results": values})


def _disagreement(decision: Decision, wanted: str, hits: list[Rule]) -> RulesDisagree:
    numbers = [rule.number for rule in hits]
    listed = "、".join(map(str, numbers))
    sentence = f"决策“{decision.name}”{wanted}，但第 {listed} 条规则同时成立"
    return RulesDisagree(sentence, numbers)
