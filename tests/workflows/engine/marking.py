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
    multi: bool = False


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


def shared(busy: Busy) -> list[Pair]:
    """Data inside an embedded sub-process; a called process keeps its own."""
    if busy.element.kind is Kind.CALL:
        return []
    return [pair for inner in busy.inners for pair in inner.tokens()]
