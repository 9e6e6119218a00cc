"""The public page: right, wrong and unknown; what it shows and what it never shows."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.webapp.cases.desk import Desk
from webapp.cases import files
from webapp.cases.models import Document, WorkItem
from webapp.core import db, outbox
from webapp.core.crypto import query_code
from webapp.portal import throttle
from webapp.portal.models import WrongTries

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(county, at) -> Desk:
    return Desk(county, at)


@pytest.fixture
def case(desk):
    found = desk.open("MZ04", desk.window)
    desk.run(found, "Task_Prelim")
    return found


def ask(desk, number, code, **more):
    with db.pretended(desk.at):
        return Client().get("/q/", {"n": number, "c": code}, **more)


def test_the_applicant_sees_where_her_case_is_and_why_that_day(desk, case):
    page = ask(desk, case.number, query_code(case.number).lower())
    text = page.content.decode()
    assert page.status_code == 200
    assert case.number in text
    assert "新安镇民政所" in text
    assert "为什么是这一天" in text
    assert Document.objects.get(case=case, code="D05").number in text


def test_no_name_of_a_person_is_shown(desk, case):
    """Whoever finds the paper must not learn who applied, nor who works on it."""
    text = ask(desk, case.number, query_code(case.number)).content.decode()
    people = {case.applicant_name} | {
        item.closed_by.name for item in WorkItem.objects.filter(case=case) if item.closed_by
    }
    assert people
    for name in people:
        assert name not in text


def test_unknown_and_wrong_are_the_same_answer(desk, case):
    wrong = ask(desk, case.number, "AAAA-AAAA")
    unknown = ask(desk, case.number[:-1] + "9", "AAAA-AAAA")
    assert (wrong.status_code, unknown.status_code) == (404, 404)
    forget = re.compile(r'value="[^"]*"|csrf[^>]*|X-CSRFToken[^}]*')
    assert forget.sub("", wrong.content.decode()) == forget.sub("", unknown.content.decode())


def test_guessing_is_braked_and_right_answers_are_not_counted(desk, case, monkeypatch):
    monkeypatch.setattr(throttle, "FROM_ONE_ADDRESS", 3)
    right = query_code(case.number)
    for _time in range(5):
        assert ask(desk, case.number, right).status_code == 200
    assert not WrongTries.objects.exists()
    for _time in range(3):
        assert ask(desk, case.number, "AAAA-AAAA").status_code == 404
    assert ask(desk, case.number, right).status_code == 429
    assert ask(desk, case.number, right, REMOTE_ADDR="10.0.0.9").status_code == 200
    desk.at = desk.at.replace(hour=desk.at.hour + 1)
    assert ask(desk, case.number, right).status_code == 200


def test_an_issued_file_is_recognised_and_a_changed_one_is_not(desk, case):
    outbox.deliver()
    paper = Document.objects.get(case=case, code="D05")
    stored = files.path_of(paper.sha256).read_bytes()
    for content, due in ((stored, "一致：就是"), (stored + b" ", "不一致")):
        with db.pretended(desk.at):
            page = Client().post(
                "/q/",
                {
                    "n": case.number,
                    "c": query_code(case.number),
                    "file": SimpleUploadedFile("a.pdf", content),
                },
            )
        assert due in page.content.decode()


def test_the_empty_page_asks_and_works_in_english(desk):
    with db.pretended(desk.at):
        client = Client()
        assert "查询码" in client.get("/q/").content.decode()
        client.post("/accounts/language/", {"language": "en", "next": "/q/"})
        assert "Query code" in client.get("/q/").content.decode()
