"""`{% status case.status %}` and `{{ result|result_words }}`: where a case stands, in words."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from webapp.inboxes import words

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


@register.filter
def result_words(code: str) -> str:
    """How a case ended, in words."""
    return words.result_words(code)
