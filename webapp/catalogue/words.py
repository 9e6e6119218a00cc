"""Items, limits and deadlines in the words of a counter: short, exact, translated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.catalogue.queries import ItemFacts, ItemLimit, calendar_for_screens
from workflows.calendars import OutsideCalendar
from workflows.clocks import band_edges
from workflows.model import Limit, LimitUnit


@dataclass(frozen=True, slots=True)
class DueWords:
    """A deadline for the screen: `band` chooses shape and colour, `words` say it."""

    band: str
    words: str


def due_words(due_at: datetime | None, at: datetime) -> DueWords:
    """Say a deadline: 超期2个工作日 · 今天17:30前 · 明天17:30前 · 剩3个工作日.

    `due_at` None: paused, or no limit. Counted in working days of the calendar in force. On the
    due day itself nothing is overdue yet: the limit lapses at midnight (domain §1.5).
    """
    if due_at is None:
        return DueWords("paused", _("不计时"))
    calendar = calendar_for_screens()
    local_due, today = timezone.localtime(due_at), timezone.localdate(at)
    due_day, clock = local_due.date(), local_due.strftime("%H:%M")
    try:
        if due_day < today:
            late = max(calendar.working_days_between(due_day, today), 1)
            words = ngettext("超期{n}个工作日", "超期{n}个工作日", late)
            return DueWords("overdue", words.format(n=late))
        __, tomorrow, week = band_edges(calendar, today)
        left = calendar.working_days_between(today, due_day)
    except OutsideCalendar:
        return DueWords("later", date_format(local_due, "Y-m-d"))
    if due_day == today:
        return DueWords("today", _("今天{time}前").format(time=clock))
    if due_day <= tomorrow:
        return DueWords("tomorrow", _("下个工作日{time}前").format(time=clock))
    words = ngettext("剩{n}个工作日", "剩{n}个工作日", left).format(n=left)
    return DueWords("week" if due_day <= week else "later", words)


def limit_words(limit: Limit | None) -> str:
    """A drawn limit: 5个工作日, 4个工作小时, 7天, 当日; "" without one."""
    if limit is None:
        return ""
    if limit.unit is LimitUnit.SAME_DAY or limit.amount == 0:
        return _("当日")
    n = limit.amount
    words = {
        LimitUnit.WORKDAY: ngettext("{n}个工作日", "{n}个工作日", n),
        LimitUnit.HOUR: ngettext("{n}个工作小时", "{n}个工作小时", n),
        LimitUnit.DAY: ngettext("{n}天", "{n}天", n),
    }
    return words[limit.unit].format(n=n)


def item_limit_words(limit: ItemLimit | None) -> str:
    """A limit of an item; 未规定 where the item names none."""
    if limit is None:
        return _("未规定")
    if limit.unit == "same_day" or limit.days == 0:
        return _("当日")
    n = limit.days
    if limit.unit == "working":
        return ngettext("{n}个工作日", "{n}个工作日", n).format(n=n)
    return ngettext("{n}天", "{n}天", n).format(n=n)


def type_words(item_type: str) -> str:
    """The item's type (事项类型) by GB/T 39046 A.1."""
    return {
        "licence": _("行政许可"),
        "benefit": _("行政给付"),
        "confirmation": _("行政确认"),
        "reward": _("行政奖励"),
        "adjudication": _("行政裁决"),
        "levy": _("行政征收"),
        "other_power": _("其他行政权力"),
        "public_service": _("公共服务"),
    }.get(item_type, item_type)


def path_words(item: ItemFacts) -> str:
    """How an item goes: 即办, 承诺, 联办, 上报, 县级联办 (TYPE-05)."""
    if item.handling == "immediate":
        return _("即办")
    return {
        "local": _("承诺"),
        "joint": _("联办"),
        "escalated": _("上报"),
        "escalated_joint": _("县级联办"),
    }.get(item.flow, item.flow)
