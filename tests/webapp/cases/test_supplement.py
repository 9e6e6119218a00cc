"""The one-time notice (D04), what it locks, the supplement, and the two timers of intake."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import day
from webapp.cases import actions, queries
from webapp.cases.models import Card, CaseMaterial, Timer
from webapp.catalogue.queries import item_by_code
from webapp.core import db
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown

LICENCE, BENEFIT = "ZR01", "MZ04"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _invariant_holds(county):
    yield
    assert queries.broken_invariants() == []
    assert queries.gaps_in_numbers() == []


def keys(case) -> list[str]:
    return list(case.materials.order_by("order").values_list("key", flat=True))


def lacking(desk, code=LICENCE):
    """A case whose first paper is missing and whose second is defective."""
    first, second = list(desk.marks(code))[:2]
    marks = desk.marks(code, **{first: "missing", second: "defective"})
    return desk.open(code, marks=marks)


def noticed(desk, code=LICENCE):
    case = lacking(desk, code)
    desk.complete(desk.item(case), outcome="supplement")
    case.refresh_from_db()
    return case


def test_a_notice_without_anything_lacking_is_refused_in_words(desk):
    """IN-08: the notice lists everything; there is none to list."""
    case = desk.open(LICENCE)
    with pytest.raises(Refused, match="没有一份材料") as refused:
        desk.complete(desk.item(case), outcome="supplement")
    assert refused.value.rule == "IN-08"
    assert desk.numbers(case) == ["D02"]


def test_the_notice_lists_everything_lacking_once_and_locks_it(desk):
    case = noticed(desk)
    assert (case.status, case.supplemented, case.holder_role) == (
        "CORRECTION",
        True,
        "applicant",
    )
    notice = case.documents.get(code="D04")
    rows = notice.content["lists"][0]["rows"]
    assert [(row[1]) for row in rows] == ["没有提交", "缺签名"]
    assert notice.content["addressee"] == case.applicant_name
    assert "remedy" not in notice.content  # a notice alone cannot be sued (domain §1.6)
    assert case.materials.filter(noticed=True).count() == 2
    assert str(desk.clock(case, "supplement").due_on) == "2026-03-24"  # 15 working days
    assert any("2026年3月24日" in text for text in notice.content["paragraphs"])
    assert desk.clock(case, "check").state == "ended"
    assert desk.timers(case).keys() == {"Event_SupplementDue"}


def test_after_the_notice_nothing_new_can_be_found_lacking(desk):
    """R07, 行政许可法第三十二条第四项."""
    case = noticed(desk)
    later = keys(case)[2]
    with pytest.raises(Refused) as refused:
        actions.set_material(case.pk, desk.window, later, "missing")
    assert refused.value.rule == "R07"


def test_supplied_papers_bring_the_case_back_with_a_new_check_clock(desk):
    case = noticed(desk)
    first, second = keys(case)[:2]
    desk.go_to("2026-03-10")
    with db.pretended(desk.at):
        with pytest.raises(Invalid, match="至少勾选一份"):
            actions.supply_materials(case.pk, desk.window, {})
        done = actions.supply_materials(
            case.pk, desk.window, {first: {"state": "received"}, second: {"state": "received"}}
        )
        with pytest.raises(AlreadyDone):
            actions.supply_materials(case.pk, desk.window, {first: {"state": "received"}})
    assert [one.name for one in done.opened] == ["审查材料"]
    assert [code for code, _, _ in done.documents] == ["D02"]
    receipt = case.documents.filter(code="D02").last()
    assert receipt.number.endswith("-D02-2")
    needed = case.materials.filter(needed=True).count()
    assert len(receipt.content["lists"][0]["rows"]) == needed
    assert str(desk.clock(case, "check", run=2).due_on) == "2026-03-17"
    assert desk.clock(case, "supplement").state == "ended"
    assert desk.timers(case).keys() == {"Event_CheckDue"}
    assert desk.run(case).result == "granted"


def test_a_second_notice_only_repeats_the_first(desk):
    case = noticed(desk)
    first, second = keys(case)[:2]
    with db.pretended(desk.at):
        actions.supply_materials(case.pk, desk.window, {first: {"state": "received"}})
    desk.complete(desk.item(case), outcome="supplement")
    rows = case.documents.filter(code="D04").last().content["lists"][0]["rows"]
    assert len(rows) == 1
    actions.supply_materials(case.pk, desk.window, {second: {"state": "received"}})
    with pytest.raises(Refused, match="都已经补齐"):
        desk.complete(desk.item(case), outcome="supplement")


def test_only_the_window_and_the_village_take_supplements(desk):
    case = noticed(desk)
    first = keys(case)[0]
    for stranger in (
        desk.acting("xinan.centre", "township.leader"),
        desk.acting("xinchengpu.centre", "township.window"),
    ):
        with pytest.raises(NotYours):
            actions.supply_materials(case.pk, stranger, {first: {"state": "received"}})


def test_silence_after_the_notice_is_looked_into_and_ends_by_two_persons(desk):
    """supplement overdue: 核实逾期未补 → D25, proposer and confirmer (DENY-02)."""
    case = noticed(desk)
    assert desk.sweep("2026-03-24", 23, 0).fired == 0
    assert desk.sweep("2026-03-25").fired == 1
    item = desk.item(case)
    assert item.element == "Task_Overdue"
    desk.go_to("2026-03-25")
    desk.complete(item)
    done = desk.complete(desk.item(case))
    assert [code for code, _, _ in done.documents] == ["D25", "D24"]
    ended = case.documents.get(code="D25")
    assert "行政复议" in ended.content["remedy"]
    assert any("2026年3月24日前补齐" in text for text in ended.content["paragraphs"])
    assert desk.run(case).result == "expired"


def test_a_licence_is_deemed_accepted_as_of_receipt(desk):
    """行政许可法第三十二条第四项: no word in five working days; red card R06."""
    case = desk.open(desk.reroute(LICENCE, "promised"))
    swept = desk.sweep("2026-03-11")
    assert (swept.cases, swept.fired) == (1, 1)
    case.refresh_from_db()
    assert (case.deemed_accepted, case.accepted_at) == (True, case.received_at)
    assert desk.item(case).element == "Task_Review"
    clock = desk.clock(case, "statutory")
    assert str(clock.due_on) == "2026-03-31"  # 20 working days from the day of receipt
    notice = case.documents.get(code="D05")
    assert any("视为受理" in text for text in notice.content["paragraphs"])
    assert notice.issued_by is None
    card = Card.objects.get(case=case)
    assert (card.rule, card.level, card.clock.kind) == ("R06", "red", "check")
    assert desk.sweep().cases == 0
    assert Timer.objects.get(case=case, element="Event_CheckDue").state == "FIRED"


def test_other_items_are_not_accepted_by_silence(desk):
    """flows: not deemed → the director decides, R06 all the same (design §13.10)."""
    case = desk.open(BENEFIT)
    desk.sweep("2026-03-11")
    item = desk.item(case)
    assert (item.element, item.pool.role_id) == ("Task_Direct", "township.leader")
    case.refresh_from_db()
    assert (case.deemed_accepted, case.accepted_at) == (False, None)
    assert Card.objects.get(case=case).rule == "R06"
    desk.go_to("2026-03-11")
    desk.complete(item, finish_by="2026-03-13")
    assert desk.run(case).result == "granted"


def test_a_check_that_was_finished_in_time_gets_no_card(desk):
    case = desk.open(LICENCE)
    desk.complete(desk.item(case))
    assert desk.sweep("2026-03-20").fired == 0
    assert not Card.objects.filter(case=case).exists()


def test_several_due_timers_are_fired_oldest_first(desk):
    first = desk.open(LICENCE)
    desk.go_to("2026-03-04")
    second = desk.open(LICENCE)
    assert desk.sweep("2026-03-20").cases == 2
    fired = {
        case.pk: case.passages.filter(element="Service_Deemed").get().id
        for case in (first, second)
    }
    assert fired[first.pk] < fired[second.pk]


def test_a_line_of_the_checklist_is_kept_by_whoever_has_the_case(desk):
    case = desk.open(LICENCE)
    key = keys(case)[0]
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "defective", "缺公章", "加盖公章")
    line = CaseMaterial.objects.get(case=case, key=key)
    assert (line.state, line.defect, line.remedy) == ("defective", "缺公章", "加盖公章")
    assert (line.changed_by_id, line.changed_at) == (desk.window.officer_id, desk.at)
    with pytest.raises(Invalid, match="哪里不符合要求"):
        actions.set_material(case.pk, desk.window, key, "defective")
    with pytest.raises(Invalid):
        actions.set_material(case.pk, desk.window, key, "nonsense")
    with pytest.raises(Unknown):
        actions.set_material(case.pk, desk.window, "other", "received")
    stranger = desk.acting("xinchengpu.centre", "township.window")
    with pytest.raises(Unknown):
        actions.set_material(case.pk, stranger, key, "received")
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "checked")
    desk.run(case)
    with pytest.raises(Refused, match="已经办结"):
        actions.set_material(case.pk, desk.window, key, "received")


def test_a_deadline_moves_over_a_holiday(desk):
    """domain §1.5: Spring Festival; due dates of item and case agree with the clock."""
    desk.go_to("2026-02-13")
    case = desk.open(LICENCE)
    assert case.due_at == day("2026-02-27", 17, 30)
    assert desk.item(case).lapses_at == day("2026-02-28", 0, 0)


def test_what_is_not_complete_is_not_accepted(desk):
    """第三十二条第五项: noticed or, where the item allows it, promised; never just accepted."""
    for outcome in ("accept", "corrected"):
        case = lacking(desk)
        with pytest.raises(Refused, match="还没有交齐") as refusal:
            desk.complete(desk.item(case), outcome=outcome)
        assert "三十二条" in refusal.value.rule
        assert desk.item(case).element == "Task_Examine"
        assert "D05" not in desk.numbers(case)


@pytest.mark.parametrize("state", ["required", "missing", "defective"])
@pytest.mark.parametrize("code", [LICENCE, "RS01", "MZ01"])
def test_one_paper_that_lacks_bars_acceptance_whatever_the_path(desk, code, state):
    """IN-08, IN-13: 即办、承诺、上报; once it is here and in order the same step goes through."""
    item = item_by_code(code)
    key = next(m.key for m in item.materials if not m.condition)
    case = desk.open(code, marks=desk.marks(code, **{key: state}))
    name = case.materials.get(key=key).name
    with pytest.raises(Refused, match="还没有交齐") as refusal:
        desk.complete(desk.item(case), outcome="accept")
    assert name in refusal.value.sentence
    assert refusal.value.field == "outcome"
    case.refresh_from_db()
    assert (case.accepted_at, case.status) == (None, "RECEIVED")
    with db.pretended(desk.at):
        actions.set_material(case.pk, desk.window, key, "checked")
    desk.complete(desk.item(case), outcome="accept")
    assert "D05" in desk.numbers(case)
