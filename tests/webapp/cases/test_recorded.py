"""Once a result is recorded nothing undoes it, and the public status says so (flows: commands)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.reading import unsound
from tests.webapp.cases.test_commands import stop
from tests.webapp.cases.test_tolerance import tolerated
from webapp.cases import actions, policy
from webapp.core import db
from webapp.core.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(desk):
    return lambda: desk.acting("xinan.centre", "township.head_window")


def refused_all(desk, case, head) -> None:
    """No command is offered, and none is taken."""
    offered = (
        policy.can_withdraw(desk.window, case, ()),
        policy.can_suspend(head(), case),
        policy.can_propose_termination(desk.window, case, ()),
    )
    assert offered == (False, False, False)
    with pytest.raises(Refused, match="决定已经作出"):
        stop(desk, case, head())
    with db.pretended(desk.at), pytest.raises(Refused, match="决定已经作出"):
        actions.withdraw(case.pk, desk.window, "不办了")
    with db.pretended(desk.at), pytest.raises(Refused, match="决定已经作出"):
        actions.propose_termination(case.pk, desk.window, "不再符合条件", "办法第三条")


def expired(desk):
    """The tolerance has run out and the leader has ended the case; D25 is not served yet."""
    case, _keys = tolerated(desk)
    desk.run(case, until="Task_Review")
    desk.sweep("2026-03-11")
    desk.go_to("2026-03-11")
    desk.complete(desk.item(case, "Task_Overdue"), overdue_request="terminate")
    desk.complete(desk.item(case, "Task_DecideOverdue"), outcome="terminate")
    case.refresh_from_db()
    return case


def test_an_expired_tolerance_is_ended_before_the_paper_is_served(desk, head):
    """TOL-10: from the decision on the status says 已终止, and no command is taken."""
    case = expired(desk)
    assert (case.is_open, case.result, case.status) == (True, "expired", "TERMINATED")
    assert case.decided_at is not None
    assert case.commitments.get().state == "BROKEN"
    refused_all(desk, case, head)
    case = desk.run(case)
    assert (case.result, case.status) == ("expired", "CLOSED")
    assert unsound(case) == []


@pytest.mark.parametrize(
    ("outcome", "result", "status"),
    [
        ("not_required", "not_required", "NOT_REQUIRED"),
        ("not_competent", "not_accepted", "REFUSED_ACCEPTANCE"),
    ],
)
def test_what_is_not_accepted_is_not_suspended_any_more(desk, head, outcome, result, status):
    """DENY-01: confirmed and recorded, to be served."""
    case = desk.open("MZ04")
    desk.complete(desk.item(case), outcome=outcome)
    desk.complete(desk.item(case, "Task_Confirm"))
    case.refresh_from_db()
    assert (case.is_open, case.result, case.status) == (True, result, status)
    refused_all(desk, case, head)


def test_an_answer_is_the_result_once_it_has_been_told(desk, head):
    """PROC-12: approved, it may still go back; until the applicant has it she may withdraw."""
    case = desk.run(desk.open("XF01"), until="Task_Tell")
    assert (case.result, case.decided_at) == ("", None)
    assert policy.can_withdraw(desk.window, case, ())
    case = desk.run(case)
    assert (case.result, case.status, case.is_open) == ("answered", "CLOSED", False)
    assert case.decided_at is not None
