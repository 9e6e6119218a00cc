"""Matters that cannot be answered at once: an answer by a date, always recorded (TYPE-06)."""

from __future__ import annotations

import pytest

from webapp.cases.queries.invariants import broken_invariants

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
