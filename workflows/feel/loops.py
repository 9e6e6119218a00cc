"""Compiling `if`, `for`, `some`, `every` and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.arithmetic import position
from workflows.feel.limits import MAX_LIST, Meter
from workflows.feel.nodes import (
    Builder,
    Code,
    Scope,
    at_column,
    node,
    subtree,
    subtrees,
    token,
)
from workflows.feel.operations import all_of, any_of
from workflows.feel.reading import Node, column_of
from workflows.feel.values import Range, is_number, whole


@node("if_else")
def _if(builder: Builder, tree: Node) -> Code:
    condition, yes, no = (builder.code(child) for child in subtrees(tree))
    return lambda scope: yes(scope) if condition(scope) is True else no(scope)


Domain = Callable[[Scope], list[Any] | None]


def _domain(builder: Builder, iterator: Node) -> Domain:
    codes = [builder.code(child) for child in subtrees(iterator)]
    column = column_of(iterator)

    def run(scope: Scope) -> list[Any] | None:
        values = [code(scope) for code in codes]
        try:
            if len(values) == 2:
                return _counted(Range(values[0], values[1]), scope.meter, backwards=True)
            return elements(values[0], scope.meter)
        except ExpressionError as wrong:
            raise at_column(wrong, column) from None

    return run


def elements(value: Any, meter: Meter) -> list[Any] | None:
    """What an iteration walks over: a list, a range counted out, or one value; or null."""
    if type(value) is list or value is None:
        return value
    return _counted(value, meter, backwards=False) if type(value) is Range else [value]


def _counted(given: Range, meter: Meter, *, backwards: bool) -> list[Any] | None:
    """The whole numbers or the days of a range, downwards if it is written so."""
    if type(given.low) is date and type(given.high) is date:
        days = _count(given.low.toordinal(), given.high.toordinal(), backwards)
        meter.allow_list(len(days))
        listed: list[Any] = [given.low + timedelta(day - days.start) for day in days]
    else:
        low, high = whole(given.low), whole(given.high)
        if low is None or high is None:
            return None
        numbers = _count(low, high, backwards)
        if abs(high - low) > MAX_LIST:
            raise ExpressionError(f"列表超过 {MAX_LIST} 项", code="budget")
        meter.allow_list(len(numbers))
        listed = list(numbers)
    ends = (given.low_included, given.low), (given.high_included, given.high)
    return [item for item in listed if all(included or item != end for included, end in ends)]


def _count(low: int, high: int, backwards: bool) -> range:
    if high < low and backwards:
        return range(low, high - 1, -1)
    return range(low, high + 1)


class _Iteration:
    """Walks over all combinations of the iterators of a `for`, `some` or `every`."""

    __slots__ = ("column", "domains", "names")

    def __init__(self, builder: Builder, tree: Node) -> None:
        iterators = subtrees(tree)[:-1]
        self.names = [str(token(iterator, 0)) for iterator in iterators]
        self.domains = [_domain(builder, iterator) for iterator in iterators]
        self.column = column_of(tree)

    def scopes(self, outer: Scope, place: int = 0) -> Iterator[Scope | None]:
        """One scope a round; None where there is nothing to walk over (null)."""
        items = self.domains[place](outer)
        if items is None:
            yield None
            return
        name, meter, last = self.names[place], outer.meter, place + 1 == len(self.names)
        for item in items:
            inside = Scope({name: item}, outer, meter)
            if last:
                yield inside
            else:
                meter.spend(1)
                yield from self.scopes(inside, place + 1)


@node("for_return")
def _for(builder: Builder, tree: Node) -> Code:
    iteration = _Iteration(builder, tree)
    body_tree = subtrees(tree)[-1]
    body, weight = builder.weighed(body_tree)
    looks_back = any(
        part.data == "name" and token(part, 0) == "partial"
        for part in body_tree.iter_subtrees()
    )

    def run(scope: Scope) -> Any:
        results: list[Any] = []
        meter = scope.meter
        for inside in iteration.scopes(scope):
            if inside is None:
                return None
            meter.spend(weight)
            if looks_back:
                meter.spend(len(results))
                inside = Scope({"partial": list(results)}, inside, meter)
            results.append(body(inside))
            if len(results) > MAX_LIST:
                raise ExpressionError(f"列表超过 {MAX_LIST} 项", code="budget")
        return results

    return _placed(run, iteration.column)


def _placed(run: Code, column: int) -> Code:
    def placed(scope: Scope) -> Any:
        try:
            return run(scope)
        except ExpressionError as wrong:
            raise at_column(wrong, column) from None

    return placed


@node("some", "every")
def _quantified(builder: Builder, tree: Node) -> Code:
    iteration = _Iteration(builder, tree)
    body, weight = builder.weighed(subtrees(tree)[-1])
    decide = any_of if tree.data == "some" else all_of

    def answers(scope: Scope) -> Iterator[Any]:
        for inside in iteration.scopes(scope):
            scope.meter.spend(weight)
            yield None if inside is None else body(inside)

    return _placed(lambda scope: decide(answers(scope)), iteration.column)


@node("filter")
def _filter(builder: Builder, tree: Node) -> Code:
    source = builder.code(subtree(tree, 0))
    inner = subtree(tree, 1)
    if _is_literal_place(inner):
        return _indexed(source, builder.code(inner))
    condition, weight = builder.weighed(inner)

    def run(scope: Scope) -> Any:
        return filtered(source(scope), condition, weight, scope)

    return _placed(run, column_of(tree))


def filtered(value: Any, condition: Code, weight: int, scope: Scope) -> Any:
    """The elements for which a condition holds, or the one at the place that it gives."""
    items = value if type(value) is list else [] if value is None else [value]
    if not items:
        return None if is_number(condition(scope)) else []
    kept = []
    for item in items:
        answer = condition(_item_scope(item, scope, weight))
        if answer is True:
            kept.append(item)
        elif is_number(answer):
            return _at(items, answer)
    return kept


def _is_literal_place(tree: Node) -> bool:
    if tree.data == "negate":
        tree = subtree(tree, 0)
    return tree.data == "number"


def _indexed(source: Code, place: Code) -> Code:
    def run(scope: Scope) -> Any:
        value = source(scope)
        if value is None:
            return None
        return _at(value if type(value) is list else [value], place(scope))

    return run


def _at(items: list[Any], place: Any) -> Any:
    index = position(place, len(items))
    return None if index is None else items[index]


def _item_scope(item: Any, outer: Scope, weight: int) -> Scope:
    if type(item) is not dict:
        outer.meter.spend(weight)
        return Scope({"item": item}, outer, outer.meter)
    outer.meter.spend(weight + len(item))
    return Scope({"item": item, **item}, outer, outer.meter)
