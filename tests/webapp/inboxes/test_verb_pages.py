"""Pages of the verbs under 更多: offered to whom they belong, nothing typed is lost, no script needed."""

from __future__ import annotations

import pytest

from tests.webapp.inboxes.conftest import Browser
from webapp.cases.models import Copy, Demand
from webapp.catalogue.models import VerbRule
from webapp.organisations import lookups

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(desk):
    return desk.open("MZ04")


@pytest.fixture
def leader(desk):
    return Browser(desk, desk.acting("xinan.centre", "township.leader"))


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_menu_offers_what_her_role_may_do(desk, case, window, leader):
    mine = text_of(window.get(f"/items/{desk.item(case).pk}/"))
    theirs = text_of(leader.get(f"/cases/{case.pk}/"))
    assert f"/cases/{case.pk}/ask/supervise/" not in mine
    assert f"/cases/{case.pk}/ask/supervise/" in theirs
    assert f"/items/{desk.item(case).pk}/snooze/" in mine
    assert "/snooze/" not in theirs
    VerbRule.objects.filter(pk="snooze").update(roles=["county.window"])
    lookups.forget()
    assert "/snooze/" not in text_of(window.get(f"/items/{desk.item(case).pk}/"))


def test_what_was_typed_stays_when_something_is_missing(case, leader):
    url = f"/cases/{case.pk}/ask/supervise/"
    answer = leader.post(url, {"text": "请说明为什么没办", "answer_by": ""})
    assert answer.status_code == 422
    assert "请说明为什么没办" in text_of(answer)
    assert "请选择答复的最后一天" in text_of(answer)
    assert not Demand.objects.exists()


def test_a_demand_is_seen_at_the_case_and_answered_from_there(desk, case, window, leader):
    url = f"/cases/{case.pk}/ask/supervise/"
    day = desk.at.date().isoformat()
    assert leader.post(url, {"text": "请说明进度", "answer_by": day}).status_code == 302
    one = Demand.objects.get()
    page = text_of(window.get(f"/items/{desk.item(case).pk}/"))
    link = f"/cases/{case.pk}/ask/answer_demand/?demand={one.pk}"
    assert "请说明进度" in page
    assert link in page
    assert "请说明进度" in text_of(window.get("/with-me/"))
    form = text_of(window.get(link))
    assert f'name="demand" value="{one.pk}"' in form
    window.post(link, {"demand": one.pk, "text": "今天办完"})
    assert "今天办完" in text_of(leader.get(f"/cases/{case.pk}/"))
    assert "没有要答复的督办" in text_of(window.get("/with-me/"))


def test_who_only_looks_is_told_who_may_copy(desk, case):
    inspector = Browser(desk, desk.acting("county_inspection", "inspection"))
    answer = inspector.post(
        f"/cases/{case.pk}/ask/copy/", {"to": "somebody", "text": "请了解"}, follow=True
    )
    assert answer.status_code == 409
    assert "手里有这件办件的人" in text_of(answer)
    assert not Copy.objects.exists()


def test_a_copy_can_be_taken_back_from_the_case(desk, case, window):
    reader = desk.acting("nangang.centre", "township.window")
    window.post(f"/cases/{case.pk}/ask/copy/", {"to": reader.name, "text": "她经办过"})
    there = Browser(desk, reader)
    assert "她经办过" in text_of(there.get("/with-me/"))
    assert there.get(f"/cases/{case.pk}/").status_code == 200
    one = Copy.objects.get()
    window.post(f"/cases/{case.pk}/copies/end/", {"copy": one.pk})
    assert there.get(f"/cases/{case.pk}/").status_code == 404
