"""Writes a county plan into the tables: divisions, roles, units, windows, posts, people.

Idempotent: what exists is left as it is, so that the county's own changes survive a second
load; only what is missing is created. A post that has ever had a holder gets no other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from webapp.accounts.models import Officer
from webapp.core.errors import Refused
from webapp.organisations.county_plan import DivisionPlan, Person, UnitPlan
from webapp.organisations.models import (
    Division,
    Holding,
    Level,
    Pool,
    Post,
    Role,
    Unit,
    Window,
)


def load_roles(rows: Iterable[Mapping[str, Any]]) -> int:
    """Create missing roles; how many were missing."""
    known = set(Role.objects.values_list("key", flat=True))
    roles = [
        Role(
            key=row["key"],
            name=row["name"],
            level=row["level"],
            may_own_lane=row["may_own_lane"],
            order=order,
        )
        for order, row in enumerate(rows)
        if row["key"] not in known
    ]
    return len(Role.objects.bulk_create(roles))


def load_divisions(plans: Sequence[DivisionPlan]) -> int:
    """Create missing divisions, one level after the other; how many were missing."""
    ids = dict(Division.objects.values_list("code", "id"))
    before = len(ids)
    for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE):
        rows = [
            Division(
                code=plan.code,
                name=plan.name,
                level=level,
                parent_id=ids[plan.parent] if plan.parent else None,
                former_names=list(plan.former_names),
            )
            for plan in plans
            if plan.level == level and plan.code not in ids
        ]
        ids.update({row.code: row.pk for row in Division.objects.bulk_create(rows)})
    return len(ids) - before


def load_units(plans: Sequence[UnitPlan]) -> int:
    """Create missing units, parents first; how many were missing."""
    divisions = dict(Division.objects.values_list("code", "id"))
    ids = dict(Unit.objects.values_list("key", "id"))
    before = len(ids)
    waiting = [plan for plan in plans if plan.key not in ids]
    while waiting:
        ready = [plan for plan in waiting if not plan.parent or plan.parent in ids]
        rows = [_unit_row(plan, divisions, ids) for plan in ready]
        ids.update({row.key: row.pk for row in Unit.objects.bulk_create(rows)})
        waiting = [plan for plan in waiting if plan.key not in ids]
    return len(ids) - before


def _unit_row(plan: UnitPlan, divisions: Mapping[str, int], ids: Mapping[str, int]) -> Unit:
    return Unit(
        key=plan.key,
        name=plan.name,
        level=plan.level,
        kind=plan.kind,
        division_id=divisions[plan.division] if plan.division else None,
        parent_id=ids[plan.parent] if plan.parent else None,
        document_prefix=plan.prefix,
        categories=list(plan.categories),
        phone=plan.phone,
        supervision_phone=plan.supervision_phone,
    )


def load_posts(plans: Sequence[UnitPlan]) -> int:
    """Create missing windows, pools and posts; how many posts were missing."""
    units = dict(Unit.objects.values_list("key", "id"))
    roles = set(Role.objects.values_list("key", flat=True))
    wanted = [(units[plan.key], post) for plan in plans for post in plan.posts]
    unknown = sorted({post.role for _, post in wanted} - roles)
    if unknown:
        raise Refused(f"机构文件用了没有登记的角色：{'、'.join(unknown)}。")
    Window.objects.bulk_create(
        [
            Window(unit_id=unit, number=post.window[0], name=post.window[1])
            for unit, post in wanted
            if post.window
        ],
        ignore_conflicts=True,
    )
    Pool.objects.bulk_create(
        [Pool(unit_id=unit, role_id=role) for unit, role in {(u, p.role) for u, p in wanted}],
        ignore_conflicts=True,
    )
    windows = {(w.unit_id, w.number): w.pk for w in Window.objects.all()}
    pools = {(p.unit_id, p.role_id): p.pk for p in Pool.objects.all()}
    known = set(Post.objects.values_list("pool_id", "name"))
    known |= {
        (pools[units[key], role], name)
        for key, role, name in _former_posts()
        if key in units and (units[key], role) in pools
    }
    rows = [
        Post(
            pool_id=pools[unit, post.role],
            window_id=windows[unit, post.window[0]] if post.window else None,
            name=post.name,
        )
        for unit, post in wanted
        if (pools[unit, post.role], post.name) not in known
    ]
    return len(Post.objects.bulk_create(rows))


def _former_posts() -> dict[tuple[str, str, str], int]:
    """Posts by the unit, role and name that they had before a page changed them."""
    found: dict[tuple[str, str, str], int] = {}
    for pk, names in Post.objects.exclude(former=[]).values_list("pk", "former"):
        for name in names:
            unit, role, post = name.split("/", 2)
            found[unit, role, post] = pk
    return found


def load_people(
    plans: Sequence[UnitPlan], people: Mapping[tuple[str, str], Person], since: date
) -> int:
    """Create invented officers for posts that never had a holder; how many were created.

    Nobody can sign in as them: they have no password.
    """
    posts = _former_posts() | {
        (post.pool.unit.key, post.pool.role_id, post.name): post.pk
        for post in Post.objects.select_related("pool__unit")
    }
    held = set(Holding.objects.values_list("post_id", flat=True))
    seats: list[tuple[int, str, Person]] = []
    for plan in plans:
        for post in plan.posts:
            post_id = posts[plan.key, post.role, post.name]
            if post_id in held:
                continue
            for cover, code in (("A", post.a), ("B", post.b)):
                if code:
                    seats.append((post_id, cover, people[plan.key, code]))
    before = Officer.objects.count()
    Officer.objects.bulk_create(
        [_officer(person) for person in dict.fromkeys(person for _, _, person in seats)],
        ignore_conflicts=True,
    )
    ids = dict(Officer.objects.values_list("username", "id"))
    Holding.objects.bulk_create(
        [
            Holding(
                post_id=post_id,
                officer_id=ids[person.username],
                cover=cover,
                during=DateRange(since, None),
            )
            for post_id, cover, person in seats
        ]
    )
    return Officer.objects.count() - before


def _officer(person: Person) -> Officer:
    officer = Officer(username=person.username, name=person.name)
    officer.set_unusable_password()
    return officer
