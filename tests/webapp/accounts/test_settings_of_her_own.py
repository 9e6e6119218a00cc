"""Language, large letters, password: what an officer may change herself."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from webapp.accounts.models import Officer
from webapp.audit.models import Event

PASSWORD = "kvn3-ywvj-kf2p"
NEW = "zq7w-mmk3-trail"


@pytest.fixture
def officer(db) -> Officer:
    return Officer.objects.create_officer("zhangmin.test", "张敏", PASSWORD)


@pytest.fixture
def signed_in(client, officer) -> Client:
    client.force_login(officer)
    return client


def change(client, *, old=PASSWORD, new=NEW, again=NEW):
    return client.post("/accounts/password/", {"old": old, "new": new, "again": again})


def test_looks_are_kept_with_the_officer(signed_in, officer):
    answer = signed_in.post("/accounts/preferences/", {"language": "en", "large_letters": "on"})
    assert answer.status_code == 302
    officer.refresh_from_db()
    assert (officer.language, officer.large_letters) == ("en", True)
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    page = signed_in.get("/accounts/preferences/").content.decode()
    assert 'class="large"' in page

    signed_in.post("/accounts/large/", {"next": "/accounts/password/"})
    officer.refresh_from_db()
    assert not officer.large_letters
    assert 'class="large"' not in signed_in.get("/accounts/preferences/").content.decode()


def test_an_unknown_language_is_refused(signed_in, officer):
    answer = signed_in.post("/accounts/preferences/", {"language": "xx"})
    assert answer.status_code == 400
    signed_in.post("/accounts/language/", {"language": "../etc"})
    officer.refresh_from_db()
    assert officer.language == "zh-hans"


def test_what_was_chosen_at_the_gate_holds_after_signing_in(client, officer):
    client.post("/accounts/language/", {"language": "en", "next": "/accounts/sign-in/"})
    large = client.post("/accounts/large/", {"next": "/accounts/sign-in/"})
    assert large.url == "/accounts/sign-in/"
    assert 'class="large"' in client.get("/accounts/sign-in/").content.decode()

    client.post("/accounts/sign-in/", {"username": officer.username, "password": PASSWORD})

    officer.refresh_from_db()
    assert (officer.language, officer.large_letters) == ("en", True)


def test_the_next_person_at_the_machine_has_her_own_looks(client, officer):
    officer.large_letters = True
    officer.save()
    entered = {"username": officer.username, "password": PASSWORD}
    client.post("/accounts/sign-in/", entered)
    client.post("/accounts/sign-out/")
    other = Officer.objects.create_officer("lijing.test", "李静", PASSWORD)

    answer = client.post("/accounts/sign-in/", entered | {"username": other.username})

    assert answer.cookies["large"].value == "0"


def test_looks_lead_back_to_this_site_only(signed_in):
    for path in ("/accounts/large/", "/accounts/language/"):
        assert signed_in.post(path, {"next": "https://evil.example/"}).url == "/"


def test_a_new_password_needs_the_old_one(signed_in, officer):
    answer = change(signed_in, old="wrong")
    assert answer.status_code == 400
    assert "现在的密码不对" in answer.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("new", "again"),
    [(NEW, NEW + "x"), ("short", "short"), ("1234567890123", "1234567890123"), ("", "")],
)
def test_weak_or_mistyped_passwords_are_refused(signed_in, officer, new, again):
    answer = change(signed_in, new=new, again=again)
    assert answer.status_code == 400
    assert 'class="problem"' in answer.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_a_new_password_ends_her_other_sessions(signed_in, officer):
    elsewhere = Client()
    elsewhere.force_login(officer)

    assert change(signed_in).status_code == 302

    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert signed_in.get("/accounts/preferences/").status_code == 200
    assert elsewhere.get("/accounts/preferences/").status_code == 302
    assert Event.objects.filter(subject="officer", kind="password_changed").count() == 1


@pytest.mark.parametrize(
    "path", ["/accounts/preferences/", "/accounts/password/", "/accounts/sign-out/"]
)
def test_nobody_changes_anything_without_signing_in(client, db, path):
    assert client.get(path).status_code in {302, 405}
    assert client.post(path, {"new": NEW}).status_code == 401


def test_her_page_tells_her_posts_and_why(client, county):
    officer = county.officer("xinan.centre", "township.window", "A", "民政窗口")
    client.force_login(officer)
    page = client.get("/accounts/preferences/").content.decode()
    assert "您是新安镇便民服务中心民政窗口A岗" in page
