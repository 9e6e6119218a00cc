"""Which node of a new version takes over from one of the old, and what keeps it from doing so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workflows.model import Event, Kind
from workflows.spiff.activities import RuleNode
from workflows.spiff.inner import CallNode, InnerNode
from workflows.spiff.loops import LoopNode, MultiNode
from workflows.spiff.node import Node
from workflows.spiff.program import Program
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow, ScopeSpec
from workflows.spiff.walks import spread

ALIKE = (
    frozenset({Kind.USER_TASK, Kind.MANUAL_TASK}),
    frozenset({Kind.PARALLEL, Kind.INCLUSIVE}),
)


def unfit(old: Node, new: Node | None) -> str | None:
    """Say why a token at `old` cannot go on at `new`, or None if it can."""
    if new is None:
        return f"{old.title}在新版里没有了"
    before, after = old.element.kind, new.element.kind
    if before is not after and not any({before, after} <= alike for alike in ALIKE):
        return f"{old.title}在新版里换成了别的类型"
    if type(old) is not type(new) and (isinstance(old, LoopNode) or isinstance(new, LoopNode)):
        return f"{old.title}在新版里改变了多人办理的方式"
    if isinstance(old, MultiNode) and isinstance(new, MultiNode):
        if old.sequential != new.sequential:
            return f"{old.title}在新版里改变了多人办理的先后"
        if old.item != new.item:
            return f"{old.title}在新版里改变了每一份的变量"
    if isinstance(old, LoopNode) and isinstance(new, LoopNode):
        return unfit(old.body, new.body)
    if isinstance(old, CallNode) and old.element.called != new.element.called:
        return f"{old.title}在新版里调用了别的流程"
    if old.awaits is not new.awaits:
        return f"{old.title}在新版里等的是别的事情"
    if isinstance(old, InnerNode) != isinstance(new, InnerNode):
        return f"{old.title}在新版里换成了别的类型"
    return None


def same_event(old: Event | None, new: Event | None) -> bool:
    """Whether what an armed event waits for is the same, so that it need not be armed anew."""
    return old == new


def entry_of(old: Node, via: int, spec: ScopeSpec, new: Node) -> int | None:
    """By which flow of the new version a token waits at a join that came by `via` before.

    The flow from the same element; of several, or where that element is gone, the one with
    the same id; None where there is none.
    """
    source, name = _source(old, via)
    if source is None:
        return None
    same = spec.task_specs.get(source.name)
    sources = spec.nodes if same is None else [same]
    ways = [route for node in sources for route in node.routes if route.target is new]
    if same is None or len(ways) > 1:
        ways = [route for route in ways if route.id == name]
    return ways[0].entry if len(ways) == 1 else None


def _source(join: Node, via: int) -> tuple[Node | None, str]:
    for node in join._wf_spec.nodes:
        for route in node.routes:
            if route.target is join and route.entry == via:
                return node, route.id
    return None, ""


def same_shape(old: ScopeSpec, new: ScopeSpec) -> bool:
    """Whether two scopes have the same nodes with the same ways out."""
    if len(old.nodes) != len(new.nodes):
        return False
    return all(_same_ways(node, new.task_specs.get(node.name)) for node in old.nodes)


def _same_ways(node: Node, other: Node | None) -> bool:
    if other is None or other.element.kind is not node.element.kind:
        return False
    if other.entries != node.entries:
        return False
    before = [route.target.name for route in node.routes]
    if sorted(before) != sorted(route.target.name for route in other.routes):
        return False
    beside = sorted((border.name, border.cancel_activity) for border in node.borders)
    return beside == sorted((border.name, border.cancel_activity) for border in other.borders)


def same_ahead(case: CaseWorkflow, program: Program) -> bool:
    """Whether nothing that a case has open or may still come to is different."""
    compared: dict[tuple[int, int], bool] = {}
    running: list[AnyWorkflow] = [case, *case.subprocesses.values()]
    specs: dict[int, ScopeSpec] = {}
    for scope in running:
        other = program.processes.get(program.root)
        if scope.host is not None:
            around = specs[id(scope.host.workflow)]
            host = around.task_specs.get(scope.host.task_spec.name)
            other = host.inner if isinstance(host, InnerNode) else None
        if other is None:
            return False
        specs[id(scope)] = other
        here = [token.task_spec for token in scope.tasks.values()]
        if not _same(_ahead(here), scope.spec, other, compared):
            return False
    return True


def _ahead(nodes: Iterable[Node]) -> set[Node]:
    """What tokens at these nodes may come to, what they may start beside included."""
    found = spread(nodes)
    while True:
        beside = {border for node in found for border in node.borders} - found
        if not beside:
            return found
        found |= spread(beside)


def _same(
    nodes: Iterable[Node],
    old: ScopeSpec,
    new: ScopeSpec,
    compared: dict[tuple[int, int], bool],
) -> bool:
    listening = sorted(listener.name for listener in old.listeners)
    if listening != sorted(listener.name for listener in new.listeners):
        return False
    for node in {*nodes, *old.listeners, *(listener.handler for listener in old.listeners)}:
        other = new.task_specs.get(node.name)
        if other is None or not _same_node(node, other):
            return False
        if isinstance(node, InnerNode) and isinstance(other, InnerNode):
            pair = (id(node.inner), id(other.inner))
            if pair not in compared:
                compared[pair] = True  # of a process that calls itself: until proved wrong
                compared[pair] = len(node.inner.nodes) == len(other.inner.nodes) and _same(
                    node.inner.nodes, node.inner, other.inner, compared
                )
            if not compared[pair]:
                return False
    return True


def _same_node(old: Node, new: Node) -> bool:
    if replace(old.element, line=None, scope=None) != replace(
        new.element, line=None, scope=None
    ):
        return False
    if old.entries != new.entries:
        return False
    if isinstance(old, RuleNode) and isinstance(new, RuleNode) and old.decision != new.decision:
        return False
    beside = sorted(border.name for border in old.borders)
    return beside == sorted(border.name for border in new.borders) and _ways(old) == _ways(new)


def _ways(node: Node) -> list[tuple[str, str, bool, int]]:
    return [
        (
            route.target.name,
            route.condition.text if route.condition is not None else "",
            route.default,
            route.entry,
        )
        for route in node.routes
    ]
