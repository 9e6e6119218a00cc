"""Which running cases another calendar, or other opening hours, would move: before it is published.

Only clocks that a changed day can reach are counted again: begun before the last changed day and
due on the first or later (or the other way round, when a year becomes known).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webapp.cases.models import Clock, ClockEntry
from webapp.cases.places import hours
from webapp.cases.planning.ledger import label
from webapp.core.errors import Refused
from workflows.calendars import CHINA, Calendar, OpeningHours, OutsideCalendar, moment
from workflows.clocks import derive, from_dicts

TOGETHER = 500
"""Clocks read at once."""


@dataclass(frozen=True, slots=True)
class Move:
    """One clock of a running case: `old` and `new` due moment's day; `hour` where only that moves."""

    case_id: int
    number: str
    kind: str
    name: str
    old: date | None
    new: date | None
    earlier: bool
    by_time: str = ""


@dataclass(frozen=True, slots=True)
class Moving:
    """What would move: the first of them, and how many clocks of how many cases in all."""

    moves: tuple[Move, ...]
    clocks: int
    cases: int
    earlier: int


def changed_days(old: Calendar, new: Calendar) -> tuple[date, date] | None:
    """First and last day that is a working day in only one of two calendars, where both know."""
    first, last = max(old.first, new.first), min(old.last, new.last)
    days = [
        day
        for offset in range((last - first).days + 1)
        if old.is_working_day(day := first + timedelta(days=offset)) != new.is_working_day(day)
    ]
    return (days[0], days[-1]) if days else None


def moving(
    old: Calendar,
    new: Calendar,
    *,
    unit_id: int | None = None,
    opening: OpeningHours | None = None,
    shown: int = 100,
) -> Moving:
    """Count running clocks again: under `new`, or under other hours of one unit (None: all)."""
    rows = Clock.objects.filter(state=Clock.State.RUNNING, case__is_open=True)
    if opening is None:
        span = changed_days(old, new)
        if span is None:
            return Moving((), 0, 0, 0)
        rows = rows.filter(
            due_on__gte=span[0], started_at__lt=moment(span[1] + timedelta(days=1))
        )
    elif unit_id is not None:
        rows = rows.filter(case__accountable_unit=unit_id)
    found: list[Move] = []
    clocks, cases, earlier = 0, set(), 0
    ids = list(rows.order_by("case_id", "id").values_list("id", flat=True))
    for start in range(0, len(ids), TOGETHER):
        part = Clock.objects.filter(pk__in=ids[start : start + TOGETHER]).select_related("case")
        clock_rows = list(part.order_by("case_id", "id"))
        entries = _entries(clock_rows)
        for clock in clock_rows:
            move = _move(clock, entries[clock.case_id, clock.kind, clock.run], new, opening)
            if move is None:
                continue
            clocks += 1
            cases.add(clock.case_id)
            earlier += move.earlier
            if len(found) < shown:
                found.append(move)
    return Moving(tuple(found), clocks, len(cases), earlier)


def _entries(clocks: list[Clock]) -> Mapping[tuple[int, str, int], list[dict[str, Any]]]:
    found: dict[tuple[int, str, int], list[dict[str, Any]]] = {}
    rows = ClockEntry.objects.filter(case__in={clock.case_id for clock in clocks})
    for case, kind, run, entry in rows.order_by("case", "kind", "run", "seq").values_list(
        "case_id", "kind", "run", "entry"
    ):
        found.setdefault((case, kind, run), []).append(entry)
    return found


def _move(
    clock: Clock,
    entries: list[dict[str, Any]],
    calendar: Calendar,
    opening: OpeningHours | None,
) -> Move | None:
    own = opening or hours(clock.case.accountable_unit_id)
    try:
        reading = derive(from_dicts(entries), calendar, own)
    except OutsideCalendar as outside:
        raise Refused(str(outside)) from outside
    if reading.due_at == clock.due_at:
        return None
    old_at, new_at = clock.due_at, reading.due_at
    by_time = ""
    if old_at and new_at and clock.due_on == reading.due_on:
        by_time = f"{moment_text(old_at)} → {moment_text(new_at)}"
    return Move(
        case_id=clock.case_id,
        number=clock.case.number,
        kind=clock.kind,
        name=label(clock.kind),
        old=clock.due_on,
        new=reading.due_on,
        earlier=bool(old_at and new_at and new_at < old_at),
        by_time=by_time,
    )


def moment_text(at: Any) -> str:
    """`17:30`, local."""
    return f"{at.astimezone(CHINA):%H:%M}"
