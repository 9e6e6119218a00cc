"""Absence and cover (AB岗): who is away, and who stands in (DUTY-03 … DUTY-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Unknown
from webapp.organisations.models import Absence, Holding
from webapp.organisations.policy import may_record_absence
from webapp.organisations.queries import Acting


@dataclass(frozen=True, slots=True)
class Cover:
    """What an absence means for one post: `by_name` is its B, "" when nobody can stand in."""

    unit_name: str
    post_name: str
    by_name: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded absence. `sudden`: filed on the day itself or later, without a hand-over."""

    absence_id: int
    sudden: bool
    covers: tuple[Cover, ...]


def record_absence(
    *, by: Acting, officer_id: int, first: date, last: date, reason: str
) -> Recorded:
    """Record that an officer is away from `first` to `last`, both inclusive.

    Her B acts for her from midnight of `first` on. A planned absence is filed by the day before
    (DUTY-04); a sudden one is recorded as such. Raises Unknown, NotYours, Invalid, or
    AlreadyDone when she is already away on one of these days.
    """
    today = timezone.localdate(by.at)
    reason = reason.strip()
    with transaction.atomic():
        officer = Officer.objects.select_for_update().filter(pk=officer_id).first()
        if officer is None:
            raise Unknown("没有这位工作人员。")
        _check(by, officer_id, first, last, reason, today)
        during = DateRange(first, last + timedelta(days=1))
        if Absence.objects.filter(officer=officer, during__overlap=during).exists():
            raise AlreadyDone(_("{name}在这几天已经登记了不在岗。").format(name=officer.name))
        absence = Absence.objects.create(
            officer=officer,
            during=during,
            reason=reason[:120],
            recorded_by_id=by.officer_id,
            recorded_at=by.at,
        )
        sudden = first <= today
        _note(by, officer_id, "absence_recorded", first, last, sudden=sudden)
    return Recorded(absence.pk, sudden, _covers(officer_id, first))


def end_absence(*, by: Acting, absence_id: int, last: date) -> None:
    """Shorten an absence so that `last` is its last day; she acts herself again afterwards.

    A `last` before its first day withdraws it. Raises Unknown, NotYours or Invalid.
    """
    with transaction.atomic():
        absence = Absence.objects.select_for_update().filter(pk=absence_id).first()
        if absence is None:
            raise Unknown("没有这条不在岗记录。")
        if not may_record_absence(by, absence.officer_id, _units_of(absence.officer_id, by.at)):
            raise NotYours("不在岗由本人、本单位负责人或县政务办登记。")
        if last >= absence.during.upper:
            raise Invalid({"last": _("新的截止日要早于原来的截止日。")})
        first: date = absence.during.lower
        if last < first:
            absence.delete()
        else:
            absence.during = DateRange(first, last + timedelta(days=1))
            absence.save(update_fields=["during"])
        _note(by, absence.officer_id, "absence_ended", first, last)


def _check(
    by: Acting, officer_id: int, first: date, last: date, reason: str, today: date
) -> None:
    if not may_record_absence(by, officer_id, _units_of(officer_id, by.at)):
        raise NotYours("不在岗由本人、本单位负责人或县政务办登记。", rule="DUTY-04")
    errors = {}
    if last < first:
        errors["last"] = _("截止日不能早于起始日。")
    elif last < today:
        errors["last"] = _("这几天已经过去，不能补登。")
    if not reason:
        errors["reason"] = _("请写明原因，例如“年休假”“培训”。")
    if errors:
        raise Invalid(errors)


def _units_of(officer_id: int, at: datetime) -> frozenset[int]:
    """Units in which the officer holds a post on that day, as A or as B."""
    held = Holding.objects.filter(
        officer=officer_id, during__contains=timezone.localdate(at), post__active=True
    )
    return frozenset(held.values_list("post__pool__unit_id", flat=True))


def _covers(officer_id: int, day: date) -> tuple[Cover, ...]:
    """The posts whose A she is on that day, each with its B."""
    posts = Holding.objects.filter(officer=officer_id, cover="A", during__contains=day)
    seconds = dict(
        Holding.objects.filter(
            post__in=posts.values("post"), cover="B", during__contains=day
        ).values_list("post_id", "officer__name")
    )
    return tuple(
        Cover(held.post.pool.unit.name, held.post.name, seconds.get(held.post_id, ""))
        for held in posts.select_related("post__pool__unit").order_by("post_id")
    )


def _note(
    by: Acting, officer_id: int, kind: str, first: date, last: date, **more: bool
) -> None:
    audit.record(
        subject=Event.Subject.OFFICER,
        subject_id=officer_id,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        acting_as=by.title[:120],
        payload={"first": first.isoformat(), "last": last.isoformat(), **more},
    )
