"""Built-in functions over contexts (DMN 1.4, 10.3.4.11)."""

from __future__ import annotations

from typing import Any

from workflows.errors import ExpressionError
from workflows.feel.functions.declaring import builtin
from workflows.feel.limits import MAX_NESTING, Meter

Entries = dict[str, Any]


@builtin("get value", "m: context, key: key")
def get_value(_meter: Meter, context: Entries, key: Any) -> Any:
    """The value of a key, or of a path of keys."""
    value: Any = context
    for step in key if type(key) is list else [key]:
        if type(value) is not dict or type(step) is not str:
            return None
        value = value.get(step)
    return value


@builtin("get entries", "m: context")
def get_entries(meter: Meter, context: Entries) -> list[Entries]:
    """The entries as contexts of `key` and `value`."""
    meter.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def context_of(meter: Meter, entries: list[Any]) -> Entries | None:
    """A context made of entries with `key` and `value`; each key once."""
    meter.spend(len(entries))
    made: Entries = {}
    for entry in entries:
        if type(entry) is not dict or "value" not in entry:
            return None
        key = entry.get("key")
        if type(key) is not str or key in made:
            return None
        made[key] = entry["value"]
    return made


@builtin("context put", "context: context, key: string, value: any")
@builtin("context put", "context: context, keys: list, value: any")
def context_put(meter: Meter, context: Entries, keys: Any, value: Any) -> Entries | None:
    """The context with a value put at a key, or at the end of a path of keys."""
    path = keys if type(keys) is list else [keys]
    if not path or not all(type(key) is str for key in path):
        return None
    if len(path) > MAX_NESTING:
        raise ExpressionError(f"路径超过 {MAX_NESTING} 级", code="budget")
    return _put(meter, context, path, value)


def _put(meter: Meter, context: Entries, path: list[str], value: Any) -> Entries | None:
    meter.spend(1 + len(context))
    if len(path) > 1:
        inner = context.get(path[0])
        if type(inner) is not dict:
            return None
        value = _put(meter, inner, path[1:], value)
        if value is None:
            return None
    return {**context, path[0]: value}


@builtin("context merge", "contexts: list")
def context_merge(meter: Meter, contexts: list[Any]) -> Entries | None:
    """All contexts as one; the later wins."""
    merged: Entries = {}
    for context in contexts:
        if type(context) is not dict:
            return None
        meter.spend(1 + len(context))
        merged.update(context)
    return merged
