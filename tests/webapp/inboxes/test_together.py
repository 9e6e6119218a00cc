"""Many at once: claimed, handed to one, or spread; each with its own rule and record."""

from __future__ import annotations

import pytest

from tests.webapp.inboxes.conftest import Browser
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(desk):
    return [desk.item(desk.open("ZR01")) for _ in range(4)]


def holders(items) -> list[int | None]:
    fresh = WorkItem.objects.in_bulk([item.pk for item in items])
    return [fresh[item.pk].claimed_by_id for item in items]


def body(items, **more):
    return {"item": [item.pk for item in items], "back": "/inbox/?view=unit", **more}


def test_what_is_ticked_is_signed_for_but_not_what_a_colleague_has(desk, window, four):
    actions.claim(four[0].pk, desk.mate)
    page = window.post("/together/", body(four, do="claim")).content.decode()
    me = desk.window.officer_id
    assert holders(four) == [desk.mate.officer_id, me, me, me]
    assert "3件办好了" in page
    assert desk.mate.name in page
    answer = window.post("/together/", body(four[1:], do="claim"))
    assert answer.url == "/inbox/?view=unit"


def test_a_leader_hands_over_in_bulk_with_one_reason_and_a_record_each(desk, four):
    for item in four[:2]:
        actions.claim(item.pk, desk.window)
    leader = Browser(desk, desk.acting("xinan.centre", "township.leader"))
    asked = leader.post("/together/", body(four, do="choose"))
    assert desk.mate.name in asked.content.decode()
    wrong = leader.post("/together/", body(four, do="hand", to=str(desk.mate.officer_id)))
    assert wrong.status_code == 422
    assert "请写明为什么转办" in wrong.content.decode()
    assert holders(four)[2:] == [None, None]
    done = leader.post(
        "/together/", body(four, do="hand", to=str(desk.mate.officer_id), reason="分担")
    )
    assert "4件办好了" in done.content.decode()
    assert set(holders(four)) == {desk.mate.officer_id}
    events = Event.objects.filter(kind="reassigned")
    assert events.count() == 4
    assert {event.payload["reason"] for event in events} == {"分担"}


def test_spreading_gives_each_to_whoever_has_least(desk, four):
    """The loads differ by one at most afterwards, as long as everybody may have everything."""
    for item in four:
        actions.claim(item.pk, desk.window)
    leader = Browser(desk, desk.acting("xinan.centre", "township.leader"))
    leader.post("/together/", body(four, do="hand", to="balance", reason="分担"))
    now = holders(four)
    assert None not in now
    assert desk.window.officer_id not in now  # everybody else had nothing
    loads = [now.count(one) for one in set(now)]
    assert max(loads) - min(loads) <= 1


def test_a_stranger_and_nothing_ticked(desk, stranger, window, four):
    assert stranger.post("/together/", body(four, do="claim")).status_code == 404
    page = window.post("/together/", {"do": "claim", "back": "//evil.example"}, follow=True)
    assert "还没有选办件" in page.content.decode()
    assert page.redirect_chain == [("/inbox/", 302)]
