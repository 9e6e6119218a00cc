"""Reads the county's organisation file into a plan of units, posts and invented people.

Pure: files in, frozen values out; `importers` writes the plan. The same file always gives the
same people, so that a second load finds what the first one made. People of the example county
are invented: a surname and a given name from the file's lists, chosen by a hash of the place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from webapp.core.errors import Refused

TOWN_LEVELS = {
    "county": "county",
    "town": "township",
    "township": "township",
    "village": "village",
}


@dataclass(frozen=True, slots=True)
class DivisionPlan:
    """An administrative division as the file has it; `parent` is "" above the county."""

    code: str
    name: str
    level: str
    parent: str
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostPlan:
    """A post: role, name, window (number, name) or None, and its holders' codes."""

    role: str
    name: str
    window: tuple[int, str] | None
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit with its posts. `place` is the ending of its people's sign-in names."""

    key: str
    name: str
    level: str
    kind: str
    place: str
    division: str = ""
    parent: str = ""
    prefix: str = ""
    categories: tuple[str, ...] = ()
    posts: tuple[PostPlan, ...] = ()
    phone: str = ""
    supervision_phone: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented officer."""

    username: str
    name: str


def read_divisions(
    rows: Iterable[Mapping[str, str]], organisation: Mapping[str, Any]
) -> list[DivisionPlan]:
    """Divisions in the order of the file (parents first), with their former names.

    Raises Refused for an unknown level or a parent that does not stand before its children.
    """
    former = {str(t["code"]): tuple(t["former_names"]) for t in organisation["townships"]}
    plans: list[DivisionPlan] = []
    known: set[str] = set()
    for line, row in enumerate(rows, start=2):
        level = TOWN_LEVELS.get(row["level"])
        if level is None:
            raise Refused(
                f"行政区划第{line}行：级别“{row['level']}”不是 county、town 或 village。"
            )
        parent = row["parent"] if level != "county" else ""
        if parent and parent not in known:
            raise Refused(f"行政区划第{line}行：上级代码{parent}没有出现在它前面。")
        known.add(row["code"])
        plans.append(
            DivisionPlan(row["code"], row["name"], level, parent, former.get(row["code"], ()))
        )
    return plans


def village_name(division_name: str) -> str:
    """The short name of a village: 北关村村民委员会 → 北关村, 东关社区居民委员会 → 东关社区."""
    name = division_name
    for ending in ("村民委员会", "居民委员会", "村委会", "居委会"):
        if name.endswith(ending) and len(name) > len(ending):
            name = name.removesuffix(ending)
            if "村" in ending:
                return name if name.endswith("村") else f"{name}村"
            return name if name.endswith("社区") else f"{name}社区"
    return name


def read_units(
    organisation: Mapping[str, Any], divisions: Iterable[DivisionPlan]
) -> list[UnitPlan]:
    """Every unit of the county, parents before children. Raises Refused with what is missing."""
    places = list(divisions)
    by_code = {division.code: division for division in places}
    county = str(organisation["county"]["code"])
    units = list(_county_units(organisation, county))
    for town in organisation["townships"]:
        division = by_code.get(str(town["code"]))
        if division is None:
            raise Refused(f"机构文件中的乡镇{town['code']}不在行政区划文件中。")
        units.extend(_town_units(organisation, town, division))
        villages = (d for d in places if d.parent == division.code)
        units.extend(_station(organisation, town, division, village) for village in villages)
    return _parents_first(_with_phones(units, organisation["phones"]))


def _with_phones(units: list[UnitPlan], phones: Mapping[str, str]) -> list[UnitPlan]:
    """Give every office with posts an invented telephone number, in the order of the file."""
    numbers = {
        unit.key: f"{phones['prefix']}{order:04d}"
        for order, unit in enumerate((u for u in units if u.posts), start=1)
        if unit.level != "village"
    }
    supervision = numbers.get(phones["supervision"], "")
    return [
        replace(unit, phone=numbers.get(unit.key, ""), supervision_phone=supervision)
        for unit in units
    ]


def _county_units(organisation: Mapping[str, Any], county: str) -> Iterator[UnitPlan]:
    usual = organisation["department_posts"]
    for row in organisation["county_units"]:
        yield _unit(row, row["name"], "county", county, row["slug"], row.get("posts", usual))
    for row in organisation.get("external_units", ()):
        yield _unit(row, row["name"], "external", "", "", ())


def _town_units(
    organisation: Mapping[str, Any], town: Mapping[str, Any], division: DivisionPlan
) -> Iterator[UnitPlan]:
    street = division.name.endswith("街道")
    words = {
        "town": division.name,
        "short": town["short"],
        "organ": "办事处" if street else "人民政府",
        "committee": "工作委员会" if street else "委员会",
    }
    own = {row["key"] for row in organisation["township_units"]}
    for row in organisation["township_units"]:
        plan = _unit(
            row,
            row["name"].format(**words),
            "township",
            division.code,
            town["slug"],
            row.get("posts", ()),
        )
        parent = f"{town['slug']}.{plan.parent}" if plan.parent in own else plan.parent
        yield replace(
            plan,
            key=f"{town['slug']}.{plan.key}",
            parent=parent,
            prefix=plan.prefix.format(**words),
        )


def _station(
    organisation: Mapping[str, Any],
    town: Mapping[str, Any],
    division: DivisionPlan,
    village: DivisionPlan,
) -> UnitPlan:
    """A village's service station; only communities (社区) have a second person."""
    row = organisation["village_unit"]
    posts = tuple(_post(post) for post in row["posts"])
    if not village.name.endswith(("居民委员会", "居委会")):
        posts = tuple(replace(post, b="") for post in posts)
    return UnitPlan(
        key=f"station.{village.code}",
        name=row["name"].format(town=division.name, village=village_name(village.name)),
        level="village",
        kind="station",
        place=f"{town['slug']}{village.code[-3:]}",
        division=village.code,
        parent=f"{town['slug']}.centre",
        posts=posts,
    )


def _unit(
    row: Mapping[str, Any],
    name: str,
    level: str,
    division: str,
    place: str,
    posts: Iterable[Mapping[str, Any]],
) -> UnitPlan:
    return UnitPlan(
        key=row["key"],
        name=name,
        level=level,
        kind=row["kind"],
        place=place,
        division=division,
        parent=row.get("parent", ""),
        prefix=row.get("prefix", ""),
        categories=tuple(row.get("categories", ())),
        posts=tuple(_post(post) for post in posts),
    )


def _post(row: Mapping[str, Any]) -> PostPlan:
    window = row.get("window")
    return PostPlan(
        role=row["role"],
        name=row["post"],
        window=(int(window[0]), str(window[1])) if window else None,
        a=row["a"],
        b=row.get("b", ""),
    )


def _parents_first(units: list[UnitPlan]) -> list[UnitPlan]:
    """Order units so that every parent stands before its children; refuse unknown ones."""
    waiting, done = list(units), dict[str, UnitPlan]()
    while waiting:
        ready = [unit for unit in waiting if not unit.parent or unit.parent in done]
        if not ready:
            raise Refused(
                f"机构文件：“{waiting[0].key}”的上级“{waiting[0].parent}”不存在或互为上级。"
            )
        for unit in ready:
            if unit.key in done:
                raise Refused(f"机构文件：单位代码“{unit.key}”重复。")
            done[unit.key] = unit
        waiting = [unit for unit in waiting if unit.key not in done]
    return list(done.values())


def invent_people(
    organisation: Mapping[str, Any], units: Iterable[UnitPlan]
) -> dict[tuple[str, str], Person]:
    """One invented person for each (unit key, code of a holder).

    Sign-in names are the pinyin of the name, a dot and the place: zhangmin.xinan. Within a
    place all differ; the choice depends on the unit and the code alone unless two collide.
    """
    surnames = list(organisation["surnames"].items())
    given = list(organisation["given_names"].items())
    taken: set[str] = set()
    people: dict[tuple[str, str], Person] = {}
    for unit in units:
        codes = dict.fromkeys(c for post in unit.posts for c in (post.a, post.b) if c)
        for code in codes:
            person = _invent(unit, code, surnames, given, taken)
            taken.add(person.username)
            people[unit.key, code] = person
    return people


def _invent(
    unit: UnitPlan,
    code: str,
    surnames: list[tuple[str, str]],
    given: list[tuple[str, str]],
    taken: set[str],
) -> Person:
    for attempt in range(1000):
        seed = hashlib.sha256(f"{unit.key}/{code}/{attempt}".encode()).digest()
        surname = surnames[int.from_bytes(seed[:4]) % len(surnames)]
        name = given[int.from_bytes(seed[4:8]) % len(given)]
        username = f"{surname[1]}{name[1]}.{unit.place}"
        if username not in taken:
            return Person(username, surname[0] + name[0])
    raise Refused(f"机构文件：姓氏和名字太少，“{unit.name}”的人员起不出名字。")
