"""Sentences that name the colleague who was quicker, with a way to reach her."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.cases.models import WorkItem
from webapp.cases.state import CaseState
from webapp.core.errors import AlreadyDone, Refused, Unknown
from webapp.organisations.queries import Acting
from workflows.calendars import CHINA


def reachable(officer_id: int) -> str:
    """“李静(电话88021234)”, or the name alone."""
    found = Officer.objects.filter(pk=officer_id).values_list("name", "phone").first()
    if found is None:
        return _("一位同事")
    name, phone = found
    return _("{name}(电话{phone})").format(name=name, phone=phone) if phone else name


def taken_by(officer_id: int) -> AlreadyDone:
    """Somebody has claimed the item."""
    return AlreadyDone(
        _("这件待办已由{who}签收。需要您来办，请让对方退回或者转办。").format(
            who=reachable(officer_id)
        )
    )


def already_done(state: CaseState, item_id: int, by: Acting) -> Refused:
    """Why an item is not open any more; unknown to people who have nothing to do with it."""
    done = state.done_item(item_id)
    if done is not None and by.holds(done.pool_id):
        at = clock_text(done.at)
        if done.by == by.officer_id:
            return AlreadyDone(
                _("“{step}”您已在{at}办完，不用再办。").format(step=done.name, at=at)
            )
        return AlreadyDone(
            _("“{step}”已由{who}在{at}办完，不用再办。").format(
                step=done.name, who=reachable(done.by), at=at
            )
        )
    if done is None and _was_mine(item_id, by):
        return AlreadyDone("这件待办已经取消，不用再办。办件的经过里写明了原因。")
    return Unknown("没有这件待办。")


def _was_mine(item_id: int, by: Acting) -> bool:
    return WorkItem.objects.filter(pk=item_id, pool_id__in=by.pool_ids).exists()


def clock_text(at: datetime) -> str:
    """11月24日9时05分, Chinese time."""
    local = at.astimezone(CHINA)
    return date_format(local, _("n月j日G时i分"))
