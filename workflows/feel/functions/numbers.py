"""Built-in functions over numbers, and `number` and `not` (DMN 1.4, 10.3.4.1, .2 and .5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from workflows.feel.arithmetic import number as decimal_of
from workflows.feel.comparing import negation
from workflows.feel.functions.declaring import builtin
from workflows.feel.limits import Meter
from workflows.feel.values import NUMBERS, Months, whole

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
_SCALES = 6_111
# Wide enough to hold every digit of a decimal128 while it is rounded at any place.
_ROUNDING = Context(prec=2 * _SCALES + 100, Emin=-99_999, Emax=99_999)


@builtin("not", "negand: any")
def not_(_meter: Meter, negand: Any) -> bool | None:
    """The opposite of a boolean, null of anything else."""
    return negation(negand)


@builtin("number", "from: string")
@builtin("number", "from: number")
@builtin("number", "from: string, grouping separator: any, decimal separator: any")
def number(
    _meter: Meter, text: Any, grouping: Any = None, separator: Any = None
) -> Decimal | None:
    """A string as number: digits, with `grouping` between and `separator` before decimals."""
    if type(text) is not str:
        return decimal_of(text)
    if grouping not in (None, " ", ",", ".") or separator not in (None, ".", ","):
        return None
    if grouping is not None and grouping == separator:
        return None
    if grouping is not None:
        text = text.replace(grouping, "")
    if separator == ",":
        text = text.replace(",", ".") if "." not in text else ""
    return decimal_of(text) if len(text) <= 400 and _NUMBER.fullmatch(text) else None


def _round(value: Any, scale: Any, rounding: str) -> Decimal | None:
    places = whole(scale)
    if places is None or not -_SCALES <= places <= 6_176:
        return None
    quantum = Decimal((0, (1,), -places))
    rounded = decimal_of(value).quantize(quantum, rounding=rounding, context=_ROUNDING)
    return NUMBERS.plus(rounded) if rounded else Decimal(0)


@builtin("decimal", "n: number, scale: number")
def decimal(_meter: Meter, n: Any, scale: Any) -> Decimal | None:
    """Rounded to `scale` decimals, half to even."""
    return _round(n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale: number?")
def floor(_meter: Meter, n: Any, scale: Any = 0) -> Decimal | None:
    """Rounded downwards."""
    return _round(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number, scale: number?")
def ceiling(_meter: Meter, n: Any, scale: Any = 0) -> Decimal | None:
    """Rounded upwards."""
    return _round(n, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number")
def round_up(_meter: Meter, n: Any, scale: Any) -> Decimal | None:
    """Rounded away from zero."""
    return _round(n, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number")
def round_down(_meter: Meter, n: Any, scale: Any) -> Decimal | None:
    """Rounded towards zero."""
    return _round(n, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number")
def round_half_up(_meter: Meter, n: Any, scale: Any) -> Decimal | None:
    """Rounded to the nearest, halves away from zero."""
    return _round(n, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number")
def round_half_down(_meter: Meter, n: Any, scale: Any) -> Decimal | None:
    """Rounded to the nearest, halves towards zero."""
    return _round(n, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number")
@builtin("abs", "n: days and time duration")
@builtin("abs", "n: years and months duration")
def absolute(_meter: Meter, n: Any) -> Any:
    """Without its sign."""
    if isinstance(n, Months):
        return Months(abs(n.count))
    return abs(n) if isinstance(n, timedelta) else NUMBERS.abs(decimal_of(n))


@builtin("modulo", "dividend: number, divisor: number")
def modulo(_meter: Meter, dividend: Any, divisor: Any) -> Decimal | None:
    """What division downwards leaves; it has the sign of the divisor."""
    if not divisor:
        return None
    rest = NUMBERS.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) is not (divisor < 0) else rest


_PRICE = 20  # steps: these work on 34 digits one by one


def _function(meter: Meter, operation: Callable[[Any], Decimal], n: Any) -> Decimal:
    meter.spend(_PRICE)
    return operation(decimal_of(n))


@builtin("sqrt", "number: number")
def sqrt(meter: Meter, n: Any) -> Decimal | None:
    """Square root; null below zero."""
    return _function(meter, NUMBERS.sqrt, n) if n >= 0 else None


@builtin("log", "number: number")
def log(meter: Meter, n: Any) -> Decimal | None:
    """Natural logarithm; null at zero and below."""
    return _function(meter, NUMBERS.ln, n) if n > 0 else None


@builtin("exp", "number: number")
def exp(meter: Meter, n: Any) -> Decimal:
    """Euler's number to the power of `n`."""
    return _function(meter, NUMBERS.exp, n)


@builtin("odd", "number: number")
def odd(_meter: Meter, n: Any) -> bool | None:
    """Whether a whole number is odd."""
    return n % 2 == 1 if (n := whole(n)) is not None else None


@builtin("even", "number: number")
def even(_meter: Meter, n: Any) -> bool | None:
    """Whether a whole number is even."""
    return n % 2 == 0 if (n := whole(n)) is not None else None
