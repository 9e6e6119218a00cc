"""Built-in functions over strings (DMN 1.4, 10.3.4.3), and `string` itself."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.far import FarDate, FarMoment
from workflows.feel.functions.declaring import builtin
from workflows.feel.limits import MAX_NESTING, Meter
from workflows.feel.matching import Program, Saves, compile_pattern, search
from workflows.feel.patterns import BadPattern
from workflows.feel.temporal import write_duration, write_months, write_time
from workflows.feel.values import Months, Range, whole

_REFERENCE = re.compile(r"\\(.)|\$(\d)|([\\$])", re.DOTALL)
_PLAIN_NAME = re.compile(r"\w+")


@builtin("string length", "string: string")
def string_length(_meter: Meter, string: str) -> int:
    """Number of characters."""
    return len(string)


@builtin("substring", "string: string, start position: number, length: number?")
def substring(meter: Meter, string: str, start: Any, length: Any = None) -> str | None:
    """Part of a string from a 1-based place; negative places count from the end."""
    place = whole(start)
    if place is None or place == 0 or abs(place) > len(string) + (place > 0):
        return None
    begin = place - 1 if place > 0 else len(string) + place
    if length is None:
        return _built(meter, string[begin:])
    count = int(length)
    return _built(meter, string[begin : begin + count]) if count >= 1 else None


@builtin("upper case", "string: string")
def upper_case(meter: Meter, string: str) -> str:
    """Capital letters."""
    return _built(meter, string.upper())


@builtin("lower case", "string: string")
def lower_case(meter: Meter, string: str) -> str:
    """Small letters."""
    return _built(meter, string.lower())


def _built(meter: Meter, text: str) -> str:
    meter.allow_text(len(text))
    return text


@builtin("substring before", "string: string, match: string")
def substring_before(meter: Meter, string: str, match: str) -> str:
    """What stands before the first occurrence; empty without one."""
    return _built(meter, string.partition(match)[0]) if match and match in string else ""


@builtin("substring after", "string: string, match: string")
def substring_after(meter: Meter, string: str, match: str) -> str:
    """What stands after the first occurrence; empty without one."""
    return _built(meter, string.partition(match)[2]) if match else string


@builtin("contains", "string: string, match: string")
def contains(meter: Meter, string: str, match: str) -> bool:
    """Whether `match` occurs."""
    meter.spend(1 + len(string) // 64)
    return match in string


@builtin("starts with", "string: string, match: string")
def starts_with(_meter: Meter, string: str, match: str) -> bool:
    """Whether the string begins so."""
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(_meter: Meter, string: str, match: str) -> bool:
    """Whether the string ends so."""
    return string.endswith(match)


@builtin("string join", "list: list, delimiter: string??")
@builtin("string join", "list: list, delimiter: any, prefix: any, suffix: any")
def string_join(
    meter: Meter, items: list[Any], delimiter: Any = None, prefix: Any = "", suffix: Any = ""
) -> str | None:
    """The strings of a list as one; nulls are left out."""
    kept = [item for item in items if item is not None]
    around = (delimiter or "", prefix or "", suffix or "")
    if not all(type(item) is str for item in (*kept, *around)):
        return None
    between = around[0]
    meter.allow_text(sum(map(len, kept)) + len(between) * len(kept))
    return _built(meter, around[1] + between.join(kept) + around[2])


def _program(pattern: str, flags: str | None) -> Program | None:
    try:
        return compile_pattern(pattern, flags or "")
    except BadPattern:
        return None


@builtin("matches", "input: string, pattern: string, flags: string??")
def matches(meter: Meter, text: str, pattern: str, flags: str | None = None) -> bool | None:
    """Whether the pattern matches anywhere."""
    program = _program(pattern, flags)
    return None if program is None else search(program, text, 0, meter) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags: string??")
def replace(
    meter: Meter, text: str, pattern: str, replacement: str, flags: str | None = None
) -> str | None:
    """Every match replaced; `$1` is the first group. Null if the pattern can match nothing."""
    program = _program(pattern, flags)
    if program is None or search(program, "", 0, meter) is not None:
        return None
    built, at, length = [], 0, 0
    while (match := search(program, text, at, meter)) is not None:
        if match[1] == match[0]:
            return None
        filled = _fill(replacement, text, match)
        if filled is None:
            return None
        built += [text[at : match[0]], filled]
        length += match[0] - at + len(filled)
        meter.allow_text(length)
        at = match[1]
    return _built(meter, "".join([*built, text[at:]]))


def _fill(replacement: str, text: str, match: Saves) -> str | None:
    """Put the groups in; None where `$` or `\\` stands alone."""
    parts, at = [], 0
    for found in _REFERENCE.finditer(replacement):
        parts.append(replacement[at : found.start()])
        at = found.end()
        if found[3] or (found[1] and found[1] not in "\\$"):
            return None
        if found[1]:
            parts.append(found[1])
            continue
        slot = 2 * int(found[2])
        if slot < len(match) and match[slot] >= 0:
            parts.append(text[match[slot] : match[slot + 1]])
    return "".join([*parts, replacement[at:]])


@builtin("split", "string: string, delimiter: string")
def split(meter: Meter, text: str, delimiter: str) -> list[str] | None:
    """The parts between the matches of a pattern."""
    program = _program(delimiter, None)
    if program is None or search(program, "", 0, meter) is not None:
        return None
    parts, at = [], 0
    while (match := search(program, text, at, meter)) is not None:
        if match[1] == match[0]:
            return None
        parts.append(text[at : match[0]])
        at = match[1]
    meter.allow_list(len(parts) + 1)
    return [*parts, text[at:]]


@builtin("string", "from: any")
def string(meter: Meter, value: Any) -> str | None:
    """Any value as text."""
    return None if value is None else write(value, meter, 0)


def write(value: Any, meter: Meter, depth: int) -> str:
    """A value as FEEL writes it; strings inside lists and contexts are quoted."""
    if depth > MAX_NESTING:
        raise ExpressionError(f"值嵌套超过 {MAX_NESTING} 层", code="budget")
    if type(value) is list:
        return _joined("[", [write(item, meter, depth + 1) for item in value], "]", meter)
    if type(value) is dict:
        entries = [
            f"{_key(key)}: {write(item, meter, depth + 1)}" for key, item in value.items()
        ]
        return _joined("{", entries, "}", meter)
    if type(value) is str:
        return value if depth == 0 else _quoted(value)
    return _write_scalar(value, meter, depth)


def _joined(start: str, parts: list[str], end: str, meter: Meter) -> str:
    meter.allow_text(sum(len(part) + 2 for part in parts) + 2)
    return start + ", ".join(parts) + end


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(key: str) -> str:
    return key if _PLAIN_NAME.fullmatch(key) else _quoted(key)


def _write_scalar(value: Any, meter: Meter, depth: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return write_number(value)
        case datetime() | FarMoment():
            return f"{value.date().isoformat()}T{write_time(value)}"
        case date() | FarDate():
            return value.isoformat()
        case time():
            return write_time(value)
        case timedelta():
            return write_duration(value)
        case Months():
            return write_months(value)
        case Range():
            return _write_range(value, meter, depth)
    return "function"


def write_number(value: int | Decimal) -> str:
    """A number without exponent and without idle zeros."""
    if type(value) is int:
        return str(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _write_range(value: Range, meter: Meter, depth: int) -> str:
    low = "" if value.low is None else write(value.low, meter, depth + 1)
    high = "" if value.high is None else write(value.high, meter, depth + 1)
    if value.low is None:
        return f"({'<=' if value.high_included else '<'} {high})"
    if value.high is None:
        return f"({'>=' if value.low_included else '>'} {low})"
    opens = "[" if value.low_included else "("
    return f"{opens}{low}..{high}{']' if value.high_included else ')'}"
