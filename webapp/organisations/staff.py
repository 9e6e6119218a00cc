"""Who sits where: the seats of an officer, the people of a unit, and who answers for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from webapp.organisations.policy import HEADS


@dataclass(frozen=True, slots=True)
class Seat:
    """A post that an officer holds as A or as B during a time, with its other half.

    `other_away`: the other half is away at some moment of that time.
    """

    post_id: int
    pool_id: int
    unit_id: int
    unit_name: str
    post_name: str
    cover: str
    a_id: int | None
    a_name: str
    b_id: int | None
    b_name: str
    other_away: bool


_SEATS = """
WITH asked AS (
    SELECT tstzrange(%(lower)s::timestamptz, %(upper)s::timestamptz, '[)') AS moments,
           daterange(%(first)s::date, %(last)s::date, '[]') AS days)
SELECT post.id, pool.id, unit.id, unit.name, post.name, mine.cover,
       CASE WHEN mine.cover = 'A' THEN mine.officer_id ELSE other.officer_id END,
       CASE WHEN mine.cover = 'A' THEN me.name ELSE coalesce(they.name, '') END,
       CASE WHEN mine.cover = 'B' THEN mine.officer_id ELSE other.officer_id END,
       CASE WHEN mine.cover = 'B' THEN me.name ELSE coalesce(they.name, '') END,
       EXISTS (SELECT 1 FROM organisations_absence away
                WHERE away.officer_id = other.officer_id AND away.during && asked.moments)
FROM asked
JOIN organisations_holding mine
  ON mine.officer_id = %(officer)s AND mine.during && asked.days
JOIN accounts_officer me ON me.id = mine.officer_id
JOIN organisations_post post ON post.id = mine.post_id AND post.active
JOIN organisations_pool pool ON pool.id = post.pool_id
JOIN organisations_unit unit ON unit.id = pool.unit_id AND unit.active
LEFT JOIN organisations_holding other
       ON other.post_id = post.id AND other.cover <> mine.cover
      AND other.during && (asked.days * mine.during)
LEFT JOIN accounts_officer they ON they.id = other.officer_id AND they.is_active
WHERE other.id IS NULL OR they.id IS NOT NULL
ORDER BY mine.cover, post.id, other.during
"""


def seats_between(officer_id: int, during: DateTimeTZRange) -> list[Seat]:
    """Her seats in a time, one line for each other half: one statement."""
    if during.isempty:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _SEATS,
            {
                "officer": officer_id,
                "lower": during.lower,
                "upper": during.upper,
                "first": timezone.localdate(during.lower),
                "last": timezone.localdate(during.upper - timedelta(microseconds=1)),
            },
        )
        return [Seat(*row) for row in cursor.fetchall()]


_UNITS = """
SELECT unit.id, centre.id
FROM organisations_holding mine
JOIN organisations_post post ON post.id = mine.post_id AND post.active
JOIN organisations_pool pool ON pool.id = post.pool_id
JOIN organisations_unit unit ON unit.id = pool.unit_id
LEFT JOIN organisations_division here ON here.id = unit.division_id
LEFT JOIN organisations_unit centre
       ON centre.kind = 'centre' AND centre.active AND unit.level <> 'county'
      AND centre.division_id IN (here.id, here.parent_id)
WHERE mine.officer_id = %s AND mine.during @> %s::date
"""


def unit_ids_of(officer_id: int, at: datetime) -> frozenset[int]:
    """Units in which she holds a post that day, with the centre that is over them (ORG-09)."""
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, [officer_id, timezone.localdate(at)])
        return frozenset(one for row in cursor.fetchall() for one in row if one is not None)


_OVER = """
SELECT unit.id, centre.id
FROM organisations_unit unit
LEFT JOIN organisations_division here ON here.id = unit.division_id
LEFT JOIN organisations_unit centre
       ON centre.kind = 'centre' AND centre.active AND unit.level <> 'county'
      AND centre.division_id IN (here.id, here.parent_id)
WHERE unit.id = %s
"""


def units_over(unit_id: int) -> frozenset[int]:
    """A unit with the centre that is over it (ORG-09): one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [unit_id])
        return frozenset(one for row in cursor.fetchall() for one in row if one is not None)


_OWN = """
SELECT DISTINCT unit.id
FROM organisations_holding mine
JOIN organisations_post post ON post.id = mine.post_id AND post.active
JOIN organisations_pool pool ON pool.id = post.pool_id
JOIN organisations_unit own ON own.id = pool.unit_id AND own.active
JOIN organisations_unit unit
  ON unit.id = own.id
  OR (pool.role_id = ANY(%(heads)s) AND mine.cover = 'A' AND own.kind = 'centre'
      AND unit.active AND unit.level = 'township' AND unit.division_id = own.division_id)
WHERE mine.officer_id = %(officer)s AND mine.during @> %(day)s::date
"""


def own_unit_ids(officer_id: int, at: datetime) -> list[int]:
    """Units where she holds a post that day; for heads of a centre also its township's offices.

    One statement; also while she is away.
    """
    wanted: dict[str, Any] = {
        "officer": officer_id,
        "heads": sorted(HEADS),
        "day": timezone.localdate(at),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWN, wanted)
        return sorted(row[0] for row in cursor.fetchall())


_HEADS = """
SELECT DISTINCT mine.officer_id
FROM organisations_unit unit
LEFT JOIN organisations_division here ON here.id = unit.division_id
JOIN organisations_unit seat
  ON seat.id = unit.id
  OR (seat.kind = 'centre' AND seat.active AND unit.level <> 'county'
      AND seat.division_id IN (here.id, here.parent_id))
JOIN organisations_pool pool ON pool.unit_id = seat.id AND pool.role_id = ANY(%(roles)s)
JOIN organisations_post post ON post.pool_id = pool.id AND post.active
JOIN organisations_holding mine
  ON mine.post_id = post.id AND mine.cover = 'A' AND mine.during @> %(day)s::date
WHERE unit.id = ANY(%(units)s)
"""


def heads_of(unit_ids: Iterable[int], at: datetime) -> set[int]:
    """The heads (A) who answer for the people of these units: one statement."""
    wanted: dict[str, Any] = {
        "units": sorted(unit_ids),
        "roles": sorted(HEADS),
        "day": timezone.localdate(at),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, wanted)
        return {row[0] for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could hold a post: `knows` what she does now; `fits` when in the same pool."""

    officer_id: int
    name: str
    knows: str
    fits: bool


_CANDIDATES = """
SELECT officer.id, officer.name,
       string_agg(post.name || mine.cover || '岗', '、' ORDER BY mine.cover, post.id),
       bool_or(post.pool_id = %(pool)s)
FROM organisations_unit asked
JOIN organisations_unit unit
  ON unit.id = asked.id
  OR (asked.level = 'township' AND unit.level = 'township' AND unit.active
      AND unit.division_id = asked.division_id)
  OR (asked.level = 'village' AND unit.parent_id = asked.parent_id AND unit.active)
  OR (asked.level = 'county' AND unit.parent_id = asked.id AND unit.active)
JOIN organisations_pool pool ON pool.unit_id = unit.id
JOIN organisations_post post ON post.pool_id = pool.id AND post.active
JOIN organisations_holding mine ON mine.post_id = post.id AND mine.during @> %(day)s::date
JOIN accounts_officer officer ON officer.id = mine.officer_id AND officer.is_active
WHERE asked.id = %(unit)s
GROUP BY officer.id, officer.name
ORDER BY 4 DESC, bool_or(unit.id = asked.id) DESC, officer.id
"""


def candidates(unit_id: int, pool_id: int, day: date) -> list[Candidate]:
    """Who could hold a post of a unit, those who know the work first (DUTY-06): one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"unit": unit_id, "pool": pool_id, "day": day})
        return [Candidate(*row) for row in cursor.fetchall()]


def pools_of_officer(officer_id: int, day: date) -> list[int]:
    """Pools of the posts that somebody holds that day, as A or B: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT post.pool_id FROM organisations_holding mine"
            " JOIN organisations_post post ON post.id = mine.post_id"
            " WHERE mine.officer_id = %s AND mine.during @> %s::date ORDER BY 1",
            [officer_id, day],
        )
        return [row[0] for row in cursor.fetchall()]
