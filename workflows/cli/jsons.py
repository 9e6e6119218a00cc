"""Values of FEEL as JSON: numbers exact to their last digit, times as ISO 8601 text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from workflows.feel.far import FarDate, FarMoment
from workflows.feel.functions.strings import write, write_number
from workflows.feel.limits import Meter
from workflows.feel.values import Months, Range

_LONG = 60  # digits; a longer number is written with an exponent
_WRITTEN = date | FarDate | FarMoment | time | timedelta | Months | Range


def plain(value: Any) -> Any:
    """A value in the types that JSON knows; a decimal becomes the nearest float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return write(value, Meter(), 0) if isinstance(value, _WRITTEN) else str(value)


def write_json(value: Any) -> str:
    """JSON text of a value; decimals keep every digit."""
    if isinstance(value, Decimal):
        text = write_number(value)
        return text if len(text) <= _LONG else str(value.normalize())
    if isinstance(value, Mapping):
        entries = (
            f"{json.dumps(k, ensure_ascii=False)}: {write_json(v)}" for k, v in value.items()
        )
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(write_json, value)) + "]"
    return json.dumps(plain(value), ensure_ascii=False)
