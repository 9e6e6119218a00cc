"""Absences that somebody may know of, and the sheets that wait for a signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Prefetch

from webapp.core.errors import Unknown
from webapp.organisations import policy
from webapp.organisations.models import Absence, Handover
from webapp.organisations.queries import Acting
from webapp.organisations.staff import Seat, seats_between, unit_ids_of

_SIGNED = Prefetch(
    "handovers", Handover.objects.select_related("to_officer").order_by("signed_at")
)


@dataclass(frozen=True, slots=True)
class ForB:
    """The sheet of one B: her posts of this absence, and what she has signed."""

    officer_id: int
    name: str
    seats: tuple[Seat, ...]
    signed: Handover | None

    @property
    def pool_ids(self) -> tuple[int, ...]:
        """Pools whose work goes over to her."""
        return tuple(sorted({seat.pool_id for seat in self.seats}))

    @property
    def posts(self) -> str:
        """Her posts in a line."""
        return "、".join(dict.fromkeys(seat.post_name for seat in self.seats))

    @property
    def away(self) -> bool:
        """She is away at some moment of it herself."""
        return any(seat.other_away for seat in self.seats)


@dataclass(frozen=True, slots=True)
class Seen:
    """An absence with what it means for each of its posts."""

    absence: Absence
    sheets: tuple[ForB, ...]
    uncovered: tuple[Seat, ...]
    may_change: bool
    at: datetime

    @property
    def begun(self) -> bool:
        """It has begun."""
        return not self.absence.during.isempty and self.absence.first <= self.at

    @property
    def over(self) -> bool:
        """It is over, or withdrawn."""
        return self.absence.during.isempty or self.absence.back <= self.at

    @property
    def unsigned(self) -> tuple[ForB, ...]:
        """Sheets that nobody has signed."""
        return tuple(one for one in self.sheets if one.signed is None)

    @property
    def sudden(self) -> bool:
        """Filed on the day itself."""
        return bool(self.absence.kind == Absence.Kind.SUDDEN)


def absence_seen_by(by: Acting, absence_id: int) -> Seen:
    """One absence, for herself, her Bs, her heads and the county office. Raises Unknown."""
    absence = (
        Absence.objects.select_related("officer", "recorded_by")
        .prefetch_related(_SIGNED)
        .filter(pk=absence_id)
        .first()
    )
    if absence is None:
        raise Unknown("没有这条不在岗记录。")
    seen = _seen(by, absence)
    is_b = any(one.officer_id == by.officer_id for one in seen.sheets)
    if not (seen.may_change or is_b):
        raise Unknown("没有这条不在岗记录。")
    return seen


def _seen(by: Acting, absence: Absence) -> Seen:
    seats = [s for s in seats_between(absence.officer_id, absence.during) if s.cover == "A"]
    signed = {one.to_officer_id: one for one in absence.handovers.all()}
    by_b: dict[int, list[Seat]] = {}
    for seat in seats:
        if seat.b_id is not None:
            by_b.setdefault(seat.b_id, []).append(seat)
    sheets = [
        ForB(b, seats_of[0].b_name, tuple(seats_of), signed.pop(b, None))
        for b, seats_of in by_b.items()
    ]
    # Signed by somebody whose post has changed since: her signature stays.
    sheets += [ForB(one.to_officer_id, one.to_officer.name, (), one) for one in signed.values()]
    uncovered = tuple(s for s in seats if s.b_id is None or s.other_away)
    may = policy.may_record_absence(
        by, absence.officer_id, unit_ids_of(absence.officer_id, by.at)
    )
    return Seen(absence, tuple(sheets), uncovered, may, by.at)


def absences_of(by: Acting) -> list[Seen]:
    """Her own absences that are not over, the next one first."""
    return [_seen(by, one) for one in _coming([by.officer_id], by.at)]


def _coming(officers: Iterable[int], at: datetime) -> list[Absence]:
    rows = Absence.objects.filter(officer__in=list(officers), during__endswith__gt=at)
    return list(
        rows.select_related("officer", "recorded_by")
        .prefetch_related(_SIGNED)
        .order_by("during")
    )


_COVERED = """
SELECT DISTINCT main.officer_id
FROM organisations_holding mine
JOIN organisations_post post ON post.id = mine.post_id AND post.active
JOIN organisations_holding main ON main.post_id = post.id AND main.cover = 'A'
JOIN organisations_absence away ON away.officer_id = main.officer_id
 AND upper(away.during) > %(at)s::timestamptz
WHERE mine.officer_id = %(officer)s AND mine.cover = 'B'
"""


def covered_by(by: Acting) -> list[Seen]:
    """Absences, now or to come, in which she stands in: to sign, or signed."""
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, {"officer": by.officer_id, "at": by.at})
        officers = [row[0] for row in cursor.fetchall()]
    found = [_seen(by, one) for one in _coming(officers, by.at)]
    return [
        one for one in found if any(sheet.officer_id == by.officer_id for sheet in one.sheets)
    ]


def sheet_for(seen: Seen, officer_id: int) -> ForB | None:
    """The sheet of one B of an absence."""
    return next((one for one in seen.sheets if one.officer_id == officer_id), None)
