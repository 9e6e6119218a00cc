"""The base of all nodes: Spiff's `TaskSpec` without prediction and without recursion.

Corrects E17 (each sequential parallel block doubles the predicted tasks) and E18 (prediction
recurses along the diagram): nothing is predicted. A token is created when it arrives and
forgotten when it leaves; the agenda of the case carries it on, iteratively.

Also E5: a node holds no callbacks and no state of a case, so one definition is shared by
all threads; and E15: data are handed on by reference and never changed in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from workflows.model import Element
from workflows.spiff import throwing
from workflows.spiff.awaiting import awaits
from workflows.spiff.expressions import Formula
from workflows.spiff.journal import Ordered, spot_of
from workflows.spiff.merging import Part
from workflows.spiff.token import Token

if TYPE_CHECKING:
    from workflows.spiff.borders import BorderNode
    from workflows.spiff.loops import LoopNode
    from workflows.spiff.scopes import ScopeSpec


@dataclass(frozen=True, slots=True)
class Route:
    """A sequence flow as the engine walks it: `entry` is its number among the target's."""

    id: str
    target: Node
    entry: int
    condition: Formula | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A compiled effect: a param is plain text or a formula."""

    on: str
    do: str
    params: tuple[tuple[str, str | Formula], ...]


class Node(BpmnSpecMixin):
    """A flow node that a token passes at once; subclasses wait, choose or throw."""

    shows_enter_early = False  # effects `enter` are ordered on arrival, not when it runs
    throws = False  # sends something out when it completes
    offers = False  # owns tokens of events of which the first to come wins
    shuts_data = False  # nothing inside shares the variables around it
    listens = False  # waits for the event that starts an event sub-process
    interrupts_scope = False  # an event sub-process after which nothing else starts
    inside: tuple[str, ...] = ()  # scopes around the drawn element that are not open yet

    def __init__(self, scope: ScopeSpec, element: Element, name: str = "", **extra: Any):
        """Create the node `name` (default: the element's id) in `scope`."""
        super().__init__(scope, name or element.id, bpmn_name=element.name, **extra)
        self.element = element
        self.index = 0  # number in the scope, given when all are known
        scope.nodes.append(self)
        self.routes: tuple[Route, ...] = ()
        self.entries = 0
        self.borders: tuple[BorderNode, ...] = ()
        self.orders: tuple[Order, ...] = ()
        self.unit: Formula | None = None
        self.condition: Formula | None = None  # of a conditional event
        self.instance_of: LoopNode | None = None
        self.awaits = awaits(element)
        self.event_name = element.event.ref if element.event is not None else None

    @property
    def title(self) -> str:
        """Name the node for people."""
        return f"「{self.element.name or self.element.id}」"

    # Spiff's life cycle, in its order: _predict, _update, _on_ready, _run, _on_complete.

    def _predict(self, my_task: Any, *_args: Any, **_options: Any) -> None:
        """Predict nothing (E17, E18)."""

    def test(self) -> None:
        """Nothing: `refusals` has examined the whole definition once."""

    def _update(self, my_task: Token) -> None:
        """Receive a token that arrives."""
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        """Prepare; tell whether the token may run now."""
        return True

    def _on_ready(self, my_task: Token) -> None:
        if not self.manual:
            my_task.workflow.top_workflow.schedule(my_task)

    def _run(self, my_task: Token) -> bool:
        """Run; an exception leaves the whole step undone, so none is swallowed here."""
        if not self.shows_enter_early:
            self.order(my_task, "enter")
        return bool(self._run_hook(my_task))

    def _run_hook(self, my_task: Token) -> bool:
        """Do what the node is for; tell whether it is complete."""
        return True

    def _on_cancel(self, my_task: Token) -> None:
        if self.shows_enter_early:
            self.order(my_task, "cancel")

    def _on_complete(self, my_task: Token) -> None:
        workflow = my_task.workflow
        self.order(my_task, "complete")
        self.record(my_task)
        for token in my_task.owned:
            token.cancel()
        if self.throws:
            throwing.throw(my_task)
            if not my_task.alive or workflow.completed:
                return  # what was thrown has interrupted this scope
        if self.instance_of is not None:
            self.instance_of.instance_done(my_task)
        else:
            self.leave(my_task)

    def record(self, my_task: Token) -> None:
        """Note that the element was completed."""
        my_task.workflow.top_workflow.journal.passed.append(spot_of(my_task))

    def leave(self, my_task: Token) -> None:
        """Move on along the chosen flows, or end here."""
        workflow = my_task.workflow
        my_task.discard()
        routes = self.choose(my_task)
        for route in routes:
            workflow.arrive(my_task, route)
        if not routes:
            workflow.absorb(my_task)
        workflow.check_done()

    def choose(self, my_task: Token) -> Iterable[Route]:
        """Choose the flows to leave by."""
        return self.routes

    def parts(self, my_task: Token) -> list[Part]:
        """Give the data that would survive if the token were interrupted now."""
        return [my_task.part]

    def order(self, my_task: Token, on: str) -> None:
        """Order the effects of this moment, in drawing order, with their formulas evaluated."""
        for order in self.orders:
            if order.on == on:
                params = {
                    key: value.value(my_task.data) if isinstance(value, Formula) else value
                    for key, value in order.params
                }
                my_task.workflow.top_workflow.journal.effects.append(
                    Ordered(spot_of(my_task), on, order.do, params, my_task.data)
                )
