"""Exclusive gateway (BPMN 13.4.2): the first true condition in drawing order, else the default.

A merge passes every token through at once. Spiff's class is kept for its place in the
library; its choice is not: conditions are FEEL here, and nothing true is a sentence that
names the gateway.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway

from workflows.errors import NothingMatches
from workflows.spiff.node import Node, Route
from workflows.spiff.token import Token


class ExclusiveNode(Node, ExclusiveGateway):
    """Exclusive gateway."""

    def choose(self, my_task: Token) -> tuple[Route, ...]:
        """Choose one flow. Raises NothingMatches."""
        fallback: tuple[Route, ...] = ()
        for route in self.routes:
            if route.default:
                fallback = (route,)
            elif route.condition is None or route.condition.holds(my_task.data):
                return (route,)
        if not fallback and self.routes:
            raise NothingMatches(f"网关{self.title}没有一个条件成立，也没有默认流向。")
        return fallback
