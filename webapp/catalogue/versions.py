"""Immutable versions of items: how the next one is written, and what one looks like as a row.

A row has the columns of the items file (`bpmn/catalogue/items-schema.md`), so that the rules of
`item_rules` are the same for a file and for a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from webapp.catalogue.item_rules import MATERIAL_COLUMNS, condition_of
from webapp.catalogue.models import ItemVersion, Material, ServiceItem

COLUMNS = (
    *("name", "item_type", "handling", "flow", "competent_id", "competent_local"),
    *("entrusted_to_township", "offered_at", "agent_allowed", "in_person"),
    *("in_person_reason", "process_key", "limits", "switches", "form", "guide", "is_example"),
)
"""What a version says beside its materials."""


def add_version(
    item: ServiceItem,
    fields: Mapping[str, Any],
    materials: Sequence[Mapping[str, Any]],
    at: datetime,
    *,
    by_county: bool = False,
) -> ItemVersion:
    """Write the next version with its materials and put it in force."""
    number = item.versions.count() + 1
    version = ItemVersion.objects.create(
        item=item, number=number, created_at=at, by_county=by_county, **fields
    )
    Material.objects.bulk_create(
        Material(version=version, **columns) for columns in material_columns(materials)
    )
    item.current = version
    item.name = version.name
    item.save(update_fields=["current", "name"])
    return version


def material_columns(materials: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of materials as the table has them, numbered in their order."""
    return [
        {
            "order": order,
            "key": row["key"],
            "name": row["name"],
            "role": row["role"],
            "tolerable": row["tolerable"],
            "supplement_days": row["supplement_days"],
            "form": row["form"],
            "copies": row["copies"],
            "source": row["source"],
            "shared_exempt": row["shared_exempt"],
            "condition": condition_of(row),
            "note": row["note"] or "",
        }
        for order, row in enumerate(materials, start=1)
    ]


def fields_of(version: ItemVersion) -> dict[str, Any]:
    """Everything that a version says beside its materials, for the next one."""
    return {name: getattr(version, name) for name in COLUMNS}


def materials_of(version: ItemVersion) -> list[dict[str, Any]]:
    """Its materials in their order, as rows: one statement, none when prefetched."""
    papers = sorted(version.materials.all(), key=lambda one: one.order)
    return [{name: getattr(one, name) for name in MATERIAL_COLUMNS} for one in papers]


def versions_of(item: ServiceItem, most: int = 30) -> list[ItemVersion]:
    """Its last versions with their materials, newest first: two statements."""
    rows = item.versions.select_related("item__category", "competent")
    return list(rows.prefetch_related("materials").order_by("-number")[:most])


def row_of(version: ItemVersion) -> dict[str, Any]:
    """The version as a row of the items file, as far as rules look at it.

    `version.item` and `version.competent` are read too.
    """
    competent = version.competent.key if version.competent else version.competent_local
    return {
        "code": version.item.code,
        "name": version.name,
        "item_type": version.item_type,
        "handling": version.handling,
        "flow": version.flow,
        "enabled": version.item.enabled,
        "competent": competent,
        "entrusted_to_township": version.entrusted_to_township,
        "offered_at": version.offered_at,
        "agent_allowed": version.agent_allowed,
        "in_person": version.in_person,
        "in_person_reason": version.in_person_reason,
        "category": version.item.category_id,
        "process": version.process_key,
        "limits": version.limits,
        "switches": version.switches,
        "materials": materials_of(version),
        "fields": [],
        **version.guide,
    }
