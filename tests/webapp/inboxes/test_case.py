"""The case page for everybody who may see it, its files, and supplements at the window."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.webapp.cases.desk import MANDATE
from tests.webapp.inboxes.conftest import Browser
from tests.webapp.inboxes.test_register import PNG
from webapp.audit.models import Event
from webapp.cases import actions
from webapp.cases.models import Attachment
from webapp.core import db

pytestmark = pytest.mark.django_db

TABS = ("overview", "materials", "timeline", "documents", "opinions", "diagram", "clocks")


def text_of(answer) -> str:
    """The page as text."""
    return answer.content.decode()


@pytest.fixture
def case(desk):
    """A case that was accepted and waits for the township's handler."""
    found = desk.open("MZ01", applicant_phone="13800001234")
    desk.complete(desk.item(found))
    return found


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_drawn(window, case, tab):
    assert window.get(f"/cases/{case.pk}/{tab}/").status_code == 200


@pytest.mark.parametrize("tab", [*TABS, "nothing"])
def test_a_stranger_and_an_unknown_tab_are_the_same_404(stranger, window, case, tab):
    assert stranger.get(f"/cases/{case.pk}/{tab}/").status_code == 404
    assert window.get(f"/cases/{case.pk}/nothing/").status_code == 404


def test_the_head_says_where_it_is_and_who_comes_next(window, case):
    page = text_of(window.get(f"/cases/{case.pk}/"))
    relay = re.search(r'<ol class="relay".*?</ol>', page, re.DOTALL)[0]
    now = relay.partition("relay-now")[2]
    assert "新安镇民政所" in now
    assert "正定县政务服务中心" in relay.partition("relay-next")[2]


def test_sensitive_answers_are_masked_until_asked_for_and_the_asking_is_recorded(window, case):
    assert "13800001234" not in text_of(window.get(f"/cases/{case.pk}/"))
    field = {"field": "application.applicant_phone"}
    part = window.post(f"/cases/{case.pk}/reveal/", field, **{"HX-Request": "true"})
    assert "13800001234" in text_of(part)
    assert "<html" not in text_of(part)
    whole = window.post(f"/cases/{case.pk}/reveal/", field)
    assert "13800001234" in text_of(whole)
    assert Event.objects.filter(kind="revealed", subject_id=case.pk).count() == 2


def test_a_stranger_reveals_nothing(stranger, case):
    answer = stranger.post(
        f"/cases/{case.pk}/reveal/", {"field": "application.applicant_phone"}
    )
    assert answer.status_code == 404


def test_the_diagram_paints_what_is_done_and_says_it_in_words(window, case):
    page = text_of(window.get(f"/cases/{case.pk}/diagram/"))
    assert "现在：乡镇初审" in page
    assert "已走过：" in page
    drawn = window.get(f"/cases/{case.pk}/diagrams/escalated.bpmn")
    assert drawn["Content-Type"].startswith("application/xml")
    assert b"bpmn:process" in drawn.content
    assert window.get(f"/cases/{case.pk}/diagrams/nothing.bpmn").status_code == 404


def test_the_clocks_explain_their_day(window, case):
    page = text_of(window.get(f"/cases/{case.pk}/clocks/"))
    assert "到期日" in page
    assert "起算" in page


def test_files_are_shown_in_the_page_only_and_only_to_who_may_see_the_case(
    window, stranger, case
):
    marks = {"do": "marks", "file-household_register": SimpleUploadedFile("a.png", PNG)}
    assert window.post(f"/cases/{case.pk}/papers/", marks).status_code == 302
    file = Attachment.objects.get()
    answer = window.get(f"/files/{file.pk}/")
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == PNG
    assert stranger.get(f"/files/{file.pk}/").status_code == 404
    removed = window.post(f"/cases/{case.pk}/papers/", {"do": f"remove:{file.pk}"}, follow=True)
    assert "附件已移除" in text_of(removed)


def test_a_file_that_is_not_what_it_claims_is_named_beside_its_paper(window, case):
    marks = {"do": "marks", "file-application": SimpleUploadedFile("b.pdf", b"hello")}
    answer = window.post(f"/cases/{case.pk}/papers/", marks)
    assert answer.status_code == 422
    assert "b.pdf" in text_of(answer)


def test_a_supplement_sends_the_case_back_to_examination(window, desk):
    marks = desk.marks("MZ01", household_register="defective")
    case = desk.open("MZ01", marks=marks)
    desk.complete(desk.item(case), outcome="supplement")
    assert "等申请人补交" in text_of(window.get(f"/cases/{case.pk}/materials/"))
    nothing = window.post(f"/cases/{case.pk}/papers/", {"do": "supply"})
    assert nothing.status_code == 409
    came = {"do": "supply", "mat-household_register-state": "checked"}
    page = text_of(window.post(f"/cases/{case.pk}/papers/", came, follow=True))
    assert "审查材料" in page
    assert desk.item(case).element == "Task_Examine"
    again = window.post(f"/cases/{case.pk}/papers/", came)
    assert "不等补交材料" in text_of(again)


def test_a_closed_case_is_a_record_without_forms(window, desk):
    case = desk.run(desk.open("MZ01"))
    page = text_of(window.get(f"/cases/{case.pk}/"))
    assert "办结" in page
    assert "本环节" not in page
    refused = window.post(
        f"/cases/{case.pk}/papers/", {"do": "marks", "mat-household_register-state": "missing"}
    )
    assert refused.status_code == 409


def test_the_number_of_statements_does_not_grow_with_the_case(window, desk):
    young, old = desk.open("MZ01"), desk.run(desk.open("MZ01"), until="Task_CountyReview")
    counts = []
    for case in (young, old, young, old):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            window.get(f"/cases/{case.pk}/")
        counts.append(len(queries))
    assert counts[2] == counts[3]


def test_the_village_page_lists_what_waits_with_the_telephone_masked(agent, desk):
    waiting = desk.open(
        "MZ04", by=agent.person, mandate=MANDATE, applicant_phone="13800001234",
        applicant_name="刘大妈",
    )  # fmt: skip
    page = text_of(agent.get("/village/"))
    assert "帮他办" in page
    assert "当场办" in page
    assert f"/cases/{waiting.pk}/" in page
    with db.pretended(desk.at):
        actions.set_material(waiting.pk, desk.window, "household_register", "missing")
    desk.complete(desk.item(waiting), outcome="supplement")
    page = text_of(agent.get("/village/"))
    assert "138*****234" in page
    assert "13800001234" not in page
    assert f"/cases/{waiting.pk}/materials/" in page


def test_only_village_agents_have_a_village_page(window):
    assert window.get("/village/").status_code == 404


def test_withdrawing_says_its_consequence_asks_for_the_reason_and_ends_the_case(window, case):
    assert "不能恢复" in text_of(window.get(f"/cases/{case.pk}/"))
    empty = window.post(f"/cases/{case.pk}/withdraw/", {"reason": " "})
    assert empty.status_code == 422
    assert "撤回的原因" in text_of(empty)
    page = text_of(
        window.post(f"/cases/{case.pk}/withdraw/", {"reason": "搬走了"}, follow=True)
    )
    assert "申请人撤回" in page
    case.refresh_from_db()
    assert (case.status, case.is_open) == ("WITHDRAWN", False)
    late = window.post(f"/cases/{case.pk}/withdraw/", {"reason": "搬走了"})
    assert late.status_code == 409


def test_a_stranger_withdraws_nothing(stranger, case):
    answer = stranger.post(f"/cases/{case.pk}/withdraw/", {"reason": "搬走了"})
    assert answer.status_code == 404
    case.refresh_from_db()
    assert case.is_open


def test_the_slower_of_two_clerks_reads_who_was_quicker_and_may_insist(window, desk):
    """Two clerks at one checklist: told, nothing typed is lost, a second press is a decision."""
    case = desk.open("MZ01")
    page = window.get(f"/cases/{case.pk}/materials/").content.decode()
    seen = re.search(r'name="mat-household_register-seen" value="([^"]*)"', page)[1]
    assert seen
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.mate, "household_register", "to_check")
    marks = {
        "do": "marks",
        "mat-household_register-was": "received",
        "mat-household_register-seen": seen,
        "mat-household_register-state": "defective",
        "mat-household_register-defect": "少了户主页",
    }
    told = window.post(f"/cases/{case.pk}/papers/", marks)
    assert told.status_code == 422
    assert f"刚由{desk.mate.name}改过" in text_of(told)
    assert 'value="少了户主页"' in told.content.decode()
    line = case.materials.get(key="household_register")
    assert line.state == "to_check"
    again = re.search(
        r'name="mat-household_register-seen" value="([^"]*)"', told.content.decode()
    )
    marks["mat-household_register-seen"] = again[1]
    assert window.post(f"/cases/{case.pk}/papers/", marks).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.defect) == ("defective", "少了户主页")


def test_a_head_allows_on_the_page_what_the_notice_left_out(window, desk, county):
    marks = desk.marks("MZ01", household_register="defective")
    case = desk.open("MZ01", marks=marks)
    desk.complete(desk.item(case), outcome="supplement")
    assert "非要不可" not in text_of(window.get(f"/cases/{case.pk}/materials/"))
    boss = Browser(desk, desk.acting("xinan.centre", "township.head_window"))
    assert "非要不可" in text_of(boss.get(f"/cases/{case.pk}/materials/"))
    key = case.materials.exclude(key="household_register").first().key
    vague = boss.post(f"/cases/{case.pk}/papers/", {"do": "late", "late_key": key})
    assert vague.status_code == 422
    assert "请写明为什么" in text_of(vague)
    body = {"do": "late", "late_key": key, "late_reason": "第一次审查时被漏看，法律规定必须有"}
    page = text_of(boss.post(f"/cases/{case.pk}/papers/", body, follow=True))
    assert "差错已登记" in page
    assert "批准新提" in page
