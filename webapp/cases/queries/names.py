"""Names that lists show for ids: items, pools, villages.

One statement for all ids that are not remembered, none for those that are. Item versions never
change; pools and villages are forgotten with `organisations.lookups` (seconds).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from webapp.catalogue.models import ItemVersion
from webapp.organisations.lookups import remembered
from webapp.organisations.models import Division, Pool

T = TypeVar("T")
_MOST = 20_000
_items: dict[int, tuple[str, str]] = {}


def items(version_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(code, name) of item versions."""
    if len(_items) > _MOST:
        _items.clear()
    return _filled(_items, version_ids, _read_items)


def pools(pool_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(name of the unit, key of the role) of pools."""
    return _filled(_known_pools(), pool_ids, _read_pools)


def villages(division_ids: Collection[int]) -> dict[int, str]:
    """Names of villages."""
    return _filled(_known_villages(), division_ids, _read_villages)


def _filled(
    known: dict[int, T], wanted: Collection[int], read: Callable[[set[int]], dict[int, T]]
) -> dict[int, T]:
    missing = set(wanted) - known.keys()
    if missing:
        known.update(read(missing))
    return known


@remembered
def _known_pools() -> dict[int, tuple[str, str]]:
    return {}


@remembered
def _known_villages() -> dict[int, str]:
    return {}


def _read_items(ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = ItemVersion.objects.filter(pk__in=ids).values_list("id", "item__code", "name")
    return {number: (code, name) for number, code, name in rows}


def _read_pools(ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = Pool.objects.filter(pk__in=ids).values_list("id", "unit__name", "role_id")
    return {number: (unit, role) for number, unit, role in rows}


def _read_villages(ids: set[int]) -> dict[int, str]:
    return dict(Division.objects.filter(pk__in=ids).values_list("id", "name"))
