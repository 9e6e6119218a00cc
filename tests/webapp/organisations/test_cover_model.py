"""Who has whose pool at which moment, against a model that knows nothing of SQL (DUTY-03 … 05).

Random posts, holders, absences and closed accounts; asked at random moments and at every edge.
The model is written from the rule: A works; while A is not here, B works; nobody works through
somebody who only covers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from tests.webapp.conftest import CHINA
from webapp.accounts.models import Officer
from webapp.organisations.models import Absence, Holding, Pool, Post, Role, Unit
from webapp.organisations.queries import acting, on_duty

START = date(2026, 3, 2)
DAYS = 6


@dataclass
class World:
    """What the model knows: plain tuples."""

    closed: set[int] = field(default_factory=set)
    holdings: list[tuple[int, int, str, date, date | None]] = field(default_factory=list)
    absences: list[tuple[int, datetime, datetime]] = field(default_factory=list)
    pool_of: dict[int, int] = field(default_factory=dict)

    def here(self, officer: int, at: datetime) -> bool:
        """Not away at this moment, and not gone."""
        away = any(o == officer and first <= at < back for o, first, back in self.absences)
        return officer not in self.closed and not away

    def holder(self, post: int, cover: str, at: datetime) -> int | None:
        """Who holds a post in a capacity on the day of the moment."""
        day = at.astimezone(CHINA).date()
        for where, officer, how, first, end in self.holdings:
            if (where, how) == (post, cover) and first <= day and (end is None or day < end):
                return officer
        return None

    def works(self, at: datetime) -> set[tuple[int, int, str]]:
        """(officer, post, as A or B) of everybody who works."""
        found = set()
        for post in self.pool_of:
            a, b = self.holder(post, "A", at), self.holder(post, "B", at)
            if a is not None and self.here(a, at):
                found.add((a, post, "A"))
            elif b is not None and self.here(b, at):
                found.add((b, post, "B"))
        return found


def moment(chance: Random) -> datetime:
    """A moment in the week, often an edge: midnight, noon."""
    day = START + timedelta(days=chance.randrange(DAYS))
    hour, minute = chance.choice(
        [(0, 0), (12, 0), (8, 30), (23, 59), (chance.randrange(24), 7)]
    )
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


def invent(chance: Random) -> World:
    """Write a random world into the tables and into the model."""
    world = World()
    unit = Unit.objects.create(key="model", name="试验中心", level="township", kind="centre")
    roles = list(Role.objects.filter(level="township", may_own_lane=True)[:2])
    pools = [Pool.objects.create(unit=unit, role=role) for role in roles]
    people = [Officer.objects.create_officer(f"model{n}", f"人{n}", None) for n in range(5)]
    for number in range(4):
        pool = chance.choice(pools)
        post = Post.objects.create(pool=pool, name=f"岗{number}")
        world.pool_of[post.pk] = pool.pk
        for cover in "AB":
            first = START - timedelta(days=chance.randrange(3))
            while first < START + timedelta(days=DAYS) and chance.random() < 0.9:
                length = chance.choice([1, 2, 3, None, None])
                end = None if length is None else first + timedelta(days=length)
                officer = chance.choice(people)
                Holding.objects.create(
                    post=post, officer=officer, cover=cover, during=DateRange(first, end)
                )
                world.holdings.append((post.pk, officer.pk, cover, first, end))
                if end is None:
                    break
                first = end + timedelta(days=chance.randrange(2))
    for officer in people:
        at = moment(chance)
        while chance.random() < 0.7:
            back = at + timedelta(hours=chance.choice([4, 12, 24, 36, 60]))
            Absence.objects.create(
                officer=officer, during=DateTimeTZRange(at, back), reason="试",
                recorded_by=officer, recorded_at=at,
            )  # fmt: skip
            world.absences.append((officer.pk, at, back))
            at = back + timedelta(hours=chance.choice([0, 1, 20]))
    for officer in chance.sample(people, chance.choice([0, 0, 1])):
        Officer.objects.filter(pk=officer.pk).update(is_active=False)
        world.closed.add(officer.pk)
    return world


@pytest.mark.parametrize("seed", range(30))
def test_the_pools_of_everybody_at_every_moment(county, seed):
    chance = Random(seed)
    with transaction.atomic():
        world = invent(chance)
        people = {officer for _p, officer, *_rest in world.holdings}
        moments = [moment(chance) for _ in range(6)]
        moments += [edge for _o, *edges in world.absences for edge in edges]
        for at in moments:
            due = world.works(at)
            for officer in people:
                got = {(officer, h.post_id, h.cover) for h in acting(officer, at).held}
                assert got == {one for one in due if one[0] == officer}, (officer, at)
                pools = {world.pool_of[post] for who, post, _c in due if who == officer}
                for pool in set(world.pool_of.values()):
                    assert on_duty(officer, pool, at) is (pool in pools), (officer, at)
            posts = [post for _who, post, _c in due]
            assert len(posts) == len(set(posts)), "two people answer for one post"
        transaction.set_rollback(True)
