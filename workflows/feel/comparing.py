"""Equality, order and membership in three values: True, False, None (DMN 1.4, 10.3.2.13).

Values of different kinds are neither equal nor unequal: the answer is null. Only null itself
may be compared with anything: it equals itself and nothing else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.fine import clock_of
from workflows.feel.limits import MAX_NESTING, Meter
from workflows.feel.values import Range, kind_of

Ternary = bool | None

_ORDERED = frozenset(
    {
        "number",
        "string",
        "date",
        "date and time",
        "time",
        "days and time duration",
        "years and months duration",
    }
)
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def equal(left: Any, right: Any, meter: Meter, depth: int = 0) -> Ternary:
    """FEEL `=`."""
    if type(left) is str and type(right) is str:
        return left == right
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind != kind_of(right):
        return None
    if kind == "list":
        return _equal_lists(left, right, meter, depth)
    if kind == "context":
        if left.keys() != right.keys():
            return False
        values = [right[key] for key in left]
        return _equal_lists(list(left.values()), values, meter, depth)
    if kind == "range":
        return _equal_lists(_parts(left), _parts(right), meter, depth)
    if kind == "time":
        return clock_of(left) == clock_of(right)
    return bool(left == right)


def _parts(given: Range) -> list[Any]:
    return [given.low, given.high, given.low_included, given.high_included]


def _equal_lists(left: list[Any], right: list[Any], meter: Meter, depth: int) -> Ternary:
    if len(left) != len(right):
        return False
    if depth > MAX_NESTING:
        raise ExpressionError(f"值嵌套超过 {MAX_NESTING} 层", code="budget")
    meter.spend(len(left))
    known = True
    for one, other in zip(left, right, strict=True):
        answer = equal(one, other, meter, depth + 1)
        if answer is False:
            return False
        known = known and answer is True
    return True if known else None


def same(left: Any, right: Any, meter: Meter) -> bool:
    """Whether the two are certainly equal."""
    return equal(left, right, meter) is True


def order(sign: str, left: Any, right: Any) -> Ternary:
    """FEEL `<`, `<=`, `>`, `>=`; null for values that have no order between them."""
    if left is None or right is None:
        return None
    kind = kind_of(left)
    if kind not in _ORDERED or kind != kind_of(right):
        return None
    if kind == "years and months duration":
        left, right = left.count, right.count
    if kind == "time":
        left, right = clock_of(left), clock_of(right)
        if left[0] is not right[0]:  # one has a zone and the other has none
            return None
    try:
        return _ORDERS[sign](left, right)
    except TypeError:  # the same of two dates and times
        return None


def compare(sign: str, left: Any, right: Any, meter: Meter) -> Ternary:
    """Any of the six comparison operators."""
    if sign == "=":
        return equal(left, right, meter)
    if sign == "!=":
        return negation(equal(left, right, meter))
    return order(sign, left, right)


def negation(value: Any) -> Ternary:
    """`not`; null for anything that is not a boolean."""
    return not value if type(value) is bool else None


def both(left: Ternary, right: Ternary) -> Ternary:
    """`and` of two ternary values."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def within(value: Any, given: Range) -> Ternary:
    """Whether a value lies in a range."""
    low: Ternary = True
    high: Ternary = True
    if given.low is not None:
        low = order(">=" if given.low_included else ">", value, given.low)
    if given.high is not None:
        high = order("<=" if given.high_included else "<", value, given.high)
    if given.low is None and given.high is None:
        return None
    return both(low, high)


def member(value: Any, of: Any, meter: Meter) -> Ternary:
    """`value in of`: in a range, in a list of values and ranges, or equal to a value."""
    if type(of) is Range and type(value) is not Range:
        return within(value, of)
    if type(of) is not list:
        return equal(value, of, meter)
    meter.spend(len(of))
    for item in of:
        if type(item) is Range and type(value) is not Range:
            if within(value, item) is True:
                return True
        elif equal(value, item, meter) is True:
            return True
    return type(value) is list and equal(value, of, meter) is True
