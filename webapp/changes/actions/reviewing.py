"""What the second person does, and how a change is undone by another one."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.changes import policy
from webapp.changes.actions.proposing import check_nothing_waits
from webapp.changes.actions.rows import check_base, lock, note
from webapp.changes.actions.taking_effect import put_in_force
from webapp.changes.kinds import kind_of
from webapp.changes.models import Change
from webapp.core.errors import Invalid, NotYours, Refused, Unknown
from webapp.organisations.queries import Acting

State = Change.State


def approve(change_id: int, by: Acting) -> Change:
    """Agree. In force now when its day is today or was not named, else on its day.

    Raises NotYours for the author and for somebody whom the change gives power, Overtaken when
    the value in force is another one by now, Invalid when a rule forbids it meanwhile.
    """
    today = timezone.localdate(by.at)
    with transaction.atomic():
        change = lock(change_id)
        kind = kind_of(change.kind)
        gaining = kind.gaining(change.before or {}, change.after or {})
        policy.check_review(by, change, gaining)
        kind.lock(change.subject)
        check_base(kind, change)
        check_nothing_waits(change)
        kind.check(change.subject, change.after or {}, today)
        change.state = State.APPROVED
        change.reviewer_id, change.reviewed_at = by.officer_id, by.at
        if change.effective_on is None and not kind.at_once:
            change.effective_on = today
        change.save()
        on = change.effective_on.isoformat() if change.effective_on else ""
        note(change, "change_approved", by, {"on": on})
        if change.effective_on is None or change.effective_on <= today:
            put_in_force(change, by.at, by)
    return change


def reject(change_id: int, by: Acting, why: str) -> Change:
    """Give a change back to its author with a reason; everything typed stays.

    Raises Invalid without a reason, NotYours, Refused.
    """
    if not why.strip():
        raise Invalid({"why": _("请写明退回的理由，提出人要照着改。")})
    with transaction.atomic():
        change = lock(change_id)
        policy.check_review(by, change, ())
        change.state, change.remark = State.REJECTED, why.strip()
        change.reviewer_id, change.reviewed_at = by.officer_id, by.at
        change.save(update_fields=["state", "remark", "reviewer", "reviewed_at"])
        note(change, "change_rejected", by, {"why": why.strip()[:500]})
    return change


def cancel(change_id: int, by: Acting, why: str) -> Change:
    """Call off an approved change before its day. Raises Invalid, NotYours, Refused."""
    if not why.strip():
        raise Invalid({"why": _("请写明为什么取消。")})
    with transaction.atomic():
        change = lock(change_id)
        if not policy.may_review(by):
            raise NotYours("取消改动要有县政务办或流程复核发布员的岗位。")
        if change.state != State.APPROVED:
            raise Refused("只有同意了、还没有生效的改动可以取消。")
        change.state, change.remark = State.CANCELLED, why.strip()
        change.save(update_fields=["state", "remark"])
        note(change, "change_cancelled", by, {"why": why.strip()[:500]})
    return change


def go_back(change_id: int, by: Acting, reason: str) -> Change:
    """Propose the values from before a change; a second person reviews them as any other.

    Raises Invalid without a reason, NotYours, Refused where there was no value before or the
    same values are in force already.
    """
    policy.check_propose(by)
    if not reason.strip():
        raise Invalid({"reason": _("请写明为什么退回原来的内容。")})
    undone = Change.objects.filter(pk=change_id, state=State.IN_FORCE).first()
    if undone is None:
        raise Unknown("没有这次改动。")
    kind = kind_of(undone.kind)
    if kind.creates or undone.before is None:
        raise Refused("这是新增，没有更早的内容可以退回。不再需要的请停用。")
    current = kind.current(undone.subject)
    if current == undone.before:
        raise Refused("现行的就是那时的内容，不用退回。")
    with transaction.atomic():
        kind.check(undone.subject, undone.before, timezone.localdate(by.at))
        change = Change.objects.create(
            kind=undone.kind,
            subject=undone.subject,
            subject_name=kind.subject_name(undone.subject)[:200],
            state=State.PROPOSED,
            before=current,
            after=undone.before,
            typed=kind.typed(undone.before),
            reason=reason.strip(),
            author_id=by.officer_id,
            undoes=undone,
            created_at=by.at,
            proposed_at=by.at,
        )
        check_nothing_waits(change)
        told = {"after": change.after, "undoes": undone.pk, "reason": change.reason}
        note(change, "change_proposed", by, told)
    return change
