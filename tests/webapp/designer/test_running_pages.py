"""Running cases on the pages: compare, propose, confirm by another person, take back."""

from __future__ import annotations

import re

import pytest

from tests.webapp.cases.editions import Editions
from tests.webapp.cases.test_transfers import OTHER_ID, OTHER_LANE, RENAMED, prelim
from tests.webapp.inboxes.conftest import Browser
from webapp.audit.models import Event
from webapp.cases import actions as cases
from webapp.cases.models import Submission, Transfer
from webapp.core import outbox
from webapp.core.models import OutboxMessage
from webapp.processes.queries.library import contents, in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(county, at):
    from tests.webapp.cases.desk import Desk

    return Desk(county, at)


@pytest.fixture
def editions(desk) -> Editions:
    return Editions(desk)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_office_moves_a_cohort_and_takes_it_back(desk, editions):
    cases = [prelim(desk), prelim(desk)]
    editions.publish(RENAMED)
    designer, publisher = Browser(desk, editions.designer), Browser(desk, editions.publisher)

    assert "第 1 版 2 件" in text_of(designer.get("/designer/running/"))
    page = designer.get("/designer/running/escalated/")
    assert "可以直接换版" in text_of(page)
    assert cases[0].number in text_of(page)
    assert cases[0].applicant_name not in text_of(page), "case numbers only"
    cohort = re.search(r'name="cohort" value="(\w+)"', page.content.decode())[1]

    bare = designer.post("/designer/running/escalated/", {"do": "propose"})
    assert bare.status_code == 422
    assert "请至少选一组" in text_of(bare)
    assert "请写明为什么" in text_of(bare)
    typed = {"cohort": cohort, "reason": "会议纪要第3号"}
    seen = designer.post("/designer/running/escalated/", typed | {"do": "preview"})
    assert "换版会怎样" in text_of(seen)
    assert not Transfer.objects.exists()
    done = designer.post("/designer/running/escalated/", typed | {"do": "propose"})
    act = Transfer.objects.get()
    assert done.url == f"/designer/transfers/{act.pk}/"
    assert "等另一人确认" in text_of(designer.get(done.url))
    assert "确认换版" not in text_of(designer.get(done.url))

    assert "现在换会怎样" in text_of(publisher.get(done.url))
    publisher.post(f"{done.url}decide/", {"do": "agree"})
    assert "正在逐件办" in text_of(publisher.get(done.url))
    editions.work(act)
    assert "已换 2 件，没有换 0 件" in text_of(publisher.get(done.url))
    assert "没有按其他版本在办的办件" in text_of(publisher.get("/designer/running/escalated/"))

    assert publisher.post(f"{done.url}undo/", {"reason": " "}).status_code == 422
    back = publisher.post(f"{done.url}undo/", {"reason": "暂缓"})
    assert back.status_code == 302
    editions.work(Transfer.objects.get(undoes=act))
    assert "已换 2 件" in text_of(publisher.get(back.url))
    again = publisher.post(f"{done.url}undo/", {"reason": "再退"})
    assert again.status_code == 409
    assert "没有可以退回的办件" in text_of(again)


def test_a_question_is_answered_for_one_case_of_a_cohort(desk, editions):
    one, other = prelim(desk), prelim(desk)
    editions.publish(OTHER_ID)
    designer = Browser(desk, editions.designer)
    page = designer.get("/designer/running/escalated/")
    assert "「乡镇初审」在新版里没有了" in text_of(page)
    name = re.search(r'<select[^>]*name="(go:[^"]+)"', page.content.decode())[1]
    typed = {"case": one.pk, "reason": "改名", "do": "propose"}
    bare = designer.post("/designer/running/escalated/", typed)
    assert bare.status_code == 422
    assert "请选择从哪个环节接着办" in text_of(bare)
    assert f'value="{one.pk}" checked' in bare.content.decode()
    designer.post("/designer/running/escalated/", typed | {name: "Task_First"})
    act = Transfer.objects.get()
    (line,) = editions.confirm(act)
    assert (line.case_id, line.state) == (one.pk, "MOVED")
    assert desk.item(one).element == "Task_First"
    assert desk.item(other).element == "Task_Prelim"


def test_an_open_page_of_a_clerk_loses_nothing_typed(desk, editions):
    """Her form changed under her: said in words, what fits is filled in, the rest is shown."""
    case = prelim(desk)
    item = desk.item(case)
    clerk = Browser(desk, desk.anybody(item.pool_id))
    page = clerk.get(f"/items/{item.pk}/").content.decode()
    hidden = dict(re.findall(r'name="(page-\w+)" value="([^"]*)"', page))
    assert hidden == {"page-version": str(case.process_version_id), "page-form": "prelim"}
    form = contents(in_force())["forms/prelim.json"].decode()
    editions.publish({"forms/prelim.json": [('"key": "opinion"', '"key": "advice"')]})
    assert '"key": "opinion"' in form
    editions.move(case)

    typed = {"opinion": "材料齐全，建议上报", "do": "complete"}
    got = clerk.post(f"/items/{item.pk}/", hidden | typed)
    assert got.status_code == 409
    assert "这一环节的表单变了" in text_of(got)
    assert "材料齐全，建议上报" in text_of(got)
    assert not Submission.objects.filter(item=item).exists()
    fresh = dict(re.findall(r'name="(page-\w+)" value="([^"]*)"', got.content.decode()))
    assert fresh["page-version"] != hidden["page-version"]
    again = clerk.post(f"/items/{item.pk}/", fresh | {"do": "draft", "advice": "写过了"})
    assert again.status_code == 200


def test_a_step_that_went_to_another_post_shows_what_was_typed(desk, editions):
    case = prelim(desk)
    item = desk.item(case)
    clerk = Browser(desk, desk.anybody(item.pool_id))
    page = clerk.get(f"/items/{item.pk}/").content.decode()
    hidden = dict(re.findall(r'name="(page-\w+)" value="([^"]*)"', page))
    editions.publish(OTHER_LANE)
    editions.move(case)
    typed = hidden | {"opinion": "材料齐全，建议上报", "do": "complete"}
    stranger = Browser(desk, desk.acting("nangang.civil_affairs", "township.handler"))
    assert stranger.post(f"/items/{item.pk}/", typed).status_code == 404
    got = clerk.post(f"/items/{item.pk}/", typed)
    assert got.status_code == 409
    assert "改由别的岗位办" in text_of(got)
    assert "材料齐全，建议上报" in text_of(got)


def test_the_case_says_which_version_it_runs_on(desk, editions):
    case = prelim(desk)
    editions.publish(RENAMED)
    window = Browser(desk, desk.window)
    overview = f"/cases/{case.pk}/"
    assert "按“上报办理”第 1 版办理 （现行第 2 版" in text_of(window.get(overview))
    editions.move(case)
    assert "按“上报办理”第 2 版办理 （现行版）" in text_of(window.get(overview))
    assert "第 2 版办理" in text_of(window.get(f"{overview}diagram/"))
    drawn = window.get(f"{overview}diagrams/escalated.bpmn").content.decode()
    assert 'name="乡镇审查"' in drawn
    assert "换到流程“上报办理”第2版（原第1版）" in text_of(window.get(f"{overview}timeline/"))


def test_what_the_workers_gave_up_is_tried_again_by_a_button(desk, editions):
    """Design §4: the dead-letter list has a button; who pressed it is on record, nobody else can."""
    case = prelim(desk)
    editions.publish(RENAMED)
    act = cases.propose_transfer(editions.designer, "escalated", {case.pk: {}}, "会议纪要第3号")
    cases.decide_transfer(act.pk, editions.publisher, agree=True)
    waiting = OutboxMessage.objects.filter(channel="transfer-case", sent_at=None)
    waiting.update(dead_at=desk.at, attempts=outbox.ATTEMPTS)
    designer, publisher = Browser(desk, editions.designer), Browser(desk, editions.publisher)
    address = f"/designer/transfers/{act.pk}/"

    assert "已经停下" in text_of(designer.get(address))
    assert "再试一次" not in text_of(designer.get(address))
    assert designer.post(f"{address}retry/", {}).status_code == 404
    assert "再试一次" in text_of(publisher.get(address))
    assert publisher.post(f"{address}retry/", {}).url == address
    told = Event.objects.get(subject="process", kind="transfer_retried")
    assert (told.actor_id, told.payload) == (
        editions.publisher.officer_id,
        {"transfer": act.pk, "cases": 1},
    )
    outbox.deliver()
    case.refresh_from_db()
    assert case.process_version_id == act.target_id
    again = publisher.post(f"{address}retry/", {})
    assert again.status_code == 409
    assert "没有停下的办件" in text_of(again)


def test_the_register_of_publications_names_processes_in_words(desk, editions):
    page = text_of(Browser(desk, editions.publisher).get("/designer/publications/"))
    assert "上报办理 —→1" in page
    assert "escalated —→1" not in page
