"""Parallel gateway. Corrects E1: Spiff's join counts cancelled tokens of an earlier pass of a
loop, so it fires early (192 of 216 arrival orders wrong).

Here a token waits at the flow it came by. The join fires when every incoming flow has a
token, takes the oldest of each and consumes them; further tokens stay where they are and
count for the next time (BPMN 13.4.1), which Spiff leaves undone.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway

from workflows.spiff.merging import merge
from workflows.spiff.node import Node
from workflows.spiff.token import WAITING, Token


def queues(node: Node, arrived: list[Token]) -> dict[int, list[Token]]:
    """Sort tokens waiting at a join by the flow they came by, oldest first."""
    found: dict[int, list[Token]] = {}
    for token in sorted(arrived, key=lambda token: token.id):
        found.setdefault(token.via, []).append(token)
    return found


def unite(taken: list[Token]) -> Token:
    """Consume tokens at a join; the youngest goes on with the data of all."""
    taken.sort(key=lambda token: token.id)
    last = taken[-1]
    last.part = merge(token.part for token in taken)
    for token in taken[:-1]:
        token.discard()
    return last


class ParallelNode(Node, ParallelGateway):
    """Parallel gateway: join, split, or both."""

    def _update_hook(self, my_task: Token) -> bool:
        if self.entries < 2:
            return True
        my_task._set_state(WAITING)
        here = [token for token in my_task.workflow.tasks.values() if token.task_spec is self]
        waiting = queues(self, [token for token in here if token._state == WAITING])
        if len(waiting) < self.entries:
            return False
        unite([queue[0] for queue in waiting.values()])._ready()
        return False
