"""Changes of the calendar with four eyes: the days of a year, the week, opening hours of a unit.

In force with the approval, for running cases too: their dates are counted again at once, each
move written into its case (design: clocks; domain §9.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases import actions
from webapp.catalogue import calendars
from webapp.catalogue.calendars import CalendarFacts, facts_in_force, with_year
from webapp.changes.kinds import asking
from webapp.changes.kinds.kind import Kind, Line, Value
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.organisations.lookups import forget
from webapp.organisations.models import Unit
from workflows.calendars import (
    WEEKDAY_NAMES,
    CalendarRefused,
    DayKind,
    DayStatus,
    OpeningHours,
    Span,
    SpecialDay,
)
from workflows.forms import Field, FieldKind, Form

COUNTY = "county"
MOST_DAYS = 120


class CalendarDays(Kind):
    """The days of one year that differ from their weekday; the subject is the year."""

    key = "calendar.days"
    room = "calendar"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("放假和调休")

    def subject_name(self, subject: str) -> str:
        """The year."""
        return _("{year}年工作日日历").format(year=_year(subject))

    def current(self, subject: str) -> Value:
        """Its days in force; none where the year is not known yet."""
        year = _year(subject)
        return {"days": [_as_row(d) for d in facts_in_force().days if d.day.year == year]}

    def lock(self, subject: str) -> None:
        """One publication after the other."""
        calendars.lock()

    def form(self, subject: str) -> Form:
        """A row a day."""
        kinds = {"off": _("休息"), "work": _("上班（调休）")}
        statuses = {
            "official": _("正式（国务院办公厅公布）"),
            "estimated": _("预计"),
            "local": _("本县决定"),
        }
        rows = (
            Field("day", _("日期"), FieldKind.DATE, "datetime", required=True),
            asking.choice("kind", _("安排"), kinds),
            asking.text("name", _("名称"), most=30, must=True),
            asking.choice("status", _("性质"), statuses),
        )
        about = _("只填与平时不同的日子：节假日、调休上班、本县停办公的日子。周末不用填。")
        return asking.form(
            self.key,
            asking.rows("days", _("与平时不同的日子"), rows, most=MOST_DAYS, about=about),
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """In order of the days."""
        rows = [dict(row) for row in answers.get("days") or ()]
        return {"days": sorted(rows, key=lambda row: str(row.get("day") or ""))}

    def check(self, subject: str, value: Value, today: date) -> None:
        """Every day once, of this year; an official year is not made an estimate again."""
        year, seen = _year(subject), set()
        for row in value["days"]:
            day = date.fromisoformat(row["day"])
            if day.year != year:
                raise Invalid({"days": _("{day} 不在 {year} 年。").format(day=day, year=year)})
            if day in seen:
                raise Invalid({"days": _("{day} 填了两次。").format(day=day)})
            seen.add(day)
        try:
            self.facts(subject, value)
        except (Refused, CalendarRefused) as wrong:
            raise Invalid({"days": str(wrong)}) from wrong

    def facts(self, subject: str, value: Value) -> CalendarFacts:
        """The whole calendar with this year's days."""
        return with_year(facts_in_force(), _year(subject), [_as_day(r) for r in value["days"]])

    def difference(self, before: Value, after: Value) -> list[Line]:
        """A line a day; a working day taken from a holiday is grave, so is a closure."""
        old = {row["day"]: row for row in before.get("days", ())}
        new = {row["day"]: row for row in after["days"]}
        lines = []
        for day in sorted(old.keys() | new.keys()):
            was, will = old.get(day), new.get(day)
            if was == will:
                continue
            moves = (was or {}).get("kind") != (will or {}).get("kind")
            words = _("{day}：由“{was}”改为“{will}”").format(
                day=day, was=_spoken(was), will=_spoken(will)
            )
            lines.append(Line(words, grave=moves))
        return lines

    def apply(self, change: Change, today: date) -> None:
        """Publish the next calendar and order the recount of running cases."""
        if change.after is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        facts = self.facts(change.subject, change.after)
        calendars.publish(facts, change.in_force_at, change.reason)
        actions.order_recount(change.in_force_at)


class CalendarWeek(Kind):
    """The weekdays on which the county's offices work."""

    key = "calendar.week"
    room = "calendar"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("每周工作日")

    def subject_name(self, subject: str) -> str:
        """The county."""
        _only_county(subject)
        return _("全县")

    def current(self, subject: str) -> Value:
        """The pattern in force."""
        _only_county(subject)
        return {"weekdays": [str(day) for day in facts_in_force().weekdays]}

    def lock(self, subject: str) -> None:
        """One publication after the other."""
        calendars.lock()

    def form(self, subject: str) -> Form:
        """Seven ticks."""
        offered = {str(n): name for n, name in enumerate(WEEKDAY_NAMES)}
        return asking.form(
            self.key, asking.choices("weekdays", _("哪几天上班"), offered, must=True)
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """In order."""
        return {"weekdays": sorted(answers.get("weekdays") or ())}

    def check(self, subject: str, value: Value, today: date) -> None:
        """At least one day."""
        if not value["weekdays"]:
            raise Invalid({"weekdays": _("至少选一天。")})

    def facts(self, value: Value) -> CalendarFacts:
        """The whole calendar with this week."""
        found = facts_in_force()
        weekdays = tuple(int(day) for day in value["weekdays"])
        return CalendarFacts(found.first, found.last, found.days, weekdays)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Which weekdays come and go."""
        old, new = set(before["weekdays"]), set(after["weekdays"])
        lines = [
            Line(_("{day}改为上班").format(day=_weekday(d)), True) for d in sorted(new - old)
        ]
        lines += [
            Line(_("{day}改为休息").format(day=_weekday(d)), True) for d in sorted(old - new)
        ]
        return lines

    def apply(self, change: Change, today: date) -> None:
        """Publish the next calendar and order the recount of running cases."""
        if change.after is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        calendars.publish(self.facts(change.after), change.in_force_at, change.reason)
        actions.order_recount(change.in_force_at)


class UnitHours(Kind):
    """Opening hours of a unit by its key, or of the county; half days and lunch as spans."""

    key = "calendar.hours"
    room = "calendar"
    at_once = True

    def name(self) -> str:
        """What is changed."""
        return _("办公时间")

    def subject_name(self, subject: str) -> str:
        """The unit."""
        return _("全县") if subject == COUNTY else _unit(subject).name

    def current(self, subject: str) -> Value:
        """Its own hours; none where the county's hold."""
        rows = calendars.hours_rows(unit_id(subject))
        return {
            "spans": [
                {"weekday": str(day), "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
                for day, opens, closes in rows
            ]
        }

    def form(self, subject: str) -> Form:
        """A row a stretch of opening."""
        offered = {str(n): name for n, name in enumerate(WEEKDAY_NAMES)}
        clock = r"([01]\d|2[0-3]):[0-5]\d"
        rows = (
            asking.choice("weekday", _("星期"), offered),
            asking.text("opens", _("开门（如 09:00）"), most=5, must=True, pattern=clock),
            asking.text("closes", _("关门（如 12:00）"), most=5, must=True, pattern=clock),
        )
        about = _(
            "上午、下午各一行。第一个工作日的时间也用于调休上班的日子。单位空着：按全县的时间。"
        )
        return asking.form(
            self.key, asking.rows("spans", _("办公时间"), rows, most=28, about=about)
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """In order of the week."""
        rows = [dict(row) for row in answers.get("spans") or ()]
        return {
            "spans": sorted(rows, key=lambda r: (str(r.get("weekday")), str(r.get("opens"))))
        }

    def check(self, subject: str, value: Value, today: date) -> None:
        """Stretches in order, none into another; the county's may not be empty."""
        if subject == COUNTY and not value["spans"]:
            raise Invalid({"spans": _("全县的办公时间不能空着。")})
        try:
            self.opening(value)
        except CalendarRefused as wrong:
            raise Invalid({"spans": str(wrong)}) from wrong

    def opening(self, value: Value) -> OpeningHours | None:
        """The hours as the clocks count by them; None where the county's hold."""
        by_day: dict[int, list[Span]] = {}
        for weekday, opens, closes in _spans(value):
            by_day.setdefault(weekday, []).append(Span(opens, closes))
        if not by_day:
            return None
        usual = tuple(by_day[min(by_day)])
        return OpeningHours(usual, {day: tuple(spans) for day, spans in by_day.items()})

    def difference(self, before: Value, after: Value) -> list[Line]:
        """A line a weekday."""
        old, new = _by_weekday(before), _by_weekday(after)
        return [
            Line(
                _("{day}：由“{was}”改为“{will}”").format(
                    day=_weekday(day),
                    was=old.get(day) or _("没有"),
                    will=new.get(day) or _("没有"),
                )
            )
            for day in sorted(old.keys() | new.keys())
            if old.get(day) != new.get(day)
        ]

    def apply(self, change: Change, today: date) -> None:
        """Write the hours; cases are counted again once every process knows them."""
        if change.after is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        unit = unit_id(change.subject)
        calendars.publish_hours(unit, _spans(change.after))
        forget()
        actions.order_recount(change.in_force_at, unit, wait=actions.WAIT_FOR_HOURS)


def _year(subject: str) -> int:
    year = whole(subject, 4)
    if year is None or not 2020 <= year <= 2100:
        raise Unknown("没有这一年的日历。")
    return year


def _only_county(subject: str) -> None:
    if subject != COUNTY:
        raise Unknown("没有这一类参数。")


def _unit(subject: str) -> Unit:
    unit = Unit.objects.filter(key=subject, active=True).first()
    if unit is None:
        raise Unknown("没有这个单位。")
    return unit


def unit_id(subject: str) -> int | None:
    """The unit\'s row, None for the county. Raises Unknown."""
    return None if subject == COUNTY else _unit(subject).pk


def _as_row(day: SpecialDay) -> dict[str, str]:
    return {
        "day": day.day.isoformat(), "kind": day.kind.value, "name": day.name,
        "status": day.status.value,
    }  # fmt: skip


def _as_day(row: Mapping[str, str]) -> SpecialDay:
    return SpecialDay(
        date.fromisoformat(row["day"]), DayKind(row["kind"]), row["name"],
        DayStatus(row["status"]),
    )  # fmt: skip


def _spoken(row: Mapping[str, str] | None) -> str:
    if row is None:
        return _("平常日子")
    kind = _("休息") if row["kind"] == "off" else _("上班（调休）")
    status = {"official": _("正式"), "estimated": _("预计"), "local": _("本县决定")}[
        row["status"]
    ]
    return f"{kind} · {row['name']} · {status}"


def _weekday(number: str) -> str:
    return WEEKDAY_NAMES[int(number)]


def _spans(value: Value) -> list[tuple[int, time, time]]:
    return [
        (int(r["weekday"]), time.fromisoformat(r["opens"]), time.fromisoformat(r["closes"]))
        for r in value["spans"]
    ]


def _by_weekday(value: Value) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in value["spans"]:
        span = f"{row['opens']}–{row['closes']}"
        day = row["weekday"]
        found[day] = f"{found[day]}、{span}" if day in found else span
    return found
