"""What the drawing leaves to the reader, said with explicit gateways and flows.

Link events become flows. Several flows into an activity or event become an exclusive merge
(each token passes on its own); several flows out of one become a parallel split, or an
inclusive one where they carry conditions (BPMN 2.0.2, 13.3.1). Inserted elements take their
id from the drawn one and say `drawn=False` (engine study E21, E22).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workflows.findings import Severity
from workflows.model import Element, Flow, Kind
from workflows.sources.links import Link
from workflows.sources.remarks import Remarks

_GATEWAYS = frozenset({Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE})
_BESIDE = frozenset({Kind.BOUNDARY, Kind.EVENT_SUBPROCESS})
_NO_SPLIT = _GATEWAYS | {Kind.EVENT_BASED, Kind.END, Kind.EVENT_SUBPROCESS}


def normalise(
    elements: Mapping[str, Element],
    flows: Iterable[Flow],
    links: Iterable[Link],
    remarks: Remarks,
    start: Element | None = None,
) -> tuple[dict[str, Element], list[Flow]]:
    """Return elements and flows in which only gateways split and merge.

    `start` is put where no start event is drawn: then what has no incoming flow begins the
    scope (BPMN 2.0.2, 10.5.2).
    """
    joined = [*flows, *_links(elements, list(links), remarks)]
    if start is not None and not any(e.kind is Kind.START for e in elements.values()):
        begun = _begin(elements, joined, start, remarks)
        elements, joined = {**begun[0], **elements}, [*begun[1], *joined]
    into: dict[str, list[Flow]] = {}
    out_of: dict[str, list[Flow]] = {}
    for flow in joined:
        into.setdefault(flow.target, []).append(flow)
        out_of.setdefault(flow.source, []).append(flow)
    work = _Work(elements, remarks)
    for element in elements.values():
        work.merge(element, into.get(element.id, []))
        work.result[element.id] = element
        work.split(element, out_of.get(element.id, []))
    kept = [
        replace(
            work.flows.get(flow.id, flow), target=work.targets.get(flow.target, flow.target)
        )
        for flow in joined
    ]
    return work.result, [*kept, *work.added]


def _links(elements: Mapping[str, Element], links: list[Link], remarks: Remarks) -> list[Flow]:
    """Every throwing end leads to the one catching end of its name."""
    catching: dict[str, str] = {}
    found: list[Flow] = []
    for link in links:
        if link.throws:
            continue
        if link.name in catching:
            _say(remarks, "link", elements[link.element], f"链接“{link.name}”有两个入口")
        catching[link.name] = link.element
    used = set()
    for link in links:
        if not link.throws:
            continue
        target = catching.get(link.name)
        if target is None:
            _say(remarks, "link", elements[link.element], f"链接“{link.name}”没有入口")
            continue
        used.add(link.name)
        name, line = elements[link.element].name, elements[link.element].line
        found.append(Flow(f"{link.element}.link", link.element, target, name, line=line))
    for name, element in catching.items():
        if name not in used:
            _say(remarks, "link", elements[element], f"没有哪里通向链接“{name}”")
    return found


def _begin(
    elements: Mapping[str, Element], joined: list[Flow], start: Element, remarks: Remarks
) -> tuple[dict[str, Element], list[Flow]]:
    """The start that was not drawn, and its flows; nothing where nothing can begin."""
    entered = {flow.target for flow in joined}
    first = [e for e in elements.values() if e.id not in entered and e.kind not in _BESIDE]
    where = start.id.removesuffix(".start")
    if not first and elements:
        return {}, []
    if first:
        said = f"没有画开始事件，按 BPMN 从没有进线的地方开始：{_few(first)}"
    else:
        said = "里面什么也没有画，到这里立即完成"
    remarks.at("implicit-start", Severity.UNFIT, start.line, where, said, "画一个开始事件")
    while start.id in elements:
        start = replace(start, id=f"{start.id}_")
    flows = [Flow(f"{start.id}.{e.id}", start.id, e.id, line=e.line) for e in first]
    return {start.id: start}, flows


def _few(elements: list[Element]) -> str:
    named = "、".join(f"“{e.name or e.id}”" for e in elements[:5])
    return named + ("等" if len(elements) > 5 else "")


def _say(
    remarks: Remarks, code: str, element: Element, sentence: str, remedy: str = ""
) -> None:
    remarks.at(code, Severity.ERROR, element.line, element.id, sentence, remedy)


@dataclass(slots=True)
class _Work:
    """The scope while gateways are being inserted."""

    drawn: Mapping[str, Element]
    remarks: Remarks
    result: dict[str, Element] = field(default_factory=dict)
    added: list[Flow] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)  # drawn target → its merge
    flows: dict[str, Flow] = field(default_factory=dict)  # flows that leave a split

    def gateway(self, near: Element, suffix: str, kind: Kind) -> Element:
        """An inserted gateway beside a drawn element, in the same lane."""
        own = f"{near.id}.{suffix}"
        while own in self.drawn:
            own += "_"
        inserted = Element(
            own, kind, line=near.line, drawn=False, lane=near.lane, role=near.role
        )
        self.result[own] = inserted
        return inserted

    def merge(self, element: Element, incoming: list[Flow]) -> None:
        """An exclusive merge before an element with several incoming flows."""
        if len(incoming) < 2 or element.kind in _GATEWAYS:
            return
        sources = [self.drawn[flow.source].kind for flow in incoming]
        if Kind.EVENT_BASED in sources or element.kind is Kind.START:
            return  # not allowed; the checks say so
        merge = self.gateway(element, "merge", Kind.EXCLUSIVE)
        self.targets[element.id] = merge.id
        self.added.append(Flow(f"{merge.id}.flow", merge.id, element.id, line=element.line))

    def split(self, element: Element, outgoing: list[Flow]) -> None:
        """A split after an activity or event with several or conditional outgoing flows."""
        if element.kind in _NO_SPLIT:
            return
        conditional = [flow for flow in outgoing if flow.condition or flow.default]
        plain = [flow for flow in outgoing if not (flow.condition or flow.default)]
        if len(outgoing) == 1 and outgoing[0].condition:
            _say(
                self.remarks,
                "lone-condition",
                element,
                "唯一的一条出线带有条件，条件不成立时流程走不下去",
                "再画一条默认连线，或去掉条件",
            )
        if len(outgoing) < 2:
            return
        if element.drawn:
            self._tell(element, bool(conditional))
        if not conditional:
            self._leave(plain, self._after(element, "split", Kind.PARALLEL), "")
        elif plain and any(flow.default for flow in conditional):
            split = self._after(element, "split", Kind.PARALLEL)
            choice = self.gateway(element, "choice", Kind.INCLUSIVE).id
            self.added.append(Flow(f"{choice}.flow", split, choice, line=element.line))
            self._leave(plain, split, "")
            self._leave(conditional, choice, "")
        else:
            split = self._after(element, "split", Kind.INCLUSIVE)
            self._leave(outgoing, split, "true")

    def _after(self, element: Element, suffix: str, kind: Kind) -> str:
        gateway = self.gateway(element, suffix, kind)
        self.added.append(Flow(f"{gateway.id}.flow", element.id, gateway.id, line=element.line))
        return gateway.id

    def _leave(self, flows: list[Flow], gateway: str, unconditional: str) -> None:
        for flow in flows:
            condition = flow.condition
            if condition is None and not flow.default:
                condition = unconditional or None
            self.flows[flow.id] = replace(flow, source=gateway, condition=condition)

    def _tell(self, element: Element, conditional: bool) -> None:
        how = "按条件走一条或几条" if conditional else "同时走所有分支"
        self.remarks.at(
            "implicit-split",
            Severity.NOTE,
            element.line,
            element.id,
            f"有几条出线而没有网关，按 BPMN 的规定{how}",
            "画出网关更清楚",
        )
