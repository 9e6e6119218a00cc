"""Put a work item into the hands of a colleague of the same post, with a reason (转办)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.colleagues import already_done
from webapp.cases.actions.complete import performed_by
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.step import item_row
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_by_item
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused
from webapp.organisations.queries import Acting, acting


def reassign(item_id: int, by: Acting, to_officer_id: int, reason: str) -> str:
    """Give an open item to somebody who acts for its post now; gives her name.

    The person who has it, anybody of the post while nobody has it, or the heads of its window
    and of the organ with the power. Papers are signed for by the person who gets it, when she
    claims or completes. Raises Unknown, NotYours, AlreadyDone, Invalid or Refused.
    """
    return transaction_with_retry(lambda: _reassign(item_id, by, to_officer_id, reason.strip()))


def _reassign(item_id: int, by: Acting, to_officer_id: int, reason: str) -> str:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    pool = policy.check_can_reassign(by, item, state)
    to = acting(to_officer_id, state.at)
    errors = {}
    if not to.holds(item.pool_id):
        errors["to"] = _("请选一位现在在这个岗位的同事。")
    if not reason:
        errors["reason"] = _("请写明为什么转办。")
    if errors:
        raise Invalid(errors)
    if item.claimed_by == to_officer_id:
        raise AlreadyDone(_("这件待办已经在{name}手里。").format(name=to.name))
    try:
        policy.check_separate(to, performed_by(state, item), item.pool_id)
    except NotYours as theirs:
        raise Refused(
            _("不能转给{name}：这件申请的前一环节是{name}办的（不相容岗位分开）。").format(
                name=to.name
            ),
            rule="DENY-02",
        ) from theirs
    changes = changes_of(state)
    row = item_row(item)
    row.claimed_by_id, row.claimed_at = to.officer_id, state.at
    changes.items.append(row)
    if len(state.items) == 1 or state.holder_officer_id == item.claimed_by:
        changes.case.holder_officer_id = to.officer_id
    payload = {"item": item.id, "step": item.name, "to": to.officer_id, "to_name": to.name}
    note(state, changes, actor_of(by, pool), "reassigned", {**payload, "reason": reason})
    return to.name
