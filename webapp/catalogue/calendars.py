"""Publishing working-day calendars and opening hours, and what is missing of the next year.

A calendar is one immutable state of all years; publishing writes the next one and puts it in
force. Due dates of running cases are counted again by `webapp.cases` (design: clocks).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Max

from webapp.catalogue.models import Calendar, CalendarDay, OpeningHours
from webapp.core.errors import Refused
from workflows.calendars import DayKind, DayStatus, SpecialDay

ANNOUNCED_FROM = 11
"""Month in which the State Council announces the next year's holidays (domain §9.1)."""
PREPARED_FROM = 7
"""Month from which a year that is missing altogether is asked for: limits already reach into it."""


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """A calendar as values: what the next one is made from."""

    first: date
    last: date
    days: tuple[SpecialDay, ...]
    weekdays: tuple[int, ...]


def facts_in_force() -> CalendarFacts:
    """The calendar in force: two statements. Raises Refused without one."""
    row = Calendar.objects.filter(in_force=True).first()
    if row is None:
        raise Refused("没有生效的工作日日历，不能计算期限。请县政务办发布日历。")
    days = tuple(
        SpecialDay(day.date, DayKind(day.kind), day.name, DayStatus(day.status))
        for day in row.days.order_by("date")
    )
    return CalendarFacts(row.covers_from, row.covers_to, days, tuple(row.weekdays))


def with_year(facts: CalendarFacts, year: int, days: Sequence[SpecialDay]) -> CalendarFacts:
    """The same with other special days in one year, which it covers then.

    Raises Refused for a day of another year, or a year that leaves a gap.
    """
    if any(day.day.year != year for day in days):
        raise Refused("日期不在这一年。")
    if not facts.first.year - 1 <= year <= facts.last.year + 1:
        raise Refused("各年的日历要接着发布，中间不能空一年。")
    others = [day for day in facts.days if day.day.year != year]
    return CalendarFacts(
        min(facts.first, date(year, 1, 1)),
        max(facts.last, date(year, 12, 31)),
        tuple(sorted([*others, *days], key=lambda day: day.day)),
        facts.weekdays,
    )


def publish(facts: CalendarFacts, at: datetime, reason: str = "") -> Calendar:
    """Write the next state of the calendar and put it in force, inside a transaction."""
    lock()
    before = Calendar.objects.filter(in_force=True).update(in_force=False)
    last = Calendar.objects.aggregate(last=Max("number"))["last"] or 0
    calendar = Calendar.objects.create(
        number=last + 1,
        in_force=True,
        published_at=at,
        covers_from=facts.first,
        covers_to=facts.last,
        weekdays=sorted(facts.weekdays),
        reason=reason[:200],
        recount_ordered_at=None if before else at,  # nothing was counted by none
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            date=day.day,
            kind=day.kind.value,
            name=day.name,
            status=day.status.value,
        )
        for day in facts.days
    )
    return calendar


def lock() -> None:
    """Let publications follow one another."""
    list(Calendar.objects.select_for_update().filter(in_force=True).values_list("pk"))


def publish_hours(unit_id: int | None, spans: Iterable[tuple[int, time, time]]) -> None:
    """Replace the opening hours of a unit, of the county for None; none: the county's hold."""
    OpeningHours.objects.filter(unit=unit_id).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(unit_id=unit_id, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in spans
    )


def hours_rows(unit_id: int | None) -> list[tuple[int, time, time]]:
    """A unit's own opening hours as (weekday, opens, closes): one statement."""
    rows = OpeningHours.objects.filter(unit=unit_id).order_by("weekday", "opens")
    return list(rows.values_list("weekday", "opens", "closes"))


def missing_year(today: date) -> tuple[int, str] | None:
    """The coming year when its days are not known in time: (year, "missing" or "estimated").

    Months ahead: limits that begin now already end in it. One or two statements.
    """
    year = today.year + 1
    calendar = Calendar.objects.filter(in_force=True).first()
    if calendar is None or calendar.covers_to < date(year, 12, 31):
        return (year, "missing") if today.month >= PREPARED_FROM else None
    days = calendar.days.filter(date__year=year).values_list("status", flat=True)
    statuses = set(days) - {"local"}
    if statuses == {"official"} or today.month < ANNOUNCED_FROM:
        return None
    return year, "estimated"
