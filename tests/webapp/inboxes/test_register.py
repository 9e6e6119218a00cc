"""Registering at the window and in the village: IN-11, WIN-05, AGT-01, AGT-04, AGT-05."""

from __future__ import annotations

import re

import pytest

from tests.webapp.inboxes.conftest import Browser, posted
from webapp.cases.models import Attachment, Case, Draft

pytestmark = pytest.mark.django_db

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)


def application(desk, code: str, **given: str) -> dict:
    """What a clerk posts for an invented applicant, every paper received."""
    marks = {f"mat-{key}-state": "received" for key in desk.marks(code)}
    return posted(desk.answers(code, **given)) | marks | {"reg-key": "one", "do": "submit"}


def text_of(answer) -> str:
    """The page as text."""
    return answer.content.decode()


def rows_of(answer) -> int:
    """How many rows of a list the page shows (the blank one is for the browser to copy)."""
    return text_of(answer).count("data-row>") - 1


def test_the_list_names_kind_limit_and_example_of_every_item(window):
    page = text_of(window.get("/register/"))
    entry = re.search(r'<li data-filter-words="最低生活保障[^>]*>.*?</li>', page, re.DOTALL)
    assert entry is not None
    for words in ("承诺", "上报", "20个工作日", "示例", "MZ01"):
        assert words in entry[0]


def test_registering_tells_number_place_and_deadline(window, desk):
    answer = window.post("/register/MZ01/", application(desk, "MZ01"), follow=True)
    case = Case.objects.get()
    page = text_of(answer)
    assert answer.redirect_chain == [(f"/registered/{case.pk}/", 302)]
    for words in (case.number, "新安镇便民服务中心", "审查材料", "打印收件凭证", "3月10日"):
        assert words in page


def test_a_double_click_opens_one_case(window, desk):
    pairs = application(desk, "MZ01")
    first = window.post("/register/MZ01/", pairs)
    second = window.post("/register/MZ01/", pairs)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_wrong_answers_come_back_beside_their_field_and_nothing_typed_is_lost(window, desk):
    pairs = application(desk, "MZ01") | {
        "applicant_name": "王建国",
        "applicant_id_type": "id_card",
        "applicant_id_number": "130123199001011234",
        "assets_detail": "三间旧房 <b>",
        "mat-household_register-state": "defective",
        "mat-household_register-remedy": "补本人页",
        "reg-village": str(desk.village().pk),
    }
    answer = window.post("/register/MZ01/", pairs)
    page = text_of(answer)
    assert answer.status_code == 422
    assert not Case.objects.exists()
    assert 'href="#f-applicant_id_number"' in page
    assert 'value="130123199001011234"' in page
    assert "三间旧房 &lt;b&gt;" in page
    assert 'value="补本人页"' in page
    assert f'value="{desk.village().pk}" selected' in page
    assert re.search(r'mat-household_register-state" value="defective" checked', page)


def test_rows_come_and_go_without_javascript(window, desk):
    pairs = application(desk, "MZ01") | {"members[0].name": "王小明"}
    more = window.post("/register/MZ01/", pairs | {"do": "add:members"})
    assert more.status_code == 200
    assert (
        rows_of(more) == rows_of(window.post("/register/MZ01/", pairs | {"do": "refresh"})) + 1
    )
    assert 'name="members[0].name" value="王小明"' in text_of(more)
    fewer = window.post("/register/MZ01/", pairs | {"do": "remove:members:0"})
    assert "王小明" not in text_of(fewer)
    assert not Case.objects.exists()


def test_a_draft_is_kept_encrypted_restored_with_its_time_and_forgotten_on_request(window):
    saved = window.post("/register/MZ01/draft/", {"applicant_name": "李秀英", "reg-key": "k1"})
    assert saved.json() == {"saved": "09:30"}
    assert "李秀英".encode() not in bytes(Draft.objects.get().ciphertext)
    page = text_of(window.get("/register/MZ01/"))
    assert "已恢复 09:30 的草稿" in page
    assert 'value="李秀英"' in page
    window.post("/register/MZ01/draft/", {"do": "discard"})
    assert "李秀英" not in text_of(window.get("/register/MZ01/"))


def test_registering_uses_the_draft_up(window, desk):
    window.post("/register/MZ01/draft/", {"applicant_name": "李秀英"})
    window.post("/register/MZ01/", application(desk, "MZ01"))
    assert not Draft.objects.exists()


def test_conditions_are_decided_on_the_server_for_the_page(window):
    answered = {"application_mode": "self", "cause": "old_age"}
    known = window.post("/register/MZ01/state/", answered).json()["needed"]
    assert known["agent_mandate"] is False
    answered = {"application_mode": "agent", "cause": "disability"}
    known = window.post("/register/MZ01/state/", answered).json()["needed"]
    assert known["agent_mandate"] is True
    open_ones = window.post("/register/MZ01/state/", {}).json()["needed"]
    assert None in open_ones.values()
    gender = window.post(
        "/register/MZ01/state/",
        {"applicant_id_type": "id_card", "applicant_id_number": "11010519491231002X"},
    ).json()["locked"]["f-applicant_gender"]
    assert gender == {"value": "female", "text": "女", "locked": True}


def test_an_undecided_paper_says_when_it_is_needed(window):
    page = text_of(window.get("/register/RS05/"))
    assert "”为“" in page
    assert "时需要" in page


def test_files_are_attached_and_a_false_one_is_named_while_the_case_stands(window, desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    pairs = application(desk, "MZ01") | {
        "file-household_register": SimpleUploadedFile("户口簿.png", PNG),
        "file-application": SimpleUploadedFile("申请.pdf", b"not a pdf"),
    }
    page = text_of(window.post("/register/MZ01/", pairs, follow=True))
    assert Attachment.objects.get().name == "户口簿.png"
    assert "申请.pdf" in page
    assert "没有收下" in page


def test_an_agent_files_on_a_mandate_for_her_own_village_only(agent, desk):
    page = text_of(agent.get("/register/MZ04/"))
    assert "委托人姓名" in page
    assert 'name="reg-village"' not in page
    refused = agent.post("/register/MZ04/", application(desk, "MZ04"))
    assert refused.status_code == 422
    assert 'href="#reg-mandate-principal_name"' in text_of(refused)
    mandate = {
        "reg-mandate-principal_name": "王建国",
        "reg-mandate-reason": "elderly",
        "reg-mandate-signed_on": "2026-03-02",
        "reg-mandate-powers": ["file", "collect"],
    }
    answer = agent.post("/register/MZ04/", application(desk, "MZ04") | mandate)
    assert answer.status_code == 302
    case = Case.objects.get()
    assert case.village.code == "130123103201"
    assert case.agent_id == agent.person.officer_id


def test_an_agent_reads_why_before_typing_what_she_may_not_file(agent):
    page = text_of(agent.get("/register/CL02/"))
    assert "不能代办" in page
    assert '<form method="post" enctype' not in page
    assert "本人到场" in text_of(agent.get("/register/"))


@pytest.mark.parametrize("path", ["/register/NO99/", "/register/NO99/state/"])
def test_an_unknown_item_is_not_found(window, path):
    answer = window.post(path, {}) if path.endswith("state/") else window.get(path)
    assert answer.status_code == 404


def test_who_takes_no_applications_has_no_register_page(desk, browser_of, county):
    leader = browser_of(county.pool("xinan.centre", "township.leader"))
    assert leader.get("/register/").status_code == 404


def test_an_expired_session_keeps_every_field(window, desk):
    window.client.logout()
    answer = window.post("/register/MZ01/", application(desk, "MZ01", applicant_name="王建国"))
    assert answer.status_code == 401
    assert 'name="applicant_name" value="王建国"' in text_of(answer)
    assert 'name="kept_path" value="/register/MZ01/"' in text_of(answer)


def test_the_hall_registers_at_its_own_window(desk):
    """CAT-18: any village of the county; nothing is sent up; the case waits at the hall."""
    hall = Browser(desk, desk.acting("county_hall", "county.window"))
    listed = text_of(hall.get("/register/"))
    entry = re.search(r'<li data-filter-words="[^>]*rs03[^>]*>.*?</li>', listed, re.DOTALL)
    assert entry is not None
    assert "承诺" in entry[0]
    assert "上报" not in entry[0]
    page = text_of(hall.get("/register/RS03/"))
    assert "乡镇上报" not in page
    for village in ("新安村", "诸福屯"):
        assert village in page
    answer = hall.post("/register/RS03/", application(desk, "RS03"), follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain == [(f"/registered/{case.pk}/", 302)]
    done = text_of(answer)
    for words in (case.number, "正定县政务服务中心", "审查材料", "打印收件凭证"):
        assert words in done
    assert case.accountable_unit.key == "county_hall"


def test_a_petition_is_listed_as_one_to_be_answered(window):
    """TYPE-06: what is coordinated and answered says so before anything is typed."""
    page = text_of(window.get("/register/"))
    entry = re.search(r'<li data-filter-words="[^>]*xf01[^>]*>.*?</li>', page, re.DOTALL)
    assert entry is not None
    assert "协调答复" in entry[0]
