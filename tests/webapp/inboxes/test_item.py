"""Working on a step: the form, what will follow, completing, colleagues who were quicker."""

from __future__ import annotations

import pytest

from tests.webapp.inboxes.conftest import Browser, posted
from webapp.cases.models import CaseMaterial, Draft, WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(desk) -> WorkItem:
    """A case that waits for the examination of its papers."""
    return desk.item(desk.open("MZ01"))


def text_of(answer) -> str:
    """The page as text."""
    return answer.content.decode()


def answers(desk, item: WorkItem, **given: object) -> dict:
    """The posted form of an item that leads on."""
    return posted(desk.form_answers(item, **given)) | {"do": "complete"}


def test_the_page_says_what_each_answer_leads_to_before_it_is_given(window, item):
    page = text_of(window.get(f"/items/{item.pk}/"))
    accept = page.partition('data-value="accept"')[2].partition("</p>")[0]
    supplement = page.partition('data-value="supplement"')[2].partition("</p>")[0]
    assert "交 新安镇民政所" in accept
    assert "受理通知书" in accept
    assert "补正告知书" in supplement
    assert "等申请人补交材料" in supplement


def test_only_a_department_that_was_asked_is_told_to_answer(window, item):
    page = text_of(window.get(f"/items/{item.pk}/"))
    assert "本环节：审查材料" in page
    assert "card-plain asked" not in page


def test_looking_ahead_changes_nothing(window, item):
    before = bytes(item.case.snapshot.state), item.case.version
    window.get(f"/items/{item.pk}/")
    item.case.refresh_from_db()
    item.case.snapshot.refresh_from_db()
    assert (bytes(item.case.snapshot.state), item.case.version) == before


def test_completing_tells_to_whom_it_went_and_which_papers_were_issued(window, item, desk):
    answer = window.post(f"/items/{item.pk}/", answers(desk, item), follow=True)
    page = text_of(answer)
    assert "已办完“审查材料”" in page
    assert "交给 新安镇民政所" in page
    assert "正民受〔2026〕1号" in page
    document = item.case.documents.get(code="D05")
    assert f'href="/documents/{document.pk}/"' in page


def test_complete_and_next_opens_the_most_urgent_of_her_own(window, item, desk):
    other = desk.item(desk.open("MZ01"))
    answer = window.post(f"/items/{item.pk}/", answers(desk, item) | {"do": "next"})
    assert answer["Location"] == f"/items/{other.pk}/"


def test_missing_answers_stand_beside_their_field_and_the_rest_is_kept(window, item, desk):
    pairs = {
        "outcome": "not_required",
        "reason": "不用办",
        "opinion": "已核对",
        "do": "complete",
    }
    answer = window.post(f"/items/{item.pk}/", pairs)
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#f-reason"' in page
    assert 'href="#f-legal_basis"' in page
    assert "不用办</textarea>" in page
    assert WorkItem.objects.get(pk=item.pk).state == "OPEN"


def test_papers_are_marked_in_the_same_form_and_named_in_the_notice(window, item, desk):
    marks = {
        "mat-household_register-state": "defective",
        "mat-household_register-defect": "缺本人页",
        "mat-household_register-remedy": "补本人页复印件",
    }
    window.post(f"/items/{item.pk}/", answers(desk, item, outcome="supplement") | marks)
    paper = CaseMaterial.objects.get(case=item.case, key="household_register")
    assert (paper.state, paper.defect, paper.noticed) == ("defective", "缺本人页", True)
    assert "D04" in desk.numbers(item.case)


def test_a_paper_without_its_defect_stops_the_step_at_the_paper(window, item, desk):
    pairs = answers(desk, item) | {"mat-household_register-state": "defective"}
    answer = window.post(f"/items/{item.pk}/", pairs)
    assert answer.status_code == 422
    assert "哪里不符合要求" in text_of(answer)
    assert WorkItem.objects.get(pk=item.pk).state == "OPEN"


def test_a_refused_step_keeps_its_form(window, item, desk):
    pairs = answers(desk, item, outcome="supplement", opinion="材料要补,已当面说明")
    answer = window.post(f"/items/{item.pk}/", pairs)
    assert answer.status_code == 422
    assert "没有一份材料" in text_of(answer)
    assert "材料要补,已当面说明</textarea>" in text_of(answer)


def test_what_was_typed_is_shown_when_a_colleague_was_quicker(window, item, desk):
    pairs = answers(desk, item, opinion="我写了很久的意见")
    desk.complete(item, by=desk.anybody(item.pool_id, but={window.person.officer_id}))
    answer = window.post(f"/items/{item.pk}/", pairs)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "办完" in page
    assert "我写了很久的意见" in page
    assert item.case.documents.filter(code="D05").count() == 1


def test_an_item_claimed_by_a_colleague_names_her_and_shows_no_form(window, item, desk):
    quick = Browser(desk, desk.anybody(item.pool_id, but={window.person.officer_id}))
    assert quick.post(f"/items/{item.pk}/claim/", {}).status_code == 302
    page = text_of(window.get(f"/items/{item.pk}/"))
    assert quick.person.name in page
    assert 'id="step"' not in page
    refused = window.post(f"/items/{item.pk}/claim/", {}, follow=True)
    assert "签收" in text_of(refused)


def test_claim_and_release(window, item):
    window.post(f"/items/{item.pk}/claim/", {"next": "/inbox/"})
    item.refresh_from_db()
    assert item.claimed_by_id == window.person.officer_id
    answer = window.post(f"/items/{item.pk}/release/", {})
    item.refresh_from_db()
    assert item.claimed_by_id is None
    assert answer["Location"] == "/inbox/"


def test_claiming_leads_back_to_pages_of_this_site_only(window, item):
    answer = window.post(f"/items/{item.pk}/claim/", {"next": "//evil.example/"})
    assert answer["Location"] == f"/items/{item.pk}/"


def test_a_draft_of_a_step_is_restored_and_used_up(window, item, desk):
    saved = window.post(f"/items/{item.pk}/draft/", {"opinion": "写了一半"})
    assert saved.json() == {"saved": "09:30"}
    page = text_of(window.get(f"/items/{item.pk}/"))
    assert "已恢复 09:30 的草稿" in page
    assert "写了一半</textarea>" in page
    window.post(f"/items/{item.pk}/", answers(desk, item))
    assert not Draft.objects.exists()


def test_hidden_questions_follow_the_answers(window, item):
    known = window.post(f"/items/{item.pk}/state/", {"outcome": "not_required"}).json()
    assert "f-legal_basis" not in known["hidden"]
    assert "f-legal_basis" in known["required"]
    other = window.post(f"/items/{item.pk}/state/", {"outcome": "accept"}).json()
    assert "f-legal_basis" in other["hidden"]


@pytest.mark.parametrize("verb", ["", "claim/", "release/", "draft/", "state/"])
def test_a_stranger_learns_nothing_of_an_item(stranger, item, verb):
    path = f"/items/{item.pk}/{verb}"
    assert stranger.post(path, {"do": "complete"}).status_code == 404
    assert stranger.post(f"/items/999999/{verb}", {}).status_code == 404


def test_a_done_item_leads_to_the_record(window, item, desk):
    desk.complete(item)
    answer = window.get(f"/items/{item.pk}/")
    assert answer["Location"] == f"/cases/{item.case_id}/"


def test_a_line_that_she_left_alone_does_not_undo_a_colleagues_tick(window, item, desk):
    stale = {
        "mat-household_register-was": "missing",
        "mat-household_register-state": "missing",
        "mat-household_register-defect": "",
        "mat-household_register-remedy": "",
    }
    CaseMaterial.objects.filter(case=item.case, key="household_register").update(
        state="checked"
    )
    window.post(f"/items/{item.pk}/", answers(desk, item) | stale)
    assert CaseMaterial.objects.get(case=item.case, key="household_register").state == "checked"
