"""The gate: right and wrong passwords, lock-out, forms that outlive a session."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from webapp.accounts.models import Officer
from webapp.audit.models import Event

PASSWORD = "kvn3-ywvj-kf2p"
GATE = "/accounts/sign-in/"
PREFERENCES = "/accounts/preferences/"


@pytest.fixture
def officer(db) -> Officer:
    return Officer.objects.create_officer("zhangmin.test", "张敏", PASSWORD)


@pytest.fixture
def strict() -> Client:
    """A browser that must send tokens, as real ones do."""
    return Client(enforce_csrf_checks=True)


def enter(client, *, username="zhangmin.test", password=PASSWORD, **more):
    return client.post(GATE, {"username": username, "password": password, **more})


def token(answer) -> str:
    """The form token printed in a page."""
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.content.decode())[1]


def hidden(answer) -> list[tuple[str, str]]:
    """Every hidden field of the last form of a page but its token."""
    form = answer.content.decode().rpartition("<form")[2]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return [pair for pair in pairs if pair[0] != "csrfmiddlewaretoken"]


def test_the_right_password_opens_the_first_page(client, officer):
    answer = enter(client)
    assert answer.status_code == 302
    assert answer.url == reverse("home")
    kinds = Event.objects.filter(subject="officer", subject_id=officer.pk)
    assert [event.kind for event in kinds] == ["signed_in"]


@pytest.mark.parametrize(
    ("username", "password"),
    [("zhangmin.test", "wrong"), ("nobody", PASSWORD), ("zhangmin.test", PASSWORD.upper())],
)
def test_the_gate_never_says_which_of_the_two_was_wrong(client, officer, username, password):
    answer = enter(client, username=username, password=password)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "登录名或密码不对" in page
    assert f'value="{username}"' in page  # typed once is enough
    assert password not in page


def test_an_empty_form_says_what_is_missing_beside_the_field(client, officer):
    page = enter(client, username="", password="").content.decode()
    assert "请填写登录名" in page
    assert "请填写密码" in page


def test_people_without_password_or_account_stay_outside(client, officer):
    officer.set_unusable_password()
    officer.save()
    assert enter(client, password="!").status_code == 400
    officer.set_password(PASSWORD)
    officer.is_active = False
    officer.save()
    assert enter(client).status_code == 400


def test_a_demo_account_opens_only_a_demonstration(client, officer, settings):
    officer.is_demo = True
    officer.save()
    settings.DEMO = False
    assert "演示账号只能在演示系统中登录" in enter(client).content.decode()
    settings.DEMO = True
    assert enter(client).status_code == 302


def test_five_wrong_passwords_close_the_gate_in_words(client, officer):
    answers = [enter(client, password=f"wrong{n}") for n in range(5)]
    assert [answer.status_code for answer in answers] == [400] * 4 + [429]
    assert "暂停登录15分钟" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "900"

    assert enter(client).status_code == 429  # the right one does not help now
    assert enter(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302  # elsewhere it does


def test_a_lock_out_keeps_what_was_typed(client, officer):
    for n in range(5):
        answer = enter(client, password=f"wrong{n}", kept_path=PREFERENCES, reason="因病")
    assert ("reason", "因病") in hidden(answer)
    assert ("kept_path", PREFERENCES) in hidden(answer)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        (PREFERENCES, PREFERENCES),
        ("/accounts/password/?a=1", "/accounts/password/?a=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_to_pages_of_this_site_only(client, officer, wanted, reached):
    answer = enter(client, next=wanted)
    assert (answer.status_code, answer.url) == (302, reached)
    again = client.get(f"{GATE}?{urlencode({'next': wanted})}")  # already signed in
    assert again.url == reached


def test_a_page_asks_to_sign_in_and_is_shown_afterwards(client, officer):
    asked = client.get("/accounts/password/")
    assert asked.url == f"{GATE}?next=%2Faccounts%2Fpassword%2F"
    page = client.get(asked.url)
    assert ("next", "/accounts/password/") in hidden(page)


def test_a_form_survives_an_expired_session(strict, officer):
    """Issue: an expired sign-in in the middle of a form: nothing typed is lost."""
    strict.force_login(officer)
    form = strict.get(PREFERENCES)
    strict.cookies.pop(settings.SESSION_COOKIE_NAME)  # the night has passed

    typed = [("language", "en"), ("language", "zh-hans"), ("reason", '"病" <假>')]
    body = urlencode([("csrfmiddlewaretoken", token(form)), *typed])
    asked = strict.post(PREFERENCES, body, content_type="application/x-www-form-urlencoded")
    assert asked.status_code == 401
    assert "刚才填写的内容还在" in asked.content.decode()
    kept = hidden(asked)

    body = [("csrfmiddlewaretoken", token(asked)), ("username", officer.username)]
    body += [("password", PASSWORD), *kept]
    offered = strict.post(
        GATE,
        urlencode([(n, unescape(v)) for n, v in body]),
        content_type="application/x-www-form-urlencoded",
    )
    page = offered.content.decode()
    assert "继续提交" in page
    assert f'action="{PREFERENCES}"' in page
    assert [(n, unescape(v)) for n, v in hidden(offered)] == typed

    body = [("csrfmiddlewaretoken", token(offered)), *typed]
    done = strict.post(
        PREFERENCES, urlencode(body), content_type="application/x-www-form-urlencoded"
    )
    assert done.status_code == 302
    assert PASSWORD not in page


def unescape(text: str) -> str:
    """HTML's entities back to signs."""
    import html

    return html.unescape(text)


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/x", "//evil.example/x", "/no/such/page/", "/health/", "/\\evil"],
)
def test_a_kept_form_goes_nowhere_but_to_a_form_of_this_site(client, officer, path):
    answer = enter(client, kept_path=path, reason="x")
    assert (answer.status_code, answer.url) == (302, reverse("home"))


def test_files_are_said_to_be_lost(client, officer, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    asked = client.post(PREFERENCES, {"a": "1", "file": SimpleUploadedFile("a.txt", b"x")})
    assert "附件需要重新选择" in asked.content.decode()
    offered = enter(client, kept_path=PREFERENCES, a="1", files_lost="1")
    assert "附件没有保留" in offered.content.decode()
    assert ("files_lost", "1") not in hidden(offered)


def test_a_stale_token_offers_the_form_again(strict, officer):
    """She signed in again in another tab: the first tab's token is no longer valid."""
    strict.force_login(officer)
    stale = token(strict.get(PREFERENCES))
    strict.cookies.pop(settings.CSRF_COOKIE_NAME)
    strict.get(PREFERENCES)
    typed = {"csrfmiddlewaretoken": stale, "language": "en"}

    own = strict.post(PREFERENCES, typed, headers={"origin": "http://testserver"})
    assert own.status_code == 403
    assert ("language", "en") in hidden(own)
    officer.refresh_from_db()
    assert officer.language == "zh-hans"

    foreign = strict.post(PREFERENCES, typed, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "别的网站" in foreign.content.decode()
    assert 'name="language" value="en"' not in foreign.content.decode().rpartition("<main")[2]


def test_signing_out_ends_the_session(client, officer):
    enter(client)
    assert client.post("/accounts/sign-out/").url == GATE
    assert client.get(PREFERENCES).status_code == 302
    assert client.get("/accounts/sign-out/").status_code in {302, 405}
    kinds = Event.objects.filter(subject="officer", subject_id=officer.pk).order_by("seq")
    assert [event.kind for event in kinds] == ["signed_in", "signed_out"]


def test_the_gate_shows_the_service_standard(client, db):
    page = client.get(GATE).content.decode()
    assert "主动热情，真诚笑容" in page  # AGT-13
    assert 'lang="zh-hans"' in page
