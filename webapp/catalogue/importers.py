"""Writes the county's items, calendar and opening hours from input files into the tables.

Idempotent: an item that exists keeps its version in force; with `update` a file that differs
becomes a new version (CAT-05: cases keep the one they were opened with). The schema of the
items file stands beside it (`items-schema.md`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from webapp.catalogue.calendars import CalendarFacts, publish
from webapp.catalogue.item_rules import problems_of
from webapp.catalogue.models import (
    Calendar,
    Category,
    OpeningHours,
    ServiceItem,
    monday_to_friday,
)
from webapp.catalogue.switches import switches_of
from webapp.catalogue.versions import add_version, material_columns
from webapp.core.errors import Refused
from webapp.organisations.models import Unit
from workflows.calendars import SpecialDay
from workflows.forms import item_form, read_form

GUIDE_KEYS = (
    *("name_en", "steps", "departments", "special_procedures", "publicity", "fee"),
    *("legal_basis", "result", "source", "uncertain", "note", "process_reason"),
)


@dataclass(frozen=True, slots=True)
class ItemsLoaded:
    """Codes of items created, put in a new version, and left although the file differs.

    `kept`: left because the county has changed them on a page; no release replaces that.
    """

    created: tuple[str, ...]
    updated: tuple[str, ...]
    differing: tuple[str, ...]
    kept: tuple[str, ...]


def load_categories(rows: Iterable[Mapping[str, str]]) -> int:
    """Create missing categories; how many were missing."""
    known = set(Category.objects.values_list("key", flat=True))
    missing = [
        Category(key=row["key"], name=row["name"], order=order)
        for order, row in enumerate(rows)
        if row["key"] not in known
    ]
    return len(Category.objects.bulk_create(missing))


def load_items(
    content: Mapping[str, Any],
    lists: Mapping[str, Sequence[Mapping[str, str]]],
    at: datetime,
    *,
    update: bool = False,
    step: Callable[[], None] = lambda: None,
) -> ItemsLoaded:
    """Create missing items; with `update`, new versions of those whose file content changed.

    `content` is the items file as read from YAML, `lists` the choices kept elsewhere by
    `choices_source`; `step` is called after each item. Raises Refused naming the item and what
    is wrong with it.
    """
    units = dict(Unit.objects.values_list("key", "id"))
    local = {row["key"] for row in content["units"] if row["level"] == "township"}
    existing = {item.code: item for item in ServiceItem.objects.select_related("current").all()}
    problems = [sentence for row in content["items"] for sentence in problems_of(row)]
    problems += [
        f"事项{row['code']}：有权机关是乡镇的，县政务大厅不能代它受理（CAT-18）。"
        for row in content["items"]
        if row.get("competent") in local and "county" in (row.get("offered_at") or ())
    ]
    if problems:
        raise Refused("事项文件有错，没有载入：\n" + "\n".join(problems))
    created, updated, differing, kept = [], [], [], []
    for row in content["items"]:
        item = existing.get(row["code"])
        form = item_form(row, content["base_fields"], lists)
        fields = _version_fields(row, form, units, local)
        if item is None:
            item = ServiceItem.objects.create(
                code=row["code"],
                name=row["name"],
                category_id=row["category"],
                enabled=row["enabled"],
            )
            add_version(item, fields, row["materials"], at)
            created.append(item.code)
        elif _differs(item, fields, row["materials"]):
            if item.current is not None and item.current.by_county:
                kept.append(item.code)
            elif update:
                add_version(item, fields, row["materials"], at)
                updated.append(item.code)
            else:
                differing.append(item.code)
        step()
    return ItemsLoaded(tuple(created), tuple(updated), tuple(differing), tuple(kept))


def _version_fields(
    row: Mapping[str, Any],
    form: dict[str, Any],
    units: Mapping[str, int],
    local: Collection[str],
) -> dict[str, Any]:
    """Columns of an item version; `local` are the kinds of organ that each township has."""
    competent = row["competent"]
    if competent not in local and competent not in units:
        raise Refused(f"事项{row['code']}：主管单位“{competent}”没有登记。")
    read_form(form, f"事项 {row['code']}")  # refuses what the product cannot show
    return {
        "name": row["name"],
        "item_type": row["item_type"],
        "handling": row["handling"],
        "flow": row["flow"],
        "competent_id": None if competent in local else units[competent],
        "competent_local": competent if competent in local else "",
        "entrusted_to_township": row["entrusted_to_township"],
        "offered_at": row["offered_at"],
        "agent_allowed": row["agent_allowed"],
        "in_person": row["in_person"],
        "in_person_reason": row["in_person_reason"] or "",
        "process_key": row.get("process", ""),
        "limits": row["limits"],
        "switches": switches_of(row),
        "form": form,
        "guide": _plain({key: row.get(key) for key in GUIDE_KEYS}),
        "is_example": bool(row.get("example")),
    }


def _plain(value: Any) -> Any:
    """The value as JSON holds it (dates become text)."""
    return json.loads(json.dumps(value, ensure_ascii=False, default=str))


def _differs(
    item: ServiceItem, fields: Mapping[str, Any], materials: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether the file says something else than the version in force."""
    version = item.current
    if version is None:
        return True
    if any(getattr(version, name) != _plain(value) for name, value in fields.items()):
        return True
    wanted = material_columns(materials)
    columns = list(wanted[0]) if wanted else ["key"]
    return list(version.materials.order_by("order").values(*columns)) != wanted


def load_calendar(days: Sequence[SpecialDay], at: datetime, *, update: bool = False) -> bool:
    """Publish the calendar when there is none, or with `update` when it differs.

    It covers the whole years of its days. Tells whether a calendar was published.
    """
    current = Calendar.objects.filter(in_force=True).first()
    if current is not None and (
        not update or _days_of(current) == {_day_key(day) for day in days}
    ):
        return False
    first, last = min(day.day for day in days), max(day.day for day in days)
    weekdays = tuple(current.weekdays) if current else tuple(monday_to_friday())
    facts = CalendarFacts(
        date(first.year, 1, 1), date(last.year, 12, 31), tuple(days), weekdays
    )
    publish(facts, at)
    return True


def _days_of(calendar: Calendar) -> set[tuple[date, str, str, str]]:
    return set(calendar.days.values_list("date", "kind", "name", "status"))


def _day_key(day: SpecialDay) -> tuple[date, str, str, str]:
    return (day.day, day.kind.value, day.name, day.status.value)


def load_hours(rows: Iterable[Mapping[str, Any]]) -> int:
    """Create the county's opening hours when there are none; how many rows were created."""
    if OpeningHours.objects.filter(unit=None).exists():
        return 0
    spans = [
        OpeningHours(
            weekday=weekday,
            opens=time.fromisoformat(row["opens"]),
            closes=time.fromisoformat(row["closes"]),
        )
        for row in rows
        for weekday in row["weekdays"]
    ]
    return len(OpeningHours.objects.bulk_create(spans))
