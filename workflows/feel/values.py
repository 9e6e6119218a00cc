"""The values of FEEL and how they enter and leave (DMN 1.4, 10.3.2.3 and 10.3.2.13).

Inside the interpreter only these exact Python types exist: None, bool, int, Decimal, str,
date and datetime (or their far cousins), time, timedelta (days and time duration), Months (years and months duration),
Range, list, dict and Lambda. `admit` turns a caller's variable into them and refuses
everything else, so no host object is ever within reach of an expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.far import FarDate, FarMoment
from workflows.feel.fine import FineTime
from workflows.feel.limits import MAX_NESTING, MAX_RESULT, Meter

# IEEE 754 decimal128, as DMN asks for.
NUMBERS = Context(
    prec=34,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_WHOLE = Decimal(10) ** 34
_MAX_BITS = 20_000


@dataclass(frozen=True, slots=True)
class Months:
    """A years and months duration: `count` months, negative for backwards."""

    count: int


@dataclass(frozen=True, slots=True)
class Range:
    """An interval. An end that is None is open without bound, as in `(< 5)`."""

    low: Any
    high: Any
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Lambda:
    """A function of one's own: a literal with what it closes over, or a piece of DMN logic.

    `types` are those of the parameters and `result` that of the answer (`types.Type`), None
    where they are not declared.
    """

    names: tuple[str, ...]
    call: Callable[..., Any]
    types: tuple[Any, ...] = ()
    result: Any = None

    @property
    def arity(self) -> int:
        """How many arguments it takes."""
        return len(self.names)


KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    date: "date",
    FarDate: "date",
    datetime: "date and time",
    FarMoment: "date and time",
    time: "time",
    FineTime: "time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    Range: "range",
    list: "list",
    dict: "context",
    Lambda: "function",
}
_SCALARS = frozenset(
    {
        type(None),
        bool,
        str,
        date,
        FarDate,
        datetime,
        FarMoment,
        time,
        FineTime,
        timedelta,
        Months,
    }
)


def kind_of(value: object) -> str:
    """The FEEL name of a value's type."""
    return KINDS[type(value)]


def is_number(value: object) -> bool:
    """Whether the value is a FEEL number."""
    return type(value) is int or type(value) is Decimal


def whole(value: object) -> int | None:
    """The number as an int where it is a whole number of reasonable size, else None."""
    if type(value) is int:
        return value
    if type(value) is Decimal and -_WHOLE < value < _WHOLE and value == int(value):
        return int(value)
    return None


def admit(value: object, meter: Meter, depth: int = 0) -> Any:
    """Turn a caller's value into a FEEL value.

    Floats become decimals by their shortest text; tuples become lists; enums with a text
    or a number become that. Anything else is a defect of the caller: ExpressionError.
    """
    kind = type(value)
    if kind in _SCALARS:
        return value
    if isinstance(value, bool | int | float | Decimal):
        return _admit_number(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list | tuple | Mapping):
        if depth >= MAX_NESTING:
            raise ExpressionError(f"变量的值嵌套超过 {MAX_NESTING} 层", code="budget")
        meter.spend(len(value))
        if isinstance(value, Mapping):
            return {str(k): admit(v, meter, depth + 1) for k, v in value.items()}
        return [admit(item, meter, depth + 1) for item in value]
    if kind is Range or kind is Lambda:
        return value
    raise ExpressionError(f"变量的值是“{kind.__name__}”，表达式不能使用这种值", code="value")


def _admit_number(value: float | Decimal) -> Any:
    if isinstance(value, int):  # bool is exact and was served before
        number = int(value)
        if -(10**34) < number < 10**34:
            return number
        if number.bit_length() > _MAX_BITS:
            raise ExpressionError("变量的值是过大的数字", code="value")
        return NUMBERS.create_decimal(number)
    number_ = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number_.is_finite():
        return None
    try:
        return NUMBERS.plus(number_)
    except Overflow as wrong:
        raise ExpressionError("变量的值是过大的数字", code="value") from wrong


class Variables(dict[str, Any]):
    """The caller's variables, admitted one by one when an expression first asks for them."""

    __slots__ = ("_meter", "_source")

    def __init__(self, source: Mapping[str, object], meter: Meter) -> None:
        super().__init__()
        self._source = source
        self._meter = meter

    def __missing__(self, name: str) -> Any:
        value = admit(self._source[name], self._meter)
        self[name] = value
        return value


def release(value: Any) -> Any:
    """Hand a result out: fresh lists and contexts, whole numbers as int.

    Raises ExpressionError when the result, written out in full, is too large or too deep.
    """
    kind = type(value)
    if kind in _SCALARS or kind is int:
        return value
    return _release(value, [MAX_RESULT], 0)


def _release(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise ExpressionError(f"结果超过 {MAX_RESULT} 个值", code="budget")
    if depth > MAX_NESTING:
        raise ExpressionError(f"结果嵌套超过 {MAX_NESTING} 层", code="budget")
    kind = type(value)
    if kind is str:
        left[0] -= len(value) // 16
        return value
    if kind is Decimal:
        number = whole(value)
        return value if number is None else number
    if kind is list:
        return [_release(item, left, depth + 1) for item in value]
    if kind is dict:
        return {key: _release(item, left, depth + 1) for key, item in value.items()}
    if kind is Range:
        low = _release(value.low, left, depth + 1)
        high = _release(value.high, left, depth + 1)
        return Range(low, high, value.low_included, value.high_included)
    return None if kind is Lambda else value  # a function means nothing outside
