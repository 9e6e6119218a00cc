"""What a designer may send by mistake or ill will: a clear sentence, nothing lost, no markup run."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.webapp.cases.desk import Desk
from tests.webapp.inboxes.conftest import Browser
from webapp.processes import actions
from webapp.processes.models import DraftFile
from webapp.processes.queries.library import content_of

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"
FORM = "forms/decision-check.json"
PATH = "escalated.bpmn"
MARKUP = "<script>alert(1)</script><b>初审</b>"
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;初审&lt;/b&gt;"


@pytest.fixture
def desk(county, at):
    return Desk(county, at)


@pytest.fixture
def designer(desk):
    return Browser(desk, desk.acting(OFFICE, "county.designer"))


@pytest.fixture
def taken(designer):
    """A file of the library in a new draft."""

    def take(path: str) -> DraftFile:
        draft = actions.begin_draft(designer.person, "改一处", "试一试")
        return actions.take_file(draft.pk, designer.person, path)

    return take


def save(designer, file, content: str):
    """Save as the editor does."""
    return designer.client.post(
        f"/designer/drafts/{file.draft_id}/save/{file.path}",
        json.dumps({"content": content, "version": file.version}, ensure_ascii=False),
        content_type="application/json",
    )


def test_a_form_with_unknown_fields_is_kept_and_told(designer, taken):
    """Saved as it is (nothing is lost), told in a sentence, and never handed on for review."""
    file = taken(FORM)
    form = json.loads(content_of(file.content_id))
    form["components"].append({"type": "hologram", "key": "x", "label": "全息图"})
    said = save(designer, file, json.dumps(form, ensure_ascii=False))
    assert said.status_code == 200
    told = said.json()["findings"]
    assert [one for one in told if one["severity"] == "error" and "hologram" in one["sentence"]]
    file.refresh_from_db()
    assert "全息图" in content_of(file.content_id).decode()
    for page in (
        f"/designer/drafts/{file.draft_id}/",
        f"/designer/drafts/{file.draft_id}/edit/{FORM}",
        f"/designer/drafts/{file.draft_id}/preview/{FORM}",
        "/designer/?q=decision-check",
    ):
        assert designer.get(page).status_code == 200, page
    assert "hologram" in designer.get(f"/designer/drafts/{file.draft_id}/").content.decode()
    sent = designer.post(f"/designer/drafts/{file.draft_id}/do/submit/", {})
    assert sent.status_code == 409
    assert "hologram" in sent.content.decode()


@pytest.mark.parametrize("size", [4, 6])
def test_a_huge_diagram_is_not_saved_and_the_last_save_stays(designer, taken, size):
    """Above our own limit (3 MB) and above what a request may carry (5 MB): one sentence."""
    file = taken(PATH)
    text = content_of(file.content_id).decode()
    said = save(designer, file, f"{text}<!--{'大' * (size * 350_000)}-->")
    assert said.status_code in {409, 413}
    assert said.json()["problem"].startswith("文件太大，超过3 MB，没有保存")
    file.refresh_from_db()
    assert content_of(file.content_id).decode() == text
    assert file.saves.count() == 0


def test_a_huge_import_is_refused_beside_the_file(designer, taken):
    file = taken(PATH)
    huge = SimpleUploadedFile("huge.bpmn", b"<!--" + b"x" * 5_300_000 + b"-->")
    address = f"/designer/drafts/{file.draft_id}/import/"
    said = designer.post(address, {"file": huge})
    assert said.status_code == 422
    assert "文件太大，超过3 MB" in said.content.decode()
    assert file.draft.files.count() == 1


@pytest.fixture
def marked(designer, taken):
    """A draft whose process and first step of the township have markup in their names."""
    file = taken(PATH)
    text = content_of(file.content_id).decode()
    assert 'name="乡镇初审"' in text
    name = text.partition("<bpmn:process ")[2].partition('name="')[2].partition('"')[0]
    for one in (name, "乡镇初审"):
        text = text.replace(f'name="{one}"', f'name="{SHOWN}"')
    assert save(designer, file, text).status_code == 200
    return file


def literal(html: str, page: str) -> None:
    assert SHOWN in html, page
    assert "<script>alert" not in html, page
    assert "<b>初审" not in html, page


def test_markup_in_names_is_shown_as_it_was_typed(designer, marked):
    """Name of the draft, of the process and of a step: on library, draft, compare, editor."""
    draft = actions.begin_draft(designer.person, MARKUP, MARKUP)
    for page in (
        f"/designer/drafts/{draft.pk}/",
        f"/designer/drafts/{marked.draft_id}/",
        f"/designer/drafts/{marked.draft_id}/compare/{PATH}",
        f"/designer/drafts/{marked.draft_id}/edit/{PATH}",
        "/designer/",
    ):
        literal(designer.get(page).content.decode(), page)


def test_markup_in_the_name_of_a_step_in_force_is_shown_to_its_clerk_as_typed(
    desk, designer, marked
):
    """On the library, in the inbox, on the item's and the case's page, and to the county."""
    publisher = desk.acting(OFFICE, "county.publisher")
    actions.submit_draft(marked.draft_id, designer.person)
    actions.approve_draft(marked.draft_id, publisher)
    actions.publish_draft(marked.draft_id, publisher)
    case = desk.run(desk.open("MZ04"), until="Task_Prelim")
    item = desk.item(case)
    clerk = Browser(desk, desk.anybody(item.pool_id))
    for page in ("/inbox/?view=unit", f"/items/{item.pk}/", f"/cases/{case.pk}/overview/"):
        literal(clerk.get(page).content.decode(), page)
    office = Browser(desk, desk.acting(OFFICE, "county.office"))
    for who, page in (
        (designer, "/designer/"),
        (designer, "/designer/running/escalated/"),
        (designer, "/designer/publications/"),
        (office, "/office/processes/"),
    ):
        literal(who.get(page).content.decode(), page)
