"""Decision tables as frozen values, and how they decide (DMN 1.4, chapter 8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.comparing import same
from workflows.feel.evaluating import Expression, UnaryTests, holds, run
from workflows.feel.functions.lists import maximum, minimum, total
from workflows.feel.limits import Meter
from workflows.feel.nodes import Scope
from workflows.feel.types import Type, from_text


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
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `ranking` lists its values from the highest priority down."""

    name: str
    label: str = ""
    ranking: tuple[Any, ...] = ()
    default: Expression | None = None
    allowed: UnaryTests | None = None


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


class RulesDisagree(ExpressionError):
    """Several rules hold where the hit policy allows only one answer; `rules` are numbers."""

    def __init__(self, sentence: str, rules: Sequence[int]) -> None:
        super().__init__(sentence, code="rules-disagree")
        self.rules = tuple(rules)


class NotAllowed(ExpressionError):
    """A value is not among those that are allowed in its place; DMN makes it null."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="not-allowed")


class InputNotAllowed(NotAllowed):
    """An input has a value that the table does not list among its allowed ones."""


class ResultNotAllowed(NotAllowed):
    """A result is none of the values, or not of the type, that are declared for it."""


Results = tuple[Any, ...]


def decide_table(table: Table, name: str, scope: Scope) -> Any:
    """What a table says in a scope: a value, a dict for several outputs, a list for policies
    with several hits, None where no rule holds and there is no default.

    Raises RulesDisagree, NotAllowed, or ExpressionError from a cell; `name` is for them.
    """
    values = [_input_value(name, column, scope) for column in table.inputs]
    hits = []
    for rule in table.rules:
        if _applies(rule, values, scope):
            hits.append(rule)
            if table.policy is HitPolicy.FIRST:
                break
    if not hits:
        return _without_hit(table, scope)
    if table.policy is HitPolicy.UNIQUE and len(hits) > 1:
        raise _disagreement(name, "要求只有一条规则成立", hits)
    results = [_results(table, name, rule, scope) for rule in hits]
    return _combine(table, name, hits, results, scope.meter)


def holding(table: Table, name: str, scope: Scope) -> tuple[Rule, ...]:
    """Every rule that holds in a scope, whatever the hit policy makes of several.

    Raises NotAllowed or ExpressionError like `decide_table`.
    """
    values = [_input_value(name, column, scope) for column in table.inputs]
    return tuple(rule for rule in table.rules if _applies(rule, values, scope))


def _applies(rule: Rule, values: list[Any], scope: Scope) -> bool:
    scope.meter.spend(1)
    for condition, value in zip(rule.conditions, values, strict=True):
        if not holds(condition, value, scope):
            return False
    return True


def _input_value(name: str, column: Input, scope: Scope) -> Any:
    value = from_text(run(column.expression, scope), column.type, scope.meter)
    if value is None or column.allowed is None or holds(column.allowed, value, scope):
        return value
    raise InputNotAllowed(
        f"决策“{name}”：输入“{column.label}”的值 {value!s:.60} 不在允许的范围内"
    )


def _results(table: Table, name: str, rule: Rule, scope: Scope) -> Results:
    found = tuple(run(result, scope) for result in rule.results)
    for output, value in zip(table.outputs, found, strict=True):
        if output.allowed is None or value is None or _is_allowed(output, value, scope):
            continue
        raise ResultNotAllowed(
            f"决策“{name}”：第 {rule.number} 条规则的结果“{output.label}”是 {value!s:.60}，"
            "不在允许的范围内"
        )
    return found


def _is_allowed(output: Output, value: Any, scope: Scope) -> bool:
    """A list is allowed if each of its elements is."""
    tests = output.allowed
    if tests is None or holds(tests, value, scope):
        return True
    return type(value) is list and all(holds(tests, item, scope) for item in value)


def _without_hit(table: Table, scope: Scope) -> Any:
    if any(output.default is not None for output in table.outputs):
        defaults = (
            None if output.default is None else run(output.default, scope)
            for output in table.outputs
        )
        return _shaped(table, tuple(defaults))
    if table.aggregation is Aggregation.COUNT:
        return 0
    several = {HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT}
    return [] if table.policy in several and table.aggregation is Aggregation.LIST else None


def _shaped(table: Table, result: Results) -> Any:
    """One output is its value, several are a context."""
    if len(table.outputs) == 1:
        return result[0]
    return {output.name: value for output, value in zip(table.outputs, result, strict=True)}


def _combine(
    table: Table, name: str, hits: list[Rule], results: list[Results], meter: Meter
) -> Any:
    match table.policy:
        case HitPolicy.UNIQUE | HitPolicy.FIRST:
            return _shaped(table, results[0])
        case HitPolicy.ANY:
            if any(not same(list(results[0]), list(other), meter) for other in results):
                raise _disagreement(name, "要求同时成立的规则结果相同", hits)
            return _shaped(table, results[0])
        case HitPolicy.PRIORITY:
            return _shaped(table, min(results, key=_rank(table, meter)))
        case HitPolicy.OUTPUT_ORDER:
            ranked = sorted(results, key=_rank(table, meter))
            return [_shaped(table, result) for result in ranked]
        case HitPolicy.RULE_ORDER:
            return [_shaped(table, result) for result in results]
    return _collect(table, results, meter)


def _rank(table: Table, meter: Meter) -> Callable[[Results], tuple[int, ...]]:
    """Places of the outputs in their lists of values; unlisted values come last."""

    def place(output: Output, value: Any) -> int:
        meter.spend(len(output.ranking))
        listed = (at for at, one in enumerate(output.ranking) if same(one, value, meter))
        return next(listed, len(output.ranking))

    def rank(result: Results) -> tuple[int, ...]:
        return tuple(map(place, table.outputs, result))

    return rank


_FUNCTIONS: dict[Aggregation, Callable[[Meter, list[Any]], Any]] = {
    Aggregation.SUM: total,
    Aggregation.MIN: minimum,
    Aggregation.MAX: maximum,
}


def _collect(table: Table, results: list[Results], meter: Meter) -> Any:
    if table.aggregation is Aggregation.LIST:
        return [_shaped(table, result) for result in results]
    if table.aggregation is Aggregation.COUNT:
        return len(results)
    aggregate = _FUNCTIONS[table.aggregation]
    columns = zip(*results, strict=True)
    return _shaped(table, tuple(aggregate(meter, list(column)) for column in columns))


def _disagreement(name: str, wanted: str, hits: list[Rule]) -> RulesDisagree:
    numbers = [rule.number for rule in hits]
    listed = "、".join(map(str, numbers))
    return RulesDisagree(f"决策“{name}”{wanted}，但第 {listed} 条规则同时成立", numbers)
