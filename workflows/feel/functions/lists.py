"""Built-in functions over lists (DMN 1.4, 10.3.4.4, 10.3.4.9)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cmp_to_key
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.arithmetic import OPERATORS, calculate, position
from workflows.feel.comparing import equal, order, same
from workflows.feel.far import FarMoment
from workflows.feel.fine import offset_of
from workflows.feel.functions.declaring import builtin
from workflows.feel.limits import MAX_NESTING, Meter
from workflows.feel.values import NUMBERS, Lambda, is_number, kind_of, whole

Items = list[Any]


@builtin("count", "list: list")
def count(_meter: Meter, items: Items) -> int:
    """Number of elements."""
    return len(items)


@builtin("list contains", "list: list, element: any")
def list_contains(meter: Meter, items: Items, element: Any) -> bool:
    """Whether an element equals `element`; null is found too."""
    meter.spend(len(items))
    return any(same(item, element, meter) for item in items)


def _extreme(meter: Meter, items: Items, sign: str) -> Any:
    meter.spend(len(items))
    if not items:
        return None
    best = items[0]
    if order("<=", best, best) is None:
        return None
    for item in items[1:]:
        answer = order(sign, item, best)
        if answer is None:
            return None
        best = item if answer else best
    return best


@builtin("min", "list: any*")
def minimum(meter: Meter, items: Items) -> Any:
    """The least; null for none, or for values without a common order."""
    return _extreme(meter, items, "<")


@builtin("max", "list: any*")
def maximum(meter: Meter, items: Items) -> Any:
    """The greatest; null for none, or for values without a common order."""
    return _extreme(meter, items, ">")


def _fold(meter: Meter, items: Items, sign: str) -> Any:
    meter.spend(len(items))
    total = items[0] if items else None
    for item in items[1:]:
        total = calculate(OPERATORS[sign], total, item, meter)
    return total


@builtin("sum", "list: any*")
def total(meter: Meter, items: Items) -> Any:
    """Sum of numbers or of durations; null for none."""
    kinds = {kind_of(item) for item in items}
    if len(kinds) != 1 or not kinds <= _SUMMABLE:
        return None
    return _fold(meter, items, "+")


_SUMMABLE = {"number", "days and time duration", "years and months duration"}


def _numbers(meter: Meter, items: Items) -> Items | None:
    meter.spend(len(items))
    return items if items and all(map(is_number, items)) else None


@builtin("product", "list: any*")
def product(meter: Meter, items: Items) -> Any:
    """Product of numbers; null for none."""
    return _fold(meter, items, "*") if _numbers(meter, items) else None


@builtin("mean", "list: any*")
def mean(meter: Meter, items: Items) -> Any:
    """Arithmetic mean of numbers or of durations; null for none."""
    whole_sum = total(meter, items)
    return calculate(OPERATORS["/"], whole_sum, len(items), meter)


@builtin("median", "list: any*")
def median(meter: Meter, items: Items) -> Any:
    """The number in the middle."""
    if _numbers(meter, items) is None:
        return None
    ranked = sorted(items)
    middle = len(ranked) // 2
    if len(ranked) % 2:
        return ranked[middle]
    return NUMBERS.divide(NUMBERS.add(ranked[middle - 1], ranked[middle]), 2)


@builtin("stddev", "list: any*")
def stddev(meter: Meter, items: Items) -> Any:
    """Standard deviation of a sample; null for fewer than two numbers."""
    if _numbers(meter, items) is None or len(items) < 2:
        return None
    centre = mean(meter, items)
    squares = [NUMBERS.power(NUMBERS.subtract(item, centre), 2) for item in items]
    variance = NUMBERS.divide(_fold(meter, squares, "+"), len(items) - 1)
    return NUMBERS.sqrt(variance)


@builtin("mode", "list: any*")
def mode(meter: Meter, items: Items) -> Items | None:
    """The most frequent numbers, in ascending order."""
    if not items:
        return []
    if _numbers(meter, items) is None:
        return None
    times: dict[Any, int] = {}
    for item in items:
        times[item] = times.get(item, 0) + 1
    most = max(times.values())
    return sorted(item for item, often in times.items() if often == most)


def _ternary(items: Items, decisive: bool) -> bool | None:
    if any(item is decisive for item in items):
        return decisive
    return (not decisive) if all(item is (not decisive) for item in items) else None


@builtin("all", "list: any*")
def all_(meter: Meter, items: Items) -> bool | None:
    """True if every element is true, false if one is false, else null."""
    meter.spend(len(items))
    return None if items == [None] else _ternary(items, False)


@builtin("any", "list: any*")
def any_(meter: Meter, items: Items) -> bool | None:
    """True if one element is true, false if every one is false, else null."""
    meter.spend(len(items))
    return None if items == [None] else _ternary(items, True)


@builtin("sublist", "list: list, start position: number, length: number?")
def sublist(meter: Meter, items: Items, start: Any, length: Any = None) -> Items | None:
    """Part of a list from a 1-based place; negative places count from the end."""
    begin = position(start, len(items))
    number = len(items) if length is None else whole(length)
    if begin is None or number is None or number < 0:
        return None
    if length is not None and begin + number > len(items):
        return None
    meter.allow_list(len(items))
    return items[begin : begin + number]


@builtin("append", "list: list, item: any+")
def append(meter: Meter, items: Items, added: Items) -> Items:
    """The list with further elements at its end."""
    meter.allow_list(len(items) + len(added))
    return [*items, *added]


@builtin("concatenate", "list: any+")
def concatenate(meter: Meter, lists: Items) -> Items | None:
    """Several lists as one."""
    if any(part is None for part in lists):
        return None
    parts = [part if type(part) is list else [part] for part in lists]
    meter.allow_list(sum(map(len, parts)))
    return [item for part in parts for item in part]


@builtin("insert before", "list: list, position: number, newItem: any")
def insert_before(meter: Meter, items: Items, place: Any, new: Any) -> Items | None:
    """The list with an element put before a place."""
    at = position(place, len(items))
    if at is None:
        return None
    meter.allow_list(len(items) + 1)
    return [*items[:at], new, *items[at:]]


@builtin("remove", "list: list, position: number")
def remove(meter: Meter, items: Items, place: Any) -> Items | None:
    """The list without the element at a place."""
    at = position(place, len(items))
    if at is None:
        return None
    meter.spend(len(items))
    return [*items[:at], *items[at + 1 :]]


@builtin("list replace", "list: list, position: number, newItem: any")
def list_replace(meter: Meter, items: Items, place: Any, new: Any) -> Items | None:
    """The list with another element at a place."""
    at = position(place, len(items))
    if at is None:
        return None
    meter.spend(len(items))
    return [*items[:at], new, *items[at + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any")
def list_replace_where(meter: Meter, items: Items, match: Lambda, new: Any) -> Items | None:
    """The list with another element wherever the function says so."""
    if match.arity != 2:
        return None
    meter.spend(len(items))
    answers = [match.call(meter, item, new) for item in items]
    if not all(type(answer) is bool for answer in answers):
        return None
    return [new if answer else item for item, answer in zip(items, answers, strict=True)]


@builtin("reverse", "list: list")
def reverse(meter: Meter, items: Items) -> Items:
    """The list from its end."""
    meter.spend(len(items))
    return items[::-1]


@builtin("index of", "list: list, match: any")
def index_of(meter: Meter, items: Items, match: Any) -> Items:
    """The 1-based places of all elements that equal `match`."""
    meter.spend(len(items))
    return [place for place, item in enumerate(items, 1) if same(item, match, meter)]


def _distinct(meter: Meter, items: Items) -> Items:
    kept: Items = []
    for item in items:
        meter.spend(1 + len(kept))
        if not any(same(item, other, meter) for other in kept):
            kept.append(item)
    return kept


@builtin("union", "list: any+")
def union(meter: Meter, lists: Items) -> Items | None:
    """Several lists as one without repetitions."""
    joined = concatenate(meter, lists)
    return None if joined is None else _distinct(meter, joined)


@builtin("distinct values", "list: list")
def distinct_values(meter: Meter, items: Items) -> Items:
    """The list without repetitions."""
    return _distinct(meter, items)


@builtin("flatten", "list: list")
def flatten(meter: Meter, items: Items) -> Items:
    """All elements of all levels in one list."""
    flat: Items = []
    _flatten(meter, items, flat, 0)
    meter.allow_list(len(flat))
    return flat


def _flatten(meter: Meter, items: Items, flat: Items, depth: int) -> None:
    if depth > MAX_NESTING:
        raise ExpressionError(f"列表嵌套超过 {MAX_NESTING} 层", code="budget")
    meter.spend(1 + len(items))
    for item in items:
        if type(item) is list:
            _flatten(meter, item, flat, depth + 1)
        else:
            flat.append(item)


class _Unordered(Exception):
    """Two elements have no order between them."""


@builtin("sort", "list: list, precedes: function?")
def sort(meter: Meter, items: Items, precedes: Lambda | None = None) -> Items | None:
    """Sorted by a function that says whether its first argument comes first; stable."""
    if precedes is not None and precedes.arity != 2:
        return None

    def compared(left: Any, right: Any) -> int:
        meter.spend(1)
        if precedes is None:
            before, after = order("<", left, right), order(">", left, right)
        else:
            before = precedes.call(meter, left, right)
            after = precedes.call(meter, right, left) if before is False else False
        if before is None or type(before) is not bool:
            raise _Unordered
        return -1 if before else int(after is True)

    try:
        return sorted(items, key=cmp_to_key(compared))
    except _Unordered:
        return None


@builtin("is", "value1: any, value2: any")
def is_(meter: Meter, left: Any, right: Any) -> bool:
    """Whether two values are the same, with kind and distance from universal time."""
    if kind_of(left) != kind_of(right):
        return False
    return _offset(left) == _offset(right) and equal(left, right, meter) is True


def _offset(value: Any) -> timedelta | None:
    """How far a time, or a date and time, is from universal time."""
    if isinstance(value, time):
        return offset_of(value)
    return value.utcoffset() if isinstance(value, datetime | FarMoment) else None
