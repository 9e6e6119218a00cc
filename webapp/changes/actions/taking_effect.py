"""The day of a change: what was approved comes into force, also when no worker runs.

The sweep of the workers calls `take_effect` each minute; whoever is about to open a case calls
it too, so that what is in force is decided by the date and not by a queue.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from webapp.changes.actions.rows import check_base, lock, note
from webapp.changes.kinds import kind_of
from webapp.changes.models import Change
from webapp.core.errors import Refused
from webapp.organisations.queries import Acting

State = Change.State


def put_in_force(change: Change, at: datetime, by: Acting | None) -> None:
    """Apply a locked, approved change. Raises Refused; then nothing has changed."""
    kind = kind_of(change.kind)
    today = timezone.localdate(at)
    kind.lock(change.subject)
    check_base(kind, change)
    kind.check(change.subject, change.after or {}, today)
    change.state, change.in_force_at = State.IN_FORCE, at
    kind.apply(change, today)
    change.save(update_fields=["state", "in_force_at"])
    told = {"before": change.before, "after": change.after}
    note(change, "change_in_force", by, told, at=at)


def take_effect(at: datetime) -> int:
    """Put in force what was approved for today or earlier; how many changes.

    One statement when nothing is due. One that cannot be applied goes back to its author with
    the reason; the others go on.
    """
    due = Change.objects.filter(
        state=State.APPROVED, effective_on__lte=timezone.localdate(at)
    ).order_by("effective_on", "pk")
    return sum(_take_effect(pk, at) for pk in due.values_list("pk", flat=True))


def _take_effect(change_id: int, at: datetime) -> bool:
    try:
        with transaction.atomic():
            change = lock(change_id)
            if change.state != State.APPROVED:
                return False  # somebody else was quicker
            put_in_force(change, at, None)
    except Refused as refusal:
        with transaction.atomic():
            change = lock(change_id)
            if change.state != State.APPROVED:
                return False
            change.state, change.remark = State.REJECTED, refusal.sentence
            change.save(update_fields=["state", "remark"])
            note(change, "change_not_in_force", None, {"why": refusal.sentence[:500]}, at=at)
        return False
    return True
