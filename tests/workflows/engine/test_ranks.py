"""A step whose role is a parameter of the case: the county's choice, never anybody else (DENY-02)."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams import Drawing, Play
from workflows.model import Work

DRAWN = "township.head_window"
DRAWING = (
    Drawing()
    .start()
    .user("A", role=DRAWN, work=Work(rank="denial_confirmer", separate=("B",)))
    .end()
    .line("start", "A", "end")
)


@pytest.mark.parametrize("role", ["township.head_window", "township.leader", "county.leader"])
def test_the_case_says_who_and_keeps_it_when_stored(role):
    play = Play(DRAWING, {"denial_confirmer": role})
    assert [item.role for item in play.outcome.opened] == [role]
    assert [item.role for item in play.state.items] == [role]


@pytest.mark.parametrize(
    "said",
    [None, "", "village.agent", "township.window", "applicant", 7, True, ["county.leader"]],
)
def test_whatever_else_a_case_carries_leaves_it_to_the_lane(said):
    """A form, a mapping or a case older than the parameter gives the step to nobody lower."""
    assert [item.role for item in Play(DRAWING, {"denial_confirmer": said}).outcome.opened] == [
        DRAWN
    ]


def test_without_the_mark_the_fact_means_nothing():
    plain = Drawing().start().user("A", role=DRAWN).end().line("start", "A", "end")
    facts = {"denial_confirmer": "county.leader"}
    assert [item.role for item in Play(plain, facts).outcome.opened] == [DRAWN]
