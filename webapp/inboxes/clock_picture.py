"""The clock ledger as a picture: who used the days, stops, due days, today; geometry for SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from webapp.cases.models import AwaitedMessage
from webapp.cases.queries import CasePage
from webapp.cases.queries.clock_days import ClockDays, clock_days
from webapp.cases.queries.page import ClockLine
from workflows.calendars import local_day
from workflows.model import LimitUnit

WIDTH, LABEL, ROW, HEAD = 1000, 210, 46, 30
"""Units of the drawing: it is scaled to the page."""
HOLDERS = {
    "village": gettext_noop("村"),
    "township": gettext_noop("乡镇"),
    "county": gettext_noop("县"),
    "department": gettext_noop("部门"),
    "applicant": gettext_noop("申请人"),
    "stopped": gettext_noop("暂停"),
}
LEAST = 10
"""Days that the picture spans at least."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch: where it stands, how wide it is, whose it was."""

    x: float
    width: float
    holder: str
    words: str
    short: str


@dataclass(frozen=True, slots=True)
class Row:
    """One clock of the picture."""

    name: str
    y: int
    bars: tuple[Bar, ...]
    due_x: float | None
    due_words: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A day of the axis with its name."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the table: what each has used of a clock, of how much; `stops` in words."""

    name: str
    state: str
    cells: tuple[int, ...]
    total: int
    unit: str
    limit: str
    due_on: date | None
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockPicture:
    """The whole picture and its text."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    today_x: float
    height: int
    width: int
    label: int
    summary: str
    heads: tuple[str, ...]
    accounts: tuple[Account, ...]
    legend: tuple[tuple[str, str], ...]


def clock_picture(page: CasePage, at: datetime) -> ClockPicture | None:
    """The picture of a case's clocks; None while none has begun. One statement."""
    awaited = list(AwaitedMessage.objects.filter(case=page.case).order_by("since"))
    found = clock_days(page, awaited, at)
    if not found:
        return None
    today = local_day(at)
    first, last = _span(found, today)
    scale = (WIDTH - LABEL - 20) / max((last - first).days, LEAST)

    def x(day: date) -> float:
        return round(LABEL + (day - first).days * scale, 1)

    rows = tuple(_row(one, n, x, scale) for n, one in enumerate(found))
    seen = {bar.holder for row in rows for bar in row.bars}
    return ClockPicture(
        rows=rows,
        ticks=tuple(_ticks(first, last, x)),
        today_x=x(min(today, last)),
        height=HEAD + ROW * len(rows) + 8,
        width=WIDTH,
        label=LABEL,
        summary=_summary(found),
        heads=tuple(_(HOLDERS[key]) for key in _ORDER),
        accounts=tuple(_account(one) for one in found),
        legend=tuple((key, _(words)) for key, words in HOLDERS.items() if key in seen),
    )


_ORDER = ("village", "township", "county", "department", "applicant")


def _span(found: list[ClockDays], today: date) -> tuple[date, date]:
    days = [today]
    for one in found:
        reading = one.line.reading
        if reading is None:
            continue
        days += [reading.counted_from]
        days += [day for day in (reading.due_on,) if day is not None]
    still = any(one.line.state != "ended" for one in found)
    ends = [s.last for one in found for s in one.segments]
    last = max([*days, *ends]) if still else max([*(d for d in days if d != today), *ends])
    return min(days), last + timedelta(days=1)


def _row(one: ClockDays, number: int, x: object, scale: float) -> Row:
    assert callable(x)  # noqa: S101 - the caller's scale
    bars = []
    for part in one.segments:
        days = (part.last - part.first).days + 1
        width = round(days * scale, 1)
        name = _(HOLDERS.get(part.holder, part.holder))
        span = f"{_day(part.first)}–{_day(part.last)}" if days > 1 else _day(part.first)
        short = name if width > 16 * len(name) + 6 else ""
        bars.append(Bar(x(part.first), max(width, 2), part.holder, f"{name} {span}", short))
    line = one.line
    run = f" ({line.run})" if line.run > 1 else ""
    due = line.due_on
    return Row(
        name=f"{line.name}{run}",
        y=HEAD + ROW * number,
        bars=tuple(bars),
        due_x=x(due + timedelta(days=1)) if due else None,
        due_words=_("到期 {day}").format(day=_day(due)) if due else "",
        ended=line.state == "ended",
    )


def _ticks(first: date, last: date, x: object) -> list[Tick]:
    assert callable(x)  # noqa: S101 - the caller's scale
    step = max(((last - first).days + 9) // 10, 1)
    found, day = [], first
    while day <= last:
        found.append(Tick(x(day), _day(day)))
        day += timedelta(days=step)
    return found


def _account(one: ClockDays) -> Account:
    line, spent = one.line, dict(one.spent)
    stops = []
    for stop in line.reading.history.suspensions if line.reading else ():
        begin = _day(local_day(stop.stopped.at))
        end = _day(stop.resumed.last_day) if stop.resumed else _until_now(line.state)
        words = _("{begin}–{end} {cause}").format(
            begin=begin, end=end, cause=stop.stopped.cause
        )
        stops.append(f"{words} {stop.stopped.evidence}".strip())
    state = {"running": _("正在计算"), "stopped": _("暂停"), "ended": _("已结束")}[line.state]
    run = f" ({line.run})" if line.run > 1 else ""
    unit = _("分钟") if not line.in_days else _("天")
    return Account(
        f"{line.name}{run}", state, tuple(spent.get(key, 0) for key in _ORDER), one.total, unit,
        _limit(line), line.due_on, tuple(stops),
    )  # fmt: skip


def _limit(line: ClockLine) -> str:
    """The whole limit in its own unit, an extension included."""
    if line.reading is None:
        return ""
    n = line.reading.total
    words = {
        LimitUnit.WORKDAY: ngettext("{n}个工作日", "{n}个工作日", n),
        LimitUnit.SAME_DAY: _("当日办结"),
        LimitUnit.DAY: ngettext("{n}日（自然日）", "{n}日（自然日）", n),
        LimitUnit.HOUR: ngettext("{n}个工作小时", "{n}个工作小时", n),
    }
    return words[line.reading.unit].format(n=n)


def _until_now(state: str) -> str:
    """How a stop that nobody resumed is said: a clock that is over stands still no longer."""
    return _("直到结束") if state == "ended" else _("至今")


def _summary(found: list[ClockDays]) -> str:
    """The picture in words: what a reader hears instead of it."""
    parts = []
    for one in found:
        spent = _("、").join(
            ngettext("{who}{n}天", "{who}{n}天", n).format(who=_(HOLDERS[who]), n=n)
            for who, n in one.spent
        )
        if one.line.in_days:
            words = _("{clock}：已用{n}天（{spent}）")
            parts.append(
                words.format(clock=one.line.name, n=one.total, spent=spent or _("还没有用"))
            )
    return _("；").join(parts)


def _day(day: date) -> str:
    return date_format(day, "n-j")
