"""Messages besides the page: through a real mail server and a real HTTP gateway, each once."""

from __future__ import annotations

import email
import json
import socketserver
import threading
from datetime import datetime, time, timedelta
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from webapp.accounts.models import Officer, Reach
from webapp.core import db, outbox
from webapp.core.models import OutboxMessage
from webapp.core.sending import NotTaken, send
from webapp.inboxes.digest import order_digests
from webapp.organisations import notices, reaching
from webapp.organisations.models import Delivery, Notice

pytestmark = pytest.mark.django_db


class _Smtp(socketserver.StreamRequestHandler):
    """As much of SMTP as a client speaks to hand over one mail."""

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                lines = []
                while (one := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(one)
                self.server.mails.append(email.message_from_bytes(b"".join(lines)))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            elif verb in {"EHLO", "HELO"}:
                self._say("250 sink")
            else:
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Gateway(BaseHTTPRequestHandler):
    """Takes text messages as JSON; answers what the test wants."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.append((self.headers.get("Idempotency-Key"), body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def _running(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def mail():
    """A mail server on this machine; `mails` is what it has taken."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp)
    server.mails = []
    yield _running(server)
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway():
    """A gateway of text messages."""
    server = HTTPServer(("127.0.0.1", 0), _Gateway)
    server.taken, server.answer = [], 200
    yield _running(server)
    server.shutdown()
    server.server_close()


@pytest.fixture
def channels(settings, mail, gateway):
    """Both channels are set up."""
    settings.NOTIFY = {
        "mail": f"mailto://127.0.0.1:{mail.server_address[1]}?from=bm@example.cn&mode=insecure",
        "sms": f"json://127.0.0.1:{gateway.server_address[1]}/sms",
    }


@pytest.fixture
def officer() -> Officer:
    """Somebody who wants both, at any hour."""
    one = Officer.objects.create_officer("reached", "张敏", None)
    one.phone = "13800000000"
    one.save(update_fields=["phone"])
    Reach.objects.create(
        officer=one, mail="zm@example.cn", by_mail=True, by_sms=True,
        quiet_from=time(0), quiet_until=time(0),
    )  # fmt: skip
    return one


def told(officer, text="请看新的值班表") -> Notice:
    notices.tell({officer.pk}, "plain", db.now(), {"text": text})
    return Notice.objects.latest("id")


def text_of(one) -> str:
    part = next(p for p in one.walk() if p.get_content_type() == "text/plain")
    return part.get_payload(decode=True).decode()


def test_a_notice_goes_by_mail_and_text_message_once_each(officer, channels, mail, gateway):
    """At least once, and not twice: the key of notice and channel is marked when it is taken."""
    notice = told(officer)
    assert outbox.deliver() == 1
    (one,) = mail.mails
    assert one["To"].endswith("zm@example.cn") or "zm@example.cn" in one["To"]
    assert "请看新的值班表" in text_of(one)
    assert "请看新的值班表" in str(make_header(decode_header(one["Subject"])))
    ((key, body),) = gateway.taken
    assert key == f"notice:{notice.pk}:sms"
    assert body["phone"] == "13800000000"
    assert body["message"] == "请看新的值班表"
    assert {d.key for d in Delivery.objects.exclude(sent_at=None)} == {
        f"notice:{notice.pk}:mail", f"notice:{notice.pk}:sms",
    }  # fmt: skip
    OutboxMessage.objects.update(sent_at=None)  # a worker died before it could mark
    assert outbox.deliver() == 1
    assert (len(mail.mails), len(gateway.taken)) == (1, 1)


def test_a_channel_that_fails_is_tried_again_and_the_other_is_not(
    officer, channels, mail, gateway
):
    gateway.answer = 500
    told(officer)
    assert outbox.deliver() == 0
    message = OutboxMessage.objects.get()
    assert message.last_error.startswith("NotTaken")
    assert "13800000000" not in message.last_error
    assert len(mail.mails) == 1
    gateway.answer = 200
    OutboxMessage.objects.update(leased_until=None)
    assert outbox.deliver() == 1
    assert (len(mail.mails), Delivery.objects.exclude(sent_at=None).count()) == (1, 2)


def test_what_she_has_seen_on_the_page_is_not_sent(officer, channels, mail, gateway):
    told(officer)
    notices.have_seen(officer.pk, db.now())
    assert outbox.deliver() == 1
    assert (mail.mails, gateway.taken) == ([], [])


def test_nothing_is_ordered_for_those_who_want_nothing_or_where_nothing_is_set_up(
    officer, settings
):
    settings.NOTIFY = {"mail": "", "sms": ""}
    told(officer)
    other = Officer.objects.create_officer("still", "李静", None)
    told(other)
    assert not OutboxMessage.objects.exists()
    assert [one.sentence for one in notices.told(other.pk)] == ["请看新的值班表"]
    with pytest.raises(NotTaken):
        send("mail", "a@example.cn", "t", "t", "k")


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        ((18, 8), "2026-03-03T22:00+08:00", "2026-03-04T08:00+08:00"),
        ((18, 8), "2026-03-03T07:59+08:00", "2026-03-03T08:00+08:00"),
        ((18, 8), "2026-03-03T08:00+08:00", None),
        ((12, 14), "2026-03-03T13:00+08:00", "2026-03-03T14:00+08:00"),
        ((12, 14), "2026-03-03T14:00+08:00", None),
        ((8, 8), "2026-03-03T08:00+08:00", None),
    ],
)
def test_quiet_hours_also_over_midnight(hours, at, until):
    reach = Reach(quiet_from=time(hours[0]), quiet_until=time(hours[1]))
    wanted = until and datetime.fromisoformat(until)
    assert reaching.quiet_until(reach, datetime.fromisoformat(at)) == wanted


def test_in_quiet_hours_the_message_sleeps_until_they_end(officer, channels, mail):
    now = db.now()
    local = (now + timedelta(hours=8)).replace(tzinfo=None)  # China
    Reach.objects.update(
        quiet_from=(local - timedelta(hours=1)).time(),
        quiet_until=(local + timedelta(hours=1)).time(),
    )
    told(officer)
    assert outbox.deliver() == 0
    message = OutboxMessage.objects.get()
    assert now < message.leased_until <= now + timedelta(hours=1, minutes=1)
    OutboxMessage.objects.update(leased_until=None)  # it was ordered before she chose the hours
    outbox.deliver()
    assert mail.mails == []
    assert OutboxMessage.objects.filter(sent_at=None).count() == 1


def test_the_digest_is_sent_once_a_working_day_from_eight_on(county, channels, mail, settings):
    """Numbers, no names; ordered twice, or by two workers, it goes once."""
    from tests.webapp.cases.desk import Desk, day

    desk = Desk(county, day("2026-03-03", 7))
    window = desk.window
    case = desk.open("ZR01", applicant_name="欧阳建国")
    settings.PUBLIC_ADDRESS = "https://bm.example.gov.cn"
    Reach.objects.create(officer_id=window.officer_id, mail="c@example.cn", digest=True)
    assert order_digests(day("2026-03-03", 7)) == 0
    assert order_digests(day("2026-03-07", 9)) == 0  # a Saturday
    desk.go_to("2026-03-03", 8)
    assert order_digests(desk.at) == 1
    assert order_digests(desk.at) == 0
    with db.pretended(desk.at):
        outbox.deliver()
    (one,) = mail.mails
    text = text_of(one)
    assert "您的待办有1件" in text
    assert "https://bm.example.gov.cn/inbox/" in text
    assert case.applicant_name not in text
    assert Delivery.objects.get(channel="mail").sent_at is not None
    OutboxMessage.objects.filter(channel="digest").update(sent_at=None)
    with db.pretended(desk.at):
        outbox.deliver()
    assert len(mail.mails) == 1


def test_a_card_tells_the_person_whom_it_is_about_once(county, channels):
    """R01 …: every reminder reaches the bell; a second sweep tells nothing new."""
    from tests.webapp.cases.desk import Desk
    from webapp.cases.actions import claim, tell_cards
    from webapp.cases.models import Card

    desk = Desk(county, county.at)
    case = desk.open("ZR01")
    claim(desk.item(case).pk, desk.window)
    Card.objects.create(
        case=case, rule="R03", level="yellow", key="told", officer_id=desk.window.officer_id,
        unit=case.accountable_unit, issued_at=desk.at, cause="环节超期",
    )  # fmt: skip
    assert tell_cards(desk.at) == 1
    assert tell_cards(desk.at) == 0
    (one,) = notices.told(desk.window.officer_id)
    assert one.case_id == case.pk
    assert "黄牌" in one.sentence
    assert case.number in one.sentence
