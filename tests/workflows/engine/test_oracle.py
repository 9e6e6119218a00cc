"""Random diagrams: the engine against the token game, step by step, saved after each step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflows.engine.diagrams import (
    Drawing,
    Play,
    error,
    escalation,
    message,
    signal,
    timer,
    when,
)
from tests.workflows.engine.oracle import Game, Overflow
from workflows.engine import Complete
from workflows.model import Event, Kind, MultiInstance, Trigger

STEPS = 25


class Builder:
    """Draws random structured diagrams; every choice comes from `random.Random`."""

    handles = True  # draws event sub-processes, conditional events and telling instances too

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.count = 0
        self.called: dict[str, Drawing] = {}

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def process(self, depth: int, codes: tuple[str, ...] = ()) -> Drawing:
        drawing = Drawing()
        start, end = self.name("start"), self.name("end")
        drawing.start(start)
        handles = self.handles and depth > 0
        caught = self.name("code") if handles and self.dice.random() < 0.3 else None
        last = self.block(drawing, start, depth, (*codes, caught) if caught else codes)
        drawing.end(end).flow(last, end)
        if caught:
            self.handler(drawing, error(caught), depth - 1, codes)
        if handles:
            for _ in range(self.dice.choice([0, 0, 0, 1, 1, 2])):
                self.handler(drawing, None, depth - 1, codes)
        return drawing

    def handler(self, drawing, event, depth, codes):
        """An event sub-process beside what is drawn, started by `event` or by anything."""
        inner, start, end = Drawing(), self.name("caught"), self.name("end")
        told = [escalation(self.dice.choice(["up", "other", None]))]
        event = event or self.dice.choice([self.event(start), self.event(start), *told])
        interrupting = event.trigger is Trigger.ERROR or self.dice.random() < 0.5
        inner.start(
            start, event if interrupting else self.again(event), interrupting=interrupting
        )
        first = self.task(inner, start, depth, codes)
        last = self.block(inner, first, min(depth, 1), codes)
        drawing.handler(self.name("handler"), inner.end(end).flow(last, end))
        if depth > 1 and self.dice.random() < 0.2:
            self.handler(inner, None, 0, codes)

    def until(self, drawing, source, depth, codes):
        """A branch that waits until another branch brings the data about."""
        opening, closing, catch = self.name("split"), self.name("join"), self.name("until")
        drawing.both(opening, closing).catch(catch, self.condition()).flow(source, opening)
        drawing.line(opening, catch, closing)
        drawing.flow(
            self.block(drawing, self.task(drawing, opening, 0, ()), depth, codes), closing
        )
        return closing

    def condition(self) -> Event:
        modulus = self.dice.randint(2, 4)
        return when(f"modulo(k, {modulus}) = {self.dice.randint(0, 1)}")

    def told_by_instances(self, drawing, source, depth, codes):
        """A multi-instance whose instances throw (behavior One or None)."""
        task, merge = self.name("telling"), self.name("merge")
        event = signal(self.dice.choice("st"))
        if self.dice.random() < 0.5:
            event = escalation("up")
        behavior = self.dice.choice(["One", "None"])
        repeat = replace(self.repeat(), behavior=behavior, throws=event)
        drawing.user(task, multi=repeat).xor(merge).line(source, task, merge)
        if self.dice.random() < 0.6:
            self.edge(drawing, task, merge, event)
        return merge

    def block(self, drawing: Drawing, source: str, depth: int, codes: tuple[str, ...]) -> str:
        """Add a block after `source`; give the node it ends with."""
        kinds = ["task", "service", "task"]
        if depth > 0:
            kinds += ["seq", "xor", "both", "some", "loop", "sub", "border", "wait", "multi"]
            kinds += ["seq", "both", "sub", "race", "many", "call", "escalate", "shout"]
            kinds += ["stop"] if codes or depth < 3 else []
            kinds += ["until", "told_by_instances"] if self.handles else []
        return getattr(self, self.dice.choice(kinds))(drawing, source, depth - 1, codes)

    def task(self, drawing, source, depth, codes):
        task = self.name("task")
        drawing.user(task).flow(source, task)
        return task

    def service(self, drawing, source, depth, codes):
        task = self.name("service")
        drawing.service(task).flow(source, task)
        return task

    def seq(self, drawing, source, depth, codes):
        for _ in range(self.dice.randint(2, 3)):
            source = self.block(drawing, source, depth, codes)
        return source

    def split(self, drawing, source, depth, codes, kind):
        opening, closing = self.name("split"), self.name("join")
        drawing.add(kind, opening).add(kind, closing).flow(source, opening)
        width = self.dice.randint(2, 3)
        for branch in range(width):
            gate = self.name("gate")
            drawing.service(gate)
            if kind is Kind.PARALLEL:
                drawing.flow(opening, gate)
            elif branch == width - 1:
                drawing.flow(opening, gate, default=True)
            elif kind is Kind.EXCLUSIVE:
                drawing.flow(opening, gate, when=f"modulo(k, {width}) = {branch}")
            else:
                drawing.flow(opening, gate, when=f"modulo(k, {branch + 2}) = 0")
            drawing.flow(self.block(drawing, gate, depth, codes), closing)
        return closing

    def xor(self, drawing, source, depth, codes):
        return self.split(drawing, source, depth, codes, Kind.EXCLUSIVE)

    def both(self, drawing, source, depth, codes):
        return self.split(drawing, source, depth, codes, Kind.PARALLEL)

    def some(self, drawing, source, depth, codes):
        return self.split(drawing, source, depth, codes, Kind.INCLUSIVE)

    def loop(self, drawing, source, depth, codes):
        merge, choice = self.name("merge"), self.name("choice")
        drawing.xor(merge, choice).flow(source, merge)
        task = self.task(drawing, merge, depth, codes)
        drawing.flow(self.block(drawing, task, depth, codes), choice)
        drawing.flow(choice, merge, when="modulo(k, 2) = 0")
        out = self.name("out")
        drawing.service(out).flow(choice, out, default=True)
        return out

    def sub(self, drawing, source, depth, codes):
        sub, merge = self.name("sub"), self.name("merge")
        own = self.name("code") if self.dice.random() < 0.6 else None
        inside = (*codes, own) if own else codes
        drawing.inner(sub, self.process(depth, inside)).xor(merge).flow(source, sub)
        drawing.flow(sub, merge)
        if own:
            caught = self.name("caught")
            drawing.border(caught, sub, error(own if self.dice.random() < 0.7 else None))
            drawing.flow(caught, merge)
        if self.dice.random() < 0.5:
            self.edge(drawing, sub, merge)
        return merge

    def many(self, drawing, source, depth, codes):
        """A multi-instance sub-process; errors and escalations may leave it."""
        sub, merge = self.name("many"), self.name("merge")
        own = self.name("code")
        repeat = self.repeat()
        drawing.inner(sub, self.process(depth - 1, (*codes, own)), multi=repeat).xor(merge)
        drawing.line(source, sub, merge)
        if self.dice.random() < 0.7:
            caught = self.name("caught")
            drawing.border(caught, sub, error(None)).flow(caught, merge)
        self.told(drawing, sub, merge)
        return merge

    def call(self, drawing, source, depth, codes):
        call, merge, key = self.name("call"), self.name("merge"), self.name("process")
        self.called[key] = self.process(depth, codes)
        multi = self.repeat() if self.dice.random() < 0.3 else None
        drawing.call(call, key, ins={"n": "n", "k": "k"}, multi=multi).xor(merge)
        drawing.line(source, call, merge)
        if self.dice.random() < 0.5:
            caught = self.name("caught")
            drawing.border(caught, call, error(None)).flow(caught, merge)
        if self.dice.random() < 0.4:
            self.edge(drawing, call, merge)
        self.told(drawing, call, merge)
        return merge

    def told(self, drawing, host, merge):
        """Escalations that leave `host` are caught, interrupting or not."""
        for code in ("up", None):
            if self.dice.random() < 0.4:
                self.edge(drawing, host, merge, escalation(code))

    def repeat(self) -> MultiInstance:
        completion = f"completed >= {self.dice.randint(1, 3)}"
        return MultiInstance(
            self.dice.random() < 0.5,
            cardinality=str(self.dice.randint(1, 3)),
            completion=completion if self.dice.random() < 0.4 else None,
        )

    def escalate(self, drawing, source, depth, codes):
        task = self.task(drawing, source, depth, codes)
        up = self.name("up")
        drawing.throw(up, escalation(self.dice.choice(["up", "other", None]))).flow(task, up)
        return up

    def shout(self, drawing, source, depth, codes):
        task = self.task(drawing, source, depth, codes)
        shout = self.name("shout")
        drawing.throw(shout, signal(self.dice.choice("st"))).flow(task, shout)
        return shout

    def edge(self, drawing, host, merge, event=None):
        border = self.name("edge")
        event = event or self.event(border)
        interrupting = self.dice.random() < 0.6
        event = event if interrupting else self.again(event)
        drawing.border(border, host, event, interrupting)
        if interrupting:
            drawing.flow(border, merge)
        else:
            extra, end = self.name("extra"), self.name("end")
            drawing.user(extra).end(end).line(border, extra, end)

    def again(self, event: Event) -> Event:
        """A timer that does not interrupt may fire several times."""
        repeats = self.dice.choice([0, 0, 2, 3, -1]) if self.handles else 0
        return replace(event, repeats=repeats) if event.trigger is Trigger.TIMER else event

    def event(self, name: str) -> Event:
        told = [timer(), message(name), signal(self.dice.choice("st"))]
        return self.dice.choice([*told, self.condition()] if self.handles else told)

    def border(self, drawing, source, depth, codes):
        merge = self.name("merge")
        task = self.task(drawing, source, depth, codes)
        drawing.xor(merge).flow(task, merge)
        for _ in range(self.dice.randint(1, 2)):
            self.edge(drawing, task, merge)
        return merge

    def multi(self, drawing, source, depth, codes):
        task, merge = self.name("multi"), self.name("merge")
        drawing.user(task, multi=self.repeat()).xor(merge).line(source, task, merge)
        if self.dice.random() < 0.4:
            self.edge(drawing, task, merge)
        return merge

    def wait(self, drawing, source, depth, codes):
        catch = self.name("catch")
        drawing.catch(catch, self.event(catch)).flow(source, catch)
        return catch

    def race(self, drawing, source, depth, codes):
        gateway, merge = self.name("race"), self.name("merge")
        drawing.add(Kind.EVENT_BASED, gateway).xor(merge).flow(source, gateway)
        for _ in range(self.dice.randint(2, 3)):
            catch = self.name("catch")
            drawing.catch(catch, timer() if self.dice.random() < 0.5 else message(catch))
            drawing.line(gateway, catch, merge)
        return merge

    def stop(self, drawing, source, depth, codes):
        """A choice one way of which throws an error or terminates the scope."""
        task = self.task(drawing, source, depth, codes)
        choice, end, out = self.name("choice"), self.name("stop"), self.name("out")
        event = error(self.dice.choice(codes)) if codes else Event(Trigger.TERMINATE)
        drawing.xor(choice).end(end, event=event).service(out).flow(task, choice)
        drawing.flow(choice, end, when="modulo(k, 3) = 0").flow(choice, out, default=True)
        return out


def unstructured(dice: random.Random) -> Drawing:
    """Nodes wired at random: joins that starve, queue and feed back."""
    drawing = Drawing().start().end()
    kinds = [Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE]
    names = [f"n{number}" for number in range(dice.randint(4, 9))]
    for name in names:
        drawing.add(Kind.USER_TASK if dice.random() < 0.45 else dice.choice(kinds), name)
    order = ["start", *names]
    wired: set[tuple[str, str]] = set()
    fed = {"start"}
    for name in names:  # each can be reached
        source = dice.choice(
            [n for n in order[: order.index(name)] if n in fed and free(drawing, n, wired)]
            or [order[order.index(name) - 1]]
        )
        wired.add((source, name))
        fed.add(name)
    for name in names:
        gateway = drawing.elements[name].kind is not Kind.USER_TASK
        wanted = dice.randint(1, 3) if gateway else 1
        while sum(source == name for source, _ in wired) < wanted:
            target = dice.choice([*names, "end"])
            if (name, target) in wired:
                break
            wired.add((name, target))
    if not any(source == "start" for source, _ in wired):
        wired.add(("start", names[0]))
    if not any(target == "end" for _, target in wired):
        del drawing.elements["end"]
    for source in order:
        targets = sorted(target for origin, target in wired if origin == source)
        kind = drawing.elements[source].kind
        for number, target in enumerate(targets):
            last = number == len(targets) - 1
            chooses = kind in {Kind.EXCLUSIVE, Kind.INCLUSIVE} and len(targets) > 1
            when = f"modulo(k, {number + 2}) = 0" if chooses and not last else None
            drawing.flow(source, target, when=when, default=chooses and last)
    return drawing


def free(drawing: Drawing, name: str, wired: set[tuple[str, str]]) -> bool:
    """Whether one more flow may leave the node."""
    many = drawing.elements[name].kind in {Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE}
    return many or not any(source == name for source, _ in wired)


def compare(play: Play, game: Game, number: int) -> None:
    state = play.state
    items = sorted((i.place.element, (i.variables["n"], i.variables["k"])) for i in state.items)
    assert items == game.items(), number
    assert play.finished == game.root.over
    assert play.timers == game.events(Trigger.TIMER)
    assert play.messages == sorted(game.events(Trigger.MESSAGE) + game.events(Trigger.SIGNAL))
    if not game.abrupt:  # what else had moved on before the scope was cut off is open
        assert Counter(play.passed) == Counter(game.passed)


def act(play: Play, game: Game, dice: random.Random, number: int) -> bool:
    """Do one random thing in both; tell whether there was anything to do."""
    acts = [("item", item) for item in game.items() if not game.scattered(item)]
    for what, trigger in (("timer", Trigger.TIMER), ("message", Trigger.MESSAGE)):
        waiting = Counter(game.events(trigger))
        acts += [(what, name) for name, count in waiting.items() if count == 1]
    acts += [("signal", name) for name in {m.name for m in play.state.messages if m.signal}]
    acts.sort(key=str)
    if not acts:
        return False
    what, which = dice.choice(acts)
    k = dice.randint(0, 11)
    if what == "item":
        element, (n, old) = which
        item = next(
            i
            for i in play.state.items
            if i.place.element == element and (i.variables["n"], i.variables["k"]) == (n, old)
        )
        game.complete(element, (n, old), k)
        play.go(Complete(item.token, {"k": k, "n": number}))
    elif what == "timer":
        game.happen(which)
        play.fire(which)
    elif what == "signal":
        game.signal(which, k)
        play.signal(which, k=k, n=number)
    else:
        token = next(m.token for m in play.state.messages if m.place.element == which)
        game.happen(which, k)
        play.tell(which, token=token, k=k, n=number)
    return True


def run(drawing: Drawing, dice: random.Random, called: Mapping[str, Drawing]) -> None:
    """Play a diagram in both. Raises Overflow where it never comes to rest."""
    k = dice.randint(0, 11)
    game = Game(drawing.scope(), k, {key: part.scope() for key, part in called.items()})
    play = Play(drawing, {"k": k, "n": 0}, **called)
    compare(play, game, 0)
    for number in range(1, STEPS + 1):
        if game.root.over or not act(play, game, dice, number):
            return
        compare(play, game, number)


def draw(kind: str, seed: int) -> None:
    """Draw one random diagram and play it."""
    dice = random.Random(seed)
    builder = Builder(dice)
    structured = kind == "structured"
    drawing = builder.process(dice.randint(1, 5)) if structured else unstructured(dice)
    run(drawing, dice, builder.called)


@pytest.mark.parametrize("kind", ["structured", "unstructured"])
def test_random_diagrams(kind):
    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(st.integers(0, 2**32))
    def sample(seed: int) -> None:
        try:
            draw(kind, seed)
        except Overflow:
            assume(False)

    sample()


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["structured", "unstructured"])
def test_thousands_of_diagrams(kind):
    for seed in range(20_000):
        try:
            draw(kind, seed)
        except Overflow:
            continue
        except Exception as wrong:
            raise AssertionError(f"{kind} diagram {seed}") from wrong
