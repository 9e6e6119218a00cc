"""What the author does: type, keep, propose, take back. Nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.changes import policy
from webapp.changes.actions.rows import Overtaken, check_base, checked, lock, note
from webapp.changes.kinds import Kind, kind_of
from webapp.changes.models import Change
from webapp.core.errors import Invalid, NotYours, Refused
from webapp.organisations.queries import Acting

State = Change.State


def begin(kind_key: str, subject: str, by: Acting) -> Change:
    """Begin a change from the value in force. Raises NotYours, Unknown."""
    policy.check_propose(by)
    kind = kind_of(kind_key)
    current = kind.current(subject)
    with transaction.atomic():
        change = Change.objects.create(
            kind=kind.key,
            subject=subject,
            subject_name=kind.subject_name(subject)[:200],
            before=current,
            typed=kind.typed(current),
            author_id=by.officer_id,
            created_at=by.at,
        )
        note(change, "change_begun", by, {})
    return change


def save(
    change_id: int,
    by: Acting,
    typed: Mapping[str, Any],
    *,
    reason: str,
    effective_on: date | None,
    seen: int,
) -> Change:
    """Keep what was typed, right or wrong; `seen` is the save that the writer had before her.

    What is right has a value at once, so that its meaning can be shown before it is proposed.
    Raises Unknown, NotYours, Refused, or Overtaken when another window has saved since.
    """
    with transaction.atomic():
        change = lock(change_id)
        policy.check_edit(by, change)
        if change.version != seen:
            raise Overtaken(
                _(
                    "这份改动在另一个窗口保存过，这一页的内容没有覆盖它。请把要紧的抄下来，再打开最新的一稿。"
                )
            )
        change.typed, change.reason = dict(typed), reason.strip()
        change.effective_on = None if kind_of(change.kind).at_once else effective_on
        change.after = _value_or_none(change, timezone.localdate(by.at))
        change.version += 1
        change.save(update_fields=["typed", "reason", "effective_on", "after", "version"])
    return change


def _value_or_none(change: Change, today: date) -> dict[str, Any] | None:
    kind = kind_of(change.kind)
    try:
        return checked(kind, change.subject, change.typed, change.before or {}, today)
    except Invalid:
        return None


def propose(change_id: int, by: Acting) -> Change:
    """Hand what is kept to a second person.

    Raises Invalid with every error at its field, Overtaken when the value in force is another
    one by now, Refused when nothing is changed or a change of the same waits for its day.
    """
    today = timezone.localdate(by.at)
    with transaction.atomic():
        change = lock(change_id)
        policy.check_edit(by, change)
        kind = kind_of(change.kind)
        change.after = _wanted(kind, change, today)
        change.subject = kind.subject_of(change.subject, change.after)
        check_base(kind, change)
        check_nothing_waits(change)
        change.state, change.proposed_at = State.PROPOSED, by.at
        change.reviewer, change.reviewed_at, change.remark = None, None, ""
        change.subject_name = kind.subject_name(change.subject)[:200]
        change.save()
        told = {"after": change.after, "reason": change.reason, "on": _day(change)}
        note(change, "change_proposed", by, told)
    return change


def _wanted(kind: Kind, change: Change, today: date) -> dict[str, Any]:
    """The value typed. Raises Invalid with what is wrong in the fields and beside them."""
    errors: dict[str, str] = {}
    value = None
    try:
        value = checked(kind, change.subject, change.typed, change.before or {}, today)
    except Invalid as wrong:
        errors |= wrong.errors
    if not change.reason:
        errors["reason"] = _("请写明为什么改，生效以后一直可以查到。")
    if change.effective_on is not None and change.effective_on < today:
        errors["effective_on"] = _("生效日期已经过去，请写今天或者以后的日期。")
    if errors or value is None:
        raise Invalid(errors)
    if value == change.before and not kind.creates:
        raise Refused("没有改动任何内容。")
    return value


def check_nothing_waits(change: Change) -> None:
    """One change of the same thing waits for its day at most. Raises Refused."""
    waiting = Change.objects.filter(
        kind=change.kind, subject=change.subject, state=State.APPROVED
    ).first()
    if waiting is not None:
        raise Refused(
            _(
                "这一项已经有一份同意了的改动（第{n}号），{on}生效。请等它生效，或者先取消它。"
            ).format(n=waiting.pk, on=_day(waiting))
        )


def compare_anew(change_id: int, by: Acting) -> Change:
    """Start from what is in force now; what was typed stays. Raises NotYours, Refused."""
    with transaction.atomic():
        change = lock(change_id)
        policy.check_edit(by, change)
        change.before = kind_of(change.kind).current(change.subject)
        change.version += 1
        change.save(update_fields=["before", "version"])
        note(change, "change_compared_anew", by, {})
    return change


def withdraw(change_id: int, by: Acting) -> Change:
    """Give the change up, or take it back from the reviewer for good. Raises NotYours, Refused."""
    with transaction.atomic():
        change = lock(change_id)
        if change.author_id != by.officer_id:
            raise NotYours("这份改动只有提出人可以撤回。")
        if not policy.can_withdraw(by, change):
            raise Refused(
                _("这份改动{state}，不能撤回。").format(state=policy.state_name(change.state))
            )
        change.state = State.WITHDRAWN
        change.save(update_fields=["state"])
        note(change, "change_withdrawn", by, {})
    return change


def _day(change: Change) -> str:
    return change.effective_on.isoformat() if change.effective_on else ""
