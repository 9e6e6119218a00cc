"""A token game played straight from BPMN 2.0.2, chapter 13: small, slow, obvious.

Independent of the engine: tokens lie on sequence flows and inside activities; a node whose
tokens are there is enabled; firing moves them. It knows user and service tasks, exclusive,
parallel, inclusive and event-based gateways, embedded sub-processes, call activities,
multi-instance (parallel and sequential, with a completion condition that counts), boundary
and catching timers, messages and signals, boundary errors and escalations, throwing signals
and escalations, error and terminate ends, event sub-processes, conditional events and what
the instances of a multi-instance throw. Data are one pair (n, k): the number of the command that
wrote it last, and the value it wrote; where tokens meet, the pair written last wins.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.workflows.engine.marking import Busy, Frame, Pair, Waits, shared, space, start_of
from workflows.model import NOTHING, Element, Event, Flow, Kind, Scope, Trigger

WAITING = {Kind.USER_TASK, Kind.CATCH, Kind.EVENT_BASED, Kind.SUBPROCESS, Kind.CALL}
LIMIT = 400


class Overflow(Exception):
    """The diagram moves for ever, or breeds tokens."""


ARMED = {Trigger.TIMER, Trigger.MESSAGE, Trigger.SIGNAL, Trigger.CONDITIONAL}


class Game:
    """One case. `passed` lists what completed in the last command."""

    def __init__(self, scope: Scope, k: int, called: Mapping[str, Scope] = NOTHING) -> None:
        self.called = called
        self.root = Frame(scope)
        self.passed: list[str] = []
        self.held: set[tuple[int, int, str]] = set()  # conditions that were true when last seen
        self.abrupt = False  # an error or terminate end was reached in this command
        self.moves = 0
        self.now = 0
        self._begin(self.root, (0, k))
        self._run()

    # what can be seen from outside

    def frames(self) -> list[Frame]:
        found = [] if self.root.over else [self.root]
        for frame in found:
            found.extend(inner for busy in frame.busy for inner in busy.inners)
        return found

    def places(self) -> list[tuple[Frame, Busy]]:
        return [(frame, busy) for frame in self.frames() for busy in frame.busy]

    def items(self) -> list[tuple[str, Pair]]:
        found = []
        for _, busy in self.places():
            if busy.element.kind is Kind.USER_TASK:
                pairs = busy.instances if busy.multi else [busy.data]
                found.extend((busy.element.id, pair) for pair in pairs)
        return sorted(found)

    def scattered(self, item: tuple[str, Pair]) -> bool:
        """Whether the same task with the same data is open in several scopes: which is meant?"""
        frames = {
            id(frame)
            for frame, busy in self.places()
            if busy.element.id == item[0] and item[1] in (busy.instances or [busy.data])
        }
        return len(frames) > 1

    def events(self, trigger: Trigger) -> list[str]:
        found = []
        for frame in self.frames():
            starts = [start_of(sub.scope) for sub in frame.listening if sub.scope]
            found += [s.id for s in starts if s.event and s.event.trigger is trigger]
        for frame, busy in self.places():
            waiting = list(busy.armed)
            if busy.element.kind is Kind.CATCH:
                waiting.append(busy.element)
            if busy.element.kind is Kind.EVENT_BASED:
                waiting += [
                    frame.scope.elements[flow.target]
                    for flow in frame.scope.outgoing(busy.element.id)
                ]
            found += [e.id for e in waiting if e.event and e.event.trigger is trigger]
        return sorted(found)

    # commands

    def complete(self, element_id: str, data: Pair, k: int) -> None:
        """Complete the user task whose token has `data`."""
        new = self._command(k)
        for frame, busy in self.places():
            if busy.element.id != element_id:
                continue
            if busy.multi and data in busy.instances:
                self.passed.append(element_id)
                busy.instances.remove(data)
                self._instance_done(frame, busy, new)
                return self._run()
            if not busy.multi and busy.data == data:
                self._leave(frame, busy, new)
                return self._run()
        raise LookupError(element_id)

    def happen(self, event_id: str, k: int | None = None) -> None:
        """A timer fires, or (with `k`) a message arrives."""
        new = self._command(k)
        for frame in self.frames():
            for sub in list(frame.listening):
                if sub.scope and start_of(sub.scope).id == event_id:
                    self._handle(frame, sub, new if k is not None else None)
                    return self._run()
        for frame, busy in self.places():
            for border in busy.armed:
                if border.id == event_id:
                    self._border(frame, busy, border, new if k is not None else None)
                    return self._run()
            if busy.element.kind is Kind.CATCH and busy.element.id == event_id:
                self._leave(frame, busy, new if k is not None else busy.data)
                return self._run()
            if busy.element.kind is Kind.EVENT_BASED:
                for flow in frame.scope.outgoing(busy.element.id):
                    if flow.target == event_id:
                        frame.busy.remove(busy)
                        data = new if k is not None else busy.data
                        self.passed += [busy.element.id, event_id]
                        for onward in frame.scope.outgoing(event_id):
                            frame.on(onward).append(data)
                        return self._run()
        raise LookupError(event_id)

    def signal(self, name: str, k: int) -> None:
        """A signal arrives from outside."""
        self._broadcast(name, self._command(k))
        self._run()

    def _broadcast(self, name: str, new: Pair | None) -> None:
        for (
            waits
        ) in self._waiting():  # outermost frame first, who listens there before who acts
            event, frame, busy = waits.element.event, waits.frame, waits.busy
            if event is None or event.trigger is not Trigger.SIGNAL or event.ref != name:
                continue
            if frame not in self.frames():
                continue  # cancelled by one that came before
            if busy is None:
                if waits.element in frame.listening:
                    self._handle(frame, waits.element, new)
            elif busy not in frame.busy:
                continue
            elif waits.element is busy.element:
                self._leave(frame, busy, new or busy.data)
            else:
                if new is None and waits.element.interrupting and busy.inners:
                    self.abrupt = True  # thrown while something else may have moved on inside
                self._border(frame, busy, waits.element, new)

    def _waiting(self) -> list[Waits]:
        """Event sub-processes, boundaries and catching events that wait, frame by frame."""
        found = []
        for frame in self.frames():
            found += [Waits(frame, None, sub) for sub in frame.listening]
            for busy in frame.busy:
                found += [Waits(frame, busy, border) for border in busy.armed]
                if busy.element.kind is Kind.CATCH:
                    found.append(Waits(frame, busy, busy.element))
        return found

    def _instance_done(self, frame: Frame, busy: Busy, data: Pair) -> None:
        """One instance of a multi-instance has ended."""
        busy.data = max(busy.data, data)
        busy.done += 1
        multi = busy.element.multi
        if multi and multi.throws and (busy.done == 1 or multi.behavior == "None"):
            self._throw_out(frame, busy, multi.throws)
            if not any(busy is other for _, other in self.places()):
                return
        wanted = int(multi.completion.rpartition(" ")[2]) if multi and multi.completion else 0
        if wanted and busy.done >= wanted:
            self.abrupt = self.abrupt or bool(busy.inners)
            self._leave(frame, busy, busy.data, quiet=True)
        elif busy.left:
            busy.left -= 1
            self._open(frame, busy, busy.data)
        elif not busy.instances and not busy.inners:
            self._leave(frame, busy, busy.data, quiet=True)

    def _throw_out(self, frame: Frame, busy: Busy, event: Event) -> None:
        """Throw a signal or escalation out of an activity; its boundary is asked first."""
        if event.trigger is Trigger.SIGNAL:
            return self._broadcast(event.ref or "", None)
        for border in frame.scope.boundaries(busy.element.id):
            taken = border.event and border.event.trigger is event.trigger
            if taken and border.event and border.event.ref in {event.ref, None}:
                return self._border(frame, busy, border)
        self._outwards(frame, event, busy.data)
        return None

    def _open(self, frame: Frame, busy: Busy, data: Pair) -> None:
        """Begin one instance of an activity, or the activity itself."""
        scope = busy.element.scope
        if busy.element.kind is Kind.CALL:
            scope = self.called[busy.element.called or ""]
        if scope is not None:
            inner = Frame(scope, frame, busy)
            busy.inners.append(inner)
            self._begin(inner, data)
        elif busy.multi:
            busy.instances.append(data)

    def _command(self, k: int | None) -> Pair:
        self.passed, self.abrupt, self.moves = [], False, 0
        self.now += 1
        return (self.now, k if k is not None else -1)

    # rules

    def _begin(self, frame: Frame, data: Pair) -> None:
        start = start_of(frame.scope)
        frame.listening = [
            e for e in frame.scope.elements.values() if e.kind is Kind.EVENT_SUBPROCESS
        ]
        self.passed.append(start.id)
        for flow in frame.scope.outgoing(start.id):
            frame.on(flow).append(data)

    def _run(self) -> None:
        while not self.root.over and (
            self._look() or self._step(joins=False) or self._step(joins=True)
        ):
            self.moves += 1
            if self.moves > LIMIT or len(self.places()) > 60:
                raise Overflow

    def _look(self) -> bool:
        """Let one event happen whose condition has become true; tell whether one did."""
        for waits in self._conditional():
            event = waits.element.event
            seen = max(space(waits.frame).tokens())
            if not holds(event.condition if event else None, seen):
                self.held.discard(waits.key)
            elif waits.key not in self.held:
                self.held.add(waits.key)
                self._becomes_true(waits, seen)
                return True
        return False

    def _conditional(self) -> list[Waits]:
        return [w for w in self._waiting() if w.element.event and w.element.event.condition]

    def _becomes_true(self, waits: Waits, seen: Pair) -> None:
        if waits.busy is None:
            self._handle(waits.frame, waits.element, seen)
        elif waits.element is waits.busy.element:
            self._leave(waits.frame, waits.busy, seen)
        else:
            self.abrupt = self.abrupt or waits.element.interrupting
            self._border(waits.frame, waits.busy, waits.element, seen)

    def _handle(self, frame: Frame, sub: Element, data: Pair | None) -> None:
        """An event sub-process starts."""
        event = sub.event
        written = frame.tokens() + ([data] if data is not None else [])
        if sub.interrupting:
            self.abrupt = True
            frame.cut += 1
            frame.flows.clear()
            frame.busy.clear()
            frame.listening.clear()
        elif event and event.trigger is Trigger.TIMER and self._over(frame, sub.id, event):
            frame.listening.remove(sub)
        busy = Busy(sub, max(written))
        frame.busy.append(busy)
        self._open(frame, busy, busy.data)

    def _over(self, where: Frame | Busy, timer: str, event: Event) -> bool:
        """Whether a timer has fired as often as it does."""
        where.fired[timer] = where.fired.get(timer, 0) + 1
        return event.repeats >= 0 and where.fired[timer] >= max(event.repeats, 1)

    def _step(self, *, joins: bool) -> bool:
        for frame in self.frames():
            for element in frame.scope.elements.values():
                asked_last = (
                    element.kind is Kind.INCLUSIVE and len(frame.scope.incoming(element.id)) > 1
                )
                if asked_last == joins and self._try(frame, element):
                    return True
        for frame in self.frames():
            if not frame.busy and not any(frame.flows.values()):
                self._finish(frame)
                return True
        return False

    def _finish(self, frame: Frame) -> None:
        frame.over = True
        outer, host = frame.outer, frame.host
        if outer is None or host is None:
            return
        own = host.element.kind is Kind.CALL
        data = host.data if own else max([*frame.ended, host.data])
        host.inners.remove(frame)
        if host.multi:
            self.passed.append(host.element.id)
            self._instance_done(outer, host, data)
        else:
            self._leave(outer, host, data)

    def _try(self, frame: Frame, element: Element) -> bool:
        incoming = frame.scope.incoming(element.id)
        filled = [flow for flow in incoming if frame.on(flow)]
        if not filled:
            return False
        if element.kind is Kind.PARALLEL:
            if len(filled) < len(incoming):
                return False
        elif element.kind is Kind.INCLUSIVE:
            if self._may_still_come(frame, element, filled):
                return False
        else:
            filled = filled[:1]
        data = max(frame.on(flow).pop(0) for flow in filled)
        self._fire(frame, element, data)
        return True

    def _may_still_come(self, frame: Frame, join: Element, filled: list[Flow]) -> bool:
        """BPMN 13.4.3: a token can reach an empty flow of the join and no filled one."""
        scope = frame.scope
        full = {flow.id for flow in filled}
        starts: list[list[Flow]] = [
            [flow] for flow in scope.flows if frame.on(flow) and flow.target != join.id
        ]
        for busy in frame.busy:
            ways = list(scope.outgoing(busy.element.id))
            for border in scope.boundaries(busy.element.id):
                ways += scope.outgoing(border.id)
            starts.append(ways)
        for ways in starts:
            reached = self._reach(scope, ways, join)
            if reached and not reached & full:
                return True
        return False

    def _reach(self, scope: Scope, ways: list[Flow], join: Element) -> set[str]:
        seen: set[str] = set()
        reached: set[str] = set()
        todo = list(ways)
        while todo:
            flow = todo.pop()
            if flow.id in seen:
                continue
            seen.add(flow.id)
            if flow.target == join.id:
                reached.add(flow.id)
                continue
            todo += scope.outgoing(flow.target)
            for border in scope.boundaries(flow.target):
                todo += scope.outgoing(border.id)
        return reached

    def _fire(self, frame: Frame, element: Element, data: Pair) -> None:
        scope = frame.scope
        if element.kind in WAITING:
            self._enter(frame, element, data)
            return
        self.passed.append(element.id)
        if element.kind is Kind.END:
            self._end(frame, element, data)
            return
        if element.kind is Kind.THROW and not self._throw(frame, element, data):
            return
        outgoing = scope.outgoing(element.id)
        if element.kind is Kind.EXCLUSIVE:
            chosen = [f for f in outgoing if not f.default and holds(f.condition, data)][:1]
            outgoing = tuple(chosen) or tuple(f for f in outgoing if f.default)
        elif element.kind is Kind.INCLUSIVE:
            chosen = [f for f in outgoing if not f.default and holds(f.condition, data)]
            outgoing = tuple(chosen) or tuple(f for f in outgoing if f.default)
        for flow in outgoing:
            frame.on(flow).append(data)

    def _enter(self, frame: Frame, element: Element, data: Pair) -> None:
        busy = Busy(element, data)
        busy.armed = [
            border
            for border in frame.scope.boundaries(element.id)
            if border.event and border.event.trigger in ARMED
        ]
        frame.busy.append(busy)
        together = 1
        if element.multi is not None:
            total = int(element.multi.cardinality or 0)
            busy.multi = True
            together = 1 if element.multi.sequential else total
            busy.left = total - together
        for _ in range(together):
            self._open(frame, busy, data)

    def _leave(self, frame: Frame, busy: Busy, data: Pair, quiet: bool = False) -> None:
        frame.busy.remove(busy)
        if not quiet:
            self.passed.append(busy.element.id)
        if busy.element.kind is Kind.EVENT_SUBPROCESS:
            frame.ended.append(data)
        for flow in frame.scope.outgoing(busy.element.id):
            frame.on(flow).append(data)

    def _end(self, frame: Frame, element: Element, data: Pair) -> None:
        trigger = element.event.trigger if element.event else Trigger.NONE
        if trigger is Trigger.ERROR:
            self.abrupt = True
            self._error(frame, element.event.ref if element.event else None, data)
            return
        if not self._throw(frame, element, data):
            return
        if trigger is Trigger.TERMINATE:
            self.abrupt = True
            frame.ended = frame.tokens()
            frame.flows.clear()
            frame.busy.clear()
            frame.listening.clear()

    def _throw(self, frame: Frame, element: Element, data: Pair) -> bool:
        """Throw a signal or escalation; tell whether the frame is still there."""
        event = element.event
        before = frame.cut
        frame.ended.append(data)  # while it throws, its data are still part of the scope's
        if event is not None and event.trigger is Trigger.SIGNAL:
            self._broadcast(event.ref or "", None)
        elif event is not None and event.trigger is Trigger.ESCALATION:
            self._outwards(frame, event, data)
        here = frame in self.frames() and frame.cut == before
        self.abrupt = self.abrupt or not here
        return here

    def _error(self, frame: Frame, code: str | None, data: Pair) -> None:
        if not self._outwards(frame, Event(Trigger.ERROR, code), data):
            self.root.over = True

    def _outwards(self, frame: Frame, event: Event, data: Pair) -> bool:
        carried: Pair | None = data
        came_from: Element | None = None
        while True:
            subs = [e for e in frame.listening if e is not came_from]
            fitting = [e for e in subs if e.event and e.event.trigger is event.trigger]
            for wanted in (event.ref, None):
                for sub in fitting:
                    if sub.event and sub.event.ref == wanted:
                        self._handle(frame, sub, carried)
                        return True
            if frame.outer is None or frame.host is None:
                return False
            came_from = frame.host.element
            if frame.host.element.kind is Kind.CALL:
                carried = None
            borders = frame.outer.scope.boundaries(frame.host.element.id)
            fitting = [b for b in borders if b.event and b.event.trigger is event.trigger]
            for wanted in (event.ref, None):
                for border in fitting:
                    if border.event and border.event.ref == wanted:
                        self._border(frame.outer, frame.host, border, carried)
                        return True
            frame = frame.outer

    def _border(
        self, frame: Frame, busy: Busy, border: Element, data: Pair | None = None
    ) -> None:
        self.passed.append(border.id)
        written = [busy.data, *busy.instances]
        written += shared(busy)
        if data is not None:
            written.append(data)
        if border.interrupting:
            frame.busy.remove(busy)
        elif (
            border.event
            and border.event.trigger is Trigger.TIMER
            and self._over(busy, border.id, border.event)
        ):
            busy.armed.remove(border)
        for flow in frame.scope.outgoing(border.id):
            frame.on(flow).append(max(written))


def holds(condition: str | None, data: Pair) -> bool:
    """Conditions of the random diagrams read `k`: `modulo(k, m) = r` or `modulo(k, m) < r`."""
    if condition is None:
        return True
    left, _, right = condition.rpartition(" ")
    modulus = int(left.partition("k, ")[2].partition(")")[0])
    rest = data[1] % modulus
    return rest == int(right) if left.endswith("=") else rest < int(right)
