"""The library's list: found by any word, a page at a time, in a fixed number of statements."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.webapp.cases.desk import Desk
from webapp.designer.stock import Asked, stock
from webapp.processes import actions
from webapp.processes.models import Draft, DraftFile, LibraryFile, StoredFile
from webapp.processes.queries.library import content_of, in_force

OFFICE = "county_service_office"
CAMUNDA = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="x">
  <process id="holiday" name="请假" isExecutable="true">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="ask"/>
    <userTask id="ask" name="批准" camunda:formKey="leave" camunda:assignee="${boss}"/>
    <sequenceFlow id="f2" sourceRef="ask" targetRef="call"/>
    <serviceTask id="call" name="写工资" camunda:class="org.example.Pay"/>
    <sequenceFlow id="f3" sourceRef="call" targetRef="end"/>
    <endEvent id="end"/>
  </process>
</definitions>
"""


@pytest.fixture
def designer(county):
    return county.acting(OFFICE, "county.designer")


@pytest.fixture
def screen(county) -> Client:
    client = Client()
    client.force_login(county.officer(OFFICE, "county.designer"))
    return client


def paths(**asked: str) -> list[str]:
    return [line.path for line in stock(Asked(**asked), None).page]


def line(path: str, **asked: str):
    return next(one for one in stock(Asked(words=path, **asked), None).page if one.path == path)


def test_a_path_says_its_version_items_and_last_change(county):
    row = line("promised.bpmn")
    assert row.version == 1
    assert row.items, "items lead to it by the path table"
    assert row.changed_at is not None
    assert row.changed_by == "", "the product brought it along"
    shared = line("shared/decision.bpmn")
    assert row.name in shared.used_by, "also what is called by something called"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("promised", "promised.bpmn"),
        ("受理通知书", "documents/D05.yaml"),
        ("乡镇初审", "escalated.bpmn"),
        ("办理路径表", "decisions/path.dmn"),
        ("不计算在法定时限内", "documents/D05.yaml"),
    ],
)
def test_any_word_finds_it(county, words, path):
    assert path in paths(words=words)


def test_an_item_finds_the_path_that_it_goes(county):
    row = line("promised.bpmn")
    found = {one.path: one for one in stock(Asked(words=row.items[0]), None).page}
    assert found["promised.bpmn"].found == row.items[0]


def test_kinds_and_states(county, designer):
    assert all(path.startswith("shared/") for path in paths(kind="shared"))
    assert paths(state="county") == []
    draft = actions.begin_draft(designer, "改一处", "试一试")
    actions.take_file(draft.pk, designer, "forms/review.json")
    assert paths(state="drafted") == ["forms/review.json"]
    assert "shared/decision.bpmn" not in paths(state="unused")
    assert "decisions/path.dmn" not in paths(state="unused")


def test_running_cases_are_counted_at_each_version(county, screen):
    desk = Desk(county, county.at)
    case = desk.open("MZ04")
    row = line(f"{case.process_version.process.key}.bpmn", state="running")
    assert row.running == ((1, 1),)
    assert "第 1 版在办" in screen.get("/designer/?state=running").content.decode()


def statements(screen: Client, address: str) -> int:
    screen.get(address)  # what files say is read once
    with CaptureQueriesContext(connection) as asked:
        assert screen.get(address).status_code == 200
    return len(asked)


def test_ten_thousand_files_and_drafts_cost_no_statement_more(county, designer, screen):
    actions.begin_draft(designer, "第一份", "试一试")
    before = statements(screen, "/designer/")
    content = content_of(in_force()["documents/D05.yaml"])
    rows = [content + f"# {n}\n".encode() for n in range(10_000)]
    digests = [hashlib.sha256(row).hexdigest() for row in rows]
    StoredFile.objects.bulk_create(
        StoredFile(digest=digest, content=row)
        for digest, row in zip(digests, rows, strict=True)
    )
    LibraryFile.objects.bulk_create(
        LibraryFile(path=f"documents/X{n:05}.yaml", content_id=digest)
        for n, digest in enumerate(digests)
    )
    drafts = Draft.objects.bulk_create(
        Draft(
            title=f"草案{n}", reason="多", author_id=designer.officer_id, created_at=designer.at
        )
        for n in range(10_000)
    )
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            path="promised.bpmn",
            base_id=digests[0],
            content_id=digests[1],
            edited_by_id=designer.officer_id,
            edited_at=designer.at,
        )
        for draft in drafts
    )
    assert statements(screen, "/designer/") == before
    found = stock(Asked(words="promised"), None)
    assert len(found.page[0].drafts) == 5, "the newest few are named"
    answer = screen.get("/designer/?q=X0999")
    assert "documents/X09990.yaml" in answer.content.decode()
    assert len(answer.content) < 200_000


def test_a_copy_is_a_new_file_and_a_bad_name_keeps_what_was_typed(county, screen):
    typed = {"copy": "promised.bpmn", "title": "另一条路", "reason": "会议", "name": "坏 名"}
    answer = screen.post("/designer/drafts/", typed)
    assert answer.status_code == 422
    assert "另一条路" in answer.content.decode()
    assert not Draft.objects.exists()
    answer = screen.post("/designer/drafts/", typed | {"name": "second-way"})
    file = DraftFile.objects.get()
    assert answer.url.endswith("/edit/second-way.bpmn")
    assert file.base_id is None
    assert 'id="second-way"' in content_of(file.content_id).decode()


def test_to_retire_is_a_draft_that_removes_the_file(county, screen):
    typed = {"retire": "documents/D05.yaml", "title": "停用", "reason": "会议"}
    screen.post("/designer/drafts/", typed)
    file = DraftFile.objects.get()
    assert (file.path, file.content_id) == ("documents/D05.yaml", None)


def upload(name: str, content: bytes):
    return SimpleUploadedFile(name, content)


def test_an_imported_diagram_comes_with_what_was_converted_and_what_is_not_supported(
    county, screen
):
    typed = {"import": "1", "title": "请假", "reason": "从别的系统来"}
    answer = screen.post(
        "/designer/drafts/",
        typed | {"file": upload("Leave Form.bpmn", CAMUNDA.encode())},
        follow=True,
    )
    said = answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith("/imported/leave-form.bpmn")
    assert "换成了本系统的写法" in said
    assert "call" in said
    assert "ask" in said


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.bpmn", b"not xml at all", "没有导入"),
        ("plan.bpmn", b"<a" + b"a" * 100, "没有导入"),
        ("plan.docx", b"PK", "请选择 .bpmn、.dmn 或者 .json 文件"),
        ("大图.bpmn", CAMUNDA.encode(), "文件名里要有字母或者数字"),
        ("big.bpmn", b" " * 5_000_000, "文件太大"),
        ("form.json", b"[1, 2", "没有导入"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words_and_leaves_no_draft(
    county, screen, name, content, sentence
):
    typed = {"import": "1", "title": "导入", "reason": "试", "file": upload(name, content)}
    answer = screen.post("/designer/drafts/", typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Draft.objects.exists()


def test_markup_in_names_is_text_everywhere(county, designer, screen):
    bad = "<script>alert(1)</script>"
    escaped = bad.replace("<", "&lt;").replace(">", "&gt;")
    text = content_of(in_force()["promised.bpmn"]).decode()
    name = text.partition("<bpmn:userTask ")[2].partition('name="')[2].partition('"')[0]
    draft = actions.begin_draft(designer, bad, bad)
    file = actions.take_file(draft.pk, designer, "promised.bpmn")
    changed = text.replace(f'name="{name}"', f'name="{escaped}"').encode()
    actions.save_file(draft.pk, designer, "promised.bpmn", changed, file.version)
    for address in (
        "/designer/",
        f"/designer/drafts/{draft.pk}/",
        f"/designer/drafts/{draft.pk}/edit/promised.bpmn",
    ):
        said = screen.get(address).content.decode()
        assert bad not in said, address
    findings = screen.get(f"/designer/drafts/{draft.pk}/check/promised.bpmn")
    assert findings["Content-Type"] == "application/json"
