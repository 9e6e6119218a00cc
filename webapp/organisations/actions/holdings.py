"""Who holds which post from when (DUTY-03, DUTY-06): in force at once, also for open items.

Work waits in pools, never with persons, so nothing else has to be rewritten when a holder
changes. Somebody who had the post keeps the days before and, when the new span has an end, the
days after it: so a temporary stand-in is a B with an end.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.core.errors import Invalid, NotYours, Unknown
from webapp.organisations import policy
from webapp.organisations.actions.absence import between
from webapp.organisations.models import Absence, Holding, Post
from webapp.organisations.notices import tell
from webapp.organisations.queries import Acting
from webapp.organisations.staff import units_over

A, B = Holding.Cover.A, Holding.Cover.B


def assign_holder(
    *,
    by: Acting,
    post_id: int,
    cover: str,
    officer_id: int,
    first: date,
    last: date | None = None,
) -> None:
    """Let an officer hold a post as A or B from `first` on, to `last` inclusive or without end.

    Raises Unknown, NotYours, or Invalid (by field: officer, first, last).
    """
    with transaction.atomic():
        post = _post(by, post_id, cover)
        officer = Officer.objects.filter(pk=officer_id, is_active=True).first()
        _check(by, post, cover, officer, first, last)
        assert officer is not None  # noqa: S101 - checked
        end = None if last is None else last + timedelta(days=1)
        before = _clear(post, cover, first, end)
        Holding.objects.create(
            post=post, officer=officer, cover=cover, during=DateRange(first, end)
        )
        about = _about(post, cover, first, last) | {"name": officer.name}
        _record(by, post, "holder_assigned", about)
        tell({officer.pk} - {by.officer_id}, "holder_assigned", by.at, about)
        tell(before - {officer.pk, by.officer_id}, "holder_replaced", by.at, about)


def vacate_post(*, by: Acting, post_id: int, cover: str, first: date) -> None:
    """Nobody holds the post in this capacity from `first` on. Raises Unknown, NotYours, Invalid."""
    with transaction.atomic():
        post = _post(by, post_id, cover)
        if first < timezone.localdate(by.at):
            raise Invalid({"first": _("起始日不能早于今天。")})
        before = _clear(post, cover, first, None)
        about = _about(post, cover, first, None) | {"name": ""}
        _record(by, post, "holder_vacated", about)
        tell(before - {by.officer_id}, "holder_replaced", by.at, about)


def _post(by: Acting, post_id: int, cover: str) -> Post:
    found = (
        Post.objects.select_for_update(of=("self",))
        .select_related("pool__unit", "pool__role")
        .filter(pk=post_id, active=True)
        .first()
    )
    if found is None or cover not in Holding.Cover.values:
        raise Unknown("没有这个岗位。")
    if not policy.may_assign(by, found.pool.role_id, cover, units_over(found.pool.unit_id)):
        raise NotYours("A岗由县政务办指定；B岗由县政务办或者本单位负责人指定。", rule="DUTY-03")
    return found


def _check(
    by: Acting,
    post: Post,
    cover: str,
    officer: Officer | None,
    first: date,
    last: date | None,
) -> None:
    errors: dict[str, str] = {}
    if officer is None:
        errors["officer"] = _("请选择人员。")
    elif officer.pk == by.officer_id:
        errors["officer"] = _("不能给自己派岗，请另一位同事办。")
    if first < timezone.localdate(by.at):
        errors["first"] = _("起始日不能早于今天。")
    if last is not None and last < first:
        errors["last"] = _("截止日不能早于起始日。")
    if officer is not None and not errors:
        errors |= _clashes(post, cover, officer, first, last)
    if errors:
        raise Invalid(errors)


def _clashes(
    post: Post, cover: str, officer: Officer, first: date, last: date | None
) -> dict[str, str]:
    """The same person as A and B, or a stand-in who is away herself."""
    end = None if last is None else last + timedelta(days=1)
    other = Holding.objects.filter(
        post=post, officer=officer, during__overlap=DateRange(first, end)
    ).exclude(cover=cover)
    if other.exists():
        return {"officer": _("A岗和B岗不能是同一个人。")}
    away = Absence.objects.filter(
        officer=officer, during__overlap=between(first, last or first)
    )
    if cover == B and away.exists():
        return {"officer": _("{name}这几天也不在岗，不能顶岗。").format(name=officer.name)}
    return {}


def _clear(post: Post, cover: str, first: date, end: date | None) -> set[int]:
    """Take the days from `first` to `end` from whoever has them; ids of those concerned."""
    concerned = set()
    rows = Holding.objects.select_for_update().filter(
        post=post, cover=cover, during__overlap=DateRange(first, end)
    )
    for row in list(rows):
        concerned.add(row.officer_id)
        lower, upper = row.during.lower, row.during.upper
        if lower < first:
            row.during = DateRange(lower, first)
            row.save(update_fields=["during"])
        else:
            row.delete()
        if end is not None and (upper is None or end < upper):
            Holding.objects.create(
                post=post, officer_id=row.officer_id, cover=cover, during=DateRange(end, upper)
            )
    return concerned


def _about(post: Post, cover: str, first: date, last: date | None) -> dict[str, Any]:
    return {
        "post": post.name,
        "unit": post.pool.unit.name,
        "cover": str(cover),
        "first": first.isoformat(),
        "last": last.isoformat() if last else "",
    }


def _record(by: Acting, post: Post, kind: str, payload: dict[str, Any]) -> None:
    audit.record(
        subject=Event.Subject.UNIT,
        subject_id=post.pool.unit_id,
        kind=kind,
        at=by.at,
        actor_id=by.officer_id,
        actor_name=by.name,
        acting_as=by.title[:120],
        payload=payload | {"post_id": post.pk},
    )
