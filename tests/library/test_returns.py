"""Returns in the shipped processes: each that is offered works, none is left uncertain."""

from __future__ import annotations

import pytest

from tests.library.shelf import rehearsal, scenarios
from workflows import engine
from workflows.engine import Definition, OpenedItem, Return, ReturnTarget
from workflows.rehearse import running

REASONS = ("不在这一环节之前。", "与这一环节没有先后。", "不能退回到那里。")


@pytest.fixture(scope="module")
def offered() -> list[tuple[Definition, bytes, OpenedItem, ReturnTarget]]:
    """Every target at every place where some scenario comes to rest, once each."""
    found, seen = [], set()
    for scenario in scenarios():
        bundle, definition = rehearsal().ready(scenario.process)
        play = running._Play(scenario, bundle, definition)
        outcomes = [engine.start(definition, scenario.facts, scenario.file)]
        passed = set()
        for step in scenario.steps:
            passed |= {place.element for place in outcomes[-1].passed}
            items = engine.inspect(definition, outcomes[-1].snapshot).items
            here = scenario.process, frozenset(item.place for item in items), frozenset(passed)
            if here not in seen:
                seen.add(here)
                snapshot = outcomes[-1].snapshot
                for item in items:
                    targets = engine.preview_return(definition, snapshot, item.token, passed)
                    found += [(definition, snapshot, item, one) for one in targets]
            if step.refused:
                continue
            play.snapshot = outcomes[-1].snapshot
            outcomes.append(play.command(step))
            if step.kind == "do":
                play.performers.setdefault(step.what, set()).add(step.by or step.who)
    return found


def test_no_return_is_refused_because_the_drawing_is_uncertain(offered):
    """Design §7: each target's consequences are shown first; here they can always be told."""
    refused = {one.refusal for *_, one in offered if one.refusal is not None}
    assert refused
    assert [why for why in refused if not why.endswith(REASONS)] == []


def test_every_return_that_is_offered_works_and_can_be_returned_from(offered):
    """What stops is what was said; where the case then stands, branches can be told again."""
    possible = {
        (definition.root, here.place, one.target): (definition, snapshot, here.token, one)
        for definition, snapshot, here, one in offered
        if one.refusal is None
    }
    assert len(possible) > 60
    for definition, snapshot, token, target in possible.values():
        outcome = engine.advance(definition, snapshot, Return(token, target.target))
        assert target.target.element in {item.place.element for item in outcome.opened}
        assert {c.token for c in outcome.closed} == {token, *(i.token for i in target.items)}
        for item in outcome.opened:
            again = engine.preview_return(definition, outcome.snapshot, item.token)
            refused = [one.refusal for one in again if one.refusal is not None]
            assert [why for why in refused if not why.endswith(REASONS)] == []
