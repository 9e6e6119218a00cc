"""Random pairs of versions: moved cases against the token game, set up at the same places.

The game on the new version is built by name: what is under way goes to the element of the
same id, a token at a join to the same flow; what listens is armed by its definition. A case
that the engine moves must have a marking that a sound run of the new version can come to.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflows.engine.diagrams import Play, bundle
from tests.workflows.engine.marking import Busy, Frame
from tests.workflows.engine.oracle import ARMED, Game, Overflow
from tests.workflows.engine.test_oracle import act, compare
from tests.workflows.engine.test_return_property import (
    Maps,
    Roomy,
    bag_of,
    finish,
    is_start,
    only,
    reached_from,
)
from tests.workflows.transfer.editing import Editor, drawn
from workflows import engine, transfer
from workflows.model import Element, Kind, Scope
from workflows.transfer import Verdict

STEPS = 5
AFTER = 10


class Stuck(Exception):
    """An element or a flow with a token is gone or is something else."""


def armed_at(old: Scope, new: Scope, busy: Busy) -> list[Element]:
    found = []
    for border in new.boundaries(busy.element.id):
        before = old.elements.get(border.id)
        if border.event is None or border.event.trigger not in ARMED:
            continue
        listening = border.id in {one.id for one in busy.armed}
        if before is None or before.event != border.event or listening:
            found.append(border)
    return found


def fits(old: Element, new: Element | None) -> bool:
    if new is None or new.kind is not old.kind or old.called != new.called:
        return False
    if (old.multi is None) != (new.multi is None):
        return False
    if old.multi and new.multi and old.multi.sequential != new.multi.sequential:
        return False
    if old.kind is Kind.CATCH and old.event and new.event:
        return old.event.trigger is new.event.trigger
    return True


def carry(
    old: Frame, scope: Scope, called: Mapping[str, Scope], host=None, outer=None
) -> Frame:
    """The same marking on another version. Raises Stuck."""
    frame = Frame(scope, outer, host)
    frame.ended = list(old.ended)
    for busy in old.busy:
        element = scope.elements.get(busy.element.id)
        if element is None or not fits(busy.element, element):
            raise Stuck(busy.element.id)
        twin = replace(busy, element=element, armed=armed_at(old.scope, scope, busy), inners=[])
        twin.instances = list(busy.instances)
        frame.busy.append(twin)
        for inner in busy.inners:
            inside = element.scope or called[element.called or ""]
            twin.inners.append(carry(inner, inside, called, twin, frame))
    for key, tokens in old.flows.items():
        if tokens:
            frame.flows[flow_of(old.scope, scope, key)] = list(tokens)
    return frame


def flow_of(old: Scope, new: Scope, key: str) -> str:
    before = next(flow for flow in old.flows if flow.id == key)
    there = before.source in new.elements
    same = [
        flow
        for flow in (new.outgoing(before.source) if there else new.flows)
        if flow.target == before.target
    ]
    if len(same) > 1 or not there:
        same = [flow for flow in same if flow.id == key]
    if len(same) != 1:
        raise Stuck(key)
    return same[0].id


def moved_game(game: Game, main: Scope, called: Mapping[str, Scope]) -> Game:
    twin = object.__new__(Game)
    twin.called, twin.passed, twin.abrupt, twin.moves = called, [], False, 0
    twin.now, twin.root = game.now, carry(game.root, main, called)
    return twin


def reachable(game: Game, maps: Maps) -> bool:
    """Whether each scope stands where a sound run of it can come to."""
    for frame in game.frames():
        scope = frame.scope
        main = reached_from(scope, [e.id for e in scope.elements.values() if is_start(e)])
        marking = only(frozenset(bag_of(frame).items()), scope, main)
        if marking and marking not in maps.of(scope):
            return False
    return True


def shape(definition: engine.Definition, snapshot: bytes) -> Counter:
    """Every position but for the numbers of what was armed anew."""
    found = []
    for one in transfer.positions(definition, snapshot):
        stays = one.standing in {"item", "activity", "join"}
        known = tuple(one.variables.items()) if stays else ()  # an armed event's are not used
        token = one.token if stays else ""
        found.append((token, one.place, one.standing, one.within, known))
    return Counter(map(str, found))


class Long(Roomy):
    """Draws processes of several blocks in a row, so that there is something to be in."""

    def block(self, drawing, source, depth, codes):
        if depth > 2 and self.count < 3:
            return self.seq(drawing, source, depth - 1, codes)
        return super().block(drawing, source, depth, codes)


def run(seed: int) -> Counter:
    dice = random.Random(seed)
    builder = Long(dice)
    drawing = builder.process(dice.randint(3, 5))
    called = {key: part.scope() for key, part in builder.called.items()}
    k = dice.randint(0, 11)
    game = Game(drawing.scope(), k, called)
    play = Play(drawing, {"k": k, "n": 0}, **builder.called)
    for _ in range(dice.randint(0, STEPS)):
        if game.root.over or not act(play, game, dice, game.now + 1):
            break
    if game.root.over:
        return Counter(["over"])
    editor = Editor(dice)
    main, others = drawing.scope(), called
    for _ in range(dice.randint(1, 3)):
        main, others = editor.drawing(main, others)
    parts = {key: drawn(scope) for key, scope in others.items()}
    new = engine.prepare(bundle(drawn(main), **parts))
    found = transfer.compare(play.definition, new, play.outcome.snapshot)
    try:
        twin = moved_game(game, main, others)
    except Stuck:
        assert found.verdict in {Verdict.DECIDE, Verdict.STAYS}, editor.did
        return decide(play, new, found, dice, editor.did)
    sound = reachable(twin, Maps())
    if found.moved is None:
        assert found.verdict is Verdict.STAYS, (editor.did, found)
        return Counter(["stays" if not sound else f"stays although sound: {found.reasons}"])
    assert sound, (editor.did, found)
    there_and_back(play, new, found.moved)
    twin._run()
    follow(play, new, found.moved, twin, dice, editor.did)
    return Counter([str(found.verdict)])


def there_and_back(play: Play, new: engine.Definition, moved: transfer.Moved) -> None:
    """Moving back gives an equivalent state, if nothing went on by itself meanwhile."""
    old = play.definition
    if moved.outcome.passed or moved.outcome.finished:
        return
    back = transfer.compare(new, old, moved.outcome.snapshot)
    if back.moved is None:
        return
    before, after = (
        shape(old, s) for s in (play.outcome.snapshot, back.moved.outcome.snapshot)
    )
    missing = before - after
    assert not missing, missing
    for extra in after - before:  # what had fired, was gone meanwhile and is armed again
        assert extra.startswith("('',"), extra


def follow(play, new, moved, game, dice, did) -> None:
    """Go on in both."""
    play.definition, play.outcome = new, moved.outcome
    play.keep_books()
    compare(play, game, 0)
    for number in range(1, AFTER):
        if game.root.over or not act(play, game, dice, game.now + 1):
            break
        compare(play, game, number)
    assert ends(play, dice, did)


def ends(play: Play, dice, did: list[str]) -> bool:
    """Whether the case can be finished; an event that was made to interrupt and leads to an
    end of its own may starve a join of the drawing itself.
    """
    return finish(play, dice) or "flip" in did


def decide(play: Play, new, found, dice, did: list[str]) -> Counter:
    """Answer every question at random; if the case can be moved then, it can be finished."""
    if found.verdict is Verdict.STAYS:
        return Counter(["stays"])
    answers = {q.token: dice.choice(q.choices).element for q in found.questions}
    again = transfer.compare(play.definition, new, play.outcome.snapshot, answers)
    if again.moved is None:
        return Counter([f"decided: {again.verdict}"])
    play.definition, play.outcome = new, again.moved.outcome
    play.keep_books()
    assert ends(play, dice, did)
    return Counter(["decided"])


def test_random_pairs_of_versions():
    told: Counter = Counter()

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.integers(0, 2**32))
    def sample(seed: int) -> None:
        try:
            told.update(run(seed))
        except Overflow:
            assume(False)

    sample()
    assert told["safe"] > 30
    assert told["decided"] > 0


@pytest.mark.soak
def test_thousands_of_pairs():
    for seed in range(20_000):
        try:
            run(seed)
        except Overflow:
            continue
        except Exception as wrong:
            raise AssertionError(f"pair {seed}") from wrong
