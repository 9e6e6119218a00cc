"""Multi-instance and standard loop. Corrects E5 (Spiff connects the merging of instances lazily
as a callback on the shared definition; state restored in another process hangs) and E14 (a
second pass raises because the output is not empty).

An element with a loop is two nodes: the loop, which owns the instances and carries the
boundary events, and the activity itself, once per instance. What an instance has written
is merged into the loop's data when it ends, but for its item and `outcome`.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from workflows.errors import CommandRefused
from workflows.model import Element
from workflows.spiff import throwing
from workflows.spiff.awaiting import Awaits
from workflows.spiff.borders import arm
from workflows.spiff.expressions import Formula
from workflows.spiff.merging import LOCAL, Part, merge
from workflows.spiff.node import Node
from workflows.spiff.token import STARTED, Token

MAX_INSTANCES = 10_000


class LoopNode(Node, LoopTask):
    """The loop around an activity; `internal_data` counts what was begun and done."""

    body: Node
    local = frozenset({LOCAL})

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element)
        self.awaits = Awaits.NOTHING  # its instances do

    def begin(self, my_task: Token, index: int) -> Token:
        """Begin one instance."""
        my_task.internal_data["begun"] = index + 1
        child = my_task.own(Token(my_task.workflow, self.body, my_task))
        child.instance = index
        return child

    def instance_done(self, child: Token) -> None:
        """One instance has ended."""
        raise NotImplementedError

    def record(self, my_task: Token) -> None:
        """Note the element itself only if there was no instance to note."""
        if not my_task.internal_data.get("begun"):
            super().record(my_task)

    def parts(self, my_task: Token) -> list[Part]:
        """Give also what the running instances have written."""
        found = super().parts(my_task)
        for child in my_task.owned:
            if child.instance is not None:
                inside = child.task_spec.parts(child)
                found.extend(merge([part], without=self.local) for part in inside)
        return found


class MultiNode(LoopNode):
    """Multi-instance, parallel or sequential."""

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element)
        multi = element.multi
        assert multi is not None  # noqa: S101
        place = f"多实例{self.title}"
        self.sequential = multi.sequential
        self.event_thrown = multi.throws
        self.only_first = multi.behavior == "One"
        self.item = multi.item
        self.collection = Formula(multi.collection, place) if multi.collection else None
        self.cardinality = Formula(multi.cardinality, place) if multi.cardinality else None
        self.completion = Formula(multi.completion, place) if multi.completion else None
        if self.item is not None:
            self.local = frozenset({LOCAL, self.item})

    def _update_hook(self, my_task: Token) -> bool:
        arm(my_task)
        my_task._set_state(STARTED)
        items, total = self.count(my_task)
        my_task.internal_data = {"total": total, "done": 0, "begun": 0}
        if total == 0:
            return True
        if self.sequential:
            my_task.internal_data["items"] = items
        for index in range(1 if self.sequential else total):
            self.start_one(my_task, index, items)
        return False

    def count(self, my_task: Token) -> tuple[list[Any] | None, int]:
        """Give the items, if over a collection, and the number of instances."""
        if self.collection is not None:
            items = self.collection.value(my_task.data)
            if not isinstance(items, list):
                raise CommandRefused(
                    f"多实例{self.title}的集合「{self.collection.text}」不是列表。"
                )
            total = len(items)
        else:
            items = None
            number: Any = self.cardinality.value(my_task.data) if self.cardinality else None
            try:
                whole = not isinstance(number, bool) and number == int(number)
            except (TypeError, ValueError, ArithmeticError):
                whole = False
            if not whole or number < 0:
                raise CommandRefused(f"多实例{self.title}的个数不是零或正整数。")
            total = int(number)
        if total > MAX_INSTANCES:
            raise CommandRefused(f"多实例{self.title}超过 {MAX_INSTANCES} 个。")
        return items, total

    def start_one(self, my_task: Token, index: int, items: list[Any] | None) -> None:
        """Begin instance `index` with its item."""
        child = self.begin(my_task, index)
        if self.item is not None:
            child.write({self.item: items[index] if items is not None else index})
        self.body._update(child)

    def instance_done(self, child: Token) -> None:
        """Merge; then complete, cancel the rest, or begin the next."""
        loop = child.owner
        assert loop is not None  # noqa: S101
        state = loop.internal_data
        state["done"] += 1
        finished = self.satisfied(child, state)
        outcome = merge([child.part], without=self.local)
        child.discard()
        loop.part = merge([loop.part, outcome])
        if self.event_thrown is not None and (state["done"] == 1 or not self.only_first):
            throwing.throw_at_border(loop, self.event_thrown)
            if not loop.alive:
                return  # what was thrown has interrupted the activity
        if finished:
            for other in loop.owned:
                if other.instance is not None:
                    other.cancel()
        if finished or state["done"] == state["total"]:
            loop._ready()
        elif self.sequential:
            self.start_one(loop, state["begun"], state["items"])

    def satisfied(self, child: Token, state: dict[str, Any]) -> bool:
        """Evaluate the completion condition over the instance's data and the counters."""
        if self.completion is None:
            return False
        done, total = state["done"], state["total"]
        return self.completion.becomes(
            {
                **child.data,
                "completed": done,
                "total": total,
                "loopCounter": child.instance,
                "nrOfInstances": total,
                "nrOfCompletedInstances": done,
                "nrOfActiveInstances": state["begun"] - done,
            }
        )


class RepeatNode(LoopNode):
    """Standard loop: one instance after the other, each with the data of the one before."""

    def __init__(self, scope: Any, element: Element) -> None:
        super().__init__(scope, element)
        loop = element.loop
        assert loop is not None  # noqa: S101
        self.test_before = loop.test_before
        self.maximum = loop.maximum
        place = f"循环{self.title}"
        self.condition = Formula(loop.condition, place) if loop.condition else None

    def _update_hook(self, my_task: Token) -> bool:
        arm(my_task)
        my_task._set_state(STARTED)
        my_task.internal_data = {"begun": 0}
        if self.maximum == 0 or (self.test_before and not self.again(my_task)):
            return True
        self.body._update(self.begin(my_task, 0))
        return False

    def again(self, my_task: Token) -> bool:
        """Tell whether the loop goes round once more."""
        done = my_task.internal_data["begun"]
        if self.maximum is not None and done >= self.maximum:
            return False
        if self.condition is None:
            return True
        return self.condition.holds({**my_task.data, "loopCounter": done})

    def instance_done(self, child: Token) -> None:
        """Go round again or go on."""
        loop = child.owner
        assert loop is not None  # noqa: S101
        loop.part = child.part
        child.discard()
        if self.again(loop):
            self.body._update(self.begin(loop, loop.internal_data["begun"]))
        else:
            loop._ready()
