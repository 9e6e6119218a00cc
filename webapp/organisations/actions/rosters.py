"""Duty lists of a unit: entered, copied from the last one, checked, published (ORG-20, DUTY-08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.organisations import policy
from webapp.organisations.models import Roster, Shift, Unit
from webapp.organisations.notices import tell
from webapp.organisations.queries import Acting
from webapp.organisations.rosters import Place, copied, findings, people_named
from webapp.organisations.staff import units_over

LONGEST = 31


@dataclass(frozen=True, slots=True)
class Entry:
    """Who is there at a place of the list: a day and a part of it."""

    place: Place
    name: str
    phone: str = ""


def begin_roster(
    *, by: Acting, unit_id: int, kind: str, first: date, last: date, copy: bool = False
) -> int:
    """A new list of a unit for some days, empty or with the names of the last one.

    Raises Unknown, NotYours, Invalid (first, last, kind) or AlreadyDone.
    """
    with transaction.atomic():
        unit = Unit.objects.select_for_update().filter(pk=unit_id, active=True).first()
        if unit is None:
            raise Unknown("没有这个单位。")
        _check_may(by, unit_id)
        errors = {}
        if kind not in Roster.Kind.values:
            errors["kind"] = _("请选择哪一种值班表。")
        if last < first:
            errors["last"] = _("截止日不能早于起始日。")
        elif (last - first).days >= LONGEST:
            errors["last"] = _("一张表最多一个月。")
        if errors:
            raise Invalid(errors)
        during = DateRange(first, last + timedelta(days=1))
        if Roster.objects.filter(unit=unit, kind=kind, during__overlap=during).exists():
            raise AlreadyDone(_("这几天已经有同一种值班表，请在那张上改。"))
        roster = Roster.objects.create(
            unit=unit, kind=kind, during=during, made_by_id=by.officer_id, made_at=by.at
        )
        if copy:
            _write(roster, [Entry(*line) for line in copied(roster)])
        _record(by, roster, "roster_begun")
        return int(roster.pk)


def save_roster(
    *, by: Acting, roster_id: int, entries: Iterable[Entry], note: str, rest: Collection[date]
) -> None:
    """Keep the whole list as it stands on the page; who is concerned by a published one is told.

    Raises Unknown, NotYours, Invalid, or Refused where a published list would lack somebody.
    """
    with transaction.atomic():
        roster = _roster(by, roster_id)
        before = _days_of(roster)
        lines = list(entries)
        days = {
            roster.first + timedelta(days=n)
            for n in range((roster.last - roster.first).days + 1)
        }
        if any(line.place.day not in days for line in lines):
            raise Invalid({"": _("有的班不在这张表的日期里。")})
        _write(roster, lines)
        roster.note = note.strip()[:200]
        roster.save(update_fields=["note"])
        if roster.published_at is not None:
            _check_whole(roster, rest)
            _tell(by, roster, before)
        _record(by, roster, "roster_saved", lines=len(lines))


def publish_roster(*, by: Acting, roster_id: int, rest: Collection[date]) -> None:
    """Show the list to everybody and tell who stands on it.

    Raises Unknown, NotYours, AlreadyDone, or Refused with what is missing.
    """
    with transaction.atomic():
        roster = _roster(by, roster_id)
        if roster.published_at is not None:
            raise AlreadyDone(_("这张值班表已经公布。"))
        _check_whole(roster, rest)
        roster.published_by_id, roster.published_at = by.officer_id, by.at
        roster.save(update_fields=["published_by", "published_at"])
        _tell(by, roster, {})
        _record(by, roster, "roster_published")


def drop_roster(*, by: Acting, roster_id: int) -> None:
    """Throw away a list that has not been published. Raises Unknown, NotYours or Refused."""
    with transaction.atomic():
        roster = _roster(by, roster_id)
        if roster.published_at is not None:
            raise Refused(_("已经公布的值班表不能删除，请在上面改。"))
        _record(by, roster, "roster_dropped")
        roster.delete()


def _roster(by: Acting, roster_id: int) -> Roster:
    found = (
        Roster.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(pk=roster_id)
        .first()
    )
    if found is None:
        raise Unknown("没有这张值班表。")
    _check_may(by, found.unit_id)
    return found


def _check_may(by: Acting, unit_id: int) -> None:
    if not policy.may_keep_rosters(by, units_over(unit_id)):
        raise NotYours("值班表由本单位负责人或者县政务办编排。", rule="ORG-20")


def _check_whole(roster: Roster, rest: Collection[date]) -> None:
    missing = findings(roster, rest)
    if missing:
        raise Refused(_("还不能公布：{what}").format(what="".join(missing[:5])))


def _write(roster: Roster, lines: Iterable[Entry]) -> None:
    """The list's lines, all of them anew."""
    wanted = {(one.place, " ".join(one.name.split())[:60]): one for one in lines}
    wanted = {key: one for key, one in wanted.items() if key[1]}
    known = people_named(roster.unit_id, {name for _place, name in wanted}, roster.first)
    roster.shifts.all().delete()
    Shift.objects.bulk_create(
        Shift(
            roster=roster,
            day=place.day,
            part=place.part,
            name=name,
            officer_id=known.get(name, (None, ""))[0],
            phone=(one.phone.strip() or known.get(name, (None, ""))[1])[:30],
        )
        for (place, name), one in wanted.items()
    )


def _days_of(roster: Roster) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for shift in roster.shifts.exclude(officer=None).order_by("day", "part"):
        found[shift.officer_id or 0].append(date_format(shift.day, _("n月j日")))
    return {one: list(dict.fromkeys(days)) for one, days in found.items()}


def _tell(by: Acting, roster: Roster, before: Mapping[int, list[str]]) -> None:
    """Who has other days than before is told which they are now."""
    now = _days_of(roster)
    about: dict[str, Any] = {
        "roster": roster.pk,
        "unit": roster.unit.name,
        "kind": roster.kind,
        "first": date_format(roster.first, _("n月j日")),
        "last": date_format(roster.last, _("n月j日")),
    }
    for officer in sorted({*before, *now} - {by.officer_id}):
        if before.get(officer, []) != now.get(officer, []):
            days = "、".join(now.get(officer, []))
            tell({officer}, "roster", by.at, about | {"days": days})


def _record(by: Acting, roster: Roster, kind: str, **more: int) -> None:
    audit.record(
        subject=Event.Subject.UNIT,
        subject_id=roster.unit_id,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        acting_as=by.title[:120],
        payload={
            "roster": roster.pk,
            "kind": str(roster.kind),
            "first": roster.first.isoformat(),
            "last": roster.last.isoformat(),
            **more,
        },
    )
