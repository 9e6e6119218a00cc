"""Inclusive gateway. Corrects E2: Spiff's join fires after the first branch on every later
pass of a loop (0 of 216 arrival orders right).

BPMN 13.4.3: the join waits while some token elsewhere in the scope could still reach an
incoming flow that has none, and could not as well reach one that already has. Which node
reaches which incoming flow without passing the join is computed once. The question is asked
when nothing else can move by itself, so that tokens on their way are merged, not passed by.
A boundary event counts as a way out of its activity.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway

from workflows.errors import NothingMatches
from workflows.spiff.node import Node, Route
from workflows.spiff.parallel import queues, unite
from workflows.spiff.scopes import AnyWorkflow
from workflows.spiff.token import WAITING, Token


class InclusiveNode(Node, InclusiveGateway):
    """Inclusive gateway: join, split, or both.

    `reach` maps a node of the scope to the incoming flows that a token there may still come
    by, as a bit mask of their numbers; a node that reaches none is absent.
    """

    reach: dict[Node, int]

    def _update_hook(self, my_task: Token) -> bool:
        if self.entries < 2:
            return True
        my_task._set_state(WAITING)
        return False

    def release(self, workflow: AnyWorkflow) -> bool:
        """Fire if enabled; tell whether it did."""
        waiting = queues(
            self,
            [t for t in workflow.tasks.values() if t.task_spec is self and t._state == WAITING],
        )
        if not waiting:
            return False
        if len(waiting) < self.entries:
            filled = sum(1 << entry for entry in waiting)
            for token in workflow.tasks.values():
                reachable = self.reach.get(token.task_spec, 0)
                if reachable and token._parent is None and not reachable & filled:
                    return False
        unite([queue[0] for queue in waiting.values()])._ready()
        return True

    def choose(self, my_task: Token) -> tuple[Route, ...]:
        """Choose every flow without condition or with a true one, else the default."""
        chosen = tuple(r for r in self.routes if not r.default and _open(r, my_task))
        if any(route.condition is not None for route in chosen):
            return chosen
        default = tuple(route for route in self.routes if route.default)
        if not chosen and not default and self.routes:
            raise NothingMatches(f"网关{self.title}没有一个条件成立，也没有默认流向。")
        return tuple(r for r in self.routes if r in chosen or r in default)


def _open(route: Route, token: Token) -> bool:
    return route.condition is None or route.condition.holds(token.data)


def reaching(join: InclusiveNode, nodes: list[Node]) -> dict[Node, int]:
    """Compute `reach` by walking the flows backwards from the join, not through it."""
    before: dict[Node, list[Node]] = {}
    entering: dict[int, Node] = {}
    for node in nodes:
        for route in node.routes:
            before.setdefault(route.target, []).append(node)
            if route.target is join:
                entering[route.entry] = node
        for border in node.borders:
            before.setdefault(border, []).append(node)
    found: dict[Node, int] = {}
    for entry, source in entering.items():
        todo = [source]
        seen: set[Node] = set()
        while todo:
            node = todo.pop()
            if node is join or node in seen:
                continue
            seen.add(node)
            found[node] = found.get(node, 0) | 1 << entry
            todo.extend(before.get(node, ()))
    return found
