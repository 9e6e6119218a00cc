"""Sweep A: each reminder and card once per rule, clock and due date (domain §4.4)."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import day
from webapp.cases import actions
from webapp.cases.models import Card

pytestmark = pytest.mark.django_db


def rules(case) -> set[tuple[str, str]]:
    return set(Card.objects.filter(case=case).values_list("rule", "clock__kind"))


def test_cards_follow_a_clock_to_its_end_and_beyond(desk):
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
