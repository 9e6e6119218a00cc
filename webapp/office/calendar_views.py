"""The working-day calendar as a year: days off, make-up days, opening hours; import from a file."""

from __future__ import annotations

import calendar as months_of_year
import csv
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.catalogue import calendars
from webapp.catalogue.models import Calendar, OpeningHours
from webapp.catalogue.queries import calendar_version
from webapp.changes import actions as changes
from webapp.changes.queries import open_change
from webapp.core.access import page
from webapp.core.errors import Refused, Unknown
from webapp.core.typed import whole
from webapp.office import policy
from webapp.organisations.middleware import acting_of
from webapp.organisations.models import Unit
from workflows.calendars import WEEKDAY_NAMES, DayKind, DayStatus, day_text
from workflows.calendars import Calendar as Days

WEEK = "一二三四五六日"
LARGEST = 100_000
"""Bytes of a file of days."""


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the year view: `mark` chooses shape and colour, `words` say it."""

    number: int
    mark: str
    words: str
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its working days, and weeks of seven squares (None before and after it)."""

    number: int
    working: int
    weeks: tuple[tuple[Square | None, ...], ...]


@page(policy.may_see_county_office)
def calendar(request: HttpRequest) -> HttpResponse:
    """The year view of the calendar in force."""
    return _shown(request)


def _shown(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    today = timezone.localdate(acting_of(request).at)
    row = Calendar.objects.filter(in_force=True).first()
    if row is None:
        return render(request, "office/calendar.html", {"calendar": None}, status=status)
    known = calendar_version(row.pk, row.covers_from, row.covers_to)
    year = _year(request, known, today)
    context = {
        "calendar": row,
        "year": year,
        "years": range(known.first.year, known.last.year + 2),
        "covered": known.first.year <= year <= known.last.year,
        "months": _months(known, year, today),
        "special": [day for day in known.special.values() if day.day.year == year],
        "status": _status(known, year),
        "week_letters": list(WEEK),
        "weekdays": [WEEKDAY_NAMES[day] for day in sorted(known.weekdays)],
        "hours": _hours(),
        "missing": calendars.missing_year(today),
        "may_change": policy.may_change_parameters(request),
        "units": Unit.objects.filter(active=True).exclude(level="village").order_by("id"),
        "problems": [],
        "history": Calendar.objects.order_by("-number")[:6],
    }
    return render(request, "office/calendar.html", context | more, status=status)


def _year(request: HttpRequest, known: Days, today: date) -> int:
    asked = request.GET.get("year", "")
    if not asked:
        return min(max(today.year, known.first.year), known.last.year)
    year = whole(asked, 4)
    if year is None or not known.first.year <= year <= known.last.year + 1:
        raise Http404
    return year


def _status(known: Days, year: int) -> str:
    if not known.first.year <= year <= known.last.year:
        return "missing"
    return known.status_of(date(year, 6, 30)).value


def _months(known: Days, year: int, today: date) -> list[Month]:
    if not known.first.year <= year <= known.last.year:
        return []
    found = []
    for number in range(1, 13):
        weeks = tuple(
            tuple(_square(known, day, today) if day.month == number else None for day in week)
            for week in months_of_year.Calendar().monthdatescalendar(year, number)
        )
        last = months_of_year.monthrange(year, number)[1]
        working = sum(known.is_working_day(date(year, number, n)) for n in range(1, last + 1))
        found.append(Month(number, working, weeks))
    return found


def _square(known: Days, day: date, today: date) -> Square:
    row = known.special.get(day)
    off = known.why_off(day)
    mark, words = "work", _("上班")
    if off is not None:
        mark, words = ("holiday", row.name) if row else ("weekend", _("周末"))
    elif known.is_make_up(day):
        mark, words = "makeup", _("调休上班")
    if row is not None and row.status is DayStatus.LOCAL:
        mark, words = f"{mark} local", _("本县决定：{name}").format(name=row.name)
    return Square(day.day, mark, f"{day_text(day)} {words}", day == today)


def _hours() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(key, name, [(weekday, spans)]) of the county and of units with their own: one statement."""
    found: dict[tuple[str, str], dict[int, list[str]]] = {("county", _("全县")): {}}
    rows = OpeningHours.objects.select_related("unit").order_by("unit_id", "weekday", "opens")
    for row in rows:
        key = (row.unit.key, row.unit.name) if row.unit else ("county", _("全县"))
        span = f"{row.opens:%H:%M}–{row.closes:%H:%M}"
        found.setdefault(key, {}).setdefault(row.weekday, []).append(span)
    return [
        (
            key,
            name,
            [(WEEKDAY_NAMES[day], "、".join(spans)) for day, spans in sorted(week.items())],
        )
        for (key, name), week in found.items()
    ]


@page(policy.may_change_parameters, methods=("POST",))
def calendar_import(request: HttpRequest) -> HttpResponse:
    """Read a file of days into a draft of the year; errors by line, nothing kept then."""
    by = acting_of(request)
    year, file = request.POST.get("year", ""), request.FILES.get("file")
    if file is None or not file.size or file.size > LARGEST:
        said = _("请选择文件（不超过100 KB）。")
        return _shown(request, 422, problems=[said], imported=year)
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        said = _("文件不是 UTF-8 编码。用表格软件另存为“CSV UTF-8”再试。")
        return _shown(request, 422, problems=[said], imported=year)
    rows, problems = read_rows(text, year)
    if problems:
        return _shown(request, 422, problems=problems, imported=year)
    try:
        change = open_change("calendar.days", year, by.officer_id)
        change = change or changes.begin("calendar.days", year, by)
        reason = _("按文件“{name}”导入").format(name=str(file.name)[:80])
        changes.save(
            change.pk, by, {"days": rows}, reason=change.reason or reason, effective_on=None,
            seen=change.version,
        )  # fmt: skip
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        return _shown(request, 409, problems=[refusal.sentence], imported=year)
    messages.success(request, _("已导入 {n} 天，请核对后提交复核。").format(n=len(rows)))
    return redirect("office:change", change_id=change.pk)


def read_rows(text: str, year: str) -> tuple[list[dict[str, str]], list[str]]:
    """Rows of `date,name,kind,status` of one year, and what is wrong, line by line.

    Other years of the file are left alone. Header and Chinese words for kind and status are
    taken too: 休息, 上班, 正式, 预计, 本县.
    """
    rows: list[dict[str, str]] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    reader = csv.reader(text.splitlines())
    for cells in reader:
        line, parts = reader.line_num, [cell.strip() for cell in cells]
        if not any(parts) or parts[0].lower() in {"date", "日期"}:
            continue
        wrong = _wrong(parts)
        if wrong:
            problems.append(_("第{n}行：{why}").format(n=line, why=wrong))
            continue
        day, name, kind, status = parts[:4]
        if day[:4] != year:
            continue
        if day in seen:
            words = _("第{n}行：{day} 与第{other}行重复。")
            problems.append(words.format(n=line, day=day, other=seen[day]))
            continue
        seen[day] = line
        rows.append(
            {"day": day, "kind": _KINDS[kind], "name": name, "status": _STATUSES[status]}
        )
    if not rows and not problems:
        problems.append(_("文件里没有 {year} 年的日期。").format(year=year))
    return rows, problems


_KINDS = {one.value: one.value for one in DayKind} | {
    "休息": "off", "放假": "off", "上班": "work", "调休上班": "work",
}  # fmt: skip
_STATUSES = {one.value: one.value for one in DayStatus} | {
    "正式": "official", "预计": "estimated", "本县": "local", "本县决定": "local",
}  # fmt: skip


def _wrong(parts: list[str]) -> str:
    """What is wrong with one line, "" when it is in order."""
    if len(parts) < 4:
        return _("要有四栏：日期、名称、安排、性质。")
    day, name, kind, status = parts[:4]
    try:
        date.fromisoformat(day)
    except ValueError:
        return _("日期“{text}”读不懂，写成 2027-01-01 这样。").format(text=day[:20])
    if not name or len(name) > 30:
        return _("名称要写一至三十个字。")
    if kind not in _KINDS:
        return _("安排“{text}”不认识，写 off（休息）或者 work（上班）。").format(text=kind[:20])
    if status not in _STATUSES:
        words = _(
            "性质“{text}”不认识，写 official（正式）、estimated（预计）或者 local（本县）。"
        )
        return words.format(text=status[:20])
    return ""
