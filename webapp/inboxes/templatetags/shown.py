"""`{{ errors|at:key }}`: look up by a key that a template holds in a variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any] | None, key: object) -> Any:
    """The value under a key, "" when there is none."""
    return (mapping or {}).get(key, "")
