"""How a built-in function says what it takes.

    @builtin("substring", "string: string, start position: number, length: number?")

A kind followed by `?` may be left out, by `??` may be null too, by `+` takes all remaining arguments as one list, by
`*` does so too unless the one remaining argument is that list already. Values that do not
fit make the call null; before that, a list of one stands for its element and an element for a list of one (DMN 1.4, 10.3.2.9.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from workflows.feel.values import KINDS

MISFIT = object()
ABSENT = object()  # a named argument that the call leaves out

_GROUPS: dict[str, frozenset[str]] = {
    "any": frozenset(KINDS.values()),
    "point": frozenset(KINDS.values()) - {"list", "context", "function", "null"},
    "day": frozenset({"date", "date and time"}),
    "clock": frozenset({"time", "date and time"}),
    "key": frozenset({"string", "list"}),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its FEEL name and the kinds of values that it takes."""

    name: str
    kind: str
    kinds: frozenset[str]
    optional: bool
    rest: str  # "", "+" or "*"
    nullable: bool = False  # null is as good as left out

    def fit(self, value: Any) -> Any:
        """The value as the function gets it, or MISFIT."""
        if KINDS[type(value)] in self.kinds or (value is None and self.nullable):
            return value
        if type(value) is list and len(value) == 1 and KINDS[type(value[0])] in self.kinds:
            return value[0]
        if self.kind == "list" and value is not None and KINDS[type(value)] != "function":
            return [value]
        return MISFIT


@dataclass(frozen=True, slots=True)
class Function:
    """One signature of a built-in function; a name may have several."""

    name: str
    parameters: tuple[Parameter, ...]
    call: Callable[..., Any]

    @property
    def least(self) -> int:
        """How many arguments it needs."""
        return sum(not parameter.optional for parameter in self.parameters)

    def takes(self, count: int) -> bool:
        """Whether it can be called with `count` arguments."""
        rest = any(parameter.rest for parameter in self.parameters)
        return self.least <= count and (rest or count <= len(self.parameters))

    def places(self, labels: Sequence[str]) -> tuple[int | None, ...] | None:
        """For named arguments: where each parameter finds its value; None if not callable."""
        names = [parameter.name for parameter in self.parameters]
        if set(labels) - set(names) or len(set(labels)) != len(labels):
            return None
        found = [labels.index(name) if name in labels else None for name in names]
        for place, parameter in zip(found, self.parameters, strict=True):
            if place is None and not parameter.optional:
                return None
        while found and found[-1] is None:
            found.pop()
        return tuple(found)

    def parameter(self, place: int) -> Parameter:
        """The parameter that takes the argument at `place`."""
        return self.parameters[min(place, len(self.parameters) - 1)]

    def bind(self, values: Sequence[Any]) -> list[Any] | None:
        """Fit the arguments to the parameters; None where they do not fit."""
        bound: list[Any] = []
        for place, parameter in enumerate(self.parameters):
            if place >= len(values):
                break
            if parameter.rest:
                bound.append(_rest(parameter, list(values[place:])))
                break
            value = values[place]
            if value is ABSENT:
                bound.append(None)
                continue
            value = parameter.fit(value)
            if value is MISFIT:
                return None
            bound.append(value)
        return bound


def _rest(parameter: Parameter, values: list[Any]) -> list[Any]:
    if parameter.rest == "*" and len(values) == 1 and type(values[0]) is list:
        return list(values[0])
    return values


def _read_parameter(text: str) -> Parameter:
    name, _, kind = (part.strip() for part in text.partition(":"))
    nullable = kind.endswith("??")
    mark = kind[-1] if kind[-1] in "?*+" else ""
    kind = kind.rstrip("?*+")
    kinds = _GROUPS.get(kind, frozenset({kind}))
    if not kinds <= frozenset(KINDS.values()):
        raise ValueError(f"no such kind: {kind}")
    return Parameter(name, kind, kinds, mark == "?", mark.strip("?"), nullable)


Body = TypeVar("Body", bound=Callable[..., Any])
_DECLARED = "feel_signatures"


def builtin(name: str, parameters: str) -> Callable[[Body], Body]:
    """Declare a signature of the built-in `name`; the body gets the meter first."""

    def declare(body: Body) -> Body:
        read = tuple(_read_parameter(part) for part in parameters.split(",") if part.strip())
        declared = getattr(body, _DECLARED, ())
        setattr(body, _DECLARED, (Function(name, read, body), *declared))
        return body

    return declare


def collect(*modules: ModuleType) -> dict[str, tuple[Function, ...]]:
    """All signatures declared in the modules, by name."""
    found: dict[str, tuple[Function, ...]] = {}
    for module in modules:
        for value in vars(module).values():
            for function in getattr(value, _DECLARED, ()):
                found[function.name] = (*found.get(function.name, ()), function)
    return found
