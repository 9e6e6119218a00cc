"""How many people a unit should have, and the checks of its A posts (ORG-06, ORG-07, ORG-13, ORG-14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.organisations.cover import Row
from webapp.organisations.models import StaffRecord, Unit

A_POSTS = 3
"""A posts that a centre names to the county (ORG-14)."""
A_AGE = 45
"""Years that a holder of an A post may have, at most (ORG-14)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many people, at least and at most, should hold posts of these roles in a unit."""

    kind: str
    roles: frozenset[str]
    what: str
    least: int
    most: int | None
    source: str


PLAN = (
    Wanted(
        Unit.Kind.CENTRE,
        frozenset({"township.leader"}),
        gettext_noop("中心主任"),
        1,
        1,
        "ORG-06",
    ),
    Wanted(
        Unit.Kind.CENTRE,
        frozenset({"township.head_window"}),
        gettext_noop("专职副主任、窗口负责人"),
        1,
        2,
        "ORG-06",
    ),
    Wanted(
        Unit.Kind.CENTRE,
        frozenset({"township.window"}),
        gettext_noop("窗口人员"),
        4,
        6,
        "ORG-06",
    ),
    Wanted(
        Unit.Kind.STATION,
        frozenset({"village.agent"}),
        gettext_noop("代办员"),
        1,
        None,
        "ORG-13",
    ),
)


def establishment_warnings(kind: str, rows: Iterable[Row]) -> list[str]:
    """What a unit has too few or too many of, as sentences."""
    posts = list(rows)
    found = []
    for one in PLAN:
        if one.kind != kind:
            continue
        mine = [row for row in posts if row.role in one.roles]
        people = {p for row in mine for p in (row.a_id, row.b_id) if p is not None}
        about = {"what": _(one.what), "n": len(people), "least": one.least, "most": one.most}
        if len(people) < one.least:
            found.append(_("{what}{n}人，至少要{least}人。").format(**about))
        elif one.most is not None and len({r.a_id for r in mine if r.a_id}) > one.most:
            found.append(_("{what}{n}人，一般不超过{most}人。").format(**about))
        vacant = [row.post_name for row in mine if row.a_id is None]
        if vacant:
            found.append(_("A岗空缺：{posts}。").format(posts="、".join(vacant)))
    return found


@dataclass(frozen=True, slots=True)
class APost:
    """An A post as it is filed: who, since and until when, and what the record says."""

    post: str
    name: str
    officer_id: int
    first: date
    until: date | None
    born: date | None
    employment: str


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def a_post_findings(posts: Sequence[APost], today: date) -> list[str]:
    """What speaks against filing these A posts: count, age, employment, length (ORG-14)."""
    people = {one.officer_id for one in posts}
    found = []
    if len(people) < A_POSTS:
        found.append(_("A岗{n}人，要明确至少{least}人。").format(n=len(people), least=A_POSTS))
    for one in posts:
        found += [words.format(name=one.name, most=A_AGE) for words in _about(one, today)]
    return list(dict.fromkeys(found))


def _about(one: APost, today: date) -> list[str]:
    found = []
    if one.born is None or not one.employment:
        found.append(_("{name}的出生日期和用工性质还没有登记。"))
    else:
        if age_on(one.born, today) > A_AGE:
            found.append(_("{name}超过{most}岁。"))
        if one.employment == StaffRecord.Employment.TEMPORARY:
            found.append(_("{name}是临时聘用人员，不能任A岗。"))
    if one.until is not None and (one.until - one.first).days < 365:
        found.append(_("{name}的任期不到1年。"))
    return found
