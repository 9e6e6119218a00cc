"""The county's units and pools as one value, and the rules of where a step waits.

Read in four statements and kept for seconds (`directory`); everything else here is pure.
Flows: work item = case + step + role at a level → unit → pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.core.errors import Refused
from webapp.organisations.lookups import remembered
from webapp.organisations.models import Division, Level, Pool, Role, Unit

COUNTY_SEATS: Mapping[str, str] = {
    "county.window": Unit.Kind.HALL,
    "county.head_window": Unit.Kind.HALL,
    "county.office": Unit.Kind.SERVICE_OFFICE,
    "county.government": Unit.Kind.GOVERNMENT,
}
_SOUGHT: Mapping[str, str | Promise] = {
    Level.VILLAGE: gettext_lazy("本村的便民服务站"),
    Level.TOWNSHIP: gettext_lazy("受理该办件的便民服务中心"),
    Level.COUNTY: gettext_lazy("该事项的县级主管部门"),
    Level.EXTERNAL: gettext_lazy("县外单位"),
    "county.window": gettext_lazy("县政务服务大厅"),
    "county.head_window": gettext_lazy("县政务服务大厅"),
    "county.office": gettext_lazy("县政务服务管理办公室"),
    "county.government": gettext_lazy("县人民政府"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """What of a unit decides where work goes."""

    id: int
    key: str
    name: str
    level: str
    kind: str
    division_id: int | None
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose step: the role, the places of the case, the item's category, a drawn unit."""

    role: str
    village_id: int | None
    township_unit_id: int | None
    competent_unit_id: int | None
    category: str
    unit_key: str | None = None


@dataclass(frozen=True)
class Directory:
    """Active units in order of their ids, pools by (unit, role), roles as (name, level)."""

    units: Mapping[int, Place]
    pools: Mapping[tuple[int, str], int]
    roles: Mapping[str, tuple[str, str]]
    townships: Mapping[int, int]  # village division → its township's division
    by_key: Mapping[str, Place] = field(init=False)

    def __post_init__(self) -> None:
        by_key = {unit.key: unit for unit in self.units.values()}
        object.__setattr__(self, "by_key", by_key)

    def pool_for(self, asked: Asked) -> int:
        """The pool in which the step waits. Raises Refused, naming what is missing."""
        if asked.role not in self.roles:
            raise Refused(
                _("角色“{role}”没有登记。请县政务办在参数中登记这个角色。").format(
                    role=asked.role
                ),
                rule="ORG-01",
            )
        name, level = self.roles[asked.role]
        if asked.unit_key:
            units = self._named(asked.unit_key, asked.township_unit_id)
            sought = _("代码为“{key}”的单位").format(key=asked.unit_key)
        else:
            units = list(self._seats(asked, level))
            sought = str(_SOUGHT.get(asked.role, _SOUGHT[level]))
        for unit in units:
            pool_id = self._pool_at(unit, asked.role)
            if pool_id is not None:
                return pool_id
        if not units:
            raise Refused(
                _("找不到{unit}，“{role}”环节没有去处。请县政务办登记该单位。").format(
                    unit=sought, role=name
                ),
                rule="ORG-01",
            )
        raise Refused(
            _(
                "{unit}没有设置“{role}”岗位，环节没有去处。请县政务办为该单位设岗并指定A岗和B岗。"
            ).format(unit=units[-1].name, role=name),
            rule="DUTY-03",
        )

    def station(self, village_id: int | None) -> Place | None:
        """The service station of a village."""
        return self._at(village_id, Unit.Kind.STATION)

    def centre(self, village_id: int | None) -> Place | None:
        """The convenience-service centre of the township of a village."""
        return self._at(self.townships.get(village_id or 0), Unit.Kind.CENTRE)

    def county_unit(self, kind: str) -> Place | None:
        """The county's only unit of a kind: hall, service_office, government."""
        found = (u for u in self.units.values() if u.kind == kind and u.level == Level.COUNTY)
        return next(found, None)

    def local_unit(self, name: str, township_unit_id: int | None) -> Place | None:
        """A township's own unit, e.g. `police_station` beside the centre `xinan.centre`."""
        centre = self.units.get(township_unit_id or 0)
        if centre is None:
            return None
        return self.by_key.get(f"{centre.key.partition('.')[0]}.{name}")

    def unit_named(self, key: str, township_unit_id: int | None) -> Place | None:
        """The unit of this key, or the township's own unit where the key names a kind of it."""
        return self.by_key.get(key) or self.local_unit(key, township_unit_id)

    def _seats(self, asked: Asked, level: str) -> Iterator[Place]:
        """Units where the role may sit for such a case, the best one first."""
        if level == Level.VILLAGE:
            yield from _those(self.station(asked.village_id))
        elif asked.role in COUNTY_SEATS:
            yield from _those(self.county_unit(COUNTY_SEATS[asked.role]))
        elif level == Level.TOWNSHIP:
            yield from self._township_seats(asked)
        else:
            yield from self._departments(asked)

    def _township_seats(self, asked: Asked) -> Iterator[Place]:
        centre = self.units.get(asked.township_unit_id or 0)
        if centre is None:
            return
        if centre.level == Level.COUNTY:
            # Received at the county hall: its window, else the department itself.
            yield centre
            yield from self._departments(asked)
            return
        if asked.role == "township.handler":
            yield from _those(self._office(centre, asked.category))
        yield centre

    def _departments(self, asked: Asked) -> Iterator[Place]:
        """The competent unit; above a township's own power, the guiding department (ORG-09)."""
        competent = self.units.get(asked.competent_unit_id or 0)
        if competent is not None and competent.level == Level.COUNTY:
            yield competent
            return
        guiding = (
            unit
            for unit in self.units.values()
            if unit.level == Level.COUNTY and asked.category in unit.categories
        )
        yield from _those(next(guiding, None))

    def _office(self, centre: Place, category: str) -> Place | None:
        """The township's own office (站所) for items of this category."""
        offices = (
            unit
            for unit in self.units.values()
            if unit.level == Level.TOWNSHIP
            and unit.division_id == centre.division_id
            and category in unit.categories
        )
        return next(offices, None)

    def _named(self, key: str, township_unit_id: int | None) -> list[Place]:
        """The unit of this key, or the township's own unit where the key names a kind of it.

        A township government or Party committee works through its centre's posts.
        """
        unit = self.unit_named(key, township_unit_id)
        if unit is None:
            return []
        if unit.level == Level.TOWNSHIP and unit.kind in {
            Unit.Kind.GOVERNMENT,
            Unit.Kind.PARTY,
        }:
            return [unit, *_those(self.units.get(township_unit_id or 0))]
        return [unit]

    def _pool_at(self, unit: Place, role: str) -> int | None:
        """The unit's pool for the role, or for the role of the same kind at its own level."""
        kind = role.rpartition(".")[2]
        keys = [role, f"{unit.level}.{kind}"]
        found = (self.pools.get((unit.id, key)) for key in keys)
        return next((pool_id for pool_id in found if pool_id is not None), None)

    def _at(self, division_id: int | None, kind: str) -> Place | None:
        found = (
            unit
            for unit in self.units.values()
            if unit.kind == kind and unit.division_id == division_id
        )
        return next(found, None) if division_id else None


def _those(unit: Place | None) -> list[Place]:
    return [] if unit is None else [unit]


@remembered
def directory() -> Directory:
    """The county's directory as it was at most some seconds ago: four statements, then none."""
    units = Unit.objects.filter(active=True).order_by("id")
    villages = Division.objects.filter(level=Level.VILLAGE, parent__isnull=False)
    return Directory(
        units={
            unit.pk: Place(
                unit.pk,
                unit.key,
                unit.name,
                unit.level,
                unit.kind,
                unit.division_id,
                frozenset(unit.categories),
            )
            for unit in units
        },
        pools={
            (unit, role): pool
            for unit, role, pool in Pool.objects.values_list("unit_id", "role_id", "id")
        },
        roles={
            key: (name, level)
            for key, name, level in Role.objects.values_list("key", "name", "level")
        },
        townships={
            village: township
            for village, township in villages.values_list("id", "parent_id")
            if township is not None
        },
    )
