"""Where the tokens of the oracle lie: on flows, and inside activities."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.model import Element, Flow, Kind, Scope

Pair = tuple[int, int]  # number of the command that wrote last, value it wrote


@dataclass(eq=False)
class Busy:
    """An activity under way, or an event (or event gateway) that waits."""

    element: Element
    data: Pair
    armed: list[Element] = field(default_factory=list)
    inners: list[Frame] = field(default_factory=list)  # sub-process or call: one an instance
    instances: list[Pair] = field(default_factory=list)  # multi-instance task: running ones
    left: int = 0  # sequential: not yet begun
    done: int = 0
    fired: dict[str, int] = field(default_factory=dict)  # how often timers on it have
    multi: bool = False


@dataclass(frozen=True)
class Waits:
    """An event that waits, and whose it is: an activity's, or a scope's."""

    frame: Frame
    busy: Busy | None
    element: Element

    @property
    def key(self) -> tuple[int, int, str]:
        return id(self.frame), id(self.busy), self.element.id


@dataclass(eq=False)
class Frame:
    """A scope being executed."""

    scope: Scope
    outer: Frame | None = None
    host: Busy | None = None
    flows: dict[str, list[Pair]] = field(default_factory=dict)
    busy: list[Busy] = field(default_factory=list)
    ended: list[Pair] = field(default_factory=list)
    over: bool = False
    fired: dict[str, int] = field(default_factory=dict)
    cut: int = 0  # how often an event sub-process has interrupted it
    listening: list[Element] = field(default_factory=list)  # event sub-processes that can start

    def on(self, flow: Flow) -> list[Pair]:
        return self.flows.setdefault(flow.id, [])

    def tokens(self) -> list[Pair]:
        """All data anywhere inside, for what survives an interruption."""
        found = list(self.ended)
        for pairs in self.flows.values():
            found.extend(pairs)
        for busy in self.busy:
            found.append(busy.data)
            found.extend(busy.instances)
            found.extend(shared(busy))
        return found


def space(frame: Frame) -> Frame:
    """The frame whose data this one shares: not beyond a called process."""
    while frame.outer and frame.host and frame.host.element.kind is not Kind.CALL:
        frame = frame.outer
    return frame


def start_of(scope: Scope) -> Element:
    """The one start event."""
    return next(e for e in scope.elements.values() if e.kind is Kind.START)


def shared(busy: Busy) -> list[Pair]:
    """Data inside an embedded sub-process; a called process keeps its own."""
    if busy.element.kind is Kind.CALL:
        return []
    return [pair for inner in busy.inners for pair in inner.tokens()]
