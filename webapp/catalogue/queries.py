"""What can be applied for, on which days, at which hours: reads of the county's catalogue.

Item versions, calendars and their days never change once written, so their parsed form is kept
per process by row id. What *is in force* is asked of the database each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from webapp.catalogue.models import Calendar as CalendarRow
from webapp.catalogue.models import CalendarDay, ItemVersion, Material, ServiceItem
from webapp.catalogue.models import OpeningHours as HoursRow
from webapp.core.errors import Refused, Unknown
from webapp.organisations.lookups import remembered
from workflows.calendars import (
    Calendar,
    CalendarRefused,
    DayKind,
    DayStatus,
    OpeningHours,
    Span,
    SpecialDay,
    local_day,
    moment,
)
from workflows.forms import Form, read_form

READ_ON_YEARS = 3
"""Years after the published calendar for which lists and cards assume ordinary weekdays."""


@dataclass(frozen=True, slots=True)
class ItemLimit:
    """A period of an item: `days` in `unit` working, calendar or same_day (0 days).

    `starts` is "application" or "acceptance", "" where the clock's kind decides. `step` is the
    number of the item's own step for clock="step", else None. `certain` is False for guesses
    that the county must confirm.
    """

    clock: str
    days: int
    unit: str
    extension_days: int | None
    starts: str
    step: int | None
    actor: str
    source: str
    certain: bool


@dataclass(frozen=True, slots=True)
class MaterialFacts:
    """A paper to bring. `condition` is FEEL over the form's values, "" = always needed."""

    key: str
    name: str
    role: str
    tolerable: bool
    supplement_days: int | None
    form: str
    copies: int
    source: str
    shared_exempt: bool
    condition: str
    note: str


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One version of an item, ready for use; immutable (CAT-05, CAT-06).

    `competent_unit_id` is None where an organ of the case's own township has the power; then
    `competent_local` names it (see `organisations.queries.competent_unit`). `guide` holds
    steps, departments, special_procedures, publicity, fee, legal_basis, result.
    """

    version_id: int
    item_id: int
    code: str
    number: int
    name: str
    item_type: str
    handling: str
    flow: str
    category: str
    category_name: str
    competent_unit_id: int | None
    competent_local: str
    competent_name: str
    entrusted: bool
    offered_at: tuple[str, ...]
    agent_allowed: bool
    in_person: bool
    in_person_reason: str
    process_key: str
    limits: tuple[ItemLimit, ...]
    switches: Mapping[str, Any]
    form: Form
    materials: tuple[MaterialFacts, ...]
    guide: Mapping[str, Any]
    is_example: bool

    def limit(self, clock: str, step: int | None = None) -> ItemLimit | None:
        """The item's limit for a clock (and a numbered step), or None where it names none."""
        return next((x for x in self.limits if x.clock == clock and x.step == step), None)

    def allows(self, switch: str) -> bool:
        """Whether an item switch is on (flows: item switches); unknown switches are off."""
        return bool(self.switches.get(switch, False))

    def material(self, key: str) -> MaterialFacts | None:
        """The paper of this key, or None."""
        return next((m for m in self.materials if m.key == key), None)


@dataclass(frozen=True, slots=True)
class ItemOnPath:
    """An item with what the path table asks of it."""

    code: str
    name: str
    handling: str
    flow: str
    offered_at: list[str]
    process_key: str


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An item as the register page lists it."""

    code: str
    name: str
    category: str
    category_name: str
    handling: str
    flow: str
    in_person: bool
    agent_allowed: bool
    process_key: str
    promised_days: int | None
    promised_unit: str
    is_example: bool


def calendar_in_force() -> Calendar:
    """The county's published calendar, to read by. Raises Refused while none is in force.

    Beyond its last year ordinary weekdays are assumed, so that inboxes, cases and cards go on
    when nobody has published the next year in time. Steps count by `calendar_version`, which
    ends where it ends: no limit is ever set by an assumed day.
    """
    row = CalendarRow.objects.filter(in_force=True).values_list(
        "id", "covers_from", "covers_to"
    )
    found = row.first()
    if found is None:
        raise Refused("没有生效的工作日日历，不能计算期限。请县政务办发布日历。")
    return _prolonged(*found)


def calendar_to_count_by() -> Calendar:
    """The county's published calendar as steps count by it: it ends where it ends.

    Raises Refused while none is in force.
    """
    rows = CalendarRow.objects.filter(in_force=True)
    found = rows.values_list("id", "covers_from", "covers_to").first()
    if found is None:
        raise Refused("没有生效的工作日日历，不能计算期限。请县政务办发布日历。")
    return calendar_version(*found)


@lru_cache(maxsize=8)
def _prolonged(calendar_id: int, first: date, last: date) -> Calendar:
    published = calendar_version(calendar_id, first, last)
    return replace(published, last=date(last.year + READ_ON_YEARS, 12, 31))


@remembered
def calendar_for_screens() -> Calendar:
    """The same, perhaps some seconds old: for what screens say, not for what is decided."""
    return calendar_in_force()


def rest_days(first: date, count: int) -> frozenset[date]:
    """Days off among `count` days from `first` on, for tables of days; none beyond the calendar."""
    calendar = calendar_for_screens()
    found = set()
    for day in (first + timedelta(days=n) for n in range(count)):
        try:
            if not calendar.is_working_day(day):
                found.add(day)
        except CalendarRefused:
            break
    return frozenset(found)


@lru_cache(maxsize=8)
def calendar_version(calendar_id: int, first: date, last: date) -> Calendar:
    """A stored calendar by its row id and range; its days never change once written."""
    days = CalendarDay.objects.filter(calendar=calendar_id).order_by("date")
    special = [
        SpecialDay(day.date, DayKind(day.kind), day.name, DayStatus(day.status)) for day in days
    ]
    weekdays = CalendarRow.objects.values_list("weekdays", flat=True).get(pk=calendar_id)
    return Calendar.build(special, first, last, frozenset(weekdays))


def hours_of(unit_id: int | None) -> OpeningHours:
    """When a unit is open: its own hours, else the county's. Raises Refused without any.

    Monday's hours are the usual ones (they also hold on make-up days); other weekdays override
    them where they differ (DUTY-10).
    """
    rows = HoursRow.objects.filter(Q(unit=unit_id) | Q(unit=None)).order_by("opens")
    own = [row for row in rows if row.unit_id is not None]
    return _opening(own or list(rows))


def _opening(rows: Iterable[HoursRow]) -> OpeningHours:
    by_day: dict[int, list[Span]] = {}
    for row in rows:
        by_day.setdefault(row.weekday, []).append(Span(row.opens, row.closes))
    if not by_day:
        raise Refused("没有设置办公时间，不能计算下班时刻。请县政务办在参数中设置。")
    usual = tuple(by_day[min(by_day)])
    weekly = {day: tuple(spans) for day, spans in by_day.items() if tuple(spans) != usual}
    return OpeningHours(usual, weekly)


def open_units(at: datetime) -> tuple[bool, list[int]]:
    """Whether offices are open at `at`, and the units for which it is the other way round.

    One statement beside the calendar's. Raises Refused without hours.
    """
    calendar, day = calendar_in_force(), local_day(at)
    by_unit: dict[int | None, list[HoursRow]] = {}
    for row in HoursRow.objects.order_by("opens"):
        by_unit.setdefault(row.unit_id, []).append(row)
    is_open = {
        unit: any(
            moment(day, span.opens) <= at <= moment(day, span.closes)
            for span in _opening(rows).on(calendar, day)
        )
        for unit, rows in by_unit.items()
    }
    usual = is_open.pop(None, False)
    return usual, sorted(u for u, now in is_open.items() if u is not None and now != usual)


@lru_cache(maxsize=512)
def item_version(version_id: int) -> ItemFacts:
    """Read one version of an item. Raises Unknown when it does not exist."""
    rows = ItemVersion.objects.select_related("item__category", "competent")
    version = rows.filter(pk=version_id).first()
    if version is None:
        raise Unknown("没有这个事项。")
    materials = Material.objects.filter(version=version).order_by("order")
    return ItemFacts(
        version_id=version.pk,
        item_id=version.item_id,
        code=version.item.code,
        number=version.number,
        name=version.name,
        item_type=version.item_type,
        handling=version.handling,
        flow=version.flow,
        category=version.item.category_id,
        category_name=version.item.category.name,
        competent_unit_id=version.competent_id,
        competent_local=version.competent_local,
        competent_name=version.competent.name if version.competent else "",
        entrusted=version.entrusted_to_township,
        offered_at=tuple(version.offered_at),
        agent_allowed=version.agent_allowed,
        in_person=version.in_person,
        in_person_reason=version.in_person_reason,
        process_key=version.process_key,
        limits=tuple(_limit(row) for row in version.limits),
        switches=MappingProxyType(version.switches),
        form=read_form(version.form, f"事项 {version.item.code} 第{version.number}版"),
        materials=tuple(_material(row) for row in materials),
        guide=MappingProxyType(version.guide),
        is_example=version.is_example,
    )


def _limit(row: Mapping[str, Any]) -> ItemLimit:
    return ItemLimit(
        clock=row["clock"],
        days=row["days"],
        unit=row["unit"],
        extension_days=row.get("extension_days"),
        starts=row.get("starts", ""),
        step=row.get("step"),
        actor=row.get("actor", ""),
        source=row.get("source", ""),
        certain=row.get("certain", False),
    )


def _material(row: Material) -> MaterialFacts:
    return MaterialFacts(
        key=row.key,
        name=row.name,
        role=row.role,
        tolerable=row.tolerable,
        supplement_days=row.supplement_days,
        form=row.form,
        copies=row.copies,
        source=row.source,
        shared_exempt=row.shared_exempt,
        condition=row.condition,
        note=row.note,
    )


def item_by_code(code: str) -> ItemFacts:
    """The version of an item that is in force for the next case. Raises Unknown."""
    found = ServiceItem.objects.filter(code=code, enabled=True).values_list(
        "current_id", flat=True
    )
    version_id = found.first()
    if version_id is None:
        raise Unknown(_("没有编码为“{code}”的事项，或该事项已停用。").format(code=code))
    return item_version(version_id)


@remembered
def item_names() -> list[tuple[str, str]]:
    """Codes and names of all items in force, for pick lists: one statement, remembered."""
    rows = ServiceItem.objects.filter(current__isnull=False).order_by("code")
    return list(rows.values_list("code", "current__name"))


def items_offered(level: str) -> list[OfferedItem]:
    """Enabled items that can be filed at a level (village, township, county), by category.

    Two statements at most; every centre offers every item of its level (WIN-05 一窗受理).
    """
    rows = (
        ServiceItem.objects.filter(enabled=True, current__offered_at__contains=[level])
        .select_related("current", "category")
        .only(
            *("code", "category__name", "current__name", "current__handling"),
            *("current__flow", "current__in_person", "current__agent_allowed"),
            "current__process_key",
            *("current__limits", "current__is_example"),
        )
        .order_by("category__order", "code")
    )
    return [_offered(row) for row in rows]


def items_in_force() -> list[ItemOnPath]:
    """Every enabled item with what decides its path, in order of their codes: one statement."""
    rows = ServiceItem.objects.filter(enabled=True, current__isnull=False).values_list(
        "code",
        "current__name",
        "current__handling",
        "current__flow",
        "current__offered_at",
        "current__process_key",
    )
    return [ItemOnPath(*row) for row in rows.order_by("code")]


def _offered(item: ServiceItem) -> OfferedItem:
    version = item.current
    if version is None:  # the filter on current__offered_at leaves none
        raise Unknown("该事项没有生效的版本。")
    promised = next((x for x in version.limits if x["clock"] == "promised"), None)
    return OfferedItem(
        code=item.code,
        name=version.name,
        category=item.category_id,
        category_name=item.category.name,
        handling=version.handling,
        flow=version.flow,
        in_person=version.in_person,
        agent_allowed=version.agent_allowed,
        process_key=version.process_key,
        promised_days=promised["days"] if promised else None,
        promised_unit=promised["unit"] if promised else "",
        is_example=version.is_example,
    )
