"""Every FEEL text of a diagram, with its place: what the data rules walk over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.model import Element, Flow, Scope

LOOP_COUNTER = "loopCounter"


@dataclass(frozen=True, slots=True)
class Written:
    """A FEEL text where it stands. `more`: names that are known only there.

    `elsewhere`: evaluated over the data of a called process, not of this one.
    """

    place: Element | Flow
    what: str
    text: str
    more: frozenset[str] = frozenset()
    elsewhere: bool = False


def written(scope: Scope, inherited: frozenset[str] = frozenset()) -> Iterator[Written]:
    """All FEEL of a scope and the scopes inside it, in drawing order."""
    for element in scope.elements.values():
        yield from _of_element(element, inherited)
        if element.scope is not None:
            yield from written(element.scope, inherited | _inside(element))
    for flow in scope.flows:
        if flow.condition:
            yield Written(flow, "条件", flow.condition, inherited)


def _inside(element: Element) -> frozenset[str]:
    """Names that exist only inside an instance of the activity."""
    item = element.multi.item if element.multi is not None else None
    return frozenset({item} if item else ())


def _repeated(
    element: Element, outside: frozenset[str], inside: frozenset[str]
) -> Iterator[Written]:
    """Expressions of multi-instance and standard loop."""
    several = element.multi
    if several is not None:
        if several.collection:
            yield Written(element, "逐项办理的清单", several.collection, outside)
        if several.cardinality:
            yield Written(element, "次数", several.cardinality, outside)
        if several.completion:
            counters = inside | {LOOP_COUNTER, "completed", "total"}
            yield Written(element, "完成条件", several.completion, counters)
    if element.loop is not None and element.loop.condition:
        yield Written(element, "循环条件", element.loop.condition, inside | {LOOP_COUNTER})


def _of_element(element: Element, inherited: frozenset[str]) -> Iterator[Written]:
    inside = inherited | _inside(element)
    if element.event is not None and element.event.condition:
        yield Written(element, "条件", element.event.condition, inside)
    yield from _repeated(element, inherited, inside)
    if element.work is not None and element.work.unit:
        yield Written(element, "承办单位", element.work.unit, inside)
    if element.work is not None and element.work.rank:
        yield Written(element, "由参数定的岗位", element.work.rank, inside)
    for name, text in element.ins.items():
        yield Written(element, f"传入“{name}”", text, inside)
    for name, text in element.outs.items():
        yield Written(element, f"传出“{name}”", text, inside, elsewhere=True)
    for effect in element.effects:
        for name, text in effect.params.items():
            if text.startswith("="):
                yield Written(element, f"动作的 {name}", text[1:], inside)
