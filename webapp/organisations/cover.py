"""Who covers what, by post and half day: the coverage matrix and its gaps (DUTY-03, DUTY-06).

Read in three statements whatever the number of posts; everything else is pure. A half day counts
as B's when A is away at any moment of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from webapp.organisations.models import Absence, Holding, Post

FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class Span:
    """A holder of a post on some days; `end` is not included, None without end."""

    officer_id: int
    name: str
    first: date
    end: date | None

    def covers(self, day: date) -> bool:
        """Whether the day is among them."""
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Half:
    """Who works in a half day: as "A", as "B", or nobody (""); `away`: A's name when she is."""

    cover: str
    name: str
    away: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a post: morning and afternoon; `whole` when they are the same."""

    day: date
    morning: Half
    afternoon: Half
    rest: bool = False

    @property
    def whole(self) -> bool:
        """One entry is enough for the day."""
        return self.morning == self.afternoon

    @property
    def gap(self) -> bool:
        """Nobody works for at least half of a working day."""
        return not self.rest and "" in {self.morning.cover, self.afternoon.cover}


@dataclass(frozen=True, slots=True)
class Row:
    """A post in the matrix. `a`, `b`: who holds it on the first day, "" when vacant."""

    post_id: int
    unit_id: int
    unit_name: str
    post_name: str
    role: str
    window: str
    a: str
    a_id: int | None
    b: str
    b_id: int | None
    days: tuple[Day, ...]

    @property
    def gaps(self) -> int:
        """Days with a gap."""
        return sum(day.gap for day in self.days)


@dataclass(frozen=True, slots=True)
class Skill:
    """What a person can do: posts of her own and posts she covers (DUTY-06)."""

    officer_id: int
    name: str
    own: tuple[str, ...]
    covered: tuple[str, ...]

    @property
    def single(self) -> bool:
        """She knows one post only; the rule asks for another one."""
        return len({*self.own, *self.covered}) < 2


@dataclass(frozen=True)
class Matrix:
    """The posts of some units over some days, and the people who hold them."""

    days: tuple[date, ...]
    rows: tuple[Row, ...] = ()
    skills: tuple[Skill, ...] = ()
    by_unit: Mapping[str, list[Row]] = field(default_factory=dict)

    @property
    def gaps(self) -> list[tuple[Row, Day]]:
        """Every day of a post on which nobody works."""
        return [(row, day) for row in self.rows for day in row.days if day.gap]


def working_state(
    a: Sequence[Span],
    b: Sequence[Span],
    away: Mapping[int, Sequence[tuple[datetime, datetime]]],
    start: datetime,
    end: datetime,
) -> Half:
    """Who works for a post in a stretch of one day."""
    day = timezone.localdate(start)

    def is_away(one: Span) -> bool:
        return any(f < end and start < t for f, t in away.get(one.officer_id, ()))

    first = next((one for one in a if one.covers(day)), None)
    second = next((one for one in b if one.covers(day)), None)
    if first is not None and not is_away(first):
        return Half("A", first.name)
    missing = first.name if first is not None else ""
    if second is not None and not is_away(second):
        return Half("B", second.name, missing)
    return Half("", "", missing)


def matrix(
    unit_ids: Iterable[int],
    first: date,
    days: int = FORTNIGHT,
    rest: Collection[date] = (),
) -> Matrix:
    """The coverage of the posts of these units from `first` on: three statements.

    `rest`: days off, on which an empty post is no gap.
    """
    span = tuple(first + timedelta(days=n) for n in range(days))
    posts = list(
        Post.objects.filter(active=True, pool__unit__in=list(unit_ids), pool__unit__active=True)
        .select_related("pool__unit", "pool__role", "window")
        .order_by("pool__unit__level", "pool__unit_id", "pool__role__order", "id")
    )
    held = _holders(posts, span)
    away = _absences({one.officer_id for spans in held.values() for one in spans}, span)
    rows = []
    for post in posts:
        a, b = held[post.pk, "A"], held[post.pk, "B"]
        today_a = next((one for one in a if one.covers(first)), None)
        today_b = next((one for one in b if one.covers(first)), None)
        rows.append(
            Row(
                post.pk,
                post.pool.unit_id,
                post.pool.unit.name,
                post.name,
                post.pool.role_id,
                str(post.window.number) if post.window else "",
                today_a.name if today_a else "",
                today_a.officer_id if today_a else None,
                today_b.name if today_b else "",
                today_b.officer_id if today_b else None,
                tuple(_day(day, a, b, away, day in rest) for day in span),
            )
        )
    by_unit: dict[str, list[Row]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_name, []).append(row)
    return Matrix(span, tuple(rows), _skills(rows), by_unit)


def _day(
    day: date,
    a: Sequence[Span],
    b: Sequence[Span],
    away: Mapping[int, Sequence[tuple[datetime, datetime]]],
    rest: bool,
) -> Day:
    edges = [
        timezone.make_aware(datetime.combine(day, time())),
        timezone.make_aware(datetime.combine(day, time(12))),
        timezone.make_aware(datetime.combine(day + timedelta(days=1), time())),
    ]
    return Day(
        day,
        working_state(a, b, away, edges[0], edges[1]),
        working_state(a, b, away, edges[1], edges[2]),
        rest,
    )


def _holders(posts: Sequence[Post], span: Sequence[date]) -> dict[tuple[int, str], list[Span]]:
    found: dict[tuple[int, str], list[Span]] = defaultdict(list)
    rows = Holding.objects.filter(
        Q(during__endswith=None) | Q(during__endswith__gt=span[0]),
        post__in=posts,
        during__startswith__lte=span[-1],
        officer__is_active=True,
    ).select_related("officer")
    for one in rows.order_by("during"):
        found[one.post_id, one.cover].append(
            Span(one.officer_id, one.officer.name, one.during.lower, one.during.upper)
        )
    return found


def _absences(
    officers: set[int], span: Sequence[date]
) -> dict[int, list[tuple[datetime, datetime]]]:
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    start = timezone.make_aware(datetime.combine(span[0], time()))
    end = timezone.make_aware(datetime.combine(span[-1] + timedelta(days=1), time()))
    rows = Absence.objects.filter(
        officer__in=officers, during__startswith__lt=end, during__endswith__gt=start
    )
    for one in rows:
        found[one.officer_id].append((one.during.lower, one.during.upper))
    return found


def _skills(rows: Sequence[Row]) -> tuple[Skill, ...]:
    names: dict[int, str] = {}
    own: dict[int, list[str]] = defaultdict(list)
    covered: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        for officer_id, name, where in ((row.a_id, row.a, own), (row.b_id, row.b, covered)):
            if officer_id is not None:
                names[officer_id] = name
                where[officer_id].append(row.post_name)
    return tuple(
        Skill(officer, name, tuple(own[officer]), tuple(covered[officer]))
        for officer, name in names.items()
    )
