"""Facts about pools, units, divisions and roles that planning needs by id.

They change about once a month; `organisations.lookups` remembers them for seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.catalogue import queries as catalogue
from webapp.core.errors import Refused
from webapp.organisations.lookups import remembered
from webapp.organisations.models import Division, Pool, Role, Unit
from workflows.calendars import OpeningHours


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What documents and sentences say about a unit."""

    id: int
    key: str
    name: str
    level: str
    kind: str
    prefix: str
    phone: str
    supervision_phone: str
    address: str
    division_id: int | None
    division_code: str
    division_name: str


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """A pool with its unit and role."""

    id: int
    role: str
    role_name: str
    unit: UnitFacts


@remembered
def unit_facts(unit_id: int) -> UnitFacts:
    """Read one unit: one statement."""
    return _facts(Unit.objects.select_related("division").get(pk=unit_id))


def _facts(unit: Unit) -> UnitFacts:
    return UnitFacts(
        id=unit.pk,
        key=unit.key,
        name=unit.name,
        level=unit.level,
        kind=unit.kind,
        prefix=unit.document_prefix,
        phone=unit.phone,
        supervision_phone=unit.supervision_phone,
        address=unit.address,
        division_id=unit.division_id,
        division_code=unit.division.code if unit.division else "",
        division_name=unit.division.name if unit.division else "",
    )


@remembered
def pool_facts(pool_id: int) -> PoolFacts:
    """Read one pool: one statement."""
    pool = Pool.objects.select_related("role", "unit__division").get(pk=pool_id)
    return PoolFacts(
        id=pool.pk, role=pool.role_id, role_name=pool.role.name, unit=_facts(pool.unit)
    )


@remembered
def role_name(key: str) -> str:
    """A role's Chinese name, the key itself for an unknown one."""
    return Role.objects.filter(pk=key).values_list("name", flat=True).first() or key


@remembered
def hours(unit_id: int) -> OpeningHours:
    """When a unit is open."""
    return catalogue.hours_of(unit_id)


@remembered
def division_name(division_id: int) -> str:
    """Name of a village or township, with the name above it (新安镇东关村)."""
    division = Division.objects.select_related("parent").filter(pk=division_id).first()
    if division is None:
        raise Refused("没有这个行政区划。")
    above = division.parent.name if division.parent and division.level == "village" else ""
    return f"{above}{division.name}"


@remembered
def office_name(kind: str) -> str:
    """Name of the county's only unit of a kind (government, service_office), "" if none."""
    found = Unit.objects.filter(kind=kind, level="county", active=True).order_by("id")
    return found.values_list("name", flat=True).first() or ""
