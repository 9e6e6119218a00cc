"""Two at once and too much at once: one wins, the other is told in a sentence and loses nothing."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from playwright.sync_api import expect

from tests.browser.test_designer import OFFICE, begin
from tests.browser.test_designer_keeping import held, kept, rename
from webapp.organisations import lookups
from webapp.organisations.models import Holding, Post
from webapp.processes import actions
from webapp.processes.models import Draft, Publication
from webapp.processes.queries import current_version_id
from webapp.processes.queries.library import content_of, in_force

PATH = "escalated.bpmn"
LIMIT = 'gov:limit="8 workday"'


@pytest.fixture
def approved(papers):
    """Two reviewed drafts of one diagram: 3 days and 5 days for the first step."""
    designer = papers.acting(OFFICE, "county.designer")
    publisher = papers.acting(OFFICE, "county.publisher")
    before = in_force()[PATH]
    drafts = []
    for days in (3, 5):
        draft = actions.begin_draft(designer, f"乡镇初审改为{days}个工作日", "会议纪要第3号")
        file = actions.take_file(draft.pk, designer, PATH)
        text = content_of(file.content_id).decode()
        assert LIMIT in text
        text = text.replace(LIMIT, f'gov:limit="{days} workday"')
        actions.save_file(draft.pk, designer, PATH, text.encode(), file.version)
        actions.submit_draft(draft.pk, designer)
        actions.approve_draft(draft.pk, publisher)
        drafts.append(draft)
    published = Publication.objects.count()
    yield drafts
    for one in Publication.objects.filter(draft__in=drafts).order_by("-pk"):
        actions.roll_back(one.pk, publisher, "试验完毕")
    assert in_force()[PATH] == before
    assert Publication.objects.count() >= published


def publish_both(people, drafts):
    """Both have the page before them, both press at the same moment; gives what each reads."""
    pages = [one.page for one in people]
    for page, draft in zip(pages, drafts, strict=True):
        page.goto(f"/designer/drafts/{draft.pk}/")
        expect(page.get_by_role("button", name="现在发布")).to_be_visible()
    for page in pages:
        page.get_by_role("button", name="现在发布").evaluate(
            "(button) => setTimeout(() => button.form.requestSubmit(button), 50)"
        )
    told = []
    for page in pages:
        expect(page.locator(".notices")).to_contain_text("发布", timeout=60_000)
        told.append(page.locator(".notices").inner_text())
    return told


@pytest.fixture
def publishers(staff):
    """Two people of the county office with a post each, in a browser of their own each."""
    first = staff.sit(OFFICE, "county.publisher")
    colleague = staff.officer(OFFICE, "county.office")
    assert first.officer != colleague
    pool = first.officer.holdings.get(post__pool__role="county.publisher").post.pool
    post = Post.objects.create(pool=pool, name="流程复核（二）")
    since = DateRange(date(2026, 1, 1), None)
    Holding.objects.create(post=post, officer=colleague, cover="A", during=since)
    lookups.forget()
    yield first, staff.sit(OFFICE, "county.publisher", post=post.name)
    post.holdings.all().delete()
    post.delete()
    lookups.forget()


def test_of_two_who_publish_rival_drafts_one_wins(staff, approved, publishers):
    """The other one's draft stays as it was reviewed, and can be compared with what won."""
    before = current_version_id("escalated")
    told = publish_both(publishers, approved)
    won = [n for n, words in enumerate(told) if "已发布，下一件办件" in words]
    assert len(won) == 1, told
    lost = 1 - won[0]
    assert re.search("刚刚有人发布了新内容|在起草以后有人发布过新版本", told[lost])
    states = [Draft.objects.get(pk=one.pk).state for one in approved]
    assert (states[won[0]], states[lost]) == (Draft.State.PUBLISHED, Draft.State.APPROVED)
    assert current_version_id("escalated") != before
    assert Publication.objects.filter(draft__in=approved).count() == 1

    # -- trying again says what to do; going back to the designer, nothing of it is gone
    page = publishers[lost].page
    page.get_by_role("button", name="现在发布").click()
    expect(page.locator(".notices")).to_contain_text("请退回草案、对照新版本后再发布")
    days = (3, 5)[lost]
    expect(page.locator("ul.changes")).to_contain_text(f"{days} 个工作日")
    page.get_by_label("退回理由").fill("先对照刚发布的版本")
    page.get_by_role("button", name="退回起草人").click()
    expect(page.locator(".notices")).to_contain_text("已退回起草人")
    mine = approved[lost].files.get(path=PATH)
    assert f'gov:limit="{days} workday"' in content_of(mine.content_id).decode()
    designer = staff.sit(OFFICE, "county.designer")
    designer.page.goto(f"/designer/drafts/{approved[lost].pk}/")
    expect(designer.page.get_by_text("起草以后有人发布过新版本")).to_be_visible()
    designer.page.get_by_role("button", name="已对照").click()
    expect(designer.page.get_by_role("button", name="提交复核")).to_be_enabled()
    assert staff.problems == []


def test_one_draft_is_published_once_by_two(staff, approved, publishers):
    draft = approved[0]
    told = publish_both(publishers, [draft, draft])
    assert sum("已发布，下一件办件" in words for words in told) == 1, told
    assert Publication.objects.filter(draft=draft).count() == 1
    assert staff.problems == []


def test_a_huge_diagram_is_refused_in_a_sentence_and_kept_in_the_browser(staff):
    """5 MB: above what a request may carry, so the answer comes before our own limit is asked."""
    designer = staff.sit(OFFICE, "county.designer")
    page = begin(designer, "promised.bpmn", "太大的图")
    address = page.url
    before = kept("promised.bpmn")

    def heavier(route):
        sent = json.loads(route.request.post_data)
        sent["content"] += f"<!--{'x' * 5_300_000}-->"
        route.continue_(post_data=json.dumps(sent))

    page.route("**/save/**", heavier)
    rename(page, "很大的一张图")
    expect(page.locator("#saved")).to_contain_text("文件太大，超过3 MB，没有保存")
    held(page, "很大的一张图")
    assert kept("promised.bpmn") == before
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.goto(address)
    again.get_by_role("dialog", name="有一份没有存上的改动").get_by_role(
        "button", name="恢复"
    ).click()
    expect(again.locator("#saved")).to_contain_text("已保存")
    assert "很大的一张图" in kept("promised.bpmn")
    assert staff.problems == []


def test_a_form_with_an_unknown_field_opens_in_a_sentence(staff, papers):
    """The editor says that it cannot show the form; an earlier save is put back by a click."""
    person = papers.acting(OFFICE, "county.designer")
    draft = actions.begin_draft(person, "不认得的栏目", "会议纪要第3号")
    file = actions.take_file(draft.pk, person, "forms/decision-check.json")
    good = content_of(file.content_id)
    form = json.loads(good)
    form["components"].append({"type": "hologram", "key": "x", "label": "<b>全息图</b>"})
    file = actions.save_file(draft.pk, person, file.path, good + b"\n", file.version)
    text = json.dumps(form, ensure_ascii=False).encode()
    file = actions.save_file(draft.pk, person, file.path, text, file.version)
    page = staff.sit(OFFICE, "county.designer").page
    page.goto(f"/designer/drafts/{draft.pk}/edit/{file.path}")
    expect(page.locator("#saved")).to_contain_text("这份表单打不开")
    page.goto(f"/designer/drafts/{draft.pk}/")
    expect(page.get_by_role("button", name="提交复核")).to_be_disabled()
    expect(page.locator("table.list").last).to_contain_text("hologram")
    page.goto(f"/designer/drafts/{draft.pk}/edit/{file.path}")
    page.locator("summary", has_text="历史").click()
    page.locator(".history").get_by_role("button", name="恢复").last.click()
    expect(page.locator("#editor[data-ready='1']")).to_be_visible()
    expect(page.locator(".fjs-form-editor")).to_contain_text("已审核")
    actions.discard_draft(draft.pk, person)
