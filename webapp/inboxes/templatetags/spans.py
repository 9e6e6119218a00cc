"""`{{ absence|span_words }}`: the time of an absence as people say it."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.organisations.models import Absence
from webapp.organisations.queries import until_words

register = template.Library()


@register.filter
def span_words(absence: Absence) -> str:
    """3月3日 至 3月5日；半天写到几时；撤销的没有时间."""
    if absence.during.isempty:
        return _("没有开始")
    first = timezone.localtime(absence.first)
    whole = (first.hour, first.minute, first.second, first.microsecond) == (0, 0, 0, 0)
    start = date_format(first, _("n月j日") if whole else _("n月j日G时i分"))
    end = until_words(absence.back)
    return start if start == end else _("%(start)s 至 %(end)s") % {"start": start, "end": end}
