"""Leave an item out of one's own list until a day (稍后处理), never past its deadline.

Only her own list changes: colleagues of the post see the item, every clock goes on.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.colleagues import already_done
from webapp.cases.models import Snooze
from webapp.cases.noting import changes_of, note
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_by_item
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid
from webapp.organisations.queries import Acting
from workflows.calendars import local_day


def snooze(item_id: int, by: Acting, until: date | None) -> None:
    """Hide it before `until`: after today and not after its due day. Raises as `claim` does."""
    transaction_with_retry(lambda: _snooze(item_id, by, until))


def _snooze(item_id: int, by: Acting, until: date | None) -> None:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    policy.check_can_see_item(by, item)
    policy.check_verb(by, "snooze", item.pool_id)
    today = local_day(state.at)
    if until is None or until <= today:
        raise Invalid({"until": _("请选择明天或者以后的一天。")})
    if item.due_at is not None and until > local_day(item.due_at):
        words = _("不能晚于这一环节到期的{day}。")
        raise Invalid({"until": words.format(day=local_day(item.due_at).isoformat())})
    Snooze.objects.update_or_create(
        item_id=item_id, officer_id=by.officer_id, defaults={"until": until}
    )
    payload = {"item": item.id, "step": item.name, "until": until.isoformat()}
    note(state, changes_of(state), actor_of(by, item.pool_id), "snoozed", payload)


def wake(item_id: int, by: Acting) -> None:
    """Have it in her list again at once. Raises Unknown; again changes nothing."""
    transaction_with_retry(lambda: _wake(item_id, by))


def _wake(item_id: int, by: Acting) -> None:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    policy.check_can_see_item(by, item)
    gone, _rows = Snooze.objects.filter(item=item_id, officer=by.officer_id).delete()
    if gone:
        payload = {"item": item.id, "step": item.name}
        note(state, changes_of(state), actor_of(by, item.pool_id), "woken", payload)
