"""Variables on their way into the engine and into a snapshot.

Corrects E11: Spiff's serializer takes a user's key `typename` for its own mark, which makes
a case unloadable or changes types. Here a value that JSON cannot say is written as a context
with the single key `$`, and a user's context that has a key `$` is written as pairs, so
every value comes back equal and of the same type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from workflows.errors import CommandRefused
from workflows.feel.values import Months, Range

MARK = "$"
PLAIN = frozenset({str, bool, type(None), float})
MAX_INT = 2**63
MAX_NESTING = 60
OPAQUE = frozenset({Decimal, date, datetime, time, timedelta, Months})


def admit(values: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a caller's variables. Raises CommandRefused for what an expression cannot hold."""
    return {_name(name): _admit(name, value, 0) for name, value in values.items()}


def _name(name: object) -> str:
    if type(name) is not str or not name or not _writable(name):
        raise CommandRefused(f"变量名「{name!r}」不可用。")
    return name


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _admit(name: str, value: Any, depth: int) -> Any:
    kind = type(value)
    if depth > MAX_NESTING:
        raise CommandRefused(f"变量「{name}」嵌套超过 {MAX_NESTING} 层。")
    if kind is str:
        if _writable(value):
            return value
    elif kind is float:
        if isfinite(value):
            return value
    elif kind is int or kind in PLAIN or kind in OPAQUE:
        return value
    elif isinstance(value, str):  # an enum of texts
        return _admit(name, str.__str__(value), depth)
    elif isinstance(value, list | tuple):
        return [_admit(name, item, depth + 1) for item in value]
    elif isinstance(value, Mapping):
        return {_name(key): _admit(name, item, depth + 1) for key, item in value.items()}
    elif kind is Range:
        return value
    raise CommandRefused(f"变量「{name}」的值（{kind.__name__}）不能进入流程。")


def write(value: Any) -> Any:
    """Turn a value into JSON values."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is int:
        return value if -MAX_INT <= value < MAX_INT else {MARK: ["int", str(value)]}
    if kind is list:
        return [write(item) for item in value]
    if kind is dict:
        if MARK in value:
            return {MARK: ["map", [[key, write(item)] for key, item in value.items()]]}
        return {key: write(item) for key, item in value.items()}
    return {MARK: _write_special(value)}


def _write_special(value: Any) -> list[Any]:
    if isinstance(value, Decimal):
        return ["number", str(value)]
    if isinstance(value, datetime):
        zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
        if zone is None:
            return ["moment", value.isoformat()]
        return ["moment", value.replace(tzinfo=None).isoformat(), zone, value.fold]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time):
        zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
        if zone is None:
            return ["time", value.isoformat()]
        return ["time", value.replace(tzinfo=None).isoformat(), zone]
    if isinstance(value, timedelta):
        return ["length", value.days, value.seconds, value.microseconds]
    if isinstance(value, Months):
        return ["months", value.count]
    if isinstance(value, Range):
        ends = [write(value.low), write(value.high)]
        return ["range", *ends, value.low_included, value.high_included]
    raise CommandRefused(f"{type(value).__name__} 不能存入流程。")


def read(value: Any) -> Any:
    """Turn JSON values back. Raises ValueError, LookupError or TypeError when damaged."""
    kind = type(value)
    if kind is list:
        return [read(item) for item in value]
    if kind is dict:
        if MARK in value:
            return _read_special(*value[MARK])
        return {key: read(item) for key, item in value.items()}
    return value


def _read_special(kind: str, *rest: Any) -> Any:
    if kind in {"moment", "time"}:
        cls = datetime if kind == "moment" else time
        plain = cls.fromisoformat(rest[0])
        if len(rest) == 1:
            return plain
        return plain.replace(tzinfo=ZoneInfo(rest[1]), fold=rest[2] if len(rest) > 2 else 0)
    if kind == "map":
        return {key: read(item) for key, item in rest[0]}
    if kind == "range":
        return Range(read(rest[0]), read(rest[1]), rest[2], rest[3])
    simple: dict[str, Callable[..., Any]] = {
        "int": int,
        "number": Decimal,
        "date": date.fromisoformat,
        "length": timedelta,
        "months": Months,
    }
    return simple[kind](*rest)
