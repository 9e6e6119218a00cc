"""Random runs on the library's own processes: no answer brings playing down, every run that was
played can be kept as a scenario, and that scenario holds on the same draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.core.errors import Refused
from webapp.designer.playing import replay
from webapp.designer.playing.answering import quick
from webapp.designer.playing.moves import opened
from webapp.designer.playing.page import page_of
from webapp.designer.playing.saving import scenario_file
from webapp.designer.playing.setup import Setup
from webapp.organisations.models import Unit
from webapp.processes.queries.library import in_force
from workflows.errors import WorkflowError

pytestmark = pytest.mark.django_db
WALKS = {
    "coordination": "xinan.centre",
    "county": "county_hall",
    "county-joint": "county_hall",
    "escalated": "xinan.centre",
    "escalated-joint": "xinan.centre",
    "immediate": "xinan.centre",
    "joint": "xinan.centre",
    "promised": "xinan.centre",
    "village": "",
}


def offers(player, board, page):
    """Everything that the page offers at a moment, as moves."""
    found = []
    for work in page.works:
        here, _item = opened(board, player.ground, work.at)
        for one in work.answers:
            if not one.problem:
                number = len(player.moments)
                found.append(
                    lambda h=here, v=one.value, n=number: quick(board, player.ground, h, n, v)
                )
        found += [
            lambda at=work.at, to=one.key: {"do": "return", "at": at, "to": to}
            for one in work.back
        ]
    found += [
        lambda m=one: {"do": "deliver", "name": m.name, "at": m.at, "values": {}}
        for one in page.messages
    ]
    if page.next_due:
        found.append(lambda: {"do": "pass", "to": page.next_due[1].isoformat()})
    found.append(lambda: {"do": "pass", "to": (board.at + timedelta(days=2)).isoformat()})
    found += [
        lambda key=paper.key, state=state: {
            "do": "papers",
            "marks": {key: {"state": state, "defect": "缺页"}},
        }
        for paper in board.checklist[:2]
        for state in ("missing", "checked")
    ]
    found.append(lambda: {"do": "withdraw"})
    return found


def station():
    """A village's service station with an agent."""
    return (
        Unit.objects.filter(kind="station", pools__role="village.agent").order_by("pk").first()
    )


SOME = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.mark.parametrize("process", WALKS)
@given(choices=st.lists(st.integers(0, 40), min_size=7, max_size=7))
@settings(max_examples=1, **SOME)
def test_any_walk_is_told_and_can_be_kept(county, process, choices):
    walk(county, process, choices)


@pytest.mark.soak
@pytest.mark.parametrize("process", WALKS)
@given(choices=st.lists(st.integers(0, 40), min_size=20, max_size=20))
@settings(max_examples=15, **SOME)
def test_any_long_walk_is_told_and_can_be_kept(county, process, choices):
    walk(county, process, choices)


def walk(county, process, choices):
    """Follow the choices as far as they lead, then keep the run."""
    manifest = in_force()
    unit = county.unit(WALKS[process]) if WALKS[process] else station()
    setup = Setup(process, None, unit.pk, county.at)
    moves, played = [], replay(setup, manifest, [])
    assert played.problems == ()
    for choice in choices:
        page = page_of(played, played.ground, len(moves), "")
        assert page.clocks is not None
        if page.finished:
            break
        made = offers(played, page.board, page)
        try:
            move = made[choice % len(made)]()
        except (Refused, WorkflowError):
            continue
        after = replay(setup, manifest, [*moves, move])
        if after.problems:
            assert after.problems[0].sentence
            continue
        moves.append(move)
        played = after
    path, content = scenario_file(played, manifest, {"name": "随走", "file": "walk"})
    assert path == "scenarios/walk.yaml"
    assert content.decode().startswith("name: 随走")
