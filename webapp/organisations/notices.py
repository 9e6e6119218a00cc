"""What an officer should know about posts and rosters: told once, hers until she has seen it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.organisations import reaching
from webapp.organisations.models import Notice
from webapp.organisations.queries import until_words

SHOWN = 20
KIND_NAMES = {
    "duty": gettext_noop("值班表"),
    "leader": gettext_noop("领导坐岗表"),
    "onsite": gettext_noop("县直部门现场办公安排"),
    "holiday": gettext_noop("节假日轮值表"),
    "village": gettext_noop("村级值班表"),
    "collective": gettext_noop("每月集中办理日安排"),
}
"""Kinds of rosters as they are titled on paper."""


@dataclass(frozen=True, slots=True)
class Told:
    """One notice in words; `absence_id` where it is about an absence."""

    id: int
    at: datetime
    sentence: str
    serious: bool
    absence_id: int | None
    handover_id: int | None = None
    roster_id: int | None = None
    case_id: int | None = None
    seen: bool = False


def tell(officers: Iterable[int], kind: str, at: datetime, payload: dict[str, Any]) -> None:
    """Leave a notice for each officer, and order what goes outside for those who want it.

    Call inside the transaction of the change: two statements, three where somebody is reached
    by mail or text message.
    """
    made = Notice.objects.bulk_create(
        [Notice(officer_id=one, kind=kind, at=at, payload=payload) for one in sorted(officers)]
    )
    reaching.order(made, at)


def told(officer_id: int) -> list[Told]:
    """What she has not yet seen, newest first: one statement."""
    return _in_words(
        Notice.objects.filter(officer=officer_id, seen_at=None).order_by("-at", "-id")[:SHOWN]
    )


def all_told(officer_id: int, before: int | None = None, many: int = 50) -> list[Told]:
    """What she was told, seen or not, newest first: one statement."""
    rows = Notice.objects.filter(officer=officer_id).order_by("-id")
    return _in_words(rows.filter(pk__lt=before)[:many] if before else rows[:many])


def unseen(officer_id: int) -> int:
    """How many she has not seen: one statement on an index of the unseen ones."""
    return Notice.objects.filter(officer=officer_id, seen_at=None).count()


def sentence_of(notice: Notice) -> str:
    """A notice in words."""
    return _WORDS.get(notice.kind, _plain)(notice.payload)


def _in_words(rows: Iterable[Notice]) -> list[Told]:
    return [
        Told(
            row.pk,
            row.at,
            sentence_of(row),
            bool(row.payload.get("gap")),
            row.payload.get("absence"),
            row.payload.get("handover"),
            row.payload.get("roster"),
            row.payload.get("case"),
            row.seen_at is not None,
        )
        for row in rows
    ]


def have_seen(officer_id: int, at: datetime, one: int | None = None) -> int:
    """She has read what there was up to this moment, or one of them; how many."""
    rows = Notice.objects.filter(officer=officer_id, seen_at=None, at__lte=at)
    if one is not None:
        rows = rows.filter(pk=one)
    return rows.update(seen_at=at)


def _from(payload: Mapping[str, Any]) -> str:
    start = timezone.localtime(datetime.fromisoformat(payload["first"]))
    whole = (start.hour, start.minute) == (0, 0)
    return date_format(start, _("n月j日") if whole else _("n月j日G时i分"))


def _until(payload: Mapping[str, Any]) -> str:
    return until_words(datetime.fromisoformat(payload["back"]))


def _absence(payload: Mapping[str, Any]) -> str:
    words = _("{name}从{first}到{until}不在岗（{posts}，{by}登记）。")
    if payload.get("gap"):
        words = _(
            "{name}从{first}到{until}不在岗（{posts}，{by}登记），有岗位没有人顶，请安排。"
        )
    return _filled(words, payload)


def _changed(payload: Mapping[str, Any]) -> str:
    return _filled(_("{name}不在岗的时间改为{first}到{until}（{posts}）。"), payload)


def _ended(payload: Mapping[str, Any]) -> str:
    return _filled(_("{name}的不在岗到{until}为止，以后由本人办理（{posts}）。"), payload)


def _withdrawn(payload: Mapping[str, Any]) -> str:
    return _filled(_("{name}从{first}到{until}的不在岗已经撤销（{posts}）。"), payload)


def _signed(payload: Mapping[str, Any]) -> str:
    return _filled(_("{by}已经签收{name}的移交单。"), payload)


def _filled(words: str, payload: Mapping[str, Any]) -> str:
    return words.format(
        name=payload.get("name", ""),
        posts=payload.get("posts") or _("没有岗位"),
        by=payload.get("by", ""),
        first=_from(payload) if payload.get("first") else "",
        until=_until(payload) if payload.get("back") else "",
    )


def _plain(payload: Mapping[str, Any]) -> str:
    return str(payload.get("text", ""))


def _assigned(payload: Mapping[str, Any]) -> str:
    words = _("您从{first}起是{unit}{post}{cover}岗。")
    if payload.get("last"):
        words = _("您从{first}到{last}是{unit}{post}{cover}岗。")
    return _holding(words, payload)


def _replaced(payload: Mapping[str, Any]) -> str:
    if not payload.get("name"):
        return _holding(_("从{first}起您不再是{unit}{post}{cover}岗。"), payload)
    return _holding(_("从{first}起{unit}{post}{cover}岗由{name}担任。"), payload)


def _holding(words: str, payload: Mapping[str, Any]) -> str:
    wanted = ("first", "last", "unit", "post", "cover", "name")
    return words.format(**{key: payload.get(key, "") for key in wanted})


def _left(payload: Mapping[str, Any]) -> str:
    return _filled(_("{name}已经离岗（{posts}），移交单等您签收。"), payload)


def _agency(payload: Mapping[str, Any]) -> str:
    words = _("办件{number}的代办员离岗了，委托人同意由您接着代办（{by}办理移交）。")
    return words.format(number=payload.get("number", ""), by=payload.get("by", ""))


def _roster(payload: Mapping[str, Any]) -> str:
    words = _("{unit}{kind}（{first}至{last}）已公布，您的班：{days}。")
    if not payload.get("days"):
        words = _("{unit}{kind}（{first}至{last}）改了，您不再有班。")
    wanted = ("unit", "first", "last", "days")
    return words.format(
        kind=_(KIND_NAMES.get(payload.get("kind", ""), "")),
        **{key: payload.get(key, "") for key in wanted},
    )


def _a_posts(payload: Mapping[str, Any]) -> str:
    words = _("{unit}的A岗报备：县政务办已同意备案。")
    if not payload.get("accept"):
        words = _("{unit}的A岗报备：县政务办退回，请看理由。")
    return words.format(unit=payload.get("unit", ""))


def _referred(payload: Mapping[str, Any]) -> str:
    words = _("{name}把首问{number}转给您，请在{until}前接收。")
    return words.format(**{key: payload.get(key, "") for key in ("name", "number", "until")})


def _referral_late(payload: Mapping[str, Any]) -> str:
    return _("转给您的首问{number}过了时间还没有接收，请马上接收。").format(
        number=payload.get("number", "")
    )


def _referral_escalated(payload: Mapping[str, Any]) -> str:
    words = _("首问{number}转给{name}（{unit}），一直没有接收，请您督促。")
    return words.format(**{key: payload.get(key, "") for key in ("name", "number", "unit")})


def _referral_returned(payload: Mapping[str, Any]) -> str:
    words = _("{name}把首问{number}退回给您，仍由您负责答复，请看理由。")
    return words.format(**{key: payload.get(key, "") for key in ("name", "number")})


def _card(payload: Mapping[str, Any]) -> str:
    words = {
        "reminder": _("{item} {number}：{cause}，请在期限前办完。"),
        "warning": _("{item} {number}：预警，{cause}。"),
        "yellow": _("{item} {number}：黄牌，{cause}。"),
        "red": _("{item} {number}：红牌，{cause}。"),
        "talk": _("效能谈话：{cause}。"),
    }[payload["level"]]
    return words.format(item=payload["item"], number=payload["number"], cause=payload["cause"])


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "absence": _absence,
    "absence_changed": _changed,
    "absence_ended": _ended,
    "absence_withdrawn": _withdrawn,
    "handover_signed": _signed,
    "holder_assigned": _assigned,
    "holder_replaced": _replaced,
    "left": _left,
    "agency": _agency,
    "roster": _roster,
    "a_posts": _a_posts,
    "referred": _referred,
    "referral_late": _referral_late,
    "referral_escalated": _referral_escalated,
    "referral_returned": _referral_returned,
    "card": _card,
}
