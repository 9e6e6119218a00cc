"""The arithmetic operators by the kinds of their operands (DMN 1.4, 10.3.2.13.3, table 57).

Operands that do not go together, and a division by zero, give null. A number beyond
decimal128 is an ExpressionError: no rule of a county means one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, time, timedelta
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.far import Day, Moment, apart, day_at, join, move, ordinal, since_midnight
from workflows.feel.fine import offset_of
from workflows.feel.limits import Meter
from workflows.feel.temporal import add_clock, add_months, from_seconds, seconds_of
from workflows.feel.values import KINDS, NUMBERS, Months, whole

TOO_LARGE = "数字太大，超出可计算的范围"
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_MOST_MONTHS = 12_000_000_000  # a billion years, as XML Schema readers bear

Operation = Callable[[Any, Any], Any]
Operations = dict[tuple[str, str], Operation]  # by the kinds of the two operands


def number(value: Any) -> Decimal:
    """A number as a decimal of 34 digits."""
    return NUMBERS.create_decimal(value)


def _divide(left: Any, right: Any) -> Decimal | None:
    return NUMBERS.divide(left, right) if right else None


def _power(base: Any, exponent: Any) -> Decimal | None:
    try:
        return NUMBERS.power(number(base), number(exponent))
    except InvalidOperation:  # 0 ** 0 is 1 in mathematics, and here
        return Decimal(1) if not base and not exponent else None


def _move_day(day: Day, length: timedelta) -> Day:
    """A date plus a duration is a date; what is less than a day moves it only downwards."""
    return day_at(ordinal(day) + length // _DAY)


def _days_apart(left: Day, right: Day) -> timedelta:
    return timedelta(days=ordinal(left) - ordinal(right))


def _clocks_apart(left: time, right: time) -> timedelta | None:
    first, second = offset_of(left), offset_of(right)
    if (first is None) is not (second is None):
        return None
    apart = since_midnight(left) - since_midnight(right)
    return apart if first is None or second is None else apart - first + second


def _midnight(day: Day) -> Moment:
    """A date among dates and times is its midnight in universal time (10.3.2.13.3)."""
    return join(day, time(tzinfo=UTC))


def _times(length: timedelta, factor: Any) -> timedelta | None:
    return from_seconds(NUMBERS.multiply(seconds_of(length), factor))


def _months(count: int | Decimal) -> Months | None:
    return Months(int(count)) if abs(int(count)) <= _MOST_MONTHS else None


def _months_times(length: Months, factor: Any) -> Months | None:
    return _months(NUMBERS.multiply(length.count, factor))


def _share(length: timedelta, divisor: Any) -> timedelta | None:
    return from_seconds(NUMBERS.divide(seconds_of(length), divisor)) if divisor else None


def _months_share(length: Months, divisor: Any) -> Months | None:
    return _months(NUMBERS.divide(length.count, divisor)) if divisor else None


_N, _S, _D, _DT, _T = "number", "string", "date", "date and time", "time"
_DUR, _YM = "days and time duration", "years and months duration"

_ADD: Operations = {
    (_N, _N): NUMBERS.add,
    (_S, _S): lambda a, b: a + b,
    (_D, _DUR): _move_day,
    (_DUR, _D): lambda a, b: _move_day(b, a),
    (_DT, _DUR): move,
    (_DUR, _DT): lambda a, b: move(b, a),
    (_T, _DUR): add_clock,
    (_DUR, _T): lambda a, b: add_clock(b, a),
    (_DUR, _DUR): lambda a, b: a + b,
    (_YM, _YM): lambda a, b: _months(a.count + b.count),
}
_SUBTRACT: Operations = {
    (_N, _N): NUMBERS.subtract,
    (_D, _D): _days_apart,
    (_DT, _DT): apart,
    (_D, _DT): lambda a, b: apart(_midnight(a), b),
    (_DT, _D): lambda a, b: apart(a, _midnight(b)),
    (_T, _T): _clocks_apart,
    (_D, _DUR): lambda a, b: _move_day(a, -b),
    (_DT, _DUR): lambda a, b: move(a, -b),
    (_T, _DUR): lambda a, b: add_clock(a, -b),
    (_DUR, _DUR): lambda a, b: a - b,
    (_YM, _YM): lambda a, b: _months(a.count - b.count),
}
for _kind in (_D, _DT):
    _ADD[_kind, _YM] = lambda a, b: add_months(a, b.count)
    _ADD[_YM, _kind] = lambda a, b: add_months(b, a.count)
    _SUBTRACT[_kind, _YM] = lambda a, b: add_months(a, -b.count)
_MULTIPLY: Operations = {
    (_N, _N): NUMBERS.multiply,
    (_DUR, _N): _times,
    (_N, _DUR): lambda a, b: _times(b, a),
    (_YM, _N): _months_times,
    (_N, _YM): lambda a, b: _months_times(b, a),
}
_DIVIDE: Operations = {
    (_N, _N): _divide,
    (_DUR, _N): _share,
    (_DUR, _DUR): lambda a, b: _divide(number(a // _MICROSECOND), number(b // _MICROSECOND)),
    (_YM, _N): _months_share,
    (_YM, _YM): lambda a, b: _divide(a.count, b.count),
}
_POWER: Operations = {(_N, _N): _power}

OPERATORS = {"+": _ADD, "-": _SUBTRACT, "*": _MULTIPLY, "/": _DIVIDE, "**": _POWER}


def calculate(operations: Operations, left: Any, right: Any, meter: Meter) -> Any:
    """Apply an operator; null where it has no meaning for these operands."""
    operation = operations.get((KINDS[type(left)], KINDS[type(right)]))
    if operation is None:
        return None
    if type(left) is str:
        meter.allow_text(len(left) + len(right))
    elif operations is _POWER:
        meter.spend(20)
    return guarded(operation, left, right)


def guarded(operation: Callable[..., Any], *operands: Any) -> Any:
    """Run a calculation; outside its domain or the calendar is null, too large an error."""
    try:
        return operation(*operands)
    except Overflow as wrong:
        raise ExpressionError(TOO_LARGE, code="budget") from wrong
    except (ArithmeticError, ValueError):
        return None


def negate(value: Any) -> Any:
    """The sign `-` before a value."""
    kind = KINDS[type(value)]
    if kind == _N:
        return NUMBERS.minus(number(value))
    if kind == _DUR:
        return guarded(timedelta.__neg__, value)
    return Months(-value.count) if kind == _YM else None


def position(value: Any, length: int) -> int | None:
    """A 1-based place, or one counted from the end by a negative number, as a 0-based index."""
    place = whole(value)
    if place is None or place == 0 or abs(place) > length:
        return None
    return place - 1 if place > 0 else length + place
