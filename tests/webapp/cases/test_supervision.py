"""Electronic supervision: every rule of domain §4.4 (R01–R13), whom it tells, and appeals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.webapp.cases.desk import day
from webapp.cases import actions, queries
from webapp.cases.models import Card, CardAppeal, Clock, Delivery
from webapp.catalogue.models import OpeningHours, SupervisionRule
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused, Unknown
from webapp.organisations.models import Pool

pytestmark = pytest.mark.django_db


def cards(case, rule: str):
    return Card.objects.filter(case=case, rule=rule).order_by("id")


def roles_told(card) -> set[str]:
    return set(Pool.objects.filter(pk__in=card.told).values_list("role_id", flat=True))


def reviewed(desk):
    desk.reroute("ZR01", "promised")
    return desk.run(desk.open("ZR01"), until="Task_Review")


def test_the_table_has_all_thirteen_rules(county):
    codes = set(SupervisionRule.objects.values_list("code", flat=True))
    assert codes == {f"R{n:02}" for n in range(1, 14)}


def test_r01_reminds_the_handler_while_the_office_is_open(desk):
    case = reviewed(desk)
    actions.issue_cards(day("2026-03-13", 8, 0))
    assert not cards(case, "R01").exists(), "before opening"
    actions.issue_cards(day("2026-03-14", 10))
    assert not cards(case, "R01").exists(), "on a Saturday"
    actions.issue_cards(day("2026-03-13", 9))
    card = cards(case, "R01").get()
    item = desk.item(case)
    assert (card.level, card.pool_id, card.unit_id) == (
        "reminder",
        item.pool_id,
        item.pool.unit_id,
    )


def test_reminders_keep_the_hours_of_the_unit_that_answers(desk):
    case = reviewed(desk)
    OpeningHours.objects.create(
        unit=case.accountable_unit, weekday=4, opens="13:00", closes="16:00"
    )
    actions.issue_cards(day("2026-03-13", 9, 30))
    assert not cards(case, "R01").exists(), "the county is open, this centre is not"
    actions.issue_cards(day("2026-03-13", 13, 30))
    assert cards(case, "R01").exists()


def test_r02_warns_handler_and_head_of_the_window_today(desk):
    case = reviewed(desk)
    actions.issue_cards(day("2026-03-17"))
    card = cards(case, "R02").get(clock__kind="step")
    assert card.level == "warning"
    assert roles_told(card) == {"township.head_window"}


def test_r03_step_late_and_the_whole_not_goes_to_the_director_too(desk):
    case = reviewed(desk)
    actions.issue_cards(day("2026-03-18", 0, 1))
    card = cards(case, "R03").get()
    assert card.level == "yellow"
    assert "township.leader" in roles_told(card)
    assert card.officer_id is None, "nobody had signed for it"


def test_r03_names_who_had_signed_for_it(desk):
    case = reviewed(desk)
    item = desk.item(case)
    who = desk.anybody(item.pool_id, but=desk.separate_from(item))
    actions.claim(item.pk, who)
    actions.issue_cards(day("2026-03-18", 0, 1))
    assert cards(case, "R03").get().officer_id == who.officer_id


def test_r04_and_r05_promised_by_working_days(desk):
    case = reviewed(desk)
    Clock.objects.filter(case=case, kind="statutory").update(state="ended")
    actions.issue_cards(day("2026-04-01"))
    assert cards(case, "R04").get().level == "yellow"
    assert not cards(case, "R05").exists()
    actions.issue_cards(day("2026-04-03"))
    card = cards(case, "R05").get()
    assert card.level == "red"
    assert {"county.office", "inspection"} <= roles_told(card)


def test_r05_statutory_at_once(desk):
    case = reviewed(desk)
    actions.issue_cards(day("2026-04-01", 0, 1))
    assert cards(case, "R05").get().clock.kind == "statutory"


def test_r06_check_not_decided_in_five_working_days(desk):
    case = desk.open("MZ04")
    actions.issue_cards(day("2026-03-11", 0, 1))
    card = cards(case, "R06").get()
    assert card.level == "red"
    assert {"county.office", "inspection", "township.leader"} <= roles_told(card)
    assert not cards(case, "R03").exists(), "one card for the same delay"


def test_r07_a_second_notice_with_something_new_is_blocked_and_a_yellow_card(desk):
    case = desk.open("ZR01")
    lines = list(case.materials.order_by("id"))
    by = desk.window
    actions.set_material(case.pk, by, lines[0].key, "missing", remedy="请补交")
    desk.complete(desk.item(case), by, outcome="supplement")
    with pytest.raises(Refused, match="一次告知"):
        actions.set_material(case.pk, by, lines[1].key, "missing", remedy="再补")
    with pytest.raises(Refused, match="一次告知"):
        actions.set_material(case.pk, by, lines[1].key, "missing", remedy="再补")
    card = cards(case, "R07").get()
    assert (card.level, card.officer_id, card.clock_id) == ("yellow", by.officer_id, None)
    assert lines[1].name in card.evidence
    lines[1].refresh_from_db()
    assert lines[1].state != "missing"


def test_r08_a_refusal_without_reason_or_basis_is_blocked(desk):
    desk.reroute("ZR01", "promised")
    case = desk.run(desk.open("ZR01"), until="Task_Propose")
    item = desk.item(case)
    raw = desk.form_answers(item, proposal="refuse") | {"reason": "", "legal_basis": ""}
    who = desk.anybody(item.pool_id, but=desk.separate_from(item))
    with pytest.raises(Invalid) as refused:
        actions.complete(item.pk, who, raw)
    assert {"reason", "legal_basis"} <= set(refused.value.errors)
    assert desk.item(case).pk == item.pk


def test_r09_closing_a_decision_without_proof_of_delivery_is_a_yellow_card(desk):
    served = desk.run(desk.open("ZR01"))
    assert not served.is_open
    assert Delivery.objects.filter(case=served).exists()
    assert not cards(served, "R09").exists()


def test_r10_late_hand_up_is_an_offence_of_its_own(desk):
    case = desk.run(desk.open("MZ04"), until="Task_HandUp")
    clock = desk.clock(case, "handup")
    actions.issue_cards(clock.lapses_at + timedelta(minutes=1))
    assert cards(case, "R10").get().level == "yellow"
    actions.issue_cards(clock.lapses_at + timedelta(days=8))
    assert set(cards(case, "R10").values_list("level", flat=True)) <= {"yellow", "red"}


def test_r11_three_yellow_cards_in_a_quarter_are_a_talk_once(desk):
    case = reviewed(desk)
    who = desk.window
    for n in range(3):
        assert not cards(case, "R11").exists()
        Card.objects.create(
            case=case, rule="R03", level="yellow", key=f"t{n}", officer_id=who.officer_id,
            unit=case.accountable_unit, issued_at=day("2026-02-10"), cause="环节超期",
        )  # fmt: skip
        actions.issue_cards(day("2026-03-04"))
    talk = cards(case, "R11").get()
    assert (talk.level, talk.officer_id) == ("talk", who.officer_id)
    assert "township.leader" in roles_told(talk)
    assert actions.issue_cards(day("2026-03-04")) == 0


def test_r11_one_red_card_is_enough_and_a_cancelled_one_counts_for_nothing(desk):
    case = reviewed(desk)
    card = Card.objects.create(
        case=case, rule="R05", level="red", key="t", officer_id=desk.window.officer_id,
        unit=case.accountable_unit, issued_at=day("2026-03-03"), state="CANCELLED",
    )  # fmt: skip
    actions.issue_cards(day("2026-03-04"))
    assert not cards(case, "R11").exists()
    Card.objects.filter(pk=card.pk).update(state="ISSUED")
    actions.issue_cards(day("2026-03-04"))
    assert cards(case, "R11").exists()


def test_r12_a_stop_without_notice_or_longer_than_it_says(desk):
    """行政许可法第四十五条: the applicant is told in writing how long."""
    case = reviewed(desk)
    _stop(case, evidence="正评通〔2026〕1号", stated={"amount": 5, "unit": "workday"})
    actions.issue_cards(day("2026-03-10"))
    assert not cards(case, "R12").exists(), "the fifth working day after 3 March"
    actions.issue_cards(day("2026-03-11"))
    card = cards(case, "R12").get()
    assert "5个工作日" in card.evidence
    assert actions.issue_cards(day("2026-03-12")) == 0 or cards(case, "R12").count() == 1
    other = reviewed(desk)
    _stop(other, evidence="", stated=None)
    actions.issue_cards(day("2026-03-04"))
    assert "没有告知书" in cards(other, "R12").get().evidence


def _stop(case, **more) -> None:
    clock = Clock.objects.get(case=case, kind="statutory", state="running")
    entry = {
        "type": "stopped",
        "at": day("2026-03-03").isoformat(),
        "cause": "专家评审",
        **more,
    }
    seq = case.clock_entries.filter(kind="statutory", run=clock.run).count() + 1
    case.clock_entries.create(kind="statutory", run=clock.run, seq=seq, entry=entry)
    Clock.objects.filter(pk=clock.pk).update(
        state="stopped", due_on=None, due_at=None, lapses_at=None
    )


def test_r13_a_department_that_is_silent_at_its_limit(desk):
    desk.reroute("ZR01", "joint")
    case = desk.run(desk.open("ZR01"), until="Task_Opinion")
    clock = Clock.objects.filter(case=case, kind="department").earliest("id")
    actions.issue_cards(clock.lapses_at + timedelta(minutes=1))
    card = cards(case, "R13").first()
    assert card.level == "yellow"
    assert card.unit_id == clock.item.pool.unit_id
    case.refresh_from_db()
    assert case.decided_at is None, "silence never approves"


def test_a_late_step_keeps_its_card_when_it_is_done_before_the_sweep(desk):
    """A worker that was away for a week loses no card: the step itself issues it."""
    case = reviewed(desk)
    desk.go_to("2026-03-19")
    desk.complete(desk.item(case))
    assert cards(case, "R03").get().level == "yellow"
    actions.issue_cards(desk.at)
    assert cards(case, "R03").count() == 1


def test_the_county_changes_a_figure(desk):
    case = reviewed(desk)
    SupervisionRule.objects.filter(code="R01").update(days=5, share=0)
    from webapp.organisations import lookups

    lookups.forget()
    actions.issue_cards(day("2026-03-10"))
    assert cards(case, "R01").filter(clock__kind="step").exists()


# -- appeals -------------------------------------------------------------------------------


def yellow(desk):
    case = reviewed(desk)
    item = desk.item(case)
    who = desk.anybody(item.pool_id, but=desk.separate_from(item))
    actions.claim(item.pk, who)
    actions.issue_cards(day("2026-03-18", 0, 1))
    return cards(case, "R03").get(), who


def test_a_card_is_appealed_decided_by_another_and_cancelled_with_trace(desk):
    card, who = yellow(desk)
    office = desk.acting("county_service_office", "county.office")
    with pytest.raises(Unknown):
        actions.appeal_card(card.pk, desk.window, "system", "停电一天，系统无法登录")
    with pytest.raises(Invalid) as wrong:
        actions.appeal_card(card.pk, who, "mood", "短")
    assert set(wrong.value.errors) == {"ground", "reason"}
    actions.appeal_card(card.pk, who, "system", "停电一天，系统无法登录")
    with pytest.raises(AlreadyDone):
        actions.appeal_card(card.pk, who, "system", "停电一天，系统无法登录")
    with pytest.raises(Unknown):
        actions.decide_appeal(card.pk, who, "cancel", "情况属实，准予撤销")
    actions.decide_appeal(card.pk, office, "cancel", "经核实当日全镇停电一天")
    with pytest.raises(AlreadyDone):
        actions.decide_appeal(card.pk, office, "uphold", "经核实当日全镇停电一天")
    card.refresh_from_db()
    assert card.state == "CANCELLED"
    assert CardAppeal.objects.get(card=card).state == "GRANTED"
    assert queries.broken_chain(card.case_id) == []
    assert (
        actions.issue_cards(day("2026-03-18", 0, 2)) == 0
        or cards(card.case, "R03").count() == 1
    )


def test_nobody_decides_on_her_own_card(desk):
    card, who = yellow(desk)
    office = desk.acting("county_service_office", "county.office")
    Card.objects.filter(pk=card.pk).update(officer=office.officer_id, pool=None)
    actions.appeal_card(card.pk, office, "other", "当天在县里参加会议培训")
    with pytest.raises(NotYours):
        actions.decide_appeal(card.pk, office, "cancel", "情况属实，予以撤销")
    inspector = desk.acting("county_inspection", "inspection")
    actions.decide_appeal(card.pk, inspector, "uphold", "会议不影响委托他人办理")
    card.refresh_from_db()
    assert (card.state, card.appeal.state) == ("ISSUED", "DECLINED")


def test_a_reminder_is_no_card_to_appeal(desk):
    card, who = yellow(desk)
    Card.objects.filter(pk=card.pk).update(level="reminder")
    with pytest.raises(Refused, match="提醒"):
        actions.appeal_card(card.pk, who, "system", "停电一天，系统无法登录")


# -- a delay record (PROC-02) ---------------------------------------------------------------


def test_a_delay_moves_the_step_only_and_is_explained(desk):
    case = reviewed(desk)
    item = desk.item(case)
    who = desk.anybody(item.pool_id, but=desk.separate_from(item))
    before = {c.kind: c.due_on for c in Clock.objects.filter(case=case)}
    desk.go_to("2026-03-12")
    done = _delay(desk, item, who, "2026-03-20")
    assert done.case_id == case.pk
    after = {c.kind: c.due_on for c in Clock.objects.filter(case=case)}
    assert str(after.pop("step")) == "2026-03-20"
    before.pop("step")
    assert after == before, "the case's own limits stay"
    item.refresh_from_db()
    assert item.due_at == day("2026-03-20", 17, 30)
    page = queries.case_page(case, desk.at)
    lines = next(
        c for c in page.clocks if c.kind == "step" and c.state == "running"
    ).explanation
    assert any("等待评估机构出具报告" in line and "电话告知申请人" in line for line in lines)
    assert queries.broken_chain(case.pk) == []
    with pytest.raises(AlreadyDone):
        _delay(desk, item, who, "2026-03-23")


@pytest.mark.parametrize(
    ("until", "field"),
    [("2026-03-17", "until"), ("2026-03-21", "until"), ("2026-04-01", "until")],
)
def test_a_delay_ends_on_a_later_working_day_within_the_case_s_limit(desk, until, field):
    case = reviewed(desk)
    item = desk.item(case)
    who = desk.anybody(item.pool_id, but=desk.separate_from(item))
    with pytest.raises(Invalid) as wrong:
        _delay(desk, item, who, until)
    assert field in wrong.value.errors


def test_a_delay_comes_before_the_day_is_over(desk):
    case = reviewed(desk)
    item = desk.item(case)
    who = desk.anybody(item.pool_id, but=desk.separate_from(item))
    desk.go_to("2026-03-18")
    with pytest.raises(Refused, match="超期"):
        _delay(desk, item, who, "2026-03-20")


def _delay(desk, item, who, until):
    from datetime import date

    from webapp.core import db

    with db.pretended(desk.at):
        return actions.record_delay(
            item.pk, who, date.fromisoformat(until), "等待评估机构出具报告", "phone"
        )


def test_a_sweep_makes_a_fixed_number_of_statements(desk, django_assert_max_num_queries):
    reviewed(desk)
    with django_assert_max_num_queries(8):
        actions.issue_cards(day("2026-03-18"))
    assert connection is not None


def test_the_acceptance_notice_prints_the_calculation(desk):
    """为什么是这一天, also on the applicant's paper (issue 5; complaints 1–4)."""
    desk.reroute("ZR01", "promised")
    case = desk.run(desk.open("ZR01"), until="Task_Review")
    notice = case.documents.get(code="D05")
    said = str(notice.content)
    assert "承诺到期日这样算：" in said
    assert "当日不计入，从下一个工作日" in said
    assert "休息日不计入" in said
