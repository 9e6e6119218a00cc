"""The types of FEEL and of DMN's item definitions: does a value fit, and can it be made to fit.

`is_instance` is `instance of`. `conform` is the implicit conversion of DMN 1.4, 10.3.2.9.4,
wherever a value meets a declared type: a list of one stands for its element, an element for a
list of one, a date for its midnight in universal time; what does not fit becomes null, with a
remark. A context must have every member of its type, but a caller's input may leave some out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, time
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.far import join
from workflows.feel.limits import MAX_NESTING, Meter
from workflows.feel.temporal import read_date, read_duration, read_moment, read_time
from workflows.feel.values import Lambda, Months, kind_of

Constraint = Callable[[Any, Meter], bool]

SIMPLE = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
)
_ALIASES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `of` is that of the elements, of a range's ends, or of a function's result.

    `members` are a context's, `parameters` a function's (None: any); `allowed` is the
    constraint of an item definition.
    """

    kind: str
    of: Type | None = None
    members: tuple[tuple[str, Type], ...] = ()
    parameters: tuple[Type, ...] | None = None
    allowed: Constraint | None = None
    name: str = ""

    def __str__(self) -> str:
        if self.name:
            return self.name
        return self.kind if self.of is None else f"{self.kind}<{self.of}>"


ANY = Type("Any")
BUILT_IN: Mapping[str, Type] = {
    "Any": ANY,
    "Null": Type("null"),
    **{name: Type(name) for name in (*SIMPLE, "list", "context", "range", "function")},
    **{alias: Type(name) for alias, name in _ALIASES.items()},
}


@dataclass(frozen=True, slots=True)
class _Fitting:
    """How strictly a value is held against a type: `gaps` are members left out."""

    meter: Meter
    gaps: bool
    constraints: bool = True

    def fits(self, value: Any, wanted: Type, depth: int) -> bool:
        """Null is of every type."""
        if value is None:
            return True
        if wanted.kind == "Any":
            return self.allowed(value, wanted)
        if kind_of(value) != wanted.kind:
            return False
        self.meter.spend(1)
        if depth > MAX_NESTING:
            raise ExpressionError(f"值嵌套超过 {MAX_NESTING} 层", code="budget")
        return self.parts_fit(value, wanted, depth + 1) and self.allowed(value, wanted)

    def allowed(self, value: Any, wanted: Type) -> bool:
        if wanted.allowed is None or not self.constraints:
            return True
        return wanted.allowed(value, self.meter)

    def parts_fit(self, value: Any, wanted: Type, depth: int) -> bool:
        if type(value) is dict:
            return all(
                self.fits(value[name], member, depth) if name in value else self.gaps
                for name, member in wanted.members
            )
        if type(value) is Lambda:
            return _function_fits(value, wanted)
        inner = wanted.of
        if inner is None:
            return True
        parts = value if type(value) is list else (value.low, value.high)
        return all(self.fits(item, inner, depth) for item in parts)


def is_instance(value: Any, wanted: Type, meter: Meter) -> bool:
    """`instance of`: null is of no type but its own; constraints do not count."""
    if value is None:
        return wanted.kind == "null"
    return _Fitting(meter, gaps=False, constraints=False).fits(value, wanted, 0)


def _function_fits(value: Lambda, wanted: Type) -> bool:
    """Parameters may be wider than wanted and the result narrower; undeclared ones are Any."""
    if wanted.parameters is None:
        return True
    if value.arity != len(wanted.parameters):
        return False
    given = value.types or (ANY,) * value.arity
    pairs = zip(wanted.parameters, given, strict=True)
    if not all(is_within(one, mine or ANY) for one, mine in pairs):
        return False
    return wanted.of is None or is_within(value.result or ANY, wanted.of)


def is_within(narrow: Type, wide: Type) -> bool:
    """Whether every value of one type is one of the other (DMN 1.4, 10.3.2.9.2)."""
    if wide.kind == "Any" or narrow.kind == "null":
        return True
    if narrow.kind != wide.kind:
        return False
    if wide.of is not None and not is_within(narrow.of or ANY, wide.of):
        return False
    have = dict(narrow.members)
    if not all(name in have and is_within(have[name], one) for name, one in wide.members):
        return False
    if wide.parameters is None:
        return True
    mine = narrow.parameters or ()
    if len(mine) != len(wide.parameters):
        return False
    return all(map(is_within, wide.parameters, mine))


def conform(value: Any, wanted: Type | None, meter: Meter) -> Any:
    """The value as `wanted`, converted where DMN says so; null, with a remark, if it cannot."""
    fitting = fitted(value, wanted, meter)
    if fitting is None and value is not None:
        meter.remark(f"值不符合类型“{wanted}”，按 null 处理")
    return fitting


def fitted(value: Any, wanted: Type | None, meter: Meter, *, gaps: bool = False) -> Any:
    """The value as `wanted`, converted where DMN says so; None where it does not fit.

    `gaps`: members of contexts may be left out.
    """
    fitting = _Fitting(meter, gaps)
    if value is None or wanted is None or fitting.fits(value, wanted, 0):
        return value
    turned = _converted(value, wanted, meter, 0)
    if turned is not None and fitting.fits(turned, wanted, 0):
        return turned
    return None


def _converted(value: Any, wanted: Type, meter: Meter, depth: int) -> Any:
    """A value of another kind as the wanted one, or itself where nothing can be done."""
    meter.spend(1)
    if value is None or depth > MAX_NESTING:
        return value
    if wanted.kind == "list":
        inner = wanted.of or ANY
        items = value if type(value) is list else [value]
        return [_converted(item, inner, meter, depth + 1) for item in items]
    if type(value) is list and len(value) == 1 and type(value[0]) is not list:
        return value if wanted.kind == "Any" else _converted(value[0], wanted, meter, depth + 1)
    if kind_of(value) == "date" and wanted.kind == "date and time":
        return join(value, time(tzinfo=UTC))
    if type(value) is dict and wanted.kind == "context":
        members = dict(wanted.members)
        return {
            key: _converted(one, members[key], meter, depth + 1) if key in members else one
            for key, one in value.items()
        }
    return value


_READERS: Mapping[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_moment,
}


def from_text(value: Any, wanted: Type | None, meter: Meter, depth: int = 0) -> Any:
    """A caller's value where JSON has only text: dates, times and durations by their type."""
    if wanted is None or value is None or depth > MAX_NESTING:
        return value
    inner = wanted.of if wanted.kind == "list" else wanted
    if type(value) is list:
        meter.spend(len(value))
        return [from_text(item, inner, meter, depth + 1) for item in value]
    if wanted.kind == "list":
        return from_text(value, inner, meter, depth + 1)
    if type(value) is str:
        return _from_text(value, wanted)
    if type(value) is dict and wanted.members:
        members = dict(wanted.members)
        meter.spend(len(value))
        return {k: from_text(v, members.get(k), meter, depth + 1) for k, v in value.items()}
    return value


def _from_text(text: str, wanted: Type) -> Any:
    if wanted.kind in _READERS:
        return _READERS[wanted.kind](text)
    if wanted.kind.endswith("duration"):
        length = read_duration(text)
        months = wanted.kind.startswith("years")
        return length if isinstance(length, Months) is months else None
    return text
