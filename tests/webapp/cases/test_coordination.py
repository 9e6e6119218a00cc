"""Matters that cannot be answered at once: an answer by a date, always recorded (TYPE-06)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.webapp.cases.reading import unsound
from tests.webapp.cases.test_commands import go_on, stop
from webapp.cases import actions
from webapp.cases.queries.invariants import broken_invariants
from webapp.core import db

pytestmark = pytest.mark.django_db

ITEM = "XF01"


def accepted(desk):
    return desk.run(desk.open(ITEM), until="Task_Coordinate")


def test_answered_in_time(desk):
    """PROC-12: closed with the answer, no denial."""
    case = accepted(desk)
    assert {"statutory", "promised"} <= set(case.clocks.values_list("kind", flat=True))
    case = desk.run(case)
    assert (case.result, case.is_open) == ("answered", False)
    assert not case.denial_filings.exists()
    assert not case.clocks.exclude(state="ended").exists()
    assert broken_invariants() == []


def test_late_the_applicant_hears_how_it_stands_and_the_matter_goes_on(desk):
    """PROC-02: an interim answer on the day; the coordination is not cut off."""
    case = accepted(desk)
    desk.sweep("2026-04-25")
    desk.go_to("2026-04-27")
    interim = desk.item(case, "Task_Interim")
    desk.complete(interim, new_answer_on="2026-05-20")
    assert desk.item(case).element == "Task_Coordinate"
    assert desk.run(case).result == "answered"


def late(desk):
    """Accepted, and the promised day of the answer has passed."""
    case = accepted(desk)
    desk.sweep("2026-04-25")
    desk.go_to("2026-04-27")
    return case


def test_the_answer_itself_comes_before_the_interim_one(desk):
    """PROC-12: once the applicant has been told, nobody owes her a word on how it stands."""
    case = late(desk)
    interim = desk.item(case, "Task_Interim")
    for element in ("Task_Coordinate", "Task_ApproveAnswer", "Task_Tell"):
        desk.complete(desk.item(case, element))
    case.refresh_from_db()
    interim.refresh_from_db()
    assert (case.is_open, case.result, interim.state) == (False, "answered", "CANCELLED")
    assert unsound(case) == []


def test_suspended_over_the_day_of_the_answer(desk):
    """The promised day moves with the case; nobody is told that it is late."""
    case = accepted(desk)
    head = desk.acting("xinan.centre", "township.head_window")
    stop(desk, case, head)
    assert desk.sweep("2026-05-11").fired == 0
    desk.go_to("2026-05-11")
    go_on(desk, case, head)
    assert not case.items.filter(element="Task_Interim").exists()
    assert desk.clock(case, "promised").due_on > date(2026, 5, 11)
    assert desk.run(case).result == "answered"
    assert unsound(case) == []


def test_withdrawn_while_the_answer_awaits_approval(desk):
    """The applicant is first: no answer is recorded, nothing is filed."""
    case = accepted(desk)
    desk.complete(desk.item(case))
    with db.pretended(desk.at):
        actions.withdraw(case.pk, desk.window, "问题已经解决")
    case.refresh_from_db()
    assert case.result == "withdrawn"
    assert not case.denial_filings.exists()
    assert unsound(case) == []
