"""A岗备案 (ORG-14): a centre files its A posts with the county, which answers; contact points."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.organisations import lookups, policy
from webapp.organisations.a_posts import a_posts
from webapp.organisations.establishment import a_post_findings
from webapp.organisations.models import Level, PostFiling, StaffRecord, Unit
from webapp.organisations.notices import tell
from webapp.organisations.queries import Acting
from webapp.organisations.staff import heads_of, unit_ids_of, units_over

WORKING_AGES = (16, 75)


def record_staff(*, by: Acting, officer_id: int, born: date, employment: str) -> None:
    """Keep what the checks ask about a person. Raises Unknown, NotYours or Invalid."""
    with transaction.atomic():
        if not Officer.objects.select_for_update(no_key=True).filter(pk=officer_id).exists():
            raise Unknown(_("没有这位工作人员。"))
        if not policy.arranges_cover(by, unit_ids_of(officer_id, by.at)):
            raise NotYours(_("人员情况由本单位负责人或者县政务办登记。"))
        years = timezone.localdate(by.at).year - born.year
        errors = {}
        if not WORKING_AGES[0] <= years <= WORKING_AGES[1]:
            errors["born"] = _("出生日期不对。")
        if employment not in StaffRecord.Employment.values:
            errors["employment"] = _("请选择用工性质。")
        if errors:
            raise Invalid(errors)
        StaffRecord.objects.update_or_create(
            officer_id=officer_id, defaults={"born": born, "employment": employment}
        )
        _record(by, Event.Subject.OFFICER, officer_id, "staff_recorded", {})


def file_a_posts(*, by: Acting, unit_id: int) -> int:
    """File the A posts of a unit with the county, with what the checks found.

    Raises Unknown, NotYours, AlreadyDone (one waits for its answer), or Refused while a person
    is not on record.
    """
    with transaction.atomic():
        unit = Unit.objects.select_for_update().filter(pk=unit_id, active=True).first()
        if unit is None:
            raise Unknown(_("没有这个单位。"))
        if not policy.arranges_cover(by, units_over(unit_id)):
            raise NotYours(_("A岗由本单位负责人报备。"), rule="ORG-14")
        if PostFiling.objects.filter(unit=unit, state=PostFiling.State.FILED).exists():
            raise AlreadyDone(_("已经报备，正在等县政务办答复。"))
        today = timezone.localdate(by.at)
        posts = a_posts(unit_id, today)
        if any(one.born is None for one in posts):
            raise Refused(
                _("有人的出生日期和用工性质还没有登记，登记后再报备。"), rule="ORG-14"
            )
        filing = PostFiling.objects.create(
            unit=unit,
            lines=[_plain(asdict(one)) for one in posts],
            findings=a_post_findings(posts, today),
            filed_by_id=by.officer_id,
            filed_at=by.at,
        )
        about = {"filing": filing.pk, "findings": len(filing.findings)}
        _record(by, Event.Subject.UNIT, unit_id, "a_posts_filed", about)
        return int(filing.pk)


def answer_a_posts(*, by: Acting, filing_id: int, accept: bool, answer: str) -> None:
    """The county acknowledges a filing, or sends it back with its reason.

    Raises Unknown, NotYours, AlreadyDone or Invalid (answer).
    """
    with transaction.atomic():
        filing = (
            PostFiling.objects.select_for_update(of=("self",))
            .select_related("unit")
            .filter(pk=filing_id)
            .first()
        )
        if filing is None:
            raise Unknown(_("没有这份报备。"))
        if not by.has("county.office"):
            raise NotYours(_("A岗报备由县政务办答复。"), rule="ORG-14")
        if filing.state != PostFiling.State.FILED:
            raise AlreadyDone(_("这份报备已经答复。"))
        if not answer.strip() and (not accept or filing.findings):
            raise Invalid({"answer": _("请写明理由：退回的原因，或者有问题仍然同意的原因。")})
        states = PostFiling.State
        filing.state = states.ACKNOWLEDGED if accept else states.RETURNED
        filing.answered_by_id, filing.answered_at = by.officer_id, by.at
        filing.answer = answer.strip()[:300]
        filing.save(update_fields=["state", "answered_by", "answered_at", "answer"])
        _record(by, Event.Subject.UNIT, filing.unit_id, "a_posts_answered", {"accept": accept})
        about = {"unit": filing.unit.name, "accept": accept}
        tell(heads_of({filing.unit_id}, by.at) | {filing.filed_by_id}, "a_posts", by.at, about)


def keep_group(
    *,
    by: Acting,
    station_id: int,
    name: str,
    contact: str,
    phone: str,
    group_id: int | None = None,
    active: bool = True,
) -> None:
    """A contact point (自然村、村民小组) of a village, with whom to ask there (ORG-01).

    Kept by the village's agent, the heads of its township's centre and the county office.
    Raises Unknown, NotYours or Invalid (name, contact).
    """
    with transaction.atomic():
        station = Unit.objects.filter(pk=station_id, kind=Unit.Kind.STATION).first()
        if station is None:
            raise Unknown(_("没有这个村级服务站。"))
        if not policy.may_keep_groups(by, station_id, units_over(station_id)):
            raise NotYours(_("联络点由本村代办员、镇里负责人或者县政务办登记。"))
        errors = {}
        if not name.strip():
            errors["name"] = _("请写联络点名称，例如“东头组”。")
        if not contact.strip():
            errors["contact"] = _("请写联系人。")
        if errors:
            raise Invalid(errors)
        row = Unit.objects.filter(
            pk=group_id or 0, kind=Unit.Kind.GROUP, parent=station
        ).first()
        if group_id is not None and row is None:
            raise Unknown(_("没有这个联络点。"))
        if row is None:
            number = Unit.objects.filter(parent=station, kind=Unit.Kind.GROUP).count() + 1
            row = Unit(
                key=f"group.{station.pk}.{number}",
                level=Level.VILLAGE,
                kind=Unit.Kind.GROUP,
                division=station.division,
                parent=station,
            )
        row.name, row.contact, row.phone = name.strip()[:80], contact.strip()[:60], phone[:30]
        row.active = active
        row.save()
        _record(by, Event.Subject.UNIT, row.pk, "group_kept", {"name": row.name})
    lookups.forget()


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in line.items()
    }


def _record(
    by: Acting, subject: str, subject_id: int, kind: str, payload: dict[str, Any]
) -> None:
    audit.record(
        subject=subject,
        subject_id=subject_id,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        acting_as=by.title[:120],
        payload=payload,
    )
