"""Mend what the hourly check found wrong with a case, where mending is safe (design: data).

Two repairs change no meaning: a command or signal that failed too often gets another round (it
bears being done twice), and dates are derived again from the entries of the clocks, which are
the truth. Everything else that the check may find needs a person who looks at the case.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.recount_clocks import recount
from webapp.cases.noting import changes_of, note
from webapp.cases.state import CaseState
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Refused
from webapp.core.jobs import Job, enqueue
from webapp.core.models import OutboxMessage
from webapp.organisations.queries import Acting


def repair_case(case_id: int, by: Acting, how: str) -> int:
    """Repair `how` (requeue or recount); gives how many messages or dates it was about.

    For the county office. Raises Unknown, AlreadyDone (nothing to mend) or Refused.
    """
    pool_id = policy.check_can_repair(by)
    return transaction_with_retry(lambda: _repair(case_id, by, pool_id, how))


def _repair(case_id: int, by: Acting, pool_id: int, how: str) -> int:
    state = lock_case(case_id)
    if how == "requeue":
        return _requeue(state, by, pool_id)
    if how == "recount":
        return _recount(state, by, pool_id)
    raise Refused(_("没有这种修复办法。请从页面上列出的办法里选。"))


def dead_messages_of(case_id: int) -> Q:
    """Messages about a case that wait for a person."""
    return Q(dead_at__isnull=False) & Q(payload__case=case_id)


def _requeue(state: CaseState, by: Acting, pool_id: int) -> int:
    dead = OutboxMessage.objects.select_for_update().filter(dead_messages_of(state.id))
    ids = sorted(dead.values_list("pk", flat=True))
    if not ids:
        raise AlreadyDone(_("这件办件没有停下的指令，不用再修。"))
    OutboxMessage.objects.filter(pk__in=ids).update(dead_at=None, leased_until=None, attempts=0)
    actor = actor_of(by, pool_id)
    payload = {"repair": "requeue", "messages": ids}
    note(state, changes_of(state), actor, "repaired", payload)
    enqueue(Job.DELIVER_OUTBOX)
    return len(ids)


def _recount(state: CaseState, by: Acting, pool_id: int) -> int:
    if not recount(state):
        raise AlreadyDone(_("这件办件的日期和时限账一致，不用再修。"))
    state = lock_case(state.id)
    payload = {"repair": "recount", "messages": []}
    note(state, changes_of(state), actor_of(by, pool_id), "repaired", payload)
    return 1
