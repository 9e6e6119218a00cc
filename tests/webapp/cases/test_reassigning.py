"""转办: to somebody of the same post, with a reason, and never around the separation of duties."""

from __future__ import annotations

import pytest

from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.models import Case, WorkItem
from webapp.cases.queries import open_items_of_people
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused
from webapp.organisations.queries import acting, people_on_duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(desk):
    case = desk.open("MZ04", desk.window)
    return WorkItem.objects.get(case=case, element="Task_Examine")


@pytest.fixture
def colleague(desk, item):
    """Another person who is on duty in the same pool."""
    others = [pk for pk, _name in people_on_duty(item.pool_id, desk.at)]
    other = next(pk for pk in others if pk != desk.window.officer_id)
    return acting(other, desk.at)


def reassign(desk, item, by, to, reason="柜台人多，分担"):
    with db.pretended(desk.at):
        return actions.reassign(item.pk, by, to.officer_id, reason)


def test_it_goes_to_the_colleague_with_its_deadline_and_a_record(desk, item, colleague):
    with db.pretended(desk.at):
        actions.claim(item.pk, desk.window)
    due = WorkItem.objects.get(pk=item.pk).due_at
    assert reassign(desk, item, desk.window, colleague) == colleague.name
    after = WorkItem.objects.get(pk=item.pk)
    assert (after.claimed_by_id, after.due_at) == (colleague.officer_id, due)
    assert Case.objects.get(pk=item.case_id).holder_officer_id == colleague.officer_id
    event = Event.objects.get(subject="case", subject_id=item.case_id, kind="reassigned")
    assert event.payload["reason"] == "柜台人多，分担"
    assert open_items_of_people([colleague.officer_id]) == {colleague.officer_id: 1}
    with db.pretended(desk.at), pytest.raises(AlreadyDone):
        actions.claim(item.pk, desk.window)


def test_a_colleague_does_not_take_it_away_but_the_heads_may(desk, item, colleague):
    with db.pretended(desk.at):
        actions.claim(item.pk, desk.window)
    with pytest.raises(NotYours):
        reassign(desk, item, colleague, colleague)
    head = desk.acting("xinan.centre", "township.head_window")
    assert reassign(desk, item, head, colleague) == colleague.name
    with pytest.raises(AlreadyDone):
        reassign(desk, item, head, colleague)


def test_what_was_typed_wrong_is_told_at_its_field(desk, item, colleague):
    stranger = desk.acting("nangang.centre", "township.window")
    with pytest.raises(Invalid) as wrong:
        reassign(desk, item, desk.window, stranger, reason="  ")
    assert set(wrong.value.errors) == {"to", "reason"}
    assert WorkItem.objects.get(pk=item.pk).claimed_by_id is None


def test_separation_of_duties_is_not_gone_around(desk, item):
    """DENY-02: who proposed a refusal does not get its confirmation by 转办."""
    case = item.case
    desk.run(case, "Task_Confirm", Task_Examine={"outcome": "not_required"})
    confirm = desk.item(case, "Task_Confirm")
    proposer = WorkItem.objects.get(pk=item.pk).closed_by_id
    to = acting(proposer, desk.at)
    if not to.holds(confirm.pool_id):
        from webapp.organisations.models import Holding, Post

        post = Post.objects.filter(pool=confirm.pool_id).first()
        Holding.objects.filter(post=post, cover="A").update(officer=proposer)
        to = acting(proposer, desk.at)
    head = desk.acting("xinan.centre", "township.leader")
    with pytest.raises(Refused, match="不相容"):
        reassign(desk, confirm, head, to)
    assert WorkItem.objects.get(pk=confirm.pk).claimed_by_id is None
