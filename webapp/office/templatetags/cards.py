"""`{% card_tag card.level card.state %}`: a card by shape, word and colour."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from webapp.office.card_views import LEVEL_WORDS

register = template.Library()

_LOOKS = {
    "reminder": ("", "○"),
    "warning": ("tag-amber", "▲"),
    "yellow": ("tag-amber", "■"),
    "red": ("tag-red", "◆"),
    "talk": ("tag-red", "●"),
}


@register.simple_tag
def card_tag(level: str, state: str) -> SafeString:
    """The kind of the card; a cancelled one says so."""
    look, shape = _LOOKS.get(level, ("", "○"))
    words = _(LEVEL_WORDS.get(level, level))
    if state == "CANCELLED":
        words = _("{card}（已撤销）").format(card=words)
        look = ""
    return format_html(
        '<span class="tag {}"><span aria-hidden="true">{}</span> {}</span>', look, shape, words
    )
