"""`{% status case.status %}` and `{{ result|result_words }}`: where a case stands, in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from webapp.inboxes import words
from webapp.organisations.middleware import acting_of

register = template.Library()


@register.simple_tag
def status(code: str, suspended_from: str = "") -> SafeString:
    """The public status as a badge; suspended by command is no special procedure."""
    if suspended_from:
        return format_html('<span class="tag tag-amber">{}</span>', _("已中止"))
    tone = words.status_tone(code)
    return format_html(
        '<span class="tag{}">{}</span>',
        f" tag-{tone}" if tone else "",
        words.status_words(code),
    )


@register.simple_tag(takes_context=True)
def why_mine(context: dict[str, Any], pool_id: int, claimed_by: int | None = None) -> str:
    """为什么在我这里: her post, whom she replaces, and whose claim binds nobody any more."""
    by = acting_of(context["request"])
    words = by.why(pool_id)
    if words and claimed_by not in {None, by.officer_id}:
        words += _("同岗位的同事已经签收；签收人不在岗或者离岗的，您可以接着办。")
    return words


@register.filter
def result_words(code: str) -> str:
    """How a case ended, in words."""
    return words.result_words(code)
