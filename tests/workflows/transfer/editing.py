"""Random edits of a drawing: what designers do between two versions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from tests.workflows.engine.diagrams import Drawing, message, signal, timer
from workflows.model import Element, Flow, Kind, MultiInstance, Scope

ARMABLE = {Kind.USER_TASK, Kind.SUBPROCESS, Kind.CALL}


class Editor:
    """Edits one scope, or one inside it; every choice comes from `random.Random`."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.count = 0
        self.did: list[str] = []

    def new(self, stem: str) -> str:
        self.count += 1
        return f"{stem}_new{self.count}"

    def drawing(
        self, scope: Scope, called: Mapping[str, Scope]
    ) -> tuple[Scope, dict[str, Scope]]:
        """Edit the main scope or a called one."""
        found = dict(called)
        keys = [None, *sorted(found)]
        key = self.dice.choice(keys)
        if key is None:
            return self.scope(scope), found
        found[key] = self.scope(found[key])
        return scope, found

    def scope(self, scope: Scope) -> Scope:
        inner = [e for e in scope.elements.values() if e.scope is not None]
        if inner and self.dice.random() < 0.5:
            host = self.dice.choice(inner)
            elements = dict(scope.elements)
            elements[host.id] = replace(host, scope=self.scope(host.scope))
            return Scope(elements, scope.flows)
        edits = [self.add_border, self.remove_border, self.retype_border, self.insert]
        edits += [self.add_border, self.remove, self.rename, self.automate, self.multiply]
        edits += [self.widen, self.flip]
        edit = self.dice.choice(edits)
        self.did.append(edit.__name__)
        return pruned(edit(dict(scope.elements), list(scope.flows)))

    def pick(self, elements: dict[str, Element], *kinds: Kind) -> Element | None:
        found = [e for e in elements.values() if e.kind in kinds]
        return self.dice.choice(found) if found else None

    def event(self, name: str):
        return self.dice.choice([timer("other"), message(name), signal("s"), timer()])

    def add_border(self, elements, flows):
        host = self.pick(elements, *ARMABLE)
        if host is None:
            return Scope(elements, tuple(flows))
        key = self.new("border")
        leaving = next(flow for flow in flows if flow.source == host.id)
        after = elements[leaving.target]
        plain = after.kind not in {Kind.PARALLEL, Kind.INCLUSIVE}
        interrupting = plain and self.dice.random() < 0.5
        elements[key] = Element(
            key, Kind.BOUNDARY, key, attached_to=host.id, interrupting=interrupting,
            event=self.event(key),
        )  # fmt: skip
        if interrupting:
            flows.append(Flow(self.new("f"), key, after.id))
        else:
            task, end = self.new("task"), self.new("end")
            elements[task] = Element(task, Kind.USER_TASK, task)
            elements[end] = Element(end, Kind.END, end)
            flows += [Flow(self.new("f"), key, task), Flow(self.new("f"), task, end)]
        return Scope(elements, tuple(flows))

    def remove_border(self, elements, flows):
        border = self.pick(elements, Kind.BOUNDARY)
        if border is not None:
            del elements[border.id]
        return Scope(elements, tuple(flows))

    def retype_border(self, elements, flows):
        border = self.pick(elements, Kind.BOUNDARY, Kind.CATCH)
        if border is not None:
            event = self.event(border.id)
            if border.kind is Kind.CATCH:  # the game knows no signals behind an event gateway
                event = self.dice.choice([timer("other"), message(border.id)])
            elements[border.id] = replace(border, event=event)
        return Scope(elements, tuple(flows))

    def flip(self, elements, flows):
        border = self.pick(elements, Kind.BOUNDARY)
        if border is not None and border.event and border.event.ref is None:
            elements[border.id] = replace(border, interrupting=True)
        return Scope(elements, tuple(flows))

    def insert(self, elements, flows):
        number = self.dice.randrange(len(flows))
        flow, task = flows[number], self.new("task")
        if elements[flow.source].kind is Kind.EVENT_BASED:
            return Scope(elements, tuple(flows))
        elements[task] = Element(task, Kind.USER_TASK, task)
        if self.dice.random() < 0.5 or flow.condition or flow.default:
            flows[number] = replace(flow, target=task)
            flows.append(Flow(self.new("f"), task, flow.target))
        else:
            flows[number] = replace(flow, source=task)
            flows.append(Flow(self.new("f"), flow.source, task))
        return Scope(elements, tuple(flows))

    def remove(self, elements, flows):
        task = self.pick(elements, Kind.USER_TASK, Kind.SERVICE_TASK)
        if task is None:
            return Scope(elements, tuple(flows))
        after = next(flow.target for flow in flows if flow.source == task.id)
        del elements[task.id]
        flows = [flow for flow in flows if flow.source != task.id]
        flows = [replace(f, target=after) if f.target == task.id else f for f in flows]
        return Scope(elements, tuple(flows))

    def rename(self, elements, flows):
        task = self.pick(elements, Kind.USER_TASK)
        if task is None:
            return Scope(elements, tuple(flows))
        key = self.new("task")
        flows = [
            replace(
                f,
                source=key if f.source == task.id else f.source,
                target=key if f.target == task.id else f.target,
            )
            for f in flows
        ]
        found = {}
        for old in elements.values():
            one = replace(old, id=key) if old is task else old
            found[one.id] = replace(one, attached_to=key) if one.attached_to == task.id else one
        return Scope(found, tuple(flows))

    def automate(self, elements, flows):
        task = self.pick(elements, Kind.USER_TASK)
        hosts = {e.attached_to for e in elements.values()}
        if task is not None and task.multi is None and task.id not in hosts:
            elements[task.id] = replace(task, kind=Kind.SERVICE_TASK)
        return Scope(elements, tuple(flows))

    def multiply(self, elements, flows):
        task = self.pick(elements, *ARMABLE)
        if task is not None:
            multi = MultiInstance(self.dice.random() < 0.5, cardinality="2")
            elements[task.id] = replace(task, multi=None if task.multi else multi)
        return Scope(elements, tuple(flows))

    def widen(self, elements, flows):
        """A branch more between a split and its join, which the builder numbers in a row."""
        splits = [
            e
            for e in elements.values()
            if e.id.startswith("split") and e.kind in {Kind.PARALLEL, Kind.INCLUSIVE}
        ]
        if splits:
            split = self.dice.choice(splits)
            task = self.new("task")
            join = f"join{int(split.id.removeprefix('split')) + 1}"
            elements[task] = Element(task, Kind.USER_TASK, task)
            when = "modulo(k, 1) = 0" if split.kind is Kind.INCLUSIVE else None
            flows.append(Flow(self.new("f"), split.id, task, condition=when))
            flows.append(Flow(self.new("f"), task, join))
        return Scope(elements, tuple(flows))


def pruned(scope: Scope) -> Scope:
    """Without what nothing leads to any more."""
    elements = dict(scope.elements)
    while True:
        flows = tuple(f for f in scope.flows if f.source in elements and f.target in elements)
        fed = {flow.target for flow in flows}
        gone = [
            e.id
            for e in elements.values()
            if (e.kind is not Kind.START and e.kind is not Kind.BOUNDARY and e.id not in fed)
            or (e.kind is Kind.BOUNDARY and e.attached_to not in elements)
        ]
        if not gone:
            return Scope(elements, flows)
        for key in gone:
            del elements[key]


def drawn(scope: Scope) -> Drawing:
    """A drawing of a scope."""
    drawing = Drawing()
    drawing.elements, drawing.flows = dict(scope.elements), list(scope.flows)
    return drawing
