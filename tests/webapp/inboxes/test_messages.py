"""The page of messages, and the page where each person says how she wants to be told."""

from __future__ import annotations

import pytest

from webapp.accounts.models import Officer, Reach
from webapp.audit.models import Event
from webapp.organisations import notices

pytestmark = pytest.mark.django_db


def test_the_bell_counts_until_she_has_seen(desk, window):
    me = desk.window.officer_id
    for text in ("第一条", "第二条"):
        notices.tell({me}, "plain", desk.at, {"text": text})
    page = window.get("/messages/")
    assert [one.sentence for one in page.context["told"]] == ["第二条", "第一条"]
    assert page.context["unseen"] == 2
    first = page.context["told"][1].id
    window.post("/messages/seen/", {"one": str(first)})
    page = window.get("/messages/")
    assert [one.seen for one in page.context["told"]] == [False, True]
    window.post("/messages/seen/", {})
    assert window.get("/messages/").context["unseen"] == 0


def test_nobody_reads_or_ticks_off_messages_of_others(desk, window, stranger):
    notices.tell({desk.window.officer_id}, "plain", desk.at, {"text": "给窗口的"})
    mine = notices.told(desk.window.officer_id)[0].id
    assert "给窗口的" not in stranger.get("/messages/").content.decode()
    stranger.post("/messages/seen/", {"one": str(mine)})
    assert notices.unseen(desk.window.officer_id) == 1


def test_she_chooses_channels_and_the_record_holds_no_address(desk, window):
    body = {
        "mail": "clerk@example.cn", "by_mail": "on", "by_sms": "on", "phone": "13800000000",
        "quiet_from": "18:00", "quiet_until": "08:00",
    }  # fmt: skip
    assert window.post("/messages/reach/", body).status_code == 302
    reach = Reach.objects.get(officer=desk.window.officer_id)
    assert (reach.mail, reach.by_mail, reach.by_sms, reach.digest) == (
        "clerk@example.cn", True, True, False,
    )  # fmt: skip
    assert Officer.objects.get(pk=reach.pk).phone == "13800000000"
    event = Event.objects.get(kind="reach_changed")
    assert event.payload == {"channels": ["by_mail", "by_sms"]}
    page = window.get("/messages/reach/").content.decode()
    assert "clerk@example.cn" in page
    assert "还没有接通邮件" in page


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"by_mail": "on"}, "要发邮件，请填写邮箱"),
        ({"by_sms": "on"}, "要发短信，请填写手机号"),
        ({"mail": "nobody"}, "邮箱不对"),
        ({"phone": "12"}, "请填11位手机号"),
        ({"quiet_from": "晚上"}, "请写成18:00这样的时间"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_kept(window, body, told):
    answer = window.post(
        "/messages/reach/", {"quiet_from": "18:00", "quiet_until": "08:00"} | body
    )
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Reach.objects.exists()
