"""How a run begins: process, item, place, moment, and facts that are supposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import yaml
from django.utils.translation import gettext as _

from webapp.cases.opening import Place
from webapp.cases.places import unit_facts
from webapp.cases.policy import REGISTERING
from webapp.catalogue import queries as catalogue
from webapp.catalogue.queries import ItemFacts, OfferedItem
from webapp.core.errors import Invalid, Refused
from webapp.designer.playing.anything import any_item
from webapp.organisations.directory import directory
from webapp.organisations.queries import (
    competent_unit,
    township_centre,
    village_station,
    villages_of,
)
from webapp.processes import queries as processes
from webapp.processes.queries.findings import touched
from webapp.processes.queries.library import own_keys
from workflows.calendars import CHINA
from workflows.sources.bundle import Library

ANY = "any"
LEVELS = ("township", "county", "village")
MOST_FACTS = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Setup:
    """The beginning of a run. `item`: a version of the catalogue, None: any item.

    `unit`: where the application is filed. `facts`: what is supposed beside the item's facts.
    """

    process: str
    item: int | None
    unit: int
    begins: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As the row of the run keeps it."""
        return {
            "process": self.process,
            "item": self.item,
            "unit": self.unit,
            "begins": self.begins.isoformat(),
            "facts": dict(self.facts),
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Setup:
        """Read what `stored` wrote."""
        return cls(
            stored["process"],
            stored["item"],
            stored["unit"],
            datetime.fromisoformat(stored["begins"]),
            stored["facts"],
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page of the beginning offers: groups of (value, words)."""

    processes: list[tuple[str, list[tuple[str, str]]]]
    items: list[tuple[str, list[tuple[str, str]]]]
    units: list[tuple[str, list[tuple[str, str]]]]


def choices(read: Library, changed: frozenset[str], process: str = "") -> Choices:
    """Processes (those that the draft touches first), items (those of the process first)."""
    mine = [*touched(read, changed)]
    others = [key for key in own_keys(read) if key not in mine]
    first = process or next(iter([*mine, *others]), "")
    return Choices(
        _groups(
            (_("用到草案的流程"), _named(read, mine)), (_("其他流程"), _named(read, others))
        ),
        _items(first),
        _units(),
    )


def _named(read: Library, keys: Sequence[str]) -> list[tuple[str, str]]:
    found = ((key, read.process(key)) for key in keys)
    return [(key, process.name or key) for key, process in found if process is not None]


def _groups(
    *groups: tuple[str, list[tuple[str, str]]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    return [group for group in groups if group[1]]


def _items(process: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Enabled items; those that the path table sends to the process stand first."""
    offered: dict[str, OfferedItem] = {}
    here: set[str] = set()
    for level in LEVELS:
        for one in catalogue.items_offered(level):
            offered.setdefault(one.code, one)
            if process and _leads_to(one, level) == process:
                here.add(one.code)
    rows = [(one.code, f"{one.name}（{one.code}）") for one in offered.values()]
    return _groups(
        (_("走这条流程的事项"), [row for row in rows if row[0] in here]),
        (_("其他事项"), [row for row in rows if row[0] not in here]),
    )


def _leads_to(one: OfferedItem, level: str) -> str:
    try:
        return processes.choose(
            handling=one.handling, flow=one.flow, level=level, process_key=one.process_key
        )
    except Refused:
        return ""


def _units() -> list[tuple[str, list[tuple[str, str]]]]:
    """Units that take applications, by level."""
    found = directory()
    names = {"township": _("乡镇"), "county": _("县"), "village": _("村（社区）")}
    with_window = {unit for unit, role in found.pools if role in REGISTERING}
    return _groups(
        *(
            (
                names[level],
                [
                    (str(unit.id), unit.name)
                    for unit in found.units.values()
                    if unit.id in with_window and unit.level == level
                ],
            )
            for level in LEVELS
        )
    )


def typed_setup(typed: Mapping[str, str], read: Library) -> Setup:
    """What was chosen on the page. Raises Invalid beside the fields."""
    errors: dict[str, str] = {}
    process = typed.get("process", "")
    if process not in own_keys(read):
        errors["process"] = _("请选择要走的流程。")
    item = _item(typed.get("item", ""), errors)
    unit = _unit(typed.get("unit", ""), errors)
    begins = _moment(typed.get("day", ""), typed.get("hour", ""), errors)
    facts = _facts(typed.get("facts", ""), errors)
    if errors or begins is None or unit is None:
        raise Invalid(errors)
    return Setup(process, item, unit, begins, facts)


def _item(code: str, errors: dict[str, str]) -> int | None:
    if code == ANY:
        return None
    try:
        return catalogue.item_by_code(code).version_id
    except Refused:
        errors["item"] = _("请选择事项，或者选“任意事项”。")
        return None


def _unit(typed: str, errors: dict[str, str]) -> int | None:
    known = {value for _level, rows in _units() for value, _name in rows}
    if typed not in known:
        errors["unit"] = _("请选择在哪里收件。")
        return None
    return int(typed)


def _moment(day: str, hour: str, errors: dict[str, str]) -> datetime | None:
    try:
        found = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour or "09:00"))
    except ValueError:
        errors["day"] = _("日期请写成 2026-03-31 的样子，时间请写成 09:30 的样子。")
        return None
    found = found.replace(tzinfo=CHINA)
    calendar = catalogue.calendar_to_count_by()
    if not calendar.first <= found.date() <= calendar.last:
        errors["day"] = _("工作日日历只有{first}至{last}，请在这中间选一天。").format(
            first=calendar.first, last=calendar.last
        )
        return None
    return found


def _facts(text: str, errors: dict[str, str]) -> dict[str, Any]:
    try:
        return typed_values(text)
    except Invalid as wrong:
        errors["facts"] = next(iter(wrong.errors.values()))
        return {}


def typed_values(text: str) -> dict[str, Any]:
    """`name: value`, one a line, as a scenario writes its facts. Raises Invalid."""
    try:
        said = yaml.safe_load(text[:MOST_FACTS]) if text.strip() else {}
    except (yaml.YAMLError, RecursionError, ValueError):
        said = None
    if not isinstance(said, dict) or not all(isinstance(name, str) for name in said):
        words = _("请每行写一个“名称: 值”，例如 deemed_acceptance: true。")
        raise Invalid({"brings": words})
    return dict(_plain(said))


def _plain(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        yield name, value.isoformat() if isinstance(value, date) else value


def item_of(setup: Setup, files: Mapping[str, bytes]) -> ItemFacts:
    """The item of a run. Raises Unknown."""
    if setup.item is not None:
        return catalogue.item_version(setup.item)
    return any_item(setup.process, files)


def place_of(setup: Setup, item: ItemFacts) -> Place:
    """Where it is filed, and who answers for it. Raises Refused."""
    unit = unit_facts(setup.unit)
    village, accountable = None, setup.unit
    if unit.level == "village":
        village = unit.division_id
        accountable = (township_centre(village) if village else None) or setup.unit
    elif unit.level == "township":
        known = [number for number, _name in villages_of(frozenset({setup.unit}))]
        with_station = (number for number in known if village_station(number) is not None)
        village = next(with_station, next(iter(known), None))
    competent = competent_unit(item.competent_unit_id, item.competent_local, accountable)
    return Place(unit.level, 0, village, accountable, competent)
