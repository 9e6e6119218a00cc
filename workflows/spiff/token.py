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

from workflows.errors import SnapshotUnreadable
from workflows.spiff.awaiting import Awaits
from workflows.spiff.merging import NO_DATA, Part
from workflows.spiff.values import read

if TYPE_CHECKING:
    from workflows.spiff.node import Node
    from workflows.spiff.scopes import AnyWorkflow

WAITING: int = TaskState.WAITING
READY: int = TaskState.READY
STARTED: int = TaskState.STARTED
FUTURE: int = TaskState.FUTURE
COMPLETED: int = TaskState.COMPLETED
CANCELLED: int = TaskState.CANCELLED

UNREAD: Part = ({}, {})  # marks data not read yet
DATA = 6  # where a token's row has its data


def read_delta(delta: Any, base: Part) -> Part:
    """Read data: `[{name: [value, write]}, [names gone]]` or 0 for the base's own."""
    if not delta:
        return base
    data, stamps = dict(base[0]), dict(base[1])
    for name in delta[1] if len(delta) > 1 else ():
        del data[name], stamps[name]
    for name, (value, stamp) in delta[0].items():
        data[name] = read(value)
        stamps[name] = stamp
    return data, stamps


class Token(Task):
    """A token at a node.

    `part` are its data and their stamps (see `merging`). `via` is the number of the incoming
    flow the token came by, -1 for none. `instance` is the 0-based index in a multi-instance.
    """

    id: int
    workflow: AnyWorkflow
    task_spec: Node
    internal_data: dict[str, Any]
    row: list[Any] | None = None  # as in the snapshot, while the data are unchanged
    base: Part = NO_DATA  # what the row's data differ from

    def __init__(
        self, workflow: AnyWorkflow, node: Node, source: Token | None = None, *, number: int = 0
    ) -> None:
        """Put a token at `node` with the data of `source`.

        `number` is given only when a snapshot is read.
        """
        case = workflow.top_workflow
        self.id = number or case.next_number()
        self.workflow = workflow
        self.task_spec = node
        self.triggered = False
        self.internal_data = {}
        self.via = -1
        self.instance: int | None = None
        self._part = source.part if source is not None else NO_DATA
        self._state: int = FUTURE
        self._parent: int | None = None
        self._children: list[int] = []
        workflow.tasks[self.id] = self
        case.open_tokens[self.id] = self

    @property
    def part(self) -> Part:
        """Data and stamps; read from the snapshot's row when first asked for."""
        if self._part is UNREAD:
            try:
                self._part = read_delta(self.row[DATA] if self.row else 0, self.base)
            except (ValueError, TypeError, LookupError, ArithmeticError) as error:
                raise SnapshotUnreadable("流程快照已损坏，无法读取。") from error
        return self._part

    @part.setter
    def part(self, part: Part) -> None:
        self._part = part
        self.row = None

    @property
    def data(self) -> dict[str, Any]:
        """What expressions see."""
        return self.part[0]

    @property
    def stamps(self) -> dict[str, int]:
        """In which write of the case each variable got its value."""
        return self.part[1]

    @property
    def owner(self) -> Token | None:
        """What an armed event, an instance or an arm of an event gateway belongs to."""
        return None if self._parent is None else self.workflow.tasks.get(self._parent)

    @property
    def owned(self) -> list[Token]:
        """The tokens that live only as long as this one."""
        return [self.workflow.tasks[number] for number in self._children]

    @property
    def finishing(self) -> bool:
        """Whether all that goes on inside is done, and only the moving on is left."""
        return self._state == READY and self.task_spec.awaits is not Awaits.PERSON

    @property
    def alive(self) -> bool:
        """Whether the token is still somewhere."""
        return self.id in self.workflow.tasks

    def _set_state(self, value: int) -> None:
        """Change the state; Spiff's own also reads the clock and builds a log record (E26)."""
        self._state = value

    def own(self, token: Token) -> Token:
        """Make `token` live only as long as this one."""
        token._parent = self.id
        self._children.append(token.id)
        return token

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
            data, stamps = self.part
            self.part = {**data, **values}, {**stamps, **dict.fromkeys(values, stamp)}

    def forget(self, *names: str) -> None:
        """Drop variables."""
        data, stamps = self.part
        if any(name in data for name in names):
            self.part = (
                {key: value for key, value in data.items() if key not in names},
                {key: stamp for key, stamp in stamps.items() if key not in names},
            )

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
