"""Absence and cover (AB岗): who is away, and who stands in (DUTY-03 … DUTY-05).

Planned absences are filed by the day before; a sudden one is of today, and the missing hand-over
is on record (design 13.9). Cover goes one step: a post whose A and B are both away has nobody,
and only the head of the unit or the county office may let that happen (不得层层顶岗).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.organisations import policy
from webapp.organisations.models import Absence, Holding
from webapp.organisations.notices import tell
from webapp.organisations.queries import Acting, until_words
from webapp.organisations.staff import Seat, heads_of, seats_between, unit_ids_of

NOON = time(12)
NOTE = 2000
WHO = "不在岗由本人、本单位负责人或县政务办登记；当天突然不在岗的，同单位的同事也可以报。"


@dataclass(frozen=True, slots=True)
class Cover:
    """What an absence means for one post.

    `by_name` is the B who is here all the time, "" when nobody stands in; `missing` says why.
    """

    unit_name: str
    post_name: str
    by_name: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded absence. `sudden`: filed on the day itself or later, without a hand-over."""

    absence_id: int
    sudden: bool
    covers: tuple[Cover, ...]


def between(
    first: date, last: date, *, from_noon: bool = False, until_noon: bool = False
) -> DateTimeTZRange:
    """The moments of an absence from `first` to `last`, both inclusive, halves at noon."""
    start = datetime.combine(first, NOON if from_noon else time())
    end = (
        datetime.combine(last, NOON)
        if until_noon
        else datetime.combine(last + timedelta(days=1), time())
    )
    return DateTimeTZRange(timezone.make_aware(start), timezone.make_aware(end))


def record_absence(
    *,
    by: Acting,
    officer_id: int,
    first: date,
    last: date,
    reason: str,
    from_noon: bool = False,
    until_noon: bool = False,
    note: str = "",
) -> Recorded:
    """Record that an officer is away from `first` to `last`, both inclusive.

    Her B acts for her from the first minute on: midnight or noon of a planned absence, this
    moment of a sudden one. A colleague of the unit may report a sudden absence, for the rest of
    the day only. Raises Unknown, NotYours, Invalid, Refused (a post would be left with nobody),
    or AlreadyDone when she is already away at one of these moments.
    """
    today, reason = timezone.localdate(by.at), reason.strip()
    sudden = first <= today
    with transaction.atomic():
        officer = _officer(officer_id)
        _check_may(by, officer_id, only_today=sudden and last <= today)
        during = _checked(first, last, from_noon, until_noon, reason, by.at)
        _check_free(officer, during)
        if not sudden:
            _check_covered(by, officer_id, during)
        absence = Absence.objects.create(
            officer=officer,
            during=during,
            kind=Absence.Kind.SUDDEN if sudden else Absence.Kind.PLANNED,
            reason=reason[:120],
            note=note.strip()[:NOTE],
            recorded_by_id=by.officer_id,
            recorded_at=by.at,
        )
        _record(by, absence, "absence_recorded", sudden=sudden)
        covers = _covers(officer_id, during)
        _tell(by, absence, "absence", covers)
    return Recorded(absence.pk, sudden, covers)


def change_absence(
    *,
    by: Acting,
    absence_id: int,
    first: date,
    last: date,
    reason: str,
    from_noon: bool = False,
    until_noon: bool = False,
) -> tuple[Cover, ...]:
    """Move an absence that has not begun; of one that has begun, only the end.

    A sheet that B has signed stays signed for B; it is signed anew where another B covers.
    Raises Unknown, NotYours, Invalid, Refused or AlreadyDone (over, withdrawn).
    """
    with transaction.atomic():
        absence = _absence(by, absence_id)
        begun = absence.first <= by.at
        if begun:
            first = timezone.localdate(absence.first)
            end = between(first, last, until_noon=until_noon)
            if last < first or end.upper <= by.at:
                raise Invalid({"last": _("截止日不能早于现在。已经返岗的，请点“我已返岗”。")})
            during = DateTimeTZRange(absence.first, end.upper)
        else:
            during = _checked(first, last, from_noon, until_noon, reason.strip(), by.at)
        _check_free(absence.officer, during, but=absence.pk)
        if absence.kind == Absence.Kind.PLANNED:
            _check_covered(by, absence.officer_id, during)
        absence.during = during
        if reason.strip():
            absence.reason = reason.strip()[:120]
        if not begun and during.lower <= by.at:
            absence.kind = Absence.Kind.SUDDEN
        absence.save(update_fields=["during", "reason", "kind"])
        _record(by, absence, "absence_changed")
        covers = _covers(absence.officer_id, during)
        _tell(by, absence, "absence_changed", covers)
    return covers


def come_back(*, by: Acting, absence_id: int) -> None:
    """End an absence at this moment: from now on she acts herself (提前返岗).

    Raises Unknown, NotYours, AlreadyDone, or Refused before it has begun.
    """
    with transaction.atomic():
        absence = _absence(by, absence_id)
        if absence.first > by.at:
            raise Refused("还没有开始，不去了请点“撤销”。")
        absence.during = DateTimeTZRange(absence.first, by.at)
        absence.save(update_fields=["during"])
        _record(by, absence, "absence_ended")
        _tell(by, absence, "absence_ended", ())


def withdraw_absence(*, by: Acting, absence_id: int) -> None:
    """Take back an absence before it begins. Raises Unknown, NotYours, AlreadyDone, Refused."""
    with transaction.atomic():
        absence = _absence(by, absence_id)
        if absence.first <= by.at:
            raise Refused("已经开始，不能撤销。已经返岗的，请点“我已返岗”。")
        _record(by, absence, "absence_withdrawn")
        _tell(by, absence, "absence_withdrawn", ())
        absence.during = DateTimeTZRange(empty=True)
        absence.withdrawn_at = by.at
        absence.save(update_fields=["during", "withdrawn_at"])


def tell_b(*, by: Acting, absence_id: int, note: str) -> None:
    """Keep what she wants to tell her B; it stands on the sheet. Raises Unknown or NotYours."""
    with transaction.atomic():
        absence = _absence(by, absence_id)
        absence.note = note.strip()[:NOTE]
        absence.save(update_fields=["note"])
        _record(by, absence, "handover_note")


def _officer(officer_id: int) -> Officer:
    """The officer, locked with everybody who shares a post with her, in order of their ids.

    So two halves of a post cannot both be granted leave for the same day at the same moment.
    """
    shared = Holding.objects.filter(post__holdings__officer=officer_id).values("officer")
    people = Officer.objects.select_for_update(no_key=True).filter(
        Q(pk=officer_id) | Q(pk__in=shared)
    )
    found = next((one for one in people.order_by("pk") if one.pk == officer_id), None)
    if found is None or not found.is_active:
        raise Unknown("没有这位工作人员。")
    return found


def _absence(by: Acting, absence_id: int) -> Absence:
    """The absence, locked, when she may change it and it is not over."""
    found = Absence.objects.select_for_update().filter(pk=absence_id).first()
    if found is None:
        raise Unknown("没有这条不在岗记录。")
    found.officer = _officer(found.officer_id)
    if not policy.may_record_absence(
        by, found.officer_id, unit_ids_of(found.officer_id, by.at)
    ):
        raise NotYours(WHO, rule="DUTY-04")
    if found.withdrawn_at is not None:
        raise AlreadyDone("这次不在岗已经撤销。")
    if found.during.isempty or found.back <= by.at:
        raise AlreadyDone("这次不在岗已经结束。")
    return found


def _check_may(by: Acting, officer_id: int, *, only_today: bool) -> None:
    units = unit_ids_of(officer_id, by.at)
    if policy.may_record_absence(by, officer_id, units):
        return
    if only_today and policy.may_report_sudden(by, units):
        return
    raise NotYours(WHO, rule="DUTY-04")


def _checked(
    first: date, last: date, from_noon: bool, until_noon: bool, reason: str, at: datetime
) -> DateTimeTZRange:
    """The moments from now on; sentences by field when they make no sense."""
    today = timezone.localdate(at)
    errors = {}
    if last < first or (last == first and from_noon and until_noon):
        errors["last"] = _("截止日不能早于起始日。")
    elif last < today:
        errors["last"] = _("这几天已经过去，不能补登。")
    elif last > today + timedelta(days=366):
        errors["last"] = _("一次最多登记一年。")
    if not reason:
        errors["reason"] = _("请写明原因，例如“年休假”“培训”。")
    if errors:
        raise Invalid(errors)
    during = between(first, last, from_noon=from_noon, until_noon=until_noon)
    lower = max(during.lower, at) if first <= today else during.lower
    if lower >= during.upper:
        raise Invalid({"last": _("这几天已经过去，不能补登。")})
    return DateTimeTZRange(lower, during.upper)


def _check_free(officer: Officer, during: DateTimeTZRange, but: int = 0) -> None:
    if Absence.objects.filter(officer=officer, during__overlap=during).exclude(pk=but).exists():
        raise AlreadyDone(_("{name}在这几天已经登记了不在岗。").format(name=officer.name))


def _check_covered(by: Acting, officer_id: int, during: DateTimeTZRange) -> None:
    """Refuse a planned absence that leaves a post with nobody, but for those who arrange cover.

    Both ways: her B is away then, or she herself covers somebody who is away then.
    """
    if policy.arranges_cover(by, unit_ids_of(officer_id, by.at)):
        return
    for seat in seats_between(officer_id, during):
        if seat.cover == "A" and seat.b_name and seat.other_away:
            raise Refused(
                _(
                    "{post}的B岗{name}这几天也不在岗，您走了就没有人。请先请本单位负责人另外指定B岗。"
                ).format(post=seat.post_name, name=seat.b_name),
                rule="DUTY-03",
                field="first",
            )
        if seat.cover == "B" and seat.other_away:
            raise Refused(
                _(
                    "您这几天要代{name}的{post}，不能再转给别人顶（不层层顶岗）。请先请本单位负责人另外指定B岗。"
                ).format(post=seat.post_name, name=seat.a_name),
                rule="DUTY-05",
                field="first",
            )


def _covers(officer_id: int, during: DateTimeTZRange) -> tuple[Cover, ...]:
    """The posts whose A she is then, each with its B."""
    return tuple(
        Cover(
            seat.unit_name,
            seat.post_name,
            "" if seat.other_away else seat.b_name,
            _missing(seat),
        )
        for seat in seats_between(officer_id, during)
        if seat.cover == "A"
    )


def _missing(seat: Seat) -> str:
    if not seat.b_name:
        return _("没有B岗")
    if seat.other_away:
        return _("B岗{name}也不在岗").format(name=seat.b_name)
    return ""


def _tell(by: Acting, absence: Absence, kind: str, covers: tuple[Cover, ...]) -> None:
    """Tell her Bs, herself when others filed it, and the heads when it is sudden or leaves a gap."""
    seats = [s for s in seats_between(absence.officer_id, absence.during) if s.cover == "A"]
    about: dict[str, Any] = {
        "absence": absence.pk,
        "name": absence.officer.name,
        "by": by.name,
        "first": absence.first.isoformat(),
        "back": absence.back.isoformat(),
    }
    people = {seat.b_id for seat in seats if seat.b_id is not None}
    gap = any(cover.missing for cover in covers)
    if absence.kind == Absence.Kind.SUDDEN or gap:
        people |= heads_of({seat.unit_id for seat in seats}, by.at)
    people.add(absence.officer_id)
    posts = "、".join(dict.fromkeys(s.post_name for s in seats))
    tell(people - {by.officer_id}, kind, by.at, about | {"posts": posts, "gap": gap})


def _record(by: Acting, absence: Absence, kind: str, **more: bool) -> None:
    audit.record(
        subject=Event.Subject.OFFICER,
        subject_id=absence.officer_id,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        acting_as=by.title[:120],
        payload={
            "absence": absence.pk,
            "first": absence.first.isoformat(),
            "back": absence.back.isoformat(),
            "until": until_words(absence.back),
            **more,
        },
    )
