"""Papers of a village agent: the one-time notice (D03) and the mandate to sign (D21)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import MANDATE
from tests.webapp.cases.test_village_cases import ITEM, visit
from webapp.cases.queries.invariants import broken_invariants
from webapp.catalogue.queries import item_by_code
from webapp.organisations.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(desk):
    station = Unit.objects.get(kind="station", division=desk.village())
    return desk.acting(station.key, "village.agent")


def text_of(document) -> str:
    return "\n".join(document.content["paragraphs"])


@pytest.mark.parametrize(
    ("way", "element"), [("immediate", "Task_HandleThere"), ("guide", "Task_Guide")]
)
@pytest.mark.parametrize("code", ["CL02", "RS01", "ZR01"])
def test_a_visitor_gets_the_one_time_notice_before_the_step_is_done(
    desk, agent, way, element, code
):
    """IN-07, IN-08, TYPE-07: conditions, way, every paper, limits; printable while she is there."""
    case = visit(desk, agent, way, code)
    desk.complete(desk.item(case, "Task_Register"), agent, outcome=way)
    notice = case.documents.get(code="D03")
    assert desk.item(case).element == element
    assert notice.number == f"{case.number}-D03"
    text = text_of(notice)
    for block in ("受理条件：", "办理流程：", "办理时限：", "到哪里办：", "收费：不收费"):
        assert block in text
    assert "____" not in text
    assert "{" not in text
    item = item_by_code(code)
    (table,) = notice.content["lists"]
    assert [row[0] for row in table["rows"]] == [m.name for m in item.materials]
    assert all(all(row) for row in table["rows"])
    if item.in_person:
        assert item.in_person_reason in text
    desk.complete(desk.item(case), agent)
    case.refresh_from_db()
    assert not case.is_open
    assert broken_invariants() == []


def test_an_agent_who_files_at_the_township_has_the_mandate_to_sign(desk, agent):
    """AGT-01, AGT-03, AGT-05: numbered after the case, with powers as ticked, free of charge."""
    powers = {"powers": ["file", "collect"], "witness": "赵六", "reason": "mobility"}
    case = desk.open("MZ04", agent, mandate=MANDATE | powers)
    assert case.process_version.process.key != "village"
    paper = case.documents.get(code="D21")
    assert paper.number == f"{case.number}-D21"
    text = text_of(paper)
    station = Unit.objects.get(kind="station", division=desk.village()).name
    for words in (
        f"受托人：{agent.name}，单位：{station}",
        f"委托人：{case.applicant_name}",
        "2026年3月2日至这件事办结",
        "代为提交申请、领取结果。",
        "行动不便",
        "赵六",
        "不收取任何费用",
    ):
        assert words in text
    assert "签收文书" not in text
    assert "____" not in text
    assert "*" in text.partition("证件号")[2][:20]


def test_the_mandate_of_a_village_case_says_the_same_and_is_issued_once(desk, agent):
    """AGT-02: the diagram orders it when the agent goes to the township."""
    case = desk.open(ITEM, agent, mandate=MANDATE)
    assert not case.documents.filter(code="D21").exists()
    desk.complete(desk.item(case, "Task_Register"), agent, outcome="agency")
    paper = case.documents.get(code="D21")
    text = text_of(paper)
    assert f"受托人：{agent.name}" in text
    assert "代为提交申请、签收文书、补正材料、领取结果。" in text
    assert "年老体弱" in text
    assert "____" not in text
    assert "*" in text.partition("证件号")[2][:20]


def test_who_files_for_herself_signs_no_mandate(desk):
    assert not desk.open("MZ04").documents.filter(code="D21").exists()
