"""Random diagrams with returns: the engine against a search over all markings.

Which tokens a return takes away is found here by trying: the smallest set without which, and
with a token at the target, the marking is one that a sound run can come to (requirements 8:
no return loses or doubles a token). Then engine and token game go on side by side.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflows.engine.diagrams import Drawing, Play
from tests.workflows.engine.marking import Busy, Frame, shared
from tests.workflows.engine.oracle import Game, Overflow
from tests.workflows.engine.reachable import Explorer, Marking, without_arms
from tests.workflows.engine.test_oracle import Builder, act, compare, unstructured
from workflows import engine
from workflows.engine import Complete, Deliver, Fire, Return, ReturnTarget
from workflows.model import Kind, Scope

STEPS = 14
TO_THE_END = 600
MOST_KEPT = 4
KINDS = ("structured", "handling", "unstructured")  # handling: with event sub-processes too


class Maps:
    """The reachable markings of each scope, found once a diagram."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Scope, set[Marking]]] = {}

    def of(self, scope: Scope) -> set[Marking]:
        if id(scope) not in self.known:
            found = without_arms(Explorer(scope).explore())
            main = reached_from(scope, [e.id for e in scope.elements.values() if is_start(e)])
            self.known[id(scope)] = scope, {only(one, scope, main) for one in found}
        return self.known[id(scope)][1]


def is_start(element) -> bool:
    return element.kind is Kind.START


def reached_from(
    scope: Scope, starts: list[str], without: frozenset[str] = frozenset()
) -> set[str]:
    """Elements on the ways from `starts`; what is started beside is not one."""
    found: set[str] = set()
    todo = list(starts)
    while todo:
        key = todo.pop()
        if key in found or key in without:
            continue
        found.add(key)
        todo += [flow.target for flow in scope.outgoing(key)]
        todo += [border.id for border in scope.boundaries(key) if border.interrupting]
    return found


def only(marking: Marking, scope: Scope, elements: set[str]) -> Marking:
    """The part of a marking that stands on these elements."""
    targets = {flow.id: flow.target for flow in scope.flows}
    return frozenset((k, n) for k, n in marking if targets.get(k, k[1:]) in elements)


class Roomy(Builder):
    """Draws more steps of people in a row, and longer sides, than the other tests need.

    Nothing that may wait for ever: each case must be able to end after a return.
    """

    handles = False

    def task(self, drawing, source, depth, codes):
        for _ in range(self.dice.choice([1, 1, 2])):
            source = super().task(drawing, source, depth, codes)
        return source


@dataclass
class Found:
    """What a return should do in the token game."""

    removed: Counter[str]
    kept: tuple[str, ...]


def bag_of(frame: Frame) -> Counter[str]:
    bag = Counter(f"@{busy.element.id}" for busy in frame.busy)
    for key, tokens in frame.flows.items():
        bag[key] += len(tokens)
    return +bag


def search(frame: Frame, top: str, target: str, maps: Maps) -> list[Found]:
    """Try what could be taken away, the least first; then what could be added at joins.

    Gives all the smallest answers: in a tidy diagram there is never more than one.
    """
    scope = frame.scope
    main = reached_from(scope, [e.id for e in scope.elements.values() if is_start(e)])
    reachable = maps.of(scope)
    bag = Counter(dict(only(frozenset(bag_of(frame).items()), scope, main)))
    others = sorted((bag - Counter([f"@{top}"])).elements())
    joins = [
        flow.id
        for flow in scope.flows
        if scope.elements[flow.target].kind in {Kind.PARALLEL, Kind.INCLUSIVE}
        and len(scope.incoming(flow.target)) > 1
    ]
    for added in range(MOST_KEPT + 1):
        for size in range(len(others) + 1):
            fits = {}
            for taken in combinations(others, size):
                removed = Counter([f"@{top}", *taken])
                left = bag - removed
                left[f"@{target}"] += 1
                for kept in combinations(joins, added):
                    after = left + Counter(kept)
                    if frozenset(after.items()) in reachable:
                        fits[tuple(sorted(removed.elements())), kept] = Found(removed, kept)
            if fits:
                return list(fits.values())
    return []


def apply(game: Game, frame: Frame, found: Found, target: str, sides: Counter[str]) -> None:
    """Do it in the token game."""
    game._command(None)
    written = []
    removed = found.removed + sides
    for key, count in removed.items():
        for _ in range(count):
            if key.startswith("@"):
                busy = next(b for b in frame.busy if b.element.id == key[1:])
                frame.busy.remove(busy)
                written += [busy.data, *busy.instances, *shared(busy)]
            else:
                written.append(frame.flows[key].pop(0))
    for key in found.kept:
        frame.flows.setdefault(key, []).append(max(written))
    game._enter(frame, frame.scope.elements[target], max(written))
    game._run()


def chain_of(frame: Frame, busy: Busy) -> list[tuple[Frame, Busy]]:
    found = [(frame, busy)]
    while frame.outer is not None and frame.host is not None:
        frame, busy = frame.outer, frame.host
        found.append((frame, busy))
    return found


def choose(
    play: Play, game: Game, dice: random.Random
) -> tuple[str, list[tuple[Frame, Busy]], tuple[ReturnTarget, ...]] | None:
    """An open item that both sides can tell, with the scopes around it and its targets."""
    items = [item for item in game.items() if not game.scattered(item)]
    if not items:
        return None
    element, pair = dice.choice(items)
    frame, busy = next(
        (frame, busy)
        for frame, busy in game.places()
        if busy.element.id == element and pair in (busy.instances or [busy.data])
    )
    item = next(
        one
        for one in play.state.items
        if (one.place.element, (one.variables["n"], one.variables["k"])) == (element, pair)
    )
    targets = engine.preview_return(play.definition, play.outcome.snapshot, item.token)
    return item.token, chain_of(frame, busy), targets


def beside(frame: Frame, target: str, gone: Counter[str], items) -> Counter[str]:
    """Side tokens that the engine says it stops; each must come from a step walked again."""
    scope = frame.scope
    main = reached_from(scope, [e.id for e in scope.elements.values() if is_start(e)])
    stopped = Counter(f"@{item.place.element}" for item in items)
    found: Counter[str] = Counter()
    ends = frozenset(
        {key[1:] for key in gone if key.startswith("@")}
        | {flow.target for flow in scope.flows if flow.id in gone}
    )
    for busy in frame.busy:
        if busy.element.id in main:
            continue
        hosts = {
            border.attached_to
            for border in scope.elements.values()
            if border.attached_to and not border.interrupting
            if busy.element.id in reached_from(scope, [border.id])
        }
        between = reached_from(scope, [target], ends - {target}) | ends
        key = f"@{busy.element.id}"
        if hosts & between:
            assert stopped[key] > 0, (key, hosts, between)
            found[key] += 1
        else:
            assert stopped[key] == 0, (key, hosts, between)
    return found


def go_back(play: Play, game: Game, dice: random.Random, maps: Maps, tidy: bool) -> str:
    """Return a random item to a random target in both; say what came of it."""
    chosen = choose(play, game, dice)
    if chosen is None or not chosen[2]:
        return "none"
    token, around, targets = chosen
    possible = [one for one in targets if one.refusal is None]
    target = dice.choice(possible if possible and dice.random() < 0.8 else targets)
    frame, top = around[len(around) - 1 - len(target.target.path)]
    scope = frame.scope
    main = reached_from(scope, [e.id for e in scope.elements.values() if is_start(e)])
    if top.element.id not in main:
        assert target.refusal is not None
        return "beside"
    answers = search(frame, top.element.id, target.target.element, maps)
    if target.refusal is not None:
        if tidy and answers:
            assert "没有先后" in target.refusal or "不在这一环节之前" in target.refusal, target
        return target.refusal
    if len(target.kept) > MOST_KEPT:
        raise Overflow
    assert len(answers) == 1, (top.element.id, target, answers)
    starts = [e.id for e in scope.elements.values() if is_start(e)]
    assert target.target.element in reached_from(scope, starts, frozenset({top.element.id}))
    found = answers[0]
    sides = beside(frame, target.target.element, found.removed, target.items)
    play.go(Return(token, target.target))
    ended = {closed.token for closed in play.outcome.closed}
    assert ended == {token, *(item.token for item in target.items)}
    assert [c.how for c in play.outcome.closed if c.token == token] == ["return"]
    apply(game, frame, found, target.target.element, sides)
    return "kept" if found.kept else "done"


def run(
    drawing: Drawing, dice: random.Random, called: dict[str, Drawing], tidy: bool
) -> Counter[str]:
    """Play a diagram with returns to its end. Raises Overflow where it never comes to rest."""
    k = dice.randint(0, 11)
    maps = Maps()
    game = Game(drawing.scope(), k, {key: part.scope() for key, part in called.items()})
    play = Play(drawing, {"k": k, "n": 0}, **called)
    told: Counter[str] = Counter()
    for number in range(1, STEPS):
        if game.root.over:
            break
        if dice.random() < 0.4:
            now = game.now
            said = go_back(play, game, dice, maps, tidy)
            told[said] += 1
            if game.now == now:
                continue
        elif not act(play, game, dice, game.now + 1):
            break
        compare(play, game, number)
    assert not tidy or finish(play, dice)
    return told


def finish(play: Play, dice: random.Random) -> bool:
    """Whether the case ends when people do their work and, where nobody has any, time passes."""
    for number in range(TO_THE_END):
        state = play.state
        if state.finished:
            return True
        if state.items:
            token = dice.choice(state.items).token
            play.go(Complete(token, {"k": dice.randint(0, 11), "n": -number}))
        elif state.timers:
            play.go(Fire(state.timers[0].token))
        elif state.messages:
            waiting = state.messages[0]
            token = None if waiting.signal else waiting.token
            play.go(Deliver(waiting.name, {}, token, signal=waiting.signal))
        elif any(
            one.standing == "condition"
            for one in engine.positions(play.definition, play.outcome.snapshot)
        ):
            raise Overflow  # it waits for data that nobody writes any more
        else:
            return False
    raise Overflow


def draw(kind: str, seed: int) -> Counter[str]:
    """Draw one random diagram and play it."""
    dice = random.Random(seed)
    builder = Roomy(dice)
    builder.handles = kind == "handling"
    tidy = kind != "unstructured"
    drawing = builder.process(dice.randint(2, 5)) if tidy else unstructured(dice)
    return run(drawing, dice, builder.called, tidy)


@pytest.mark.parametrize("kind", KINDS)
def test_random_returns(kind):
    told: Counter[str] = Counter()

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(st.integers(0, 2**32))
    def sample(seed: int) -> None:
        try:
            told.update(draw(kind, seed))
        except Overflow:
            assume(False)

    sample()
    assert told["done"] > 20


@pytest.mark.parametrize("seed", [243, 1558, 1911, 5201])
def test_returns_that_the_soak_has_found(seed):
    """A loop with two ways in: what only this step leads to does not lie before it. And an
    inclusive join behind a parallel split needs no token to wait for the one that comes."""
    draw("unstructured", seed)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_returns(kind):
    for seed in range(20_000):
        try:
            draw(kind, seed)
        except Overflow:
            continue
        except Exception as wrong:
            raise AssertionError(f"{kind} diagram {seed}") from wrong
