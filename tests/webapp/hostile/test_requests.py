"""Requests that no page sends: every one gets a page and words, none a failure of the server."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from axes.models import AccessAttempt
from django.test import Client

from tests.webapp.cases.desk import Desk
from tests.webapp.inboxes.conftest import posted
from webapp.accounts.models import Officer
from webapp.cases.models import Case, WorkItem
from webapp.inboxes.desk import TABS

pytestmark = pytest.mark.django_db

HUGE = "9" * 40
NUL = "\x00"


@pytest.fixture
def desk(county, at) -> Desk:
    """Registers and works cases through the real actions."""
    return Desk(county, at)


def browser(officer) -> Client:
    """A browser in which somebody is signed in; failures come as pages, as in production."""
    client = Client(raise_request_exception=False)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clerk(county) -> Client:
    """The first clerk of a township window."""
    return browser(county.officer("xinan.centre", "township.window"))


@pytest.fixture
def office(county) -> Client:
    """Somebody of the county office."""
    return browser(county.officer("county_service_office", "county.office"))


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=%EF%BF%BF%ED%A0%80",
        "?item=%00",
        "?step=%00",
        "?band=%00&view=%00",
        "?after=abc~1",
        "?after=2026-01-01T00:00:00%2B00:00~" + HUGE,
        "?after=~%C2%B2",
        "?after=~" + HUGE,
        "?after=%00~1",
        "?q=%25_%5C'",
        "?q=" + "中" * 900,
    ],
)
@pytest.mark.parametrize("path", ["/inbox/", "/done/", "/cases/"])
def test_a_damaged_query_never_breaks_a_list(clerk, path, query):
    assert clerk.get(path + query).status_code == 200
    if path == "/done/":
        assert clerk.get(f"{path}{query}&view=started").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/items/{HUGE}/",
        f"/cases/{HUGE}/",
        f"/files/{HUGE}/",
        f"/documents/{HUGE}/",
        f"/registered/{HUGE}/",
        f"/cases/{HUGE}/diagrams/promised.bpmn",
        "/register/NO SUCH/",
        "/register/%00/",
        "/cases/1/%00/",
    ],
)
def test_addresses_of_nothing_are_404(clerk, path):
    assert clerk.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/office/processes/promised/no-such/drawing.bpmn",
        "/office/processes/promised/no-such/",
        "/office/processes/no-such/",
        f"/office/units/{HUGE}/all/",
    ],
)
def test_addresses_of_nothing_are_404_at_the_office(office, path):
    assert office.get(path).status_code == 404


@pytest.mark.parametrize("verb", ["claim", "release", "draft", "state", ""])
def test_posts_to_huge_items_are_404(clerk, verb):
    assert clerk.post(f"/items/{HUGE}/{verb}/".replace("//", "/")).status_code == 404


@pytest.mark.parametrize("field", [NUL, "application." + NUL, "x" * 10_000, "", "."])
def test_unmasking_nonsense_is_404(clerk, desk, field):
    case = desk.open("ZR01")
    assert clerk.post(f"/cases/{case.pk}/reveal/", {"field": field}).status_code == 404


def test_removing_a_file_with_a_number_of_nothing_is_404(clerk, desk):
    case = desk.open("ZR01")
    for number in (HUGE, "²"):
        answer = clerk.post(f"/cases/{case.pk}/papers/", {"do": f"remove:{number}"})
        assert answer.status_code in {302, 404, 409, 422}, number


@pytest.mark.parametrize("text", [NUL, "a" + NUL + "b", "😀" * 50, "\u202e反"])
def test_signs_that_nobody_types_never_break_registering(clerk, desk, text):
    pairs = posted(desk.answers("ZR01"))
    key = next(iter(desk.marks("ZR01")))
    pairs |= {
        "reg-key": f"k{text}",
        "reg-village": text,
        "reg-pool": text,
        f"mat-{key}-state": "defective",
        f"mat-{key}-defect": f"缺页{text}",
        f"mat-{key}-remedy": text,
    }
    for place in ("", "state/", "draft/"):
        answer = clerk.post(f"/register/ZR01/{place}", pairs)
        assert answer.status_code < 500, place


@pytest.mark.parametrize("text", [NUL, "a" + NUL + "b", "😀" * 50])
def test_signs_that_nobody_types_never_break_a_step(clerk, desk, text):
    case = desk.open("ZR01")
    item = desk.item(case)
    key = case.materials.first().key
    pairs = {
        f"mat-{key}-state": "defective",
        f"mat-{key}-defect": f"缺页{text}",
        f"mat-{key}-remedy": text,
        "opinion": text,
    }
    for path in (f"/cases/{case.pk}/papers/", f"/items/{item.pk}/"):
        assert clerk.post(path, pairs).status_code < 500, path
    for name in ("mat-\x00-state", "file-\x00"):
        assert clerk.post(f"/items/{item.pk}/", {name: "missing", "do": text}).status_code < 500


def test_a_draft_that_is_too_long_is_said_in_words(clerk, desk):
    item = desk.item(desk.open("ZR01"))
    pairs = {"opinion": "字" * 100_000, "do": "draft"}
    answer = clerk.post(f"/items/{item.pk}/", pairs)
    assert answer.status_code in {409, 422}
    assert "草稿太长" in answer.content.decode()
    assert clerk.post(f"/items/{item.pk}/draft/", pairs).status_code == 422


def test_a_posted_form_with_very_many_fields_is_refused_in_chinese(clerk, desk):
    item = desk.item(desk.open("ZR01"))
    answer = clerk.post(f"/items/{item.pk}/", {f"rows[{n}].name": "x" for n in range(3_000)})
    assert answer.status_code < 500
    assert "请" in answer.content.decode()


@pytest.mark.parametrize("code", [404, 400])
def test_error_pages_speak_chinese(clerk, code):
    path = "/no/such/page/" if code == 404 else "/"
    answer = clerk.get(path, headers={} if code == 404 else {"host": "evil.example"})
    assert answer.status_code == code
    assert "请" in answer.content.decode()


def test_a_failure_of_the_server_is_said_in_chinese(clerk, monkeypatch):
    from webapp.inboxes import lists

    def broken(*_args, **_more):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(lists, "inbox", broken)
    answer = clerk.get("/inbox/")
    assert answer.status_code == 500
    said = answer.content.decode()
    assert "请" in said
    assert "secret" not in said


def test_the_page_of_a_failure_needs_no_front_end(clerk, monkeypatch):
    from webapp.core.templatetags import frontend

    def gone(*_args):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(frontend, "_entry", gone)
    answer = clerk.get("/inbox/")
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()


def test_pages_of_a_person_stay_in_no_cache(clerk, desk):
    case = desk.open("ZR01")
    desk.run(case, until="Task_Propose")
    number = case.documents.first().pk
    for path in ("/inbox/", "/cases/", "/done/", f"/documents/{number}/", "/register/"):
        assert "no-store" in clerk.get(path).headers.get("Cache-Control", ""), path


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_to_another_site(clerk, desk, wanted):
    item = desk.item(desk.open("ZR01"))
    for path in (f"/items/{item.pk}/claim/", "/accounts/large/", "/accounts/language/"):
        answer = clerk.post(path, {"next": wanted})
        assert answer.status_code == 302
        assert "evil.example" not in answer["Location"] or answer["Location"].startswith("/%09")


def test_an_item_for_which_the_person_must_come_is_not_taken_from_a_deputy(clerk, desk):
    """A forged choice that the page does not offer (AGT-04)."""
    from webapp.catalogue.queries import items_offered

    code = next(one.code for one in items_offered("township") if one.in_person)
    pairs = posted(desk.answers(code)) | {"application_mode": "agent"}
    answer = clerk.post(f"/register/{code}/", pairs)
    case = Case.objects.get(pk=answer["Location"].strip("/").split("/")[-1])
    assert case.submissions.get().values["application_mode"] == "self"


@pytest.mark.parametrize("path", ["/items/1/claim/", "/cases/1/papers/", "/accounts/sign-out/"])
def test_an_address_that_only_takes_forms_says_so(clerk, path):
    answer = clerk.get(path)
    assert answer.status_code == 405
    assert "请" in answer.content.decode()
    assert answer["Allow"]


def test_wrong_passwords_leave_nothing_of_the_kept_form_in_the_database(county):
    """The sign-in page carries an expired form along, with the numbers of applicants."""
    client = Client(raise_request_exception=False)
    kept = {"kept_path": "/register/ZR01/", "applicant_id_number": "130123198001011234"}
    for _ in range(7):
        answer = client.post(
            "/accounts/sign-in/?from=130123198001011234",
            {"username": "nobody.here", "password": "wrong-secret"} | kept,
        )
    assert answer.status_code == 429
    assert "130123198001011234" in answer.content.decode()
    attempt = AccessAttempt.objects.get(username="nobody.here")
    stored = " ".join(str(value) for value in vars(attempt).values())
    assert "130123198001011234" not in stored
    assert "wrong-secret" not in stored


def test_new_passwords_are_not_written_into_the_sign_in_page(county):
    typed = {"old": "old-secret-1", "new": "new-secret-1", "again": "new-secret-1"}
    answer = Client().post("/accounts/password/", typed)
    assert answer.status_code == 401
    assert "secret-1" not in answer.content.decode()


def test_a_huge_upload_is_refused_before_it_is_read(clerk):
    answer = clerk.post("/cases/1/papers/", {}, CONTENT_LENGTH=str(10**10))
    assert answer.status_code == 413
    assert "请" in answer.content.decode()


EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}{% now %}"


def test_nothing_that_was_typed_becomes_markup(clerk, desk, county):
    """Every place where a page shows what somebody typed, or called something."""
    Officer.objects.filter(pk=desk.window.officer_id).update(name="<b>x</b>")
    case = desk.open("ZR01", household_address=EVIL, boundary_east=EVIL)
    key = case.materials.first().key
    item = desk.item(case)
    Case.objects.filter(pk=case.pk).update(applicant_name=EVIL[:100])
    case.materials.update(defect=EVIL, remedy=EVIL, name=EVIL)
    pairs = {f"mat-{key}-state": "defective", f"mat-{key}-defect": EVIL, "do": "materials",
             "opinion": EVIL, "outcome": EVIL}  # fmt: skip
    drawn = clerk.post(f"/items/{item.pk}/", pairs).content.decode()
    assert clerk.post(f"/items/{item.pk}/draft/", {"opinion": EVIL}).status_code == 200
    case.materials.update(state="checked")
    desk.complete(item, desk.window, opinion=EVIL)
    case.opinions.update(text=EVIL, basis=EVIL)
    for document in case.documents.all():
        document.content |= {"paragraphs": [EVIL], "title": EVIL, "applicant": EVIL}
        document.content["lists"] = [{"title": EVIL, "columns": [EVIL], "rows": [[EVIL]]}]
        document.save()
    WorkItem.objects.filter(case=case).update(name=EVIL[:80])
    paths = [f"/cases/{case.pk}/{tab}/" for tab in dict(TABS)] + [
        f"/cases/{case.pk}/", "/inbox/", "/inbox/?view=unit", "/done/", "/done/?view=started",
        f"/cases/?q={quote(EVIL[:20])}", f"/inbox/?q={quote(EVIL)}", f"/registered/{case.pk}/",
        *[f"/documents/{document.pk}/" for document in case.documents.all()],
    ]  # fmt: skip
    for path, page in [("post", drawn), *((p, clerk.get(p).content.decode()) for p in paths)]:
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "<b>x</b>" not in page, path
        assert "49{%" not in page, path
