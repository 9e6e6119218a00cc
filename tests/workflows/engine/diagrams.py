"""A compact way to write diagrams as model values, and to play them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows import engine
from workflows.engine import Cancel, Complete, Deliver, Fire, Outcome
from workflows.model import (
    Bundle,
    Element,
    Event,
    Flow,
    Kind,
    Process,
    Scope,
    Trigger,
)


class Drawing:
    """Elements and flows in drawing order. Every method returns the drawing."""

    def __init__(self) -> None:
        self.elements: dict[str, Element] = {}
        self.flows: list[Flow] = []

    def add(self, kind: Kind, element_id: str, **fields: Any) -> Drawing:
        fields.setdefault("name", element_id)
        self.elements[element_id] = Element(element_id, kind, **fields)
        return self

    def start(
        self, element_id: str = "start", event: Event | None = None, **fields: Any
    ) -> Drawing:
        return self.add(Kind.START, element_id, event=event, **fields)

    def end(self, element_id: str = "end", event: Event | None = None, **f: Any) -> Drawing:
        return self.add(Kind.END, element_id, event=event, **f)

    def user(self, *element_ids: str, **fields: Any) -> Drawing:
        for element_id in element_ids:
            self.add(Kind.USER_TASK, element_id, **fields)
        return self

    def service(self, *element_ids: str, **fields: Any) -> Drawing:
        for element_id in element_ids:
            self.add(Kind.SERVICE_TASK, element_id, **fields)
        return self

    def xor(self, *element_ids: str) -> Drawing:
        return self.each(Kind.EXCLUSIVE, element_ids)

    def both(self, *element_ids: str) -> Drawing:
        return self.each(Kind.PARALLEL, element_ids)

    def some(self, *element_ids: str) -> Drawing:
        return self.each(Kind.INCLUSIVE, element_ids)

    def each(self, kind: Kind, element_ids: Iterable[str]) -> Drawing:
        for element_id in element_ids:
            self.add(kind, element_id)
        return self

    def call(self, element_id: str, called: str, **fields: Any) -> Drawing:
        return self.add(Kind.CALL, element_id, called=called, **fields)

    def inner(self, element_id: str, drawing: Drawing, **fields: Any) -> Drawing:
        return self.add(Kind.SUBPROCESS, element_id, scope=drawing.scope(), **fields)

    def handler(self, element_id: str, drawing: Drawing) -> Drawing:
        """An event sub-process: `drawing` begins with the event that starts it."""
        scope = drawing.scope()
        start = next(e for e in scope.elements.values() if e.kind is Kind.START)
        return self.add(
            Kind.EVENT_SUBPROCESS, element_id, scope=scope, event=start.event,
            interrupting=start.interrupting,
        )  # fmt: skip

    def border(
        self, element_id: str, host: str, event: Event, interrupting: bool = True
    ) -> Drawing:
        return self.add(
            Kind.BOUNDARY, element_id, attached_to=host, event=event, interrupting=interrupting
        )

    def catch(self, element_id: str, event: Event, **fields: Any) -> Drawing:
        return self.add(Kind.CATCH, element_id, event=event, **fields)

    def throw(self, element_id: str, event: Event, **fields: Any) -> Drawing:
        return self.add(Kind.THROW, element_id, event=event, **fields)

    def line(self, *element_ids: str) -> Drawing:
        for source, target in zip(element_ids, element_ids[1:], strict=False):
            self.flow(source, target)
        return self

    def flow(
        self, source: str, target: str, when: str | None = None, default: bool = False
    ) -> Drawing:
        self.flows.append(
            Flow(f"f{len(self.flows)}", source, target, condition=when, default=default)
        )
        return self

    def scope(self) -> Scope:
        return Scope(dict(self.elements), tuple(self.flows))


def straight(*task_ids: str) -> Drawing:
    """start → tasks → end."""
    drawing = Drawing().start().user(*task_ids).end()
    return drawing.line("start", *task_ids, "end")


def bundle(
    main: Drawing, decisions: Mapping[str, Any] | None = None, **called: Drawing
) -> Bundle:
    drawings = {"main": main, **called}
    return Bundle(
        root="main",
        processes={
            key: Process(key, key, f"{key}.bpmn", drawing.scope())
            for key, drawing in drawings.items()
        },
        decisions=decisions or {},
    )


def timer(clock: str = "promised", before: int = 0) -> Event:
    return Event(Trigger.TIMER, clock=clock, before=before)


def message(name: str) -> Event:
    return Event(Trigger.MESSAGE, name)


def signal(name: str) -> Event:
    return Event(Trigger.SIGNAL, name)


def error(code: str | None) -> Event:
    return Event(Trigger.ERROR, code)


def escalation(code: str | None) -> Event:
    return Event(Trigger.ESCALATION, code)


def when(condition: str) -> Event:
    return Event(Trigger.CONDITIONAL, condition=condition)


TERMINATE = Event(Trigger.TERMINATE)


class Play:
    """One case played on a drawing; `outcome` is the last step's."""

    def __init__(
        self,
        main: Drawing | Bundle | engine.Definition,
        facts: Mapping[str, Any] | None = None,
        seed: str = "case-1",
        **called: Drawing,
    ) -> None:
        if isinstance(main, Drawing):
            main = bundle(main, **called)
        if isinstance(main, Bundle):
            main = engine.prepare(main)
        self.definition = main
        self.books: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        self.outcome: Outcome = engine.start(main, facts or {}, seed)
        self.keep_books()

    @property
    def state(self) -> engine.State:
        return engine.inspect(self.definition, self.outcome.snapshot)

    @property
    def open(self) -> list[str]:
        return sorted(item.place.element for item in self.state.items)

    @property
    def timers(self) -> list[str]:
        return sorted(timer.place.element for timer in self.state.timers)

    @property
    def messages(self) -> list[str]:
        return sorted(waiting.place.element for waiting in self.state.messages)

    @property
    def passed(self) -> list[str]:
        return [place.element for place in self.outcome.passed]

    @property
    def finished(self) -> bool:
        return self.outcome.finished

    @property
    def effects(self) -> list[tuple[str, str, str]]:
        return [(e.place.element, e.on, e.do) for e in self.outcome.effects]

    def item(self, element: str, instance: int | None = None) -> engine.OpenedItem:
        return next(
            item
            for item in self.state.items
            if item.place.element == element
            and (instance is None or item.place.instance == instance)
        )

    def data(self, element: str, instance: int | None = None) -> dict[str, Any]:
        return dict(self.item(element, instance).variables)

    def go(self, command: engine.Command) -> Play:
        self.outcome = engine.advance(self.definition, self.outcome.snapshot, command)
        self.keep_books()
        return self

    def keep_books(self) -> None:
        """Apply the differences that the outcome reports, as the tables do; they must balance."""
        outcome, (items, timers, messages) = self.outcome, self.books
        items.difference_update(closed.token for closed in outcome.closed)
        items.update(item.token for item in outcome.opened)
        timers.difference_update(outcome.disarmed)
        timers.update(timer.token for timer in outcome.armed)
        messages.difference_update(outcome.no_longer_awaited)
        messages.update(waiting.token for waiting in outcome.awaited)
        state = self.state
        assert items == {item.token for item in state.items}
        assert timers == {timer.token for timer in state.timers}
        assert messages == {waiting.token for waiting in state.messages}
        assert outcome.finished == state.finished
        assert not (outcome.finished and (items or timers or messages))

    def do(self, element: str, instance: int | None = None, **values: Any) -> Play:
        return self.go(Complete(self.item(element, instance).token, values))

    def fire(self, element: str) -> Play:
        token = next(t.token for t in self.state.timers if t.place.element == element)
        return self.go(Fire(token))

    def tell(self, name: str, token: str | None = None, **values: Any) -> Play:
        return self.go(Deliver(name, values, token))

    def go_cancel(self, result: str = "withdrawn") -> Play:
        return self.go(Cancel(result))

    def signal(self, name: str, **values: Any) -> Play:
        return self.go(Deliver(name, values, signal=True))
