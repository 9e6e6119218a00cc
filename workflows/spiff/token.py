"""A token: Spiff's `Task` without clock, without random ids, without recursion.

Corrects E26 (`Task.__init__` draws `uuid4()` and reads `time.time()`: the number of a token
is a running number of the case, no time is kept), E3 and E18 (no walk over a tree: a token
that has moved on is forgotten at once, so the tree is never deeper than an activity, its
instances and its armed events) and E15 (`data` is replaced, never changed in place).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from workflows.spiff.node import Node
    from workflows.spiff.scopes import AnyWorkflow

WAITING: int = TaskState.WAITING
READY: int = TaskState.READY
STARTED: int = TaskState.STARTED
FUTURE: int = TaskState.FUTURE
COMPLETED: int = TaskState.COMPLETED
CANCELLED: int = TaskState.CANCELLED


class Token(Task):
    """A token at a node.

    `data` is what expressions see; `stamps` says for each of its keys in which write of the
    case it got its value (see `merging`). `via` is the number of the incoming flow the token
    came by, -1 for none. `instance` is the 0-based index inside a multi-instance.
    """

    id: int
    workflow: AnyWorkflow
    task_spec: Node
    data: dict[str, Any]
    stamps: dict[str, int]
    internal_data: dict[str, Any]

    def __init__(
        self,
        workflow: AnyWorkflow,
        node: Node,
        source: Token | None = None,
        *,
        parent: Token | None = None,
        number: int | None = None,
    ) -> None:
        """Put a token at `node` with the data of `source`; `parent` owns it (see `owner`).

        `number` is given only when a snapshot is read.
        """
        case = workflow.top_workflow
        self.id = case.next_number() if number is None else number
        self.workflow = workflow
        self.task_spec = node
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0
        self.internal_data = {}
        self.data = source.data if source is not None else {}
        self.stamps = source.stamps if source is not None else {}
        self.via = -1
        self.instance: int | None = None
        self._state: int = FUTURE
        self._parent: int | None = None
        self._children: list[int] = []
        workflow.tasks[self.id] = self
        case.open_tokens[self.id] = self
        if parent is not None:
            self._parent = parent.id
            parent._children.append(self.id)

    @property
    def owner(self) -> Token | None:
        """What an armed event, an instance or an arm of an event gateway belongs to."""
        return None if self._parent is None else self.workflow.tasks.get(self._parent)

    @property
    def owned(self) -> list[Token]:
        """The tokens that live only as long as this one."""
        return [self.workflow.tasks[number] for number in self._children]

    @property
    def alive(self) -> bool:
        """Whether the token is still somewhere."""
        return self.id in self.workflow.tasks

    def _set_state(self, value: int) -> None:
        """Change the state; Spiff's own also reads the clock and builds a log record (E26)."""
        self._state = value

    def detach(self) -> None:
        """Outlive the owner."""
        owner = self.owner
        if owner is not None:
            owner._children.remove(self.id)
        self._parent = None

    def discard(self) -> None:
        """Forget the token: it has moved on, was consumed or cancelled."""
        self.detach()
        del self.workflow.tasks[self.id]
        del self.workflow.top_workflow.open_tokens[self.id]

    def write(self, values: Mapping[str, Any]) -> None:
        """Give variables new values, as one write of the case."""
        if values:
            stamp = self.workflow.top_workflow.next_stamp()
            self.data = {**self.data, **values}
            self.stamps = {**self.stamps, **dict.fromkeys(values, stamp)}

    def forget(self, *names: str) -> None:
        """Drop variables."""
        if any(name in self.data for name in names):
            self.data = {k: v for k, v in self.data.items() if k not in names}
            self.stamps = {k: v for k, v in self.stamps.items() if k not in names}

    def cancel(self, keep: Token | None = None) -> None:
        """Cancel the token with everything inside it; inner ones first. `keep` survives."""
        case = self.workflow.top_workflow
        inner = case.subprocesses.pop(self.id, None)
        if inner is not None:
            inner.cancel()
        for token in self.owned:
            if token is not keep:
                token.cancel()
        if keep is not None:
            keep.detach()
        self._state = CANCELLED
        self.task_spec._on_cancel(self)
        self.discard()
