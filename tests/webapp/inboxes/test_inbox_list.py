"""The inbox as its reader wants it: filters, views, columns, order, refresh, export (WEB-inbox)."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from tests.webapp.cases.desk import day
from tests.webapp.cases.test_tolerance import tolerated
from tests.webapp.inboxes.conftest import Browser
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.models import Case, WorkItem
from webapp.cases.queries import Filters, inbox
from webapp.inboxes import exporting
from webapp.inboxes.models import ListSettings, SavedView, Watch

pytestmark = pytest.mark.django_db


def numbers(page) -> list[str]:
    return [row.case_number for row in page.context["page"].rows]


@pytest.fixture
def three(desk):
    """A homestead claimed by her, an old-age pass unclaimed, one with a promise open."""
    mine, other, tolerated = desk.open("ZR01"), desk.open("MZ04"), desk.open("MZ04")
    actions.claim(desk.item(mine).pk, desk.window)
    return mine, other, tolerated


def test_conditions_combine_and_all_must_fit(desk, window, three):
    mine, other, _last = three
    village = other.village_id
    assert numbers(window.get("/inbox/?held=me")) == [mine.number]
    both = window.get(f"/inbox/?held=none&item=MZ04&village={village}&view=unit")
    assert mine.number not in numbers(both)
    assert other.number in numbers(both)
    assert numbers(window.get(f"/inbox/?held=me&item=MZ04&village={village}")) == []
    assert numbers(window.get("/inbox/?tolerance=1")) == []
    assert "没有符合条件的待办" in window.get("/inbox/?tolerance=1").content.decode()


def test_a_promise_is_found_by_its_filter(desk, window):
    """容缺: papers that are promised and still open."""
    desk.reroute("ZR01", "promised")
    case, _keys = tolerated(desk, "ZR01")
    desk.open("ZR01")
    item = desk.item(case)
    reviewer = desk.anybody(item.pool_id)
    promised = inbox(reviewer, "unit", filters=Filters(tolerance=True)).rows
    assert {row.item_id for row in promised} == {item.pk}


def test_a_unit_narrows_to_its_own_posts(desk):
    desk.open("ZR01")
    unit = desk.window.held[0].unit_id
    assert inbox(desk.window, "unit", filters=Filters(unit=unit)).rows
    assert inbox(desk.window, "unit", filters=Filters(unit=unit + 10_000)).rows == ()


def test_order_of_arrival_goes_on_over_pages(desk):
    """先到的在前, and the other way round, also where due dates say another order."""
    first = desk.item(desk.open("ZR01"))
    source = WorkItem.objects.get(pk=first.pk)
    copies = []
    for number in range(7):
        copy = WorkItem.objects.get(pk=source.pk)
        copy.pk, copy.token = None, f"copy-{number}"
        copy.opened_at = day("2026-03-02", 8 + number % 3)
        copy.due_at = None if number % 2 else day("2026-03-20", 17 - number)
        copies.append(copy)
    WorkItem.objects.bulk_create(copies)
    for sort, order in (("received", ("opened_at", "id")), ("newest", ("-opened_at", "-id"))):
        seen, after = [], None
        while True:
            page = inbox(desk.window, "unit", after=after, counted=False, sort=sort, size=3)
            seen += [row.item_id for row in page.rows]
            after = page.after
            if after is None:
                break
        wanted = WorkItem.objects.filter(state="OPEN", pool=source.pool).order_by(*order)
        assert seen == [item.pk for item in wanted]


def test_columns_and_order_are_hers_alone_and_stay(desk, window, browser_of, three):
    window.post("/inbox/list/", {"column": ["received", "who", "nonsense"], "sort": "received"})
    page = window.get("/inbox/")
    assert page.context["columns"] == ("who", "received")
    assert page.context["sort"] == "received"
    assert "卡在哪里" not in page.content.decode().split("<thead>")[1].split("</thead>")[0]
    mate = Browser(desk, desk.mate).get("/inbox/")
    assert "blocks" in mate.context["columns"]
    assert ListSettings.objects.count() == 1


def test_a_view_is_kept_without_what_was_searched_and_shared_with_a_unit(desk, window, three):
    unit = desk.window.held[0].unit_id
    answer = window.post(
        "/inbox/views/",
        {"name": "没人签的", "query": "view=unit&held=none&q=王建国", "unit": unit},
    )
    view = SavedView.objects.get()
    assert (view.query, view.unit_id) == ("view=unit&held=none", unit)
    assert answer.url == "/inbox/?view=unit&held=none"
    mate = Browser(desk, desk.mate)
    assert "没人签的" in mate.get("/inbox/").content.decode()
    assert mate.post(f"/inbox/views/{view.pk}/drop/", {}).status_code == 404
    elsewhere = Browser(desk, desk.acting("nangang.centre", "township.window"))
    assert "没人签的" not in elsewhere.get("/inbox/").content.decode()
    assert window.post(f"/inbox/views/{view.pk}/drop/", {}).status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": "", "query": "held=none"}, "请给视图起个名字"),
        ({"name": "空", "query": "view=unit"}, "现在没有筛选条件"),
        (
            {"name": "别人的", "query": "held=me", "unit": "999999"},
            "只能共享给您现在所在的单位",
        ),
    ],
)
def test_a_view_that_cannot_be_kept_says_why(window, three, body, told):
    page = window.post("/inbox/views/", body, follow=True)
    assert told in page.content.decode()
    assert not SavedView.objects.exists()


def test_what_has_not_changed_is_not_drawn_again(desk, window, three):
    """Conditional GET: 304 while nothing changed; a claim, a new case, a new day draw again."""
    first = window.get("/inbox/?view=unit", **{"HX-Request": "true"})
    mark = {"HX-Request": "true", "If-None-Match": first["ETag"]}
    assert window.get("/inbox/?view=unit", **mark).status_code == 304
    assert window.get("/inbox/?view=mine", **mark).status_code == 200
    actions.claim(desk.item(three[1]).pk, desk.mate)
    second = window.get("/inbox/?view=unit", **mark)
    assert second.status_code == 200
    assert second["ETag"] != first["ETag"]
    page = window.get("/inbox/?view=unit")
    assert second["ETag"].strip('"') in page.content.decode()


def _cells(content: bytes) -> list[list[str]]:
    """The texts of the first sheet, row by row; a formula would be an error."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    book = zipfile.ZipFile(io.BytesIO(content))
    sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{space}f"))
    assert {cell.get("t") for cell in sheet.iter(f"{space}c")} <= {"inlineStr"}
    return [
        ["".join(text.text or "" for text in cell.iter(f"{space}t")) for cell in row]
        for row in sheet.iter(f"{space}row")
    ]


def test_an_export_masks_names_runs_nothing_and_is_on_record(desk, window, monkeypatch):
    """A name that begins with = stays a text; who took how much is an event of the officer."""
    monkeypatch.setattr(exporting, "BATCH", 2)
    cases = [desk.open("ZR01", applicant_name=name) for name in ("王建国", "欧阳小红", "李四")]
    evil = desk.open("ZR01")
    Case.objects.filter(pk=evil.pk).update(applicant_name="=HYPERLINK(1)农民合作社")
    answer = window.post("/inbox/export/", {"query": "view=unit&item=ZR01"})
    assert answer["Content-Disposition"].startswith("attachment")
    rows = _cells(b"".join(answer.streaming_content))
    assert rows[0][0] == "办件号"
    assert [row[0] for row in rows[1:5]] == [case.number for case in (*cases, evil)]
    names = [row[2] for row in rows[1:5]]
    assert names == ["王某某", "欧某某", "李某", "=HYPERLINK(1)农民合作社"]
    event = Event.objects.get(kind="list_exported")
    assert event.subject_id == desk.window.officer_id
    assert event.payload == {
        "list": "inbox", "rows": 4, "searched": False, "view": "unit", "item": "ZR01"
    }  # fmt: skip


def test_a_followed_case_is_on_the_list_until_it_is_not(desk, window, stranger, three):
    """关注: only what one may see; twice is once."""
    case = three[0]
    for _ in range(2):
        assert window.post(f"/cases/{case.pk}/watch/", {}).status_code == 302
    assert Watch.objects.count() == 1
    assert case.number in window.get("/done/?view=watched").content.decode()
    assert "取消关注" in window.get(f"/cases/{case.pk}/").content.decode()
    assert stranger.post(f"/cases/{case.pk}/watch/", {}).status_code == 404
    Watch.objects.create(officer_id=stranger.person.officer_id, case=case, since=desk.at)
    assert case.number not in stranger.get("/done/?view=watched").content.decode()
    window.post(f"/cases/{case.pk}/watch/", {"do": "stop"})
    assert case.number not in window.get("/done/?view=watched").content.decode()
