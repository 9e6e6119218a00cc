"""Built-in functions over points and ranges (DMN 1.4, 10.3.4.10, table 78).

Each says in three values how two ranges lie to each other; a point stands for the range
that holds only itself. Ranges without bound on a needed side give null.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from workflows.feel.comparing import Ternary, both, equal, negation, order, within
from workflows.feel.functions.declaring import builtin
from workflows.feel.limits import Meter
from workflows.feel.temporal import (
    read_date,
    read_duration,
    read_literal,
    read_moment,
    read_time,
)
from workflows.feel.values import NUMBERS, Range

_TWO = "point1: point, point2: point"
_MIXED = "point: point, range: range"
_TURNED = "range: range, point: point"
_RANGES = "range1: range, range2: range"


def either(left: Ternary, right: Ternary) -> Ternary:
    """`or` of two ternary values."""
    return negation(both(negation(left), negation(right)))


def _span(value: Any) -> Range:
    return value if type(value) is Range else Range(value, value)


_WRITTEN = re.compile(r"\s*([\[(\]])(.*?)\.\.(.*)([\])\[])\s*", re.DOTALL)
_POINT = re.compile(
    r'(?P<number>-?(?:\d+(?:\.\d+)?|\.\d+))|"(?P<text>[^"\\]*)"|@"(?P<at>[^"]*)"'
    r'|(?P<of>date|time|date and time|duration)\(\s*"(?P<moment>[^"]*)"\s*\)'
)


@builtin("range", "from: string")
def range_of(_meter: Meter, text: str) -> Range | None:
    """The range that a text writes down; its ends are literals of one kind.

    One end may be missing where its bracket is open: `(..5]` is `<= 5`.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    first, last = found[2].strip(), found[3].strip()
    closed = found[1] == "[", found[4] == "]"
    low, high = _point(first), _point(last)
    if (low is None and (first or closed[0])) or (high is None and (last or closed[1])):
        return None
    if low is None or high is None:
        return None if low is high else Range(low, high, *closed)
    return Range(low, high, *closed) if order("<=", low, high) is True else None


def _point(text: str) -> Any:
    """A literal as a value; None where it is none."""
    found = _POINT.fullmatch(text)
    if found is None:
        return None
    if found["number"]:
        return NUMBERS.create_decimal(found["number"])
    if found["text"] is not None:
        return found["text"]
    if found["at"] is not None:
        return read_literal(found["at"])
    readers: dict[str, Callable[[str], Any]] = {
        "date": read_date,
        "time": read_time,
        "date and time": read_moment,
        "duration": read_duration,
    }
    return readers[found["of"]](found["moment"])


@builtin("before", _TWO)
@builtin("before", _MIXED)
@builtin("before", _TURNED)
@builtin("before", _RANGES)
def before(meter: Meter, left: Any, right: Any) -> Ternary:
    """`left` ends before `right` begins."""
    one, two = _span(left), _span(right)
    touch = both(equal(one.high, two.low, meter), not (one.high_included and two.low_included))
    return either(order("<", one.high, two.low), touch)


@builtin("after", _TWO)
@builtin("after", _MIXED)
@builtin("after", _TURNED)
@builtin("after", _RANGES)
def after(meter: Meter, left: Any, right: Any) -> Ternary:
    """`left` begins after `right` ends."""
    return before(meter, right, left)


@builtin("meets", _RANGES)
def meets(meter: Meter, one: Range, two: Range) -> Ternary:
    """`one` ends with the very point that `two` begins with."""
    if one.high is None or two.low is None:
        return None
    return both(one.high_included and two.low_included, equal(one.high, two.low, meter))


@builtin("met by", _RANGES)
def met_by(meter: Meter, one: Range, two: Range) -> Ternary:
    """`meets`, the other way round."""
    return meets(meter, two, one)


@builtin("overlaps", _RANGES)
def overlaps(meter: Meter, one: Range, two: Range) -> Ternary:
    """They have a point in common."""
    return negation(either(before(meter, one, two), before(meter, two, one)))


def _starts_earlier(meter: Meter, one: Range, two: Range) -> Ternary:
    same = both(equal(one.low, two.low, meter), one.low_included and not two.low_included)
    return either(order("<", one.low, two.low), same)


def _ends_earlier(meter: Meter, one: Range, two: Range) -> Ternary:
    same = both(equal(one.high, two.high, meter), two.high_included and not one.high_included)
    return either(order("<", one.high, two.high), same)


@builtin("overlaps before", _RANGES)
def overlaps_before(meter: Meter, one: Range, two: Range) -> Ternary:
    """`one` begins before `two` and ends inside it."""
    inside = both(overlaps(meter, one, two), negation(_ends_earlier(meter, two, one)))
    return both(_starts_earlier(meter, one, two), inside)


@builtin("overlaps after", _RANGES)
def overlaps_after(meter: Meter, one: Range, two: Range) -> Ternary:
    """`one` begins inside `two` and ends after it."""
    inside = both(overlaps(meter, one, two), negation(_starts_earlier(meter, one, two)))
    return both(_ends_earlier(meter, two, one), inside)


@builtin("finishes", _MIXED)
@builtin("finishes", _RANGES)
def finishes(meter: Meter, left: Any, two: Range) -> Ternary:
    """`left` ends where the range ends and does not begin before it."""
    if type(left) is not Range:
        return both(two.high_included, equal(left, two.high, meter))
    if left.high is None or two.high is None:
        return None
    together = both(left.high_included is two.high_included, equal(left.high, two.high, meter))
    return both(together, negation(_starts_earlier(meter, left, two)))


@builtin("finished by", _TURNED)
@builtin("finished by", _RANGES)
def finished_by(meter: Meter, one: Range, right: Any) -> Ternary:
    """`finishes`, the other way round."""
    return finishes(meter, right, one)


@builtin("includes", _TURNED)
@builtin("includes", _RANGES)
def includes(meter: Meter, one: Range, right: Any) -> Ternary:
    """The range holds all of `right`."""
    if type(right) is not Range:
        return within(right, one)
    begins = negation(_starts_earlier(meter, right, one))
    return both(begins, negation(_ends_earlier(meter, one, right)))


@builtin("during", _MIXED)
@builtin("during", _RANGES)
def during(meter: Meter, left: Any, two: Range) -> Ternary:
    """`includes`, the other way round."""
    return includes(meter, two, left)


@builtin("starts", _MIXED)
@builtin("starts", _RANGES)
def starts(meter: Meter, left: Any, two: Range) -> Ternary:
    """`left` begins where the range begins and does not end after it."""
    if type(left) is not Range:
        return both(two.low_included, equal(left, two.low, meter))
    if left.low is None or two.low is None:
        return None
    together = both(left.low_included is two.low_included, equal(left.low, two.low, meter))
    return both(together, negation(_ends_earlier(meter, two, left)))


@builtin("started by", _TURNED)
@builtin("started by", _RANGES)
def started_by(meter: Meter, one: Range, right: Any) -> Ternary:
    """`starts`, the other way round."""
    return starts(meter, right, one)


@builtin("coincides", _TWO)
@builtin("coincides", _RANGES)
def coincides(meter: Meter, left: Any, right: Any) -> Ternary:
    """The two are the same point or the same range."""
    return equal(left, right, meter)
