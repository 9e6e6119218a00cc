"""Boxed expressions as frozen values, and what they give in a scope (DMN 1.4, 10.2 and 10.4).

All of them may stand inside each other. A logic without expression is null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflows.feel.evaluating import Expression, run
from workflows.feel.invoking import by_name
from workflows.feel.limits import Meter
from workflows.feel.loops import elements, filtered
from workflows.feel.nodes import Scope
from workflows.feel.operations import all_of, any_of
from workflows.feel.tables import Table, decide_table
from workflows.feel.types import Type, conform
from workflows.feel.values import Lambda


@dataclass(frozen=True, slots=True)
class Entries:
    """A context. An entry without a name is the result of the whole."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a context."""

    name: str
    logic: Logic
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call with named arguments."""

    function: Logic
    bindings: tuple[tuple[str, Logic], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of expressions."""

    items: tuple[Logic, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts with the same keys, written as rows and columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Logic, ...], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function definition."""

    parameters: tuple[tuple[str, Type | None], ...]
    body: Logic
    result: Type | None = None


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if` in boxes."""

    condition: Logic
    yes: Logic
    no: Logic


@dataclass(frozen=True, slots=True)
class Loop:
    """`for`, `some` or `every` in boxes; `kind` says which."""

    kind: str
    name: str
    over: Logic
    body: Logic


@dataclass(frozen=True, slots=True)
class Filter:
    """`[…]` in boxes."""

    over: Logic
    match: Logic


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression with the type that its value must conform to."""

    logic: Logic
    type: Type


Logic = (
    Expression
    | Table
    | Entries
    | Invocation
    | Listed
    | Relation
    | Function
    | Conditional
    | Loop
    | Filter
    | Typed
    | None
)


def value_of(logic: Logic, name: str, scope: Scope) -> Any:
    """What a piece of logic gives in a scope; `name` is that of the decision around it.

    Raises what its tables and expressions raise.
    """
    if logic is None:
        return None
    scope.meter.spend(1)
    if isinstance(logic, Expression):
        return run(logic, scope)
    if isinstance(logic, Table):
        return decide_table(logic, name, scope)
    if isinstance(logic, Typed):
        return conform(value_of(logic.logic, name, scope), logic.type, scope.meter)
    return _VALUES[type(logic)](logic, name, scope)


def _entries(logic: Entries, name: str, scope: Scope) -> Any:
    made: dict[str, Any] = {}
    inside = Scope(made, scope, scope.meter)
    for entry in logic.entries:
        value = conform(value_of(entry.logic, name, inside), entry.type, scope.meter)
        if not entry.name:
            return value
        made[entry.name] = value
    return made


def _invocation(logic: Invocation, name: str, scope: Scope) -> Any:
    function = value_of(logic.function, name, scope)
    if type(function) is not Lambda:
        scope.meter.remark(f"“{name}”里被调用的不是函数，结果是 null")
        return None
    given = {key: value_of(one, name, scope) for key, one in logic.bindings}
    return by_name(function, given, scope.meter)


def _listed(logic: Listed, name: str, scope: Scope) -> list[Any]:
    return [value_of(item, name, scope) for item in logic.items]


def _relation(logic: Relation, name: str, scope: Scope) -> list[Any]:
    return [
        {key: value_of(cell, name, scope) for key, cell in zip(logic.columns, row, strict=True)}
        for row in logic.rows
    ]


def _function(logic: Function, name: str, scope: Scope) -> Lambda:
    return function_value(logic, name, lambda: scope)


def function_value(logic: Function, name: str, around: Callable[[], Scope]) -> Lambda:
    """A function of DMN logic that sees its parameters and the scope `around` it."""
    names = tuple(parameter for parameter, _ in logic.parameters)
    types = tuple(wanted for _, wanted in logic.parameters)

    def call(meter: Meter, *arguments: Any) -> Any:
        given = map(conform, arguments, types, [meter] * len(types))
        meter.enter()
        try:
            inside = Scope(dict(zip(names, given, strict=True)), around(), meter)
            return conform(value_of(logic.body, name, inside), logic.result, meter)
        finally:
            meter.calls -= 1

    return Lambda(names, call, types, logic.result)


def _conditional(logic: Conditional, name: str, scope: Scope) -> Any:
    holds = value_of(logic.condition, name, scope) is True
    return value_of(logic.yes if holds else logic.no, name, scope)


def _loop(logic: Loop, name: str, scope: Scope) -> Any:
    meter = scope.meter
    items = elements(value_of(logic.over, name, scope), meter)
    if items is None:
        return None
    meter.allow_list(len(items))
    partial: list[Any] = []
    if logic.kind == "for":
        for item in items:
            meter.spend(1 + len(partial) // 8)
            inside = Scope({logic.name: item, "partial": list(partial)}, scope, meter)
            partial.append(value_of(logic.body, name, inside))
        return partial
    decide = any_of if logic.kind == "some" else all_of
    return decide(
        value_of(logic.body, name, Scope({logic.name: item}, scope, meter)) for item in items
    )


def _filter(logic: Filter, name: str, scope: Scope) -> Any:
    over = value_of(logic.over, name, scope)
    return filtered(over, lambda inside: value_of(logic.match, name, inside), 1, scope)


_VALUES: dict[type, Callable[[Any, str, Scope], Any]] = {
    Entries: _entries,
    Invocation: _invocation,
    Listed: _listed,
    Relation: _relation,
    Function: _function,
    Conditional: _conditional,
    Loop: _loop,
    Filter: _filter,
}
