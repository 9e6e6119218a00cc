"""Sweep A: each reminder and card once per rule, clock and due date (domain §4.4)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.webapp.cases.desk import day
from webapp.cases import actions, queries
from webapp.cases.models import Card
from webapp.catalogue.models import Calendar, CalendarDay
from webapp.core import db

pytestmark = pytest.mark.django_db


def rules(case) -> set[tuple[str, str]]:
    return set(Card.objects.filter(case=case).values_list("rule", "clock__kind"))


def test_cards_follow_a_clock_to_its_end_and_beyond(desk):
    desk.reroute("ZR01", "promised")
    case = desk.run(desk.open("ZR01"), until="Task_Review")  # step 10, promised 20 from 3 March
    for moment, expected in (
        (day("2026-03-12"), set()),
        (day("2026-03-13"), {("R01", "step")}),  # two days left of ten: a fifth
        (day("2026-03-17"), {("R02", "step")}),  # due today
        (day("2026-03-18", 8), {("R03", "step")}),  # late, the whole is not
    ):
        actions.issue_cards(moment)
        assert expected <= rules(case), moment
    assert ("R04", "promised") not in rules(case)
    actions.issue_cards(day("2026-03-31"))
    assert {("R02", "promised"), ("R02", "statutory")} <= rules(case)
    actions.issue_cards(day("2026-04-01"))
    assert {("R04", "promised"), ("R05", "statutory")} <= rules(case)
    assert ("R05", "promised") not in rules(case)
    actions.issue_cards(day("2026-04-03"))
    assert ("R05", "promised") in rules(case)


def test_a_second_sweep_issues_nothing(desk):
    desk.reroute("ZR01", "promised")
    desk.run(desk.open("ZR01"), until="Task_Review")
    at = day("2026-03-17")
    assert actions.issue_cards(at) > 0
    assert actions.issue_cards(at) == 0


def test_a_moved_clock_is_reminded_of_again(desk):
    """Keyed by (rule, clock, due): the county's return gives a new due date."""
    case = desk.run(desk.open("MZ04"), until="Task_CountyReceive")
    actions.issue_cards(day("2026-03-09"))
    before = Card.objects.filter(case=case, clock__kind="handup").count()
    desk.go_to("2026-03-09")
    desk.complete(desk.item(case), outcome="return", return_code="no_opinion")
    moved = desk.clock(case, "handup").due_at
    actions.issue_cards(moved)
    cards = Card.objects.filter(case=case, clock__kind="handup")
    assert cards.count() > before
    assert moved in set(cards.values_list("due_at", flat=True))


def test_ended_clocks_get_no_cards(desk):
    case = desk.run(desk.open("ZR01"))
    actions.issue_cards(day("2026-06-01"))
    assert rules(case) == set()


def test_a_new_calendar_moves_clock_case_item_and_timer_together(desk):
    """design §6: entries stay, dates are derived again; a clock that moves re-arms its timers."""
    case = desk.open("ZR01")
    entries = list(case.clock_entries.values_list("entry", flat=True))
    assert not actions.recount_clocks(case.pk)
    old = Calendar.objects.get(in_force=True)
    days = list(old.days.all())
    old.in_force = False
    old.save(update_fields=["in_force"])
    old.pk, old.number, old.in_force = None, old.number + 1, True
    old.save(force_insert=True)
    for one in days:
        one.pk, one.calendar = None, old
    CalendarDay.objects.bulk_create(days)
    CalendarDay.objects.create(
        calendar=old, date=date(2026, 3, 5), kind="off", name="临时闭馆", status="official"
    )
    assert case.pk in set(actions.cases_with_clocks())
    with db.pretended(desk.at):
        assert actions.recount_clocks(case.pk)
        assert not actions.recount_clocks(case.pk)
    case.refresh_from_db()
    assert str(desk.clock(case, "check").due_on) == "2026-03-11"
    assert case.due_at == desk.item(case).due_at == day("2026-03-11", 17, 30)
    assert desk.timers(case)["Event_CheckDue"].fires_at == day("2026-03-12", 0, 0)
    assert list(case.clock_entries.values_list("entry", flat=True)) == entries
    assert queries.broken_chain(case.pk) == []
