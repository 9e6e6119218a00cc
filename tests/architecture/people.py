"""Who goes on the walk of permissions: every role, in the unit that has the case and elsewhere.

A person is written `role @ where`. `own` is the unit that has, or had, the case in hand; `other`
is a unit of the same kind that has nothing to do with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateRange

from webapp.accounts.models import Officer
from webapp.organisations.models import Division, Holding, Pool, Post, Role, Unit

OUTSIDE = "not signed in"
NO_POST = "no post"
STAND_IN = "B of the window, whose A is here"

PLACES = {
    # role: the unit of `own`, the unit of `other` ("" where the county has only one)
    "village.agent": ("station.130123103201", "station.130123103202"),
    "township.window": ("xinan.centre", "nangang.centre"),
    "township.head_window": ("xinan.centre", "nangang.centre"),
    "township.handler": ("xinan.civil_affairs", "nangang.civil_affairs"),
    "township.leader": ("xinan.centre", "nangang.centre"),
    "county.window": ("county_hall", "second_hall"),
    "county.head_window": ("county_hall", "second_hall"),
    "county.handler": ("county_civil_affairs", "county_forestry"),
    "county.section_head": ("county_civil_affairs", "county_forestry"),
    "county.leader": ("county_civil_affairs", "county_forestry"),
    "county.government": ("county_government", ""),
    "county.office": ("county_service_office", ""),
    "county.designer": ("county_service_office", ""),
    "county.publisher": ("county_service_office", ""),
    "inspection": ("county_inspection", ""),
    "oversight": ("county_government", ""),
    "assessor": ("county_service_office", ""),
    "callback": ("county_service_office", ""),
    "archivist": ("county_service_office", ""),
    "applicant": ("county_service_office", ""),
    "admin.system": ("county_service_office", ""),
    "admin.security": ("county_service_office", ""),
    "admin.audit": ("county_service_office", ""),
}
BESIDE = "township.handler @ beside"
"""A handler of another office of the same township."""


@dataclass(frozen=True)
class Person:
    """One of the walkers. `officer` is None for somebody who is not signed in."""

    name: str
    officer: Officer | None


def names() -> frozenset[str]:
    """Everybody who walks."""
    found = {OUTSIDE, NO_POST, STAND_IN, BESIDE}
    for role, (_own, other) in PLACES.items():
        found.add(f"{role} @ own")
        if other:
            found.add(f"{role} @ other")
    return frozenset(found)


def gather() -> dict[str, Person]:
    """Find each walker in the example county; roles that it has not filled get a holder here."""
    _second_hall()
    found = {OUTSIDE: Person(OUTSIDE, None)}
    found[NO_POST] = Person(NO_POST, Officer.objects.create_officer("nopost", "无岗", None))
    found[STAND_IN] = Person(STAND_IN, _holder("xinan.centre", "township.window", "B"))
    found[BESIDE] = Person(BESIDE, _holder("xinan.social_security", "township.handler"))
    for role, units in PLACES.items():
        for where, unit in zip(("own", "other"), units, strict=True):
            if unit:
                name = f"{role} @ {where}"
                found[name] = Person(name, _holder(unit, role))
    return found


def _second_hall() -> None:
    """A second hall of the county, so that a county window can be somebody else's too."""
    Unit.objects.create(
        key="second_hall",
        name="正定县第二政务服务中心",
        level="county",
        kind=Unit.Kind.DEPARTMENT,
        division=Division.objects.get(level="county"),
    )


def _holder(unit: str, role: str, cover: str = "A") -> Officer:
    held = Holding.objects.filter(
        post__pool__unit__key=unit, post__pool__role=role, cover=cover
    ).order_by("post_id")
    if held:
        return held[0].officer
    pool, _new = Pool.objects.get_or_create(
        unit=Unit.objects.get(key=unit), role=Role.objects.get(key=role)
    )
    post = Post.objects.create(pool=pool, name=f"试岗{role}")
    officer = Officer.objects.create_officer(f"walker.{role}", f"走{role}", None)
    Holding.objects.create(
        post=post, officer=officer, cover=cover, during=DateRange(post_since(), None)
    )
    return officer


def post_since():
    """The day since when the example county's people hold their posts."""
    return Holding.objects.order_by("id").first().during.lower
