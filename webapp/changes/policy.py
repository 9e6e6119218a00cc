"""Who may change parameters: pure predicates over the posts held (four eyes)."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from webapp.changes.models import Change
from webapp.core.errors import NotYours, Refused
from webapp.organisations.queries import Acting

OFFICE, PUBLISHER = "county.office", "county.publisher"
READERS = frozenset({OFFICE, PUBLISHER, "inspection", "oversight"})
State = Change.State


def may_read(by: Acting) -> bool:
    """May see parameters and their changes: county office, reviewers, those who inspect."""
    return bool(by.roles & READERS)


def may_propose(by: Acting) -> bool:
    """May propose changes (县政务办)."""
    return by.has(OFFICE)


def may_review(by: Acting) -> bool:
    """May review what somebody else proposed: the county office, and 流程复核发布员."""
    return by.has(OFFICE) or by.has(PUBLISHER)


def can_edit(by: Acting, change: Change) -> bool:
    """A change that is not with the reviewer is its author's to mend."""
    return (
        may_propose(by)
        and change.author_id == by.officer_id
        and change.state in {State.DRAFT, State.REJECTED}
    )


def can_withdraw(by: Acting, change: Change) -> bool:
    """Its author takes it back until it is approved."""
    return change.author_id == by.officer_id and change.state in {
        State.DRAFT,
        State.REJECTED,
        State.PROPOSED,
    }


def can_review(by: Acting, change: Change, gaining: Collection[str]) -> bool:
    """A second person, whom the change gives no power."""
    return (
        may_review(by)
        and change.state == State.PROPOSED
        and by.officer_id != change.author_id
        and not by.roles & set(gaining)
    )


def can_cancel(by: Acting, change: Change) -> bool:
    """An approved change can be called off until its day, by everybody who proposes or reviews."""
    return may_review(by) and change.state == State.APPROVED


def check_propose(by: Acting) -> None:
    """Raises NotYours."""
    if not may_propose(by):
        raise NotYours("改参数要有县政务办的岗位。")


def check_edit(by: Acting, change: Change) -> None:
    """Raises NotYours, or Refused for a change that is no longer open."""
    check_propose(by)
    if change.author_id != by.officer_id:
        raise NotYours("这份改动由提出人修改。您可以另提一份。")
    if change.state not in {State.DRAFT, State.REJECTED}:
        raise Refused(_("这份改动{state}，不能再改。").format(state=state_name(change.state)))


def check_review(by: Acting, change: Change, gaining: Collection[str]) -> None:
    """Raises NotYours or Refused."""
    if not may_review(by):
        raise NotYours("复核参数改动要有县政务办或流程复核发布员的岗位。")
    if by.officer_id == change.author_id:
        raise NotYours("提出人不能复核自己的改动，请另一位复核。")
    if change.state != State.PROPOSED:
        raise Refused(
            _("这份改动{state}，不在等待复核。").format(state=state_name(change.state))
        )
    own = next((held for held in by.held if held.role in gaining), None)
    if own is not None:
        raise NotYours(
            _("这份改动扩大“{role}”的权限，您有这个岗位，不能复核，请另一位复核。").format(
                role=own.role_name
            )
        )


def state_name(state: str) -> str:
    """The state of a change in words."""
    return {
        State.DRAFT: _("还没有提交"),
        State.PROPOSED: _("正在等复核"),
        State.REJECTED: _("已经退回"),
        State.APPROVED: _("已经同意、等生效日期"),
        State.IN_FORCE: _("已经生效"),
        State.WITHDRAWN: _("已经撤回"),
        State.CANCELLED: _("已经取消"),
    }[State(state)]
