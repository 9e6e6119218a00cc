"""Who holds what, and where work goes: the two questions every page and every step asks.

`acting` answers "which posts may this officer act for at this moment, and why" in one SQL
statement (DUTY-05: B has the powers of A while A is away). `resolve_pool` answers "in whose
inbox does a step of this role wait" from the place of the case and the item (flows: who gets
the work). Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.core.errors import Refused
from webapp.organisations.directory import Asked, Place, directory
from webapp.organisations.lookups import forget


@dataclass(frozen=True, slots=True)
class Held:
    """One post for which an officer may act now.

    `cover` is "A" for her own post and "B" when she stands in; `for_name` is then the name of
    the absent A, or "" when the post has no A at present, `for_officer` her id and `until` the
    moment at which she is back. `works`: steps of cases can wait in this post (a lane may name
    its role), so that its holder sees the cases of her unit.
    """

    pool_id: int
    unit_id: int
    unit_name: str
    unit_level: str
    role: str
    role_name: str
    post_name: str
    cover: str
    for_name: str
    works: bool = True
    post_id: int = 0
    for_officer: int | None = None
    until: datetime | None = None

    @property
    def title(self) -> str:
        """The post in a few words: 民政窗口A岗, 代李静民政窗口B岗."""
        if self.cover == "A":
            return f"{self.post_name}A岗"
        return f"代{self.for_name or '空缺A岗'}{self.post_name}B岗"

    @property
    def why(self) -> str:
        """Why the post is hers today, as a sentence for the screen (DUTY-05)."""
        if self.cover == "A":
            return _("您是{unit}{post}A岗").format(unit=self.unit_name, post=self.post_name)
        words = _("{unit}{post}A岗空缺，您是B岗，代为办理")
        until = ""
        if self.for_name and self.until:
            words = _("{name}不在岗（到{until}），您是{unit}{post}B岗，代为办理")
            until = until_words(self.until)
        return words.format(
            name=self.for_name, unit=self.unit_name, post=self.post_name, until=until
        )


def until_words(back: datetime) -> str:
    """The last moment of an absence in words: 3月5日 for a whole day, 3月5日12时 within one."""
    local = timezone.localtime(back)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return date_format(local - timedelta(days=1), _("n月j日"))
    return date_format(local, _("n月j日G时i分"))


@dataclass(frozen=True, slots=True)
class Away:
    """The absence that an officer is on: its id, and when she is back."""

    absence_id: int
    back: datetime

    @property
    def until(self) -> str:
        """The end in words."""
        return until_words(self.back)


@dataclass(frozen=True, slots=True)
class Acting:
    """An officer with every post she may act for at the moment `at`.

    While she is `away` she holds nothing: powers and liability are her B's (DUTY-05).
    """

    officer_id: int
    name: str
    held: tuple[Held, ...]
    at: datetime
    away: Away | None = None

    @property
    def pool_ids(self) -> tuple[int, ...]:
        """Ids of her pools, without repetition, in ascending order."""
        return tuple(sorted({held.pool_id for held in self.held}))

    @property
    def unit_ids(self) -> frozenset[int]:
        """Ids of the units she works in or covers for."""
        return frozenset(held.unit_id for held in self.held)

    @property
    def roles(self) -> frozenset[str]:
        """Keys of her roles."""
        return frozenset(held.role for held in self.held)

    @property
    def place(self) -> str:
        """The unit where she acts first, for the head of every page; "" without a post."""
        return self.held[0].unit_name if self.held else ""

    @property
    def title(self) -> str:
        """All her posts in one line: 民政窗口A岗、代李静卫健窗口B岗."""
        return "、".join(held.title for held in self.held)

    def has(self, role: str) -> bool:
        """Whether she holds a post of this role anywhere."""
        return role in self.roles

    def holds(self, pool_id: int) -> bool:
        """Whether work of this pool is hers to do."""
        return any(held.pool_id == pool_id for held in self.held)

    def in_role(self, role: str) -> Iterator[Held]:
        """The posts of one role, own ones first."""
        return (held for held in self.held if held.role == role)

    def replaces(self, pool_id: int) -> int | None:
        """The absent A in whose place she acts for this pool; None when she acts as A.

        Separation of duties follows both: the one who acts and the one who is replaced.
        """
        held = next((h for h in self.held if h.pool_id == pool_id), None)
        return held.for_officer if held else None

    def why(self, pool_id: int) -> str:
        """Why work of this pool is hers (为什么在我这里): the pool, then each of her posts in it."""
        mine = [held for held in self.held if held.pool_id == pool_id]
        if not mine:
            return ""
        words = _("这一环节由{unit}的“{role}”办理；{posts}。")
        return words.format(
            unit=mine[0].unit_name,
            role=mine[0].role_name,
            posts=_("；").join(held.why for held in mine),
        )

    def stamp(self, pool_id: int) -> str:
        """How an act for this pool is signed: 民政窗口A岗, or 民政窗口 张敏代李静(B代A)."""
        held = next((h for h in self.held if h.pool_id == pool_id), None)
        if held is None:
            return ""
        if held.cover == "A":
            return f"{held.post_name}A岗"
        if held.for_name:
            return f"{held.post_name} {self.name}代{held.for_name}(B代A)"
        return f"{held.post_name} {self.name}代岗(A岗空缺)"


_ACTING = """
SELECT officer.name, out.id, upper(out.during), held.*
FROM accounts_officer officer
LEFT JOIN organisations_absence out
       ON out.officer_id = officer.id AND out.during @> %(at)s::timestamptz
LEFT JOIN LATERAL (
    SELECT pool.id AS pool, unit.id AS unit, unit.name AS unit_name, unit.level,
           role.key AS role, role.name AS role_name, post.name AS post_name, mine.cover,
           coalesce(absent.name, '') AS for_name,
           role.may_own_lane AND role.level <> 'external' AS works, post.id AS post,
           absent.id AS for_officer, upper(away.during) AS until
    FROM organisations_holding mine
    JOIN organisations_post post ON post.id = mine.post_id AND post.active
    JOIN organisations_pool pool ON pool.id = post.pool_id
    JOIN organisations_unit unit ON unit.id = pool.unit_id AND unit.active
    JOIN organisations_role role ON role.key = pool.role_id
    LEFT JOIN organisations_holding main
           ON mine.cover = 'B' AND main.post_id = post.id AND main.cover = 'A'
          AND main.during @> %(day)s::date
    LEFT JOIN accounts_officer absent ON absent.id = main.officer_id AND absent.is_active
    LEFT JOIN organisations_absence away
           ON away.officer_id = absent.id AND away.during @> %(at)s::timestamptz
    WHERE mine.officer_id = officer.id
      AND mine.during @> %(day)s::date
      AND (mine.cover = 'A' OR absent.id IS NULL OR away.id IS NOT NULL)
) held ON out.id IS NULL
WHERE officer.id = %(officer)s AND officer.is_active
ORDER BY held.cover, held.pool, held.post_name
"""


def acting(officer_id: int, at: datetime) -> Acting:
    """Find the posts an officer may act for at `at`: one SQL statement.

    Her own A posts, and posts whose B she is while the A has an absence that covers this
    moment, or while nobody active is A. Cover goes one step only: the B of somebody who covers
    does not inherit the covered post. An unknown, inactive or absent officer holds nothing.
    """
    with connection.cursor() as cursor:
        wanted: dict[str, Any] = {
            "officer": officer_id,
            "day": timezone.localdate(at),
            "at": at,
        }
        cursor.execute(_ACTING, wanted)
        rows = cursor.fetchall()
    if not rows:
        return Acting(officer_id, "", (), at)
    name, absence_id, back = rows[0][:3]
    held = tuple(Held(*row[3:]) for row in rows if row[3] is not None)
    away = Away(absence_id, back) if absence_id is not None else None
    return Acting(officer_id, name, held, at, away)


ON_DUTY = """
WITH here AS (
    SELECT mine.post_id, post.pool_id, mine.officer_id, mine.cover
    FROM organisations_holding mine
    JOIN organisations_post post ON post.id = mine.post_id AND post.active
    JOIN accounts_officer officer ON officer.id = mine.officer_id AND officer.is_active
    WHERE post.pool_id = ANY(%(pools)s) AND mine.during @> %(day)s::date
      AND NOT EXISTS (SELECT 1 FROM organisations_absence away
                      WHERE away.officer_id = mine.officer_id
                        AND away.during @> %(at)s::timestamptz)
)
SELECT pool_id, officer_id FROM here
WHERE cover = 'A'
   OR post_id NOT IN (SELECT main.post_id FROM here main WHERE main.cover = 'A')
"""
"""(pool, officer) of everybody who works for these pools now: each A who is here, else her B."""


def on_duty(officer_id: int, pool_id: int, at: datetime) -> bool:
    """Whether an officer can still do what she signed for in a pool: one SQL statement.

    Not when she has lost the post or is away: then her claim binds nobody (DUTY-05).
    """
    with connection.cursor() as cursor:
        wanted: dict[str, Any] = {"pools": [pool_id], "day": timezone.localdate(at), "at": at}
        cursor.execute(ON_DUTY, wanted)
        return officer_id in {row[1] for row in cursor.fetchall()}


def people_on_duty(pool_id: int, at: datetime) -> list[tuple[int, str]]:
    """Who can work in a pool now, own post or cover, by name: two SQL statements."""
    with connection.cursor() as cursor:
        wanted: dict[str, Any] = {"pools": [pool_id], "day": timezone.localdate(at), "at": at}
        cursor.execute(ON_DUTY, wanted)
        ids = {row[1] for row in cursor.fetchall()}
    return list(Officer.objects.filter(pk__in=ids).order_by("name").values_list("pk", "name"))


def people_of_pools(pool_ids: Iterable[int], at: datetime) -> dict[int, list[tuple[int, str]]]:
    """Who can work in each of these pools now, by name: two SQL statements for any number."""
    wanted: dict[str, Any] = {
        "pools": sorted(set(pool_ids)),
        "day": timezone.localdate(at),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(ON_DUTY, wanted)
        found = sorted({(row[0], row[1]) for row in cursor.fetchall()})
    names = dict(
        Officer.objects.filter(pk__in={one for _pool, one in found}).values_list("pk", "name")
    )
    people: dict[int, list[tuple[int, str]]] = {}
    for pool_id, officer_id in found:
        people.setdefault(pool_id, []).append((officer_id, names[officer_id]))
    return {pool: sorted(who, key=lambda one: one[1]) for pool, who in people.items()}


def resolve_pool(
    role: str,
    *,
    village_id: int | None,
    township_unit_id: int | None,
    competent_unit_id: int | None,
    category: str,
    unit_key: str | None = None,
) -> int:
    """Find the pool in which a step of `role` waits.

    `township_unit_id` is the case's accountable unit (the centre, or the county hall for a case
    received there), `competent_unit_id` the unit with the power, `unit_key` the unit that the
    diagram computed (联办 departments). A unit of another level than the role's stands in with
    its role of the same kind: the county hall's window for `township.window`, a township
    office's handler for `county.handler`.

    Raises Refused, naming what the county office must create, when there is no such pool.
    """
    asked = Asked(role, village_id, township_unit_id, competent_unit_id, category, unit_key)
    try:
        return directory().pool_for(asked)
    except Refused:
        forget()  # it may have been created a moment ago
        return directory().pool_for(asked)


def competent_unit(
    competent_id: int | None, competent_local: str, township_unit_id: int
) -> int:
    """The organ with the power for one case: the item's, or the township's own organ.

    `competent_local` names the township's organ ("township_government", "police_station") where
    the item's `competent_id` is empty. Raises Refused when the township has none.
    """
    if competent_id is not None:
        return competent_id
    unit = directory().local_unit(competent_local or "township_government", township_unit_id)
    if unit is None:
        raise Refused(
            "受理地没有行使这项职权的机关。请把办件交给所在乡镇的便民服务中心，或请县政务办登记该机关。",
            rule="CAT-18",
        )
    return unit.id


def named_unit(key: str, township_unit_id: int | None) -> Place | None:
    """The unit of a key, or the township's own unit where the key names a kind of it.

    How items name departments: `county_tax`, or `township_agriculture` beside every centre.
    """
    return directory().unit_named(key, township_unit_id)


def village_station(village_id: int) -> int | None:
    """The service station of a village, or None."""
    unit = directory().station(village_id)
    return None if unit is None else unit.id


def township_centre(village_id: int) -> int | None:
    """The convenience-service centre of the township that a village belongs to, or None."""
    unit = directory().centre(village_id)
    return None if unit is None else unit.id


def county_unit(kind: str) -> int | None:
    """The county's only unit of a kind (hall, service_office, government), or None."""
    unit = directory().county_unit(kind)
    return None if unit is None else unit.id


def villages_of(unit_ids: frozenset[int]) -> list[tuple[int, str]]:
    """Villages (id, name) for which people of these units may register: one statement.

    A station has its own village, a centre or township office all of its township's, a county
    unit every village of the county.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VILLAGES, {"units": sorted(unit_ids)})
        return [(row[0], row[1]) for row in cursor.fetchall()]


_VILLAGES = """
SELECT village.id, township.name || village.name
FROM organisations_division village
JOIN organisations_division township ON township.id = village.parent_id
WHERE village.level = 'village' AND EXISTS (
    SELECT 1 FROM organisations_unit unit
    WHERE unit.id = ANY(%(units)s)
      AND (unit.level = 'county' OR unit.division_id IN (village.id, township.id)))
ORDER BY village.code
"""
