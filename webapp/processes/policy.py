"""Who may change processes: pure predicates over the posts held (design: a designer must not
draw himself power)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.core.errors import NotYours, Refused
from webapp.organisations.queries import Acting
from webapp.processes.models import Draft, DraftRemark

DESIGNER, PUBLISHER = "county.designer", "county.publisher"
READERS = frozenset({DESIGNER, PUBLISHER, "county.office", "inspection", "oversight"})


def may_read(by: Acting) -> bool:
    """May see the library and its drafts."""
    return bool(by.roles & READERS)


def may_design(by: Acting) -> bool:
    """May begin and edit drafts (流程设计员)."""
    return by.has(DESIGNER)


def may_publish(by: Acting) -> bool:
    """May review what somebody else has drawn, and put it in force (流程复核发布员)."""
    return by.has(PUBLISHER)


def can_edit(by: Acting, draft: Draft) -> bool:
    """A draft that is not with the reviewer is open to every designer."""
    return may_design(by) and draft.state == Draft.State.EDITING


def can_review(by: Acting, draft: Draft) -> bool:
    """The reviewer is never the author (four eyes)."""
    return (
        may_publish(by)
        and draft.state == Draft.State.SUBMITTED
        and by.officer_id != draft.author_id
    )


def can_put_in_force(by: Acting, draft: Draft) -> bool:
    """An approved draft is published by whoever may publish; by its author neither here."""
    return (
        may_publish(by)
        and draft.state == Draft.State.APPROVED
        and by.officer_id != draft.author_id
    )


def may_try(by: Acting) -> bool:
    """May play a draft (试走): those who draw, and those who review."""
    return may_design(by) or may_publish(by)


def check_can_try(by: Acting, draft: Draft) -> None:
    """Raises NotYours, or Refused for a draft that is published or given up."""
    if not may_try(by):
        raise NotYours("试走草案要有流程设计员或者复核发布员的岗位。")
    if draft.state in {Draft.State.PUBLISHED, Draft.State.DISCARDED}:
        raise Refused(_("这份草案{state}，不能再试走。").format(state=state_name(draft.state)))


def can_settle(by: Acting, draft: Draft, remark: DraftRemark) -> bool:
    """Whoever made a remark, or whoever may review the draft; never its author alone."""
    reviews = may_publish(by) and by.officer_id != draft.author_id
    return reviews or remark.by_id == by.officer_id


def check_can_edit(by: Acting, draft: Draft) -> None:
    """Raises NotYours, or Refused for a draft that is no longer open."""
    if not may_design(by):
        raise NotYours("修改流程要有流程设计员的岗位。")
    if draft.state != Draft.State.EDITING:
        raise Refused(
            _("这份草案{state}，不能修改。要改请先由复核人退回，或者另起一份草案。").format(
                state=state_name(draft.state)
            )
        )


def check_can_review(by: Acting, draft: Draft) -> None:
    """Raises NotYours or Refused."""
    if not may_publish(by):
        raise NotYours("复核和发布要有流程复核发布员的岗位。")
    if by.officer_id == draft.author_id:
        raise NotYours("起草人不能复核自己的草案，请另一位复核发布员办理。")
    if draft.state != Draft.State.SUBMITTED:
        raise Refused(
            _("这份草案{state}，不在等待复核。").format(state=state_name(draft.state))
        )


def check_can_put_in_force(by: Acting, draft: Draft) -> None:
    """Raises NotYours or Refused."""
    if not may_publish(by):
        raise NotYours("复核和发布要有流程复核发布员的岗位。")
    if by.officer_id == draft.author_id:
        raise NotYours("起草人不能发布自己的草案，请另一位复核发布员办理。")
    if draft.state != Draft.State.APPROVED:
        raise Refused(_("这份草案{state}，还不能发布。").format(state=state_name(draft.state)))


def state_name(state: str) -> str:
    """The state of a draft in words."""
    return {
        Draft.State.EDITING: _("正在修改"),
        Draft.State.SUBMITTED: _("正在等复核"),
        Draft.State.APPROVED: _("已经复核同意"),
        Draft.State.PUBLISHED: _("已经发布"),
        Draft.State.DISCARDED: _("已经作废"),
    }[Draft.State(state)]
