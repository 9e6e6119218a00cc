"""`{% due item.due_at at %}` and the words of limits and items."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from webapp.catalogue import words
from webapp.catalogue.queries import ItemFacts
from workflows.model import Limit

register = template.Library()


@register.simple_tag
def due(due_at: datetime | None, at: datetime) -> SafeString:
    """A deadline by shape, words and colour."""
    said = words.due_words(due_at, at)
    return format_html('<span class="due due-{}">{}</span>', said.band, said.words)


@register.simple_tag
def limit(value: Limit | None) -> str:
    """A drawn limit in words."""
    return words.limit_words(value)


@register.simple_tag
def item_limit(item: ItemFacts, clock: str) -> str:
    """An item's limit of a clock in words."""
    return words.item_limit_words(item.limit(clock))


@register.simple_tag
def item_type(key: str) -> str:
    """An item's type in words."""
    return words.type_words(key)


@register.simple_tag
def path_badge(item: ItemFacts) -> SafeString:
    """How an item goes, as a badge."""
    return format_html('<span class="tag tag-blue">{}</span>', words.path_words(item))


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Look a key up; None when it is absent."""
    return None if mapping is None else mapping.get(key)
