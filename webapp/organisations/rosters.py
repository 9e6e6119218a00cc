"""What a duty list says, what it lacks, and what the last one said (ORG-20, DUTY-08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.accounts.models import Officer
from webapp.organisations.models import Absence, Holding, Roster, Shift

PARTS: dict[str, tuple[str, ...]] = {
    Roster.Kind.DUTY: ("morning", "afternoon"),
    Roster.Kind.LEADER: ("day",),
    Roster.Kind.ONSITE: ("day",),
    Roster.Kind.HOLIDAY: ("day", "night"),
    Roster.Kind.VILLAGE: ("day",),
    Roster.Kind.COLLECTIVE: ("day",),
}
"""Which parts of a day each kind of list has."""
PART_NAMES = {
    "day": gettext_noop("全天"),
    "morning": gettext_noop("上午"),
    "afternoon": gettext_noop("下午"),
    "night": gettext_noop("夜间"),
}
_HOURS = {"day": (0, 24), "morning": (0, 12), "afternoon": (12, 24), "night": (18, 24)}
ON_WORKING_DAYS = frozenset({Roster.Kind.DUTY, Roster.Kind.LEADER})
EVERY_DAY = frozenset({Roster.Kind.VILLAGE})
ON_REST_DAYS = frozenset({Roster.Kind.HOLIDAY})


@dataclass(frozen=True, slots=True)
class Place:
    """A day and a part of it."""

    day: date
    part: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of the list with who is there; `needed`: it must not stay empty."""

    place: Place
    part: str
    shifts: tuple[Shift, ...]
    needed: bool

    @property
    def names(self) -> str:
        """Everybody, for the form and the paper."""
        return "、".join(shift.name for shift in self.shifts)

    @property
    def key(self) -> str:
        """The name of its input."""
        return f"{self.place.day.isoformat()}-{self.place.part}"


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of the list with its parts."""

    day: date
    rest: bool
    cells: tuple[Cell, ...]


def needs(kind: str, *, rest: bool) -> bool:
    """Whether somebody must be there on such a day."""
    if kind in EVERY_DAY:
        return True
    return kind in (ON_REST_DAYS if rest else ON_WORKING_DAYS)


def day_lines(roster: Roster, rest: Collection[date]) -> list[DayLine]:
    """Every day of the list: one statement."""
    found: dict[Place, list[Shift]] = defaultdict(list)
    for shift in roster.shifts.order_by("day", "id"):
        found[Place(shift.day, shift.part)].append(shift)
    lines = []
    for n in range((roster.last - roster.first).days + 1):
        day = roster.first + timedelta(days=n)
        cells = tuple(
            Cell(
                Place(day, part),
                _(PART_NAMES[part]),
                tuple(found[Place(day, part)]),
                needs(roster.kind, rest=day in rest),
            )
            for part in PARTS[roster.kind]
        )
        lines.append(DayLine(day, day in rest, cells))
    return lines


def findings(roster: Roster, rest: Collection[date]) -> list[str]:
    """What keeps the list from being published: empty shifts, people who are away, wrong days."""
    lines = day_lines(roster, rest)
    away = _away(roster)
    found = []
    shifts = 0
    for line in lines:
        day = date_format(line.day, _("n月j日"))
        for cell in line.cells:
            shifts += len(cell.shifts)
            if cell.needed and not cell.shifts:
                found.append(_("{day}{part}没有人。").format(day=day, part=cell.part))
            for shift in cell.shifts:
                if _is_away(shift, away):
                    words = _("{name}{day}不在岗。")
                    found.append(words.format(name=shift.name, day=day))
        if roster.kind in ON_REST_DAYS and not line.rest and any(c.shifts for c in line.cells):
            found.append(_("{day}是工作日，不用轮值。").format(day=day))
    if not shifts:
        found.append(_("表上还没有人。"))
    return found


def _away(roster: Roster) -> dict[int, list[tuple[datetime, datetime]]]:
    start = timezone.make_aware(datetime.combine(roster.first, time()))
    end = timezone.make_aware(datetime.combine(roster.last + timedelta(days=1), time()))
    rows = Absence.objects.filter(
        officer__in=roster.shifts.values("officer"),
        during__startswith__lt=end,
        during__endswith__gt=start,
    )
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in rows:
        found[row.officer_id].append((row.during.lower, row.during.upper))
    return found


def _is_away(shift: Shift, away: dict[int, list[tuple[datetime, datetime]]]) -> bool:
    midnight = timezone.make_aware(datetime.combine(shift.day, time()))
    first, last = (midnight + timedelta(hours=hour) for hour in _HOURS[shift.part])
    return any(f < last and first < t for f, t in away.get(shift.officer_id or 0, ()))


def copied(roster: Roster) -> list[tuple[Place, str, str]]:
    """The last list of the same kind, moved by weekdays: first Monday to first Monday …"""
    before = (
        Roster.objects.filter(
            unit=roster.unit_id, kind=roster.kind, during__startswith__lt=roster.first
        )
        .order_by("-during")
        .first()
    )
    if before is None:
        return []
    by_weekday: dict[tuple[int, int], list[Shift]] = defaultdict(list)
    for shift in before.shifts.order_by("day", "id"):
        week = (shift.day - before.first).days // 7
        by_weekday[shift.day.weekday(), week].append(shift)
    lines = []
    for n in range((roster.last - roster.first).days + 1):
        day = roster.first + timedelta(days=n)
        weeks = [n // 7, 0]
        shifts = next((s for w in weeks if (s := by_weekday.get((day.weekday(), w)))), [])
        lines += [(Place(day, shift.part), shift.name, shift.phone) for shift in shifts]
    return lines


def people_named(
    unit_id: int, names: Collection[str], day: date
) -> dict[str, tuple[int | None, str]]:
    """Officers of the unit (and those beside and above it) by name; a doubled name is nobody's."""
    held = Holding.objects.filter(
        Q(post__pool__unit=unit_id)
        | Q(post__pool__unit__division__units=unit_id)
        | Q(post__pool__unit__level="county"),
        during__contains=day,
    )
    rows = Officer.objects.filter(name__in=names, is_active=True, holdings__in=held).distinct()
    found: dict[str, list[Officer]] = defaultdict(list)
    for row in rows:
        found[row.name].append(row)
    return {
        name: (people[0].pk, people[0].phone)
        for name, people in found.items()
        if len(people) == 1
    }


def published_for(unit_ids: Iterable[int], day: date) -> list[Shift]:
    """Who is on duty in these units on a day, by the published lists: one statement."""
    return list(
        Shift.objects.filter(
            roster__unit__in=list(unit_ids), roster__published_at__isnull=False, day=day
        )
        .select_related("roster__unit")
        .order_by("roster__unit_id", "roster__kind", "part", "id")
    )
