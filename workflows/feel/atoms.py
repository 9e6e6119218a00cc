"""Compiling literals, names, lists, contexts, ranges, paths and types."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, time, timedelta
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any
from zoneinfo import ZoneInfo

from workflows.feel.arithmetic import TOO_LARGE
from workflows.feel.far import Moment
from workflows.feel.fine import nano_of
from workflows.feel.nodes import Builder, Code, Scope, node, refuse, subtree, subtrees, token
from workflows.feel.reading import Node
from workflows.feel.temporal import read_literal
from workflows.feel.values import NUMBERS, Months, Range, kind_of

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def constant(value: Any) -> Code:
    """Code that always gives `value`."""
    return lambda _: value


@node("true")
def _true(_builder: Builder, _tree: Node) -> Code:
    return constant(True)


@node("false")
def _false(_builder: Builder, _tree: Node) -> Code:
    return constant(False)


@node("null")
def _null(_builder: Builder, _tree: Node) -> Code:
    return constant(None)


def number_value(tree: Node) -> int | Decimal:
    """The value of a number literal; whole numbers are ints."""
    text = str(token(tree, 0))
    if text.isdigit() and len(text) <= 34:
        return int(text)
    try:
        return NUMBERS.create_decimal(text)
    except (Overflow, InvalidOperation) as wrong:
        raise refuse(TOO_LARGE, tree) from wrong


@node("number")
def _number(_builder: Builder, tree: Node) -> Code:
    return constant(number_value(tree))


def string_value(tree: Node, place: int = 0) -> str:
    """The value of a string literal; an unknown escape stays as written, as in patterns."""
    source = token(tree, place)
    text = _ESCAPE.sub(lambda found: _unescape(found[1]), source[1:-1])
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as wrong:
        raise refuse("文字里有不完整的字符", source) from wrong


def _unescape(escape: str) -> str:
    if len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code <= 0x10FFFF else "\\" + escape
    return _ESCAPES.get(escape, "\\" + escape)


@node("string")
def _string(_builder: Builder, tree: Node) -> Code:
    return constant(string_value(tree))


@node("temporal")
def _temporal(builder: Builder, tree: Node) -> Code:
    text = token(tree, 0).partition('"')[2][:-1]
    value = read_literal(text)
    if value is None:
        return builder.complain(f"“{text[:40]}”不是日期、时间或期间", tree)
    return constant(value)


@node("name")
def _name(_builder: Builder, tree: Node) -> Code:
    return name_code(str(token(tree, 0)))


@node("tested")
def _tested(builder: Builder, tree: Node) -> Code:
    if not builder.tests_input:
        return builder.complain("“?”只能用在决策表的条件格里", tree)
    return name_code("?")


def name_code(name: str, *, told: bool = True) -> Code:
    """Look a name up from the inside outwards; null where nobody knows it, which is `told`."""

    def run(scope: Scope) -> Any:
        reach: Scope | None = scope
        while reach is not None:
            try:
                return reach.values[name]
            except KeyError:
                reach = reach.parent
        if told:
            scope.meter.remark(f"没有“{name}”这个变量，按 null 处理")
        return None

    return run


@node("list")
def _list(builder: Builder, tree: Node) -> Code:
    parts = [builder.code(child) for child in subtrees(tree)]
    return lambda scope: [part(scope) for part in parts]


@node("context")
def _context(builder: Builder, tree: Node) -> Code:
    entries: list[tuple[str, Code]] = []
    for entry in subtrees(tree):
        key = label(entry)
        if any(key == known for known, _ in entries):
            return builder.complain(f"“{key}”写了两次", entry)
        entries.append((key, builder.code(subtree(entry, 1))))

    def run(scope: Scope) -> Any:
        made: dict[str, Any] = {}
        inside = Scope(made, scope, scope.meter)
        for key, part in entries:
            made[key] = part(inside)
        return made

    return run


def label(entry: Node) -> str:
    """The key of a context entry, the name of an argument or of a member of a type."""
    source = token(entry, 0)
    if source.type == "STRING":
        return string_value(entry)
    return " ".join(source.split())


@node("range")
def _range(builder: Builder, tree: Node) -> Code:
    low, high = (builder.code(child) for child in subtrees(tree))
    starts_in, ends_in = token(tree, 0) == "[", token(tree, 4) == "]"

    def run(scope: Scope) -> Any:
        start, end = low(scope), high(scope)
        if start is None or end is None or kind_of(start) != kind_of(end):
            return None
        return Range(start, end, starts_in, ends_in)

    return run


@node("group")
def _group(builder: Builder, tree: Node) -> Code:
    inner = subtree(tree, 0)
    if len(tree.children) > 1:
        raise refuse("括号里用逗号分开的多个值只能写在 in 后面", subtree(tree, 1))
    return builder.code(inner)


@node("comparing")
def _open_range(builder: Builder, tree: Node) -> Code:
    """`< 5` as a value: the range that is open on one side."""
    sign = str(token(subtree(tree, 0), 0))
    if sign in ("=", "!="):
        raise refuse(f"“{sign}”左边缺少要比较的值", tree)
    bound = builder.code(subtree(tree, 1))
    closed = "=" in sign

    def run(scope: Scope) -> Any:
        value = bound(scope)
        if value is None:
            return None
        if sign[0] == "<":
            return Range(None, value, False, closed)
        return Range(value, None, closed, False)

    return run


@node("path")
def _path(builder: Builder, tree: Node) -> Code:
    source = builder.code(subtree(tree, 0))
    name = " ".join(token(tree, 1).split())

    def run(scope: Scope) -> Any:
        value = source(scope)
        if type(value) is list:
            scope.meter.spend(len(value))
            return [_member(item, name) for item in value]
        return _member(value, name)

    return run


def _member(value: Any, name: str) -> Any:
    if type(value) is dict:
        return value.get(name)
    read = PROPERTIES.get(kind_of(value), {}).get(name)
    return None if read is None else read(value)


def _seconds(value: Any) -> int | Decimal:
    nano = value.microsecond * 1000 + nano_of(value)
    return Decimal(value.second) + Decimal(nano).scaleb(-9) if nano else int(value.second)


def _zone_name(value: Moment | time) -> str | None:
    if value.tzinfo is UTC:
        return "Z"
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _hours(value: timedelta) -> tuple[int, int, int, int | Decimal]:
    """Days, hours, minutes, seconds toward zero, each with the sign of the whole."""
    sign = -1 if value < timedelta() else 1
    length = abs(value)
    minutes, whole_seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    seconds: int | Decimal = whole_seconds
    if length.microseconds:
        seconds += Decimal(length.microseconds).scaleb(-6)
    return sign * length.days, sign * hours, sign * minutes, sign * seconds


def _split_months(value: Months) -> tuple[int, int]:
    years, months = divmod(abs(value.count), 12)
    return (years, months) if value.count >= 0 else (-years, -months)


_DAY: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: v.year,
    "month": lambda v: v.month,
    "day": lambda v: v.day,
    "weekday": lambda v: v.isoweekday(),
}
_CLOCK: dict[str, Callable[[Any], Any]] = {
    "hour": lambda v: v.hour,
    "minute": lambda v: v.minute,
    "second": _seconds,
    "time offset": lambda v: v.utcoffset(),
    "timezone": _zone_name,
}
PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "date": _DAY,
    "date and time": {**_DAY, **_CLOCK},
    "time": _CLOCK,
    "days and time duration": {
        "days": lambda v: _hours(v)[0],
        "hours": lambda v: _hours(v)[1],
        "minutes": lambda v: _hours(v)[2],
        "seconds": lambda v: _hours(v)[3],
    },
    "years and months duration": {
        "years": lambda v: _split_months(v)[0],
        "months": lambda v: _split_months(v)[1],
    },
    "range": {
        "start": lambda v: v.low,
        "end": lambda v: v.high,
        "start included": lambda v: v.low_included,
        "end included": lambda v: v.high_included,
    },
}
