"""From a bundle to Spiff specs, built directly from our own values.

Spiff's XML parsers are not used, which leaves E16 (lanes lost), E20 (encodings), E21 and E23
(what parsers refuse or ignore) behind. The result is immutable and shared by all threads:
no node keeps anything about a case (E5, E6).
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from workflows.model import Bundle, Effect, Element, Kind, Process, Scope
from workflows.spiff.activities import (
    ManualNode,
    PassingNode,
    PersonNode,
    ReceiveNode,
    RuleNode,
    SendNode,
)
from workflows.spiff.awaiting import Awaits
from workflows.spiff.borders import BorderNode
from workflows.spiff.event_gateway import EventGatewayNode
from workflows.spiff.events import CatchNode, EndNode, StartNode, ThrowNode
from workflows.spiff.exclusive import ExclusiveNode
from workflows.spiff.expressions import Formula
from workflows.spiff.handlers import HandlerNode, ListenNode
from workflows.spiff.inclusive import InclusiveNode, reaching
from workflows.spiff.inner import CallNode, EmbeddedNode, InnerNode
from workflows.spiff.loops import LoopNode, MultiNode, RepeatNode
from workflows.spiff.node import Node, Order, Route
from workflows.spiff.parallel import ParallelNode
from workflows.spiff.refusals import examine
from workflows.spiff.scopes import ScopeSpec

PLAIN: dict[Kind, Callable[..., Node]] = {
    Kind.START: StartNode,
    Kind.END: EndNode,
    Kind.THROW: ThrowNode,
    Kind.CATCH: CatchNode,
    Kind.BOUNDARY: BorderNode,
    Kind.EXCLUSIVE: ExclusiveNode,
    Kind.PARALLEL: ParallelNode,
    Kind.INCLUSIVE: InclusiveNode,
    Kind.EVENT_BASED: EventGatewayNode,
    Kind.EVENT_SUBPROCESS: HandlerNode,
}
ACTIVITY: dict[Kind, Callable[..., Node]] = {
    Kind.USER_TASK: PersonNode,
    Kind.MANUAL_TASK: ManualNode,
    Kind.SERVICE_TASK: PassingNode,
    Kind.PLAIN_TASK: PassingNode,
    Kind.SEND_TASK: SendNode,
    Kind.RECEIVE_TASK: ReceiveNode,
    Kind.RULE_TASK: RuleNode,
    Kind.CALL: CallNode,
    Kind.SUBPROCESS: EmbeddedNode,
}
BODY = " [instance]"  # suffix of the node that is one instance of a loop


class Program:
    """A bundle compiled. `check` identifies it in snapshots: a digest of its meaning."""

    def __init__(self, bundle: Bundle) -> None:
        """Examine and compile. Raises NotExecutable."""
        examine(bundle)
        self.root = bundle.root
        self.scopes: list[ScopeSpec] = []
        self.processes: dict[str, ScopeSpec] = {}
        self._decisions = bundle.decisions
        for key in sorted(bundle.processes):
            process = bundle.processes[key]
            self.processes[key] = self._build(process, process.scope, key)
        for scope in self.scopes:
            for node in scope.nodes:
                if isinstance(node, CallNode):
                    node.inner = self.processes[node.element.called or ""]
        self._number()
        watches = any(n.awaits is Awaits.CONDITION for s in self.scopes for n in s.nodes)
        for scope in self.scopes:
            scope.watches = watches
        self.check = self._fingerprint(bundle.digest)

    def _number(self) -> None:
        """Number scopes and nodes by name, so that snapshots outlive a change of layout."""
        self.scopes.sort(key=lambda scope: (scope.process, scope.name))
        for number, scope in enumerate(self.scopes):
            scope.index = number
            scope.nodes.sort(key=lambda node: node.name)
            for index, node in enumerate(scope.nodes):
                node.index = index

    def _fingerprint(self, digest: str) -> bytes:
        """Identify what the numbers in a snapshot mean; names of classes are not part of it."""
        state = blake2b(digest.encode(), digest_size=6)
        for scope in self.scopes:
            state.update(f"\n{scope.process} {scope.name}".encode())
            for node in scope.nodes:
                state.update(f"\t{node.name} {node.element.kind}".encode())
        return state.digest()

    def _build(self, process: Process, scope: Scope, name: str) -> ScopeSpec:
        spec = ScopeSpec(name, process.key)
        self.scopes.append(spec)
        for element in scope.elements.values():
            self._add(process, spec, element)
        for element in scope.elements.values():
            if element.kind is Kind.BOUNDARY:
                activity = spec.task_specs[element.attached_to or ""]
                activity.borders = (*activity.borders, spec.task_specs[element.id])
        self._connect(scope, spec)
        joins = [node for node in spec.nodes if isinstance(node, InclusiveNode)]
        joins.sort(key=lambda join: join.name)
        for join in joins:
            join.reach = reaching(join, spec.nodes) if join.entries > 1 else {}
        spec.inclusive = tuple(join for join in joins if join.entries > 1)
        return spec

    def _add(self, process: Process, spec: ScopeSpec, element: Element) -> None:
        if element.kind in PLAIN:
            node = PLAIN[element.kind](spec, element)
        elif element.multi is not None or element.loop is not None:
            loop: LoopNode = (MultiNode if element.multi else RepeatNode)(spec, element)
            node = ACTIVITY[element.kind](spec, element, element.id + BODY)
            node.instance_of = loop
            loop.body = node
        else:
            node = ACTIVITY[element.kind](spec, element, element.id)
        place = f"「{element.name or element.id}」"
        node.orders = tuple(_order(effect, place) for effect in element.effects)
        if element.work is not None and element.work.unit:
            node.unit = Formula(element.work.unit, place)
        if element.kind is Kind.START:
            spec.starts[element.id] = node
        _watch(node, element, place)
        if isinstance(node, RuleNode):
            node.decision = self._decisions[element.decision or ""]
        if isinstance(node, InnerNode) and element.scope is not None:
            node.inner = self._build(process, element.scope, element.id)
        if isinstance(node, HandlerNode):
            self._listen(spec, node)

    def _listen(self, spec: ScopeSpec, handler: HandlerNode) -> None:
        """Add what starts an event sub-process to the scope around it."""
        start = handler.inner.start_of()
        assert start is not None  # noqa: S101
        listener = ListenNode(spec, start.element, handler)
        _watch(listener, start.element, handler.title)
        spec.listeners = (*spec.listeners, listener)

    def _connect(self, scope: Scope, spec: ScopeSpec) -> None:
        routes: dict[str, list[Route]] = {}
        for flow in scope.flows:
            target: Node = spec.task_specs[flow.target]
            condition = None
            if flow.condition is not None:
                condition = Formula(flow.condition, f"流向「{flow.name or flow.id}」")
            routes.setdefault(flow.source, []).append(
                Route(flow.id, target, target.entries, condition, flow.default)
            )
            target.entries += 1
        for source, leaving in routes.items():
            spec.task_specs[source].routes = tuple(leaving)


def _watch(node: Node, element: Element, place: str) -> None:
    if element.event is not None and element.event.condition is not None:
        node.condition = Formula(element.event.condition, f"条件事件{place}")


def _order(effect: Effect, place: str) -> Order:
    params: list[tuple[str, Any]] = []
    for key, text in effect.params.items():
        params.append((key, Formula(text[1:], place) if text.startswith("=") else text))
    return Order(effect.on, effect.do, tuple(params))
